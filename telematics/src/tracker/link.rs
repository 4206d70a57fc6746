//! Online and offline (在线/离线): by when we heard of the vehicle, not by what its clock says.

use chrono::{DateTime, TimeDelta, Utc};

use super::Events;
use crate::event::EventKind;
use crate::fix::Observation;
use crate::live::{LiveState, Motion};
use crate::policy::Policy;

pub(super) fn apply(live: &mut LiveState, seen: &Observation, events: &mut Events) {
    live.received_at = live.received_at.max(Some(seen.received_at));
    if !live.online {
        live.online = true;
        events.push(seen.received_at, EventKind::WentOnline);
    }
}

pub(super) fn tick(live: &mut LiveState, now: DateTime<Utc>, policy: &Policy, events: &mut Events) {
    let Some(heard) = live.received_at.filter(|_| live.online) else { return };
    let patience = match live.motion {
        Motion::Parked => policy.offline_parked_after_secs,
        Motion::Moving | Motion::Idling => policy.offline_after_secs,
    };
    let Some(gone_at) = heard.checked_add_signed(TimeDelta::seconds(patience.into())) else { return };
    if gone_at <= now {
        live.online = false;
        events.push(gone_at, EventKind::WentOffline);
    }
}
