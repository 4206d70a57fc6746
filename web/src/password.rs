//! Hashing of passwords: Argon2id, 19 megabytes, two passes, one lane; the same for signing in and for making accounts.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use rand::RngExt as _;
use thiserror::Error;

/// A password could not be hashed: no randomness or no memory.
#[derive(Debug, Error)]
#[error("the password could not be hashed")]
pub struct HashError(#[source] argon2::password_hash::Error);

/// OWASP's second choice of parameters: a guess costs an attacker memory as well as time, a sign-in costs us some 30 ms.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash of `password` in PHC form, with a salt of its own. Takes tens of milliseconds: not for an async thread.
pub fn hash(password: &str) -> Result<String, HashError> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(HashError)
}

/// A password that people can read aloud: no letter that looks like another, every kind that a policy may ask for.
pub fn made_up() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut rng = rand::rng();
    loop {
        let letters: Vec<char> =
            (0..15).filter_map(|_| LETTERS.get(rng.random_range(0..LETTERS.len()))).map(|letter| char::from(*letter)).collect();
        let password = letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-");
        let has = |kind: fn(&char) -> bool| letters.iter().any(kind);
        if has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit) {
            return password;
        }
    }
}

/// The password is the one that was hashed. As slow as [`hash`].
pub(crate) fn is_right(password: &str, hash: &str) -> bool {
    argon2().verify_password(password.as_bytes(), hash).is_ok()
}

/// A hash that no password has, so that an unknown login takes as long as a known one.
pub(crate) fn of_nobody() -> &'static str {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&crate::auth::token::random()).unwrap_or_default());
    &NOBODY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_password_has_every_kind_and_differs_each_time() {
        let (first, second) = (made_up(), made_up());
        assert_ne!(first, second);
        for password in [first, second] {
            assert_eq!(dispatch::password::PasswordPolicy::default().check("admin", &password, false), [], "{password}");
        }
    }

    #[test]
    fn a_password_is_recognised_and_another_is_not() {
        let stored = hash("Motorpool-demo-1").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(is_right("Motorpool-demo-1", &stored));
        assert!(!is_right("motorpool-demo-1", &stored));
        assert!(!is_right("", "not a hash"));
        assert_ne!(hash("same").unwrap(), hash("same").unwrap(), "salted");
        assert!(of_nobody().starts_with("$argon2id$"));
    }
}
