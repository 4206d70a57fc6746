//! A province's annual report at once: 24,000 units, 77,000 cars, a year of trips and costs; read over the API at the top and at a county.
//!
//! `cargo bench -p web --bench annual` with `DATABASE_URL` set; prints one line a step.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::LiveFeed;
use fleet_db::account::NewAccount;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

const PASSWORD: &str = "Motorpool-demo-1";
const TOP: UnitId = UnitId(Uuid::from_u128(0xF));
/// Twelve cities of twelve counties with 165 units each; cars spread over all of them, twelve trips and three costs a car.
const FURNITURE: &[(&str, &str)] = &[
    (
        "cities",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), '00000000-0000-0000-0000-00000000000f', '市' || n, 3, '130100', 'organ', '2020-01-01' from generate_series(1, 12) n",
    ),
    (
        "counties",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), u.id, u.name || '县' || n, 4, '130102', 'organ', '2020-01-01' from unit u, generate_series(1, 12) n where u.level = 3",
    ),
    (
        "units",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), u.id, u.name || '局' || n, 4, '130102', 'organ', '2020-01-01' from unit u, generate_series(1, 165) n where u.level = 4",
    ),
    (
        "cars",
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
         select gen_random_uuid(), '冀' || chr(65 + n / 10000) || lpad((n % 10000)::text, 5, '0'), u.id,
                (array['other', 'law_enforcement', 'emergency_support'])[1 + n % 3], (array['petrol', 'electric', 'hybrid', 'diesel'])[1 + n % 4], '车', 5,
                'in_service', make_timestamptz(2018 + n % 8, 6, 1, 0, 0, 0)
         from generate_series(0, 76999) n
         join (select id, row_number() over (order by id) - 1 as at, count(*) over () as of from unit) u on u.at = n % u.of",
    ),
    (
        "trips",
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, make_timestamptz(2025, m, 3, 1, 0, 0), make_timestamptz(2025, m, 3, 2, 0, 0), 'SRID=4326;POINT(115 38)',
                'SRID=4326;POINT(115 38)', 30000, 600, 0
         from vehicle v, generate_series(1, 12) m",
    ),
    (
        "costs",
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, source, note, posted_at)
         select gen_random_uuid(), v.id, v.unit_id, h.head, 20000, '2025-07-05', 'manual', '', now()
         from vehicle v, (values ('repair'), ('toll'), ('insurance')) as h (head)",
    ),
    ("statistics", "analyze"),
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A client that has signed in.
struct Client {
    router: Router,
    cookie: String,
}

fn say(line: &str) {
    // Nobody reads any more: nothing to be done about it.
    let _ = writeln!(std::io::stdout(), "{line}");
}

impl Client {
    async fn ask(&self, request: axum::http::request::Builder, body: Vec<u8>) -> Result<(HeaderMap, Bytes), Failure> {
        let request = request.header("host", "localhost").header(COOKIE, &self.cookie);
        let answer = self.router.clone().oneshot(request.body(Body::from(body))?).await?;
        let (parts, body) = answer.into_parts();
        Ok((parts.headers, to_bytes(body, usize::MAX).await?))
    }

    async fn sign_in(router: Router) -> Result<Self, Failure> {
        let client = Self { router: router.clone(), cookie: String::new() };
        let body = json!({ "login": "admin", "password": PASSWORD }).to_string().into_bytes();
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        let (headers, _) = client.ask(request, body).await?;
        let cookie = headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self { router, cookie: cookie.split(';').next().unwrap_or_default().to_owned() })
    }

    /// Reads the report of a unit, says how long that took and what it comes to, and gives the first unit below.
    async fn report(&self, what: &str, unit: &str) -> Result<Option<String>, Failure> {
        let started = Instant::now();
        let (_, body) = self.ask(Request::get(format!("/api/v1/annual-reports/{unit}/2025")), Vec::new()).await?;
        let took = started.elapsed();
        let report: Value = serde_json::from_slice(&body)?;
        let sums = report.get("sums").and_then(Value::as_array).cloned().unwrap_or_default();
        let of = |item: &str| {
            let sum = sums.iter().find(|sum| sum.get("item").and_then(Value::as_str) == Some(item));
            sum.and_then(|sum| sum.get("total")).and_then(Value::as_i64).unwrap_or_default()
        };
        say(&format!(
            "{what}: {:.1} s, {} bytes; {} cars, {} m, {} fen of repairs",
            took.as_secs_f64(),
            body.len(),
            of("closing"),
            of("distance"),
            of("repair")
        ));
        Ok(report.pointer("/parts/0/unit_id").and_then(Value::as_str).map(str::to_owned))
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let now: DateTime<Utc> = "2026-03-02T04:00:00Z".parse()?;
    let db = fleet_db::testing::database().await;
    let mut tx = fleet_db::begin(&db.pool).await?;
    let top = Unit::new(TOP, None, "示例省机关事务管理局", Level::Province, "130000".parse()?);
    fleet_db::unit::insert(&mut tx, &top, now).await?;
    let admin = NewAccount {
        id: AccountId(Uuid::now_v7()),
        login: "admin".parse()?,
        display_name: "管理员".to_owned(),
        password_hash: web::password::hash(PASSWORD)?,
        role: Role::Authority,
        unit: top.id,
    };
    fleet_db::account::insert(&mut tx, &admin, now).await?;
    tx.commit().await?;
    for (what, statement) in FURNITURE {
        let started = Instant::now();
        fleet_db::testing::fleet::execute(&db.pool, statement).await?;
        say(&format!("{what} in {:.1} s", started.elapsed().as_secs_f64()));
    }
    let shutdown = CancellationToken::new();
    let app = web::App::start(
        db.pool.clone(),
        Arc::new(move || now),
        &LiveFeed::default(),
        web::Config { request_timeout_secs: 600, ..web::Config::default() },
        (web::DataKey::random(), web::sealing::new_key()?),
        shutdown.clone(),
    )
    .await?;
    let client = Client::sign_in(web::router(&app, None)).await?;
    let mut unit = Some(TOP.0.to_string());
    for what in ["the province", "a city", "a county", "a unit"] {
        if let Some(asked) = unit {
            unit = client.report(what, &asked).await?;
        } else {
            break;
        }
    }
    shutdown.cancel();
    Ok(())
}
