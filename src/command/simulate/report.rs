//! The file of acknowledged reports: what the service must have stored.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::SecondsFormat;
use serde::Serialize;
use telematics::device::TerminalId;

use super::entry::Entry;

/// Lines reach the file at least this often, so that a killed run has told what it knew.
const FLUSH_EVERY: Duration = Duration::from_millis(500);

/// A file of acknowledged reports (确认清单).
#[derive(Debug)]
pub(crate) struct Report {
    path: PathBuf,
    file: BufWriter<File>,
    flushed: Instant,
    failure: Option<std::io::Error>,
}

#[derive(Serialize)]
struct Line<'a> {
    terminal: &'a str,
    fixed_at: String,
    sequence: i64,
    /// Its clock runs ahead: the service keeps it aside instead of on the track.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ahead: bool,
}

impl Report {
    /// Begins the file anew.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file), flushed: Instant::now(), failure: None })
    }

    /// Adds a line; a failure is kept and told at the end.
    pub(crate) fn write(&mut self, terminal: &TerminalId, entry: &Entry) {
        let line = Line {
            terminal: terminal.as_str(),
            fixed_at: entry.fixed_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            sequence: entry.sequence,
            ahead: entry.is_ahead,
        };
        if let Err(error) = self.put(&line) {
            self.failure.get_or_insert(error);
        }
    }

    /// Everything is in the file, or why not.
    pub(crate) fn close(&mut self) -> anyhow::Result<()> {
        let outcome = self.failure.take().map_or_else(|| self.file.flush(), Err);
        outcome.with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn put(&mut self, line: &Line<'_>) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")?;
        if self.flushed.elapsed() >= FLUSH_EVERY {
            self.flushed = Instant::now();
            self.file.flush()?;
        }
        Ok(())
    }
}
