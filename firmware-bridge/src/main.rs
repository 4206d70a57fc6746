//! `motorpool-bridge`: the program in the vehicle; the one place that reads the system's clock.

mod cli;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;

#[expect(clippy::disallowed_methods, reason = "the program's one look at the system's clock; all else is given it")]
fn main() -> ExitCode {
    cli::main(Arc::new(Utc::now))
}
