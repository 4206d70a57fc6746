//! What a report means to the tracker: a fix, readings, the electric side, the alarms.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::datum::Datum;
use crate::fix::{Fix, Observation, Reading};
use crate::gb32960::info::Kind;
use crate::gb32960::report::Report;
use crate::gb32960::vehicle::Vehicle;
use crate::gb32960::{alarm, cells, engine, extremes, motor, position, temperatures};
use crate::quantity::{Distance, Share, Speed};
use crate::sequence;
use crate::traction::{ChargeState, Traction};

/// Why a report is no observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ObserveError {
    /// It does not say when.
    #[error("a report whose time is no time")]
    Time,
}

impl ObserveError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Time => "gb32960.time",
        }
    }
}

impl Report<'_> {
    /// What the report says of the vehicle. `unnamed` is the datum of its places where it names none: always in 2016, and in 2025
    /// when it says "other".
    pub fn observe(&self, unnamed: Datum, received_at: DateTime<Utc>) -> Result<Observation, ObserveError> {
        let fixed_at = self.time.ok_or(ObserveError::Time)?;
        let mut seen = Seen::default();
        let mut infos = self.infos();
        // The bodies were whole when the report was read; a body that says nothing here leaves what it would say absent.
        while let Ok(Some(info)) = infos.next() {
            let _absent = self.take(&mut seen, info.kind, info.body, unnamed);
        }
        let Seen { vehicle, at, alarms, rpm, traction } = seen;
        let speed = vehicle.speed_kmh.map(Speed::from_kmh);
        let fix = at.map(|at| Fix { at, speed, heading: None, altitude_m: None, satellites: None, hdop: None, accuracy: None });
        Ok(Observation {
            fixed_at,
            sequence: sequence::of(self.information()),
            received_at,
            fix,
            reading: Reading {
                ignition: vehicle.ignition,
                odometer: vehicle.odometer_km.map(Distance::from_km),
                soc: vehicle.soc_pct.map(Share::from_pct),
                charging: vehicle.charge_state.map(ChargeState::is_charging),
                rpm,
                traction: (traction != Traction::default()).then(|| Box::new(traction)),
                ..Reading::default()
            },
            event: None,
            replayed: self.reissued,
            alarms,
        })
    }

    fn take(&self, seen: &mut Seen, kind: Kind, body: &[u8], unnamed: Datum) -> Option<()> {
        let edition = self.edition;
        match kind {
            Kind::Vehicle => {
                let vehicle = Vehicle::read(edition, body)?;
                seen.traction.charge_state = vehicle.charge_state;
                seen.traction.drive_mode = vehicle.drive_mode;
                seen.traction.voltage_v = vehicle.voltage_v;
                seen.traction.current_a = vehicle.current_a;
                seen.traction.insulation_kohm = vehicle.insulation_kohm;
                seen.vehicle = vehicle;
            }
            Kind::Motors => motor::read(edition, body, &mut seen.traction.motors)?,
            Kind::Engine => seen.rpm = engine::crankshaft_rpm(edition, body),
            Kind::Position => seen.at = position::read(edition, body, unnamed),
            Kind::Extremes => {
                let (voltages, temperatures) = extremes::read(body);
                seen.traction.cell_v = voltages.or(seen.traction.cell_v);
                seen.traction.battery_c = temperatures.or(seen.traction.battery_c);
            }
            Kind::Alarms => (seen.traction.alarm_level, seen.alarms) = alarm::read(edition, body)?,
            // The vehicle's own extremes come first; 2025 has none any more.
            Kind::Cells if seen.traction.cell_v.is_none() => seen.traction.cell_v = cells::extremes(edition, body),
            Kind::Temperatures if seen.traction.battery_c.is_none() => seen.traction.battery_c = temperatures::extremes(body),
            _ => {}
        }
        Some(())
    }
}

#[derive(Default)]
struct Seen {
    vehicle: Vehicle,
    at: Option<crate::place::LonLat>,
    alarms: Option<crate::alarm::DeviceAlarms>,
    rpm: Option<f64>,
    traction: Traction,
}
