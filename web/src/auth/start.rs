//! Beginning a browser's session, and what its page is told.

use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::{DateTime, Duration, Utc};
use dispatch::account::SessionId;
use fleet_db::PgConnection;
use fleet_db::account::Account;
use fleet_db::session::{NewSession, SessionKind, Vouched};
use uuid::{ContextV7, Timestamp, Uuid};

use super::signed::COOKIE;
use super::{Caller, token};
use crate::problem::ApiResult;
use crate::state::App;

/// A session that has begun.
#[derive(Debug)]
pub(crate) struct Started {
    /// What the browser keeps.
    pub(crate) cookie: Cookie<'static>,
    /// What the page sends with every change.
    pub(crate) csrf_token: String,
}

/// Begins a session of `account`: always with new tokens, whatever the browser had before.
pub(crate) async fn start(
    app: &App,
    conn: &mut PgConnection,
    account: &Account,
    vouched: Vouched,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Started> {
    let (token, csrf_token) = (token::random(), token::random());
    let seconds = match vouched {
        Vouched::HalfHere => app.config.second_factor.code_wait_secs,
        Vouched::Here | Vouched::ByProvider => app.config.session_absolute_secs,
    };
    let session = NewSession {
        id: SessionId(new_id(now)),
        token_sha256: token::sha256(&token),
        account: account.id,
        kind: SessionKind::Browser,
        name: "",
        csrf_token: &csrf_token,
        peer: &caller.peer(),
        user_agent: &caller.user_agent,
        vouched,
        expires_at: now + Duration::seconds(i64::from(seconds)),
    };
    fleet_db::session::insert(conn, &session, now).await?;
    Ok(Started { cookie: cookie(app, token), csrf_token })
}

/// The session's cookie, which scripts cannot read and other sites' pages do not send.
pub(crate) fn cookie(app: &App, value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value)).path("/").http_only(true).same_site(SameSite::Strict).secure(app.config.https).build()
}

/// An id that sorts by `now`: version 7, whose clock is the one that was handed down.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = now.timestamp().max(0).cast_unsigned();
    Uuid::new_v7(Timestamp::from_unix(ContextV7::new(), seconds, now.timestamp_subsec_nanos()))
}
