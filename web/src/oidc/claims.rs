//! What the provider says of a person, and whether it says it to us, now, and in answer to our question.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// Longest subject (`OpenID` Connect Core 1.0 section 2).
const SUBJECT_LENGTH: usize = 255;

/// A person for whom the provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The provider's key of the person.
    pub(crate) subject: String,
    /// The name the person has there; in governments the staff number.
    pub(crate) preferred_username: Option<String>,
}

/// The claims of an ID token (`OpenID` Connect Core 1.0 section 2) as far as they matter here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    preferred_username: Option<String>,
}

/// For whom a token is: one name or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Why claims are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ClaimsError {
    #[error("the token comes from another provider")]
    Issuer,
    #[error("the token is for somebody else")]
    Audience,
    #[error("the token is too old or not good yet")]
    Time,
    #[error("the token answers another question")]
    Nonce,
    #[error("the token names nobody")]
    Subject,
}

/// What the claims must fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) leeway_secs: u32,
}

impl Claims {
    /// The person, when the claims pass the checks of `OpenID` Connect Core 1.0 section 3.1.3.7.
    pub(super) fn check(self, wanted: Wanted<'_>, now: DateTime<Utc>) -> Result<Person, ClaimsError> {
        if self.iss != wanted.issuer {
            return Err(ClaimsError::Issuer);
        }
        let (is_for_us, is_for_others) = match &self.aud {
            Audience::One(name) => (name == wanted.client_id, false),
            Audience::Several(names) => {
                (names.iter().any(|name| name == wanted.client_id), names.iter().any(|name| name != wanted.client_id))
            }
        };
        let is_ours = match &self.azp {
            Some(party) => party == wanted.client_id,
            None => !is_for_others,
        };
        if !(is_for_us && is_ours) {
            return Err(ClaimsError::Audience);
        }
        let (now, leeway) = (now.timestamp(), i64::from(wanted.leeway_secs));
        let begins = self.nbf.unwrap_or(self.iat).max(self.iat);
        if self.exp.saturating_add(leeway) <= now || begins.saturating_sub(leeway) > now {
            return Err(ClaimsError::Time);
        }
        let nonce = self.nonce.unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(wanted.nonce.as_bytes())) {
            return Err(ClaimsError::Nonce);
        }
        if !(1..=SUBJECT_LENGTH).contains(&self.sub.len()) {
            return Err(ClaimsError::Subject);
        }
        Ok(Person { subject: self.sub, preferred_username: self.preferred_username.filter(|name| !name.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_750_000_000;

    fn check(change: &Value) -> Result<Person, ClaimsError> {
        let mut claims = json!({ "iss": "https://id", "sub": "s", "aud": "us", "exp": NOW + 300, "iat": NOW, "nonce": "n" });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let wanted = Wanted { issuer: "https://id", client_id: "us", nonce: "n", leeway_secs: 60 };
        serde_json::from_value::<Claims>(claims).unwrap().check(wanted, DateTime::from_timestamp(NOW, 0).unwrap())
    }

    #[test]
    fn a_token_is_taken_that_is_for_us_for_now_and_for_this_question() {
        let person = check(&json!({ "preferred_username": "HZ007" })).unwrap();
        assert_eq!(person, Person { subject: "s".to_owned(), preferred_username: Some("HZ007".to_owned()) });
        for good in [
            json!({ "aud": ["us"] }),
            json!({ "aud": ["us", "them"], "azp": "us" }),
            json!({ "exp": NOW - 59 }),
            json!({ "iat": NOW + 60, "exp": NOW + 120 }),
        ] {
            assert!(check(&good).is_ok(), "{good}");
        }
    }

    #[test]
    fn every_other_token_is_refused_with_its_reason() {
        for (change, error) in [
            (json!({ "iss": "https://id/" }), ClaimsError::Issuer),
            (json!({ "aud": "them" }), ClaimsError::Audience),
            (json!({ "aud": ["us", "them"] }), ClaimsError::Audience),
            (json!({ "aud": ["us", "them"], "azp": "them" }), ClaimsError::Audience),
            (json!({ "azp": "them" }), ClaimsError::Audience),
            (json!({ "aud": [] }), ClaimsError::Audience),
            (json!({ "exp": NOW - 60 }), ClaimsError::Time),
            (json!({ "iat": NOW + 61 }), ClaimsError::Time),
            (json!({ "nbf": NOW + 61 }), ClaimsError::Time),
            (json!({ "nonce": "m" }), ClaimsError::Nonce),
            (json!({ "nonce": null }), ClaimsError::Nonce),
            (json!({ "sub": "" }), ClaimsError::Subject),
            (json!({ "sub": "x".repeat(256) }), ClaimsError::Subject),
        ] {
            assert_eq!(check(&change), Err(error), "{change}");
        }
    }
}
