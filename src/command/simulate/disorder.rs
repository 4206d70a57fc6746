//! What goes wrong with data on its way, by the rules of the TSBS-IoT workload: late, twice, from a clock that runs ahead.

use std::time::Duration;

use chrono::TimeDelta;
use telematics::simulate::chance::Chance;

/// How far ahead a wrong clock may be, in minutes: from beyond what the service takes for drift to ten years.
const AHEAD_MINUTES: &[i64] = &[30, 24 * 60, 400 * 24 * 60, 3650 * 24 * 60];

/// Shares of the reports, from 0 to 1 (乱序规则).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Disorder {
    /// Sent after newer ones.
    pub(crate) late: f64,
    /// Sent twice.
    pub(crate) duplicates: f64,
    /// With a clock that runs ahead.
    pub(crate) future: f64,
    /// How long a late report is held back at most.
    pub(crate) late_by: Duration,
}

impl Disorder {
    /// How long a report is held back; `None`: not at all.
    pub(crate) fn lateness(&self, chance: &mut Chance) -> Option<Duration> {
        // Many a little late, few very late.
        (self.late > 0.0 && chance.happens(self.late)).then(|| self.late_by.mul_f64(chance.unit().powi(2)))
    }

    /// A message is sent once more.
    pub(crate) fn repeats(&self, chance: &mut Chance) -> bool {
        self.duplicates > 0.0 && chance.happens(self.duplicates)
    }

    /// How far ahead the clock of a report runs; `None`: it is right.
    pub(crate) fn ahead(&self, chance: &mut Chance) -> Option<TimeDelta> {
        let wrong = self.future > 0.0 && chance.happens(self.future);
        wrong.then(|| TimeDelta::minutes(chance.pick(AHEAD_MINUTES).copied().unwrap_or(60)))
    }
}

/// Reads a share written in per cent.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let per_cent: f64 = text.parse().map_err(|_not_a_number| String::from("write per cent, for example 5"))?;
    if (0.0..=100.0).contains(&per_cent) { Ok(per_cent / 100.0) } else { Err(String::from("between 0 and 100")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_does_not_happen_and_the_rest_happens_that_often() {
        let mut chance = Chance::of(&[1]);
        let none = Disorder::default();
        assert!((0..100).all(|_| none.lateness(&mut chance).is_none() && !none.repeats(&mut chance)));
        let some = Disorder { late: share("20").unwrap(), duplicates: 0.1, future: 0.05, late_by: Duration::from_mins(1) };
        let late = (0..10_000).filter(|_| some.lateness(&mut chance).is_some_and(|by| by <= some.late_by)).count();
        assert!((1_800..2_200).contains(&late), "{late}");
        let ahead = (0..10_000).filter_map(|_| some.ahead(&mut chance)).count();
        assert!((400..600).contains(&ahead), "{ahead}");
        assert!(share("101").is_err() && share("x").is_err());
    }
}
