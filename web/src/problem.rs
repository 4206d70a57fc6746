//! Errors as people and programs get them: `application/problem+json` with a stable code, and words in their language.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fleet_db::DbError;
use serde::Serialize;
use utoipa::ToSchema;

use self::constraint::conflict_status;
use crate::texts::Language;

mod constraint;

/// What a handler answers.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// A kind of error: its stable name and the status it is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) name: &'static str,
    pub(crate) status: StatusCode,
}

/// Declares the codes of this floor; `ALL` is read by the test that looks for their words.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $status:ident;)+) => {
        $($(#[$doc])* pub(crate) const $code: Code = Code { name: $name, status: StatusCode::$status };)+
        /// Every code of this floor.
        #[cfg(test)]
        pub(crate) const ALL: &[Code] = &[$($code),+];
    };
}

codes! {
    /// Not signed in, or no longer.
    AUTH_REQUIRED = "auth.required", UNAUTHORIZED;
    /// Wrong login or password; never says which.
    AUTH_INVALID = "auth.invalid", UNAUTHORIZED;
    /// Too many wrong passwords.
    AUTH_LOCKED = "auth.locked", LOCKED;
    /// Too many people sign in at once.
    AUTH_BUSY = "auth.busy", SERVICE_UNAVAILABLE;
    /// A browser's change came without its token.
    AUTH_CSRF = "auth.csrf", FORBIDDEN;
    /// Another site's page asked.
    AUTH_ORIGIN = "auth.origin", FORBIDDEN;
    /// The role does not allow it.
    AUTH_FORBIDDEN = "auth.forbidden", FORBIDDEN;
    /// What is named belongs to a unit outside the actor's scope.
    AUTH_OUTSIDE = "auth.outside", FORBIDDEN;
    /// Too many attempts to sign in from one address.
    AUTH_TOO_MANY = "auth.too_many", TOO_MANY_REQUESTS;
    /// The code of the second factor is still to come.
    AUTH_CODE_REQUIRED = "auth.code_required", FORBIDDEN;
    /// Another password must be chosen first.
    AUTH_PASSWORD_DUE = "auth.password_due", FORBIDDEN;
    /// A second factor must be set up first.
    AUTH_SECOND_FACTOR_DUE = "auth.second_factor_due", FORBIDDEN;
    /// The account has no password here, because the identity provider vouches for it.
    PASSWORD_BOUND = "password.bound", CONFLICT;
    /// A wrong code of the second factor.
    CODE_INVALID = "code.invalid", UNPROCESSABLE_ENTITY;
    /// A right code that was used already.
    CODE_USED = "code.used", UNPROCESSABLE_ENTITY;
    /// Nobody waits for a code.
    CODE_NOT_AWAITED = "code.not_awaited", CONFLICT;
    /// There is a second factor already.
    SECOND_FACTOR_THERE = "second_factor.there", CONFLICT;
    /// A rule asks for a second factor.
    SECOND_FACTOR_REQUIRED = "second_factor.required", CONFLICT;
    /// The second factor was sealed with another key.
    SECOND_FACTOR_UNREADABLE = "second_factor.unreadable", CONFLICT;
    /// No identity provider is configured.
    OIDC_OFF = "oidc.off", NOT_FOUND;
    /// The answer of the identity provider fits no question of this browser.
    OIDC_STATE = "oidc.state", BAD_REQUEST;
    /// The identity provider signed nobody in.
    OIDC_REFUSED = "oidc.refused", FORBIDDEN;
    /// The identity provider fails, or is not believed.
    OIDC_FAILED = "oidc.failed", BAD_GATEWAY;
    /// The identity provider vouches for somebody who has no account here.
    OIDC_UNKNOWN = "oidc.unknown", FORBIDDEN;
    /// The body is no JSON of the wanted form.
    REQUEST_BODY = "request.body", BAD_REQUEST;
    /// The body is not said to be JSON.
    REQUEST_MEDIA_TYPE = "request.media_type", UNSUPPORTED_MEDIA_TYPE;
    /// The body is too large.
    REQUEST_TOO_LARGE = "request.too_large", PAYLOAD_TOO_LARGE;
    /// A parameter behind the question mark is missing or wrong.
    REQUEST_QUERY = "request.query", BAD_REQUEST;
    /// A part of the path is no id.
    REQUEST_PATH = "request.path", BAD_REQUEST;
    /// Fields are wrong; which and why stands in `fields`.
    REQUEST_INVALID = "request.invalid", UNPROCESSABLE_ENTITY;
    /// The span is empty, reversed or too long.
    REQUEST_WINDOW = "request.window", UNPROCESSABLE_ENTITY;
    /// The answer took too long.
    REQUEST_TIMEOUT = "request.timeout", GATEWAY_TIMEOUT;
    /// There are more fixes than one answer holds.
    TRACK_TOO_LONG = "track.too_long", UNPROCESSABLE_ENTITY;
    /// No such coordinate system.
    CRS_UNKNOWN = "crs.unknown", BAD_REQUEST;
    /// GPX is WGS-84 by its standard.
    CRS_GPX = "crs.gpx", BAD_REQUEST;
    /// The map has no tile there.
    TILE_MISSING = "tile.missing", NOT_FOUND;
    /// The map service fails.
    TILE_UPSTREAM = "tile.upstream", BAD_GATEWAY;
    /// Nothing was done in that time that the asker may see.
    AUDIT_PACK_EMPTY = "audit.pack_empty", UNPROCESSABLE_ENTITY;
    /// There are more entries than one pack holds.
    AUDIT_PACK_TOO_LONG = "audit.pack_too_long", UNPROCESSABLE_ENTITY;
    /// The key is empty, too long or not plain text.
    IDEMPOTENCY_KEY = "idempotency.key", BAD_REQUEST;
    /// The key was used for something else.
    IDEMPOTENCY_MISMATCH = "idempotency.mismatch", UNPROCESSABLE_ENTITY;
    /// A terminal of this protocol cannot be asked that.
    COMMAND_UNKNOWN = "command.unknown", UNPROCESSABLE_ENTITY;
    /// It was sent, or had ended.
    COMMAND_TOO_LATE = "command.too_late", CONFLICT;
    /// A rollout that does not stand so that this can be done.
    FIRMWARE_STATE = "firmware.state", CONFLICT;
    /// No device of the stage has the new program yet.
    FIRMWARE_UNPROVED = "firmware.unproved", CONFLICT;
    /// More devices failed than may.
    FIRMWARE_FAILURES = "firmware.failures", CONFLICT;
    /// There is no further stage.
    FIRMWARE_LAST_STAGE = "firmware.last_stage", CONFLICT;
    /// No image has this hash.
    FIRMWARE_UNKNOWN = "firmware.unknown", NOT_FOUND;
    /// A paper of a trip does not stand where that can be done, or not by the asker.
    TRIP_STATE = "trip.state", CONFLICT;
    /// An odometer does not go back.
    ORDER_ODOMETER_LOWER = "order.odometer_lower", CONFLICT;
    /// A proposal does not stand where that can be done.
    RULE_STATE = "rule.state", CONFLICT;
    /// Who proposed a change does not decide on it.
    RULE_FOUR_EYES = "rule.four_eyes", CONFLICT;
    /// Only who proposed a change hands it in or takes it back.
    RULE_NOT_PROPOSER = "rule.not_proposer", CONFLICT;
    /// No such value in the register.
    RULE_UNKNOWN = "rule.key", NOT_FOUND;
    /// The car is exempt from tracking: nobody is told where it is or was.
    VEHICLE_EXEMPT = "vehicle.exempt", FORBIDDEN;
    /// A finding does not stand where that can be done.
    FINDING_STATE = "finding.state", CONFLICT;
    /// Nobody decides on what was found of own orders.
    FINDING_OWN = "finding.own", FORBIDDEN;
    /// A case does not stand where that can be done.
    CASE_STATE = "case.state", CONFLICT;
    /// An accident or violation does not stand where that can be done.
    INCIDENT_STATE = "incident.state", CONFLICT;
    /// An accident that is over is not changed.
    ACCIDENT_CLOSED = "accident.closed", CONFLICT;
    /// The terminal is out of use.
    TERMINAL_DISABLED = "terminal.disabled", CONFLICT;
    /// The protocol gives out no code.
    TERMINAL_NO_CODE = "terminal.no_code", UNPROCESSABLE_ENTITY;
    /// The protocol has no secret of ours.
    TERMINAL_NO_SECRET = "terminal.no_secret", UNPROCESSABLE_ENTITY;
    /// Not hexadecimal.
    INSPECT_HEX = "inspect.hex", UNPROCESSABLE_ENTITY;
    /// More than is explained at once.
    INSPECT_TOO_LONG = "inspect.too_long", UNPROCESSABLE_ENTITY;
    /// The live channel is a socket.
    LIVE_UPGRADE = "live.upgrade", UPGRADE_REQUIRED;
    /// Too many sockets.
    LIVE_FULL = "live.full", SERVICE_UNAVAILABLE;
    /// A phone's report cannot be read.
    REPORT_MALFORMED = "report.malformed", BAD_REQUEST;
    /// More reports than one body may hold.
    REPORT_TOO_MANY = "report.too_many", BAD_REQUEST;
    /// A report's instant is none.
    REPORT_TIME = "report.time", BAD_REQUEST;
    /// A report's place is none.
    REPORT_PLACE = "report.place", BAD_REQUEST;
    /// A number of a report is none.
    REPORT_NUMBER = "report.number", BAD_REQUEST;
    /// A report does not say which device it comes from.
    INGEST_NO_DEVICE = "ingest.no_device", BAD_REQUEST;
    /// Unknown device or wrong key; never says which.
    INGEST_BAD_KEY = "ingest.bad_key", UNAUTHORIZED;
    /// Too many reports of one address or one device.
    INGEST_TOO_MANY = "ingest.too_many", TOO_MANY_REQUESTS;
    /// A report cannot be stored now.
    INGEST_NOT_NOW = "ingest.not_now", SERVICE_UNAVAILABLE;
    /// Devices report elsewhere.
    INGEST_CLOSED = "ingest.closed", SERVICE_UNAVAILABLE;
    /// A file of more than 20 MB.
    DOCUMENT_TOO_LARGE = "document.too_large", PAYLOAD_TOO_LARGE;
    /// A paper that was deleted.
    DOCUMENT_DELETED = "document.deleted", GONE;
    /// What is stored is not what was brought.
    DOCUMENT_DAMAGED = "document.damaged", INTERNAL_SERVER_ERROR;
    /// A seal that was opened, or has ended.
    SEAL_OPENED = "seal.opened", CONFLICT;
    /// The journal of a trip is locked.
    EXPENSE_LOCKED = "expense.locked", CONFLICT;
    /// The trip is settled.
    EXPENSE_SETTLED = "expense.settled", CONFLICT;
    /// It was taken back already, or takes another one back.
    EXPENSE_REVERSED = "expense.reversed", CONFLICT;
    /// There is a receipt already.
    EXPENSE_RECEIPT_THERE = "expense.receipt_there", CONFLICT;
    /// A receipt of more than 5 MB.
    EXPENSE_RECEIPT_TOO_LARGE = "expense.receipt_too_large", PAYLOAD_TOO_LARGE;
    /// The tariff has no price for it.
    TARIFF_NO_PRICE = "tariff.no_price", UNPROCESSABLE_ENTITY;
    /// There is not so much left.
    ALLOWANCE_EXCEEDED = "allowance.exceeded", CONFLICT;
    /// Who proposed an adjustment does not decide on it.
    ALLOWANCE_FOUR_EYES = "allowance.four_eyes", CONFLICT;
    /// It was decided already.
    ALLOWANCE_DECIDED = "allowance.decided", CONFLICT;
    /// No pool that the money could come from, or none that the asker may see.
    ALLOWANCE_NO_POOL = "allowance.no_pool", CONFLICT;
    /// The order is not on the road.
    ORDER_NOT_OPEN = "order.not_open", CONFLICT;
    /// A defect that was closed already.
    DEFECT_CLOSED = "defect.closed", CONFLICT;
    /// Neither a workbook nor text.
    IMPORT_FILE = "import.file", UNPROCESSABLE_ENTITY;
    /// A text in an encoding that we do not read.
    IMPORT_ENCODING = "import.encoding", UNPROCESSABLE_ENTITY;
    /// More rows than are read at once.
    IMPORT_TOO_MANY_ROWS = "import.too_many_rows", UNPROCESSABLE_ENTITY;
    /// A workbook that unpacks to too much.
    IMPORT_TOO_LARGE = "import.too_large", UNPROCESSABLE_ENTITY;
    /// A file without rows.
    IMPORT_EMPTY = "import.no_rows", UNPROCESSABLE_ENTITY;
    /// The kinds in one file may be brought to different units.
    IMPORT_SCOPES = "import.scopes", FORBIDDEN;
    /// Too many files at once.
    IMPORT_BUSY = "import.busy", SERVICE_UNAVAILABLE;
    /// No such address.
    ROUTE_UNKNOWN = "route.unknown", NOT_FOUND;
    /// The address does not do that.
    ROUTE_METHOD = "route.method", METHOD_NOT_ALLOWED;
    /// There is no such thing, or none that you may see.
    NOT_FOUND = "store.not_found", NOT_FOUND;
    /// The store does not answer.
    UNAVAILABLE = "store.unavailable", SERVICE_UNAVAILABLE;
    /// A fault of ours.
    SERVER_FAILED = "server.failed", INTERNAL_SERVER_ERROR;
}

