//! A device of our own for tests and load: MQTT 3.1.1 or 5 with as little as can be between the test and the socket.

pub mod jt808;

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;

use bytes::{Bytes, BytesMut};
use rmqtt_codec::types::{Protocol, Publish, QoS};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::codec::{Decoder, Encoder};

/// The dialect a probe speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// MQTT 3.1.1.
    V3,
    /// MQTT 5.
    V5,
}

/// What a probe hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Let in (0) or not; the code of the dialect.
    Welcome(u8),
    /// PUBACK or PUBREC with its reason, 0 for success.
    Ack(u16, u8),
    /// PUBCOMP.
    Complete(u16),
    /// SUBACK: the codes.
    Subscribed(Vec<u8>),
    /// A command came down.
    Command(Bytes),
    /// PINGRESP.
    Pong,
    /// DISCONNECT with its reason (MQTT 5).
    Goodbye(u8),
    /// The connection is closed.
    Closed,
}

/// A device that a test drives (模拟终端).
#[derive(Debug)]
pub struct Probe {
    stream: TcpStream,
    codec: MqttCodec,
    dialect: Dialect,
    terminal: String,
    read: BytesMut,
    write: BytesMut,
    packet_id: u16,
}

impl Probe {
    /// Connects and sends CONNECT; whether it is let in is for `next` to hear.
    pub async fn knock(
        address: SocketAddr,
        from: Option<SocketAddr>,
        dialect: Dialect,
        terminal: &str,
        secret: &str,
        will: Option<&str>,
    ) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = from {
            socket.bind(from)?;
        }
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let codec = match dialect {
            Dialect::V3 => MqttCodec::V3(v3::Codec::new(0)),
            Dialect::V5 => MqttCodec::V5(v5::Codec::new(0, 0)),
        };
        let mut probe = Self {
            stream,
            codec,
            dialect,
            terminal: terminal.to_owned(),
            read: BytesMut::new(),
            write: BytesMut::new(),
            packet_id: 0,
        };
        probe.put(connect(dialect, terminal, secret, will));
        probe.flush().await?;
        Ok(probe)
    }

    /// Connects and is let in, or fails.
    pub async fn sign_in(address: SocketAddr, dialect: Dialect, terminal: &str, secret: &str) -> io::Result<Self> {
        let mut probe = Self::knock(address, None, dialect, terminal, secret, None).await?;
        match probe.next().await? {
            Heard::Welcome(0) => Ok(probe),
            other => Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("not let in: {other:?}"))),
        }
    }

    /// Puts a message on a lane of its own topics (`pos`, `st`, …) into the outgoing bytes; the packet id, 0 for `QoS` 0.
    pub fn publish(&mut self, lane: &str, qos: QoS, payload: impl Into<Bytes>) -> u16 {
        let topic = format!("v1/d/{}/{lane}", self.terminal);
        self.publish_to(topic, qos, payload.into())
    }

    /// The same on any topic.
    pub fn publish_to(&mut self, topic: String, qos: QoS, payload: Bytes) -> u16 {
        let packet_id = if qos == QoS::AtMostOnce {
            None
        } else {
            self.packet_id = self.packet_id.checked_add(1).unwrap_or(1);
            NonZeroU16::new(self.packet_id)
        };
        let properties = (self.dialect == Dialect::V5).then(v5::PublishProperties::default);
        let publish = Box::new(Publish { dup: false, retain: false, qos, topic: topic.into(), packet_id, payload, properties });
        self.put(match self.dialect {
            Dialect::V3 => MqttPacket::V3(v3::Packet::Publish(publish)),
            Dialect::V5 => MqttPacket::V5(v5::Packet::Publish(publish)),
        });
        packet_id.map_or(0, NonZeroU16::get)
    }

    /// Asks for a topic.
    pub fn subscribe(&mut self, filter: &str) {
        let packet_id = NonZeroU16::MAX;
        self.put(match self.dialect {
            Dialect::V3 => {
                MqttPacket::V3(v3::Packet::Subscribe { packet_id, topic_filters: vec![(filter.into(), QoS::AtLeastOnce)] })
            }
            Dialect::V5 => MqttPacket::V5(v5::Packet::Subscribe(v5::Subscribe {
                packet_id,
                id: None,
                user_properties: Vec::new(),
                topic_filters: vec![(filter.into(), v5::SubscriptionOptions::default())],
            })),
        });
    }

    /// PINGREQ.
    pub fn ping(&mut self) {
        self.put(match self.dialect {
            Dialect::V3 => MqttPacket::V3(v3::Packet::PingRequest),
            Dialect::V5 => MqttPacket::V5(v5::Packet::PingRequest),
        });
    }

    /// PUBREL, the second half of `QoS` 2.
    pub fn release(&mut self, packet_id: u16) {
        let packet_id = NonZeroU16::new(packet_id).unwrap_or(NonZeroU16::MIN);
        self.put(match self.dialect {
            Dialect::V3 => MqttPacket::V3(v3::Packet::PublishRelease { packet_id }),
            Dialect::V5 => {
                MqttPacket::V5(v5::Packet::PublishRelease(v5::PublishAck2 { packet_id, ..v5::PublishAck2::default() }))
            }
        });
    }

    /// Puts raw bytes, however wrong, into the outgoing bytes.
    pub fn put_raw(&mut self, bytes: &[u8]) {
        self.write.extend_from_slice(bytes);
    }

    /// Sends the outgoing bytes.
    pub async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all_buf(&mut self.write).await
    }

    /// Waits for the next word from the gateway.
    pub async fn next(&mut self) -> io::Result<Heard> {
        loop {
            if let Some(heard) = self.heard()? {
                return Ok(heard);
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(0) => return Ok(Heard::Closed),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(Heard::Closed),
                Err(error) => return Err(error),
            }
        }
    }

    /// What has been received already, without waiting.
    pub fn heard(&mut self) -> io::Result<Option<Heard>> {
        loop {
            let packet = self.codec.decode(&mut self.read).map_err(io::Error::other)?;
            let Some((packet, _)) = packet else { return Ok(None) };
            if let Some(heard) = hear(packet) {
                return Ok(Some(heard));
            }
        }
    }

    /// Ends the connection without a word.
    pub fn vanish(self) {
        drop(self.stream);
    }

    fn put(&mut self, packet: MqttPacket) {
        self.codec.encode(packet, &mut self.write).expect("a probe's packets can be encoded");
    }
}

