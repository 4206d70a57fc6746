//! Logs: to standard error, for people or for machines; what is printed on standard output is an answer, never a log.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};
use crate::problem::Problem;

static CHOSEN: OnceLock<Option<String>> = OnceLock::new();

/// Remembers `--log`, which beats the configuration.
pub(crate) fn choose(filter: Option<String>) {
    // The command line is read once; a second choice could only be the same.
    let _ = CHOSEN.set(filter);
}

/// Starts logging for a service: what `log` of the configuration says, unless `--log` says otherwise.
pub(crate) fn start(log: &Log) -> Result<(), Problem> {
    let text = CHOSEN.get().and_then(Option::as_deref).unwrap_or(&log.filter);
    let filter = EnvFilter::try_new(text).map_err(|error| {
        let reason = format!("cannot read the log filter {text:?}: {error}");
        Problem::new("config.log_filter", reason, "write for example `info` or `info,gateway=debug`")
    })?;
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // Only one command runs in a process; a second start leaves the first in place.
    let _ = match log.format {
        LogFormat::Text => writer.with_target(false).finish().try_init(),
        LogFormat::Json => writer.json().flatten_event(true).finish().try_init(),
    };
    Ok(())
}

/// Starts logging for a command that does one thing and ends: warnings alone, unless `--log` says otherwise.
pub(crate) fn start_quiet() -> Result<(), Problem> {
    start(&Log { filter: String::from("warn"), format: LogFormat::Text })
}

/// A line of progress for a person who waits; without a terminal it is a line of the log.
pub(crate) fn progress(line: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        // Nobody waits at a terminal that is gone.
        let _ = writeln!(stderr, "{line}");
    } else {
        tracing::info!("{line}");
    }
}
