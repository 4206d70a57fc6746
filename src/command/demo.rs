//! `motorpool demo`: the service with a believable fleet.

use std::process::ExitCode;

/// The service with a believable fleet of Hangzhou units.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool demo --vehicles 300 --port 8080")]
pub(crate) struct Args {}

pub(crate) async fn run(args: Args, _clock: fleet_db::Clock) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
