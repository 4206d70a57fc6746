//! What may be believed of a message, the same for every protocol: its observations by vehicle, and the rest kept aside.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::exempt::{LeftOut, Veil};
use fleet_db::ingest::QuarantinedRecord;
use telematics::fix::Observation;
use telematics::id::VehicleNo;

use crate::config::Config;
use crate::delivery::Part;
use crate::exempt;
use crate::run::App;

/// Bytes of one record kept aside; more would only help whoever floods us.
const ASIDE_BYTES: usize = 4096;

/// Days from 1970-01-01 to 2000-01-01.
const DAYS_TO_2000: i64 = 10_957;

/// The code of what makes an observation untrue: a clock far ahead, or one before there was a fleet.
fn untrue(config: &Config, seen: &Observation, now: DateTime<Utc>) -> Option<&'static str> {
    let latest = now + TimeDelta::minutes(i64::from(config.future_minutes));
    if seen.fixed_at > latest {
        Some("record.future")
    } else if seen.fixed_at < DateTime::UNIX_EPOCH + TimeDelta::days(DAYS_TO_2000) {
        Some("record.past")
    } else {
        None
    }
}

/// The records of one message, being sorted (分拣).
#[derive(Debug)]
pub(crate) struct Sorter<'a> {
    config: &'a Config,
    /// What is kept of nobody, where there is any.
    left_out: Option<Arc<LeftOut>>,
    device: &'a Arc<RegisteredDevice>,
    now: DateTime<Utc>,
    seen: Vec<Part>,
    aside: Vec<QuarantinedRecord>,
}

impl<'a> Sorter<'a> {
    pub(crate) fn new(app: &'a App, device: &'a Arc<RegisteredDevice>, now: DateTime<Utc>) -> Self {
        let left_out = app.exempt.if_any();
        Self { config: &app.config, left_out, device, now, seen: Vec::new(), aside: Vec::new() }
    }

    /// Takes an observation for true, or keeps its `payload` aside with the reason. Of a vehicle that is exempt nothing is kept.
    pub(crate) fn see(&mut self, observation: Observation, payload: impl FnOnce() -> Vec<u8>) {
        let vehicle = self.device.vehicle_at(observation.fixed_at);
        let covered = |left_out: &Arc<LeftOut>, vehicle| left_out.covers(vehicle, observation.fixed_at, self.now);
        if self.left_out.as_ref().zip(vehicle).is_some_and(|(left_out, vehicle)| covered(left_out, vehicle)) {
            exempt::count(exempt::Kind::Position);
            return;
        }
        match (untrue(self.config, &observation, self.now), vehicle) {
            (None, Some(vehicle)) => self.keep(vehicle, observation),
            (None, None) => self.set_aside(None, "device.unbound", payload()),
            (Some(code), vehicle) => self.set_aside(vehicle, code, payload()),
        }
    }

    /// Keeps what cannot be taken for true; of a terminal that was in an exempt vehicle without what it sent, which may be of then.
    pub(crate) fn set_aside(&mut self, vehicle: Option<VehicleNo>, code: &'static str, payload: Vec<u8>) {
        let veil = self.left_out.as_ref().and_then(|left_out| left_out.veil(self.device.id));
        let payload = match veil {
            Some(Veil::Down) => {
                exempt::count(exempt::Kind::Aside);
                return;
            }
            Some(Veil::Lifted) => Vec::new(),
            None => payload,
        };
        self.aside.push(aside(self.device.terminal.as_str(), vehicle, self.now, code, payload));
    }

    /// The parts of the message, each a vehicle's; nearly always one.
    pub(crate) fn parts(mut self) -> Vec<Part> {
        if !self.aside.is_empty() {
            self.seen.push(Part::Aside(self.aside));
        }
        self.seen
    }

    fn keep(&mut self, of: VehicleNo, observation: Observation) {
        let known = self.seen.iter_mut().find_map(|part| match part {
            Part::Seen { vehicle, observations, .. } if *vehicle == of => Some(observations),
            _ => None,
        });
        if let Some(observations) = known {
            observations.push(observation);
        } else {
            let device = Arc::clone(self.device);
            self.seen.push(Part::Seen { vehicle: of, device, observations: vec![observation] });
        }
    }
}

/// A record kept aside, cut to a bounded length.
pub(crate) fn aside(
    terminal: &str,
    vehicle: Option<VehicleNo>,
    now: DateTime<Utc>,
    code: &'static str,
    mut payload: Vec<u8>,
) -> QuarantinedRecord {
    payload.truncate(ASIDE_BYTES);
    QuarantinedRecord { terminal: terminal.to_owned(), vehicle, received_at: now, code, payload }
}
