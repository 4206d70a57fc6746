//! Changes that are made once: a caller who lost the answer asks again with the same `Idempotency-Key`.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use fleet_db::audit::Logged;
use fleet_db::idempotent::Claim;
use fleet_db::{PgConnection, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::auth::Actor;
use crate::extract::Json;
use crate::problem::{ApiError, ApiResult, IDEMPOTENCY_KEY, IDEMPOTENCY_MISMATCH, REQUEST_TOO_LARGE, SERVER_FAILED};
use crate::state::{App, commit};

/// Header with the caller's key.
pub(crate) const KEY_HEADER: &str = "idempotency-key";
/// Header that tells an answer given again from the first one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key: a UUID has 36.
const KEY_LENGTH: usize = 128;

/// A JSON body together with its key, if it came with one.
#[derive(Debug)]
pub(crate) struct Once<T> {
    key: Option<String>,
    request_sha256: [u8; 32],
    /// What is asked for.
    pub(crate) body: T,
}

/// What a request turned out to be.
pub(crate) enum Begun {
    /// New: make the change, tell it, and [`Change::finish`] it.
    Fresh(Change),
    /// Made before: this was the answer.
    Answered(Response),
}

/// A change under way: its transaction, in which the answer is kept too.
#[derive(Debug)]
pub(crate) struct Change {
    tx: Transaction,
    account: AccountId,
    key: Option<String>,
}

impl<T: DeserializeOwned + 'static> FromRequest<App> for Once<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> ApiResult<Self> {
        let key = key(request.headers())?;
        let (parts, body) = request.into_parts();
        let mut digest = Sha256::new();
        digest.update(parts.method.as_str());
        digest.update([0]);
        digest.update(parts.uri.path());
        digest.update([0]);
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), app)
            .await
            .map_err(|rejection| ApiError::from(REQUEST_TOO_LARGE).detail(rejection.body_text()))?;
        digest.update(&bytes);
        let Json(body) = Json::from_request(Request::from_parts(parts, bytes.into()), app).await?;
        Ok(Self { key, request_sha256: digest.finalize().into(), body })
    }
}

fn key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get(KEY_HEADER) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=KEY_LENGTH).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(IDEMPOTENCY_KEY.into()),
    }
}

impl<T> Once<T> {
    /// The same request, of which another part of the answer takes care: under the same key, with `body` in the stead of what was sent.
    pub(crate) fn instead<U>(self, body: U) -> (Once<U>, T) {
        (Once { key: self.key, request_sha256: self.request_sha256, body }, self.body)
    }

    /// Begins the change within `scope`, or finds the answer that was given before.
    pub(crate) async fn begin(&self, app: &App, actor: &Actor, scope: &Scope, now: DateTime<Utc>) -> ApiResult<Begun> {
        let mut tx = app.begin_as(actor, scope).await?;
        let account = actor.account.id;
        let Some(key) = &self.key else {
            return Ok(Begun::Fresh(Change { tx, account, key: None }));
        };
        match fleet_db::idempotent::claim(&mut tx, account, key, &self.request_sha256, now).await? {
            Claim::Fresh => Ok(Begun::Fresh(Change { tx, account, key: Some(key.clone()) })),
            Claim::Mismatch => Err(IDEMPOTENCY_MISMATCH.into()),
            Claim::Answered { status, body } => {
                let status = StatusCode::from_u16(status).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
                let mut response = json(status, body);
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                Ok(Begun::Answered(response))
            }
        }
    }
}

impl Change {
    /// The connection on which the change is made.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Commits the change together with the entry that tells it and with its answer.
    pub(crate) async fn finish<T: Serialize>(self, told: Logged, status: StatusCode, answer: &T) -> ApiResult<Response> {
        self.finish_keeping(told, status, answer, answer).await
    }

    /// The same, where the store must not see all of the answer: `kept` is what is told when the caller asks again.
    pub(crate) async fn finish_keeping<T: Serialize>(
        mut self,
        told: Logged,
        status: StatusCode,
        answer: &T,
        kept: &T,
    ) -> ApiResult<Response> {
        let bytes = |answer: &T| serde_json::to_vec(answer).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error));
        let body = bytes(answer)?;
        if let Some(key) = &self.key {
            fleet_db::idempotent::answer(&mut self.tx, self.account, key, status.as_u16(), &bytes(kept)?).await?;
        }
        commit(self.tx, told).await?;
        Ok(json(status, body))
    }
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
