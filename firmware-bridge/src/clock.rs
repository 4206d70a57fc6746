//! Time in a car: the wall clock is wrong after a start, satellites are right, and no record goes back in time.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The wall clock, as the caller gives it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Time since the machine started, as the caller gives it; it never jumps.
pub type Monotonic = Arc<dyn Fn() -> Duration + Send + Sync>;

/// When something was recorded (时间戳): known, or to be worked out when satellites have told the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stamp {
    /// Unix milliseconds.
    Known(i64),
    /// Milliseconds since the start of the machine, and what its wall clock believed.
    Since {
        /// Which start of the machine.
        boot: String,
        /// Milliseconds since then.
        since_ms: i64,
        /// Unix milliseconds of the wall clock.
        wall_ms: i64,
    },
}

/// Why a receiver's instant is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Before anything this device can have seen.
    #[error("{fixed_at} is before {not_before}")]
    TooEarly {
        /// As the receiver said.
        fixed_at: DateTime<Utc>,
        /// The earliest believable instant.
        not_before: DateTime<Utc>,
    },
    /// Too far from where the clock must be by now; believed when it repeats itself.
    #[error("the receiver jumped by {by_ms} ms")]
    Jumped {
        /// By how much.
        by_ms: i64,
    },
}

impl TimeError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooEarly { .. } => "bridge.time.too_early",
            Self::Jumped { .. } => "bridge.time.jumped",
        }
    }
}

/// How strict the clock is.
#[derive(Debug, Clone)]
pub struct Strictness {
    /// Earlier instants are a receiver's mistake.
    pub not_before: Option<DateTime<Utc>>,
    /// A jump by more has to be repeated; `None` in replay, where time runs as the file says.
    pub jump: Option<TimeDelta>,
    /// So many fixes in a row make it believable.
    pub jump_fixes: u32,
}

/// Keeps the time (守时): satellites win, the monotonic clock carries on between them.
#[derive(Debug)]
pub struct Timekeeper {
    boot: String,
    strictness: Strictness,
    /// Unix time minus monotonic time, milliseconds.
    offset_ms: Option<i64>,
    /// A jump that waits to be repeated: its offset and how often it was seen.
    doubted: Option<(i64, u32)>,
    newest_ms: i64,
}

impl Timekeeper {
    /// A clock that knows nothing yet; `boot` names this start of the machine.
    pub fn new(boot: String, strictness: Strictness) -> Self {
        Self { boot, strictness, offset_ms: None, doubted: None, newest_ms: i64::MIN }
    }

    /// A receiver told the time at `since` after the start.
    pub fn hear(&mut self, fixed_at: DateTime<Utc>, since: Duration) -> Result<i64, TimeError> {
        if let Some(not_before) = self.strictness.not_before
            && fixed_at < not_before
        {
            return Err(TimeError::TooEarly { fixed_at, not_before });
        }
        let told_ms = fixed_at.timestamp_millis();
        let offset_ms = told_ms - millis(since);
        if let (Some(jump), Some(known_ms)) = (self.strictness.jump, self.offset_ms) {
            let by_ms = offset_ms - known_ms;
            if by_ms.abs() > jump.num_milliseconds() && !self.repeated(offset_ms, jump) {
                return Err(TimeError::Jumped { by_ms });
            }
            if by_ms.abs() > jump.num_milliseconds() {
                // Believed now: what was stamped before was wrong, the new line starts here.
                self.newest_ms = i64::MIN;
            }
        }
        self.doubted = None;
        self.offset_ms = Some(offset_ms);
        Ok(self.forward(told_ms))
    }

    /// The system's clock is believed until satellites say better.
    pub fn trust(&mut self, wall: DateTime<Utc>, since: Duration) {
        if self.offset_ms.is_none() {
            self.offset_ms = Some(wall.timestamp_millis() - millis(since));
        }
    }

    /// The stamp of something seen at `since` after the start.
    pub fn stamp(&mut self, since: Duration, wall: DateTime<Utc>) -> Stamp {
        match self.offset_ms {
            Some(offset_ms) => Stamp::Known(self.forward(offset_ms + millis(since))),
            None => Stamp::Since { boot: self.boot.clone(), since_ms: millis(since), wall_ms: wall.timestamp_millis() },
        }
    }

    /// The time is known.
    pub const fn is_set(&self) -> bool {
        self.offset_ms.is_some()
    }

    /// How far the wall clock is ahead of the truth.
    pub fn wall_error_ms(&self, since: Duration, wall: DateTime<Utc>) -> Option<i64> {
        self.offset_ms.map(|offset_ms| wall.timestamp_millis() - offset_ms - millis(since))
    }

