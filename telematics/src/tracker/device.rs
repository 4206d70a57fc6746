//! What the device itself noticed: the emergency button and the loss of its supply.

use super::Events;
use crate::event::EventKind;
use crate::fix::Observation;

/// Wire names of a device's own events and what they mean.
const KNOWN: &[(&str, EventKind)] =
    &[("sos", EventKind::SosPressed), ("sos_pressed", EventKind::SosPressed), ("power_cut", EventKind::DevicePowerCut)];

pub(super) fn apply(seen: &Observation, events: &mut Events) {
    let Some(name) = seen.event.as_deref() else { return };
    if let Some((_, kind)) = KNOWN.iter().find(|(known, _)| *known == name) {
        events.push(seen.fixed_at, kind.clone());
    }
}
