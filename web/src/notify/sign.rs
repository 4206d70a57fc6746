//! Signatures of what is posted: each receiver's own way of mixing the time and the key.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;

/// HMAC-SHA256.
fn mac(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

/// Of a short message: HMAC of `seconds.body` under the key, hexadecimal.
pub(super) fn hook(key: &str, seconds: i64, body: &str) -> String {
    hex::encode(mac(key.as_bytes(), format!("{seconds}.{body}").as_bytes()))
}

/// Of DingTalk: HMAC of the milliseconds, a line feed and the key, under the key, in Base64; both go into the address.
pub(super) fn dingtalk(key: &str, now: DateTime<Utc>) -> (String, String) {
    let millis = now.timestamp_millis().to_string();
    let sign = BASE64_STANDARD.encode(mac(key.as_bytes(), format!("{millis}\n{key}").as_bytes()));
    (millis, sign)
}

/// Of Feishu: HMAC of nothing, under the seconds, a line feed and the key, in Base64; both go into the body.
pub(super) fn feishu(key: &str, now: DateTime<Utc>) -> (String, String) {
    let seconds = now.timestamp().to_string();
    let sign = BASE64_STANDARD.encode(mac(format!("{seconds}\n{key}").as_bytes(), b""));
    (seconds, sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values worked out with Python's `hmac` after each service's document.
    #[test]
    fn signatures_are_those_of_the_documents() {
        let at = DateTime::from_timestamp(1_599_360_473, 0).unwrap();
        assert_eq!(dingtalk("this is secret", at), ("1599360473000".to_owned(), DINGTALK.to_owned()));
        assert_eq!(feishu("this is secret", at), ("1599360473".to_owned(), FEISHU.to_owned()));
        assert_eq!(hook("this is secret", 1_599_360_473, "{}"), HOOK);
    }

    const DINGTALK: &str = "hXZTWifRGHclNuZSKxoXc//sh51SWfVfRIhcdeKs63I=";
    const FEISHU: &str = "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw=";
    const HOOK: &str = "b5f006552b40c1deb602641b408b7413d7337af73c7214aafe3b6f2d243053de";
}
