//! The vehicles of the bench and what they send: forty minutes of driving, eighty of standing, over and over.

use std::io::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::PgPool;
use fleet_db::ingest::PositionRow;
use fleet_db::testing::fleet;
use telematics::id::VehicleNo;
use telematics::record::Record;

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

pub(crate) async fn cars(pool: &PgPool, count: usize) -> Vec<Car> {
    #[expect(clippy::disallowed_methods, reason = "the service that is measured reads the real clock")]
    let begin = Utc::now() - TimeDelta::hours(71);
    let mut cars = Vec::with_capacity(count);
    for index in 0..count {
        let terminal = format!("BENCH-{index:04}");
        let vehicle = fleet::car(pool, &terminal, &terminal).await.expect("a car");
        cars.push(Car { vehicle, terminal, offset: i64::try_from(index).unwrap_or(0) * 7 % ROUND, begin });
    }
    cars
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

    /// The record as it goes over the wire.
    pub(crate) fn put_payload(&self, out: &mut Vec<u8>, sequence: i64) {
        let record = self.record(sequence);
        serde_json::to_writer(&mut *out, &record).expect("a record is JSON");
        let _ = out.flush();
    }

    /// The record as it is stored.
    pub(crate) fn row(&self, sequence: i64) -> PositionRow {
        let seen = self.record(sequence).to_observation(self.begin).expect("a good record");
        PositionRow::of(self.vehicle, &seen)
    }
}
