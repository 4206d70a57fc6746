//! Configuration: built-in defaults < the TOML file < `MOTORPOOL_BRIDGE__…` of the environment < flags.

mod load;
mod secret;

use std::path::PathBuf;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub(crate) use load::split_server;
pub use load::{ConfigError, load, read};
pub use secret::Secret;

use crate::uplink::lanes::Order;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Who this device is.
    pub device: DeviceConfig,
    /// Serial lines of GNSS receivers: none, one or two; the first is preferred.
    pub gnss: Vec<GnssConfig>,
    /// Serial line of the OBD adapter.
    pub obd: Option<ObdConfig>,
    /// When a fix becomes a record.
    pub sampler: SamplerConfig,
    /// What to believe about the time.
    pub clock: ClockConfig,
    /// The queue on disk.
    pub spool: SpoolConfig,
    /// The way to the gateway.
    pub uplink: UplinkConfig,
    /// Mileage where the vehicle gives none.
    pub odometer: OdometerConfig,
    /// What this device did, sealed.
    pub seal: SealConfig,
    /// Newer programs.
    pub update: UpdateConfig,
    /// Logging.
    pub log: LogConfig,
}

/// Who this device is (终端).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceConfig {
    /// Terminal id, as registered: 1 to 64 letters, digits, `-`, `_`, `.`.
    pub id: String,
    /// The device's secret, as it was shown once when the device was registered.
    pub secret: Secret,
    /// A file that holds the secret instead (mode 0600).
    pub secret_file: Option<PathBuf>,
}

/// A GNSS receiver's serial line (定位串口).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GnssConfig {
    /// Device file; prefer `/dev/serial/by-id/…`.
    pub path: PathBuf,
    /// Rates to try in turn until sentences arrive.
    pub baud_rates: Vec<u32>,
    /// Seconds without a byte after which the receiver counts as silent.
    pub silent_secs: u64,
    /// Seconds without a right checksum after which the next rate is tried.
    pub next_rate_secs: u64,
    /// Milliseconds of silence that end an epoch.
    pub epoch_gap_ms: u64,
}

impl Default for GnssConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            baud_rates: vec![9600, 38_400, 115_200],
            silent_secs: 3,
            next_rate_secs: 5,
            epoch_gap_ms: 200,
        }
    }
}

/// The OBD adapter's serial line (OBD 接口).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObdConfig {
    /// Device file; prefer `/dev/serial/by-id/…`.
    pub path: PathBuf,
    /// Rate of the adapter: ELM327 38400, STN 115200.
    pub baud_rate: u32,
    /// Seconds between readings of speed and engine speed.
    pub fast_secs: u64,
    /// Seconds between readings of fuel, charge and fuel rate.
    pub medium_secs: u64,
    /// Seconds between readings of odometer, voltage and coolant.
    pub slow_secs: u64,
    /// Below this voltage an engine at rest lets the adapter sleep.
    pub sleep_below_v: f64,
    /// Seconds at rest and below that voltage before it sleeps.
    pub sleep_after_secs: u64,
    /// Seconds between looks at the voltage while it sleeps.
    pub wake_look_secs: u64,
    /// Milliseconds to wait for an answer; the first request may search for the protocol ten times as long.
    pub answer_ms: u64,
}

impl Default for ObdConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            baud_rate: 38_400,
            fast_secs: 1,
            medium_secs: 10,
            slow_secs: 60,
            sleep_below_v: 12.8,
            sleep_after_secs: 120,
            wake_look_secs: 30,
            answer_ms: 1500,
        }
    }
}

/// When a fix becomes a record (采样策略).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplerConfig {
    /// Seconds between records while moving.
    pub moving_secs: u32,
    /// Seconds between records while standing.
    pub parked_secs: u32,
    /// Metres between records.
    pub distance_m: f64,
    /// Degrees of turn since the last record.
    pub turn_deg: f64,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self { moving_secs: 10, parked_secs: 300, distance_m: 100.0, turn_deg: 15.0 }
    }
}

/// What to believe about the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockConfig {
    /// Earlier dates are a receiver's mistake (week rollover, cold start); replay does not look at it.
    pub not_before: NaiveDate,
    /// Believe the system's clock until satellites say better; for boxes with a battery-backed clock or NTP.
    pub trust_system: bool,
    /// Seconds by which a receiver may jump before it has to repeat itself.
    pub jump_secs: u32,
    /// Fixes in a row that make a jump believable.
    pub jump_fixes: u32,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self {
            not_before: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default(),
            trust_system: false,
            jump_secs: 5,
            jump_fixes: 5,
        }
    }
}

