//! What stands between a right password and the work: a code, another password, a second factor to be set up.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::account::Role;
use crate::password::PasswordPolicy;

/// Seconds for which a code is shown (RFC 6238 section 5.2), as every authenticator has it.
pub const STEP_SECS: u64 = 30;

/// Who needs a second factor, and how its codes are looked at (双因素策略).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecondFactorPolicy {
    /// Roles that must have a second factor: without one they are let in only to set it up. Everybody else may have one.
    pub roles: Vec<Role>,
    /// Steps of 30 seconds by which a telephone's clock may differ from ours, either way.
    pub steps_around: u32,
    /// Seconds for which the code may be awaited after the password was right.
    pub code_wait_secs: u32,
    /// Recovery codes that are handed out.
    pub recovery_codes: u32,
}

impl Default for SecondFactorPolicy {
    /// GB/T 22239-2019 (等保2.0, level 3) asks for two factors; the three administrators can do the most harm. One step
    /// around is what RFC 6238 section 5.2 advises.
    fn default() -> Self {
        let roles = vec![Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
        Self { roles, steps_around: 1, code_wait_secs: 300, recovery_codes: 10 }
    }
}

impl SecondFactorPolicy {
    /// Somebody with these roles must have a second factor.
    pub fn is_required(&self, roles: impl IntoIterator<Item = Role>) -> bool {
        roles.into_iter().any(|role| self.roles.contains(&role))
    }

    /// The steps whose codes are good at `now`.
    pub fn steps(&self, now: DateTime<Utc>) -> RangeInclusive<u64> {
        let step = now.timestamp().max(0).cast_unsigned() / STEP_SECS;
        let around = u64::from(self.steps_around);
        step.saturating_sub(around)..=step + around
    }

    /// The step that a code belongs to; `code_of` is what the authenticator shows in a step, `last` the newest that was taken.
    pub fn accept(&self, is_code_of: impl Fn(u64) -> bool, last: u64, now: DateTime<Utc>) -> Result<u64, CodeError> {
        // Every step is looked at, so that the time taken tells nothing.
        let found = self.steps(now).fold(None, |found, step| if is_code_of(step) { Some(step) } else { found });
        match found {
            None => Err(CodeError::Wrong),
            Some(step) if step <= last => Err(CodeError::Replayed),
            Some(step) => Ok(step),
        }
    }
}

/// Why a code is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// No step around now has this code.
    #[error("the code is not that of now")]
    Wrong,
    /// Right, but it or a later one was taken already: somebody may have looked over a shoulder.
    #[error("the code was used already")]
    Replayed,
}

/// What an account has to prove itself with (登录凭据).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It has a password here; one that is bound to an identity provider has none.
    pub has_password: bool,
    /// When the password was set.
    pub password_changed_at: DateTime<Utc>,
    /// An administrator set it.
    pub password_is_temporary: bool,
    /// A second factor is set up.
    pub has_second_factor: bool,
}

/// What a signed-in person has to do before anything else (登录待办).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Give the code of the second factor.
    Code,
    /// Choose another password.
    Password,
    /// Set up a second factor.
    SecondFactor,
}

impl Pending {
    /// The stable name, as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Password => "password",
            Self::SecondFactor => "second_factor",
        }
    }
}

/// The rules of signing in that hold for everybody.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Of passwords.
    pub password: &'a PasswordPolicy,
    /// Of second factors.
    pub second_factor: &'a SecondFactorPolicy,
}

impl Rules<'_> {
    /// What comes first for somebody with `roles` who signed in with a password; an awaited code comes before all else.
    pub fn pending(
        &self,
        standing: &Standing,
        awaits_code: bool,
        roles: impl IntoIterator<Item = Role>,
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        if awaits_code {
            return Some(Pending::Code);
        }
        if !standing.has_password {
            // The identity provider answers for age, reuse and factors.
            return None;
        }
        let is_old = self.password.expires_at(standing.password_changed_at).is_some_and(|end| end <= now);
        if standing.password_is_temporary || is_old {
            return Some(Pending::Password);
        }
        (!standing.has_second_factor && self.second_factor.is_required(roles)).then_some(Pending::SecondFactor)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_750_000_000, 0).unwrap()
    }

    fn standing() -> Standing {
        Standing { has_password: true, password_changed_at: now(), password_is_temporary: false, has_second_factor: false }
    }

    fn pending(standing: Standing, awaits_code: bool, role: Role, after: Duration) -> Option<Pending> {
        let (password, second_factor) = (PasswordPolicy::default(), SecondFactorPolicy::default());
        Rules { password: &password, second_factor: &second_factor }.pending(&standing, awaits_code, [role], now() + after)
    }

    #[test]
    fn what_is_missing_is_asked_for_in_order() {
        let fresh = Duration::zero();
        let temporary = Standing { password_is_temporary: true, ..standing() };
        let proved = Standing { has_second_factor: true, ..standing() };
        let bound = Standing { has_password: false, ..temporary };
        for (standing, awaits, role, after, wanted) in [
            (standing(), false, Role::Dispatcher, fresh, None),
            (standing(), true, Role::Dispatcher, fresh, Some(Pending::Code)),
            (temporary, true, Role::SystemAdmin, fresh, Some(Pending::Code)),
            (temporary, false, Role::SystemAdmin, fresh, Some(Pending::Password)),
            (standing(), false, Role::Dispatcher, Duration::days(90) - Duration::seconds(1), None),
            (standing(), false, Role::Dispatcher, Duration::days(90), Some(Pending::Password)),
            (standing(), false, Role::SecurityAdmin, fresh, Some(Pending::SecondFactor)),
            (proved, false, Role::SecurityAdmin, fresh, None),
            (bound, false, Role::SystemAdmin, Duration::days(900), None),
        ] {
            assert_eq!(pending(standing, awaits, role, after), wanted, "{standing:?} {awaits} {role} {after}");
        }
    }

    #[test]
    fn a_code_is_good_in_its_own_step_and_the_two_beside_it_and_only_once() {
        let policy = SecondFactorPolicy::default();
        let step = *policy.steps(now()).start() + 1;
        let accept = |wanted: u64, last: u64| policy.accept(|step| step == wanted, last, now());
        for good in [step - 1, step, step + 1] {
            assert_eq!(accept(good, 0), Ok(good));
        }
        for bad in [step - 2, step + 2] {
            assert_eq!(accept(bad, 0), Err(CodeError::Wrong));
        }
        assert_eq!(accept(step, step), Err(CodeError::Replayed));
        assert_eq!(accept(step - 1, step), Err(CodeError::Replayed), "an older one than the last is no better");
        assert_eq!(accept(step + 1, step), Ok(step + 1));
    }
}
