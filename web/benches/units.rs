//! A province at once: 24,000 units and 60,000 accounts from one workbook, over the API; then the tree, and what people type.
//!
//! `cargo bench -p web --bench units` with `DATABASE_URL` set; prints one line a step.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::unit::{Level, Unit, UnitId};
use fleet_db::LiveFeed;
use fleet_db::account::NewAccount;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

const UNITS: usize = 24_000;
const ACCOUNTS: usize = 60_000;
const PASSWORD: &str = "Motorpool-demo-1";
const TRADES: &[&str] = &[
    "公安",
    "财政",
    "税务",
    "教育",
    "民政",
    "司法行政",
    "自然资源",
    "生态环境",
    "交通运输",
    "水利",
    "农业农村",
    "卫生健康",
    "应急管理",
    "市场监督管理",
    "综合行政执法",
    "统计",
    "审计",
    "医疗保障",
];
const QUESTIONS: &[&str] =
    &["公安", "gongan", "gaj", "3区", "jiguanshiwu", "hz", "财政局", "bangongshi", "统计 12", "13003", "局", "z"];

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A client that has signed in.
struct Client {
    router: Router,
    cookie: String,
    csrf: String,
}

fn say(line: &str) {
    // Nobody reads any more: nothing to be done about it.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn ms(span: Duration) -> String {
    format!("{:.1} ms", span.as_secs_f64() * 1000.0)
}

/// Ten cities of ten counties, each with its bureaus, each of those with its offices: 24,000 in all, and people in them.
fn workbook() -> Result<Vec<u8>, Failure> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("单位")?;
    let mut names: Vec<String> = Vec::new();
    let mut row = 0;
    let mut put = |cells: [&str; 5]| -> Result<(), Failure> {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell)?;
        }
        row += 1;
        Ok(())
    };
    put(["单位名称", "上级单位", "层级", "行政区划代码", "单位性质"])?;
    'all: for city in 1..=10 {
        let city_name = format!("第{city}市机关事务管理局");
        let city_code = format!("13{city:02}00");
        put([&city_name, "", "市", &city_code, "机关"])?;
        names.push(city_name.clone());
        for county in 1..=10 {
            let county_name = format!("第{city}市{county}区机关事务管理中心");
            let county_code = format!("13{city:02}{county:02}");
            put([&county_name, &city_name, "县", &county_code, "机关"])?;
            names.push(county_name.clone());
            for bureau in 0..240 {
                let trade = TRADES.get(bureau % TRADES.len()).copied().unwrap_or_default();
                let name = format!("第{city}市{county}区{trade}局{bureau}处");
                put([&name, &county_name, "县", &county_code, "机关"])?;
                names.push(name);
                if names.len() == UNITS {
                    break 'all;
                }
            }
        }
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name("账号")?;
    for (column, cell) in (0..).zip(["登录名", "姓名", "角色", "所属单位"]) {
        sheet.write_string(0, column, cell)?;
    }
    for (row, n) in (1..).zip(0..ACCOUNTS) {
        let unit = names.get(n * 7 % names.len()).map_or("", String::as_str);
        for (column, cell) in (0..).zip([format!("user{n}").as_str(), "张三", "驾驶员", unit]) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

impl Client {
    async fn ask(&self, request: axum::http::request::Builder, body: Vec<u8>) -> Result<(StatusCode, HeaderMap, Bytes), Failure> {
        let request = request.header("host", "localhost").header(COOKIE, &self.cookie).header("x-csrf-token", &self.csrf);
        let answer = self.router.clone().oneshot(request.body(Body::from(body))?).await?;
        let (parts, body) = answer.into_parts();
        Ok((parts.status, parts.headers, to_bytes(body, usize::MAX).await?))
    }

    async fn sign_in(router: Router) -> Result<Self, Failure> {
        let client = Self { router: router.clone(), cookie: String::new(), csrf: String::new() };
        let body = json!({ "login": "admin", "password": PASSWORD }).to_string().into_bytes();
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        let (_, headers, body) = client.ask(request, body).await?;
        let cookie = headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let session: Value = serde_json::from_slice(&body)?;
        let csrf = session.get("csrf_token").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { router, cookie: cookie.split(';').next().unwrap_or_default().to_owned(), csrf })
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let now: DateTime<Utc> = "2026-03-02T04:00:00Z".parse()?;
    let db = fleet_db::testing::database().await;
    let mut tx = fleet_db::begin(&db.pool).await?;
    let top = Unit::new(UnitId(Uuid::now_v7()), None, "示例省机关事务管理局", Level::Province, "130000".parse()?);
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
    let config = web::Config { request_timeout_secs: 600, ..web::Config::default() };
    let shutdown = CancellationToken::new();
    let app = web::App::start(
        db.pool.clone(),
        Arc::new(move || now),
        &LiveFeed::default(),
        config,
        (web::DataKey::random(), web::sealing::new_key()?),
        shutdown.clone(),
    )
    .await?;
    let client = Client::sign_in(web::router(&app, None)).await?;

    let started = Instant::now();
    let file = workbook()?;
    say(&format!(
        "workbook of {UNITS} units and {ACCOUNTS} accounts: {} bytes, written in {}",
        file.len(),
        ms(started.elapsed())
    ));
    let mut spans = Vec::new();
    for (what, path) in [("looked through", "/imports/preview"), ("loaded", "/imports"), ("sent again", "/imports")] {
        let request = Request::post(format!("/api/v1{path}?file=province.xlsx"));
        let started = Instant::now();
        let (status, _, body) = client.ask(request, file.clone()).await?;
        let answer: Value = serde_json::from_slice(&body)?;
        say(&format!("{what}: {} ({status}, {})", ms(started.elapsed()), answer.get("loaded").unwrap_or(&Value::Null)));
        spans.push(started.elapsed());
    }
    if let [looked, loaded, _] = spans.as_slice() {
        say(&format!("ratio: loading takes {:.1} times what looking through takes", loaded.as_secs_f64() / looked.as_secs_f64()));
    }

    for (what, encoding) in [("first", "br"), ("again", "br"), ("again, gzip", "gzip")] {
        let started = Instant::now();
        let (_, _, body) = client.ask(Request::get("/api/v1/units/tree").header("accept-encoding", encoding), Vec::new()).await?;
        say(&format!("tree, {what}: {} bytes in {}", body.len(), ms(started.elapsed())));
    }
    let mut spans = Vec::new();
    for round in 0..20 {
        for question in QUESTIONS {
            let encoded: String = form_urlencoded::byte_serialize(question.as_bytes()).collect();
            let started = Instant::now();
            let (_, _, body) = client.ask(Request::get(format!("/api/v1/units/search?q={encoded}")), Vec::new()).await?;
            spans.push(started.elapsed());
            if round == 0 {
                let found: Value = serde_json::from_slice(&body)?;
                let found = found.get("items").and_then(Value::as_array).map_or(0, Vec::len);
                say(&format!("search {question}: {found} shown, {}", ms(started.elapsed())));
            }
        }
    }
    spans.sort_unstable();
    let at = |share: usize| spans.get(spans.len() * share / 100).copied().unwrap_or_default();
    say(&format!("search: p50 {}, p99 {}, longest {}", ms(at(50)), ms(at(99)), ms(spans.last().copied().unwrap_or_default())));
    shutdown.cancel();
    Ok(())
}
