//! Where people come in: the HTTP API, live updates and the console.
#![expect(unused_qualifications, reason = "the macro that describes routes names its parameters' trait in full")]

mod api;
mod auth;
mod config;
mod console;
mod edge;
mod extract;
mod ingest;
mod live;
mod once;
pub mod ops;
pub mod password;
mod problem;
mod router;
mod run;
mod state;
mod tagged;
mod texts;
mod tiles;

pub use config::{Config, Map, MapError, MapKind, Secret};
pub use ingest::{Ingest, IngestAccepted, IngestDialect, IngestRefusal, IngestRequest};
pub use router::{openapi, router};
pub use run::{Parts, RunError, run};
pub use state::{App, StartError};
pub use tiles::check as check_map;
