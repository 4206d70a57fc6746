//! How the vehicle moves (运动状态), and the newest value of everything, for the live map.

use super::{Moment, ignition};
use crate::fix::{Observation, Reading};
use crate::live::{LiveState, Motion};
use crate::policy::Policy;

/// The newest value of each reading; what an observation does not say stays as it was.
pub(super) fn take_readings(live: &mut LiveState, seen: &Observation) {
    let newer = Reading { ignition: ignition::told(seen), ..seen.reading.clone() };
    let known = std::mem::take(&mut live.reading);
    live.reading = newest(newer, known);
}

/// What `live` does not know of the vehicle it keeps from `before`.
pub(super) fn keep_readings(live: &mut LiveState, before: LiveState) {
    let known = std::mem::take(&mut live.reading);
    live.reading = newest(known, before.reading);
    live.fix = live.fix.take().or(before.fix);
}

fn newest(newer: Reading, older: Reading) -> Reading {
    Reading {
        ignition: newer.ignition.or(older.ignition),
        odometer: newer.odometer.or(older.odometer),
        fuel: newer.fuel.or(older.fuel),
        fuel_share: newer.fuel_share.or(older.fuel_share),
        fuel_rate_lph: newer.fuel_rate_lph.or(older.fuel_rate_lph),
        soc: newer.soc.or(older.soc),
        charging: newer.charging.or(older.charging),
        voltage: newer.voltage.or(older.voltage),
        rpm: newer.rpm.or(older.rpm),
        coolant_c: newer.coolant_c.or(older.coolant_c),
        trouble_codes: newer.trouble_codes.or(older.trouble_codes),
        traction: match (newer.traction, older.traction) {
            (Some(newer), Some(older)) => Some(Box::new(newer.or(*older))),
            (newer, older) => newer.or(older),
        },
    }
}

/// Moving, idling or parked; with two thresholds, so that creeping does not flicker.
pub(super) fn apply(live: &mut LiveState, moment: &mut Moment<'_>, policy: &Policy) {
    live.fixed_at = Some(moment.now);
    if moment.place.is_some() {
        let mut fix = moment.seen.fix.clone();
        if let Some(fix) = &mut fix {
            fix.speed = moment.speed.or(fix.speed);
        }
        live.fix = fix.or_else(|| live.fix.take());
    }
    let was_moving = live.motion == Motion::Moving;
    let threshold = if was_moving { policy.still_kmh } else { policy.moving_kmh };
    // With the ignition off, a wandering receiver is more likely than a rolling car, unless it measured the speed itself.
    let is_believable = moment.speed_is_measured || moment.ignition != Some(false);
    moment.moving = match moment.speed {
        Some(speed) => is_believable && speed.kmh() >= threshold,
        None => was_moving && moment.ignition != Some(false),
    };
    live.motion = match (moment.moving, moment.ignition) {
        (true, _) => Motion::Moving,
        (false, Some(true)) => Motion::Idling,
        (false, _) => Motion::Parked,
    };
}
