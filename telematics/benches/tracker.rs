//! `cargo bench -p telematics --bench tracker`: what an observation and a snapshot of the tracker cost.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::hint::black_box;
use std::time::Instant;

use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::record::{Record, RecordError};
use telematics::tracker::{Tracker, step};

const SNAPSHOTS: u32 = 200_000;

fn main() -> Result<(), RecordError> {
    let seen = (0..200_000).map(observation).collect::<Result<Vec<_>, _>>()?;
    let policy = Policy::default();
    let mut tracker = Tracker::new(VehicleNo(1));
    let started = Instant::now();
    let events: usize = seen.iter().map(|seen| step(&mut tracker, seen, &policy).len()).sum();
    let step_ns = started.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(seen.len()).unwrap_or(u32::MAX));
    let bytes = tracker.to_bytes();
    let started = Instant::now();
    (0..SNAPSHOTS).for_each(|_| drop(black_box(black_box(&tracker).to_bytes())));
    let pack_ns = started.elapsed().as_secs_f64() * 1e9 / f64::from(SNAPSHOTS);
    let started = Instant::now();
    (0..SNAPSHOTS).for_each(|_| drop(black_box(Tracker::from_bytes(black_box(&bytes)))));
    let unpack_ns = started.elapsed().as_secs_f64() * 1e9 / f64::from(SNAPSHOTS);
    println!(
        "step {step_ns:.0} ns ({events} events); snapshot {} bytes, written in {pack_ns:.0} ns, read in {unpack_ns:.0} ns",
        bytes.len()
    );
    Ok(())
}

/// Every ten seconds: drives half an hour, stands half an hour, all readings in every message.
fn observation(tick: i32) -> Result<Observation, RecordError> {
    let drives = tick / 180 % 2 == 0;
    let metres = f64::from(tick / 360 * 180 + (tick % 360).min(180)) * 100.0;
    Record {
        seq: i64::from(tick),
        t: 1_772_402_400_000 + i64::from(tick) * 10_000,
        lat: Some(20.0 + (metres / 111_195.0) % 40.0),
        lon: Some(120.153_721),
        spd: Some(if drives { 36.0 } else { 0.0 }),
        crs: Some(0.0),
        odo: Some(metres),
        soc: Some(71.5),
        fuel: Some(41.2),
        v12: Some(13.8),
        rpm: Some(1430.0),
        ign: Some(drives),
        dtc: Some(Vec::new()),
        ..Record::default()
    }
    .to_observation(chrono::DateTime::UNIX_EPOCH)
}
