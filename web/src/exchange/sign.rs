//! Signatures of messages and of their answers, by HMAC or SM2, over who writes to whom, when, a number used once, and the body.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use dispatch::audit::seal::{PublicKey, SealKey};
use dispatch::exchange::SignatureAlgorithm;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::Rng as _;
use sha2::Sha256;
use sm3::{Digest as _, Sm3};

/// Who writes, by its own code.
pub(crate) const FROM: HeaderName = HeaderName::from_static("x-exchange-from");
/// To whom, by the code under which the writer knows it.
pub(crate) const TO: HeaderName = HeaderName::from_static("x-exchange-to");
/// When, in seconds since 1970.
pub(crate) const TIME: HeaderName = HeaderName::from_static("x-exchange-time");
/// A number used once.
pub(crate) const NONCE: HeaderName = HeaderName::from_static("x-exchange-nonce");
/// The signature, hexadecimal.
pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static("x-exchange-signature");

/// Edition of the text that is signed.
const EDITION: &str = "motorpool-exchange-1";
/// Longest code, and longest nonce.
const WORD: usize = 64;

/// What stands on a message (报文头).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) written_at: DateTime<Utc>,
    pub(crate) nonce: String,
}

impl Envelope {
    /// A new one.
    pub(crate) fn new(from: &str, to: &str, now: DateTime<Utc>) -> Self {
        let mut nonce = [0; 16];
        rand::rng().fill_bytes(&mut nonce);
        Self { from: from.to_owned(), to: to.to_owned(), written_at: now, nonce: hex::encode(nonce) }
    }

    /// The one that came, and its signature; `None` when something is missing or makes no sense.
    pub(crate) fn read(headers: &HeaderMap) -> Option<(Self, String)> {
        let text = |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::to_owned);
        let word = |name: &HeaderName| text(name).filter(|text| (1..=WORD).contains(&text.len()));
        let written_at = DateTime::from_timestamp(text(&TIME)?.parse().ok()?, 0)?;
        Some((Self { from: word(&FROM)?, to: word(&TO)?, written_at, nonce: word(&NONCE)? }, text(&SIGNATURE)?))
    }

    /// Signs a message; nothing comes of a key of another algorithm.
    pub(crate) fn sign(&self, algorithm: SignatureAlgorithm, key: &[u8], body: &[u8]) -> Option<String> {
        made(algorithm, key, &self.text("message"), body)
    }

    /// The signature is that of the message.
    pub(crate) fn holds(&self, algorithm: SignatureAlgorithm, key: &[u8], body: &[u8], signature: &str) -> bool {
        is_good(algorithm, key, (&self.text("message"), body), signature)
    }

    /// Signs the answer to a message: the message's own number is in it, so that it answers no other.
    pub(crate) fn sign_answer(&self, algorithm: SignatureAlgorithm, key: &[u8], status: u16, body: &[u8]) -> Option<String> {
        made(algorithm, key, &self.text(&format!("answer {status}")), body)
    }

    /// The signature is that of the answer.
    pub(crate) fn answer_holds(
        &self,
        algorithm: SignatureAlgorithm,
        key: &[u8],
        (status, body): (u16, &[u8]),
        signature: &str,
    ) -> bool {
        is_good(algorithm, key, (&self.text(&format!("answer {status}")), body), signature)
    }

    fn text(&self, what: &str) -> String {
        let seconds = self.written_at.timestamp();
        format!("{EDITION}\n{what}\n{}\n{}\n{seconds}\n{}\n", self.from, self.to, self.nonce)
    }
}

/// A key to sign with, and what the other platform checks it with: of HMAC the same text, of SM2 the private and the public key, hexadecimal.
pub(crate) fn new_keys(algorithm: SignatureAlgorithm) -> Option<(String, String)> {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    match algorithm {
        SignatureAlgorithm::HmacSha256 | SignatureAlgorithm::HmacSm3 => {
            let key = BASE64_URL_SAFE_NO_PAD.encode(bytes);
            Some((key.clone(), key))
        }
        SignatureAlgorithm::Sm2 => {
            let key = SealKey::from_random(bytes).ok()?;
            Some((hex::encode(bytes), hex::encode(key.public().to_bytes())))
        }
    }
}

/// Messages of the other platform can be checked with the key: one of SM2 is a point of the curve.
pub(crate) fn is_key(algorithm: SignatureAlgorithm, key: &str) -> bool {
    algorithm != SignatureAlgorithm::Sm2 || public_key(key.as_bytes()).is_some()
}

fn made(algorithm: SignatureAlgorithm, key: &[u8], text: &str, body: &[u8]) -> Option<String> {
    let signature = match algorithm {
        SignatureAlgorithm::HmacSha256 | SignatureAlgorithm::HmacSm3 => mac(algorithm, key, &[text.as_bytes(), body]),
        SignatureAlgorithm::Sm2 => {
            let bytes: [u8; 32] = hex::decode(key).ok()?.try_into().ok()?;
            SealKey::from_random(bytes).ok()?.sign(&with_digest(text, body)).ok()?
        }
    };
    Some(hex::encode(signature))
}

