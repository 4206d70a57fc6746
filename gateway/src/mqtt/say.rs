//! The few things that are said to a terminal, in its dialect.

use std::num::NonZeroU16;

use bytes::{BufMut, Bytes, BytesMut};
use rmqtt_codec::error::EncodeError;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use tokio_util::codec::Encoder;

use super::wire::Version;
use crate::session::Reason;

/// The answer to a request to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Welcome {
    Accepted { in_flight: u16, frame_bytes: u32 },
    BadSecret,
    NotAuthorized,
}

/// CONNACK. We keep no session: what a terminal was not acknowledged it sends again by itself.
pub(crate) fn put_welcome(out: &mut BytesMut, version: Version, welcome: Welcome) -> Result<(), EncodeError> {
    let packet = match version {
        Version::V3 => {
            let return_code = match welcome {
                Welcome::Accepted { .. } => v3::ConnectAckReason::ConnectionAccepted,
                Welcome::BadSecret => v3::ConnectAckReason::BadUserNameOrPassword,
                Welcome::NotAuthorized => v3::ConnectAckReason::NotAuthorized,
            };
            MqttPacket::V3(v3::Packet::ConnectAck(v3::ConnectAck { return_code, session_present: false }))
        }
        Version::V5 => {
            let mut ack = v5::ConnectAck {
                wildcard_subscription_available: false,
                subscription_identifiers_available: false,
                shared_subscription_available: false,
                ..v5::ConnectAck::default()
            };
            match welcome {
                Welcome::Accepted { in_flight, frame_bytes } => {
                    ack.receive_max = NonZeroU16::new(in_flight).unwrap_or(NonZeroU16::MIN);
                    // The limit of the codec leaves out the fixed header, the property counts it.
                    ack.max_packet_size = Some(frame_bytes.saturating_add(5));
                    ack.session_expiry_interval_secs = Some(0);
                }
                Welcome::BadSecret => ack.reason_code = v5::ConnectAckReason::BadUserNameOrPassword,
                Welcome::NotAuthorized => ack.reason_code = v5::ConnectAckReason::NotAuthorized,
            }
            MqttPacket::V5(v5::Packet::ConnectAck(Box::new(ack)))
        }
    };
    encoder(version).encode(packet, out)
}

/// SUBACK: granted with `QoS` 1, or refused, filter by filter.
pub(crate) fn put_subscribed(
    out: &mut BytesMut,
    version: Version,
    packet_id: NonZeroU16,
    granted: &[bool],
) -> Result<(), EncodeError> {
    let packet = match version {
        Version::V3 => {
            let code = |ok: &bool| {
                if *ok { v3::SubscribeReturnCode::Success(QoS::AtLeastOnce) } else { v3::SubscribeReturnCode::Failure }
            };
            MqttPacket::V3(v3::Packet::SubscribeAck { packet_id, status: granted.iter().map(code).collect() })
        }
        Version::V5 => {
            let code = |ok: &bool| if *ok { v5::SubscribeAckReason::GrantedQos1 } else { v5::SubscribeAckReason::NotAuthorized };
            MqttPacket::V5(v5::Packet::SubscribeAck(v5::SubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status: granted.iter().map(code).collect(),
            }))
        }
    };
    encoder(version).encode(packet, out)
}

/// UNSUBACK.
pub(crate) fn put_unsubscribed(
    out: &mut BytesMut,
    version: Version,
    packet_id: NonZeroU16,
    known: &[bool],
) -> Result<(), EncodeError> {
    let packet = match version {
        Version::V3 => MqttPacket::V3(v3::Packet::UnsubscribeAck { packet_id }),
        Version::V5 => {
            let code =
                |ok: &bool| if *ok { v5::UnsubscribeAckReason::Success } else { v5::UnsubscribeAckReason::NoSubscriptionExisted };
            MqttPacket::V5(v5::Packet::UnsubscribeAck(v5::UnsubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status: known.iter().map(code).collect(),
            }))
        }
    };
    encoder(version).encode(packet, out)
}

/// A command on its way down, `QoS` 1.
pub(crate) fn put_command(
    out: &mut BytesMut,
    version: Version,
    topic: String,
    packet_id: NonZeroU16,
    payload: Bytes,
) -> Result<(), EncodeError> {
    let publish = Box::new(Publish {
        dup: false,
        retain: false,
        qos: QoS::AtLeastOnce,
        topic: topic.into(),
        packet_id: Some(packet_id),
        payload,
        properties: (version == Version::V5).then(v5::PublishProperties::default),
    });
    let packet = match version {
        Version::V3 => MqttPacket::V3(v3::Packet::Publish(publish)),
        Version::V5 => MqttPacket::V5(v5::Packet::Publish(publish)),
    };
    encoder(version).encode(packet, out)
}

/// The acknowledgement of a message: PUBACK for `QoS` 1, PUBREC for `QoS` 2; four bytes in both dialects.
pub(crate) fn put_ack(out: &mut BytesMut, qos: QoS, packet_id: NonZeroU16) {
    out.put_u8(if qos == QoS::ExactlyOnce { 0x50 } else { 0x40 });
    out.put_u8(2);
    out.put_u16(packet_id.get());
}

/// PUBACK or PUBREC with a reason, MQTT 5 alone.
pub(crate) fn put_refusal(out: &mut BytesMut, qos: QoS, packet_id: NonZeroU16, reason: Reason) {
    out.put_u8(if qos == QoS::ExactlyOnce { 0x50 } else { 0x40 });
    out.put_u8(3);
    out.put_u16(packet_id.get());
    out.put_u8(code(reason));
}

/// PUBCOMP, the end of `QoS` 2.
pub(crate) fn put_complete(out: &mut BytesMut, packet_id: NonZeroU16) {
    out.put_u8(0x70);
    out.put_u8(2);
    out.put_u16(packet_id.get());
}

/// PINGRESP.
pub(crate) fn put_pong(out: &mut BytesMut) {
    out.put_slice(&[0xd0, 0]);
}

/// DISCONNECT with a reason; 3.1.1 has none, there the connection just ends.
pub(crate) fn put_goodbye(out: &mut BytesMut, version: Version, reason: Reason) {
    if version == Version::V5 {
        out.put_slice(&[0xe0, 1, code(reason)]);
    }
}

/// The reason code of MQTT 5.
const fn code(reason: Reason) -> u8 {
    match reason {
        Reason::Malformed => 129,
        Reason::Protocol => 130,
        Reason::NotAuthorized => 135,
        Reason::ShuttingDown => 139,
        Reason::KeepAlive => 141,
        Reason::TakenOver => 142,
        Reason::TooLarge => 149,
        // Quota exceeded.
        Reason::SlowConsumer => 151,
    }
}

fn encoder(version: Version) -> MqttCodec {
    match version {
        Version::V3 => MqttCodec::V3(v3::Codec::new(0)),
        Version::V5 => MqttCodec::V5(v5::Codec::new(0, 0)),
    }
}
