//! Some days of history for cars that were never heard of: driven by the simulator, told by the tracker, committed in bulk.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};
use fleet_db::PgPool;
use fleet_db::ingest::{self, Batch, EventRow, Form, PositionRow, Snapshot};
use telematics::event::{EventKind, VehicleEvent};
use telematics::id::{StopId, TripId, VehicleNo};
use telematics::policy::Policy;
use telematics::simulate::plan::{Kind, Planner, Start};
use telematics::simulate::profile::{Profile, Rhythm};
use telematics::simulate::vehicle::SimVehicle;
use telematics::simulate::world::World;
use telematics::tracker::{self, Tracker};
use telematics::trip::{Stop, Trip};

use super::fleet::{SeedVehicle, Use};

/// Whole days before today that have a history.
const DAYS: i64 = 3;
/// Seconds between two reports under way, and standing.
const MOVING_S: i64 = 15;
const STANDING_S: i64 = 1200;
/// Cars committed together.
const TOGETHER: usize = 12;
/// Offices open at half past eight.
const WORK_FROM_S: i32 = 30_600;

/// How the history of a demonstration is cut.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    /// The seed of everything.
    pub(crate) seed: u64,
    /// Until when: the present.
    pub(crate) now: DateTime<Utc>,
    /// Hours for which the store keeps positions by the hour.
    pub(crate) hot_hours: u32,
    /// What the tracker goes by.
    pub(crate) policy: Policy,
}

impl Past {
    /// Midnight in Hangzhou, three days before the present.
    fn begin(&self) -> DateTime<Utc> {
        let here = FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
        let today = self.now.with_timezone(&here).with_time(NaiveTime::MIN).earliest();
        today.map_or(self.now, |midnight| midnight.to_utc()) - TimeDelta::days(DAYS)
    }
}

/// Writes the past of the cars that were never heard of; after each handful `told` is given how many are done.
/// A car's past is committed whole, so an interruption is made good by the next start.
pub(crate) async fn write(
    pool: &PgPool,
    world: &Arc<World>,
    cars: &[(VehicleNo, SeedVehicle)],
    past: &Past,
    told: impl Fn(usize),
) -> anyhow::Result<()> {
    let mut conn = pool.acquire().await?;
    let numbers: Vec<_> = cars.iter().map(|(no, _)| *no).collect();
    let heard = ingest::load_trackers(&mut conn, &numbers).await?;
    let fresh: Vec<_> = cars.iter().filter(|(no, _)| !heard.iter().any(|(known, _)| known == no)).cloned().collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let oldest = past.now - TimeDelta::hours(i64::from(past.hot_hours));
    let hours = hours(oldest.max(past.begin()), past.now);
    ingest::ensure_partitions(&mut conn, &hours).await?;
    let mut done = cars.len() - fresh.len();
    for some in fresh.chunks(TOGETHER) {
        let (some, world, for_past) = (some.to_vec(), Arc::clone(world), past.clone());
        let count = some.len();
        let batch = tokio::task::spawn_blocking(move || lived(&world, &some, &for_past)).await?;
        ingest::commit(&mut conn, &batch, Form::Copy, past.now).await?;
        done += count;
        told(done);
    }
    Ok(())
}

/// What some cars have lived through, ready to be committed.
fn lived(world: &Arc<World>, cars: &[(VehicleNo, SeedVehicle)], past: &Past) -> Batch {
    let mut batch = Batch::default();
    for (no, car) in cars {
        live(world, *no, car, past, &mut batch);
    }
    batch
}

fn live(world: &Arc<World>, no: VehicleNo, car: &SeedVehicle, past: &Past, batch: &mut Batch) {
    let profile = Profile { drivetrain: car.drivetrain, habit: car.habit(), rhythm: Rhythm::Office { work_from_s: WORK_FROM_S } };
    let start = Start { at: None, stock: car.first_stock(past.seed), from: past.begin() };
    let seed = car.seed(past.seed);
    let planner = Planner::new(Arc::clone(world), seed, profile, car.home, start);
    let mut sim = SimVehicle::new(planner, seed, car.drivetrain, past.begin().timestamp_millis());
    // A terminal that has fallen silent did so yesterday evening.
    let until = if car.use_of == Use::Silent { past.now - TimeDelta::hours(20) } else { past.now };
    let oldest_hot = ingest::hour_of(past.now - TimeDelta::hours(i64::from(past.hot_hours))) + TimeDelta::hours(1);
    let mut told = Told { tracker: Tracker::new(no), trips: HashMap::new(), stops: HashMap::new(), events: Vec::new() };
    let mut at = past.begin();
    while at <= until {
        let row = PositionRow::of(no, &sim.observe(at));
        told.step(&row, &past.policy);
        if row.fixed_at >= oldest_hot {
            batch.hot.push(row);
        } else {
            batch.old.push(row);
        }
        at = next_report(&mut sim, at);
    }
    told.finish(past, batch);
}

/// Often under way, seldom at rest, and once as it sets off and arrives.
fn next_report(sim: &mut SimVehicle, at: DateTime<Utc>) -> DateTime<Utc> {
    let doing = sim.activity(at);
    let pause = match doing.kind {
        Kind::Drive(_) => MOVING_S,
        Kind::Stand { .. } if (at - doing.from).num_seconds() < 300 => 60,
        Kind::Stand { .. } => STANDING_S,
    };
    let turn = doing.until + TimeDelta::seconds(1);
    (at + TimeDelta::seconds(pause)).min(turn.max(at + TimeDelta::seconds(1)))
}

/// What the tracker has said of one car.
struct Told {
    tracker: Tracker,
    trips: HashMap<TripId, Trip>,
    stops: HashMap<StopId, Stop>,
    events: Vec<EventRow>,
}

impl Told {
    fn step(&mut self, row: &PositionRow, policy: &Policy) {
        let events = tracker::step(&mut self.tracker, &row.observation(), policy);
        self.note(events);
    }

    fn note(&mut self, events: Vec<VehicleEvent>) {
        for VehicleEvent { vehicle, at, kind } in events {
            self.events.push(EventRow { vehicle, at, kind: kind.name().to_owned(), detail: kind.detail() });
            match kind {
                EventKind::TripStarted(trip) | EventKind::TripEnded(trip) => drop(self.trips.insert(trip.id, trip)),
                EventKind::Stopped(stop) | EventKind::StopEnded(stop) => drop(self.stops.insert(stop.id, stop)),
                _ => {}
            }
        }
    }

    fn finish(mut self, past: &Past, batch: &mut Batch) {
        let silence = tracker::tick(&mut self.tracker, past.now, &past.policy);
        self.note(silence);
        let (trip, stop) = (self.tracker.open_trip(), self.tracker.open_stop());
        self.trips.extend(trip.map(|trip| (trip.id, trip)));
        self.stops.extend(stop.map(|stop| (stop.id, stop)));
        batch.snapshots.push(Snapshot { state: self.tracker.live().clone(), tracker: self.tracker.to_bytes() });
        batch.trips.extend(self.trips.into_values());
        batch.stops.extend(self.stops.into_values());
        batch.events.extend(self.events);
    }
}

fn hours(from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let first = ingest::hour_of(from);
    let count = (to - first).num_hours() + 1;
    (0..count).map(|hour| first + TimeDelta::hours(hour)).collect()
}
