//! Trouble codes (故障码): those that were not there at the last reading are an event.

use super::Events;
use crate::event::EventKind;
use crate::fix::Observation;
use crate::live::LiveState;

pub(super) fn apply(before: &LiveState, seen: &Observation, events: &mut Events) {
    let Some(now) = &seen.reading.trouble_codes else { return };
    let known = before.reading.trouble_codes.as_deref().unwrap_or_default();
    let mut codes: Vec<String> = now.iter().filter(|code| !known.contains(code)).cloned().collect();
    codes.sort();
    codes.dedup();
    if !codes.is_empty() {
        events.push(seen.fixed_at, EventKind::FaultReported { codes });
    }
}
