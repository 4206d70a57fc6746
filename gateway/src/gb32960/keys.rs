//! The keys of the register, as the codec takes them, and those that are exchanged on a link.

use chrono::{DateTime, Utc};
use fleet_db::device;
use telematics::gb32960::activation::KeyExchange;
use telematics::gb32960::header::Encryption;
use telematics::gb32960::keys::{KeyEntry, KeySet};
use tracing::warn;

/// The keys that the register has under `name`.
pub(super) fn registered(name: &str, keys: &device::Keys) -> KeySet {
    set(name, keys.public.as_deref(), |entry| {
        // The register does not say for which of the two it is: whoever encrypts says so in each frame.
        let payload = keys.payload.as_deref().map(hex::encode);
        entry.aes128.clone_from(&payload);
        entry.sm4 = payload;
    })
}

/// The keys of the register with a data key that was exchanged for its own; `None` when it is none that can be used now.
pub(super) fn exchanged(name: &str, keys: &device::Keys, exchange: &KeyExchange<'_>, now: DateTime<Utc>) -> Option<KeySet> {
    let begins = exchange.valid_from.is_none_or(|from| from <= now);
    let holds = exchange.valid_to.is_none_or(|to| now < to);
    if !(begins && holds && exchange.key.len() == 16) {
        return None;
    }
    let key = hex::encode(exchange.key);
    let own = keys.payload.as_deref().map(hex::encode);
    let (aes128, sm4) = match exchange.kind {
        Encryption::Aes128 => (Some(key), own),
        Encryption::Sm4 => (own, Some(key)),
        _ => return None,
    };
    Some(set(name, keys.public.as_deref(), |entry| (entry.aes128, entry.sm4) = (aes128, sm4)))
}

fn set(name: &str, public: Option<&str>, payload: impl FnOnce(&mut KeyEntry)) -> KeySet {
    let mut entry = KeyEntry { name: Some(name.to_owned()), ..KeyEntry::default() };
    payload(&mut entry);
    let with_rsa = KeyEntry { rsa_public: public.map(str::to_owned), ..entry.clone() };
    let with_sm2 = KeyEntry { sm2_public: public.map(str::to_owned), ..entry.clone() };
    KeySet::of(&with_rsa).or_else(|_no_rsa| KeySet::of(&with_sm2)).unwrap_or_else(|error| {
        warn!(error = &error as &dyn std::error::Error, "the keys of {name} cannot be used");
        KeySet::default()
    })
}
