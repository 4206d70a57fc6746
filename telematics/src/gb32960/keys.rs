//! The keys of vehicles and platforms, as the operator gives them: what checks a signature and what opens a data unit.

use std::collections::HashMap;
use std::fmt;

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature as Sm2Signature, VerifyingKey};
use sm2::pkcs8::{DecodePublicKey as _, Document, SubjectPublicKeyInfoRef};
use thiserror::Error;

use crate::gb32960::cipher::{Cipher, Mode};
use crate::gb32960::header::Encryption;
use crate::gb32960::signature::{Signature, SignatureKind, Verdict};

/// The signer's name that goes into an SM2 signature when nothing else is agreed (GM/T 0009).
const SM2_NAME: &str = "1234567812345678";

/// One entry of the key file: the keys of a vehicle, of a platform, or of everybody.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEntry {
    /// Whose keys they are: a VIN or the name of a platform; without it they are everybody's who has no own.
    pub name: Option<String>,
    /// Public RSA key of 2,048 bits or more that checks signatures, PEM (`BEGIN PUBLIC KEY`).
    pub rsa_public: Option<String>,
    /// Public SM2 key that checks signatures, PEM or the point in hex.
    pub sm2_public: Option<String>,
    /// AES key, 32 hex digits.
    pub aes128: Option<String>,
    /// SM4 key, 32 hex digits.
    pub sm4: Option<String>,
    /// `ecb` (the default) or `cbc`.
    pub mode: Option<String>,
    /// Initial vector of `cbc`, 32 hex digits.
    pub iv: Option<String>,
}

/// The key file: `[[key]]` entries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    #[serde(default)]
    key: Vec<KeyEntry>,
}

/// Why an entry of the key file is no key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// A value is not what it should be.
    #[error("{field} of {name} is not {expected}")]
    Value {
        /// Whose entry it is.
        name: String,
        /// Which value.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// Two entries of one name.
    #[error("{name} has two entries")]
    Twice {
        /// Whose.
        name: String,
    },
}

impl KeyError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Value { .. } => "gb32960.key",
            Self::Twice { .. } => "gb32960.key_twice",
        }
    }
}

/// The keys of one vehicle or platform (密钥组).
#[derive(Clone, Default)]
pub struct KeySet {
    rsa: Option<Vec<u8>>,
    sm2: Option<VerifyingKey>,
    aes: Option<Cipher>,
    sm4: Option<Cipher>,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds =
            [("rsa", self.rsa.is_some()), ("sm2", self.sm2.is_some()), ("aes", self.aes.is_some()), ("sm4", self.sm4.is_some())];
        f.debug_set().entries(kinds.into_iter().filter_map(|(kind, there)| there.then_some(kind))).finish()
    }
}

impl KeySet {
    /// The keys of an entry.
    pub fn of(entry: &KeyEntry) -> Result<Self, KeyError> {
        let name = entry.name.clone().unwrap_or_else(|| "everybody".to_owned());
        let wrong = |field, expected| KeyError::Value { name: name.clone(), field, expected };
        let block = |field, text: &Option<String>| {
            let read = |text: &String| hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
            text.as_ref().map(|text| read(text).ok_or_else(|| wrong(field, "32 hex digits"))).transpose()
        };
        let vector = block("iv", &entry.iv)?;
        let mode = match (entry.mode.as_deref().unwrap_or("ecb"), vector) {
            ("ecb", None) => Mode::Ecb,
            ("cbc", Some(vector)) => Mode::Cbc(vector),
            ("cbc", None) => return Err(wrong("iv", "there, as cbc needs one")),
            _ => return Err(wrong("mode", "ecb without iv or cbc with one")),
        };
        let rsa = entry.rsa_public.as_deref().map(|pem| rsa(pem).ok_or_else(|| wrong("rsa_public", "a public RSA key in PEM")));
        let sm2 = entry.sm2_public.as_deref().map(|text| sm2(text).ok_or_else(|| wrong("sm2_public", "a public SM2 key")));
        Ok(Self {
            rsa: rsa.transpose()?,
            sm2: sm2.transpose()?,
            aes: block("aes128", &entry.aes128)?.map(|key| Cipher::aes128(key, mode)),
            sm4: block("sm4", &entry.sm4)?.map(|key| Cipher::sm4(key, mode)),
        })
    }

