//! The second half of signing in: the code of the second factor, or a recovery code.

use axum::extract::State;
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::sign_in::{CodeError, Pending};
use fleet_db::PgConnection;
use fleet_db::session::{Session, Vouched};
use serde::Deserialize;
use utoipa::ToSchema;

use super::session::SessionView;
use crate::auth::note::{About, Event};
use crate::auth::{Caller, Signed, attempt, note, recovery, start, totp};
use crate::extract::{Json, Now};
use crate::problem::{ApiError, ApiResult, CODE_INVALID, CODE_NOT_AWAITED, CODE_USED, Problem, SECOND_FACTOR_UNREADABLE};
use crate::state::{App, commit};

/// A code as it was typed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Code {
    /// The six digits of the authenticator, or a recovery code where one is taken.
    pub(super) code: String,
}

/// What a code turned out to be.
pub(super) enum Checked {
    /// That of the authenticator.
    Authenticator,
    /// A recovery code; it is used up.
    Recovery,
    /// None that is good.
    Refused(CodeError),
}

/// The place for which the secret of an account is sealed.
pub(super) fn place(account: AccountId) -> String {
    format!("totp {account}")
}

/// Checks a code against the second factor of an account, and takes it when it is good.
pub(super) async fn check(
    app: &App,
    conn: &mut PgConnection,
    account: AccountId,
    typed: &str,
    now: DateTime<Utc>,
) -> ApiResult<Checked> {
    if let Some(sha256) = recovery::sha256(typed) {
        let is_good = fleet_db::second_factor::take_recovery_code(conn, account, &sha256, now).await?;
        return Ok(if is_good { Checked::Recovery } else { Checked::Refused(CodeError::Wrong) });
    }
    let Some(factor) = fleet_db::second_factor::hold(conn, account).await? else {
        return Ok(Checked::Refused(CodeError::Wrong));
    };
    // The key of another data folder: recovery codes still let in, and a security administrator can take the factor away.
    let secret = app.key.open(&place(account), &factor.sealed_secret).ok_or(SECOND_FACTOR_UNREADABLE)?;
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_code_of = |step| totp::is_code(&secret, step, &digits);
    match app.config.second_factor.accept(is_code_of, factor.last_step, now) {
        Ok(step) => {
            fleet_db::second_factor::take_step(conn, account, step, now).await?;
            Ok(Checked::Authenticator)
        }
        Err(refused) => Ok(Checked::Refused(refused)),
    }
}

/// The refusal of a code.
pub(super) fn refusal(refused: CodeError) -> ApiError {
    match refused {
        CodeError::Wrong => CODE_INVALID.into(),
        CodeError::Replayed => CODE_USED.into(),
    }
}

/// Goes on signing in with the code of the second factor, or with a recovery code.
#[utoipa::path(post, path = "/session/code", operation_id = "give_code", tag = "session", request_body = Code,
    responses((status = 200, body = SessionView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give(
    signed: Signed,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<Code>,
) -> ApiResult<impl IntoResponse> {
    caller.admit(&app, now)?;
    if signed.pending != Some(Pending::Code) {
        return Err(CODE_NOT_AWAITED.into());
    }
    let Session { id, account, grants, standing, .. } = signed.session;
    let about = About { account: &account, by: None };
    // Unbound: the secret is readable to no role that answers requests.
    let mut tx = app.begin_unbound().await?;
    let held = attempt::hold(&mut tx, account.id, now).await?;
    let checked = check(&app, &mut tx, account.id, &asked.code, now).await?;
    if let Checked::Refused(refused) = checked {
        let told = attempt::fail(&app, &mut tx, &caller, about, Event::WrongCode, held, now).await?;
        commit(tx, told).await?;
        return Err(refusal(refused));
    }
    attempt::succeed(&mut tx, account.id, held).await?;
    fleet_db::session::delete(&mut tx, account.id, id).await?;
    let started = start::start(&app, &mut tx, &account, Vouched::Here, &caller, now).await?;
    if matches!(checked, Checked::Recovery) {
        let _one_of_two = note(&mut tx, &caller, about, Event::RecoveryCodeUsed, now).await?;
    }
    let told = note(&mut tx, &caller, about, Event::SignedIn, now).await?;
    commit(tx, told).await?;
    let pending = app.pending(&standing, false, &grants, now);
    Ok((CookieJar::new().add(started.cookie), axum::Json(SessionView::new(&app, account, &grants, started.csrf_token, pending))))
}
