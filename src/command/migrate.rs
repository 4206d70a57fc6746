//! `motorpool migrate`: brings the schema up to date and ends.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::config::{self, Source};
use crate::logging;
use crate::serve::Store;

/// Brings the schema of the database up to this program's version, and ends; `serve` does the same at its start.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool migrate --config motorpool.toml")]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Migrates, and says how many migrations the database has now.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    logging::start_quiet()?;
    let config = config::load(&Source::of_process(args.config, args.data))?;
    let store = Store::open(&config.database).await?;
    let progress = fleet_db::migrate::progress(&store.pool).await;
    store.close().await;
    let (known, applied) = progress.context("the schema's version cannot be read")?;
    writeln!(io::stdout(), "schema up to date: {applied} of {known} migrations").context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}
