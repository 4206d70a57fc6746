//! The sealed log: what this device did, line by line, each line bound to all before it by SM3, so that a change shows.
//!
//! A line is `SEAL TEXT`: 64 hex digits, a space, one JSON object. `SEAL` is SM3 over the seal of the line before and `TEXT`. The
//! chain proves order and content to whoever knows a later seal; so that nobody can write the whole chain anew, the newest seal
//! travels to the gateway with the device's state (`seal`), and `log verify --seal` compares.

pub mod verify;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::{Value, json};
use sm3::{Digest as _, Sm3};
use thiserror::Error;
use tracing::{error, warn};

use crate::clock::Clock;
use verify::{Chain, Verdict};

/// SM3, 32 bytes.
pub type Digest = [u8; 32];

/// Where the log stands (封存点): the number of the newest line and its seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Lines so far, those of earlier files counted.
    pub n: u64,
    /// Seal of the newest line, hex.
    pub seal: String,
}

/// Why the log cannot be kept.
#[derive(Debug, Error)]
pub enum SealError {
    /// The file cannot be opened, read or renamed.
    #[error("cannot keep the sealed log {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl SealError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "bridge.seal.file",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::File { .. } => "check that the folder exists and can be written; set seal.path to another file",
        }
    }
}

/// The log of this device (设备防篡改日志).
pub struct SealedLog {
    path: PathBuf,
    limit_bytes: u64,
    clock: Clock,
    open: Mutex<Open>,
}

struct Open {
    file: File,
    bytes: u64,
    n: u64,
    seal: Digest,
}

impl SealedLog {
    /// Opens the log and goes on behind its newest line. A line cut short by a power failure is taken off, and that is told in
    /// the log; a log that was tampered with is put aside under another name, and the new one begins by saying so.
    pub fn open(path: &Path, limit_bytes: u64, device: &str, clock: Clock) -> Result<Self, SealError> {
        let fail = |source| SealError::File { path: path.to_owned(), source };
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(fail(error)),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let verdict = verify::chain(text.get(..whole).unwrap_or_default());
        let mut notes = Vec::new();
        let (n, seal) = match &verdict {
            Verdict::Whole(Chain { n, seal, .. }) => {
                if whole < text.len() {
                    notes.push(("cut_line_removed", json!({ "bytes": text.len() - whole })));
                }
                (*n, *seal)
            }
            Verdict::Empty => (0, genesis(device)),
            Verdict::Broken(broken) => {
                let aside = path.with_added_extension("broken");
                std::fs::rename(path, &aside).map_err(fail)?;
                warn!(code = "bridge.seal.broken", line = broken.line, "the sealed log was changed at line {}", broken.line);
                notes.push(("broken_log_put_aside", json!({ "line": broken.line, "n": broken.n })));
                (0, genesis(device))
            }
        };
        let is_new = !matches!(verdict, Verdict::Whole(_));
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(fail)?;
        let bytes = if is_new { 0 } else { whole as u64 };
        file.set_len(bytes).map_err(fail)?;
        let log = Self { path: path.to_owned(), limit_bytes, clock, open: Mutex::new(Open { file, bytes, n, seal }) };
        if is_new {
            log.write("began", &json!({ "device": device, "before": hex::encode(genesis(device)) })).map_err(fail)?;
        }
        for (what, detail) in notes {
            log.write(what, &detail).map_err(fail)?;
        }
        Ok(log)
    }

    /// Writes a line, and waits until the disk has it. A disk that refuses is told in the program's log: a car does not stop for it.
    pub fn note(&self, what: &str, detail: &Value) {
        if let Err(refused) = self.write(what, detail) {
            error!(
                code = "bridge.seal.file",
                error = &refused as &dyn std::error::Error,
                "a line of the sealed log was not written"
            );
        }
    }

    /// Where the log stands.
    pub fn mark(&self) -> Mark {
        let open = self.lock();
        Mark { n: open.n, seal: hex::encode(open.seal) }
    }

    fn write(&self, what: &str, detail: &Value) -> io::Result<()> {
        let mut open = self.lock();
        if open.bytes >= self.limit_bytes {
            self.roll(&mut open)?;
        }
        let at = (self.clock)().to_rfc3339_opts(SecondsFormat::Millis, true);
        let text = json!({ "n": open.n + 1, "at": at, "what": what, "detail": detail }).to_string();
        open.append(&text)
    }

    /// One older file is kept; the new one begins with where the old one ended.
    fn roll(&self, open: &mut Open) -> io::Result<()> {
        std::fs::rename(&self.path, self.path.with_added_extension("old"))?;
        let at = (self.clock)().to_rfc3339_opts(SecondsFormat::Millis, true);
        let text =
            json!({ "n": open.n + 1, "at": at, "what": "continued", "detail": { "before": hex::encode(open.seal) } }).to_string();
        open.file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        open.bytes = 0;
        open.append(&text)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for SealedLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedLog").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Open {
    fn append(&mut self, text: &str) -> io::Result<()> {
        let seal = bind(&self.seal, text.as_bytes());
        let line = format!("{} {text}\n", hex::encode(seal));
        if let Err(refused) = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data()) {
            // Half a line must not stand before the next one.
            self.file.set_len(self.bytes)?;
            return Err(refused);
        }
        self.bytes += line.len() as u64;
        self.n += 1;
        self.seal = seal;
        Ok(())
    }
}

/// What stands before the first line of a device.
fn genesis(device: &str) -> Digest {
    Sm3::digest(format!("motorpool-bridge sealed log 1 of {device}")).into()
}

/// The seal of `text` behind a line with the seal `before`.
fn bind(before: &Digest, text: &[u8]) -> Digest {
    let mut digest = Sm3::new();
    digest.update(before);
    digest.update(text);
    digest.finalize().into()
}

/// SM3 of what is given, hex; for the digests of records in the log.
pub fn digest_of(parts: impl IntoIterator<Item = Vec<u8>>) -> String {
    let mut digest = Sm3::new();
    for part in parts {
        digest.update(&part);
        digest.update(b"\n");
    }
    hex::encode(digest.finalize())
}
