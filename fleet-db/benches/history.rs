//! `cargo bench -p fleet-db --bench history`: a vehicle's day read from rows and from its compressed block, and bytes a
//! position of both. Needs a server in `DATABASE_URL`; makes and drops a database of its own.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use fleet_db::ingest::{Batch, Form, PositionRow, commit, ensure_partitions};
use fleet_db::{PgConnection, history, track};
use telematics::id::VehicleNo;
use telematics::record::Record;

/// Vehicles in the table, so that a vehicle's rows lie as scattered as they do in service.
const VEHICLES: i32 = 40;
/// A fix every ten seconds all day long.
const FIXES: i64 = 8640;
const ROUNDS: usize = 40;

#[tokio::main]
async fn main() -> outcome::Result {
    let database = fleet_db::testing::database().await;
    let mut conn = database.pool.acquire().await?;
    let day = NaiveDate::from_ymd_opt(2026, 3, 2).ok_or("no such day")?;
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    fill(&mut conn, midnight).await?;
    let rows = read_times(&mut conn, midnight).await?;
    let (bytes,): (i64,) = sqlx::query_as(
        "select sum(pg_total_relation_size(inhrelid))::bigint from pg_inherits where inhparent = 'vehicle_position'::regclass",
    )
    .fetch_one(&mut *conn)
    .await?;
    let positions = f64::from(VEHICLES) * 8640.0;
    tell("rows", bytes, positions, &rows);

    let started = Instant::now();
    let done = history::compact(&mut conn, day).await?;
    let seconds = started.elapsed().as_secs_f64();
    let blocks = read_times(&mut conn, midnight).await?;
    let (bytes,): (i64,) = sqlx::query_as("select pg_total_relation_size('track_day')").fetch_one(&mut *conn).await?;
    tell("blocks", bytes, positions, &blocks);
    let alone = f64::from(u32::try_from(done.folded.bytes)?) / positions;
    println!("blocks alone {alone:.2} B/position; compacted {:.0} positions/s", positions / seconds);
    let rows_median = rows.get(ROUNDS / 2).ok_or("no rounds")?.as_secs_f64();
    let blocks_median = blocks.get(ROUNDS / 2).ok_or("no rounds")?.as_secs_f64();
    println!("a day from its block is read {:.1} times as fast as from rows", rows_median / blocks_median);
    Ok(())
}

/// What goes wrong here ends the bench with its text.
mod outcome {
    pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
}

async fn fill(conn: &mut PgConnection, midnight: DateTime<Utc>) -> outcome::Result {
    let hours: Vec<_> = (0..24).map(|hour| midnight + TimeDelta::hours(hour)).collect();
    ensure_partitions(conn, &hours).await?;
    let mut seed = 1_u32;
    let mut cars: Vec<Car> = (0..VEHICLES).map(|no| Car { no, north: 0.0, odometer: 80_000.0 }).collect();
    for tick in 0..FIXES {
        let at = midnight + TimeDelta::seconds(10 * tick);
        let hot = cars.iter_mut().map(|car| car.report(at, tick, &mut seed)).collect::<Result<Vec<_>, _>>()?;
        commit(conn, &Batch { hot, ..Batch::default() }, Form::Copy, at).await?;
    }
    sqlx::query("vacuum analyze vehicle_position").execute(conn).await?;
    Ok(())
}

/// A simulated car: drives half of the day at town speed with a receiver's noise, and stands the other half.
struct Car {
    no: i32,
    north: f64,
    odometer: f64,
}

impl Car {
    fn report(&mut self, at: DateTime<Utc>, tick: i64, seed: &mut u32) -> outcome::Result<PositionRow> {
        let mut noise = || {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(*seed >> 16) / 65_536.0 - 0.5
        };
        let drives = tick / 180 % 2 == 0;
        let kmh = if drives { 36.0 + 20.0 * noise() } else { 0.0 };
        self.north += kmh / 3.6 * 10.0;
        self.odometer += kmh / 3.6 * 10.0;
        let wander = if drives { 3.0 } else { 0.5 };
        let degrees = |metres: f64| (metres / 111_195.0 * 1e6).round() / 1e6;
        let record = Record {
            seq: tick,
            t: at.timestamp_millis(),
            lat: Some(30.0 + degrees((self.north + wander * noise()).rem_euclid(50_000.0))),
            lon: Some(120.0 + degrees(f64::from(self.no) * 500.0 + wander * noise())),
            spd: Some(kmh),
            crs: drives.then(|| 180.0 + 40.0 * noise()),
            alt: Some(12.0 + 4.0 * noise()),
            odo: Some(self.odometer),
            soc: Some(80.0 - f64::from(i32::try_from(tick / 200)?)),
            sat: Some(11),
            ign: Some(drives),
            ..Record::default()
        };
        Ok(PositionRow::of(VehicleNo(self.no), &record.to_observation(at + TimeDelta::milliseconds(700))?))
    }
}

/// How long one vehicle's day takes to read, shortest first.
async fn read_times(conn: &mut PgConnection, midnight: DateTime<Utc>) -> outcome::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let vehicle = VehicleNo(i32::try_from(round)? % VEHICLES);
        let started = Instant::now();
        let fixes = track::read(conn, vehicle, midnight, midnight + TimeDelta::days(1)).await?;
        times.push(started.elapsed());
        if fixes.len() != 8640 {
            return Err(format!("{} fixes instead of {FIXES}", fixes.len()).into());
        }
    }
    times.sort();
    Ok(times)
}

#[expect(clippy::cast_precision_loss, reason = "a size in bytes, printed with two digits")]
fn tell(what: &str, bytes: i64, positions: f64, times: &[Duration]) {
    let millis = |place: usize| times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    println!(
        "{what:7} {:7.2} B/position; a vehicle-day of {FIXES} positions in {:.2} ms (p50), {:.2} ms (p95)",
        bytes as f64 / positions,
        millis(ROUNDS / 2),
        millis(ROUNDS * 95 / 100),
    );
}
