//! From bytes to deliveries: takes packets off what was read until there are no more, or no room for what they hold.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use fleet_db::ingest::QuarantinedRecord;
use rmqtt_codec::types::{Publish, QoS};
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::record::Record;
use tracing::debug;

use super::End;
use crate::delivery::{Delivery, Part, Receipt};
use crate::link::Link;
use crate::links::DeviceStatus;
use crate::payload::{self, Encoding};
use crate::run::App;
use crate::say;
use crate::telemetry;
use crate::topic::{self, Topic};
use crate::wire::{Reader, Reason, Said, Version, WireError};

/// Bytes read at once. The buffer belongs to the thread: an idle connection has none of its own.
const READ_BYTES: usize = 64 * 1024;

/// Bytes of one record kept aside; more would only help whoever floods us.
const ASIDE_BYTES: usize = 4096;

thread_local! {
    static BUFFER: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(READ_BYTES));
}

/// Why the intake stopped.
#[derive(Debug)]
pub(super) enum Step {
    /// All that was read has been taken in.
    Hungry,
    /// The shard of this delivery has no room.
    Full(Box<Delivery>),
    /// Too many messages wait for their acknowledgement, or too many bytes for the terminal.
    Unacknowledged,
    /// The terminal said goodbye.
    Goodbye,
}

