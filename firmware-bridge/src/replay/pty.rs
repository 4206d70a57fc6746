//! A pty whose near end is written here and whose far end is opened by the serial reader, as a device would be.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use tokio::io::unix::AsyncFd;

use crate::replay::script::Step;
use crate::replay::{Pace, ReplayError};

/// Both ends of a pty; the far end stays open, so that the reader may come and go.
#[derive(Debug)]
pub struct Pty {
    near: AsyncFd<OwnedFd>,
    _far: OwnedFd,
    path: PathBuf,
}

impl Pty {
    /// A new pty, raw from the start: nothing is echoed, nothing translated.
    pub fn open() -> Result<Self, ReplayError> {
        Self::try_open().map_err(ReplayError::Pty)
    }

    fn try_open() -> io::Result<Self> {
        let ends = openpty(None, None)?;
        let mut settings = tcgetattr(&ends.slave)?;
        cfmakeraw(&mut settings);
        tcsetattr(&ends.slave, SetArg::TCSANOW, &settings)?;
        let flags = OFlag::from_bits_retain(fcntl(&ends.master, FcntlArg::F_GETFL)?);
        fcntl(&ends.master, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
        let path = nix::unistd::ttyname(&ends.slave)?;
        Ok(Self { near: AsyncFd::register(ends.master)?, _far: ends.slave, path })
    }

    /// The end that the serial reader opens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes all of it, as fast as the reader takes it.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut ready = self.near.writable().await?;
            match ready.try_io(|near| Ok(nix::unistd::write(near.get_ref().as_fd(), rest)?)) {
                Ok(count) => rest = rest.get(count?..).unwrap_or_default(),
                Err(_not_yet) => {}
            }
        }
        Ok(())
    }

    /// Reads what the far end wrote, at least one byte.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.near.readable().await?;
            if let Ok(count) = ready.try_io(|near| Ok(nix::unistd::read(near.get_ref().as_fd(), buffer)?)) {
                return count;
            }
        }
    }

    /// Plays the steps and says how many bytes went over the wire.
    pub async fn play(&self, steps: &[Step], pace: Pace) -> Result<u64, ReplayError> {
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
