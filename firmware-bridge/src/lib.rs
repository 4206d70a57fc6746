//! The vehicle's side: serial GNSS and OBD in, spool on disk, MQTT out.

pub mod check;
pub mod clock;
pub mod config;
pub mod gnss;
pub mod obd;
pub mod odometer;
pub mod recorder;
pub mod replay;
pub mod run;
pub mod sampler;
pub mod seal;
pub mod serial;
pub mod spool;
pub mod update;
pub mod uplink;

pub use config::Config;