/// The queue on disk (离线缓存).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpoolConfig {
    /// File; its folder must exist.
    pub path: PathBuf,
    /// Bytes of records kept; beyond it old periodic points are thinned by half, events never.
    pub limit_bytes: u64,
    /// Milliseconds after which records are committed at the latest.
    pub commit_ms: u64,
    /// Records after which they are committed at once.
    pub commit_records: usize,
}

impl Default for SpoolConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::from("/var/lib/motorpool-bridge/spool.redb"),
            limit_bytes: 64 << 20,
            commit_ms: 2000,
            commit_records: 20,
        }
    }
}

/// The way to the gateway (上行链路).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UplinkConfig {
    /// `HOST:PORT` of the gateway's MQTT port.
    pub server: String,
    /// Encrypt (TLS).
    pub tls: bool,
    /// Certificate authority of the server, PEM; without it the system's are used.
    pub ca_file: Option<PathBuf>,
    /// Seconds between signs of life.
    pub keep_alive_secs: u16,
    /// Messages under way without an acknowledgement.
    pub inflight: u16,
    /// Records in one message of the backlog.
    pub batch_records: usize,
    /// Bytes of one message.
    pub batch_bytes: usize,
    /// Seconds to wait after the first failed attempt.
    pub retry_min_secs: u64,
    /// Seconds to wait at most.
    pub retry_max_secs: u64,
    /// Seconds to wait for an acknowledgement before the connection counts as dead.
    pub ack_secs: u64,
    /// Order of upload: `newest_first` or `oldest_first`.
    pub order: Order,
}

impl Default for UplinkConfig {
    fn default() -> Self {
        Self {
            server: "127.0.0.1:1883".to_owned(),
            tls: false,
            ca_file: None,
            keep_alive_secs: 30,
            inflight: 20,
            batch_records: 100,
            batch_bytes: 20_000,
            retry_min_secs: 1,
            retry_max_secs: 300,
            ack_secs: 60,
            order: Order::NewestFirst,
        }
    }
}

/// Mileage where the vehicle gives none (里程兜底).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OdometerConfig {
    /// Count the way between fixes when the vehicle tells no odometer.
    pub from_gnss: bool,
    /// Kilometres on the vehicle's odometer when this device was fitted.
    pub start_km: f64,
}

impl Default for OdometerConfig {
    fn default() -> Self {
        Self { from_gnss: true, start_km: 0.0 }
    }
}

/// What this device did, line by line, each bound to those before it (防篡改日志).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SealConfig {
    /// File; without it `spool.path` with the ending `sealed.log`.
    pub path: Option<PathBuf>,
    /// Bytes of one file; one older file is kept.
    pub limit_bytes: u64,
}

impl Default for SealConfig {
    fn default() -> Self {
        Self { path: None, limit_bytes: 8 << 20 }
    }
}

impl Config {
    /// Where the sealed log is.
    pub fn sealed_log(&self) -> PathBuf {
        self.seal.path.clone().unwrap_or_else(|| self.spool.path.with_extension("sealed.log"))
    }
}

/// Newer programs for this device (固件升级); taken only under `motorpool-bridge supervise`, and only with `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateConfig {
    /// Ed25519 public key with which releases are signed, hex. Empty: no updates.
    pub key: String,
    /// Where images are fetched: the console's address.
    pub server: String,
    /// Folder of the two slots.
    pub folder: PathBuf,
    /// Bytes an image may have.
    pub limit_bytes: u64,
    /// Seconds in which a new program must prove itself; then the one before runs again.
    pub confirm_secs: u64,
    /// Seconds for which its link must hold when no record is acknowledged meanwhile.
    pub settle_secs: u64,
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self {
            key: String::new(),
            server: "http://127.0.0.1:8080".to_owned(),
            folder: PathBuf::from("/var/lib/motorpool-bridge/slots"),
            limit_bytes: 64 << 20,
            confirm_secs: 300,
            settle_secs: 60,
        }
    }
}

impl UpdateConfig {
    /// The release key; `None` when there is none, or none that can be.
    pub fn public_key(&self) -> Option<[u8; 32]> {
        hex::decode(&self.key).ok()?.try_into().ok()
    }
}

/// Logging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// Filter, such as `info` or `info,firmware_bridge=debug`.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned() }
    }
}
