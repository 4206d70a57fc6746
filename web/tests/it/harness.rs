//! A small world with units, accounts and cars, and clients that ask the router.

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chrono::{DateTime, Duration, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::audit::seal::SealKey;
use dispatch::scope::Scope;
use dispatch::unit::{Level, Unit, UnitId};
use dispatch::vehicle::{Alias, ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use fleet_db::account::NewAccount;
use fleet_db::testing::TestDatabase;
use fleet_db::{LiveFeed, PgPool};
use serde_json::Value;
use telematics::fix::Fix;
use telematics::id::{VehicleId, VehicleNo};
use telematics::live::{LiveState, Motion};
use telematics::place::LonLat;
use telematics::quantity::{Heading, Speed};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;
use web::{App, Config, Courier, DataKey, Ingest};

pub(crate) const PASSWORD: &str = "Motorpool-demo-1";
static HASH: LazyLock<String> = LazyLock::new(|| web::password::hash(PASSWORD).unwrap());

/// The city, with a west and an east side.
pub(crate) const CITY: UnitId = UnitId(Uuid::from_u128(0xC));
pub(crate) const WEST: UnitId = UnitId(Uuid::from_u128(0xA));
pub(crate) const EAST: UnitId = UnitId(Uuid::from_u128(0xE));

/// Everything a test needs.
pub(crate) struct World {
    pub(crate) db: TestDatabase,
    pub(crate) router: Router,
    pub(crate) feed: LiveFeed,
    now: Arc<Mutex<DateTime<Utc>>>,
    shutdown: CancellationToken,
}

/// A car of the world.
#[derive(Clone, Copy)]
pub(crate) struct Car {
    pub(crate) id: VehicleId,
    pub(crate) no: VehicleNo,
}

/// What the router answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Someone who asks; signed in or not.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: Option<String>,
}

/// A client of HTTP on its own connections. It wants to know who would encrypt, although nothing here does; a second test finds
/// it known.
pub(crate) fn browser() -> reqwest::ClientBuilder {
    let _known_already = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// The instant at which every world begins.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

/// What secrets are sealed with.
fn data_key() -> DataKey {
    DataKey::new(*b"a key for the tests of 32 bytes!")
}

/// A unit of the world.
fn unit(id: UnitId, parent: Option<UnitId>, name: &str, lon: f64) -> Unit {
    let level = if parent.is_some() { Level::County } else { Level::City };
    Unit::new(id, parent, name, level, "330100".parse().unwrap()).at(LonLat::new(lon, 30.25).unwrap())
}

/// A car of `unit`, in the register of `pool`.
pub(crate) async fn add_car(pool: &PgPool, unit: UnitId, plate: &str, alias: Option<&str>) -> Car {
    let asset = VehicleAsset {
        plate: plate.parse().unwrap(),
        vin: None,
        unit,
        category: VehicleCategory::EmergencySupport,
        powertrain: Powertrain::Electric,
        model: ModelName::new("红旗 E-QM5").unwrap(),
        seats: Seats::new(5).unwrap(),
        status: VehicleStatus::InService,
        alias: alias.map(|alias| Alias::new(alias).unwrap()),
    };
    let id = VehicleId(Uuid::now_v7());
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let no = fleet_db::vehicle::insert(&mut tx, &Scope::of(unit), id, &asset, noon()).await.unwrap();
    tx.commit().await.unwrap();
    Car { id, no }
}

/// A car under way at a place.
pub(crate) fn moving(no: VehicleNo, at: DateTime<Utc>, lon: f64, lat: f64) -> LiveState {
    LiveState {
        fixed_at: Some(at),
        received_at: Some(at),
        online: true,
        motion: Motion::Moving,
        fix: Some(Fix {
            at: LonLat::new(lon, lat).unwrap(),
            speed: Some(Speed::from_kmh(48.0)),
            heading: Some(Heading::from_degrees(90.0)),
            altitude_m: None,
            satellites: None,
            hdop: None,
            accuracy: None,
        }),
        ..LiveState::unheard(no)
    }
}

impl World {
    /// A world with the usual settings.
    pub(crate) async fn new() -> Self {
        Self::with(Config::default(), async |_| ()).await.0
    }

    /// A world in which administrators need a second factor, as they do where nothing else is configured.
    pub(crate) async fn strict() -> Self {
        Self::build(Config::default(), None, async |_| ()).await.0
    }

    /// A world with other settings, in which nobody needs a second factor, furnished before the service starts.
    pub(crate) async fn with<T>(mut config: Config, furnish: impl AsyncFnOnce(&PgPool) -> T) -> (Self, T) {
        config.second_factor.roles.clear();
        Self::build(config, None, furnish).await
    }

    /// A world in which devices may report.
    pub(crate) async fn reporting_to(ingest: Ingest) -> Self {
        Self::build(Config::default(), Some(&ingest), async |_| ()).await.0
    }

    async fn build<T>(config: Config, ingest: Option<&Ingest>, furnish: impl AsyncFnOnce(&PgPool) -> T) -> (Self, T) {
        let db = fleet_db::testing::database().await;
        let mut tx = fleet_db::begin(&db.pool).await.unwrap();
        for unit in [
            unit(CITY, None, "杭州市机关事务管理局", 120.15),
            unit(WEST, Some(CITY), "西湖区府", 120.13),
            unit(EAST, Some(CITY), "上城区府", 120.17),
        ] {
            fleet_db::unit::insert(&mut tx, &unit, noon()).await.unwrap();
        }
        for (login, role, unit) in [
            ("manager", Role::FleetManager, CITY),
            ("dispatcher", Role::Dispatcher, WEST),
            ("east.manager", Role::FleetManager, EAST),
            ("driver", Role::Driver, WEST),
            ("admin", Role::SystemAdmin, CITY),
            ("security", Role::SecurityAdmin, CITY),
            ("east.security", Role::SecurityAdmin, EAST),
        ] {
            let account = NewAccount {
                id: AccountId(Uuid::now_v7()),
                login: login.parse().unwrap(),
                display_name: login.to_owned(),
                password_hash: HASH.clone(),
                role,
                unit,
            };
            fleet_db::account::insert(&mut tx, &account, noon()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let furniture = furnish(&db.pool).await;
        let now = Arc::new(Mutex::new(noon()));
        let clock = {
            let now = Arc::clone(&now);
            Arc::new(move || *now.lock().unwrap())
        };
        let (feed, shutdown) = (LiveFeed::default(), CancellationToken::new());
        let app = App::start(
            db.pool.clone(),
            clock,
            &feed,
            config,
            (data_key(), SealKey::from_random([7; 32]).unwrap()),
            shutdown.clone(),
        )
        .await
        .unwrap();
        let router = web::router(&app, ingest);
        (Self { db, router, feed, now, shutdown }, furniture)
    }

    /// Opens an account that signs in with the usual password.
    pub(crate) async fn open_account(&self, login: &str, role: Role, unit: UnitId) -> AccountId {
        let account = NewAccount {
            id: AccountId(Uuid::now_v7()),
            login: login.parse().unwrap(),
            display_name: login.to_owned(),
            password_hash: HASH.clone(),
            role,
            unit,
        };
        let mut tx = fleet_db::begin(&self.db.pool).await.unwrap();
        fleet_db::account::insert(&mut tx, &account, noon()).await.unwrap();
        tx.commit().await.unwrap();
        account.id
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, span: Duration) {
        *self.now.lock().unwrap() += span;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }

    /// Who takes messages to other platforms, by the clock of this world.
    pub(crate) fn courier(&self) -> Courier {
        let now = Arc::clone(&self.now);
        Courier::open(self.db.pool.clone(), Arc::new(move || *now.lock().unwrap()), data_key()).unwrap()
    }

    /// Someone who is not signed in.
    pub(crate) fn stranger(&self) -> Client {
        Client { router: self.router.clone(), cookie: None, csrf: None }
    }

    /// Someone who has signed in.
    pub(crate) async fn sign_in(&self, login: &str) -> Client {
        self.sign_in_with(login, PASSWORD).await
    }

    /// Someone who has signed in with a password of his own.
    pub(crate) async fn sign_in_with(&self, login: &str, password: &str) -> Client {
        let mut client = self.stranger();
        let answer = client.post("/session", &serde_json::json!({ "login": login, "password": password })).await;
        client.keep(&answer);
        client
    }

    /// The server on a socket of its own, for what a router alone cannot do.
    pub(crate) async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (router, shutdown) = (self.router.clone(), self.shutdown.clone());
        let router = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned()).await });
        address
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Client {
    /// Takes the session that an answer brought.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.cookie = Some(answer.headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned());
        self.csrf = Some(answer.json()["csrf_token"].as_str().unwrap().to_owned());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body.to_string()), &[]).await
    }

    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.ask(Method::POST, path, Some(body.to_string()), &[("idempotency-key", key)]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None, &[]).await
    }

    /// Asks the API for `path`, with the session and its token if there is one.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Answer {
        self.ask_anywhere(method, &format!("/api/v1{path}"), body, headers).await
    }

    pub(crate) async fn ask_anywhere(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.send(method, path, body.map(String::into_bytes), headers).await
    }

    /// Sends a file to the API.
    pub(crate) async fn upload(&self, path: &str, file: Vec<u8>) -> Answer {
        let kind = [("content-type", "application/octet-stream")];
        self.send(Method::POST, &format!("/api/v1{path}"), Some(file), &kind).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "motorpool.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, usize::MAX).await.unwrap() }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status and code of an error.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text());
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }
}
