//! How the vehicle moves (运动状态), and the newest value of everything, for the live map.

use super::{Moment, ignition};
use crate::fix::{Observation, Reading};
use crate::live::{LiveState, Motion};
use crate::policy::Policy;

/// The newest value of each reading; what an observation does not say stays as it was.
pub(super) fn take_readings(live: &mut LiveState, seen: &Observation) {
    let Reading { ignition: _, odometer, fuel, fuel_share, fuel_rate_lph, soc, charging, voltage, rpm, coolant_c, trouble_codes } =
        &seen.reading;
    let known = &mut live.reading;
    known.ignition = ignition::told(seen).or(known.ignition);
    known.odometer = odometer.or(known.odometer);
    known.fuel = fuel.or(known.fuel);
    known.fuel_share = fuel_share.or(known.fuel_share);
    known.fuel_rate_lph = fuel_rate_lph.or(known.fuel_rate_lph);
    known.soc = soc.or(known.soc);
    known.charging = charging.or(known.charging);
    known.voltage = voltage.or(known.voltage);
    known.rpm = rpm.or(known.rpm);
    known.coolant_c = coolant_c.or(known.coolant_c);
    if trouble_codes.is_some() {
        known.trouble_codes.clone_from(trouble_codes);
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
