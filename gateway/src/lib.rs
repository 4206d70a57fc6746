//! Where devices come in: sockets and MQTT, order kept per vehicle, commit, then acknowledge.

pub mod broker;
pub mod config;
pub mod delivery;
pub mod doorway;
pub mod gb32960;
pub mod history;
pub mod http;
pub mod jt809;
pub mod lane;
pub mod link;
pub mod links;
pub mod mqtt;
#[doc(hidden)]
pub mod probe;
pub mod register;
mod rules;
pub mod run;

mod admission;
mod clerk;
mod commands;
mod draft;
mod exempt;
mod frames;
mod jt808;
mod linkbook;
mod listener;
mod number;
mod session;
mod shard;
mod sorting;
mod telemetry;
mod tls;
mod transport;

pub use config::Config;
pub use doorway::Doorway;
pub use run::{Gateway, Parts, RunError, run, start};
