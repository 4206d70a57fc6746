//! What handlers take from a request, refused with our own codes when it does not fit.

use std::convert::Infallible;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::config::Config;
use crate::problem::{
    ApiError, ApiResult, REQUEST_BODY, REQUEST_MEDIA_TYPE, REQUEST_PATH, REQUEST_QUERY, REQUEST_TOO_LARGE, REQUEST_WINDOW,
};
use crate::state::App;

/// A JSON body.
#[derive(Debug, FromRequest)]
#[from_request(via(axum::Json), rejection(ApiError))]
pub(crate) struct Json<T>(pub(crate) T);

/// What stands behind the question mark; not called `Query`, which the describing macro takes for axum's.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Asked<T>(pub(crate) T);

/// The variable parts of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// The instant of the request, by the clock that was handed down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now(pub(crate) DateTime<Utc>);

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => REQUEST_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => REQUEST_MEDIA_TYPE,
            _ => REQUEST_BODY,
        };
        Self::from(code).detail(rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::from(REQUEST_QUERY).detail(rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::from(REQUEST_PATH).detail(rejection.body_text())
    }
}

impl FromRequestParts<App> for Now {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(app.now()))
    }
}

/// A span of time asked for (时间范围): from the first instant up to, not including, the last.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Window {
    /// First instant, RFC 3339.
    pub(crate) from: DateTime<Utc>,
    /// End, RFC 3339.
    pub(crate) to: DateTime<Utc>,
}

impl Window {
    /// The span, unless it is empty, reversed or longer than is answered at once.
    pub(crate) fn checked(self, config: &Config) -> ApiResult<Self> {
        let longest = Duration::days(i64::from(config.window_limit_days));
        if self.from < self.to && self.to - self.from <= longest {
            return Ok(self);
        }
        let detail = format!("from must lie before to, by at most {} days", config.window_limit_days);
        Err(ApiError::from(REQUEST_WINDOW).detail(detail))
    }
}
