//! The front door: command line, configuration, wiring; no rules of its own.

mod cli;
mod command;
mod config;
mod logging;
mod problem;
mod seed;
mod serve;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use fleet_db::Clock;

#[tokio::main]
async fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "a binary's main.rs is where the clock is read")]
    let clock: Clock = Arc::new(Utc::now);
    match cli::run(clock).await {
        Ok(code) => code,
        Err(error) => {
            problem::tell(&error);
            ExitCode::FAILURE
        }
    }
}
