//! The second factor of one's own account: set up, shown once, confirmed, taken away.
//!
//! All of it on unbound connections: secrets are readable to no role that answers requests.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::sign_in::Pending;
use fleet_db::PgConnection;
use fleet_db::account::Account;
use fleet_db::audit::Logged;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session_code::{Checked, Code, check, place, refusal};
use crate::auth::note::{About, Event};
use crate::auth::{Actor, Caller, Signed, attempt, note, recovery, totp};
use crate::extract::{Json, Now};
use crate::problem::{
    AUTH_REQUIRED, ApiError, ApiResult, PASSWORD_BOUND, Problem, SECOND_FACTOR_REQUIRED, SECOND_FACTOR_THERE, SERVER_FAILED,
    Wrong,
};
use crate::state::{App, commit};

/// What proves that the owner sits there.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SetUp {
    /// The account's password.
    password: String,
}

/// A new shared secret; it is told this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecretView {
    /// The secret in base 32, for who cannot read the picture.
    secret: String,
    /// The address that the picture holds.
    address: String,
    /// The picture: fields along a side, the quiet zone included.
    picture_side: u32,
    /// The picture's dark fields as an SVG path, one unit a field.
    picture_path: String,
}

/// Recovery codes; they are told this once, and each is good once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    codes: Vec<String>,
}

/// Begins to set up a second factor; it counts from the first code on.
#[utoipa::path(post, path = "/session/second-factor", operation_id = "set_up_second_factor", tag = "session", request_body = SetUp,
    responses((status = 200, body = SecretView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_up(
    signed: Signed,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<SetUp>,
) -> ApiResult<axum::Json<SecretView>> {
    signed.nothing_but(Some(Pending::SecondFactor))?;
    caller.admit(&app, now)?;
    let account = &signed.session.account;
    if signed.session.standing.has_second_factor {
        return Err(SECOND_FACTOR_THERE.into());
    }
    prove(&app, account, asked.password, &caller, now).await?;
    let secret = totp::random_secret();
    let sealed = app.key.seal(&place(account.id), &secret).ok_or(SERVER_FAILED)?;
    let address = totp::address(&app.config.title_en, account.login.as_str(), &secret);
    let picture = totp::picture(&address).ok_or(SERVER_FAILED)?;
    let mut tx = app.begin_unbound().await?;
    fleet_db::second_factor::begin(&mut tx, account.id, &sealed, now).await?;
    let told = note(&mut tx, &caller, about(account), Event::SecondFactorBegun, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(SecretView { secret: totp::text(&secret), address, picture_side: picture.side, picture_path: picture.path }))
}

/// Confirms a second factor with its first code, and hands out recovery codes.
#[utoipa::path(post, path = "/session/second-factor/confirm", operation_id = "confirm_second_factor", tag = "session", request_body = Code,
    responses((status = 200, body = RecoveryCodes),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn confirm(
    signed: Signed,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<Code>,
) -> ApiResult<axum::Json<RecoveryCodes>> {
    signed.nothing_but(Some(Pending::SecondFactor))?;
    if signed.session.standing.has_second_factor {
        return Err(SECOND_FACTOR_THERE.into());
    }
    renew_codes(&app, &signed.session.account, &asked.code, &caller, Event::SecondFactorSetUp, now).await
}

/// Puts new recovery codes in the place of the old ones.
#[utoipa::path(post, path = "/session/second-factor/recovery-codes", operation_id = "renew_recovery_codes", tag = "session", request_body = Code,
    responses((status = 200, body = RecoveryCodes),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn renew(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<Code>,
) -> ApiResult<axum::Json<RecoveryCodes>> {
    renew_codes(&app, &actor.account, &asked.code, &caller, Event::RecoveryCodesMade, now).await
}

/// Takes the second factor away, where no rule asks for one.
#[utoipa::path(post, path = "/session/second-factor/remove", operation_id = "remove_second_factor", tag = "session", request_body = Code,
    responses((status = 204),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 423, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    actor: Actor,
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(asked): Json<Code>,
) -> ApiResult<StatusCode> {
    if app.config.second_factor.is_required(actor.grants.iter().map(|grant| grant.role)) {
        return Err(SECOND_FACTOR_REQUIRED.into());
    }
    let mut tx = app.begin_unbound().await?;
    if let Err((wrong, told)) = take(&app, &mut tx, &actor.account, &asked.code, &caller, now).await? {
        commit(tx, told).await?;
        return Err(wrong);
    }
    fleet_db::second_factor::remove(&mut tx, actor.account.id).await?;
    let told = note(&mut tx, &caller, about(&actor.account), Event::SecondFactorRemoved, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

const fn about(account: &Account) -> About<'_> {
    About { account, by: None }
}

/// Takes a code, and hands out new recovery codes for it.
async fn renew_codes(
    app: &App,
    account: &Account,
    typed: &str,
    caller: &Caller,
    event: Event,
    now: DateTime<Utc>,
) -> ApiResult<axum::Json<RecoveryCodes>> {
    let mut tx = app.begin_unbound().await?;
    if let Err((wrong, told)) = take(app, &mut tx, account, typed, caller, now).await? {
        commit(tx, told).await?;
        return Err(wrong);
    }
    let codes: Vec<String> = (0..app.config.second_factor.recovery_codes).map(|_| recovery::random()).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().filter_map(|code| recovery::sha256(code)).collect();
    fleet_db::second_factor::set_recovery_codes(&mut tx, account.id, &hashes).await?;
    let told = note(&mut tx, caller, about(account), event, now).await?;
    commit(tx, told).await?;
    Ok(axum::Json(RecoveryCodes { codes }))
}

/// Takes a code of somebody who is signed in. A wrong one is counted, so the transaction is to be committed either way.
async fn take(
    app: &App,
    conn: &mut PgConnection,
    account: &Account,
    typed: &str,
    caller: &Caller,
    now: DateTime<Utc>,
) -> ApiResult<Result<(), (ApiError, Logged)>> {
    caller.admit(app, now)?;
    let held = attempt::hold(conn, account.id, now).await?;
    let refused = match check(app, conn, account.id, typed, now).await? {
        Checked::Authenticator | Checked::Recovery => {
            attempt::succeed(conn, account.id, held).await?;
            return Ok(Ok(()));
        }
        Checked::Refused(refused) => refusal(refused),
    };
    let told = attempt::fail(app, conn, caller, about(account), Event::WrongCode, held, now).await?;
    Ok(Err((refused, told)))
}

/// Refuses who does not know the password of the account.
async fn prove(app: &App, account: &Account, password: String, caller: &Caller, now: DateTime<Utc>) -> ApiResult<()> {
    let credentials = {
        let mut conn = app.unbound().await?;
        fleet_db::account::credentials(&mut conn, &account.login).await?.ok_or(AUTH_REQUIRED)?
    };
    if let Some(until) = credentials.attempts.lock(now) {
        return Err(attempt::locked(until, now));
    }
    let hash = credentials.password_hash.ok_or(PASSWORD_BOUND)?;
    if attempt::is_right(app, password, Some(hash)).await? {
        return Ok(());
    }
    let mut tx = app.begin_unbound().await?;
    let held = attempt::hold(&mut tx, account.id, now).await?;
    let told = attempt::fail(app, &mut tx, caller, about(account), Event::WrongPassword, held, now).await?;
    commit(tx, told).await?;
    let mut wrong = Wrong::default();
    wrong.note("password", "password.old_wrong");
    Err(wrong.into_error())
}
