//! Tokens: 256 random bits; the holder has the text, the store its SHA-256.

use rand::Rng as _;
use sha2::{Digest as _, Sha256};

/// A new token as text.
pub(crate) fn random() -> String {
    let mut bits = [0_u8; 32];
    rand::rng().fill_bytes(&mut bits);
    hex::encode(bits)
}

/// What the store keeps of a token. Nothing can be guessed of 256 random bits, so nothing has to slow a guesser down.
pub(crate) fn sha256(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
