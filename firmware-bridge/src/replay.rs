//! Replay: a recorded log played into a pty of its own, so that the serial path itself is exercised.

pub mod plt;
mod pty;
pub mod script;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

use crate::replay::script::Step;

pub use pty::Pty;

/// How fast a log is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many times as fast as it was recorded.
    Times(u32),
    /// As fast as it goes.
    Max,
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let times = text.parse().ok().filter(|times| (1..=1000).contains(times));
        times.map(Self::Times).ok_or_else(|| format!("{text:?} is no speed: write 1, 10 or max"))
    }
}

/// Why a log cannot be played.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a `.plt` is no point.
    #[error("{}: line {line} is no point of a track", path.display())]
    Point {
        /// Which file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: usize,
    },
    /// Neither NMEA nor `GeoLife`.
    #[error("{} holds neither NMEA sentences nor a GeoLife track", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// No pty.
    #[error("cannot make a pty")]
    Pty(#[source] std::io::Error),
    /// The pty broke.
    #[error("cannot write into the pty")]
    Write(#[source] std::io::Error),
}

impl ReplayError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "bridge.replay.unreadable",
            Self::Point { .. } => "bridge.replay.point",
            Self::Empty { .. } => "bridge.replay.empty",
            Self::Pty(_) => "bridge.replay.pty",
            Self::Write(_) => "bridge.replay.write",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "give the path of a readable file",
            Self::Point { .. } | Self::Empty { .. } => "give an NMEA log, or a GeoLife .plt file",
            Self::Pty(_) | Self::Write(_) => "check that /dev/pts is mounted and not full",
        }
    }
}

/// The steps of a log file.
pub fn load(path: &Path) -> Result<Vec<Step>, ReplayError> {
    let bytes = std::fs::read(path).map_err(|source| ReplayError::Unreadable { path: path.to_owned(), source })?;
    let steps = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("plt")) {
        let text = String::from_utf8_lossy(&bytes);
        let points = plt::points(&text).map_err(|line| ReplayError::Point { path: path.to_owned(), line })?;
        script::of_points(&points)
    } else {
        script::of_log(&bytes)
    };
    if steps.is_empty() { Err(ReplayError::Empty { path: path.to_owned() }) } else { Ok(steps) }
}
