//! `motorpool doctor`.

use std::process::ExitCode;

/// Stub.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool doctor")]
pub(crate) struct Args {}

pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
