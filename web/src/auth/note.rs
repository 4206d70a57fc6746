//! What is written down of signing in: one entry an event, in the transaction of the change.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use fleet_db::PgConnection;
use fleet_db::account::Account;
use fleet_db::audit::Logged;
use serde_json::{Value, json};

use super::{Actor, Caller};
use crate::problem::ApiResult;

/// Longest name of a stranger that is written down.
const STRANGER_LENGTH: usize = 64;

/// Something that happened to an account's way in (登录事件).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A browser is signed in.
    SignedIn,
    /// The password was right, and a code has still to come.
    CodeAwaited,
    /// A browser is signed in, vouched for by the identity provider.
    SignedInByProvider,
    /// A wrong password.
    WrongPassword,
    /// A wrong code of the second factor, or one used before.
    WrongCode,
    /// The last wrong one locked the account.
    Locked,
    /// Somebody tried while it was locked.
    TriedWhileLocked,
    /// A browser signed out.
    SignedOut,
    /// The owner chose another password.
    PasswordChanged,
    /// A secret for a new authenticator was made.
    SecondFactorBegun,
    /// The first code of a new authenticator came.
    SecondFactorSetUp,
    /// The second factor was taken away.
    SecondFactorRemoved,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Sessions were ended.
    SessionsEnded,
    /// The account was bound to the identity provider.
    IdentityBound,
    /// The binding was taken away.
    IdentityUnbound,
}

impl Event {
    /// What was done, and what there is to say of it.
    fn says(self) -> (Action, SubjectKind, Option<Value>) {
        match self {
            Self::SignedIn => (Action::SignedIn, SubjectKind::Account, Some(json!({ "vouched_by": "password" }))),
            Self::CodeAwaited => (Action::Started, SubjectKind::Session, Some(json!({ "awaits": "code" }))),
            Self::SignedInByProvider => (Action::SignedIn, SubjectKind::Account, Some(json!({ "vouched_by": "oidc" }))),
            Self::WrongPassword => (Action::SignInRefused, SubjectKind::Account, Some(json!({ "wrong": "password" }))),
            Self::WrongCode => (Action::SignInRefused, SubjectKind::Account, Some(json!({ "wrong": "code" }))),
            Self::TriedWhileLocked => (Action::SignInRefused, SubjectKind::Account, Some(json!({ "wrong": "locked" }))),
            Self::Locked => (Action::Locked, SubjectKind::Account, None),
            Self::SignedOut => (Action::SignedOut, SubjectKind::Account, None),
            Self::PasswordChanged => (Action::PasswordSet, SubjectKind::Account, Some(json!({ "temporary": false }))),
            Self::SecondFactorBegun => (Action::Changed, SubjectKind::Account, Some(json!({ "second_factor": "begun" }))),
            Self::SecondFactorSetUp => (Action::Changed, SubjectKind::Account, Some(json!({ "second_factor": true }))),
            Self::SecondFactorRemoved => (Action::Changed, SubjectKind::Account, Some(json!({ "second_factor": false }))),
            Self::RecoveryCodesMade => (Action::Changed, SubjectKind::Account, Some(json!({ "recovery_codes": "made" }))),
            Self::RecoveryCodeUsed => (Action::Changed, SubjectKind::Account, Some(json!({ "recovery_codes": "one used" }))),
            Self::SessionsEnded => (Action::Revoked, SubjectKind::Session, None),
            Self::IdentityBound => (Action::Bound, SubjectKind::Account, Some(json!({ "identity_provider": true }))),
            Self::IdentityUnbound => (Action::Unbound, SubjectKind::Account, Some(json!({ "identity_provider": false }))),
        }
    }
}

/// Whose way in it is, and who did it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) account: &'a Account,
    /// Who acted, when it was not the account itself.
    pub(crate) by: Option<&'a Actor>,
}

/// Writes it into the audit log, last in the transaction of the change.
pub(crate) async fn note(
    conn: &mut PgConnection,
    caller: &Caller,
    about: About<'_>,
    event: Event,
    now: DateTime<Utc>,
) -> ApiResult<Logged> {
    let (action, kind, after) = event.says();
    let Account { id, login, role, unit, .. } = about.account;
    let by = about.by.map_or_else(
        || By { account: Some(*id), login: login.to_string(), role: Some(*role), peer: caller.peer(), reason: String::new() },
        |actor| actor.by(""),
    );
    metrics::counter!("motorpool_web_sign_in_events_total", "event" => action.as_str()).increment(1);
    if event == Event::Locked {
        tracing::warn!(account.id = %id, account.login = %login, peer = by.peer, "{login} is locked after too many wrong attempts");
    } else {
        tracing::info!(account.id = %id, account.login = %login, peer = by.peer, "{}: {action} {login}", by.login);
    }
    let entry = Entry { after, ..Entry::new(action, Subject::of(kind, id.0, login.as_str())).in_unit(*unit) };
    Ok(fleet_db::audit::append(conn, &by, &entry, now).await?)
}

/// The same for somebody whom we do not know: a login that there is not, a person of the provider who is not bound.
pub(crate) async fn note_stranger(conn: &mut PgConnection, caller: &Caller, name: &str, now: DateTime<Utc>) -> ApiResult<Logged> {
    let name: String = name.chars().take(STRANGER_LENGTH).collect();
    let by = By { account: None, login: name.clone(), role: None, peer: caller.peer(), reason: String::new() };
    let entry = Entry::new(Action::SignInRefused, Subject::named(SubjectKind::Account, name));
    Ok(fleet_db::audit::append(conn, &by, &entry, now).await?)
}
