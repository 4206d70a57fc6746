//! A terminal's connection in its protocol: signed in, it sends reports and hears which have arrived.

mod gb32960;
mod jt808;
mod mqtt;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::BufMut as _;
use rmqtt_codec::error::{DecodeError, EncodeError};
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::protocol::Protocol;
use super::sign_in::Identity;
use super::spool::{Outgoing, Ticket};

/// Seconds of silence after which the service may hang up.
pub(crate) const KEEP_ALIVE_S: u16 = 60;
/// How long connecting, or a single write, may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that is signed in (连接).
#[derive(Debug)]
pub(crate) enum Link {
    /// MQTT 3.1.1.
    Mqtt(mqtt::Link),
    /// JT/T 808.
    Jt808(jt808::Link),
    /// GB/T 32960.3.
    Gb32960(gb32960::Link),
}

/// What became of messages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// These have arrived and are stored.
    Arrived(Vec<Ticket>),
    /// This one was refused, and is not to be sent again.
    Refused(Ticket, String),
    /// Something else.
    Other,
}

/// Why there is no connection, or no longer.
#[derive(Debug, Error)]
pub(crate) enum LinkError {
    /// The network.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Nothing came in time.
    #[error("the service did not answer in time")]
    Slow,
    /// The service hung up.
    #[error("the service closed the connection")]
    Closed,
    /// The service did not let the terminal in.
    #[error("the service refused: {0}")]
    Refused(String),
    /// Bytes of another protocol came.
    #[error("the service does not speak the protocol: {0}")]
    Garbled(String),
    /// No MQTT came.
    #[error("the service does not speak MQTT: {0}")]
    Decode(#[from] DecodeError),
    /// No MQTT could be made.
    #[error("a message cannot be sent: {0}")]
    Encode(#[from] EncodeError),
}

impl Link {
    /// Connects and signs in.
    pub(crate) async fn open(to: SocketAddr, from: Option<IpAddr>, identity: &mut Identity) -> Result<Self, LinkError> {
        let opened = async {
            let stream = connect(to, from).await?;
            Ok(match identity.protocol {
                Protocol::Mqtt => Self::Mqtt(mqtt::Link::sign_in(stream, identity).await?),
                Protocol::Jt808 => Self::Jt808(jt808::Link::sign_in(stream, identity).await?),
                Protocol::Gb32960 => Self::Gb32960(gb32960::Link::sign_in(stream, identity).await?),
            })
        };
        timeout(PATIENCE, opened).await.map_err(|_elapsed| LinkError::Slow)?
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Outgoing<'_>) -> Result<(), LinkError> {
        let sent = async {
            match self {
                Self::Mqtt(link) => link.publish(message).await,
                Self::Jt808(link) => link.report(message).await,
                Self::Gb32960(link) => link.report(message).await,
            }
        };
        timeout(PATIENCE, sent).await.map_err(|_elapsed| LinkError::Slow)?
    }

    /// Says that it is still there, or asks what has arrived.
    pub(crate) async fn ping(&mut self) -> Result<(), LinkError> {
        let sent = async {
            match self {
                Self::Mqtt(link) => link.ping().await,
                Self::Jt808(link) => link.ping().await,
                Self::Gb32960(link) => link.ping().await,
            }
        };
        timeout(PATIENCE, sent).await.map_err(|_elapsed| LinkError::Slow)?
    }

    /// What the service says next; may be given up and asked again without losing any.
    pub(crate) async fn hear(&mut self) -> Result<Heard, LinkError> {
        match self {
            Self::Mqtt(link) => link.hear().await,
            Self::Jt808(link) => link.hear().await,
            Self::Gb32960(link) => link.hear().await,
        }
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        // A service that has gone before needs no goodbye.
        let _ = match self {
            Self::Mqtt(link) => timeout(PATIENCE, link.close()).await,
            Self::Jt808(link) => timeout(PATIENCE, link.close()).await,
            Self::Gb32960(link) => timeout(PATIENCE, link.close()).await,
        };
    }
}

/// A connection, from a chosen address when one machine has more terminals than an address has ports.
async fn connect(to: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Bytes in both directions, without any meaning yet.
#[derive(Debug)]
struct Wire {
    stream: TcpStream,
    incoming: Vec<u8>,
    /// Bytes of `incoming` that are done with.
    done: usize,
}

impl Wire {
    const fn new(stream: TcpStream) -> Self {
        Self { stream, incoming: Vec::new(), done: 0 }
    }

    /// What has come and is not done with.
    fn pending(&self) -> &[u8] {
        self.incoming.get(self.done..).unwrap_or_default()
    }

    /// Waits for more.
    async fn more(&mut self) -> Result<(), LinkError> {
        self.incoming.drain(..self.done);
        self.done = 0;
        self.stream.readable().await?;
        let mut room = (&mut self.incoming).limit(16 * 1024);
        match self.stream.try_read_buf(&mut room) {
            Ok(0) => Err(LinkError::Closed),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        Ok(self.stream.write_all(bytes).await?)
    }
}
