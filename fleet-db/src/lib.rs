//! Every SQL statement of Motorpool, and the private PostgreSQL it runs when none is configured.

pub mod account;
pub mod alarm;
pub mod clock;
pub mod command;
pub mod device;
pub mod embedded;
pub mod error;
pub mod event;
pub mod feed;
pub mod fitting;
pub mod frame;
pub mod history;
pub mod idempotent;
pub mod ingest;
pub mod link;
pub mod live;
pub mod migrate;
pub mod platform;
pub mod pool;
pub mod report;
pub mod revision;
pub mod seed;
pub mod session;
pub mod stop;
pub mod terminal;
pub mod testing;
pub mod track;
pub mod trip;
pub mod unit;
pub mod vehicle;

pub use clock::Clock;
pub use error::{Constraint, DbError};
pub use feed::LiveFeed;
pub use migrate::{MIGRATOR, migrate};
pub use pool::{Connection, Transaction, acquire, begin, connect};
pub use sqlx::{PgConnection, PgPool};
