//! Answers with an `ETag`: whoever has them already gets 304 and no body.

use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

/// A tag of the content itself.
pub(crate) fn of_content(content: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(content).into();
    hex::encode(digest.first_chunk::<12>().unwrap_or(&[0; 12]))
}

/// The answer, or 304 when the asker has it. `tag` is without quotes.
pub(crate) fn answer(asked: &HeaderMap, tag: &str, content_type: &'static str, cache: &'static str, body: Bytes) -> Response {
    let tag = weak(tag);
    let has_it = is_known(asked, &tag);
    let mut response = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.append(VARY, HeaderValue::from_static("cookie, authorization"));
    if has_it {
        headers.remove(CONTENT_TYPE);
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

/// A tag as it is sent: weak, because the body may be compressed on its way.
pub(crate) fn weak(tag: &str) -> String {
    format!("W/\"{tag}\"")
}

/// The asker has what this tag stands for.
pub(crate) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| matches(value, tag))
}

/// Weak comparison of RFC 9110 §8.8.3.2 against a list of tags.
fn matches(list: &str, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|one| opaque(one) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_gets_no_body() {
        let mut asked = HeaderMap::new();
        let first = answer(&asked, "abc", "text/plain", "no-cache", Bytes::from_static(b"x"));
        assert_eq!((first.status(), first.headers()[ETAG].to_str().unwrap()), (StatusCode::OK, "W/\"abc\""));
        for (sent, status) in [("W/\"abc\"", 304), ("\"abc\"", 304), ("\"x\", W/\"abc\"", 304), ("*", 304), ("\"abd\"", 200)] {
            asked.insert(IF_NONE_MATCH, sent.parse().unwrap());
            assert_eq!(answer(&asked, "abc", "text/plain", "no-cache", Bytes::new()).status(), status, "{sent}");
        }
    }
}
