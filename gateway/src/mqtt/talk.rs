//! What a signed-in MQTT device says, packet by packet: records go to the desk, the rest is answered at once.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::device::identity::Told;
use fleet_db::frame::Direction;
use rmqtt_codec::error::EncodeError;
use rmqtt_codec::types::{Publish, QoS};
use serde_json::Value;
use telematics::fix::Observation;
use telematics::record::Record;

use super::commands;
use super::payload::{self, Encoding};
use super::say;
use super::topic::{self, Topic};
use super::wire::{Reader, Said, Version, WireError};
use crate::clerk::Errand;
use crate::delivery::{Ack, Part};
use crate::frames::Noted;
use crate::links::DeviceStatus;
use crate::register::Card;
use crate::run::App;
use crate::session::{Desk, End, Heeded, Reason, Talk};
use crate::sorting::Sorter;
use crate::telemetry;

/// The MQTT side of a session.
#[derive(Debug)]
pub(super) struct Mqtt {
    reader: Reader,
    version: Version,
    card: Card,
}

impl Talk for Mqtt {
    fn heed(&mut self, desk: &mut Desk<'_>, buffer: &mut BytesMut) -> Result<Heeded, End> {
        let Some(said) = self.reader.next(buffer)? else { return Ok(Heeded::Hungry) };
        let link = desk.link;
        let version = self.version;
        match said {
            Said::Publish(publish) => self.publish(desk, &publish)?,
            Said::Release(packet_id) => link.put(|out| say::put_complete(out, packet_id)),
            Said::Received => {}
            Said::Ping => link.put(say::put_pong),
            Said::Subscribe { packet_id, filters } => {
                let granted = self.own_commands(&filters);
                let foreign = granted.iter().filter(|granted| !**granted).count();
                metrics::counter!(telemetry::FOREIGN_TOPIC).increment(u64::try_from(foreign).unwrap_or(u64::MAX));
                link.put(|out| say::put_subscribed(out, version, packet_id, &granted)).map_err(too_long)?;
                if granted.contains(&true) {
                    desk.app.links.listens(link);
                }
            }
            Said::Unsubscribe { packet_id, filters } => {
                let known = self.own_commands(&filters);
                if known.contains(&true) {
                    link.set_takes_commands(false);
                }
                link.put(|out| say::put_unsubscribed(out, version, packet_id, &known)).map_err(too_long)?;
            }
            Said::Disconnect(false) => return Ok(Heeded::Goodbye),
            Said::Disconnect(true) => return Err(End::Closed),
            Said::Connect(_) => return Err(WireError::Unexpected.into()),
        }
        Ok(Heeded::One)
    }
}

impl Mqtt {
    pub(super) fn new(reader: Reader, version: Version, card: Card) -> Self {
        Self { reader, version, card }
    }

    fn own_commands(&self, filters: &[String]) -> Vec<bool> {
        let terminal = self.card.terminal();
        filters.iter().map(|filter| topic::is_own_command_filter(filter, terminal)).collect()
    }

    fn publish(&mut self, desk: &mut Desk<'_>, publish: &Publish) -> Result<(), End> {
        let Some(topic) = Topic::of(&publish.topic, self.card.terminal()) else {
            return self.refuse_foreign(desk, publish);
        };
        desk.app.messages.count(topic);
        let (device, direction, channel) = (self.card.id(), Direction::Up, topic.name());
        desk.app.frames.note(Noted { device, direction, channel, bytes: &publish.payload, error: None });
        match topic {
            Topic::Position | Topic::Replay | Topic::Obd | Topic::Event => return self.records(desk, topic, publish),
            Topic::Status => self.status(desk.app, &publish.payload),
            Topic::Answer => match commands::answer(&publish.payload) {
                Some(answered) => desk.app.commands.answered(&desk.app.clerk, self.card.id(), desk.link, &answered),
                None => metrics::counter!(telemetry::REFUSED, "code" => "answer.malformed").increment(1),
            },
        }
        // Nothing of these is kept, so there is no commit to wait for.
        if let Some(packet_id) = publish.packet_id {
            desk.link.put(|out| say::put_ack(out, publish.qos, packet_id));
        }
        Ok(())
    }

    /// What a device says of itself is kept in the store too, for whoever looks at it or sends it a newer program.
    fn status(&self, app: &App, payload: &Bytes) {
        note_status(app, self.card.terminal(), payload);
        let Ok(status) = serde_json::from_slice::<Value>(payload) else { return };
        if let Some(version) = status.get("version").and_then(Value::as_str) {
            let told = Told { firmware: Some(version.to_owned()), ..Told::default() };
            app.clerk.note(Errand::Told(self.card.id(), Box::new(told)));
        }
        app.clerk.note(Errand::Status(self.card.id(), Box::new(status)));
    }

    /// MQTT 5 can say no to one message; 3.1.1 can only end the connection.
    fn refuse_foreign(&self, desk: &Desk<'_>, publish: &Publish) -> Result<(), End> {
        metrics::counter!(telemetry::FOREIGN_TOPIC).increment(1);
        match (self.version, publish.packet_id) {
            (Version::V5, Some(packet_id)) => {
                desk.link.put(|out| say::put_refusal(out, publish.qos, packet_id, Reason::NotAuthorized));
                Ok(())
            }
            _ => Err(End::Ended(Reason::NotAuthorized)),
        }
    }

    fn records(&mut self, desk: &mut Desk<'_>, topic: Topic, publish: &Publish) -> Result<(), End> {
        let app = desk.app;
        let content_type = publish.properties.as_ref().and_then(|properties| properties.content_type.as_deref());
        let message = (content_type, publish.payload.as_ref(), topic == Topic::Replay);
        let parts = parts(app, self.card.device(&app.register), message, (app.clock)());
        let ack = match publish.packet_id {
            Some(packet_id) if publish.qos != QoS::AtMostOnce => Some(Ack::Mqtt { qos: publish.qos, packet_id }),
            _ => None,
        };
        desk.hand_in(parts, ack)?;
        Ok(())
    }
}

/// The records of a payload by vehicle, and what is kept aside of it.
fn parts(
    app: &App,
    device: &Arc<RegisteredDevice>,
    (content_type, bytes, replayed): (Option<&str>, &[u8], bool),
    now: DateTime<Utc>,
) -> Vec<Part> {
    let payload = payload::read(Encoding::of(content_type, bytes), bytes, app.config.records_per_message);
    let mut sorter = Sorter::new(app, device, now);
    for piece in payload.unreadable {
        sorter.set_aside(None, piece.code, piece.bytes);
    }
    for record in payload.records {
        match record.to_observation(now) {
            Ok(observation) => sorter.see(Observation { replayed, ..observation }, || as_json(&record)),
            Err(error) => sorter.set_aside(None, error.code(), as_json(&record)),
        }
    }
    sorter.parts()
}

fn too_long(_: EncodeError) -> End {
    End::Ended(Reason::TooLarge)
}

/// A record as text, for the quarantine.
fn as_json(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}

/// Keeps what a device says of itself; what is no status is counted and forgotten.
pub(super) fn note_status(app: &App, terminal: &str, payload: &Bytes) {
    match serde_json::from_slice::<DeviceStatus>(payload) {
        Ok(status) => app.links.note_status(terminal, status),
        Err(_not_a_status) => metrics::counter!(telemetry::REFUSED, "code" => "status.malformed").increment(1),
    }
}
