//! `cargo bench -p fleet-db --bench scope`: what row-level security costs. The same ten queries as the owner of the tables and
//! as `motorpool_web`, in turn, over 24,000 units, 77,000 vehicles and 60,000 accounts. Needs a server in `DATABASE_URL`; makes
//! and drops a database of its own.

#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::account::roll;
use fleet_db::testing::province;
use fleet_db::vehicle::Filter;
use fleet_db::{Access, PgConnection, Transaction, event, terminal, track, trip, unit, vehicle};
use sqlx::PgPool;
use telematics::id::{DeviceId, VehicleId};
use uuid::Uuid;

/// Rounds of each query as each of the two.
const ROUNDS: usize = 15;
/// A vehicle, its device and an account, of a county that every scope below has.
const SOME: u128 = 0x2d;

/// Some history of what belongs to them.
const HISTORY: &str = "
    create table vehicle_position_all partition of vehicle_position default;
    insert into vehicle_position (vehicle_no, fixed_at, sequence, received_at, lon_e7, lat_e7, flags)
    select no, timestamptz '2026-03-02' + k * interval '10 seconds', k, '2026-03-02', 1200000000, 300000000, 0
    from vehicle, generate_series(1, 2000) k
    where no between 40 and 60;
    insert into trip (id, vehicle_no, started_at, origin, destination, distance_m, max_speed_dkmh, stops)
    select gen_random_uuid(), no, timestamptz '2026-03-02' + k * interval '1 hour', 'srid=4326;point(120 30)', 'srid=4326;point(120 30)', 0, 0, 0
    from vehicle, generate_series(1, 5) k;
    insert into vehicle_event (vehicle_no, at, kind, detail)
    select no, timestamptz '2026-03-02' + k * interval '1 hour', 'trip_started', '{}' from vehicle, generate_series(1, 5) k;
    vacuum analyze";

/// What goes wrong here ends the bench with its text.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Queries as the console asks them.
const QUERIES: [&str; 10] = [
    "list of vehicles",
    "search of vehicles",
    "one vehicle",
    "list of terminals",
    "counts of terminals",
    "units",
    "list of accounts",
    "track of a day",
    "trips of a day",
    "events of a day",
];

#[tokio::main]
async fn main() -> Outcome {
    let database = fleet_db::testing::database().await;
    // A connection for each: the server plans a statement anew whenever it is another who asks.
    let pool = fleet_db::connect(&database.url(), 1).await?;
    let within = fleet_db::connect(&database.url(), 1).await?;
    province::fill(&pool).await?;
    for statement in HISTORY.split(";\n") {
        sqlx::query(statement).execute(&pool).await?;
    }
    let top = |n: u128| Scope::of(UnitId(Uuid::from_u128(n)));
    for (name, scope) in [("province", top(1)), ("city", top(4)), ("county", top(0x2e))] {
        println!("{name}");
        let mut product = 1.0_f64;
        for (number, query) in QUERIES.iter().enumerate() {
            let (plain, secured) = compare((&pool, &within), &scope, number).await?;
            let ratio = secured.as_secs_f64() / plain.as_secs_f64();
            product *= ratio;
            println!("  {query:20} {:9.2} ms {:9.2} ms  {ratio:5.2}", millis(plain), millis(secured));
        }
        println!("  {:20} {:>27.2}", "geometric mean", product.powf(0.1));
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The median time of a query without row-level security and with it, in turn; the transaction around it is counted in both.
async fn compare((pool, within): (&PgPool, &PgPool), scope: &Scope, number: usize) -> Outcome<(Duration, Duration)> {
    let (mut plain, mut secured) = (Vec::new(), Vec::new());
    // The server plans a prepared statement anew some times before it keeps a plan.
    for round in 0..ROUNDS + 6 {
        let started = Instant::now();
        let mut tx = fleet_db::begin(pool).await?;
        let rows = ask(&mut tx, scope, number).await?;
        end(tx).await?;
        let without = started.elapsed();
        let started = Instant::now();
        let mut tx = fleet_db::begin_within(within, scope, None, Access::Read).await?;
        let seen = ask(&mut tx, scope, number).await?;
        end(tx).await?;
        let with = started.elapsed();
        if rows != seen || rows == 0 {
            return Err(format!("query {number}: {rows} rows without, {seen} with").into());
        }
        if round >= 6 {
            plain.push(without);
            secured.push(with);
        }
    }
    plain.sort_unstable();
    secured.sort_unstable();
    let median = |times: &[Duration]| times.get(ROUNDS / 2).copied().ok_or("no rounds");
    Ok((median(&plain)?, median(&secured)?))
}

async fn end(tx: Transaction) -> Outcome {
    Ok(tx.rollback().await?)
}

/// Asks one of the ten; how many rows there were.
async fn ask(conn: &mut PgConnection, scope: &Scope, number: usize) -> Outcome<usize> {
    let now: DateTime<Utc> = "2026-03-02T04:00:00Z".parse()?;
    let (from, to) = (now - TimeDelta::days(1), now + TimeDelta::days(1));
    let car = VehicleId(Uuid::from_u128(SOME));
    let device = DeviceId(Uuid::from_u128(SOME));
    let search = Filter { text: Some("a0004".to_owned()), ..Filter::default() };
    Ok(match number {
        0 => vehicle::list(conn, scope, &Filter::default(), "", 101).await?.len(),
        1 => vehicle::list(conn, scope, &search, "", 101).await?.len(),
        2 => {
            vehicle::load(conn, scope, car).await?;
            terminal::load(conn, scope, device, now).await?;
            1
        }
        3 => terminal::list(conn, scope, &terminal::Filter::default(), "", 101, now).await?.len(),
        4 => terminal::counts(conn, scope, now).await?.bound as usize,
        5 => unit::list(conn, scope).await?.len(),
        6 => roll::list(conn, scope, &roll::Filter::default(), "", 101, now).await?.len(),
        7 => {
            let no = vehicle::number(conn, scope, car).await?;
            track::read(conn, no, from, to).await?.len()
        }
        8 => {
            let no = vehicle::number(conn, scope, car).await?;
            trip::list(conn, no, from, to).await?.len()
        }
        _ => {
            let no = vehicle::number(conn, scope, car).await?;
            let _ = roll::load(conn, scope, AccountId(Uuid::from_u128(SOME)), now).await?;
            event::list(conn, no, from, to, None, 100).await?.len()
        }
    })
}
