//! What a browser carries to the provider and back, sealed: nobody but us can read or make it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::auth::token;
use crate::seal::DataKey;

/// The place for which tickets are sealed.
const PLACE: &str = "oidc ticket";

/// A sign-in under way at the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// Comes back with the person: the answer is to this browser's question.
    pub(crate) state: String,
    /// Comes back inside the token: the token is the answer to this question.
    pub(crate) nonce: String,
    /// Goes to the provider with the code: whoever caught the code alone has nothing (RFC 7636).
    pub(crate) verifier: String,
    /// The page that was wanted.
    pub(crate) next: String,
    /// Until when the provider's answer is waited for, in seconds since 1970.
    until: i64,
}

impl Ticket {
    /// A new one, good until `until`.
    pub(crate) fn new(next: String, until: DateTime<Utc>) -> Self {
        Self { state: token::random(), nonce: token::random(), verifier: token::random(), next, until: until.timestamp() }
    }

    /// What the provider is told of the verifier beforehand (RFC 7636 section 4.2).
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    /// As the browser keeps it.
    pub(crate) fn sealed(&self, key: &DataKey) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        Some(URL_SAFE_NO_PAD.encode(key.seal(PLACE, &plain)?))
    }

    /// The ticket that a browser brought back; `None` when it is not ours or too old.
    pub(crate) fn open(sealed: &str, key: &DataKey, now: DateTime<Utc>) -> Option<Self> {
        let plain = key.open(PLACE, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        let ticket: Self = serde_json::from_slice(&plain).ok()?;
        (ticket.until > now.timestamp()).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn a_ticket_comes_back_as_it_was_and_not_for_ever() {
        let (key, now) = (DataKey::random(), DateTime::from_timestamp(1_750_000_000, 0).unwrap());
        let ticket = Ticket::new("/admin/terminals".to_owned(), now + Duration::minutes(10));
        let sealed = ticket.sealed(&key).unwrap();
        assert_eq!(Ticket::open(&sealed, &key, now), Some(ticket.clone()));
        assert_eq!(Ticket::open(&sealed, &key, now + Duration::minutes(10)), None);
        assert_eq!(Ticket::open(&sealed, &DataKey::random(), now), None);
        assert_eq!(Ticket::open("x", &key, now), None);
        assert_ne!(ticket.challenge(), ticket.verifier);
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636 appendix B.
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let ticket = Ticket { verifier, ..Ticket::new(String::new(), now) };
        assert_eq!(ticket.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
