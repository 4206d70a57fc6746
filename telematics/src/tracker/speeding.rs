//! Speeding (超速): above the limit for the policy's time, told once until the speed has been below it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Events, Moment, seconds};
use crate::event::EventKind;
use crate::policy::Policy;

/// Since when the vehicle has been above the limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) told: bool,
}

pub(super) fn apply(memory: &mut Memory, moment: &Moment<'_>, policy: &Policy, events: &mut Events) {
    let (Some(limit_kmh), Some(speed)) = (policy.speed_limit_kmh, moment.speed) else { return };
    let speed_kmh = speed.kmh();
    if speed_kmh <= limit_kmh {
        *memory = Memory::default();
        return;
    }
    let since = *memory.since.get_or_insert(moment.now);
    if !memory.told && seconds(since, moment.now) >= f64::from(policy.speeding_secs) {
        memory.told = true;
        events.push(moment.now, EventKind::SpeedLimitExceeded { speed_kmh, limit_kmh });
    }
}
