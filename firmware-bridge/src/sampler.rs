//! When a fix becomes a record: by time, by distance, by turn, at edges; always the first and the last of a trip.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::fix::Fix;
use telematics::quantity::Speed;

use crate::config::SamplerConfig;

/// From this speed on a vehicle moves.
const MOVES: Speed = Speed::from_kmh(5.0);
/// Below this speed it stands; between the two it does what it did.
const STANDS: Speed = Speed::from_kmh(2.0);
/// Without word for longer, the last fix before the gap is worth a record.
const GAP: TimeDelta = TimeDelta::seconds(60);

/// A fix with its instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When.
    pub at: DateTime<Utc>,
    /// Where and how fast.
    pub fix: Fix,
}

/// Chooses the fixes that are worth a record (采样器).
#[derive(Debug)]
pub struct Sampler {
    config: SamplerConfig,
    moving: bool,
    taken: Option<Seen>,
    /// The newest fix, as long as it was not taken.
    skipped: Option<Seen>,
}

impl Sampler {
    /// A sampler that has seen nothing yet.
    pub const fn new(config: SamplerConfig) -> Self {
        Self { config, moving: false, taken: None, skipped: None }
    }

    /// Changes the interval while moving, as a command may ask.
    pub const fn set_moving_secs(&mut self, secs: u32) {
        self.config.moving_secs = secs;
    }

    /// The vehicle moves, as far as its fixes tell.
    pub const fn is_moving(&self) -> bool {
        self.moving
    }

    /// Sees a fix; answers with those that become records, oldest first: none, this one, or the one before and this one.
    pub fn see(&mut self, seen: Seen) -> Vec<Seen> {
        let moved = self.moving;
        self.moving = self.moves(&seen);
        let gap = self.previous().is_some_and(|before| seen.at - before.at > GAP);
        let mut out = Vec::new();
        if (self.moving && !moved) || gap {
            // Where the trip began, or where the vehicle was last seen.
            out.extend(self.skipped.take());
        }
        if self.taken.is_none() || self.moving != moved || gap || self.is_due(&seen) {
            self.skipped = None;
            self.taken = Some(seen.clone());
            out.push(seen);
        } else {
            self.skipped = Some(seen);
        }
        out
    }

    /// The newest fix, if it was not taken: an edge, a command or the end of the line asks for it.
    pub fn flush(&mut self) -> Option<Seen> {
        let seen = self.skipped.take()?;
        self.taken = Some(seen.clone());
        Some(seen)
    }

    /// The newest fix, taken or not.
    pub fn previous(&self) -> Option<&Seen> {
        self.skipped.as_ref().or(self.taken.as_ref())
    }

    fn moves(&self, seen: &Seen) -> bool {
        let Some(speed) = seen.fix.speed.or_else(|| self.speed_since(seen)) else { return self.moving };
        if self.moving { speed >= STANDS } else { speed >= MOVES }
    }

    /// Speed worked out from the way, for receivers that tell none.
    fn speed_since(&self, seen: &Seen) -> Option<Speed> {
        let before = self.previous()?;
        let seconds = (seen.at - before.at).as_seconds_f64();
        (seconds > 0.0).then(|| Speed::from_mps(before.fix.at.distance_to(seen.fix.at).metres() / seconds))
    }

    fn is_due(&self, seen: &Seen) -> bool {
        let Some(taken) = &self.taken else { return true };
        let interval = if self.moving { self.config.moving_secs } else { self.config.parked_secs };
        if seen.at - taken.at >= TimeDelta::seconds(i64::from(interval)) {
            return true;
        }
        if taken.fix.at.distance_to(seen.fix.at).metres() >= self.config.distance_m {
            return true;
        }
        let turn = taken.fix.heading.zip(seen.fix.heading).map_or(0.0, |(before, now)| before.turn_to(now));
        self.moving && turn >= self.config.turn_deg
    }
}

#[cfg(test)]
mod tests {
    use telematics::place::LonLat;
    use telematics::quantity::Heading;

    use super::*;

    /// Second, speed, metres north, course.
    fn seen((second, kmh, metres, course): (i64, f64, f64, f64)) -> Seen {
        Seen {
            at: DateTime::from_timestamp(1_750_000_000 + second, 0).unwrap(),
            fix: Fix {
                at: LonLat::new(120.0, 30.0 + metres / 111_195.0).unwrap(),
                speed: Some(Speed::from_kmh(kmh)),
                heading: Some(Heading::from_degrees(course)),
                altitude_m: None,
                satellites: None,
                hdop: None,
                accuracy: None,
            },
        }
    }

    fn check(what: &str, fixes: &[(i64, f64, f64, f64)], taken: &[i64]) {
        let mut sampler = Sampler::new(SamplerConfig::default());
        let seconds = |seen: Seen| seen.at.timestamp() - 1_750_000_000;
        let out: Vec<i64> = fixes.iter().flat_map(|fix| sampler.see(seen(*fix))).map(seconds).collect();
        assert_eq!(out, taken, "{what}");
    }

    #[test]
    fn the_rules() {
        check("the first fix of all", &[(0, 0.0, 0.0, 0.0), (1, 0.0, 0.0, 0.0)], &[0]);
        let still: Vec<_> = (0..=6).map(|n| (n * 50, 0.0, f64::from(i32::try_from(n).unwrap()), 40.0)).collect();
        check("standing: by time alone", &still, &[0, 300]);
        let slow: Vec<_> = (0..=25).map(|s| (s, 20.0, 5.0 * f64::from(i32::try_from(s).unwrap()), 0.0)).collect();
        check("moving: every ten seconds", &slow, &[0, 10, 20]);
        let fast: Vec<_> = (0..=6).map(|s| (s, 108.0, 30.0 * f64::from(i32::try_from(s).unwrap()), 0.0)).collect();
        check("moving: every hundred metres", &fast, &[0, 4]);
        check("a turn", &[(0, 30.0, 0.0, 0.0), (1, 30.0, 8.0, 10.0), (2, 30.0, 16.0, 20.0), (3, 30.0, 24.0, 30.0)], &[0, 2]);
        check(
            "first and last fix of a trip",
            &[
                (0, 0.0, 0.0, 0.0),
                (5, 0.0, 0.0, 0.0),
                (6, 20.0, 5.0, 0.0),
                (7, 20.0, 10.0, 0.0),
                (8, 0.5, 11.0, 0.0),
                (9, 0.0, 11.0, 0.0),
            ],
            &[0, 5, 6, 8],
        );
        check("the last before a gap", &[(0, 20.0, 0.0, 0.0), (3, 20.0, 10.0, 0.0), (1000, 20.0, 20.0, 0.0)], &[0, 3, 1000]);
    }
}
