//! MQTT 3.1.1 and 5 as one: what a terminal may say (what is said to it: `say`).

use std::num::NonZeroU16;

use bytes::{Bytes, BytesMut};
use rmqtt_codec::error::DecodeError;
use rmqtt_codec::types::Publish;
use rmqtt_codec::version::{ProtocolVersion, VersionCodec};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use thiserror::Error;
use tokio_util::codec::Decoder;

/// What a terminal said.
#[derive(Debug)]
pub(crate) enum Said {
    Connect(Box<Connect>),
    Publish(Box<Publish>),
    /// Second half of `QoS` 2.
    Release(NonZeroU16),
    /// The terminal took a command.
    Received,
    Subscribe {
        packet_id: NonZeroU16,
        filters: Vec<String>,
    },
    Unsubscribe {
        packet_id: NonZeroU16,
        filters: Vec<String>,
    },
    Ping,
    /// It goes; `true` when its will is to be told all the same (MQTT 5, reason 4).
    Disconnect(bool),
}

/// A request to sign in.
#[derive(Debug)]
pub(crate) struct Connect {
    pub(crate) client_id: String,
    pub(crate) user: Option<String>,
    pub(crate) secret: Option<Bytes>,
    pub(crate) keep_alive_secs: u16,
    pub(crate) will: Option<(String, Bytes)>,
}

/// The dialect of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V3,
    V5,
}

/// Why the bytes of a terminal are no MQTT that we take.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    #[error("bytes are no MQTT packet")]
    Decode(#[from] DecodeError),
    #[error("a packet that only a server sends, or an extended sign-in")]
    Unexpected,
}

/// Takes packets off the front of a buffer; small, as every idle connection has one.
#[derive(Debug)]
pub(crate) struct Reader {
    codec: MqttCodec,
    frame_bytes: u32,
}

impl Reader {
    pub(crate) fn new(frame_bytes: u32) -> Self {
        Self { codec: MqttCodec::Version(VersionCodec), frame_bytes }
    }

    /// The dialect, once the first packet has told it.
    pub(crate) fn version(&self) -> Option<Version> {
        match self.codec {
            MqttCodec::V3(_) => Some(Version::V3),
            MqttCodec::V5(_) => Some(Version::V5),
            MqttCodec::Version(_) => None,
        }
    }

    /// The next packet; `None`: more bytes are needed.
    pub(crate) fn next(&mut self, buffer: &mut BytesMut) -> Result<Option<Said>, WireError> {
        loop {
            match self.codec.decode(buffer)? {
                None => return Ok(None),
                Some((MqttPacket::Version(ProtocolVersion::MQTT3), _)) => {
                    self.codec = MqttCodec::V3(v3::Codec::new(self.frame_bytes));
                }
                Some((MqttPacket::Version(ProtocolVersion::MQTT5), _)) => {
                    self.codec = MqttCodec::V5(v5::Codec::new(self.frame_bytes, 0));
                }
                Some((MqttPacket::V3(packet), _)) => return from_v3(packet).map(Some),
                Some((MqttPacket::V5(packet), _)) => return from_v5(packet).map(Some),
            }
        }
    }
}

fn from_v3(packet: v3::Packet) -> Result<Said, WireError> {
    Ok(match packet {
        v3::Packet::Connect(connect) => Said::Connect(Box::new(Connect {
            client_id: connect.client_id.to_string(),
            user: connect.username.map(|user| user.to_string()),
            secret: connect.password,
            keep_alive_secs: connect.keep_alive,
            will: connect.last_will.map(|will| (will.topic.to_string(), Bytes::copy_from_slice(&will.message))),
        })),
        v3::Packet::Publish(publish) => Said::Publish(publish),
        v3::Packet::PublishRelease { packet_id } => Said::Release(packet_id),
        v3::Packet::PublishAck { .. } => Said::Received,
        v3::Packet::Subscribe { packet_id, topic_filters } => {
            Said::Subscribe { packet_id, filters: topic_filters.into_iter().map(|(filter, _)| filter.to_string()).collect() }
        }
        v3::Packet::Unsubscribe { packet_id, topic_filters } => {
            Said::Unsubscribe { packet_id, filters: topic_filters.iter().map(ToString::to_string).collect() }
        }
        v3::Packet::PingRequest => Said::Ping,
        v3::Packet::Disconnect => Said::Disconnect(false),
        _ => return Err(WireError::Unexpected),
    })
}

