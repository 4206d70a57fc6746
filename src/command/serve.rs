//! `motorpool serve`: the service.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use fleet_db::Clock;

use crate::command::account;
use crate::config::{self, Source};
use crate::logging;
use crate::serve::{self, Part, Running, Store};

/// Runs the service: gateway, web and jobs in one process, unless told otherwise.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  motorpool serve --data /var/lib/motorpool\n  motorpool serve --config motorpool.toml --only gateway,jobs"
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

/// Runs until SIGINT or SIGTERM.
pub(crate) async fn run(args: Args, clock: Clock) -> anyhow::Result<ExitCode> {
    let config = config::load(&Source::of_process(args.config, args.data))?;
    logging::start(&config.log)?;
    let parts = if args.only.is_empty() { Part::ALL } else { &args.only };
    let shutdown = serve::on_signal()?;
    let sockets = serve::bind(&config, parts).await?;
    let opened = tokio::select! {
        opened = Store::open(&config.database) => opened?,
        () = shutdown.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    let first = account::first(&opened, clock()).await?;
    let running = serve::start(sockets, opened, &config, &clock, shutdown)?;
    if let Some((login, password)) = first {
        // Shown once and kept nowhere; `motorpool account password` makes another.
        let _ = writeln!(io::stdout(), "first start: sign in as {login} with the password {password}");
    }
    print_addresses(&running);
    running.wait().await?;
    Ok(ExitCode::SUCCESS)
}

/// Says on standard output where the service is; the last line says that it is ready.
pub(crate) fn print_addresses(running: &Running) {
    let mut lines = String::new();
    let addresses = [
        ("console", "http", running.http),
        ("devices", "mqtt", running.mqtt),
        ("devices", "jt808", running.jt808),
        ("devices", "gb32960", running.gb32960),
        ("figures", "http", running.ops),
    ];
    for (what, scheme, address) in addresses {
        if let Some(address) = address {
            // Writing into a string cannot fail.
            let _ = writeln!(lines, "{what:<8} {scheme}://{address}");
        }
    }
    lines.push_str("ready\n");
    // A closed standard output is no reason not to serve.
    let _ = io::stdout().write_all(lines.as_bytes());
}
