//! A day of a province through the API: 23,000 requests, each approved, given a car, accepted, driven and brought back by the one
//! whose step it is, among 24,000 units and 77,000 cars; then as many transactions as that took, as fast as the store takes any.
//!
//! `cargo bench -p web --bench orders` with `DATABASE_URL` set; `make bench` runs it on a server that makes everything durable.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::testing::fleet::{execute, number};
use fleet_db::testing::province::{self, FIRST_BELOW, UNITS, key};
use fleet_db::{LiveFeed, PgPool};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Units that travel on this day, and trips of each.
const TRAVELLING: u32 = 2_300;
const ROUNDS: u32 = 10;
/// Trips that are worked on at the same moment.
const AT_ONCE: u32 = 16;
/// Connections to the store.
const CONNECTIONS: u32 = 16;

/// Four people, a driver's file and a session each for every unit that travels; the token of a session is its number.
const PEOPLE: &str = "
    insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at)
    select lpad(to_hex(role.first + n), 32, '0')::uuid, role.name || n, '人员' || n, 'none', role.name, lpad(to_hex(n), 32, '0')::uuid,
           '2026-03-01', '2026-01-01'
    from generate_series(113, 2412) n,
         (values (1000000, 'applicant'), (2000000, 'unit_leader'), (3000000, 'dispatcher'), (4000000, 'driver')) role (first, name);
    insert into account_grant (id, account_id, role, unit_id, during, reason, created_at)
    select id, id, role, unit_id, '[2026-01-01,)', '', '2026-01-01' from account on conflict do nothing;
    insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(4000000 + n), 32, '0')::uuid, '师傅' || n,
           '13800000000', 'C1', '1234', '2030-01-01', 'on_duty', '2020-01-01', '2026-01-01'
    from generate_series(113, 2412) n;
    insert into account_session (id, token_sha256, account_id, kind, name, csrf_token, peer, user_agent, created_at, last_seen_at,
                                 expires_at, awaits_code, vouched_by)
    select id, sha256(convert_to(login, 'utf8')), id, 'browser', '', 'csrf', '127.0.0.1', 'bench', '2026-03-01', '2026-03-02',
           '2026-04-01', false, 'password'
    from account where id > lpad(to_hex(1000000), 32, '0')::uuid;
    create table ceiling (id bigint generated always as identity primary key, row text not null);
    vacuum analyze";

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T = ()> = Result<T, Failure>;

/// The service, and how long it took for each kind of step.
#[derive(Clone)]
struct Day {
    router: Router,
    spans: Arc<Mutex<BTreeMap<Step, Vec<Duration>>>>,
    begins: DateTime<Utc>,
}

/// What people do, in the order in which they do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Request,
    Approve,
    Candidates,
    Dispatch,
    Accept,
    Depart,
    Return,
}

/// A trip of one unit in one round, with its order once it has one.
struct Trip {
    unit: u32,
    round: u32,
    order: String,
}

fn say(line: &str) {
    // Nobody reads any more: nothing to be done about it.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn id_of(answer: &Value) -> Outcome<String> {
    Ok(answer.get("id").and_then(Value::as_str).ok_or_else(|| format!("no id: {answer}"))?.to_owned())
}

