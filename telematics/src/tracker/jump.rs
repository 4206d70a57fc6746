//! Jumps (漂移剔除): a fix that no car could have reached is not believed, until several in a row agree on it.

use serde::{Deserialize, Serialize};

use super::{Placed, seconds};
use crate::fix::{Fix, Observation};
use crate::policy::Policy;
use crate::quantity::Speed;

/// The last believed fix and, when fixes contradict it, what they agree on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) last: Option<Placed>,
    /// Metres a second between the last two believed fixes.
    pub(super) pace: Option<f64>,
    pub(super) suspect: Option<Placed>,
    pub(super) agreeing: u32,
}

/// The fix if it is believed, and whether it is a jump from the one believed before.
pub(super) fn apply(memory: &mut Memory, seen: &Observation, before: Option<Speed>, policy: &Policy) -> (Option<Placed>, bool) {
    let Some(fix) = seen.fix.as_ref().filter(|fix| is_usable(fix, policy)) else { return (None, false) };
    let here = Placed { at: fix.at, when: seen.fixed_at };
    let Some(last) = memory.last else { return believe(memory, here, None, false) };
    let time = seconds(last.when, here.when);
    if time <= 0.0 {
        return (None, false);
    }
    if time >= f64::from(policy.trip_gap_secs) {
        return believe(memory, here, None, true);
    }
    let metres = last.at.distance_to(here.at).metres();
    let agrees = memory.suspect.is_some_and(|suspect| suspect.at.distance_to(here.at).metres() < metres);
    // The pace is that of the vehicle when it set out for here, whoever knows it best.
    let measured = fix.speed.map(Speed::mps);
    let pace = [memory.pace, before.map(Speed::mps), measured].into_iter().flatten().reduce(f64::max);
    if !agrees && metres <= policy.jump_slack_m + reach(pace, time, policy) {
        return believe(memory, here, Some(metres / time), false);
    }
    memory.agreeing = if agrees { memory.agreeing.saturating_add(1) } else { 1 };
    memory.suspect = Some(here);
    if memory.agreeing >= policy.jump_fixes { believe(memory, here, measured, true) } else { (None, false) }
}

fn believe(memory: &mut Memory, here: Placed, pace: Option<f64>, jumped: bool) -> (Option<Placed>, bool) {
    *memory = Memory { last: Some(here), pace, suspect: None, agreeing: 0 };
    (Some(here), jumped)
}

/// Metres that a car at `pace` m/s (unknown: at top speed) can make in `time` seconds.
fn reach(pace: Option<f64>, time: f64, policy: &Policy) -> f64 {
    let top = Speed::from_kmh(policy.plausible_kmh).mps() * time;
    pace.map_or(top, |pace| (pace * time + policy.plausible_mps2 * time * time / 2.0).min(top))
}

/// What the receiver itself calls poor is not used; nor is the point at 0° 0°, which is how some say "no fix".
fn is_usable(fix: &Fix, policy: &Policy) -> bool {
    let is_null = fix.at.lon().abs() < 1e-6 && fix.at.lat().abs() < 1e-6;
    !is_null
        && fix.accuracy.is_none_or(|error| error.metres() <= policy.worst_accuracy_m)
        && fix.hdop.is_none_or(|hdop| hdop <= policy.worst_hdop)
        && fix.satellites.is_none_or(|used| used >= policy.fewest_satellites)
}
