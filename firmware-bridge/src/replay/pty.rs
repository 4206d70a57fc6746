//! A pty whose near end is written here and whose far end is opened by the serial reader, as a device would be.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_serial::{SerialPort as _, SerialStream};

use crate::replay::script::Step;
use crate::replay::{Pace, ReplayError};

/// Both ends of a pty; the far end stays open, so that the reader may come and go.
#[derive(Debug)]
pub struct Pty {
    near: SerialStream,
    _far: File,
    path: PathBuf,
}

impl Pty {
    /// A new pty, raw from the start: nothing is echoed, nothing translated.
    pub fn open() -> Result<Self, ReplayError> {
        Self::try_open().map_err(ReplayError::Pty)
    }

    fn try_open() -> io::Result<Self> {
        let (near, far) = SerialStream::pair()?;
        let path = PathBuf::from(far.name().unwrap_or_default());
        // The pair's own far end holds a lock that would keep the reader out; this handle only keeps the line alive.
        let kept = OpenOptions::new().read(true).custom_flags(OFlag::O_NOCTTY.bits()).open(&path)?;
        drop(far);
        Ok(Self { near, _far: kept, path })
    }

    /// The end that the serial reader opens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes all of it, as fast as the reader takes it.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.near.write_all(bytes).await
    }

    /// Reads what the far end wrote, at least one byte.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.near.read(buffer).await
    }

    /// Plays the steps and says how many bytes went over the wire.
    pub async fn play(&mut self, steps: &[Step], pace: Pace) -> Result<u64, ReplayError> {
        let start = tokio::time::Instant::now();
        let mut written = 0;
        for step in steps {
            if let Pace::Times(times) = pace {
                tokio::time::sleep_until(start + step.after / times).await;
            }
            self.write(&step.bytes).await.map_err(ReplayError::Write)?;
            written += step.bytes.len() as u64;
        }
        Ok(written)
    }
}
