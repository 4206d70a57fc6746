//! The console's files, embedded in the program: compressed siblings, caching, and the page for every address of its own; beside it the
//! driver's terminal below `/driver/`.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::{ApiError, ROUTE_METHOD, ROUTE_UNKNOWN};

/// What `build.rs` put together: the console's build, or the placeholder page.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/console"]
struct Files;

const INDEX: &str = "index.html";
/// The driver's terminal (驾驶员终端), an application of its own in its own folder: its worker sees nothing of the console.
const DRIVER: &str = "driver.html";
const DRIVER_FOLDER: &str = "driver/";

/// Answers whatever no route of the API answers.
pub(crate) async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::from(ROUTE_UNKNOWN).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::from(ROUTE_METHOD).into_response();
    }
    file(path.trim_start_matches('/'), request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// A file by its name; for an address of the page itself, the page. A missing asset is missing: never the page in its place.
fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    if let Some(found) = Files::get(path) {
        return Some(serve(path, found, asked));
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') || path.starts_with("assets/") {
        return None;
    }
    if path == DRIVER_FOLDER.trim_end_matches('/') {
        return Some(to_folder());
    }
    let name = if path.starts_with(DRIVER_FOLDER) && Files::get(DRIVER).is_some() { DRIVER } else { INDEX };
    Files::get(name).map(|page| serve(name, page, asked))
}

/// A worker's scope is a folder: an address without its last stroke lies outside, and `/drivers` would lie within a scope without it.
fn to_folder() -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, HeaderValue::from_static("/driver/"))]).into_response()
}

fn serve(path: &str, plain: EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(plain.metadata.sha256_hash().first_chunk::<12>().unwrap_or(&[0; 12])));
    let is_known = asked.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(&etag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let brotli = accepts_brotli(asked).then(|| Files::get(&format!("{path}.br"))).flatten();
        let encoding = brotli.is_some().then_some("br");
        let mut response = Response::new(Body::from(brotli.unwrap_or(plain).data));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        response
    };
    let headers = response.headers_mut();
    // Assets carry their hash in the name; everything else may change with the next release.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    response
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let (coding, quality) = one.split_once(";q=").unwrap_or((one, "1"));
        coding.trim() == "br" && quality.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0)
    })
}

/// The kinds of files that the console's build has.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "geojson" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, encoding: &'static str) -> Option<Response> {
        let mut asked = HeaderMap::new();
        asked.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        file(path, &asked)
    }

    #[test]
    fn addresses_of_the_page_get_the_page_and_missing_files_get_nothing() {
        for path in ["", INDEX, "fleet", "fleet/0190-abc"] {
            let page = get(path, "").unwrap();
            assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path:?}");
            assert_eq!(page.headers()[CACHE_CONTROL], "no-cache");
        }
        for path in ["assets/gone.js", "assets/gone", "favicon.gone", "fleet/a.png", "../Cargo.toml"] {
            assert!(get(path, "").is_none(), "{path:?}");
        }
    }

    #[test]
    fn the_terminal_of_drivers_has_its_own_folder_and_the_console_all_others() {
        let to = get("driver", "").unwrap();
        assert_eq!(
            (to.status(), &to.headers()[LOCATION]),
            (StatusCode::PERMANENT_REDIRECT, &HeaderValue::from_static("/driver/"))
        );
        let tag = |path: &str| get(path, "").unwrap().headers()[ETAG].clone();
        assert_eq!(tag("driver/"), tag("driver/task/0190"));
        assert_eq!(tag("drivers"), tag(INDEX));
        let is_built = Files::get(DRIVER).is_some();
        assert_eq!(tag("driver/") != tag(INDEX), is_built, "without a build there is the placeholder alone");
        assert!(get("driver/gone.js", "").is_none());
        for path in ["driver/sw.js", "driver/manifest.webmanifest"] {
            let kept = get(path, "").map(|file| file.headers()[CACHE_CONTROL].clone());
            assert_eq!(kept, is_built.then_some(HeaderValue::from_static("no-cache")), "{path}");
        }
    }

    #[test]
    fn a_page_that_is_known_is_not_sent_again() {
        let first = get(INDEX, "").unwrap();
        let mut asked = HeaderMap::new();
        asked.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        assert_eq!(file(INDEX, &asked).unwrap().status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        for (accepted, yes) in [("br", true), ("gzip, br;q=0.9", true), ("gzip", false), ("br;q=0", false), ("", false)] {
            let mut asked = HeaderMap::new();
            asked.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            assert_eq!(accepts_brotli(&asked), yes, "{accepted:?}");
        }
    }
}
