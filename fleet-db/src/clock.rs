//! The clock that is handed down: only a binary's `main.rs` reads the real one.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate, Utc};

/// Tells the present instant; a test gives one that stands still.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The day in Beijing: the country has one time zone and no summer time.
pub fn beijing_day(now: DateTime<Utc>) -> NaiveDate {
    (now + Duration::hours(8)).date_naive()
}
