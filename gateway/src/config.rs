//! Settings of the gateway; every limit is a field.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use telematics::policy::Policy;

use crate::http::config::Http;

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
    /// Seconds between two looks at who has fallen silent.
    pub sweep_secs: u64,
    /// Seconds without further late records before the trips they touch are worked out again.
    pub revise_after_secs: u64,
    /// What phones may send over HTTP.
    pub http: Http,
    /// Thresholds of the tracker.
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
            idle_timeout_secs: 3600,
            frame_bytes: 20 * 1024,
            records_per_message: 500,
            in_flight: 64,
            outgoing_bytes: 64 * 1024,
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
            sweep_secs: 10,
            revise_after_secs: 10,
            http: Http::default(),
            policy: Policy::default(),
        }
    }
}
