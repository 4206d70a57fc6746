//! The actor of a request: the account behind its cookie or token, and what that lets it do.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum_extra::extract::CookieJar;
use chrono::Duration;
use dispatch::account::{Permission, SessionId};
use dispatch::audit::By;
use dispatch::scope::Scope;
use fleet_db::account::Account;
use fleet_db::session::{Session, SessionKind};
use subtle::ConstantTimeEq as _;

use super::{origin, peer, token};
use crate::problem::{AUTH_CSRF, AUTH_FORBIDDEN, AUTH_ORIGIN, AUTH_REQUIRED, ApiError, ApiResult};
use crate::state::App;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "motorpool_session";
/// Header in which a page sends its token with every change.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// Who asks (操作人): every handler that reads or changes anything takes one, because every query wants its scope.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) account: Account,
    pub(crate) session: SessionId,
    pub(crate) csrf_token: String,
    /// Where the request came from.
    pub(crate) peer: String,
}

impl Actor {
    /// The units whose data the actor may see.
    pub(crate) const fn scope(&self) -> Scope {
        self.account.scope()
    }

    /// Who acts, from where, and why, for the log of what is done.
    pub(crate) fn by(&self, reason: &str) -> By {
        By {
            account: Some(self.account.id),
            login: self.account.login.to_string(),
            role: Some(self.account.role),
            peer: self.peer.clone(),
            reason: reason.to_owned(),
        }
    }

    /// Refuses a role that does not allow it.
    pub(crate) fn must(&self, permission: Permission) -> ApiResult<()> {
        if self.account.role.may(permission) { Ok(()) } else { Err(AUTH_FORBIDDEN.into()) }
    }
}

/// A token with where it came from.
enum Presented {
    Cookie(String),
    Bearer(String),
}

fn presented(headers: &HeaderMap) -> Option<Presented> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some(Presented::Bearer(token.trim().to_owned()));
    }
    CookieJar::from_headers(headers).get(COOKIE).map(|cookie| Presented::Cookie(cookie.value().to_owned()))
}

/// A browser sends the cookie whoever made it ask; only our own page knows the token that goes with a change.
fn check_page(parts: &Parts, app: &App, session: &Session) -> ApiResult<()> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    if !origin::is_ours(&parts.headers, &app.config) {
        return Err(AUTH_ORIGIN.into());
    }
    let sent = parts.headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if bool::from(sent.ct_eq(session.csrf_token.as_bytes())) { Ok(()) } else { Err(AUTH_CSRF.into()) }
}

impl FromRequestParts<App> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let (token, kind) = match presented(&parts.headers).ok_or(AUTH_REQUIRED)? {
            Presented::Cookie(token) => (token, SessionKind::Browser),
            Presented::Bearer(token) => (token, SessionKind::Program),
        };
        let now = app.now();
        let mut conn = app.conn().await?;
        let session = fleet_db::session::find(&mut conn, &token::sha256(&token), now, app.session_idle()).await?;
        let session = session.filter(|session| session.kind == kind).ok_or(AUTH_REQUIRED)?;
        if session.kind == SessionKind::Browser {
            check_page(parts, app, &session)?;
        }
        if now - session.last_seen_at >= Duration::seconds(60) {
            fleet_db::session::touch(&mut conn, session.id, now).await?;
        }
        let peer = peer::of(&parts.extensions);
        Ok(Self { account: session.account, session: session.id, csrf_token: session.csrf_token, peer })
    }
}
