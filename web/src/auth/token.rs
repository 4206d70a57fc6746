//! Tokens: 256 random bits; the holder has the text, the store its SHA-256.

use rand::Rng as _;
use sha2::{Digest as _, Sha256};

/// A new token as text.
pub(crate) fn random() -> String {
    let mut bits = [0_u8; 32];
    rand::rng().fill_bytes(&mut bits);
    hex::encode(bits)
}

/// Eight characters of 64 each: all that the password field of JT/T 809 holds.
pub(crate) fn eight() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = [0_u8; 8];
    rand::rng().fill_bytes(&mut bits);
    bits.iter().filter_map(|bits| LETTERS.get(usize::from(bits % 64))).map(|letter| char::from(*letter)).collect()
}

/// What the store keeps of a token. Nothing can be guessed of 256 random bits, so nothing has to slow a guesser down.
pub(crate) fn sha256(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
