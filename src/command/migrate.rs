//! `motorpool migrate`.

use std::process::ExitCode;

/// Stub.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool migrate")]
pub(crate) struct Args {}

pub(crate) async fn run(args: Args, _clock: fleet_db::Clock) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
