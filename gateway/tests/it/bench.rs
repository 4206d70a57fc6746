//! A gateway on a bench: its own database, a port of its own, a clock that the test turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::testing::{self, TestDatabase, fleet};
use fleet_db::{LiveFeed, PgPool};
use gateway::probe::jt808::Terminal;
use gateway::probe::{Dialect, Heard, Probe};
use gateway::{Config, Gateway, Parts, RunError};
use rmqtt_codec::types::QoS;
use serde_json::Value;
use telematics::device::Protocol;
use telematics::id::{CommandId, VehicleNo};
use telematics::jt808::Edition;
use telematics::record::Record;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Longest that anything in these tests may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// Short enough to wait for in vain, long enough for what would come at once.
pub(crate) const A_WHILE: Duration = Duration::from_millis(300);
pub(crate) const SECRET: &str = "3f786850e387550fdab836ed7e6dc881de23001b";

/// 2026-06-01 08:00 in Hangzhou.
pub(crate) fn morning() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

pub(crate) struct Bench {
    pub(crate) db: TestDatabase,
    /// What the gateway is given, which a test may replace.
    pub(crate) pool: PgPool,
    pub(crate) live: LiveFeed,
    pub(crate) config: Config,
    clock: Arc<AtomicI64>,
    running: Option<(Gateway, CancellationToken)>,
    pub(crate) address: SocketAddr,
    /// Where terminals of JT/T 808 connect.
    pub(crate) jt808: SocketAddr,
    /// Where vehicles and platforms of GB/T 32960 connect.
    pub(crate) gb32960: SocketAddr,
    /// Where platforms below this one connect.
    pub(crate) jt809: SocketAddr,
}

