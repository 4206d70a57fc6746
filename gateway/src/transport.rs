//! The stream under a link: TCP, or the near end of a pipe whose far end speaks TLS.

use std::io;

use bytes::BytesMut;
use tokio::net::{TcpStream, UnixStream};

/// A stream that any task may try to read or write without owning it.
#[derive(Debug)]
pub(crate) enum Transport {
    Tcp(TcpStream),
    Pipe(UnixStream),
}

impl Transport {
    /// What comes out of it came by TLS.
    pub(crate) const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Pipe(_))
    }

    pub(crate) async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.readable().await,
            Self::Pipe(stream) => stream.readable().await,
        }
    }

    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            Self::Pipe(stream) => stream.writable().await,
        }
    }

    pub(crate) fn try_read_buf(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_read_buf(buffer),
            Self::Pipe(stream) => stream.try_read_buf(buffer),
        }
    }

    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            Self::Pipe(stream) => stream.try_write(bytes),
        }
    }
}
