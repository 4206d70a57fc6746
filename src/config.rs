//! The configuration: built-in defaults, then `motorpool.toml`, then `MOTORPOOL__SECTION__KEY`, then flags.

mod layers;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub(crate) use layers::{Source, load};
pub(crate) use web::Secret;

/// The commented file that `motorpool config --example` prints; it parses to the defaults.
pub(crate) const EXAMPLE: &str = include_str!("../motorpool.example.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The store.
    pub(crate) database: Database,
    /// Where devices come in.
    pub(crate) gateway: gateway::Config,
    /// Where people come in.
    pub(crate) web: web::Config,
    /// Where logs go and how they look.
    pub(crate) log: Log,
    /// The work in the background.
    pub(crate) jobs: Jobs,
    /// The log of who did what.
    pub(crate) audit: Audit,
    /// Figures and health for those who run it.
    pub(crate) ops: Ops,
}

/// The store: a server of yours, or a private one that runs with the service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `postgres://user:password@host/name` of a server of yours; without it a private PostgreSQL is run in `data_dir`.
    pub(crate) url: Option<Secret>,
    /// The folder of everything the service keeps itself.
    pub(crate) data_dir: PathBuf,
    /// Where `initdb` and `postgres` are, when neither on the path nor where distributions put them.
    pub(crate) bin_dir: Option<PathBuf>,
    /// Most connections that work on the store; some eight more listen to it.
    pub(crate) max_connections: u32,
    /// Memory that the private server shares between its processes.
    pub(crate) shared_buffers_bytes: u64,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, data_dir: PathBuf::from("data"), bin_dir: None, max_connections: 24, shared_buffers_bytes: 256 << 20 }
    }
}

/// Where logs go and how they look: always to standard error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// What to log, for example `info` or `info,gateway=debug`.
    pub(crate) filter: String,
    /// One line of text for people, or one JSON object for machines.
    pub(crate) format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: String::from("info"), format: LogFormat::Text }
    }
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object for machines.
    Json,
}

/// The work in the background.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Jobs {
    /// Seconds between two looks for positions that have left the hot window and can be packed into days.
    pub(crate) history_every_secs: u64,
    /// Seconds between two looks for cars that are to be compared with their orders; 0: they are not compared.
    pub(crate) reconcile_every_secs: u64,
    /// By which ways messages leave the house.
    pub(crate) notify: web::notify::Config,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { history_every_secs: 600, reconcile_every_secs: 60, notify: web::notify::Config::default() }
    }
}

/// The log of who did what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Audit {
    /// The key that days and evidence packs are signed with (SM2, PKCS #8 in PEM); without it `audit-key.pem` in the data folder, made
    /// at the first start.
    pub(crate) key_file: Option<PathBuf>,
    /// Days that an entry is kept; 365 at least.
    pub(crate) keep_days: u32,
}

impl Default for Audit {
    fn default() -> Self {
        Self { key_file: None, keep_days: 3 * 365 }
    }
}

/// Figures and health for those who run it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ops {
    /// Address of `/metrics`, `/health/live` and `/health/ready`; empty for none.
    pub(crate) listen: String,
}

impl Default for Ops {
    fn default() -> Self {
        Self { listen: String::from("127.0.0.1:9090") }
    }
}

#[cfg(test)]
mod tests;
