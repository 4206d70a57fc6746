//! `/ingest/firmware/{sha256}`: where bridges fetch a program, with their own id and secret, from where they were.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use fleet_db::DbError;
use futures_util::stream;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::ingest::credentials;
use crate::extract::Path;
use crate::problem::{ApiError, ApiResult, FIRMWARE_UNKNOWN, INGEST_BAD_KEY};
use crate::state::App;

/// Bytes taken from the store at a time: what one fetching device costs us.
const PIECE: i32 = 256 << 10;

/// The route.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/ingest/firmware/{sha256}", get(fetch))
}

async fn fetch(State(app): State<App>, Path(sha256): Path<String>, headers: HeaderMap) -> Response {
    match serve(app, &sha256, &headers).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = error.into_response();
            if response.status() == INGEST_BAD_KEY.status {
                response
                    .headers_mut()
                    .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"ingest\", charset=\"UTF-8\""));
            }
            response
        }
    }
}

async fn serve(app: App, sha256: &str, headers: &HeaderMap) -> ApiResult<Response> {
    let (user, key) = credentials(headers);
    // Unbound: a device asks, not a person.
    let mut conn = app.unbound().await?;
    let known = match fleet_db::firmware::fetcher(&mut conn, user.as_deref().unwrap_or_default()).await {
        Ok((_, hash)) => hash,
        // Takes as long, and says the same, whether the name or the secret is wrong.
        Err(DbError::NotFound) => vec![0; 32],
        Err(error) => return Err(error.into()),
    };
    let given = Sha256::digest(key.unwrap_or_default());
    if !bool::from(given.as_slice().ct_eq(&known)) {
        return Err(INGEST_BAD_KEY.into());
    }
    let sha256 = hex::decode(sha256).map_err(|_no_hash| ApiError::from(FIRMWARE_UNKNOWN))?;
    let size = match fleet_db::firmware::size(&mut conn, &sha256).await {
        Ok(size) => size,
        Err(DbError::NotFound) => return Err(FIRMWARE_UNKNOWN.into()),
        Err(error) => return Err(error.into()),
    };
    drop(conn);
    let from = headers.get(RANGE).and_then(|range| from_of(range, size));
    let mut response = Response::new(pieces(app, sha256, from.unwrap_or(0), size));
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    head.insert(CONTENT_LENGTH, HeaderValue::from(size - from.unwrap_or(0)));
    if let Some(from) = from {
        if let Ok(range) = HeaderValue::try_from(format!("bytes {from}-{}/{size}", size - 1)) {
            head.insert(CONTENT_RANGE, range);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The first byte of `bytes=N-`; any other range is answered with the whole, as it may be.
fn from_of(range: &HeaderValue, size: i64) -> Option<i64> {
    let from = range.to_str().ok()?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()?;
    (0..size).contains(&from).then_some(from)
}

/// The image piece by piece: no device that fetches slowly holds a connection of the store, or the image in memory.
fn pieces(app: App, sha256: Vec<u8>, from: i64, size: i64) -> Body {
    Body::from_stream(stream::try_unfold((app, sha256, from), move |(app, sha256, from)| async move {
        if from >= size {
            return Ok(None);
        }
        let mut conn = app.unbound().await.map_err(|_refused| std::io::Error::other("the store does not answer"))?;
        let piece = fleet_db::firmware::piece(&mut conn, &sha256, from, PIECE).await.map_err(std::io::Error::other)?;
        drop(conn);
        if piece.is_empty() {
            return Err(std::io::Error::other("the image is shorter than it said"));
        }
        let next = from + i64::try_from(piece.len()).unwrap_or(i64::MAX);
        Ok::<_, std::io::Error>(Some((Bytes::from(piece), (app, sha256, next))))
    }))
}
