//! `motorpool track`: observations in, events, trips and stops out.

use std::process::ExitCode;

/// Works out trips and stops: observations in (JSON lines), events out (JSON lines).
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool track observations.jsonl")]
pub(crate) struct Args {}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
