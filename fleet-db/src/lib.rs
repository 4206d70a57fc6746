//! Every SQL statement of Motorpool, and the private PostgreSQL it runs when none is configured.

pub mod clock;
pub mod device;
pub mod error;
pub mod feed;
pub mod ingest;
pub mod migrate;
pub mod pool;

pub use clock::Clock;
pub use error::{Constraint, DbError};
pub use feed::LiveFeed;
pub use migrate::{MIGRATOR, migrate};
pub use pool::{Transaction, begin, connect};
pub use sqlx::{PgConnection, PgPool};
