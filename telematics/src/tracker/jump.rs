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
    pub(super) suspect: Option<Placed>,
    pub(super) agreeing: u32,
}

/// The fix if it is believed, and whether it is a jump from the one believed before.
pub(super) fn apply(memory: &mut Memory, seen: &Observation, before: Option<Speed>, policy: &Policy) -> (Option<Placed>, bool) {
    let Some(fix) = seen.fix.as_ref().filter(|fix| is_usable(fix, policy)) else { return (None, false) };
    let here = Placed { at: fix.at, when: seen.fixed_at };
    let Some(last) = memory.last else { return believe(memory, here, false) };
    if here.when <= last.when {
        return (None, false);
    }
    if seconds(last.when, here.when) >= f64::from(policy.trip_gap_secs) {
        return believe(memory, here, true);
    }
    let speed = before
        .into_iter()
        .chain(fix.speed)
        .map(Speed::mps)
        .fold(None, |most: Option<f64>, next| Some(most.map_or(next, |most| most.max(next))));
    if is_reachable(last, here, speed, policy) {
        return believe(memory, here, false);
    }
    let agrees = memory.suspect.is_some_and(|suspect| is_reachable(suspect, here, None, policy));
    memory.agreeing = if agrees { memory.agreeing.saturating_add(1) } else { 1 };
    memory.suspect = Some(here);
    if memory.agreeing >= policy.jump_fixes { believe(memory, here, true) } else { (None, false) }
}

fn believe(memory: &mut Memory, here: Placed, jumped: bool) -> (Option<Placed>, bool) {
    *memory = Memory { last: Some(here), suspect: None, agreeing: 0 };
    (Some(here), jumped)
}

/// What the receiver itself calls poor is not used; nor is the point at 0° 0°, which is how some say "no fix".
fn is_usable(fix: &Fix, policy: &Policy) -> bool {
    let is_null = fix.at.lon().abs() < 1e-6 && fix.at.lat().abs() < 1e-6;
    !is_null
        && fix.accuracy.is_none_or(|error| error.metres() <= policy.worst_accuracy_m)
        && fix.hdop.is_none_or(|hdop| hdop <= policy.worst_hdop)
        && fix.satellites.is_none_or(|used| used >= policy.fewest_satellites)
}

/// A car at `from`, at `speed` m/s when known, can be at `to` in the time between.
fn is_reachable(from: Placed, to: Placed, speed: Option<f64>, policy: &Policy) -> bool {
    let time = seconds(from.when, to.when);
    let top = Speed::from_kmh(policy.plausible_kmh).mps();
    let reach = speed.map_or(top, |speed| (speed + policy.plausible_mps2 * time).min(top)) * time;
    from.at.distance_to(to.at).metres() <= policy.jump_slack_m + reach
}
