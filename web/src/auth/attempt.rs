//! Checking passwords, and counting the wrong ones: so many at a time, and each counted under the account's lock.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Login};
use dispatch::message::{News, SubjectKind};
use dispatch::password::{Attempts, PasswordError};
use fleet_db::account::Account;
use fleet_db::audit::Logged;
use fleet_db::{DbError, PgConnection, message};

use super::Caller;
use super::note::{About, Event, note};
use crate::password;
use crate::problem::{AUTH_BUSY, AUTH_LOCKED, ApiError, ApiResult, SERVER_FAILED};
use crate::state::App;

/// Does something slow with passwords on a thread of its own, so many at a time as the settings allow.
async fn slowly<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    let wait = Duration::from_secs(u64::from(app.config.password_wait_secs));
    let turn = tokio::time::timeout(wait, Arc::clone(&app.password_checks).acquire_owned());
    let Ok(Ok(turn)) = turn.await else {
        return Err(ApiError::from(AUTH_BUSY).retry_after(5));
    };
    tokio::task::spawn_blocking(move || {
        // Held until the work is done, though whoever asked may have gone away.
        let _turn = turn;
        work()
    })
    .await
    .map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// Whether the password is that of the hash. Takes as long when there is no hash.
pub(crate) async fn is_right(app: &App, password: String, hash: Option<String>) -> ApiResult<bool> {
    let longest = app.config.password.max_characters;
    slowly(app, move || match hash {
        // No longer text was ever accepted, so it need not be hashed to be refused.
        _ if password.chars().count() > longest => false,
        Some(hash) => password::is_right(&password, &hash),
        None => {
            password::is_right(&password, password::of_nobody());
            false
        }
    })
    .await
}

/// The hash of a new password, or everything that is wrong with it; `before` are the hashes it must not be one of.
pub(crate) async fn choose(
    app: &App,
    login: &Login,
    password: String,
    before: Vec<String>,
) -> ApiResult<Result<String, Vec<PasswordError>>> {
    let (policy, login) = (app.config.password.clone(), login.clone());
    slowly(app, move || {
        let is_short = password.chars().count() <= policy.max_characters;
        let was_used = is_short && before.iter().any(|hash| password::is_right(&password, hash));
        let errors = policy.check(login.as_str(), &password, was_used);
        if errors.is_empty() { password::hash(&password).map(Ok) } else { Ok(Err(errors)) }
    })
    .await?
    .map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// The hash of a password that we made up.
pub(crate) async fn hash(app: &App, password: String) -> ApiResult<String> {
    slowly(app, move || password::hash(&password)).await?.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))
}

/// Wrong ones so far, held until the transaction ends: five guesses sent at once are five guesses. Refuses a locked account.
pub(crate) async fn hold(conn: &mut PgConnection, id: AccountId, now: DateTime<Utc>) -> ApiResult<Attempts> {
    let attempts = fleet_db::account::hold_attempts(conn, id).await?;
    match attempts.lock(now) {
        Some(until) => Err(locked(until, now)),
        None => Ok(attempts),
    }
}

/// Counts a wrong password or code, and writes it down.
pub(crate) async fn fail(
    app: &App,
    conn: &mut PgConnection,
    caller: &Caller,
    about: About<'_>,
    event: Event,
    held: Attempts,
    now: DateTime<Utc>,
) -> ApiResult<Logged> {
    let after = held.after_failure(app.config.lock, now);
    if after != held {
        fleet_db::account::save_attempts(conn, about.account.id, after).await?;
    }
    let lock = after.lock(now);
    if let Some(until) = lock {
        tell_locked(conn, about.account, until, now).await?;
    }
    let refused = note(conn, caller, about, event, now).await?;
    if lock.is_some() { note(conn, caller, about, Event::Locked, now).await } else { Ok(refused) }
}

/// Tells the account's owner and the nearest security administrators, together with the lock.
async fn tell_locked(
    conn: &mut PgConnection,
    account: &Account,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let about = message::About {
        subject: Some(message::Subject { kind: SubjectKind::Account, id: account.id.0 }),
        unit: Some(account.unit),
        cause: &format!("locked:{}:{}", account.id, until.timestamp_micros()),
    };
    let news = News::account_locked(account.login.as_str(), now, until);
    message::tell(conn, &news, about, &[account.id], now).await?;
    Ok(())
}

/// Forgets wrong ones.
pub(crate) async fn succeed(conn: &mut PgConnection, id: AccountId, held: Attempts) -> ApiResult<()> {
    if held != Attempts::default() {
        fleet_db::account::save_attempts(conn, id, Attempts::default()).await?;
    }
    Ok(())
}

/// The refusal while a lock lasts.
pub(crate) fn locked(until: DateTime<Utc>, now: DateTime<Utc>) -> ApiError {
    let seconds = u64::try_from((until - now).num_seconds()).unwrap_or(0).max(1);
    ApiError::from(AUTH_LOCKED).retry_after(seconds)
}
