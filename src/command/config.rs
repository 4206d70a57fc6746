//! `motorpool config`: the effective configuration, or the commented example.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::config::{self, Source};

/// Prints the effective configuration: defaults, file and environment laid over one another.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool config --example > motorpool.toml")]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Prints the commented example with every key and its default instead.
    #[arg(long)]
    example: bool,
}

/// Prints it; secrets show as `***`.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let text = if args.example {
        config::EXAMPLE.to_owned()
    } else {
        let config = config::load(&Source::of_process(args.config, None))?;
        toml::to_string(&config).context("cannot print the configuration")?
    };
    io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")?;
    Ok(ExitCode::SUCCESS)
}
