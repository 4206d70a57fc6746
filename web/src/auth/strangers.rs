//! Wrong passwords of logins that do not exist: they lock like real ones, so that a lock tells nobody which are real.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use dispatch::account::Login;
use dispatch::password::{Attempts, LockRule};

/// Logins remembered at the same time; when there are more, those that are not locked are forgotten, then all.
const MOST: usize = 10_000;

/// Attempts on unknown logins, in memory.
#[derive(Debug, Default)]
pub(crate) struct Strangers(Mutex<HashMap<Login, Attempts>>);

impl Strangers {
    /// Counts an attempt; the lock that was there before it, if there was one.
    pub(crate) fn attempt(&self, login: &Login, rule: LockRule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, attempts| attempts.lock(now).is_some());
            if known.len() >= MOST {
                known.clear();
            }
        }
        let attempts = known.entry(login.clone()).or_default();
        let lock = attempts.lock(now);
        *attempts = attempts.after_failure(rule, now);
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_locked_like_anybody() {
        let strangers = Strangers::default();
        let login: Login = "nobody".parse().unwrap();
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        for _ in 0..5 {
            assert_eq!(strangers.attempt(&login, LockRule::default(), now), None);
        }
        assert!(strangers.attempt(&login, LockRule::default(), now).is_some());
    }

    #[test]
    fn many_strangers_do_not_fill_the_memory() {
        let strangers = Strangers::default();
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        for n in 0..MOST + 10 {
            strangers.attempt(&format!("n{n}").parse().unwrap(), LockRule::default(), now);
        }
        assert!(strangers.0.lock().unwrap().len() <= MOST);
    }
}
