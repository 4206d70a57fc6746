//! A serial line that may vanish: opens it, reads it, tells silence, and opens it again with a growing pause.

use std::io;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_serial::{SerialPort as _, SerialPortBuilderExt as _, SerialStream};

/// Why a line cannot be used.
#[derive(Debug, Error)]
pub enum SerialError {
    /// There is no such device, or no right to it.
    #[error("cannot open the serial line {path} at {baud_rate} baud")]
    Open {
        /// Which device.
        path: String,
        /// At which rate.
        baud_rate: u32,
        /// Why.
        source: tokio_serial::Error,
    },
    /// The device went away.
    #[error("the serial line {path} is gone")]
    Gone {
        /// Which device.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl SerialError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "bridge.serial.open",
            Self::Gone { .. } => "bridge.serial.gone",
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Open { .. } => {
                "check the path (ls /dev/serial/by-id), that the receiver is plugged in, and that the user is in the group 'dialout'"
            }
            Self::Gone { .. } => "check the plug and the cable; the line is opened again by itself",
        }
    }
}

/// An open line.
#[derive(Debug)]
pub struct Line {
    path: String,
    stream: SerialStream,
}

impl Line {
    /// Opens `path` at `baud_rate`, 8N1.
    pub fn open(path: &Path, baud_rate: u32) -> Result<Self, SerialError> {
        let name = path.to_string_lossy().into_owned();
        let open = tokio_serial::new(name.as_str(), baud_rate).open_native_async();
        let stream = open.map_err(|source| SerialError::Open { path: name.clone(), baud_rate, source })?;
        Ok(Self { path: name, stream })
    }

    /// Reads what there is, at least one byte.
    pub async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, SerialError> {
        match self.stream.read(buffer).await {
            Ok(0) => Err(self.gone(io::ErrorKind::UnexpectedEof.into())),
            Ok(count) => Ok(count),
            Err(source) => Err(self.gone(source)),
        }
    }

    /// Writes all of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), SerialError> {
        self.stream.write_all(bytes).await.map_err(|source| self.gone(source))
    }

    /// Changes the rate of the open line.
    pub fn set_baud_rate(&mut self, baud_rate: u32) -> Result<(), SerialError> {
        let path = self.path.clone();
        self.stream.set_baud_rate(baud_rate).map_err(|source| SerialError::Open { path, baud_rate, source })
    }

    fn gone(&self, source: io::Error) -> SerialError {
        SerialError::Gone { path: self.path.clone(), source }
    }
}

/// A pause that doubles with every failure and starts anew after a success.
#[derive(Debug, Clone)]
pub struct Backoff {
    least: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    /// From `least` to `most`.
    pub const fn new(least: Duration, most: Duration) -> Self {
        Self { least, most, next: least }
    }

    /// The pause after one more failure.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = self.next.saturating_mul(2).min(self.most);
        pause
    }

    /// It worked.
    pub const fn reset(&mut self) {
        self.next = self.least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit_and_starts_anew() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
        let pauses: Vec<u64> = (0..7).map(|_| backoff.pause().as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.pause().as_secs(), 1);
    }
}
