//! What happened to a vehicle: a closed list, so that every reader knows all of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::alarm::Alarm;
use crate::id::VehicleNo;
use crate::trip::{Stop, Trip};

/// Something that happened to one vehicle at one instant (车辆事件).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VehicleEvent {
    /// Which vehicle.
    pub vehicle: VehicleNo,
    /// When it happened, which may be before it could be known: a trip ends when the vehicle comes to rest.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: EventKind,
}

/// How the fuel level changed at a standstill (油量变化); litres where the vehicle tells them, else per cent of the tank.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FuelChange {
    /// In litres.
    Litres {
        /// Level before.
        from_l: f64,
        /// Level after.
        to_l: f64,
    },
    /// In per cent of the tank.
    Percent {
        /// Level before.
        from_pct: f64,
        /// Level after.
        to_pct: f64,
    },
}

/// The kinds of event and what each carries (事件类型).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum EventKind {
    /// 上线: heard again after a silence, or for the first time.
    WentOnline,
    /// 离线: nothing heard for longer than the policy's time.
    WentOffline,
    /// 点火.
    IgnitionTurnedOn,
    /// 熄火.
    IgnitionTurnedOff,
    /// 行程开始: left the place where it stood.
    TripStarted(Trip),
    /// 行程结束: came to rest, or fell silent for too long.
    TripEnded(Trip),
    /// 停留开始: has stood for the policy's time.
    Stopped(Stop),
    /// 停留结束: left the place of a stop.
    StopEnded(Stop),
    /// 怠速过长: ignition on and standing for the policy's time.
    IdledTooLong {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// 超速: above the policy's limit for the policy's time.
    SpeedLimitExceeded {
        /// Speed when it was noticed.
        speed_kmh: f64,
        /// The limit that held.
        limit_kmh: f64,
    },
    /// 加油.
    Refuelled(FuelChange),
    /// 油量骤降: fell at a standstill by more than an engine uses.
    FuelDropped(FuelChange),
    /// 电压过低.
    VoltageDropped {
        /// Volts of the supply.
        voltage_v: f64,
    },
    /// 开始充电.
    ChargingStarted {
        /// State of charge, per cent, where known.
        soc_pct: Option<f64>,
    },
    /// 结束充电.
    ChargingEnded {
        /// State of charge, per cent, where known.
        soc_pct: Option<f64>,
    },
    /// 故障上报: trouble codes that were not there before.
    FaultReported {
        /// The new codes, sorted.
        codes: Vec<String>,
    },
    /// 紧急求助.
    SosPressed,
    /// 终端断电: the device lost the vehicle's supply.
    DevicePowerCut,
    /// 报警开始: the device says that an alarm is on which was not.
    AlarmRaised(Alarm),
    /// 报警结束: the device says that an alarm is no longer on.
    AlarmCleared(Alarm),
}

impl EventKind {
    /// The name on the wire and in the store.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WentOnline => "went_online",
            Self::WentOffline => "went_offline",
            Self::IgnitionTurnedOn => "ignition_turned_on",
            Self::IgnitionTurnedOff => "ignition_turned_off",
            Self::TripStarted(_) => "trip_started",
            Self::TripEnded(_) => "trip_ended",
            Self::Stopped(_) => "stopped",
            Self::StopEnded(_) => "stop_ended",
            Self::IdledTooLong { .. } => "idled_too_long",
            Self::SpeedLimitExceeded { .. } => "speed_limit_exceeded",
            Self::Refuelled(_) => "refuelled",
            Self::FuelDropped(_) => "fuel_dropped",
            Self::VoltageDropped { .. } => "voltage_dropped",
            Self::ChargingStarted { .. } => "charging_started",
            Self::ChargingEnded { .. } => "charging_ended",
            Self::FaultReported { .. } => "fault_reported",
            Self::SosPressed => "sos_pressed",
            Self::DevicePowerCut => "device_power_cut",
            Self::AlarmRaised(_) => "alarm_raised",
            Self::AlarmCleared(_) => "alarm_cleared",
        }
    }

    /// What the event carries, as JSON; an empty object when its name says all.
    pub fn detail(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(mut fields)) => fields.remove("detail").unwrap_or_else(|| Value::Object(Map::new())),
            _ => Value::Object(Map::new()),
        }
    }

    /// About the link (when we heard), not about the track: working a track out again says nothing of it.
    pub const fn is_about_link(&self) -> bool {
        matches!(self, Self::WentOnline | Self::WentOffline)
    }

    /// The start or the end of an alarm; alarms are kept with both, not among the other events.
    pub const fn alarm(&self) -> Option<&Alarm> {
        match self {
            Self::AlarmRaised(alarm) | Self::AlarmCleared(alarm) => Some(alarm),
            _ => None,
        }
    }
}
