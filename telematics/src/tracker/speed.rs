//! Speed (速度): the receiver's own where it gives one, else the way made over some seconds.

use serde::{Deserialize, Serialize};

use super::{Placed, seconds};
use crate::fix::Observation;
use crate::policy::Policy;
use crate::quantity::Speed;

/// The first places of this window of time and of the one before, and the newest speed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) older: Option<Placed>,
    pub(super) newer: Option<Placed>,
    pub(super) newest_kmh: Option<f64>,
}

impl Memory {
    pub(super) fn newest(&self) -> Option<Speed> {
        self.newest_kmh.map(Speed::from_kmh)
    }
}

/// Speed at a believed fix, and whether the receiver measured it.
pub(super) fn apply(
    memory: &mut Memory,
    place: Option<Placed>,
    jumped: bool,
    seen: &Observation,
    policy: &Policy,
) -> (Option<Speed>, bool) {
    let Some(here) = place else { return (None, false) };
    let is_plausible = |speed: &Speed| (0.0..=policy.plausible_kmh).contains(&speed.kmh());
    let derived = derive(memory, here, jumped, policy).filter(is_plausible);
    let measured = seen.fix.as_ref().and_then(|fix| fix.speed).filter(is_plausible);
    let speed = measured.or(derived);
    memory.newest_kmh = speed.map(Speed::kmh);
    (speed, measured.is_some())
}

/// The way since a place that lies one to two windows back. Which place that is depends on the time of day alone, not on when
/// the track began, so that a track read from its middle gives the same speeds.
fn derive(memory: &mut Memory, here: Placed, jumped: bool, policy: &Policy) -> Option<Speed> {
    let (Some(older), Some(newer), false) = (memory.older, memory.newer, jumped) else {
        (memory.older, memory.newer) = (Some(here), Some(here));
        return None;
    };
    let window = f64::from(policy.derived_speed_secs);
    let base = if seconds(newer.when, here.when) >= window { newer } else { older };
    let tick = |place: Placed| place.when.timestamp().div_euclid(i64::from(policy.derived_speed_secs.max(1)));
    if tick(here) > tick(newer) {
        (memory.older, memory.newer) = (Some(newer), Some(here));
    }
    let time = seconds(base.when, here.when);
    if time < window / 2.0 {
        return None;
    }
    let way = base.at.distance_to(here.at);
    // A wander within the receiver's noise is no speed.
    let metres = if way.metres() < policy.jitter_m { 0.0 } else { way.metres() };
    Some(Speed::from_mps(metres / time))
}
