//! Clocks that are off: found by live reports that all come late, or early, by the same time.
//!
//! A report that is late by itself says nothing of the clock: terminals send what they kept. Reports of a terminal that sends
//! its backlog catch up; those of a clock that is off stay behind by the same time, for as long as they are watched.

use chrono::{DateTime, TimeDelta, Utc};

/// Live reports in a row that must agree.
const REPORTS: u32 = 5;
/// How long they must go on.
const SPAN: TimeDelta = TimeDelta::seconds(60);
/// How much they may differ.
const TOLERANCE: TimeDelta = TimeDelta::seconds(20);

/// What was seen of a terminal's clock (终端时钟偏差).
#[derive(Debug, Default)]
pub(super) struct Drift {
    run: Option<Run>,
    /// The clock was off when it was last known.
    told: bool,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    since: DateTime<Utc>,
    /// Milliseconds that the first report was behind.
    behind: i64,
    reports: u32,
}

/// News of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It is behind by so much; ahead where it is negative.
    Off(TimeDelta),
    /// It is right again.
    Right,
}

impl Drift {
    /// Takes a live report; says when the clock is found to be off by more than `bound`, or right again.
    pub(super) fn see(&mut self, fixed_at: DateTime<Utc>, received_at: DateTime<Utc>, bound: TimeDelta) -> Option<News> {
        let behind = received_at - fixed_at;
        if behind.abs() <= bound {
            self.run = None;
            return std::mem::take(&mut self.told).then_some(News::Right);
        }
        let behind_ms = behind.num_milliseconds();
        let run = self.run.get_or_insert(Run { since: received_at, behind: behind_ms, reports: 0 });
        if (behind_ms - run.behind).abs() > TOLERANCE.num_milliseconds() {
            *run = Run { since: received_at, behind: behind_ms, reports: 0 };
        }
        run.reports += 1;
        if self.told || run.reports < REPORTS || received_at - run.since < SPAN {
            return None;
        }
        self.told = true;
        Some(News::Off(behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports as (seconds fixed, seconds received), and what is said of them.
    fn check(reports: impl IntoIterator<Item = (i64, i64)>, wanted: &[News]) {
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let mut drift = Drift::default();
        let news =
            reports.into_iter().filter_map(|(fixed, received)| drift.see(at(fixed), at(received), TimeDelta::seconds(300)));
        assert_eq!(news.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn a_clock_that_is_off_is_told_once_and_so_is_its_recovery() {
        let hour = TimeDelta::hours(1);
        check((0..30).map(|n| (n * 10 - 3600, n * 10)), &[News::Off(hour)]);
        check((0..30).map(|n| (n * 10 + 400, n * 10)), &[News::Off(TimeDelta::seconds(-400))]);
        let mended = (0..30).map(|n| (if n < 20 { n * 10 - 3600 } else { n * 10 }, n * 10));
        check(mended, &[News::Off(hour), News::Right]);
        check((0..30).map(|n| (n * 10 - 299, n * 10)), &[]);
    }

    #[test]
    fn a_backlog_that_catches_up_is_no_drift() {
        check((0..600).map(|n| (n * 10, 6000 + n)), &[]);
        check((0..20).map(|n| (n * 10, 6000)), &[]);
        check([(0, 4000), (10, 4000), (4010, 4010), (20, 4020)], &[]);
    }
}
