//! The command line: what can be asked for, each with an example.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fleet_db::Clock;

use crate::command::{account, audit, config, decode, demo, doctor, import, migrate, plan, right_size, serve, simulate, track};
use crate::logging;

/// Official cars of public bodies: where they are, where they were, and who drives them.
#[derive(Debug, Parser)]
#[command(
    name = "motorpool",
    version,
    propagate_version = true,
    after_help = "Example:\n  motorpool demo --vehicles 300 --port 8080"
)]
struct Cli {
    /// What to log, for example `info`, `warn` or `info,gateway=debug`; beats `log.filter` of the configuration.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Simulate(simulate::Args),
    Decode(decode::Args),
    Track(track::Args),
    Plan(plan::Args),
    RightSize(right_size::Args),
    Account(account::Args),
    Audit(audit::Args),
    Import(import::Args),
    Migrate(migrate::Args),
    Config(config::Args),
    Doctor(doctor::Args),
}

/// Reads the command line and does what it says; bad usage ends the program here with status 2.
pub(crate) async fn run(clock: Clock) -> anyhow::Result<ExitCode> {
    let Cli { log, command } = Cli::parse();
    logging::choose(log);
    match command {
        Command::Serve(args) => serve::run(args, clock).await,
        Command::Demo(args) => demo::run(args, clock).await,
        Command::Simulate(args) => simulate::run(args, clock).await,
        Command::Decode(args) => decode::run(args, clock()),
        Command::Track(args) => track::run(args),
        Command::Plan(args) => plan::run(args).await,
        Command::RightSize(args) => right_size::run(&args),
        Command::Account(args) => account::run(args, clock).await,
        Command::Audit(args) => audit::run(args, clock).await,
        Command::Import(args) => import::run(args, clock).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Config(args) => config::run(args),
        Command::Doctor(args) => doctor::run(args).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with("Example"), "{}", command.get_name());
        }
    }
}
