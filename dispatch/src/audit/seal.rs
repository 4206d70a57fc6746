//! Seals (封存): the chain as it stood when a day had ended, signed with SM2, so that a copy kept elsewhere holds all before it.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use thiserror::Error;

use super::chain::Position;

/// The signer's name as GB/T 32918 has it where none was agreed.
const SIGNER: &str = "1234567812345678";
/// First line of every text that is signed, so that a signature is good for nothing else.
const SEAL: &str = "motorpool audit seal 1";

/// A key that cannot be read, or that cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no SM2 key in PEM")]
pub struct KeyError;

/// The key that the service signs with (签名私钥); nobody sees it.
#[derive(Clone)]
pub struct SealKey(SigningKey);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealKey({})", self.public().fingerprint())
    }
}

impl SealKey {
    /// A key of 32 random bytes; hardly ever (one in 2^32) they are none, and others have to be drawn.
    pub fn from_random(bytes: [u8; 32]) -> Result<Self, KeyError> {
        SigningKey::from_slice(SIGNER, &bytes).map(Self).map_err(|_bytes| KeyError)
    }

    /// Reads PKCS#8 in PEM.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = sm2::SecretKey::from_pkcs8_pem(pem.trim()).map_err(|_pem| KeyError)?;
        SigningKey::new(SIGNER, &key).map(Self).map_err(|_key| KeyError)
    }

    /// Writes PKCS#8 in PEM.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = sm2::SecretKey::from(self.0.as_nonzero_scalar()).to_pkcs8_pem(LineEnding::LF);
        pem.map(|pem| pem.to_string()).map_err(|_key| KeyError)
    }

    /// The key that its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().clone())
    }

    /// Signs a text; the same text has the same signature, in DER.
    pub fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        let signature: Signature = self.0.try_sign(text.as_bytes()).map_err(|_text| KeyError)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    /// Seals the chain up to `position` as that of `day`.
    pub fn seal(&self, day: NaiveDate, position: Position, at: DateTime<Utc>) -> Result<Seal, KeyError> {
        let key = hex::encode(self.public().to_bytes());
        let sealed_at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut seal = Seal { day, position, sealed_at, key, signature: String::new() };
        seal.signature = hex::encode(self.sign(&seal.text())?);
        Ok(seal)
    }
}

/// The key that seals are checked with (签名公钥).
#[derive(Clone, Debug)]
pub struct PublicKey(VerifyingKey);

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl PublicKey {
    /// Reads a public key in PEM.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = sm2::PublicKey::from_public_key_pem(pem.trim()).map_err(|_pem| KeyError)?;
        VerifyingKey::new(SIGNER, key).map(Self).map_err(|_key| KeyError)
    }

    /// Reads a point of the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        VerifyingKey::from_sec1_bytes(SIGNER, bytes).map(Self).map_err(|_bytes| KeyError)
    }

    /// The point of the curve.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.as_affine().to_sec1_point(false).as_bytes().to_vec()
    }

    /// Writes it in PEM.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let point = sm2::PublicKey::from_affine(*self.0.as_affine()).map_err(|_point| KeyError)?;
        point.to_public_key_pem(LineEnding::LF).map_err(|_point| KeyError)
    }

    /// The beginning of its SHA-256, by which people compare keys.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.to_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
    }

    /// `signature`, in DER, is this key's under `text`.
    pub fn signed(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_der(signature).is_ok_and(|signature| self.0.verify(text.as_bytes(), &signature).is_ok())
    }
}

/// The chain as it stood when a day had ended (日封存).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The last day that it covers, in Asia/Shanghai.
    pub day: NaiveDate,
    /// How far the chain went.
    #[serde(flatten)]
    pub position: Position,
    /// When it was made, in UTC to the microsecond.
    pub sealed_at: String,
    /// The public key, in hexadecimal.
    pub key: String,
    /// The signature in DER, in hexadecimal.
    pub signature: String,
}

impl Seal {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let Position { seq, hash } = self.position;
        format!("{SEAL}\nday {}\nentry {seq}\nhash {hash}\nsealed {}\n", self.day, self.sealed_at)
    }

    /// The key that it says it was signed with.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_bytes(&hex::decode(&self.key).map_err(|_text| KeyError)?)
    }

    /// It was signed with the key that it names, and that is `trusted`, if somebody knows whom to trust.
    pub fn is_signed(&self, trusted: Option<&PublicKey>) -> bool {
        let (Ok(key), Ok(signature)) = (self.public_key(), hex::decode(&self.signature)) else { return false };
        trusted.is_none_or(|trusted| *trusted == key) && key.signed(&self.text(), &signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::Digest;

    fn seal() -> (SealKey, Seal) {
        let key = SealKey::from_random([7; 32]).unwrap();
        let position = Position { seq: 12, hash: Digest::of("x") };
        let seal = key.seal(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(), position, DateTime::from_timestamp_nanos(0)).unwrap();
        (key, seal)
    }

    #[test]
    fn a_seal_is_good_until_a_word_of_it_is_changed() {
        let (key, seal) = seal();
        assert!(seal.is_signed(None));
        assert!(seal.is_signed(Some(&key.public())));
        let moved = Seal { position: Position { seq: 13, ..seal.position }, ..seal.clone() };
        let renamed = Seal { day: seal.day.succ_opt().unwrap(), ..seal.clone() };
        let later = Seal { sealed_at: "2026-03-02T00:00:00.000000Z".to_owned(), ..seal.clone() };
        assert!([moved, renamed, later].iter().all(|seal| !seal.is_signed(None)));
    }

    #[test]
    fn a_seal_of_another_key_is_not_ours() {
        let (_, seal) = seal();
        let other = SealKey::from_random([8; 32]).unwrap();
        assert!(!seal.is_signed(Some(&other.public())));
        let stolen = Seal { key: hex::encode(other.public().to_bytes()), ..seal };
        assert!(!stolen.is_signed(None));
    }

    #[test]
    fn keys_and_seals_survive_being_written() {
        let (key, seal) = seal();
        assert_eq!(SealKey::from_pem(&key.to_pem().unwrap()).unwrap().public(), key.public());
        assert_eq!(PublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap(), key.public());
        let read: Seal = serde_json::from_str(&serde_json::to_string(&seal).unwrap()).unwrap();
        assert_eq!(read, seal);
        assert!(SealKey::from_pem("no key").is_err());
        assert!(PublicKey::from_pem("no key").is_err());
    }
}