fn is_good(algorithm: SignatureAlgorithm, key: &[u8], (text, body): (&str, &[u8]), signature: &str) -> bool {
    match algorithm {
        SignatureAlgorithm::HmacSha256 | SignatureAlgorithm::HmacSm3 => {
            is_same(&hex::encode(mac(algorithm, key, &[text.as_bytes(), body])), signature)
        }
        SignatureAlgorithm::Sm2 => {
            let signed = public_key(key).zip(hex::decode(signature).ok());
            signed.is_some_and(|(key, signature)| key.signed(&with_digest(text, body), &signature))
        }
    }
}

fn public_key(key: &[u8]) -> Option<PublicKey> {
    PublicKey::from_bytes(&hex::decode(key).ok()?).ok()
}

/// What SM2 signs: the text, and SM3 of the body in its last line.
fn with_digest(text: &str, body: &[u8]) -> String {
    format!("{text}{}", hex::encode(Sm3::digest(body)))
}

/// In a time that says nothing of where they differ.
fn is_same(made: &str, given: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(made.as_bytes(), given.to_ascii_lowercase().as_bytes()).into()
}

fn mac(algorithm: SignatureAlgorithm, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    match algorithm {
        SignatureAlgorithm::HmacSha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().to_vec()
        }
        SignatureAlgorithm::HmacSm3 | SignatureAlgorithm::Sm2 => {
            let mut mac = Hmac::<Sm3>::new_from_slice(key).expect("HMAC takes a key of any length");
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().to_vec()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2; that of SM3 was worked out by `openssl mac -digest SM3 -macopt key:Jefe HMAC`.
    #[test]
    fn both_algorithms_are_those_of_their_standards() {
        let text: &[&[u8]] = &[b"what do ya want ", b"for nothing?"];
        assert_eq!(hex::encode(mac(SignatureAlgorithm::HmacSha256, b"Jefe", text)), SHA256);
        assert_eq!(hex::encode(mac(SignatureAlgorithm::HmacSm3, b"Jefe", text)), SM3);
    }

    const SHA256: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const SM3: &str = "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882";

    #[test]
    fn whatever_is_altered_the_signature_is_another() {
        let envelope = Envelope::new("a", "b", DateTime::UNIX_EPOCH);
        for algorithm in SignatureAlgorithm::ALL {
            let ((ours, shown), (other, _)) = (new_keys(algorithm).unwrap(), new_keys(algorithm).unwrap());
            let (ours, shown) = (ours.as_bytes(), shown.as_bytes());
            let signature = envelope.sign(algorithm, ours, b"{}").unwrap();
            assert!(envelope.holds(algorithm, shown, b"{}", &signature));
            assert!(!envelope.holds(algorithm, shown, b"{ }", &signature));
            let forged = envelope.sign(algorithm, other.as_bytes(), b"{}").unwrap();
            assert!(!envelope.holds(algorithm, shown, b"{}", &forged));
            let others = [
                Envelope { from: "c".to_owned(), ..envelope.clone() },
                Envelope { to: "c".to_owned(), ..envelope.clone() },
                Envelope { nonce: "c".to_owned(), ..envelope.clone() },
                Envelope { written_at: DateTime::from_timestamp(1, 0).unwrap(), ..envelope.clone() },
            ];
            assert!(others.iter().all(|other| !other.holds(algorithm, shown, b"{}", &signature)));
            assert!(!envelope.answer_holds(algorithm, shown, (200, b"{}"), &signature), "a message is no answer");
            let answer = envelope.sign_answer(algorithm, ours, 200, b"{}").unwrap();
            assert!(envelope.answer_holds(algorithm, shown, (200, b"{}"), &answer));
            assert!(!envelope.answer_holds(algorithm, shown, (409, b"{}"), &answer));
        }
    }

    #[test]
    fn what_is_shown_of_sm2_signs_nothing_and_a_text_is_no_key_of_it() {
        let envelope = Envelope::new("a", "b", DateTime::UNIX_EPOCH);
        let (ours, shown) = new_keys(SignatureAlgorithm::Sm2).unwrap();
        assert!(ours != shown && envelope.sign(SignatureAlgorithm::Sm2, shown.as_bytes(), b"{}").is_none());
        assert!(is_key(SignatureAlgorithm::Sm2, &shown) && !is_key(SignatureAlgorithm::Sm2, &ours));
        assert!(!is_key(SignatureAlgorithm::Sm2, "a key that another platform has shown once"));
        assert!(is_key(SignatureAlgorithm::HmacSm3, "a key that another platform has shown once"));
    }
}