impl Bench {
    /// A gateway with its defaults and quick reactions.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config { retry_max_ms: 100, drain_secs: 2, ..Config::default() };
        adjust(&mut config);
        let db = testing::database().await;
        let clock = Arc::new(AtomicI64::new(morning().timestamp_millis()));
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            pool: db.pool.clone(),
            db,
            live: LiveFeed::default(),
            config,
            clock,
            running: None,
            address,
            jt808: address,
            gb32960: address,
            jt809: address,
        }
    }

    /// A car whose device is called `terminal`.
    pub(crate) async fn car(&self, terminal: &str) -> VehicleNo {
        fleet::car(&self.db.pool, terminal, SECRET).await.unwrap()
    }

    /// A car whose terminal speaks JT/T 808.
    pub(crate) async fn truck(&self, number: &str) -> VehicleNo {
        fleet::terminal(&self.db.pool, Protocol::Jt808, number, SECRET).await.unwrap()
    }

    /// A terminal of JT/T 808 that has connected and said nothing.
    pub(crate) async fn stranger(&self, number: &str, edition: Edition) -> Terminal {
        Terminal::connect(self.jt808, None, number, edition).await.unwrap()
    }

    /// One that is authenticated.
    pub(crate) async fn terminal(&self, number: &str, edition: Edition) -> Terminal {
        let mut terminal = self.stranger(number, edition).await;
        assert_eq!(within(terminal.authenticate(SECRET)).await.unwrap(), 0);
        terminal
    }

    /// Asks a terminal for something.
    pub(crate) async fn ask(&self, terminal: &str, kind: &str, args: Value) -> CommandId {
        let now = DateTime::from_timestamp_millis(self.clock.load(Ordering::Relaxed)).unwrap();
        fleet::ask(&self.db.pool, terminal, kind, &args, now).await.unwrap()
    }

    /// Where a command stands: state, result, answer.
    pub(crate) async fn command(&self, id: CommandId) -> (String, Option<String>, Value) {
        let (state, result, answer) = fleet::command(&self.db.pool, id).await.unwrap();
        (state, result, answer.unwrap_or_default())
    }

    /// Waits until a command has come to this state and result.
    pub(crate) async fn until_ended(&self, id: CommandId, state: &str, result: &str) {
        let ended = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                let (now, how, _) = self.command(id).await;
                if now == state && how.as_deref() == Some(result) {
                    return;
                }
            }
        };
        assert!(timeout(DEADLINE, ended).await.is_ok(), "{:?}, not {state} {result}", self.command(id).await);
    }

    /// Ends a device's connection and waits until the gateway knows.
    pub(crate) async fn let_go(&self, probe: Probe) {
        let before = self.gateway().connected();
        probe.vanish();
        let gone = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while self.gateway().connected() >= before {
                ticks.tick().await;
            }
        };
        timeout(DEADLINE, gone).await.expect("the gateway notices");
    }

    pub(crate) async fn start(&mut self) {
        let jt808 = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.jt808 = jt808.local_addr().unwrap();
        let gb32960 = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.gb32960 = gb32960.local_addr().unwrap();
        let jt809 = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.jt809 = jt809.local_addr().unwrap();
        let (address, gateway, token) = self.try_start_with(Some(jt808), Some(gb32960), Some(jt809)).await.unwrap();
        self.address = address;
        self.running = Some((gateway, token));
    }

    pub(crate) async fn try_start(&self) -> Result<(SocketAddr, Gateway, CancellationToken), RunError> {
        self.try_start_with(None, None, None).await
    }

    async fn try_start_with(
        &self,
        jt808: Option<TcpListener>,
        gb32960: Option<TcpListener>,
        jt809: Option<TcpListener>,
    ) -> Result<(SocketAddr, Gateway, CancellationToken), RunError> {
        let mqtt = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = mqtt.local_addr().unwrap();
        let clock = Arc::clone(&self.clock);
        let parts = Parts {
            mqtt,
            jt808,
            gb32960,
            jt809,
            pool: self.pool.clone(),
            clock: Arc::new(move || DateTime::from_timestamp_millis(clock.load(Ordering::Relaxed)).unwrap()),
            live: self.live.clone(),
            config: self.config.clone(),
        };
        let token = CancellationToken::new();
        Ok((address, gateway::start(parts, token.clone()).await?, token))
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.running.as_ref().unwrap().0
    }

    pub(crate) async fn stop(&mut self) {
        let (gateway, token) = self.running.take().unwrap();
        token.cancel();
        timeout(DEADLINE, gateway.wait()).await.unwrap();
    }

    /// Lets go of the gateway without stopping it, as near to a crash as one process comes: its tasks are aborted, and the store's
    /// end of its connections is closed as the system would. A `copy` that was given up halfway would wait for its rows for ever.
    pub(crate) async fn abandon(&mut self) {
        drop(self.running.take());
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity
                   where datname = current_database() and application_name = 'motorpool'";
        fleet::execute(&self.db.pool, cut).await.unwrap();
    }

    pub(crate) fn turn_clock(&self, by: TimeDelta) {
        self.clock.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }

    pub(crate) async fn probe(&self, terminal: &str) -> Probe {
        Probe::sign_in(self.address, Dialect::V3, terminal, SECRET).await.unwrap()
    }

    pub(crate) async fn probe_v5(&self, terminal: &str) -> Probe {
        Probe::sign_in(self.address, Dialect::V5, terminal, SECRET).await.unwrap()
    }

    /// What is stored of a vehicle, as (milliseconds after the morning, sequence).
    pub(crate) async fn stored(&self, vehicle: VehicleNo) -> Vec<(i64, i64)> {
        let rows = fleet::stored(&self.db.pool, vehicle).await.unwrap();
        rows.into_iter().map(|(at, sequence)| ((at - morning()).num_milliseconds(), sequence)).collect()
    }

    pub(crate) async fn number(&self, statement: &'static str) -> i64 {
        fleet::number(&self.db.pool, statement).await.unwrap()
    }

    pub(crate) async fn quarantined(&self) -> Vec<String> {
        fleet::quarantined(&self.db.pool).await.unwrap().into_iter().map(|(code, _)| code).collect()
    }

    /// Waits until a statement gives `wanted`.
    pub(crate) async fn until(&self, statement: &'static str, wanted: i64) {
        let reached = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            while self.number(statement).await != wanted {
                ticks.tick().await;
            }
        };
        assert!(timeout(DEADLINE, reached).await.is_ok(), "{statement} is {} and not {wanted}", self.number(statement).await);
    }
}

/// A record `secs` after the morning, driving east along the Qiantang at 36 km/h.
pub(crate) fn driving(sequence: i64, secs: i64) -> Record {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
    let lon = 120.15 + 0.000_104 * secs.rem_euclid(86_400) as f64;
    Record {
        seq: sequence,
        t: morning().timestamp_millis() + secs * 1000,
        lat: Some(30.25),
        lon: Some(lon),
        spd: Some(36.0),
        crs: Some(90.0),
        ign: Some(true),
        sat: Some(12),
        ..Record::default()
    }
}

pub(crate) fn json(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).unwrap()
}

/// Sends a record with `QoS` 1 and waits for its acknowledgement.
pub(crate) async fn deliver(probe: &mut Probe, record: &Record) {
    let id = probe.publish("pos", QoS::AtLeastOnce, json(record));
    probe.flush().await.unwrap();
    assert_eq!(next(probe).await, Heard::Ack(id, 0));
}

/// Waits for something, within the deadline.
pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(DEADLINE, work).await.expect("in time")
}

/// The next word, within the deadline.
pub(crate) async fn next(probe: &mut Probe) -> Heard {
    timeout(DEADLINE, probe.next()).await.expect("the gateway says something in time").unwrap()
}

/// Nothing is said for a while.
pub(crate) async fn silence(probe: &mut Probe) {
    let heard = timeout(A_WHILE, probe.next()).await;
    assert!(heard.is_err(), "heard {heard:?}");
}
