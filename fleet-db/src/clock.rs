//! The clock that is handed down: only a binary's `main.rs` reads the real one.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Tells the present instant; a test gives one that stands still.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
