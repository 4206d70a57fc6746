//! Recovery codes: a way back in for who lost the authenticator, each good once.

use data_encoding::BASE32_NOPAD;
use rand::Rng as _;

use super::token;

/// Bytes behind a code: 80 bits cannot be guessed, so the store may keep a plain hash.
const BYTES: usize = 10;
/// Letters between two hyphens.
const GROUP: usize = 4;

/// A new code, in groups that can be read aloud.
pub(crate) fn random() -> String {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let text = BASE32_NOPAD.encode(&bytes);
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What the store keeps of a code, however it was typed; `None` when it cannot be one.
pub(crate) fn sha256(typed: &str) -> Option<[u8; 32]> {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    (letters.len() == BYTES * 8 / 5).then(|| token::sha256(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = random();
        assert_eq!(code.len(), 19, "{code}");
        assert_ne!(code, random());
        assert!(sha256(&code).is_some());
        assert_eq!(sha256(&code), sha256(&code.to_lowercase().replace('-', " ")));
        assert_eq!(sha256("123456"), None);
    }
}
