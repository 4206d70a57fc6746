//! `/ingest/osmand` and `/ingest/owntracks`: where phones report. They stand beside the API: whoever asks is a device with a key of
//! its own, not a person with a session.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use telematics::osmand::ReportError;

use crate::ingest::{Ingest, IngestDialect, IngestRefusal, IngestRequest};
use crate::problem::{
    ApiError, INGEST_BAD_KEY, INGEST_CLOSED, INGEST_NO_DEVICE, INGEST_NOT_NOW, INGEST_TOO_MANY, REPORT_MALFORMED, REPORT_NUMBER,
    REPORT_PLACE, REPORT_TIME, REPORT_TOO_MANY, REQUEST_TOO_LARGE,
};
use crate::state::App;

/// Largest body: a list of locations, each of half a kilobyte.
const BODY_BYTES: usize = 256 * 1024;

/// The routes; without `ingest` they say that devices report elsewhere.
pub(crate) fn routes(ingest: Option<&Ingest>) -> Router<App> {
    let serve = |dialect: IngestDialect| {
        let ingest = ingest.cloned();
        move |request: Request| {
            let ingest = ingest.clone();
            async move { report(ingest, dialect, request).await.unwrap_or_else(refuse) }
        }
    };
    Router::new()
        .route("/ingest/osmand", get(serve(IngestDialect::Osmand)).post(serve(IngestDialect::Osmand)))
        .route("/ingest/owntracks", post(serve(IngestDialect::Owntracks)))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

async fn report(ingest: Option<Ingest>, dialect: IngestDialect, request: Request<Body>) -> Result<Response, ApiError> {
    let ingest = ingest.ok_or(INGEST_CLOSED)?;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = peer.map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let (user, key) = credentials(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = Bytes::from_request(request, &()).await.map_err(|_too_large| REQUEST_TOO_LARGE)?;
    let accepted = ingest.take(IngestRequest { dialect, address, user, key, query, body }).await?;
    let content_type = match dialect {
        IngestDialect::Osmand => HeaderValue::from_static("text/plain; charset=utf-8"),
        IngestDialect::Owntracks => HeaderValue::from_static("application/json"),
    };
    Ok(([(CONTENT_TYPE, content_type)], accepted.body).into_response())
}

fn refuse(error: ApiError) -> Response {
    let mut response = error.into_response();
    if response.status() == INGEST_BAD_KEY.status {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"ingest\", charset=\"UTF-8\""));
    }
    response
}

/// User and key of the head: `Basic` has both, `Bearer` the key alone.
pub(super) fn credentials(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.split_once(' '));
    match given {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => (None, Some(token.trim().to_owned())),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => {
            let pair = BASE64_STANDARD.decode(pair.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
            let (user, key) = pair.as_deref().and_then(|pair| pair.split_once(':')).unzip();
            (user.filter(|user| !user.is_empty()).map(str::to_owned), key.map(str::to_owned))
        }
        _ => (None, None),
    }
}

impl From<IngestRefusal> for ApiError {
    fn from(refusal: IngestRefusal) -> Self {
        match refusal {
            IngestRefusal::Report(error) => {
                let code = match &error {
                    ReportError::Malformed => REPORT_MALFORMED,
                    ReportError::TooMany => REPORT_TOO_MANY,
                    ReportError::Time { .. } => REPORT_TIME,
                    ReportError::Place => REPORT_PLACE,
                    ReportError::Number { .. } => REPORT_NUMBER,
                };
                Self::from(code).detail(error.to_string())
            }
            IngestRefusal::NoDevice => INGEST_NO_DEVICE.into(),
            IngestRefusal::BadKey => INGEST_BAD_KEY.into(),
            IngestRefusal::TooMany { after_secs } => Self::from(INGEST_TOO_MANY).retry_after(after_secs),
            IngestRefusal::NotNow { after_secs } => Self::from(INGEST_NOT_NOW).retry_after(after_secs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, user: Option<&str>, key: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        assert_eq!(credentials(&headers), (user.map(str::to_owned), key.map(str::to_owned)), "{value}");
    }

    #[test]
    fn a_key_is_found_in_either_scheme() {
        check("Bearer k1", None, Some("k1"));
        check("basic aHotNzprOjE=", Some("hz-7"), Some("k:1"));
        check("Basic OmsxCg==", None, Some("k1\n"));
        check("Basic !", None, None);
        check("Digest x", None, None);
        check("Bearer", None, None);
    }
}
