//! `motorpool decode`: bytes in, one JSON object a message out.

use std::process::ExitCode;

/// Decodes what a device sent: bytes in, one JSON object a message out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode nmea drive.log")]
pub(crate) struct Args {}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args {} = args;
    anyhow::bail!("not built yet")
}
