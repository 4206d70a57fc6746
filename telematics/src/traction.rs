//! The electric side of a vehicle, as a GB/T 32960 terminal tells it; every field is absent when it was not told.

use serde::{Deserialize, Serialize};

/// Readings of the traction battery and its motors (动力电池与驱动电机工况).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Traction {
    /// What the traction battery is doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge_state: Option<ChargeState>,
    /// What drives the vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_mode: Option<DriveMode>,
    /// Total voltage, volts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voltage_v: Option<f64>,
    /// Total current, amperes; negative while charging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_a: Option<f64>,
    /// Insulation resistance, kilohms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insulation_kohm: Option<u16>,
    /// Highest and lowest cell voltage, volts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell_v: Option<Span>,
    /// Highest and lowest temperature of the battery, degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_c: Option<Span>,
    /// Drive motors, in the order in which they were told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub motors: Vec<Motor>,
    /// Highest level of the alarms that are on: 0 none, 1 to 3, 4 thermal event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_level: Option<u8>,
}

impl Traction {
    /// These readings, and of `older` what they do not say.
    #[must_use]
    pub fn or(self, older: Self) -> Self {
        Self {
            charge_state: self.charge_state.or(older.charge_state),
            drive_mode: self.drive_mode.or(older.drive_mode),
            voltage_v: self.voltage_v.or(older.voltage_v),
            current_a: self.current_a.or(older.current_a),
            insulation_kohm: self.insulation_kohm.or(older.insulation_kohm),
            cell_v: self.cell_v.or(older.cell_v),
            battery_c: self.battery_c.or(older.battery_c),
            motors: if self.motors.is_empty() { older.motors } else { self.motors },
            alarm_level: self.alarm_level.or(older.alarm_level),
        }
    }
}

/// The highest and the lowest of many values (极值).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The highest.
    pub max: f64,
    /// The lowest.
    pub min: f64,
}

/// One drive motor (驱动电机).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Motor {
    /// Turns a minute; negative backwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_rpm: Option<f64>,
    /// Newton metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torque_nm: Option<f64>,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature_c: Option<f64>,
}

/// What the traction battery is doing (充电状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeState {
    /// 停车充电.
    ParkedCharging,
    /// 行驶充电.
    DrivingCharging,
    /// 未充电.
    NotCharging,
    /// 充电完成.
    Complete,
}

impl ChargeState {
    /// Energy flows in from outside: what the tracker calls charging. Recuperation on the road is not.
    pub const fn is_charging(self) -> bool {
        matches!(self, Self::ParkedCharging)
    }
}

/// What drives the vehicle (运行模式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriveMode {
    /// 纯电.
    Electric,
    /// 混动.
    Hybrid,
    /// 燃油.
    Fuel,
}
