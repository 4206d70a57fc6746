//! Charging of the traction battery (充电): an event when it begins and when it ends.

use super::Events;
use crate::event::EventKind;
use crate::fix::Observation;
use crate::live::LiveState;
use crate::quantity::Share;

pub(super) fn apply(before: &LiveState, seen: &Observation, events: &mut Events) {
    let soc_pct = seen.reading.soc.or(before.reading.soc).map(Share::pct);
    match (before.reading.charging, seen.reading.charging) {
        (Some(false), Some(true)) => events.push(seen.fixed_at, EventKind::ChargingStarted { soc_pct }),
        (Some(true), Some(false)) => events.push(seen.fixed_at, EventKind::ChargingEnded { soc_pct }),
        _ => {}
    }
}