    /// The instant of a stamp that was made before the time was known; `None` while it still is not.
    ///
    /// A stamp of an earlier start of the machine, which no satellite ever dated, gets the wall clock of its moment if
    /// that can be true, else the moment of this start: late by as little as can be proved.
    pub fn resolve(&self, stamp: &Stamp) -> Option<i64> {
        let offset_ms = self.offset_ms?;
        match stamp {
            Stamp::Known(at_ms) => Some(*at_ms),
            Stamp::Since { boot, since_ms, .. } if *boot == self.boot => Some(offset_ms + since_ms),
            Stamp::Since { wall_ms, .. } => {
                let not_before = self.strictness.not_before.map_or(0, |t| t.timestamp_millis());
                Some(if (not_before..offset_ms).contains(wall_ms) { *wall_ms } else { offset_ms })
            }
        }
    }

    fn repeated(&mut self, offset_ms: i64, jump: TimeDelta) -> bool {
        let times = match self.doubted {
            Some((doubted_ms, times)) if (doubted_ms - offset_ms).abs() <= jump.num_milliseconds() => times + 1,
            _ => 1,
        };
        self.doubted = Some((offset_ms, times));
        times >= self.strictness.jump_fixes
    }

    /// Never back: a small correction backwards stands still instead.
    fn forward(&mut self, at_ms: i64) -> i64 {
        self.newest_ms = self.newest_ms.max(at_ms);
        self.newest_ms
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn keeper() -> Timekeeper {
        let strictness =
            Strictness { not_before: Some(at("2026-01-01T00:00:00Z")), jump: Some(TimeDelta::seconds(5)), jump_fixes: 3 };
        Timekeeper::new("boot-2".to_owned(), strictness)
    }

    const WRONG: &str = "1970-01-01T00:00:30Z";

    #[test]
    fn what_was_recorded_before_the_first_fix_gets_its_true_time() {
        let mut keeper = keeper();
        let stamp = keeper.stamp(Duration::from_secs(20), at(WRONG));
        assert_eq!(keeper.resolve(&stamp), None);
        keeper.hear(at("2026-06-01T08:00:50Z"), Duration::from_secs(50)).unwrap();
        assert_eq!(keeper.resolve(&stamp), Some(at("2026-06-01T08:00:20Z").timestamp_millis()));
        assert_eq!(keeper.stamp(Duration::from_mins(1), at(WRONG)), Stamp::Known(at("2026-06-01T08:01:00Z").timestamp_millis()));
        assert!(keeper.wall_error_ms(Duration::from_mins(1), at(WRONG)).unwrap() < -1_000_000_000_000);
    }

    #[test]
    fn an_undated_start_of_long_ago_is_placed_by_its_wall_clock_or_before_this_start() {
        let mut keeper = keeper();
        keeper.hear(at("2026-06-01T08:00:50Z"), Duration::from_secs(50)).unwrap();
        let of = |wall: &str| Stamp::Since { boot: "boot-1".to_owned(), since_ms: 7, wall_ms: at(wall).timestamp_millis() };
        assert_eq!(keeper.resolve(&of("2026-05-31T10:00:00Z")), Some(at("2026-05-31T10:00:00Z").timestamp_millis()));
        assert_eq!(keeper.resolve(&of(WRONG)), Some(at("2026-06-01T08:00:00Z").timestamp_millis()));
    }

    #[test]
    fn a_receiver_that_lost_a_rollover_is_not_believed() {
        assert_eq!(keeper().hear(at("2006-10-15T08:00:00Z"), Duration::ZERO).unwrap_err().code(), "bridge.time.too_early");
    }

    #[test]
    fn a_jump_has_to_repeat_itself_and_a_small_step_back_stands_still() {
        let mut keeper = keeper();
        let start = at("2026-06-01T08:00:00Z");
        let hear = |keeper: &mut Timekeeper, told: i64, since: u64| {
            keeper.hear(start + TimeDelta::seconds(told), Duration::from_secs(since)).map(|ms| ms - start.timestamp_millis())
        };
        assert_eq!(hear(&mut keeper, 10, 10), Ok(10_000));
        assert_eq!(hear(&mut keeper, 9, 11), Ok(10_000), "two seconds back: time stands");
        assert_eq!(hear(&mut keeper, 11, 12), Ok(11_000));
        for since in [13, 14] {
            assert!(hear(&mut keeper, 4000 + since, u64::try_from(since).unwrap()).is_err());
        }
        assert!(hear(&mut keeper, 14, 15).is_ok(), "it was a glitch");
        for since in [16, 17] {
            assert!(hear(&mut keeper, 4000 + since, u64::try_from(since).unwrap()).is_err());
        }
        assert_eq!(hear(&mut keeper, 4018, 18), Ok(4_018_000), "said three times: believed");
    }
}
