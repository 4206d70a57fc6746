//! What kind of car it is and how it is used.

use crate::quantity::{Distance, Share, Volume};

/// How a car is driven (动力), with what it takes to drive 100 km.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drivetrain {
    /// 燃油车, hybrids without a plug among them.
    Fuel {
        /// Litres that the tank holds.
        tank_l: f64,
        /// Litres for 100 km.
        l_per_100km: f64,
    },
    /// 纯电动.
    Electric {
        /// Kilowatt hours that the battery holds.
        battery_kwh: f64,
        /// Kilowatt hours for 100 km.
        kwh_per_100km: f64,
    },
    /// 插电式混合动力: electric first, then fuel.
    PlugIn {
        /// Litres that the tank holds.
        tank_l: f64,
        /// Litres for 100 km once the battery is down.
        l_per_100km: f64,
        /// Kilowatt hours that the battery holds.
        battery_kwh: f64,
        /// Kilowatt hours for 100 km.
        kwh_per_100km: f64,
    },
}

impl Drivetrain {
    /// Litres that the tank holds, of a car that has one.
    pub const fn tank_l(&self) -> Option<f64> {
        match *self {
            Self::Fuel { tank_l, .. } | Self::PlugIn { tank_l, .. } => Some(tank_l),
            Self::Electric { .. } => None,
        }
    }

    /// Kilowatt hours that the battery holds, of a car that is plugged in.
    pub const fn battery_kwh(&self) -> Option<f64> {
        match *self {
            Self::Electric { battery_kwh, .. } | Self::PlugIn { battery_kwh, .. } => Some(battery_kwh),
            Self::Fuel { .. } => None,
        }
    }

    /// Kilometres that `stock` is good for.
    pub fn range_km(&self, stock: &Stock) -> f64 {
        let by_fuel = |l_per_100km: f64| stock.fuel_l / l_per_100km * 100.0;
        let by_charge = |battery_kwh: f64, kwh: f64| stock.soc_pct / 100.0 * battery_kwh / kwh * 100.0;
        match *self {
            Self::Fuel { l_per_100km, .. } => by_fuel(l_per_100km),
            Self::Electric { battery_kwh, kwh_per_100km } => by_charge(battery_kwh, kwh_per_100km),
            Self::PlugIn { l_per_100km, battery_kwh, kwh_per_100km, .. } => {
                by_fuel(l_per_100km) + by_charge(battery_kwh, kwh_per_100km)
            }
        }
    }

    /// What is left of `stock` after `km`.
    #[must_use]
    pub fn after(&self, stock: Stock, km: f64) -> Stock {
        let odometer_m = stock.odometer_m + km * 1000.0;
        let burn = |l_per_100km: f64, km: f64| (stock.fuel_l - l_per_100km * km / 100.0).max(1.0);
        let drain = |battery_kwh: f64, kwh: f64| (stock.soc_pct - kwh * km / battery_kwh).max(1.0);
        match *self {
            Self::Fuel { l_per_100km, .. } => Stock { odometer_m, fuel_l: burn(l_per_100km, km), ..stock },
            Self::Electric { battery_kwh, kwh_per_100km } => {
                Stock { odometer_m, soc_pct: drain(battery_kwh, kwh_per_100km), ..stock }
            }
            Self::PlugIn { l_per_100km, battery_kwh, kwh_per_100km, .. } => {
                // A plug-in keeps a fifth of its charge and goes on with fuel.
                let electric = ((stock.soc_pct - 20.0).max(0.0) / 100.0 * battery_kwh / kwh_per_100km * 100.0).min(km);
                let soc_pct = drain_to(stock.soc_pct, kwh_per_100km * electric / battery_kwh);
                Stock { odometer_m, soc_pct, fuel_l: burn(l_per_100km, km - electric) }
            }
        }
    }
}

fn drain_to(soc_pct: f64, used_pct: f64) -> f64 {
    (soc_pct - used_pct).max(1.0)
}

/// What the car holds (存量): counts up with the way, down with what it uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stock {
    /// Metres on the clock.
    pub odometer_m: f64,
    /// Litres in the tank; without meaning for a car without one.
    pub fuel_l: f64,
    /// State of charge; without meaning for a car without a plug.
    pub soc_pct: f64,
}

impl Stock {
    /// Odometer reading.
    pub fn odometer(&self) -> Distance {
        Distance::from_metres(self.odometer_m.round())
    }

    /// Fuel, of a car with a tank.
    pub fn fuel(&self, drivetrain: &Drivetrain) -> Option<(Volume, Share)> {
        let tank = drivetrain.tank_l()?;
        Some((
            Volume::from_litres((self.fuel_l * 10.0).round() / 10.0),
            Share::from_pct((self.fuel_l / tank * 1000.0).round() / 10.0),
        ))
    }

    /// Charge, of a car with a plug.
    pub fn soc(&self, drivetrain: &Drivetrain) -> Option<Share> {
        drivetrain.battery_kwh().map(|_| Share::from_pct((self.soc_pct * 10.0).round() / 10.0))
    }
}

/// How a car is used (使用习惯).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Habit {
    /// Drives.
    #[default]
    Working,
    /// 封存、待命: stands at home all day.
    Standing,
}

/// When a car works (作息).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Office days of Asia/Shanghai, few cars at the weekend; the day's work begins so many seconds after midnight.
    Office {
        /// Seconds after midnight, 30,600 for half past eight.
        work_from_s: i32,
    },
    /// One trip after the other, day and night: for demonstrations and load.
    RoundTheClock,
}

/// A car and its use (车辆档案).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// How it is driven.
    pub drivetrain: Drivetrain,
    /// How it is used.
    pub habit: Habit,
    /// When it works.
    pub rhythm: Rhythm,
}
