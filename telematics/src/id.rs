//! Identifiers: `UUIDv7` newtypes for things, a small number for a vehicle in high-volume rows.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::alarm::AlarmKind;

/// Declares one id newtype around a UUID; made by the caller, so that a test can give a fixed one.
#[macro_export]
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub ::uuid::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// Key of a vehicle (车辆).
    VehicleId
}
uuid_id! {
    /// Key of an in-vehicle device (车载终端).
    DeviceId
}
uuid_id! {
    /// Key of a platform that forwards vehicles to us (转发平台).
    PlatformId
}
uuid_id! {
    /// Key of a command to a terminal (指令).
    CommandId
}
uuid_id! {
    /// Key of an image of a program (固件).
    FirmwareId
}
uuid_id! {
    /// Key of a rollout (升级批次).
    RolloutId
}
uuid_id! {
    /// Key of an observed trip (行程).
    TripId
}
uuid_id! {
    /// Key of a stop (停留点).
    StopId
}
uuid_id! {
    /// Key of an alarm (报警).
    AlarmId
}

/// Bits of a UUID that say "version 8, custom layout" and "RFC 9562 variant".
const VERSION_8: u128 = 0x8 << 76;
const VARIANT: u128 = 0b10 << 62;
const VERSION_MASK: u128 = 0xf << 76;
const VARIANT_MASK: u128 = 0b11 << 62;

/// A UUID derived from a vehicle and an instant: the same trip gets the same key, however often it is worked out.
fn derived(kind: u8, vehicle: VehicleNo, at: DateTime<Utc>) -> Uuid {
    let millis = u128::from(at.timestamp_millis().cast_unsigned() & 0xffff_ffff_ffff);
    let bits = (millis << 80) | (u128::from(kind) << 64) | u128::from(vehicle.0.cast_unsigned());
    Uuid::from_u128((bits & !VERSION_MASK & !VARIANT_MASK) | VERSION_8 | VARIANT)
}

/// First of the kinds of alarm, behind those of trips and stops.
const ALARM: u8 = 16;

impl TripId {
    /// The key of the trip that `vehicle` began at `started_at`.
    pub fn of(vehicle: VehicleNo, started_at: DateTime<Utc>) -> Self {
        Self(derived(1, vehicle, started_at))
    }
}

impl StopId {
    /// The key of the stop that `vehicle` began at `from`.
    pub fn of(vehicle: VehicleNo, from: DateTime<Utc>) -> Self {
        Self(derived(2, vehicle, from))
    }
}

impl AlarmId {
    /// The key of the alarm of this kind that began at `raised_at`.
    pub fn of(vehicle: VehicleNo, kind: AlarmKind, raised_at: DateTime<Utc>) -> Self {
        Self(derived(ALARM + kind.bit(), vehicle, raised_at))
    }
}

/// A vehicle's small number (车辆序号): key of high-volume rows and of the live channel, 4 bytes instead of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VehicleNo(pub i32);

impl fmt::Display for VehicleNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VehicleNo {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trip_gets_the_same_key_and_another_vehicle_another() {
        let at = DateTime::from_timestamp(1_225_153_567, 0).unwrap();
        assert_eq!(TripId::of(VehicleNo(7), at), TripId::of(VehicleNo(7), at));
        assert_ne!(TripId::of(VehicleNo(7), at), TripId::of(VehicleNo(8), at));
        assert_ne!(TripId::of(VehicleNo(7), at).0, StopId::of(VehicleNo(7), at).0);
        assert_eq!(TripId::of(VehicleNo(7), at).0.get_version_num(), 8);
    }
}
