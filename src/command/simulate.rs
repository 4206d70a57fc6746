//! `motorpool simulate`: that many terminals over real sockets.

use std::process::ExitCode;

/// Plays that many terminals over real sockets.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  motorpool simulate --vehicles 300 --protocol mqtt --interval 10 --duration 60 --to 127.0.0.1:1883"
)]
pub(crate) struct Args {}

pub(crate) async fn run(args: Args, _clock: fleet_db::Clock) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
