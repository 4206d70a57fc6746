//! Settings of the gateway; every limit is a field.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use telematics::policy::Policy;

use crate::broker::config::Broker;
use crate::gb32960::config::Gb32960;
use crate::http::config::Http;
use crate::jt809::config::Jt809;

/// Section `gateway` of the configuration (接入网关设置).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address for MQTT 3.1.1 and 5 without TLS.
    pub mqtt_listen: SocketAddr,
    /// Address for MQTT over TLS; used only when `tls_certificate` is set.
    pub mqtts_listen: SocketAddr,
    /// Address for JT/T 808, all editions, without TLS.
    pub jt808_listen: SocketAddr,
    /// Address for JT/T 808 over TLS; used only when `tls_certificate` is set.
    pub jt808s_listen: SocketAddr,
    /// Address for GB/T 32960.3, both editions, without TLS.
    pub gb32960_listen: SocketAddr,
    /// Address for GB/T 32960.3 over TLS; used only when `tls_certificate` is set.
    pub gb32960s_listen: SocketAddr,
    /// `refused`: terminals must come by TLS; a connection without it is closed at once and counted.
    pub plaintext: Plaintext,
    /// Certificate chain, PEM. Without it there is no TLS listener.
    pub tls_certificate: Option<PathBuf>,
    /// Private key of the certificate, PEM.
    pub tls_key: Option<PathBuf>,

    /// Connections at once, all in all.
    pub connections: u32,
    /// Connections at once from one address. Generous, as a mobile operator puts thousands of terminals behind one.
    pub connections_per_ip: u32,
    /// Seconds a connection may stay without signing in.
    pub login_timeout_secs: u64,
    /// Seconds between two heartbeats of a terminal of JT/T 808, unless it tells otherwise; after three it counts as gone.
    pub heartbeat_secs: u64,
    /// Messages a second of one connection; what comes faster waits in its socket. 0: no limit.
    pub frames_per_sec: u32,
    /// Bytes of packages (分包) of one terminal that may wait for the rest of their message.
    pub package_bytes: usize,
    /// The same of all terminals together.
    pub packages_bytes: usize,
    /// Seconds after which missing packages are asked for.
    pub package_ask_secs: u64,
    /// Seconds after which a message is given up whose packages do not come.
    pub package_timeout_secs: u64,
    /// Seconds by which live reports must all be behind, or ahead, for the terminal's clock to count as off.
    pub drift_secs: u64,
    /// Seconds of silence after which a terminal that asked for no keep-alive is disconnected.
    pub idle_timeout_secs: u64,
    /// Bytes of one MQTT packet, the fixed header not counted.
    pub frame_bytes: u32,
    /// Records in one message.
    pub records_per_message: usize,
    /// Messages of one terminal that may wait for their acknowledgement; then its socket is not read.
    pub in_flight: u16,
    /// Bytes waiting to be sent to one terminal; above that its socket is not read and commands to it fail.
    pub outgoing_bytes: usize,

    /// Name of this gateway among several on one database; empty: made of the host's name and `mqtt_listen`.
    pub name: String,
    /// Bytes of last frames (原始报文) kept in memory, all terminals together; 0: none.
    pub frames_bytes: usize,
    /// Seconds between two notes in the store of when a terminal was last heard.
    pub link_heard_secs: u64,
    /// Seconds that the answer to a command is waited for.
    pub command_patience_secs: u64,

    /// Tasks among which the vehicles are divided; each has a connection to the store.
    pub shards: usize,
    /// Records that may wait in one shard or be in its commit; then sockets are not read.
    pub shard_queue: u32,
    /// Records in one commit, at most. Only a store that is behind sees so many; they cost it less together than apart.
    pub batch_rows: usize,
    /// Milliseconds to wait for more records before a commit.
    pub linger_ms: u64,
    /// Milliseconds between two tries while the store does not answer, at most; the first comes after 50.
    pub retry_max_ms: u64,
    /// Seconds after the stop signal in which what has been received is still committed.
    pub drain_secs: u64,

    /// Hours of positions kept in hourly partitions; what is older when it comes in goes to a table of its own.
    pub hot_hours: u32,
    /// Minutes a terminal's clock may be ahead of ours; records further ahead are quarantined.
    pub future_minutes: u32,
    /// Keys (instant, sequence) remembered a vehicle, so that a repetition costs no question to the store.
    pub remembered_keys: usize,
    /// Seconds after which a changed state is saved at the latest. Trips, stops and events are saved with the positions
    /// that led to them; between two savings a restart works the newest positions out again.
    pub snapshot_secs: u64,
    /// States saved a second in one shard, for that reason alone; with more vehicles than that each waits longer.
    pub snapshots_per_sec: u64,
    /// Whether trips, stops, events and alarms are worked out of what comes in. Without, positions are stored and acknowledged
    /// and nothing else: for a machine that only takes in.
    pub rules: bool,
    /// Seconds between two looks at who has fallen silent.
    pub sweep_secs: u64,
    /// Seconds without further late records before the trips they touch are worked out again.
    pub revise_after_secs: u64,
    /// Brokers of the site's own, of which the gateway is a client.
    pub brokers: Vec<Broker>,
    /// What is asked of vehicles and platforms that speak GB/T 32960.
    pub gb32960: Gb32960,
    /// Platforms below and above us, by JT/T 809.
    pub jt809: Jt809,
    /// What phones may send over HTTP.
    pub http: Http,
    /// Thresholds of the tracker; where the register of rules has a value, that one counts.
    pub policy: Policy,
}

/// Whether terminals may come without TLS (明文接入).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plaintext {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mqtt_listen: SocketAddr::from(([127, 0, 0, 1], 1883)),
            mqtts_listen: SocketAddr::from(([127, 0, 0, 1], 8883)),
            jt808_listen: SocketAddr::from(([127, 0, 0, 1], 7808)),
            jt808s_listen: SocketAddr::from(([127, 0, 0, 1], 7809)),
            gb32960_listen: SocketAddr::from(([127, 0, 0, 1], 7960)),
            gb32960s_listen: SocketAddr::from(([127, 0, 0, 1], 7961)),
            plaintext: Plaintext::Allowed,
            tls_certificate: None,
            tls_key: None,
            connections: 100_000,
            connections_per_ip: 20_000,
            login_timeout_secs: 10,
            heartbeat_secs: 60,
            frames_per_sec: 5000,
            package_bytes: 1024 * 1024,
            packages_bytes: 64 * 1024 * 1024,
            package_ask_secs: 5,
            package_timeout_secs: 60,
            drift_secs: 300,
            idle_timeout_secs: 3600,
            frame_bytes: 20 * 1024,
            records_per_message: 500,
            in_flight: 64,
            outgoing_bytes: 64 * 1024,
            name: String::new(),
            frames_bytes: 16 * 1024 * 1024,
            link_heard_secs: 60,
            command_patience_secs: 240,
            shards: 2,
            shard_queue: 16_384,
            batch_rows: 4096,
            linger_ms: 2,
            retry_max_ms: 2000,
            drain_secs: 10,
            hot_hours: 72,
            future_minutes: 10,
            remembered_keys: 64,
            snapshot_secs: 2,
            snapshots_per_sec: 500,
            rules: true,
            sweep_secs: 10,
            revise_after_secs: 10,
            brokers: Vec::new(),
            gb32960: Gb32960::default(),
            jt809: Jt809::default(),
            http: Http::default(),
            policy: Policy::default(),
        }
    }
}

impl Config {
    /// The name of this gateway among several on one database.
    pub(crate) fn instance(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        format!("{}/{}", host.trim(), self.mqtt_listen)
    }
}
