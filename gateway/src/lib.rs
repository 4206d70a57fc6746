//! Where devices come in: sockets and MQTT, order kept per vehicle, commit, then acknowledge.

pub mod config;
pub mod delivery;
pub mod history;
pub mod lane;
pub mod link;
pub mod links;
pub mod payload;
#[doc(hidden)]
pub mod probe;
pub mod register;
pub mod run;
pub mod topic;

mod admission;
mod draft;
mod listener;
mod say;
mod session;
mod shard;
mod signin;
mod telemetry;
mod tls;
mod transport;
mod wire;

pub use config::Config;
pub use run::{Gateway, Parts, RunError, run, start};
