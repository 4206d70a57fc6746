//! The vehicles of the bench and what they send: forty minutes of driving, eighty of standing, over and over.

use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::PgPool;
use fleet_db::ingest::{self, PositionRow};
use fleet_db::testing::fleet;
use telematics::id::VehicleNo;
use telematics::record::Record;

use crate::load::Protocol;

/// Seconds between two records of a vehicle.
const STEP_SECS: i64 = 10;
/// Records of one round, and those of them under way.
const ROUND: i64 = 720;
const DRIVING: i64 = 240;

/// One vehicle with its device, whose secret is its name.
#[derive(Clone, Debug)]
pub(crate) struct Car {
    pub(crate) vehicle: VehicleNo,
    pub(crate) terminal: String,
    /// Not all vehicles set off at once.
    offset: i64,
    begin: DateTime<Utc>,
}

pub(crate) async fn cars(pool: &PgPool, count: usize, protocol: Protocol) -> Vec<Car> {
    #[expect(clippy::disallowed_methods, reason = "the service that is measured reads the real clock")]
    let begin = Utc::now() - TimeDelta::hours(71);
    let mut cars = Vec::with_capacity(count);
    for index in 0..count {
        let (vehicle, terminal) = match protocol {
            Protocol::Mqtt => {
                let terminal = format!("BENCH-{index:04}");
                (fleet::car(pool, &terminal, &terminal).await.expect("a car"), terminal)
            }
            Protocol::Jt808 => {
                let terminal = format!("1380{index:07}");
                let spoken = telematics::device::Protocol::Jt808;
                (fleet::terminal(pool, spoken, &terminal, &terminal).await.expect("a car"), terminal)
            }
        };
        cars.push(Car { vehicle, terminal, offset: i64::try_from(index).unwrap_or(0) * 7 % ROUND, begin });
    }
    for sequence in (0..3 * ROUND).step_by(7) {
        let mut payload = Vec::new();
        let car = cars.last().expect("a car");
        car.put_payload(&mut payload, sequence);
        assert_eq!(serde_json::from_slice::<Record>(&payload).expect("a record"), car.record(sequence));
    }
    cars
}

/// Makes the partition of the hour that lies so many hours from now.
pub(crate) async fn prepare(pool: &PgPool, hour: i64) {
    #[expect(clippy::disallowed_methods, reason = "the service that is measured reads the real clock")]
    let at = ingest::hour_of(Utc::now() + TimeDelta::hours(hour));
    let mut conn = fleet_db::acquire(pool).await.expect("a connection");
    ingest::ensure_partitions(&mut conn, &[at]).await.expect("a partition");
}

pub(crate) async fn stored(pool: &PgPool) -> u64 {
    count(pool, "select count(*) from vehicle_position").await
}

pub(crate) async fn events(pool: &PgPool) -> u64 {
    count(pool, "select count(*) from vehicle_event").await
}

async fn count(pool: &PgPool, statement: &'static str) -> u64 {
    u64::try_from(fleet::number(pool, statement).await.expect("a count")).unwrap_or(0)
}

impl Car {
    /// The record of a sequence.
    pub(crate) fn record(&self, sequence: i64) -> Record {
        let phase = sequence + self.offset;
        let (round, step) = (phase / ROUND, phase % ROUND);
        let is_driving = step < DRIVING;
        let way = if round % 2 == 0 { step.min(DRIVING) } else { DRIVING - step.min(DRIVING) };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
        let lon = 120.1 + 0.001 * way as f64;
        Record {
            seq: sequence,
            t: (self.begin + TimeDelta::seconds(sequence * STEP_SECS)).timestamp_millis(),
            lat: Some(30.25),
            lon: Some((lon * 1e6).round() / 1e6),
            spd: Some(if is_driving { 34.6 } else { 0.0 }),
            crs: is_driving.then_some(if round % 2 == 0 { 90.0 } else { 270.0 }),
            odo: Some(f64::from(i32::try_from(sequence).unwrap_or(0)) * 96.0),
            fpct: Some(61.5),
            ign: Some(is_driving),
            sat: Some(11),
            ..Record::default()
        }
    }

    /// The record as it goes over the wire. Written by hand, as the load shares the processors with what it measures; `cars` has
    /// seen that it says the same.
    pub(crate) fn put_payload(&self, out: &mut Vec<u8>, sequence: i64) {
        let (round, step) = ((sequence + self.offset) / ROUND, (sequence + self.offset) % ROUND);
        let way = if round % 2 == 0 { step.min(DRIVING) } else { DRIVING - step.min(DRIVING) };
        let t = (self.begin + TimeDelta::seconds(sequence * STEP_SECS)).timestamp_millis();
        let told = match (step < DRIVING, round % 2) {
            (false, _) => "\"spd\":0,\"ign\":false",
            (true, 0) => "\"spd\":34.6,\"crs\":90,\"ign\":true",
            (true, _) => "\"spd\":34.6,\"crs\":270,\"ign\":true",
        };
        let (lon, odo) = (100 + way, sequence * 96);
        let _ =
            write!(out, r#"{{"seq":{sequence},"t":{t},"lat":30.25,"lon":120.{lon},{told},"sat":11,"odo":{odo},"fpct":61.5}}"#);
    }

    /// The record as it is stored.
    pub(crate) fn row(&self, sequence: i64) -> PositionRow {
        let seen = self.record(sequence).to_observation(self.begin).expect("a good record");
        PositionRow::of(self.vehicle, &seen)
    }
}
