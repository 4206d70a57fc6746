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
    /// Days after which a password must be changed; 0 for never.
    pub max_age_days: u32,
    /// How many of the last passwords, the present one among them, are not used again; 0 for no memory.
    pub not_reused: u32,
}

impl Default for PasswordPolicy {
    /// GB/T 22239-2019 (等保2.0) as peers apply it: at least eight characters, mixed; changed within 90 days; the last five
    /// not reused.
    fn default() -> Self {
        Self { min_characters: 8, max_characters: 128, min_kinds: 3, max_age_days: 90, not_reused: 5 }
    }
}

/// Logins shorter than this may occur in a password: nobody avoids a single letter.
const SHORTEST_LOGIN: usize = 3;

/// What people and attackers think of first, folded to lower case. All are mixed well enough for the other rules.
const COMMON: &[&str] = &[
    "1qaz@wsx",
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "aa123456",
    "aa123456.",
    "aa123456!",
    "aa@123456",
    "abc123456",
    "abc@1234",
    "abc@123456",
    "abcd1234",
    "abcd@1234",
    "admin123",
    "admin123!",
    "admin1234",
    "admin@123",
    "admin@1234",
    "asdf1234",
    "asdf@1234",
    "changeme1",
    "changeme1!",
    "huawei@123",
    "huawei12#$",
    "iloveyou1",
    "letmein1!",
    "p@ssw0rd",
    "p@ssw0rd1",
    "p@ssw0rd!",
    "p@ssword1",
    "passw0rd",
    "passw0rd!",
    "passw0rd1",
    "password1",
    "password1!",
    "password@1",
    "password@123",
    "password123",
    "password123!",
    "q1w2e3r4",
    "qaz123456",
    "qaz@123456",
    "qwe123456",
    "qwer1234",
    "qwer@1234",
    "qwer!@#$1",
    "qwerty123",
    "qwerty123!",
    "root@123",
    "root@1234",
    "test1234",
    "test@123",
    "test@1234",
    "user@1234",
    "welcome1",
    "welcome1!",
    "welcome123",
    "woaini1314",
    "woaini520!",
    "zaq12wsx",
    "zaq1@wsx",
    "zxcv1234",
    "zxcvbnm1",
];

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
    /// The login is part of it, forwards or backwards.
    #[error("a password does not contain the login, nor the login reversed")]
    ContainsLogin,
    /// It is among the first that anybody would try.
    #[error("a password is not one that everybody tries first")]
    Common,
    /// It was used before.
    #[error("a password is not one of the last {last}")]
    Reused {
        /// How many are remembered.
        last: u32,
    },
}

impl PasswordError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "password.length",
            Self::Mixture { .. } => "password.mixture",
            Self::ContainsLogin => "password.contains_login",
            Self::Common => "password.common",
            Self::Reused { .. } => "password.reused",
        }
    }
}

impl PasswordPolicy {
    /// Everything that is wrong with `password` for `login`, not only the first thing. Whether it was used before only the
    /// hashes tell: `was_used` is the answer of whoever compared it with the last [`Self::not_reused`] of them.
    pub fn check(&self, login: &str, password: &str, was_used: bool) -> Vec<PasswordError> {
        let length = password.chars().count();
        let kinds = [
            password.chars().any(char::is_lowercase),
            password.chars().any(char::is_uppercase),
            password.chars().any(char::is_numeric),
            password.chars().any(|c| !(c.is_lowercase() || c.is_uppercase() || c.is_numeric())),
        ];
        let kinds = kinds.into_iter().filter(|found| *found).count();
        let folded = password.to_lowercase();
        let mut errors = Vec::new();
        if !(self.min_characters..=self.max_characters).contains(&length) {
            errors.push(PasswordError::Length { length, min: self.min_characters, max: self.max_characters });
        }
        if kinds < self.min_kinds {
            errors.push(PasswordError::Mixture { kinds, min: self.min_kinds });
        }
        if contains_login(&login.to_lowercase(), &folded) {
            errors.push(PasswordError::ContainsLogin);
        }
        if COMMON.contains(&folded.as_str()) {
            errors.push(PasswordError::Common);
        }
        if was_used {
            errors.push(PasswordError::Reused { last: self.not_reused });
        }
        errors
    }

    /// When a password of `changed_at` must be changed; `None` when passwords do not age.
    pub fn expires_at(&self, changed_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (self.max_age_days > 0).then(|| changed_at + Duration::days(i64::from(self.max_age_days)))
    }
}

fn contains_login(login: &str, password: &str) -> bool {
    let reversed: String = login.chars().rev().collect();
    if login.chars().count() < SHORTEST_LOGIN {
        return !login.is_empty() && (password == login || password == reversed);
    }
    password.contains(login) || password.contains(&reversed)
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

    fn check(login: &str, password: &str) -> Vec<&'static str> {
        PasswordPolicy::default().check(login, password, false).iter().map(PasswordError::code).collect()
    }

    #[test]
    fn every_fault_of_a_password_is_named() {
        for (password, codes) in [
            ("Motorpool-demo-1", &[][..]),
            ("a", &["password.length", "password.mixture"]),
            ("aaaaaaaaaaaa", &["password.mixture"]),
            ("Zhang-2026-!", &["password.contains_login"]),
            ("x-Gnahz-2026", &["password.contains_login"]),
            ("zhang", &["password.length", "password.mixture", "password.contains_login"]),
            ("P@ssw0rd", &["password.common"]),
            ("ADMIN@123", &["password.common"]),
            ("车辆Ab1车辆车", &[]),
        ] {
            assert_eq!(check("zhang", password), codes, "{password}");
        }
        assert_eq!(check("zhang", &"aA1".repeat(50)), ["password.length"]);
    }

    #[test]
    fn a_login_of_a_letter_or_two_may_occur_in_a_password_but_not_be_it() {
        assert_eq!(check("ab", "Crab-2026-x"), [""; 0]);
        let short = PasswordPolicy { min_characters: 1, min_kinds: 1, ..PasswordPolicy::default() };
        assert_eq!(short.check("ab", "ba", false), [PasswordError::ContainsLogin]);
    }

    #[test]
    fn a_password_used_before_is_named_beside_its_other_faults() {
        let errors = PasswordPolicy::default().check("zhang", "short", true);
        let codes: Vec<_> = errors.iter().map(PasswordError::code).collect();
        assert_eq!(codes, ["password.length", "password.mixture", "password.reused"]);
    }

    #[test]
    fn every_common_password_is_folded_and_would_pass_but_for_the_list() {
        let policy = PasswordPolicy { min_kinds: 2, ..PasswordPolicy::default() };
        for password in COMMON {
            assert_eq!(policy.check("zhang", password, false), [PasswordError::Common], "{password}");
        }
    }

    #[test]
    fn a_password_ages_unless_age_is_switched_off() {
        let set = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        assert_eq!(PasswordPolicy::default().expires_at(set), Some(set + Duration::days(90)));
        assert_eq!(PasswordPolicy { max_age_days: 0, ..PasswordPolicy::default() }.expires_at(set), None);
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
