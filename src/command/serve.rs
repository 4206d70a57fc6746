//! `motorpool serve`: the service.

use std::path::PathBuf;
use std::process::ExitCode;

use fleet_db::Clock;

use crate::serve::Part;

/// Runs the service: gateway, web and jobs in one process, unless told otherwise.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  motorpool serve --data /var/lib/motorpool\n  motorpool serve --config motorpool.toml --only gateway,jobs"
)]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only these parts of the service.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    only: Vec<Part>,
}

pub(crate) async fn run(args: Args, _clock: Clock) -> anyhow::Result<ExitCode> {
    let Args { .. } = args;
    anyhow::bail!("not built yet")
}
