//! When a message that did not get out is tried again, and when it is given up.

use chrono::{DateTime, Duration, Utc};

/// A message that did not get out in this time is given up.
const GIVE_UP_AFTER: Duration = Duration::hours(24);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::hours(1);

/// When to try again after `attempts` tries in vain, the last of them at `now`; `None` when it is given up.
///
/// A minute after the first try, then twice as long each time, an hour at most; for a day from `due_at`, when it was first to go.
pub fn next_try(attempts: u32, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doublings = attempts.saturating_sub(1).min(16);
    let wait = Duration::minutes(1 << doublings).min(LONGEST_WAIT);
    let next = now + wait;
    (next - due_at <= GIVE_UP_AFTER).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_to_an_hour() {
        let now = DateTime::UNIX_EPOCH;
        let minutes: Vec<i64> = (1..=8).map(|attempts| (next_try(attempts, now, now).unwrap() - now).num_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(next_try(u32::MAX, now, now), Some(now + Duration::hours(1)));
    }

    #[test]
    fn after_a_day_it_is_given_up() {
        let due_at = DateTime::UNIX_EPOCH;
        let (mut now, mut attempts) = (due_at, 1);
        while let Some(next) = next_try(attempts, due_at, now) {
            now = next;
            attempts += 1;
        }
        assert_eq!(attempts, 29, "tries of a day");
        assert!(now - due_at <= Duration::hours(24) && now - due_at > Duration::hours(23));
    }
}
