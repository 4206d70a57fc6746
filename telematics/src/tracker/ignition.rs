//! Ignition (点火/熄火): an event when it changes; what is heard first is knowledge, not an event.

use super::Events;
use crate::event::EventKind;
use crate::fix::Observation;
use crate::live::LiveState;

/// The ignition as this observation says it, by its reading or by the device's own event.
pub(super) fn told(seen: &Observation) -> Option<bool> {
    seen.reading.ignition.or(match seen.event.as_deref() {
        Some("ignition_on") => Some(true),
        Some("ignition_off") => Some(false),
        _ => None,
    })
}

pub(super) fn apply(before: &LiveState, seen: &Observation, events: &mut Events) {
    match (before.reading.ignition, told(seen)) {
        (Some(false), Some(true)) => events.push(seen.fixed_at, EventKind::IgnitionTurnedOn),
        (Some(true), Some(false)) => events.push(seen.fixed_at, EventKind::IgnitionTurnedOff),
        _ => {}
    }
}