    fn cipher(&self, encryption: Encryption) -> Option<&Cipher> {
        match encryption {
            Encryption::Aes128 => self.aes.as_ref(),
            Encryption::Sm4 => self.sm4.as_ref(),
            _ => None,
        }
    }

    /// Whether the signature is that of a key of this set; `None` without such a key.
    fn holds(&self, signature: &Signature<'_>, signed: &[u8]) -> Option<bool> {
        match signature.kind {
            SignatureKind::Rsa => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.rsa.as_ref()?);
                Some(signature.s.is_empty() && key.verify(signed, signature.r).is_ok())
            }
            SignatureKind::Sm2 => {
                let key = self.sm2.as_ref()?;
                let parts = signature.scalars().and_then(|[r, s]| Sm2Signature::from_scalars(r, s).ok());
                Some(parts.is_some_and(|parts| key.verify(signed, &parts).is_ok()))
            }
            SignatureKind::Ecc | SignatureKind::Other(_) => None,
        }
    }
}

fn rsa(pem: &str) -> Option<Vec<u8>> {
    let (_label, document) = Document::from_pem(pem.trim()).ok()?;
    let info = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).ok()?;
    // What `ring` reads is the key inside (PKCS#1), without its wrapping.
    info.subject_public_key.as_bytes().map(<[u8]>::to_vec)
}

fn sm2(text: &str) -> Option<VerifyingKey> {
    let text = text.trim();
    if text.starts_with("-----") {
        let key = sm2::PublicKey::from_public_key_pem(text).ok()?;
        return VerifyingKey::new(SM2_NAME, key).ok();
    }
    let mut point = hex::decode(text).ok()?;
    if point.len() == 64 {
        point.insert(0, 0x04);
    }
    VerifyingKey::from_sec1_bytes(SM2_NAME, &point).ok()
}

/// All keys that the operator gave (密钥表).
#[derive(Clone, Debug, Default)]
pub struct Keys {
    named: HashMap<String, KeySet>,
    everybody: KeySet,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(&KeyFile::deserialize(from)?.key).map_err(serde::de::Error::custom)
    }
}

impl Keys {
    /// The keys of the entries of a file.
    pub fn of(entries: &[KeyEntry]) -> Result<Self, KeyError> {
        let mut keys = Self::default();
        let mut everybody = None;
        for entry in entries {
            let set = KeySet::of(entry)?;
            let before = match &entry.name {
                Some(name) => keys.named.insert(name.clone(), set),
                None => everybody.replace(set),
            };
            if before.is_some() {
                return Err(KeyError::Twice { name: entry.name.clone().unwrap_or_else(|| "everybody".to_owned()) });
            }
        }
        keys.everybody = everybody.unwrap_or_default();
        Ok(keys)
    }

    /// Puts the keys of one name in, as after a key exchange.
    pub fn put(&mut self, name: String, set: KeySet) {
        self.named.insert(name, set);
    }

    /// The keys that may be meant: the vehicle's own, then those of the platform whose link it is, then everybody's.
    pub fn ring(&self, vin: &str, platform: Option<&str>) -> KeyRing<'_> {
        KeyRing([self.named.get(vin), platform.and_then(|name| self.named.get(name)), Some(&self.everybody)])
    }
}

/// The key sets to try for one message, nearest first (密钥链).
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyRing<'a>([Option<&'a KeySet>; 3]);

impl<'a> KeyRing<'a> {
    /// The key for a way of encryption.
    pub fn cipher(&self, encryption: Encryption) -> Option<&'a Cipher> {
        self.0.into_iter().flatten().find_map(|set| set.cipher(encryption))
    }

    /// What is known of a signature over `signed`: the nearest key of its kind decides.
    pub fn verdict(&self, signature: Option<&Signature<'_>>, signed: &[u8]) -> Verdict {
        let Some(signature) = signature else { return Verdict::Unsigned };
        match self.0.into_iter().flatten().find_map(|set| set.holds(signature, signed)) {
            None => Verdict::Unchecked,
            Some(true) => Verdict::Valid,
            Some(false) => Verdict::Invalid,
        }
    }
}
