//! How fast a session may be: so many messages a second, and twice as many at once.

use tokio::time::Instant;

/// A bucket of permissions (令牌桶), looked at by the clock only when it is empty.
#[derive(Debug)]
pub(super) struct Pace {
    /// Messages a second; 0: as many as come.
    rate: u32,
    left: u32,
    since: Instant,
}

impl Pace {
    pub(super) fn new(rate: u32) -> Self {
        Self { rate, left: rate.saturating_mul(2), since: Instant::now() }
    }

    /// Another message may be taken in.
    pub(super) fn has_room(&mut self) -> bool {
        self.rate == 0 || self.left > 0 || self.refill(Instant::now())
    }

    /// One was.
    pub(super) const fn take(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    fn refill(&mut self, now: Instant) -> bool {
        let passed = u64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(u64::MAX);
        let earned = passed.saturating_mul(u64::from(self.rate)) / 1000;
        if earned == 0 {
            return false;
        }
        self.since = now;
        self.left = u32::try_from(earned).unwrap_or(u32::MAX).min(self.rate.saturating_mul(2));
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_not_used_is_kept_for_two_seconds() {
        let mut pace = Pace::new(10);
        let begin = pace.since;
        for _ in 0..20 {
            assert!(pace.left > 0);
            pace.take();
        }
        assert!(!pace.refill(begin + Duration::from_millis(50)));
        assert!(pace.refill(begin + Duration::from_millis(500)));
        assert_eq!(pace.left, 5);
        assert!(pace.refill(begin + Duration::from_mins(1)));
        assert_eq!(pace.left, 20);
    }

    #[test]
    fn no_rate_is_no_limit() {
        let mut pace = Pace::new(0);
        pace.take();
        assert!(pace.has_room());
    }
}