/// An error on its way to whoever asked.
#[derive(Clone, Debug)]
pub(crate) struct ApiError(Arc<Facts>);

#[derive(Debug, Clone)]
struct Facts {
    code: &'static str,
    status: StatusCode,
    detail: Option<String>,
    fields: BTreeMap<String, &'static str>,
    problems: Vec<&'static str>,
    retry_after_s: Option<u64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// The body of an error (RFC 9457), with our `code` and the codes of wrong fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Stable name of the error, such as `auth.invalid`.
    code: &'static str,
    /// The same in words, in the language asked for.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What exactly, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Code of what is wrong with each field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, &'static str>,
    /// Words for each field's code, in the language asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    field_titles: BTreeMap<String, &'static str>,
    /// Everything that is wrong with one field, where that is more than a code, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Named>,
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    /// Number under which the log has more.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// A code with its words, in the language asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    code: &'static str,
    title: &'static str,
}

impl ApiError {
    fn with(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// There is no such thing, or none that the asker may see.
    pub(crate) fn is_not_found(&self) -> bool {
        self.0.code == NOT_FOUND.name
    }

    /// What was asked for stands against it, and not a fault of ours: to ask again in a moment would change nothing.
    pub(crate) fn is_refusal(&self) -> bool {
        self.0.status.is_client_error()
    }

    /// Its stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    /// What exactly is wrong, where that was said.
    pub(crate) fn detailed(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// What stands against it now, by its code.
    pub(crate) fn conflict(code: &'static str) -> Self {
        Self::new(code, StatusCode::CONFLICT)
    }

    /// What cannot be done with what was sent, by its code.
    pub(crate) fn unprocessable(code: &'static str) -> Self {
        Self::new(code, StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// The status with which it is sent.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Says what exactly is wrong.
    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        self.with(|facts| facts.detail = Some(detail.into()))
    }

    /// Says when to try again.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.with(|facts| facts.retry_after_s = Some(seconds))
    }

    /// Says everything that is wrong, where a field has room for the first alone.
    pub(crate) fn problems(self, codes: Vec<&'static str>) -> Self {
        self.with(|facts| facts.problems = codes)
    }

    /// Keeps the cause for the log.
    pub(crate) fn caused_by(self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.with(|facts| facts.cause = Some(Arc::new(cause)))
    }

    /// The same for a cause of any kind.
    pub(crate) fn caused_by_boxed(self, cause: Box<dyn Error + Send + Sync>) -> Self {
        self.with(|facts| facts.cause = Some(Arc::from(cause)))
    }

    fn new(code: &'static str, status: StatusCode) -> Self {
        Self(Arc::new(Facts {
            code,
            status,
            detail: None,
            fields: BTreeMap::new(),
            problems: Vec::new(),
            retry_after_s: None,
            cause: None,
        }))
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self::new(code.name, code.status)
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::NotFound => NOT_FOUND.into(),
            DbError::Conflict(constraint) => Self::new(constraint.code(), conflict_status(constraint)),
            DbError::Unavailable(_) => Self::from(UNAVAILABLE).retry_after(2).caused_by(error),
            DbError::Other(_) => Self::from(SERVER_FAILED).caused_by(error),
        }
    }
}

/// Wrong fields, gathered before anything is refused: people correct a form once, not field by field.
#[derive(Debug, Default)]
pub(crate) struct Wrong(BTreeMap<String, &'static str>);

impl Wrong {
    /// Takes the value, or notes the code under the field's name.
    pub(crate) fn take<T, E>(&mut self, field: &str, result: Result<T, E>, code: impl FnOnce(&E) -> &'static str) -> Option<T> {
        result.inspect_err(|error| self.note(field, code(error))).ok()
    }

    /// Notes a wrong field.
    pub(crate) fn note(&mut self, field: &str, code: &'static str) {
        self.0.insert(field.to_owned(), code);
    }

    /// Nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The error that names them all.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::from(REQUEST_INVALID).with(|facts| facts.fields = self.0)
    }
}

impl IntoResponse for ApiError {
    /// Carries the facts; [`render`] finds the words, because only there the reader's language is known.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every error answer of the API its body: ours, and those of layers that know nothing of codes.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let language = Language::wanted(request.headers());
    let path = request.uri().path();
    let is_api = path.starts_with("/api") || path.starts_with("/ingest");
    let request_id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let mut response = next.run(request).await;
    let error = match response.extensions_mut().remove::<ApiError>() {
        Some(error) => error,
        None if is_api => match foreign(response.status()) {
            Some(code) => code.into(),
            None => return response,
        },
        None => return response,
    };
    let headers = std::mem::take(response.headers_mut());
    write(&error, language, request_id, &headers)
}

/// The code of an error that a layer made by status alone.
fn foreign(status: StatusCode) -> Option<Code> {
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => ROUTE_METHOD,
        StatusCode::PAYLOAD_TOO_LARGE => REQUEST_TOO_LARGE,
        StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => REQUEST_TIMEOUT,
        StatusCode::NOT_FOUND => ROUTE_UNKNOWN,
        status if status.is_server_error() => SERVER_FAILED,
        _ => return None,
    })
}

