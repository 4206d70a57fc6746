//! Somebody signed in, perhaps not yet all the way: the session behind a cookie or token, and what it has still to do.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Duration, Utc};
use dispatch::sign_in::Pending;
use fleet_db::session::{Session, SessionKind};
use subtle::ConstantTimeEq as _;

use super::{origin, token};
use crate::problem::{
    AUTH_CODE_REQUIRED, AUTH_CSRF, AUTH_ORIGIN, AUTH_PASSWORD_DUE, AUTH_REQUIRED, AUTH_SECOND_FACTOR_DUE, ApiError, ApiResult,
};
use crate::state::App;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "motorpool_session";
/// Header in which a page sends its token with every change.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";
/// Header in which a page says for how many seconds nobody has touched it: its own questions keep no session alive.
const IDLE_HEADER: &str = "x-idle-secs";
/// How exactly it is known when a session was last used.
const SEEN_WITHIN_SECS: i64 = 60;

/// Who is signed in (已登录者): what the few routes take that somebody needs before everything else.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) session: Session,
    /// What has to be done first.
    pub(crate) pending: Option<Pending>,
}

impl Signed {
    /// Refuses whoever has something else to do first than `this`.
    pub(crate) fn nothing_but(&self, this: Option<Pending>) -> ApiResult<()> {
        match self.pending {
            None => Ok(()),
            pending if pending == this => Ok(()),
            Some(Pending::Code) => Err(AUTH_CODE_REQUIRED.into()),
            Some(Pending::Password) => Err(AUTH_PASSWORD_DUE.into()),
            Some(Pending::SecondFactor) => Err(AUTH_SECOND_FACTOR_DUE.into()),
        }
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

/// When the person was last there: now, unless the page says how long nobody has touched it.
fn seen_at(headers: &HeaderMap, now: DateTime<Utc>) -> DateTime<Utc> {
    let idle = headers.get(IDLE_HEADER).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<u32>().ok());
    now - Duration::seconds(i64::from(idle.unwrap_or_default()))
}

impl FromRequestParts<App> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let (token, kind) = match presented(&parts.headers).ok_or(AUTH_REQUIRED)? {
            Presented::Cookie(token) => (token, SessionKind::Browser),
            Presented::Bearer(token) => (token, SessionKind::Program),
        };
        let now = app.now();
        // Unbound: who asks is only about to be known.
        let mut conn = app.unbound().await?;
        let session = fleet_db::session::find(&mut conn, &token::sha256(&token), now, app.session_idle()).await?;
        let session = session.filter(|session| session.kind == kind).ok_or(AUTH_REQUIRED)?;
        if session.kind == SessionKind::Browser {
            check_page(parts, app, &session)?;
        }
        let seen_at = seen_at(&parts.headers, now);
        if seen_at - session.last_seen_at >= Duration::seconds(SEEN_WITHIN_SECS) {
            fleet_db::session::touch(&mut conn, session.id, seen_at).await?;
        }
        // A program was given its token by somebody who had done all this.
        let pending = match session.kind {
            SessionKind::Program => None,
            SessionKind::Browser => app.pending(&session.standing, session.awaits_code, &session.grants, now),
        };
        Ok(Self { session, pending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_nobody_touches_says_so() {
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        for (said, seconds) in [(None, 0), (Some("0"), 0), (Some("90"), 90), (Some("-5"), 0), (Some("soon"), 0)] {
            let mut headers = HeaderMap::new();
            if let Some(said) = said {
                headers.insert(IDLE_HEADER, HeaderValue::from_static(said));
            }
            assert_eq!((now - seen_at(&headers, now)).num_seconds(), seconds, "{said:?}");
        }
    }
}
