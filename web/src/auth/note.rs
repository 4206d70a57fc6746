//! What is written down of signing in: one entry an event, in the transaction of the change.

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Login};
use fleet_db::PgConnection;

use super::Caller;
use crate::problem::ApiResult;

/// Something that happened to an account's way in (登录事件).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A browser is signed in.
    SignedIn,
    /// A browser is signed in, vouched for by the identity provider.
    SignedInByProvider,
    /// A wrong password.
    WrongPassword,
    /// A wrong code of the second factor, or one used before.
    WrongCode,
    /// The last wrong one locked the account.
    Locked,
    /// A browser signed out.
    SignedOut,
    /// The owner chose another password.
    PasswordChanged,
    /// An administrator gave a temporary one.
    PasswordGiven,
    /// The first code of a new authenticator came.
    SecondFactorSetUp,
    /// The second factor was taken away.
    SecondFactorRemoved,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Sessions were ended by their owner.
    SessionsEnded,
    /// Sessions were ended by an administrator.
    SessionsEndedByOther,
    /// The account was bound to the identity provider.
    IdentityBound,
    /// The binding was taken away.
    IdentityUnbound,
}

impl Event {
    /// The stable name.
    const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignedInByProvider => "signed_in_by_provider",
            Self::WrongPassword => "wrong_password",
            Self::WrongCode => "wrong_code",
            Self::Locked => "locked",
            Self::SignedOut => "signed_out",
            Self::PasswordChanged => "password_changed",
            Self::PasswordGiven => "password_given",
            Self::SecondFactorSetUp => "second_factor_set_up",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::SessionsEnded => "sessions_ended",
            Self::SessionsEndedByOther => "sessions_ended_by_other",
            Self::IdentityBound => "identity_bound",
            Self::IdentityUnbound => "identity_unbound",
        }
    }

    const fn is_worth_a_look(self) -> bool {
        matches!(self, Self::Locked)
    }
}

/// Whose way in it is, and who did it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) account: AccountId,
    pub(crate) login: &'a Login,
    /// Who acted, when it was not the account itself.
    pub(crate) by: Option<&'a Login>,
}

/// Writes it down, last in the transaction of the change.
pub(crate) async fn note(
    _conn: &mut PgConnection,
    caller: &Caller,
    about: About<'_>,
    event: Event,
    _now: DateTime<Utc>,
) -> ApiResult<()> {
    let (name, login, peer) = (event.name(), about.login, caller.peer());
    let by = about.by.unwrap_or(login);
    metrics::counter!("motorpool_web_sign_in_events_total", "event" => name).increment(1);
    if event.is_worth_a_look() {
        tracing::warn!(account.id = %about.account, account.login = %login, by = %by, peer, "{login}: {name}");
    } else {
        tracing::info!(account.id = %about.account, account.login = %login, by = %by, peer, "{login}: {name}");
    }
    Ok(())
}