/// The reading half of a session.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    app: &'a App,
    link: &'a Arc<Link>,
    reader: Reader,
    /// What was read and not yet taken in: the beginning of a packet, or whole packets while there is no room.
    rest: BytesMut,
    /// Deliveries of one message for which there was no room yet.
    held: Vec<Delivery>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(app: &'a App, link: &'a Arc<Link>, reader: Reader, rest: BytesMut) -> Self {
        Self { app, link, reader, rest, held: Vec::new() }
    }

    /// Reads what the socket has and takes it in.
    pub(super) fn read(&mut self) -> Result<Step, End> {
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            buffer.extend_from_slice(&self.rest);
            buffer.reserve(READ_BYTES / 2);
            match self.link.transport().try_read_buf(buffer) {
                Ok(0) => return Err(End::Closed),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Step::Hungry),
                Err(error) => return Err(error.into()),
            }
            let step = self.take_in(buffer);
            self.rest = BytesMut::from(buffer.as_ref());
            step
        })
    }

    /// Takes in what was read before and had no room.
    pub(super) fn digest(&mut self) -> Result<Step, End> {
        while let Some(delivery) = self.held.pop() {
            if let Some(step) = self.send(delivery)? {
                return Ok(step);
            }
        }
        let mut rest = std::mem::take(&mut self.rest);
        let step = self.take_in(&mut rest);
        self.rest = if rest.is_empty() { BytesMut::new() } else { rest };
        step
    }

    fn take_in(&mut self, buffer: &mut BytesMut) -> Result<Step, End> {
        let step = loop {
            if !self.link.has_room() {
                break Step::Unacknowledged;
            }
            let Some(said) = self.reader.next(buffer)? else { break Step::Hungry };
            if let Some(step) = self.heed(said)? {
                break step;
            }
        };
        // Whatever was answered on the way goes out in one write.
        self.link.flush();
        Ok(step)
    }

    fn heed(&mut self, said: Said) -> Result<Option<Step>, End> {
        let version = self.link.version();
        match said {
            Said::Publish(publish) => return self.publish(&publish),
            Said::Release(packet_id) => self.link.put(|out| say::put_complete(out, packet_id)),
            Said::Received => {}
            Said::Ping => self.link.put(say::put_pong),
            Said::Subscribe { packet_id, filters } => {
                let granted = self.own_commands(&filters);
                if granted.contains(&true) {
                    self.link.set_takes_commands(true);
                }
                let foreign = granted.iter().filter(|granted| !**granted).count();
                metrics::counter!(telemetry::FOREIGN_TOPIC).increment(u64::try_from(foreign).unwrap_or(u64::MAX));
                self.answer(|out| say::put_subscribed(out, version, packet_id, &granted))?;
            }
            Said::Unsubscribe { packet_id, filters } => {
                let known = self.own_commands(&filters);
                if known.contains(&true) {
                    self.link.set_takes_commands(false);
                }
                self.answer(|out| say::put_unsubscribed(out, version, packet_id, &known))?;
            }
            Said::Disconnect(false) => return Ok(Some(Step::Goodbye)),
            Said::Disconnect(true) => return Err(End::Closed),
            Said::Connect(_) => return Err(End::Wire(WireError::Unexpected)),
        }
        Ok(None)
    }

    fn own_commands(&self, filters: &[String]) -> Vec<bool> {
        let terminal = self.link.terminal().as_str();
        filters.iter().map(|filter| topic::is_own_command_filter(filter, terminal)).collect()
    }

    fn answer(&self, write: impl FnOnce(&mut BytesMut) -> Result<(), rmqtt_codec::error::EncodeError>) -> Result<(), End> {
        let mut written = Ok(());
        self.link.put(|out| written = write(out));
        written.map_err(|_too_long| End::Ended(Reason::TooLarge))
    }

    fn publish(&mut self, publish: &Publish) -> Result<Option<Step>, End> {
        let terminal = self.link.terminal().as_str();
        let Some(topic) = Topic::of(&publish.topic, terminal) else {
            return self.refuse_foreign(publish);
        };
        self.app.messages.count(topic);
        match topic {
            Topic::Position | Topic::Replay | Topic::Obd | Topic::Event => return self.records(publish),
            Topic::Status => note_status(self.app, terminal, &publish.payload),
            Topic::Answer => debug!(terminal, bytes = publish.payload.len(), "{terminal} answered a command"),
        }
        // Nothing of these is kept, so there is no commit to wait for.
        if let Some(packet_id) = publish.packet_id {
            self.link.put(|out| say::put_ack(out, publish.qos, packet_id));
        }
        Ok(None)
    }

    /// MQTT 5 can say no to one message; 3.1.1 can only end the connection.
    fn refuse_foreign(&self, publish: &Publish) -> Result<Option<Step>, End> {
        metrics::counter!(telemetry::FOREIGN_TOPIC).increment(1);
        match (self.link.version(), publish.packet_id) {
            (Version::V5, Some(packet_id)) => {
                self.link.put(|out| say::put_refusal(out, publish.qos, packet_id, Reason::NotAuthorized));
                Ok(None)
            }
            _ => Err(End::Ended(Reason::NotAuthorized)),
        }
    }

    fn records(&mut self, publish: &Publish) -> Result<Option<Step>, End> {
        let now = (self.app.clock)();
        let parts = self.parts(publish, now);
        let receipt = match publish.packet_id {
            Some(packet_id) if publish.qos != QoS::AtMostOnce => {
                if parts.is_empty() {
                    self.link.put(|out| say::put_ack(out, publish.qos, packet_id));
                    return Ok(None);
                }
                self.link.took();
                let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
                Some(Arc::new(Receipt::new(publish.qos, packet_id, count)))
            }
            _ => None,
        };
        self.held = parts
            .into_iter()
            .map(|part| Delivery { link: Arc::clone(self.link), receipt: receipt.as_ref().map(Arc::clone), part, room: None })
            .collect();
        while let Some(delivery) = self.held.pop() {
            if let Some(step) = self.send(delivery)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    fn send(&self, delivery: Delivery) -> Result<Option<Step>, End> {
        let full = self.app.lanes.of(&delivery).try_send(delivery)?;
        Ok(full.map(|delivery| Step::Full(Box::new(delivery))))
    }

    /// The message by vehicle; nearly always one part.
    fn parts(&self, publish: &Publish, now: DateTime<Utc>) -> Vec<Part> {
        let content_type = publish.properties.as_ref().and_then(|properties| properties.content_type.as_deref());
        let encoding = Encoding::of(content_type, &publish.payload);
        let payload = payload::read(encoding, &publish.payload, self.app.config.records_per_message);

        if let ([record], []) = (payload.records.as_slice(), payload.unreadable.as_slice()) {
            // What nearly every message is.
            return vec![match self.believe(record, now) {
                Ok((vehicle, observation)) => Part::Seen(vehicle, vec![observation]),
                Err((vehicle, code)) => Part::Aside(vec![self.aside(now, vehicle, code, as_json(record))]),
            }];
        }
        let mut aside: Vec<QuarantinedRecord> =
            payload.unreadable.into_iter().map(|piece| self.aside(now, None, piece.code, piece.bytes)).collect();
        let mut seen: BTreeMap<VehicleNo, Vec<Observation>> = BTreeMap::new();
        for record in payload.records {
            match self.believe(&record, now) {
                Ok((vehicle, observation)) => seen.entry(vehicle).or_default().push(observation),
                Err((vehicle, code)) => aside.push(self.aside(now, vehicle, code, as_json(&record))),
            }
        }
        let aside = (!aside.is_empty()).then_some(Part::Aside(aside));
        seen.into_iter().map(|(vehicle, observations)| Part::Seen(vehicle, observations)).chain(aside).collect()
    }

    /// Whose record it is and what it says; else whose, and the code of what is wrong with it.
    fn believe(
        &self,
        record: &Record,
        now: DateTime<Utc>,
    ) -> Result<(VehicleNo, Observation), (Option<VehicleNo>, &'static str)> {
        let observation = record.to_observation(now).map_err(|error| (None, error.code()))?;
        let vehicle = self.app.register.vehicle(self.link.terminal().as_str(), observation.fixed_at);
        if let Some(code) = self.app.untrue(&observation, now) {
            return Err((vehicle, code));
        }
        Ok((vehicle.ok_or((None, "device.unbound"))?, observation))
    }

    fn aside(
        &self,
        now: DateTime<Utc>,
        vehicle: Option<VehicleNo>,
        code: &'static str,
        mut payload: Vec<u8>,
    ) -> QuarantinedRecord {
        payload.truncate(ASIDE_BYTES);
        QuarantinedRecord { terminal: self.link.terminal().as_str().to_owned(), vehicle, received_at: now, code, payload }
    }
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
