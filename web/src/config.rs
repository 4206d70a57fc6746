//! The section `web` of the configuration: every limit of this floor is a field with its unit in the name.

mod map;
mod oidc;
mod roads;
mod secret;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dispatch::password::{LockRule, PasswordPolicy};
use dispatch::sign_in::SecondFactorPolicy;
use serde::{Deserialize, Serialize};

pub use map::{Map, MapError, MapKind};
pub use oidc::{BindBy, Oidc};
pub use roads::Roads;
pub use secret::Secret;

/// Settings of the console and the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address of the console and the API.
    pub listen: SocketAddr,
    /// People reach the service by https (a proxy ends TLS): cookies are `Secure`, browsers are told to stay with https.
    pub https: bool,
    /// Further origins whose pages may open the live channel and send changes, such as `https://fleet.example.gov.cn`.
    pub allowed_origins: Vec<String>,
    /// Addresses of our own proxies, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The product's name on the page, in Chinese.
    pub title_zh: String,
    /// The product's name on the page, in English.
    pub title_en: String,
    /// The page says that it shows a made-up fleet.
    pub demo: bool,
    /// Where the map opens: longitude and latitude, WGS-84 degrees.
    pub map_center_deg: [f64; 2],
    /// How near the map opens (zoom level).
    pub map_zoom: f64,
    /// What lies beneath the cars.
    pub map: Map,
    /// Who works out the ways of plans.
    pub roads: Roads,

    /// Seconds without a person's doing after which a browser's session ends.
    pub session_idle_secs: u32,
    /// Seconds after which a browser's session ends in any case.
    pub session_absolute_secs: u32,
    /// Seconds for which a program's token is good.
    pub token_secs: u32,
    /// Hours for which an answer is kept for a repeated `Idempotency-Key`.
    pub answer_keep_hours: u32,
    /// Passwords that are checked at the same time; each takes some 20 MB and a core for a moment.
    pub password_checks: usize,
    /// Seconds that a sign-in waits for its turn to be checked.
    pub password_wait_secs: u32,
    /// Attempts to sign in that one address has in a minute, and at once; 0 for no limit. An office behind one address shares them.
    pub sign_ins_per_minute: u32,
    /// Addresses that are remembered for it.
    pub sign_in_addresses: usize,
    /// What a new password must look like.
    pub password: PasswordPolicy,
    /// When wrong passwords and codes lock an account.
    pub lock: LockRule,
    /// Who needs a second factor.
    pub second_factor: SecondFactorPolicy,
    /// The identity provider that may vouch for people.
    pub oidc: Oidc,
    /// Accept a VIN whose check digit is wrong: imported cars may have none.
    pub vin_without_check_digit: bool,

    /// Largest body of a request.
    pub body_limit_bytes: usize,
    /// Largest file with a table of units, accounts or vehicles.
    pub import_file_bytes: usize,
    /// Most bytes of what is packed in such a file, unpacked.
    pub import_unpacked_bytes: u64,
    /// Most rows of such a file, all sheets together.
    pub import_rows: usize,
    /// Such files that are looked through at the same time; each takes a core and some hundred megabytes for seconds.
    pub imports: usize,
    /// Seconds after which a request that has no answer is given up.
    pub request_timeout_secs: u32,
    /// Most rows of one page of a list.
    pub page_limit: u32,
    /// Longest span of one question for a track, trips, stops or events.
    pub window_limit_days: u32,
    /// Most fixes of one track; more are refused, with the advice to ask for a shorter span.
    pub track_limit_fixes: usize,

    /// Milliseconds between two frames of the live channel at the least; what happens between them is sent as one.
    pub live_tick_ms: u64,
    /// Seconds after which a frame is sent though nothing happened.
    pub live_heartbeat_secs: u32,
    /// Frames kept for a socket that is behind; one that is further behind is told to fetch the snapshot anew.
    pub live_queue_frames: usize,
    /// Sockets open at the same time.
    pub live_sockets: usize,
    /// Seconds between two pings on a socket; one that answers none of three is closed.
    pub live_ping_secs: u32,
    /// Milliseconds between two looks into the store for changed states; 0 when the gateway runs in the same process.
    pub live_poll_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            https: false,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            title_zh: "公务用车管理平台".to_owned(),
            title_en: "Motorpool".to_owned(),
            demo: false,
            map_center_deg: [120.17, 30.25],
            map_zoom: 11.0,
            map: Map::default(),
            roads: Roads::default(),
            session_idle_secs: 2 * 3600,
            session_absolute_secs: 12 * 3600,
            token_secs: 365 * 24 * 3600,
            answer_keep_hours: 24,
            password_checks: 2,
            password_wait_secs: 5,
            sign_ins_per_minute: 30,
            sign_in_addresses: 10_000,
            password: PasswordPolicy::default(),
            lock: LockRule::default(),
            second_factor: SecondFactorPolicy::default(),
            oidc: Oidc::default(),
            vin_without_check_digit: false,
            body_limit_bytes: 1 << 20,
            import_file_bytes: 32 << 20,
            import_unpacked_bytes: 512 << 20,
            import_rows: 200_000,
            imports: 2,
            request_timeout_secs: 30,
            page_limit: 500,
            window_limit_days: 31,
            track_limit_fixes: 1_000_000,
            live_tick_ms: 200,
            live_heartbeat_secs: 5,
            live_queue_frames: 32,
            live_sockets: 1000,
            live_ping_secs: 10,
            live_poll_ms: 0,
        }
    }
}
