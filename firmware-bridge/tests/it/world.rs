//! What the tests have in common: clocks that are told, configurations, spools with records in them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use firmware_bridge::clock::{Clock, Monotonic, Stamp};
use firmware_bridge::config::{DeviceConfig, Secret, UplinkConfig};
use firmware_bridge::recorder::{Ask, Stored};
use firmware_bridge::seal::SealedLog;
use firmware_bridge::spool::{Entry, Spool, Weight};
use firmware_bridge::update::Updater;
use firmware_bridge::uplink::{self, LinkHealth};
use telematics::record::Record;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub(crate) fn start() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// A wall clock that stands still.
pub(crate) fn wall(at: DateTime<Utc>) -> Clock {
    Arc::new(move || at)
}

/// A machine that was started when the test was.
pub(crate) fn monotonic() -> Monotonic {
    let started = std::time::Instant::now();
    Arc::new(move || started.elapsed())
}

pub(crate) fn entry(weight: Weight, second: i64) -> Entry {
    let record = Record {
        lat: Some(30.25),
        lon: Some(120.15),
        spd: Some(36.0),
        ev: (weight == Weight::Event).then(|| "ignition_on".to_owned()),
        ..Record::default()
    };
    Entry { weight, stamp: Stamp::Known((start() + TimeDelta::seconds(second)).timestamp_millis()), record }
}

/// A spool with so many points, four seconds apart.
pub(crate) fn filled(path: &Path, count: i64) -> Spool {
    let spool = Spool::open(path, 64 << 20).unwrap();
    let entries: Vec<Entry> = (0..count).map(|n| entry(Weight::Periodic, n * 4)).collect();
    for chunk in entries.chunks(5000) {
        spool.append(chunk).unwrap();
    }
    spool
}

/// A sealed log that outlives its folder's name.
pub(crate) fn sealed_log() -> Arc<SealedLog> {
    let folder = tempfile::tempdir().unwrap();
    Arc::new(SealedLog::open(&folder.path().join("sealed.log"), 1 << 20, "MP-0001", wall(start())).unwrap())
}

/// An uplink task over a spool.
pub(crate) struct Uplink {
    pub(crate) stored: watch::Sender<Stored>,
    pub(crate) asks: mpsc::Receiver<Ask>,
    pub(crate) filters: watch::Receiver<Option<String>>,
    pub(crate) health: watch::Receiver<LinkHealth>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Uplink {
    pub(crate) fn start(spool: &Arc<Spool>, uplink: UplinkConfig) -> Self {
        let (stored, stored_rx) = watch::channel(Stored { state: spool.state().unwrap(), restamped: 0 });
        let (asks_tx, asks) = mpsc::channel(8);
        let (log_filter, filters) = watch::channel(None);
        let (health_tx, health) = watch::channel(LinkHealth::default());
        let (stop, stop_rx) = watch::channel(false);
        let log = sealed_log();
        let (restart, _) = watch::channel(false);
        let config = firmware_bridge::Config::default();
        let updater = Arc::new(Updater::new(&config, false, Arc::clone(&log), wall(start()), restart.clone()));
        let task = tokio::spawn(uplink::run(uplink::Parts {
            device: DeviceConfig { id: "MP-0001".to_owned(), secret: Secret::new("s"), secret_file: None },
            config: uplink,
            spool: Arc::clone(spool),
            stored: stored_rx,
            asks: asks_tx,
            updater,
            log,
            restart,
            log_filter,
            health: health_tx,
            clock: wall(start()),
            jitter: Box::new(|| 0.0),
            stop: stop_rx,
        }));
        Self { stored, asks, filters, health, stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        tokio::time::timeout(Duration::from_secs(10), self.task).await.unwrap().unwrap();
    }
}

/// Sentences of a drive: one second and ten metres north each, `$GNRMC` and `$GNGGA`.
pub(crate) fn sentences(second: i64) -> Vec<u8> {
    let at = start() + TimeDelta::seconds(second);
    let minutes = 15.0 + f64::from(i32::try_from(second).unwrap()) * 10.0 / 1852.0;
    let (degrees, minutes) = (30.0 + (minutes / 60.0).floor(), minutes % 60.0);
    let (time, date) = (at.format("%H%M%S.00"), at.format("%d%m%y"));
    let place = format!("{degrees:02}{minutes:010.7},N,12009.0000000,E");
    let mut out = Vec::new();
    for body in [format!("GNRMC,{time},A,{place},19.44,0.0,{date},,,A"), format!("GNGGA,{time},{place},1,09,0.9,12.5,M,8.0,M,,")]
    {
        let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
        out.extend(format!("${body}*{sum:02X}\r\n").into_bytes());
    }
    out
}
