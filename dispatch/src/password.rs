//! Passwords: what a new one must look like, and when wrong ones lock an account; the numbers are configuration.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a new password must look like (口令策略).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_characters: usize,
    /// Most characters: longer texts would only keep the hash busy.
    pub max_characters: usize,
    /// How many of the four kinds (lower case, upper case, digit, other) must occur.
    pub min_kinds: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        // GB/T 22239-2019 as peers apply it: at least eight characters, mixed.
        Self { min_characters: 8, max_characters: 128, min_kinds: 3 }
    }
}

/// Why a password is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {min} to {max} characters, this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// Too uniform.
    #[error("a password mixes at least {min} kinds of characters, this one has {kinds}")]
    Mixture {
        /// Kinds found.
        kinds: usize,
        /// Fewest.
        min: usize,
    },
    /// The login is part of it.
    #[error("a password does not contain the login")]
    ContainsLogin,
}

impl PasswordError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "password.length",
            Self::Mixture { .. } => "password.mixture",
            Self::ContainsLogin => "password.contains_login",
        }
    }
}

impl PasswordPolicy {
    /// Everything that is wrong with `password` for `login`, not only the first thing.
    pub fn check(&self, login: &str, password: &str) -> Vec<PasswordError> {
        let length = password.chars().count();
        let kinds = [
            password.chars().any(char::is_lowercase),
            password.chars().any(char::is_uppercase),
            password.chars().any(char::is_numeric),
            password.chars().any(|c| !(c.is_lowercase() || c.is_uppercase() || c.is_numeric())),
        ];
        let kinds = kinds.into_iter().filter(|found| *found).count();
        let mut errors = Vec::new();
        if !(self.min_characters..=self.max_characters).contains(&length) {
            errors.push(PasswordError::Length { length, min: self.min_characters, max: self.max_characters });
        }
        if kinds < self.min_kinds {
            errors.push(PasswordError::Mixture { kinds, min: self.min_kinds });
        }
        if !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase()) {
            errors.push(PasswordError::ContainsLogin);
        }
        errors
    }
}

/// When wrong passwords lock an account (登录锁定).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LockRule {
    /// Wrong passwords in a row that lock.
    pub attempts: u32,
    /// Seconds that a lock lasts.
    pub lock_secs: u32,
}

impl Default for LockRule {
    fn default() -> Self {
        Self { attempts: 5, lock_secs: 15 * 60 }
    }
}

/// What an account remembers of wrong passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Wrong ones in a row.
    pub failed: u32,
    /// Locked until then.
    pub locked_until: Option<DateTime<Utc>>,
}

impl Attempts {
    /// Until when no password is looked at.
    pub fn lock(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.locked_until.filter(|until| *until > now)
    }

    /// After a wrong password; a lock that has run out begins the count anew.
    #[must_use]
    pub fn after_failure(self, rule: LockRule, now: DateTime<Utc>) -> Self {
        if self.lock(now).is_some() {
            return self;
        }
        let before = if self.locked_until.is_some() { 0 } else { self.failed };
        let failed = before.saturating_add(1);
        let locked_until = (failed >= rule.attempts).then(|| now + Duration::seconds(i64::from(rule.lock_secs)));
        Self { failed, locked_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_password_is_named() {
        let check = |password: &str| {
            PasswordPolicy::default().check("zhang", password).iter().map(PasswordError::code).collect::<Vec<_>>()
        };
        assert_eq!(check("Motorpool-demo-1"), [""; 0]);
        assert_eq!(check("a"), ["password.length", "password.mixture"]);
        assert_eq!(check("aaaaaaaaaaaa"), ["password.mixture"]);
        assert_eq!(check("Zhang-2026-!"), ["password.contains_login"]);
        assert_eq!(check(&"aA1".repeat(50)), ["password.length"]);
        assert_eq!(check("车辆Ab1车辆车"), [""; 0]);
    }

    #[test]
    fn the_fifth_wrong_password_locks_and_the_lock_runs_out() {
        let rule = LockRule::default();
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let mut attempts = Attempts::default();
        for _ in 0..4 {
            attempts = attempts.after_failure(rule, now);
            assert_eq!(attempts.lock(now), None);
        }
        attempts = attempts.after_failure(rule, now);
        let until = now + Duration::minutes(15);
        assert_eq!(attempts.lock(now), Some(until));
        assert_eq!(attempts.after_failure(rule, now + Duration::minutes(1)), attempts, "a lock is not drawn out");
        assert_eq!(attempts.lock(until), None);
        assert_eq!(attempts.after_failure(rule, until), Attempts { failed: 1, locked_until: None });
    }
}
