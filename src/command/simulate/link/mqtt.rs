//! MQTT 3.1.1, as little of it as a terminal needs.

use std::collections::HashMap;
use std::num::NonZeroU16;

use bytes::BytesMut;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v3::{Codec, Connect, ConnectAckReason, Packet};
use telematics::record::Record;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::{Heard, KEEP_ALIVE_S, LinkError};
use crate::command::simulate::entry::{Body, Entry};
use crate::command::simulate::sign_in::Identity;
use crate::command::simulate::spool::{Outgoing, Ticket};

/// Bytes of one packet from the service.
const FRAME_BYTES: u32 = 16 * 1024;

/// A connection that is signed in.
#[derive(Debug)]
pub(crate) struct Link {
    stream: TcpStream,
    codec: Codec,
    incoming: BytesMut,
    outgoing: BytesMut,
    terminal: String,
    last_id: u16,
    on_the_way: HashMap<NonZeroU16, Ticket>,
}

impl Link {
    pub(super) async fn sign_in(stream: TcpStream, identity: &Identity) -> Result<Self, LinkError> {
        let mut link = Self {
            stream,
            codec: Codec::new(FRAME_BYTES),
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            terminal: identity.name.to_string(),
            last_id: 0,
            on_the_way: HashMap::new(),
        };
        let connect = Connect {
            clean_session: true,
            keep_alive: KEEP_ALIVE_S,
            client_id: identity.name.as_str().into(),
            username: Some(identity.name.as_str().into()),
            password: Some(identity.secret.clone().unwrap_or_default().into()),
            ..Connect::default()
        };
        link.put(Packet::Connect(Box::new(connect))).await?;
        match link.packet().await? {
            Packet::ConnectAck(ack) if ack.return_code == ConnectAckReason::ConnectionAccepted => Ok(link),
            Packet::ConnectAck(ack) => Err(LinkError::Refused(ack.return_code.reason().to_owned())),
            _ => Err(LinkError::Refused(String::from("it answered something else"))),
        }
    }

    pub(super) async fn hear(&mut self) -> Result<Heard, LinkError> {
        let Packet::PublishAck { packet_id } = self.packet().await? else { return Ok(Heard::Other) };
        Ok(self.on_the_way.remove(&packet_id).map_or(Heard::Other, |ticket| Heard::Arrived(vec![ticket])))
    }

    /// Publishes at least once.
    pub(super) async fn publish(&mut self, message: Outgoing<'_>) -> Result<(), LinkError> {
        let lane = if message.is_replay { "pos/replay" } else { "pos" };
        let packet_id = self.free_id();
        self.on_the_way.insert(packet_id, message.ticket);
        let publish = Publish {
            dup: false,
            retain: false,
            qos: QoS::AtLeastOnce,
            topic: format!("v1/d/{}/{lane}", self.terminal).into(),
            packet_id: Some(packet_id),
            payload: payload(message.entries).into(),
            properties: None,
        };
        self.put(Packet::Publish(Box::new(publish))).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), LinkError> {
        self.put(Packet::PingRequest).await
    }

    pub(super) async fn close(mut self) {
        let _ = self.put(Packet::Disconnect).await;
        let _ = self.stream.shutdown().await;
    }

    async fn packet(&mut self) -> Result<Packet, LinkError> {
        loop {
            if let Some((packet, _)) = self.codec.decode(&mut self.incoming)? {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.incoming).await? == 0 {
                return Err(LinkError::Closed);
            }
        }
    }

    async fn put(&mut self, packet: Packet) -> Result<(), LinkError> {
        self.codec.encode(packet, &mut self.outgoing)?;
        Ok(self.stream.write_all_buf(&mut self.outgoing).await?)
    }

    fn free_id(&mut self) -> NonZeroU16 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last_id).filter(|id| !self.on_the_way.contains_key(id)) {
                return id;
            }
        }
    }
}

/// One record, or an array of them.
fn payload(entries: &[Entry]) -> Vec<u8> {
    let records: Vec<&Record> = entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Record(record) => Some(record.as_ref()),
            Body::Bytes(_) => None,
        })
        .collect();
    let payload = match records.as_slice() {
        [single] => serde_json::to_vec(single),
        several => serde_json::to_vec(several),
    };
    payload.expect("a record of numbers and texts is always JSON")
}
