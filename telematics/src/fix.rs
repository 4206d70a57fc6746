//! What a device says about its vehicle: a fix, its readings, and the observation that carries both.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alarm::DeviceAlarms;
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};
use crate::traction::Traction;

/// A satellite fix (定位点): where the vehicle was, as its receiver worked it out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Where, WGS-84.
    pub at: LonLat,
    /// Speed over ground; absent when the receiver gave none.
    pub speed: Option<Speed>,
    /// Direction over ground; absent at rest, where it is noise.
    pub heading: Option<Heading>,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// Horizontal dilution of precision.
    pub hdop: Option<f64>,
    /// Estimated horizontal error.
    pub accuracy: Option<Distance>,
}

/// Readings of the vehicle (工况); absent is absent, never zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Ignition (ACC 点火) on.
    pub ignition: Option<bool>,
    /// Odometer (里程表读数).
    pub odometer: Option<Distance>,
    /// Fuel in the tank.
    pub fuel: Option<Volume>,
    /// Fuel in the tank, of its capacity.
    pub fuel_share: Option<Share>,
    /// Fuel use, litres an hour.
    pub fuel_rate_lph: Option<f64>,
    /// State of charge of the traction battery (SOC 荷电状态).
    pub soc: Option<Share>,
    /// Traction battery is being charged.
    pub charging: Option<bool>,
    /// Voltage of the 12 V supply.
    pub voltage: Option<Voltage>,
    /// Engine speed, turns a minute.
    pub rpm: Option<f64>,
    /// Coolant temperature, degrees Celsius.
    pub coolant_c: Option<f64>,
    /// Stored diagnostic trouble codes (故障码), such as `P0301`; `None` when not read, empty when read and clean.
    pub trouble_codes: Option<Vec<String>>,
    /// The electric side, where the device tells it; boxed, as most vehicles have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traction: Option<Box<Traction>>,
}

/// One message of a device about its vehicle (位置汇报): a fix, readings, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The device's instant.
    pub fixed_at: DateTime<Utc>,
    /// The device's own running number; with the vehicle and the instant it is the key.
    pub sequence: i64,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// The fix; absent when the receiver had none.
    pub fix: Option<Fix>,
    /// The readings that came with it.
    pub reading: Reading,
    /// An event the device itself noticed, by its wire name, such as `ignition_on` or `power_cut`.
    pub event: Option<String>,
    /// 补报: stored by the device and sent later; it never moves the live position back and never raises a live alarm.
    #[serde(default)]
    pub replayed: bool,
    /// The alarms the device says are on; `None` when it says nothing of alarms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<DeviceAlarms>,
}
