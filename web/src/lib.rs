//! Where people come in: the HTTP API, live updates and the console.
#![expect(unused_qualifications, reason = "the macro that describes routes names its parameters' trait in full")]

mod api;
mod auth;
mod config;
mod console;
mod described;
pub mod driver_scores;
mod edge;
mod exchange;
mod extract;
pub mod import;
mod ingest;
mod live;
pub mod notify;
mod oidc;
mod once;
pub mod ops;
mod outside;
mod outward;
pub mod password;
mod problem;
pub mod reconcile;
mod router;
mod run;
mod seal;
pub mod sealing;
mod sheet;
mod state;
mod tagged;
mod texts;
mod tiles;
mod trees;

pub use api::exchange::courier::{Courier, CourierError};
pub use api::running::job::{RunningError, enter_expenses, run as keep_running, tell_due};
pub use api::trips::fence::{FenceError, FenceMoved, move_orders as move_orders_by_fence, run as watch_bases};
pub use api::trips::overdue::{OverdueError, escalate as escalate_overdue, run as keep_trip_times};
pub use api::trips::plans::carry_out::{PlanError, PlansCarried, carry_out as carry_out_plans, run as keep_trip_plans};
pub use config::{BindBy, Config, Map, MapError, MapKind, Oidc, Secret};
pub use ingest::{Ingest, IngestAccepted, IngestDialect, IngestRefusal, IngestRequest};
pub use oidc::check as check_oidc;
pub use router::{openapi, router};
pub use run::{Parts, RunError, run};
pub use seal::{DataKey, KEY_BYTES};
pub use state::{App, StartError};
pub use tiles::check as check_map;
