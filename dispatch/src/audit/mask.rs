//! What never gets into the audit log: the values of secrets, and characters that the store cannot hold.

use serde_json::Value;

/// Parts of names whose values are secrets.
const SECRETS: &[&str] = &["password", "secret", "token", "payload_key", "private_key", "auth_code", "totp", "cookie"];
/// What stands in their place: that there is one is no secret.
const MASK: &str = "***";

/// `value` with the values of secrets masked, however deep they lie.
pub(super) fn without_secrets(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let masked = fields.into_iter().map(|(name, value)| {
                let is_secret = SECRETS.iter().any(|secret| name.to_ascii_lowercase().contains(secret));
                let holds_something = !matches!(value, Value::Null | Value::Bool(_));
                let value = if is_secret && holds_something { Value::from(MASK) } else { without_secrets(value) };
                (printable(&name), value)
            });
            Value::Object(masked.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_secrets).collect()),
        Value::String(text) => Value::String(printable(&text)),
        other => other,
    }
}

/// `text` without the character zero, which no text in the store may have.
pub(super) fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
