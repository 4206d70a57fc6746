//! One vehicle as the map shows it: the twenty bytes of a snapshot.

use chrono::{DateTime, Utc};
use telematics::live::{LiveState, Status};
use telematics::quantity::{Heading, Speed};

use super::frame::STEP_BITS;
use super::mercator;

/// Ignition is on.
pub(crate) const IGNITION: u8 = 1;
/// The traction battery is being charged.
pub(crate) const CHARGING: u8 = 1 << 1;
/// `x` and `y` mean something.
pub(crate) const PLACED: u8 = 1 << 2;
/// `heading` means something.
pub(crate) const HEADED: u8 = 1 << 3;

/// A vehicle on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The vehicle's number.
    pub(crate) no: u32,
    /// East, 2^31 to the world.
    pub(crate) x: i32,
    /// South.
    pub(crate) y: i32,
    /// 256 to a turn.
    pub(crate) heading: u8,
    /// km/h, 255 and above are 255.
    pub(crate) speed: u8,
    /// 0 running, 1 still, 2 offline, 3 faulty.
    pub(crate) status: u8,
    /// The bits above.
    pub(crate) flags: u8,
    /// Unix seconds of the newest fix or reading.
    pub(crate) fixed_at: u32,
}

/// The number of a colour on the wire.
pub(crate) const fn status_number(status: Status) -> u8 {
    match status {
        Status::Running => 0,
        Status::Still => 1,
        Status::Offline => 2,
        Status::Faulty => 3,
    }
}

impl Shown {
    /// A vehicle of which nothing was heard yet.
    pub(crate) const fn unheard(no: u32) -> Self {
        Self { no, x: 0, y: 0, heading: 0, speed: 0, status: status_number(Status::Offline), flags: 0, fixed_at: 0 }
    }

    /// What is known of a vehicle, as the map shows it.
    pub(crate) fn of(state: &LiveState) -> Self {
        let (x, y) = state.fix.as_ref().map_or((0, 0), |fix| mercator::project(fix.at));
        let heading = state.fix.as_ref().and_then(|fix| fix.heading);
        let speed = state.fix.as_ref().and_then(|fix| fix.speed).unwrap_or(Speed::ZERO);
        let flag = |bit: u8, is_set: bool| if is_set { bit } else { 0 };
        Self {
            no: state.vehicle.0.cast_unsigned(),
            // Whole steps, in snapshots too, so that a delta builds on exactly what a listener has.
            x: x >> STEP_BITS << STEP_BITS,
            y: y >> STEP_BITS << STEP_BITS,
            heading: heading.map_or(0, turn),
            speed: whole_kmh(speed),
            status: status_number(state.status()),
            flags: flag(IGNITION, state.reading.ignition == Some(true))
                | flag(CHARGING, state.reading.charging == Some(true))
                | flag(PLACED, state.fix.is_some())
                | flag(HEADED, heading.is_some()),
            fixed_at: state.fixed_at.map_or(0, unix_seconds),
        }
    }
}

/// Seconds of the instant, within what the wire holds (1970 to 2106).
pub(crate) fn unix_seconds(at: DateTime<Utc>) -> u32 {
    u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and reduced to one turn of 256")]
fn turn(heading: Heading) -> u8 {
    ((heading.degrees() * 256.0 / 360.0).round() as u32 % 256) as u8
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte holds")]
fn whole_kmh(speed: Speed) -> u8 {
    speed.kmh().round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use telematics::fix::Fix;
    use telematics::id::VehicleNo;
    use telematics::live::Motion;
    use telematics::place::LonLat;

    use super::*;

    #[test]
    fn a_moving_car_is_shown_with_all_it_said() {
        let mut state = LiveState::unheard(VehicleNo(7));
        assert_eq!(Shown::of(&state), Shown::unheard(7));
        state.online = true;
        state.motion = Motion::Moving;
        state.fixed_at = DateTime::from_timestamp(1_750_000_000, 0);
        state.reading.ignition = Some(true);
        state.fix = Some(Fix {
            at: LonLat::new(0.0, 0.0).unwrap(),
            speed: Some(Speed::from_kmh(300.0)),
            heading: Some(Heading::from_degrees(359.9)),
            altitude_m: None,
            satellites: None,
            hdop: None,
            accuracy: None,
        });
        let shown = Shown::of(&state);
        assert_eq!((shown.x, shown.y, shown.heading, shown.speed), (1 << 30, 1 << 30, 0, 255));
        assert_eq!((shown.status, shown.flags, shown.fixed_at), (0, IGNITION | PLACED | HEADED, 1_750_000_000));
    }
}
