//! The cars of the demonstration: their past where they have none, and from now on their terminals.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fleet_db::{Clock, PgPool};
use telematics::id::VehicleNo;
use telematics::live::LiveState;
use telematics::place::LonLat;
use telematics::quantity::{Distance, Share, Volume};
use telematics::simulate::plan::{Planner, Start};
use telematics::simulate::profile::{Profile, Rhythm, Stock};
use telematics::simulate::vehicle::SimVehicle;
use telematics::simulate::world::World;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::command::simulate::course::{Course, Destinations};
use crate::command::simulate::disorder::Disorder;
use crate::command::simulate::protocol::Protocol;
use crate::command::simulate::sign_in::Identity;
use crate::command::simulate::tally::Tally;
use crate::command::simulate::terminal::{Pace, Terminal};
use crate::logging;
use crate::seed::fleet::{SeedVehicle, Use};
use crate::seed::history::{self, Past};
use crate::seed::life;
use crate::seed::units::SeedUnit;

/// Between two reports of a car under way, and of one at rest.
const MOVING: Duration = Duration::from_secs(5);
const STANDING: Duration = Duration::from_secs(30);
/// Between the sign-ins of two terminals.
const STAGGER: Duration = Duration::from_millis(8);
/// How long what is on the way may be acknowledged after the end.
const DRAIN: Duration = Duration::from_secs(2);

/// Everything that drives (模拟车流).
pub(super) struct Traffic {
    /// The seed of the fleet.
    pub(super) seed: u64,
    /// Where cars live and go to.
    pub(super) units: Vec<SeedUnit>,
    /// The cars with their numbers in the store.
    pub(super) cars: Vec<(VehicleNo, SeedVehicle)>,
    /// The store.
    pub(super) pool: PgPool,
    /// How the gateway takes positions in.
    pub(super) gateway: gateway::Config,
    /// What time it is.
    pub(super) clock: Clock,
    /// No more driving.
    pub(super) stop: CancellationToken,
}

/// How a car was last heard of.
struct LastHeard {
    /// Its number among the starts of the world.
    start: usize,
    state: LiveState,
}

impl Traffic {
    /// Drives until it is stopped.
    pub(super) async fn run(self, to: Destinations) -> anyhow::Result<()> {
        let places: Vec<LonLat> = self.units.iter().map(|unit| unit.at).collect();
        self.past(&places).await?;
        if self.stop.is_cancelled() {
            return Ok(());
        }
        let states = fleet_db::live::load_all(&mut *self.pool.acquire().await?).await?;
        let (heard, starts) = last_heard(states);
        let world = Arc::new(spawn_blocking(move || World::hangzhou(&places, &starts)).await?);
        let course = Arc::new(Course {
            to,
            from: Vec::new(),
            begin: Instant::now(),
            begin_at: (self.clock)(),
            outages: Vec::new(),
            disorder: Disorder::default(),
            drain: DRAIN,
            tally: Arc::new(Tally::new(None)),
            stop: self.stop.clone(),
        });
        let mut terminals = JoinSet::new();
        for (first, (no, car)) in (0_u32..).zip(self.cars.iter().filter(|(_, car)| car.use_of != Use::Silent)) {
            let pace = Pace { moving: MOVING, standing: STANDING, first: STAGGER * first };
            let vehicle = vehicle(&world, self.seed, car, heard.get(no), &course);
            let Some(protocol) = Protocol::of(car.speaks) else { continue };
            let terminal = Terminal::new(Identity::of_seed(protocol, car.index, car), vehicle, pace);
            terminals.spawn(terminal.run(Arc::clone(&course)));
        }
        while terminals.join_next().await.is_some() {}
        Ok(())
    }

    /// What the cars have lived through, then three days of history, for those that have none; with a line of progress.
    async fn past(&self, places: &[LonLat]) -> anyhow::Result<()> {
        let cars: Vec<SeedVehicle> = self.cars.iter().map(|(_, car)| car.clone()).collect();
        let told = |done: usize| logging::progress(&format!("车辆履历 lives: {done} / {}", cars.len()));
        life::write(&self.pool, (self.seed, &self.units), &cars, (self.clock)(), told).await?;
        let homes = places.to_vec();
        let world = Arc::new(spawn_blocking(move || World::hangzhou(&homes, &[])).await?);
        let past =
            Past { seed: self.seed, now: (self.clock)(), hot_hours: self.gateway.hot_hours, policy: self.gateway.policy.clone() };
        let all = self.cars.len();
        let told = |done: usize| logging::progress(&format!("历史轨迹 history: {done} / {all}"));
        tokio::select! {
            written = history::write(&self.pool, &world, &self.cars, &past, told) => written,
            () = self.stop.cancelled() => Ok(()),
        }
    }
}

fn last_heard(states: Vec<LiveState>) -> (HashMap<VehicleNo, LastHeard>, Vec<LonLat>) {
    let mut starts = Vec::new();
    let mut heard = HashMap::new();
    for state in states {
        if let Some(at) = state.fix.as_ref().map(|fix| fix.at) {
            heard.insert(state.vehicle, LastHeard { start: starts.len(), state });
            starts.push(at);
        }
    }
    (heard, starts)
}

/// A car that goes on from where it was last heard of.
fn vehicle(world: &Arc<World>, seed: u64, car: &SeedVehicle, heard: Option<&LastHeard>, course: &Course) -> SimVehicle {
    let profile = Profile { drivetrain: car.drivetrain, habit: car.habit(), rhythm: Rhythm::RoundTheClock };
    let first = car.first_stock(seed);
    let stock = heard.map_or(first, |heard| Stock {
        odometer_m: heard.state.reading.odometer.map_or(first.odometer_m, Distance::metres),
        fuel_l: heard.state.reading.fuel.map_or(first.fuel_l, Volume::litres),
        soc_pct: heard.state.reading.soc.map_or(first.soc_pct, Share::pct),
    });
    let start = Start { at: heard.map(|heard| heard.start), stock, from: course.begin_at };
    let own = car.seed(seed);
    let planner = Planner::new(Arc::clone(world), own, profile, car.home, start);
    SimVehicle::new(planner, own, car.drivetrain, course.begin_at.timestamp_millis())
}