fn connect(dialect: Dialect, terminal: &str, secret: &str, will: Option<&str>) -> MqttPacket {
    let password = Some(Bytes::copy_from_slice(secret.as_bytes()));
    let username = Some(terminal.to_owned().into());
    let topic = format!("v1/d/{terminal}/st");
    match dialect {
        Dialect::V3 => MqttPacket::V3(v3::Packet::Connect(Box::new(v3::Connect {
            protocol: Protocol(4),
            clean_session: true,
            keep_alive: 60,
            last_will: will.map(|message| v3::LastWill {
                qos: QoS::AtLeastOnce,
                retain: true,
                topic: topic.into(),
                message: Bytes::copy_from_slice(message.as_bytes()),
            }),
            client_id: terminal.to_owned().into(),
            username,
            password,
            cert: None,
        }))),
        Dialect::V5 => MqttPacket::V5(v5::Packet::Connect(Box::new(v5::Connect {
            clean_start: true,
            keep_alive: 60,
            request_problem_info: true,
            last_will: will.map(|message| v5::LastWill {
                qos: QoS::AtLeastOnce,
                retain: true,
                topic: topic.into(),
                message: Bytes::copy_from_slice(message.as_bytes()),
                will_delay_interval_sec: None,
                correlation_data: None,
                message_expiry_interval: None,
                content_type: None,
                user_properties: Vec::new(),
                is_utf8_payload: None,
                response_topic: None,
            }),
            client_id: terminal.to_owned().into(),
            username,
            password,
            ..v5::Connect::default()
        }))),
    }
}

fn hear(packet: MqttPacket) -> Option<Heard> {
    Some(match packet {
        MqttPacket::V3(v3::Packet::ConnectAck(ack)) => Heard::Welcome(ack.return_code.into()),
        MqttPacket::V5(v5::Packet::ConnectAck(ack)) => Heard::Welcome(ack.reason_code.into()),
        MqttPacket::V3(v3::Packet::PublishAck { packet_id } | v3::Packet::PublishReceived { packet_id }) => {
            Heard::Ack(packet_id.get(), 0)
        }
        MqttPacket::V5(v5::Packet::PublishAck(ack) | v5::Packet::PublishReceived(ack)) => {
            Heard::Ack(ack.packet_id.get(), ack.reason_code.into())
        }
        MqttPacket::V3(v3::Packet::PublishComplete { packet_id }) => Heard::Complete(packet_id.get()),
        MqttPacket::V5(v5::Packet::PublishComplete(ack)) => Heard::Complete(ack.packet_id.get()),
        MqttPacket::V3(v3::Packet::SubscribeAck { status, .. }) => Heard::Subscribed(
            status
                .iter()
                .map(|code| match code {
                    v3::SubscribeReturnCode::Success(qos) => qos.value(),
                    v3::SubscribeReturnCode::Failure => 0x80,
                })
                .collect(),
        ),
        MqttPacket::V5(v5::Packet::SubscribeAck(ack)) => {
            Heard::Subscribed(ack.status.iter().map(|code| (*code).into()).collect())
        }
        MqttPacket::V3(v3::Packet::Publish(publish)) | MqttPacket::V5(v5::Packet::Publish(publish)) => {
            Heard::Command(publish.payload)
        }
        MqttPacket::V3(v3::Packet::PingResponse) | MqttPacket::V5(v5::Packet::PingResponse) => Heard::Pong,
        MqttPacket::V5(v5::Packet::Disconnect(goodbye)) => Heard::Goodbye(goodbye.reason_code.into()),
        _ => return None,
    })
}
