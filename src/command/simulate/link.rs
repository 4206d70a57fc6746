//! One terminal's connection: MQTT 3.1.1, as little of it as a terminal needs.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use bytes::BytesMut;
use rmqtt_codec::error::{DecodeError, EncodeError};
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v3::{Codec, Connect, ConnectAckReason, Packet};
use telematics::device::TerminalId;
use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::codec::{Decoder as _, Encoder as _};

/// Seconds of silence after which the service may hang up.
pub(crate) const KEEP_ALIVE_S: u16 = 60;
/// How long connecting, or a single write, may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of one packet from the service.
const FRAME_BYTES: u32 = 16 * 1024;

/// A connection that is signed in (连接).
#[derive(Debug)]
pub(crate) struct Link {
    stream: TcpStream,
    codec: Codec,
    incoming: BytesMut,
    outgoing: BytesMut,
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
    Refused(&'static str),
    /// No MQTT came.
    #[error("the service does not speak MQTT: {0}")]
    Decode(#[from] DecodeError),
    /// No MQTT could be made.
    #[error("a message cannot be sent: {0}")]
    Encode(#[from] EncodeError),
}

impl Link {
    /// Connects and signs in.
    pub(crate) async fn open(address: SocketAddr, terminal: &TerminalId, secret: &str) -> Result<Self, LinkError> {
        timeout(PATIENCE, Self::sign_in(address, terminal, secret)).await.map_err(|_elapsed| LinkError::Slow)?
    }

    async fn sign_in(address: SocketAddr, terminal: &TerminalId, secret: &str) -> Result<Self, LinkError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut link = Self { stream, codec: Codec::new(FRAME_BYTES), incoming: BytesMut::new(), outgoing: BytesMut::new() };
        let connect = Connect {
            clean_session: true,
            keep_alive: KEEP_ALIVE_S,
            client_id: terminal.as_str().into(),
            username: Some(terminal.as_str().into()),
            password: Some(secret.to_owned().into()),
            ..Connect::default()
        };
        link.send(Packet::Connect(Box::new(connect))).await?;
        match link.receive().await? {
            Packet::ConnectAck(ack) if ack.return_code == ConnectAckReason::ConnectionAccepted => Ok(link),
            Packet::ConnectAck(ack) => Err(LinkError::Refused(ack.return_code.reason())),
            _ => Err(LinkError::Refused("it answered something else")),
        }
    }

    /// The next packet; may be given up and asked again without losing any.
    pub(crate) async fn receive(&mut self) -> Result<Packet, LinkError> {
        loop {
            if let Some((packet, _)) = self.codec.decode(&mut self.incoming)? {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.incoming).await? == 0 {
                return Err(LinkError::Closed);
            }
        }
    }

    /// Publishes at least once.
    pub(crate) async fn publish(&mut self, topic: String, id: NonZeroU16, payload: Vec<u8>) -> Result<(), LinkError> {
        let publish = Publish {
            dup: false,
            retain: false,
            qos: QoS::AtLeastOnce,
            topic: topic.into(),
            packet_id: Some(id),
            payload: payload.into(),
            properties: None,
        };
        self.send(Packet::Publish(Box::new(publish))).await
    }

    /// Says that it is still there.
    pub(crate) async fn ping(&mut self) -> Result<(), LinkError> {
        self.send(Packet::PingRequest).await
    }

    /// Says goodbye.
    pub(crate) async fn close(mut self) {
        // A service that has gone before needs no goodbye.
        let _ = self.send(Packet::Disconnect).await;
        let _ = self.stream.shutdown().await;
    }

    async fn send(&mut self, packet: Packet) -> Result<(), LinkError> {
        self.codec.encode(packet, &mut self.outgoing)?;
        let written = timeout(PATIENCE, self.stream.write_all_buf(&mut self.outgoing)).await;
        Ok(written.map_err(|_elapsed| LinkError::Slow)??)
    }
}