impl Day {
    /// One step by the one of that role; its answer. Anything but success ends the bench.
    async fn step(&self, step: Step, (role, unit): (&str, u32), path: &str, body: Option<Value>) -> Outcome<Value> {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", "localhost")
            .header(COOKIE, format!("motorpool_session={role}{unit}"))
            .header("x-csrf-token", "csrf")
            .header(CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?;
        let started = Instant::now();
        let answer = self.router.clone().oneshot(request).await?;
        let (status, body) = (answer.status(), to_bytes(answer.into_body(), usize::MAX).await?);
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).entry(step).or_default().push(started.elapsed());
        if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
            return Err(format!("{step:?} of unit {unit}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }

    fn at(&self, round: u32, minutes: i64) -> DateTime<Utc> {
        self.begins + TimeDelta::minutes(i64::from(round) * 50 + minutes)
    }

    /// From the request to the driver's word that he will go.
    async fn arrange(&self, unit: u32, round: u32) -> Outcome<Trip> {
        let wish = json!({
            "unit_id": key(unit), "reason": "调研、检查、督导", "purpose": "赴萧山调研", "category": "other", "seats": 5,
            "passengers": [{ "name": "王某", "phone": "13900000000" }], "passenger_count": 2, "vehicle_count": 1,
            "from": { "name": "西湖区府", "lon": 120.13, "lat": 30.25 }, "to": { "name": "萧山区府", "lon": 120.26, "lat": 30.18 },
            "is_round_trip": true, "begins_at": self.at(round, 15), "ends_at": self.at(round, 45), "submit": true,
        });
        let asked = self.step(Step::Request, ("applicant", unit), "/trip-requests", Some(wish)).await?;
        let request = id_of(&asked)?;
        let path = format!("/trip-requests/{request}");
        let approve = Some(json!({ "action": "approve" }));
        self.step(Step::Approve, ("unit_leader", unit), &format!("{path}/actions"), approve).await?;
        let candidates = self.step(Step::Candidates, ("dispatcher", unit), &format!("{path}/candidates"), None).await?;
        let first = candidates.pointer("/vehicles/0/vehicle_id").ok_or("no car")?;
        let chosen = Some(json!({ "vehicle_id": first, "driver_id": key(unit) }));
        let issued = self.step(Step::Dispatch, ("dispatcher", unit), &format!("{path}/orders"), chosen).await?;
        let trip = Trip { unit, round, order: id_of(&issued)? };
        self.drive(Step::Accept, &trip).await?;
        Ok(trip)
    }

    /// A step of the driver; readings of the odometer grow from round to round, whichever car it is.
    async fn drive(&self, step: Step, trip: &Trip) -> Outcome {
        let km = f64::from(trip.round) * 100.0;
        let body = match step {
            Step::Depart => json!({ "action": "depart", "odometer_km": km + 1_000.0 }),
            Step::Return => json!({ "action": "return", "odometer_km": km + 1_038.2 }),
            _ => json!({ "action": "accept" }),
        };
        self.step(step, ("driver", trip.unit), &format!("/dispatch-orders/{}/actions", trip.order), Some(body)).await?;
        Ok(())
    }

    /// One round: every unit arranges a trip, drives off and comes back, each at its time of the day.
    async fn round(&self, round: u32, clock: &AtomicI64) -> Outcome {
        clock.store(self.at(round, 0).timestamp(), Ordering::SeqCst);
        let day = self.clone();
        let units = (FIRST_BELOW..FIRST_BELOW + TRAVELLING).collect();
        let mut trips = side_by_side(units, move |unit| {
            let day = day.clone();
            async move { day.arrange(unit, round).await }
        })
        .await?;
        for (step, minute) in [(Step::Depart, 15), (Step::Return, 45)] {
            clock.store(self.at(round, minute).timestamp(), Ordering::SeqCst);
            let day = self.clone();
            trips = side_by_side(trips, move |trip: Trip| {
                let day = day.clone();
                async move { day.drive(step, &trip).await.map(|()| trip) }
            })
            .await?;
        }
        Ok(())
    }

    /// The figures of each step.
    fn tell(&self) {
        for (step, spans) in self.spans.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            spans.sort_unstable();
            let at = |share: usize| spans.get(spans.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1000.0;
            say(&format!("  {:12} {:6} times, p50 {:6.1} ms, p99 {:6.1} ms", format!("{step:?}"), spans.len(), at(50), at(99)));
        }
    }
}

/// Does the work of each item, [`AT_ONCE`] at a time; what came of them.
async fn side_by_side<T, U, W, F>(items: Vec<T>, work: F) -> Outcome<Vec<U>>
where
    T: Send + 'static,
    U: Send + 'static,
    W: Future<Output = Outcome<U>> + Send + 'static,
    F: Fn(T) -> W + Clone + Send + 'static,
{
    let items = Arc::new(Mutex::new(items));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (items, work) = (Arc::clone(&items), work.clone());
        workers.spawn(async move {
            let mut done = Vec::new();
            loop {
                let next = items.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(item) = next else { break Outcome::Ok(done) };
                done.push(work(item).await?);
            }
        });
    }
    let mut done = Vec::new();
    while let Some(worker) = workers.join_next().await {
        done.extend(worker??);
    }
    Ok(done)
}

/// As many transactions of one row of that length, over as many connections.
async fn ceiling(pool: &PgPool, transactions: usize) -> Outcome<Duration> {
    let started = Instant::now();
    let pool = pool.clone();
    side_by_side(vec![(); transactions], move |()| {
        let pool = pool.clone();
        async move { Ok(execute(&pool, "insert into ceiling (row) values (repeat('x', 600))").await?) }
    })
    .await?;
    Ok(started.elapsed())
}

/// Transactions that the store has committed so far, and bytes of its log.
async fn written(pool: &PgPool) -> Outcome<(i64, i64)> {
    execute(pool, "select pg_stat_force_next_flush()").await?;
    let commits = number(pool, "select xact_commit from pg_stat_database where datname = current_database()").await?;
    let log = number(pool, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").await?;
    Ok((commits, log))
}

#[tokio::main]
async fn main() -> Outcome {
    let begins: DateTime<Utc> = "2026-03-02T00:00:00Z".parse()?;
    let database = fleet_db::testing::database().await;
    let pool = fleet_db::connect(&database.url(), CONNECTIONS).await?;
    province::fill(&pool).await?;
    for statement in PEOPLE.split(";\n") {
        execute(&pool, statement).await?;
    }
    let clock = Arc::new(AtomicI64::new(begins.timestamp()));
    let now = Arc::clone(&clock);
    let config = web::Config { session_idle_secs: 7 * 86_400, session_absolute_secs: 60 * 86_400, ..web::Config::default() };
    let shutdown = CancellationToken::new();
    let app = web::App::start(
        pool.clone(),
        Arc::new(move || DateTime::from_timestamp(now.load(Ordering::SeqCst), 0).unwrap_or_default()),
        &LiveFeed::default(),
        config,
        (web::DataKey::random(), web::sealing::new_key()?),
        shutdown.clone(),
    )
    .await?;
    let day = Day { router: web::router(&app, None), spans: Arc::default(), begins };
    let (commits, log) = written(&pool).await?;
    let started = Instant::now();
    for round in 0..ROUNDS {
        day.round(round, &clock).await?;
    }
    let took = started.elapsed();
    let (after, end) = written(&pool).await?;
    let orders = number(&pool, "select count(*) from dispatch_order where state = 'returned'").await?;
    if orders != i64::from(TRAVELLING * ROUNDS) {
        return Err(format!("{orders} orders came back").into());
    }
    say(&format!("{orders} orders of {TRAVELLING} units among {UNITS}, from request to return in {:.1} s", took.as_secs_f64()));
    let rate = f64::from(TRAVELLING * ROUNDS) / took.as_secs_f64();
    say(&format!("  {rate:.0} orders a second; {} transactions, {} bytes of log", after - commits, end - log));
    day.tell();
    // Six steps of each order change something; looking at candidates does not.
    let changes = usize::try_from(TRAVELLING * ROUNDS * 6)?;
    let plain = ceiling(&pool, changes).await?;
    let share = plain.as_secs_f64() / took.as_secs_f64();
    say(&format!("{changes} transactions of one row each, as fast as the store takes them: {:.1} s", plain.as_secs_f64()));
    say(&format!("ratio: the day runs at {:.0} % of the store's own ceiling for as many changes", share * 100.0));
    shutdown.cancel();
    Ok(())
}