fn write(error: &ApiError, language: Language, request_id: Option<String>, headers: &HeaderMap) -> Response {
    let facts = &*error.0;
    if facts.status.is_server_error() {
        let chain = facts.cause.as_deref().map(chain).unwrap_or_default();
        tracing::error!(code = facts.code, request.id = request_id.as_deref(), "request failed with {}: {chain}", facts.code);
    }
    let body = Problem {
        code: facts.code,
        title: language.title(facts.code),
        status: facts.status.as_u16(),
        detail: facts.detail.clone(),
        fields: facts.fields.clone(),
        field_titles: facts.fields.iter().map(|(field, code)| (field.clone(), language.title(code))).collect(),
        problems: facts.problems.iter().map(|code| Named { code, title: language.title(code) }).collect(),
        retry_after_s: facts.retry_after_s,
        request_id,
    };
    let mut response = (facts.status, Json(body)).into_response();
    for (name, value) in headers {
        if name != CONTENT_TYPE && name != axum::http::header::CONTENT_LENGTH {
            response.headers_mut().append(name, value.clone());
        }
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    if let Some(seconds) = facts.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// An error with everything beneath it, as one line.
fn chain(error: &(dyn Error + Send + Sync)) -> String {
    let mut line = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        below = cause.source();
    }
    line
}

#[cfg(test)]
mod tests;
