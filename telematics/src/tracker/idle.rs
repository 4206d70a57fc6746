//! Idling too long (怠速过长): ignition on and standing for the policy's time, told once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Events, Moment, seconds};
use crate::event::EventKind;
use crate::policy::Policy;

/// Since when the engine has idled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) newest: Option<DateTime<Utc>>,
    pub(super) told: bool,
}

pub(super) fn apply(memory: &mut Memory, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
    let is_idling = moment.ignition == Some(true) && !moment.moving;
    // After a long silence nobody knows whether the engine ran.
    let is_gap = memory.newest.is_some_and(|newest| seconds(newest, moment.now) >= f64::from(policy.trip_gap_secs));
    if !is_idling || is_gap {
        *memory = Memory::default();
    }
    if !is_idling {
        return;
    }
    memory.newest = Some(moment.now);
    let since = *memory.since.get_or_insert(moment.now);
    if !memory.told && seconds(since, moment.now) >= f64::from(policy.idle_too_long_secs) {
        memory.told = true;
        events.push(moment.now, EventKind::IdledTooLong { since });
    }
}