fn from_v5(packet: v5::Packet) -> Result<Said, WireError> {
    Ok(match packet {
        v5::Packet::Connect(connect) if connect.auth_method.is_some() => return Err(WireError::Unexpected),
        v5::Packet::Connect(connect) => Said::Connect(Box::new(Connect {
            client_id: connect.client_id.to_string(),
            user: connect.username.map(|user| user.to_string()),
            secret: connect.password,
            keep_alive_secs: connect.keep_alive,
            will: connect.last_will.map(|will| (will.topic.to_string(), Bytes::copy_from_slice(&will.message))),
        })),
        v5::Packet::Publish(publish) => Said::Publish(publish),
        v5::Packet::PublishRelease(release) => Said::Release(release.packet_id),
        v5::Packet::PublishAck(_) => Said::Received,
        v5::Packet::Subscribe(subscribe) => Said::Subscribe {
            packet_id: subscribe.packet_id,
            filters: subscribe.topic_filters.into_iter().map(|(filter, _)| filter.to_string()).collect(),
        },
        v5::Packet::Unsubscribe(unsubscribe) => Said::Unsubscribe {
            packet_id: unsubscribe.packet_id,
            filters: unsubscribe.topic_filters.iter().map(ToString::to_string).collect(),
        },
        v5::Packet::PingRequest => Said::Ping,
        v5::Packet::Disconnect(goodbye) => {
            Said::Disconnect(goodbye.reason_code == v5::DisconnectReasonCode::DisconnectWithWillMessage)
        }
        _ => return Err(WireError::Unexpected),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Good packets, to be broken.
    fn seeds() -> Vec<Vec<u8>> {
        let mut seeds: Vec<Vec<u8>> = vec![
            b"\x10\x1e\x00\x04MQTT\x04\xc2\x00\x3c\x00\x04MP-1\x00\x04MP-1\x00\x06secret".to_vec(),
            b"\x10\x1f\x00\x04MQTT\x05\xc2\x00\x3c\x00\x00\x04MP-1\x00\x04MP-1\x00\x06secret".to_vec(),
            b"\x10\x2d\x00\x04MQTT\x05\xc6\x00\x3c\x05\x11\x00\x00\x00\x1e\x00\x04MP-1\x00\x00\x02st\x00\x02{}\x00\x04MP-1\x00\x06secret".to_vec(),
            b"\x32\x11\x00\x0dv1/d/MP-1/pos\x00\x07".to_vec(),
            b"\x32\x17\x00\x0dv1/d/MP-1/pos\x00\x07\x05\x03\x00\x02ab{}".to_vec(),
            b"\x82\x14\x00\x01\x00\x0dv1/d/MP-1/cmd\x01".to_vec(),
            b"\xa2\x11\x00\x01\x00\x0dv1/d/MP-1/cmd".to_vec(),
        ];
        seeds.extend([
            b"\x40\x02\x00\x01".to_vec(),
            b"\x62\x02\x00\x01".to_vec(),
            b"\xc0\x00".to_vec(),
            b"\xe0\x02\x04\x00".to_vec(),
        ]);
        seeds
    }

    fn read_all(bytes: &[u8], chunk: usize) -> u32 {
        let mut reader = Reader::new(4096);
        let (mut buffer, mut packets) = (BytesMut::new(), 0);
        for piece in bytes.chunks(chunk.max(1)) {
            buffer.extend_from_slice(piece);
            loop {
                match reader.next(&mut buffer) {
                    Ok(Some(_)) => packets += 1,
                    Ok(None) => break,
                    Err(_) => return packets,
                }
            }
        }
        packets
    }

    #[test]
    fn the_seeds_are_good() {
        for sign_in in seeds().iter().take(3) {
            assert_eq!(read_all(sign_in, 1), 1, "{sign_in:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), chunk in 1_usize..40) {
            read_all(&bytes, chunk);
        }

        #[test]
        fn broken_packets_after_a_sign_in_are_read_or_refused(
            version in 0_usize..3,
            picks in prop::collection::vec((0_usize..11, 0_usize..64, any::<u8>(), 0_usize..64), 1..8),
            chunk in 1_usize..80,
        ) {
            let seeds = seeds();
            let mut bytes = seeds[version].clone();
            for (pick, at, value, cut) in picks {
                let mut packet = seeds[pick].clone();
                if let Some(byte) = packet.get_mut(at) {
                    *byte = value;
                }
                if cut < packet.len() && cut % 3 == 0 {
                    packet.truncate(cut);
                }
                bytes.extend(packet);
            }
            read_all(&bytes, chunk);
        }
    }
}
