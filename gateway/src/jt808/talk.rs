//! What an authenticated terminal says, message by message: positions and reports go to the desk, the rest is answered at once.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::device::identity::Told;
use fleet_db::exempt::Veil;
use fleet_db::frame::Direction;
use fleet_db::report::Report;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use telematics::jt808::down::{Down, result};
use telematics::jt808::parameter::Setting;
use telematics::jt808::up::{Answered as Position, Attributes, Batch};
use telematics::jt808::{Framer, Header, Location, Message, Profile, TerminalNo, Up, explain, observe, reply};
use tracing::{info, warn};

use super::commands::ATTRIBUTES;
use super::drift::{Drift, News};
use super::pieces::Pieces;
use super::say;
use crate::clerk::Errand;
use crate::commands::Answered;
use crate::delivery::{Ack, Part};
use crate::exempt;
use crate::frames::Noted;
use crate::link::Link;
use crate::register::Card;
use crate::run::App;
use crate::session::{Desk, End, Heeded, Reason, Talk};
use crate::sorting::Sorter;
use crate::telemetry;

/// Broken frames in a row after which nothing good is to be expected.
const BROKEN: u32 = 200;

/// Bytes of a report's body that are kept as they came.
const RAW_BYTES: usize = 4096;

/// Seconds between two heartbeats (终端心跳发送间隔).
const HEARTBEAT: u32 = 0x0001;

/// A message that is to be answered: its number and its id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) serial: u16,
    pub(super) message_id: u16,
}

impl Asked {
    fn by(header: &Header) -> Self {
        Self { serial: header.serial, message_id: header.message_id }
    }

    fn ack(self, result: u8) -> Ack {
        Ack::Jt808 { serial: self.serial, message_id: self.message_id, result }
    }
}

/// Says the general answer at once, as nothing waits for the store.
pub(super) fn answer(link: &Link, asked: Asked, result: u8) {
    link.took();
    link.acknowledge(&asked.ack(result));
}

/// The JT/T 808 side of a session.
#[derive(Debug)]
pub(super) struct Jt808 {
    framer: Framer,
    hearing: Hearing,
}

/// What a session knows of its terminal.
#[derive(Debug)]
struct Hearing {
    card: Card,
    terminal: TerminalNo,
    pieces: Pieces,
    drift: Drift,
    broken: u32,
    logout: Option<Asked>,
}

impl Talk for Jt808 {
    fn heed(&mut self, desk: &mut Desk<'_>, buffer: &mut BytesMut) -> Result<Heeded, End> {
        let (done, framed) = self.framer.next(buffer);
        let heeded = match framed {
            None => Ok(Heeded::Hungry),
            Some(framed) => match framed.frame {
                Ok(frame) => self.hearing.frame(desk, &frame.header, frame.body, buffer.get(..done).unwrap_or_default()),
                Err(error) => self.hearing.broken(desk, error.code(), buffer.get(..done).unwrap_or_default()),
            },
        };
        buffer.advance(done);
        heeded
    }

    fn is_waiting(&self) -> bool {
        self.hearing.pieces.is_waiting()
    }

    fn tick(&mut self, desk: &mut Desk<'_>) {
        let now = (desk.app.clock)();
        for missing in self.hearing.pieces.overdue(now) {
            let (first_serial, packages) = (missing.first_serial, missing.indexes);
            // A message of more packages than fit one question is asked for bit by bit.
            let packages = packages.into_iter().take(usize::from(u8::MAX)).collect();
            let _ = say::say(desk.link, &Down::Resend { first_serial, packages });
        }
    }
}

impl Jt808 {
    pub(super) fn new(app: &App, framer: Framer, card: Card, terminal: TerminalNo) -> Self {
        let pieces = Pieces::new(&app.packages);
        let hearing = Hearing { card, terminal, pieces, drift: Drift::default(), broken: 0, logout: None };
        Self { framer, hearing }
    }

    /// The terminal has asked to be unregistered.
    pub(super) fn logout(&self) -> Option<Asked> {
        self.hearing.logout
    }
}

impl Hearing {
    fn broken(&mut self, desk: &Desk<'_>, code: &'static str, bytes: &[u8]) -> Result<Heeded, End> {
        count_error(code);
        self.note(desk, bytes, Some(code));
        self.broken += 1;
        if self.broken >= BROKEN { Err(End::Ended(Reason::Malformed)) } else { Ok(Heeded::One) }
    }

    fn note(&self, desk: &Desk<'_>, bytes: &[u8], error: Option<&'static str>) {
        let device = self.card.id();
        desk.app.frames.note(Noted { device, direction: Direction::Up, channel: "", bytes, error });
    }

    fn frame(&mut self, desk: &mut Desk<'_>, header: &Header, body: &[u8], bytes: &[u8]) -> Result<Heeded, End> {
        self.broken = 0;
        let is_own = header.terminal == self.terminal || header.terminal.significant() == self.card.terminal();
        if !is_own {
            // One connection is one terminal's: what is sent under another number has not been authenticated.
            count_error("jt808.foreign_terminal");
            self.note(desk, bytes, Some("jt808.foreign_terminal"));
            answer(desk.link, Asked::by(header), result::FAILED);
            return Ok(Heeded::One);
        }
        self.note(desk, bytes, None);
        if header.package.is_none() {
            return self.message(desk, header, body);
        }
        let now = (desk.app.clock)();
        match self.pieces.take(&desk.app.config, header, body, now) {
            Ok(Some((header, body))) => self.message(desk, &header, &body),
            Ok(None) => Ok(Heeded::One),
            Err(code) => {
                count_error(code);
                answer(desk.link, Asked::by(header), result::FAILED);
                Ok(Heeded::One)
            }
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, header: &Header, body: &[u8]) -> Result<Heeded, End> {
        desk.app.messages.count_jt808(header.message_id);
        let asked = Asked::by(header);
        match Up::read(header, body) {
            // What nearly every message is.
            Ok(Up::Location(location)) => {
                self.watch_clock(desk, &location);
                let parts = self.positions(desk.app, [(location, false)], &[]);
                desk.hand_in(parts, Some(asked.ack(result::DONE)))?;
            }
            Ok(Up::Batch(batch)) => {
                let parts = self.batch(desk.app, batch, body);
                desk.hand_in(parts, Some(asked.ack(result::DONE)))?;
            }
            Ok(Up::Heartbeat(_)) => answer(desk.link, asked, result::DONE),
            Ok(Up::Logout(_)) => {
                self.logout = Some(asked);
                return Ok(Heeded::Goodbye);
            }
            Ok(Up::Authentication(said)) => {
                let expected = self.card.device(&desk.app.register).secret_sha256;
                if !bool::from(Sha256::digest(said.token.as_bytes()).as_slice().ct_eq(&expected)) {
                    answer(desk.link, asked, result::FAILED);
                    return Err(End::Refused("device.bad_secret"));
                }
                answer(desk.link, asked, result::DONE);
            }
            Ok(Up::Reply(reply)) => {
                self.answered(desk, &Answered::General { serial: reply.reply_serial, result: reply.result });
            }
            Ok(Up::Parameters(told)) => self.parameters(desk, told.reply_serial, &told.parameters),
            Ok(Up::Attributes(told)) => self.attributes(desk, &told),
            Ok(Up::Located(position) | Up::Controlled(position)) => self.position(desk, header, position)?,
            Ok(Up::Resend(wanted)) => {
                let frames = desk.app.commands.again(self.card.id(), wanted.first_serial, &wanted.indexes);
                desk.link.say(|voice| frames.iter().for_each(|frame| voice.bytes.extend_from_slice(frame)));
            }
            up => self.other(desk, &Message { header: *header, edition: header.edition, body: body.to_vec(), up })?,
        }
        Ok(Heeded::One)
    }

    /// What is kept as a report, and what is not known or makes no sense; answered as `motorpool decode` says.
    fn other(&mut self, desk: &mut Desk<'_>, message: &Message) -> Result<(), End> {
        let now = (desk.app.clock)();
        let ack = match reply::of(message, now) {
            None => None,
            Some(Down::Answer { result, .. }) => Some(Asked::by(&message.header).ack(result)),
            Some(down) => Some(Ack::Say(Box::new(down))),
        };
        let parts = match &message.up {
            Err(error) => {
                count_error(error.code());
                Vec::new()
            }
            Ok(Up::Unknown(_)) => {
                count_error("jt808.unknown_message");
                Vec::new()
            }
            Ok(Up::Encrypted(_)) => {
                count_error("jt808.encrypted");
                Vec::new()
            }
            Ok(Up::Registration(_) | Up::TimeRequest(_)) => Vec::new(),
            Ok(_) if desk.app.exempt.veil(self.card.id()) == Some(Veil::Down) => {
                exempt::count(exempt::Kind::Report);
                Vec::new()
            }
            Ok(_) => vec![Part::Reports(vec![self.report(desk.app, message, now)])],
        };
        Ok(desk.hand_in(parts, ack)?)
    }

    fn report(&mut self, app: &App, message: &Message, received_at: DateTime<Utc>) -> Report {
        let veil = app.exempt.veil(self.card.id());
        let device = self.card.device(&app.register);
        // What a terminal stored while its vehicle was exempt may come in any of them: that it came is all that is kept.
        let decoded = match &message.up {
            Ok(up) if veil.is_none() => explain::body(up, message.edition, profile(device)),
            _ => Value::Null,
        };
        let raw = if veil.is_none() { message.body.as_slice() } else { &[] };
        Report {
            terminal: device.terminal.clone(),
            vehicle: device.vehicle_at(received_at),
            received_at,
            message_id: message.header.message_id,
            decoded,
            raw: raw.get(..RAW_BYTES).unwrap_or(raw).to_vec(),
        }
    }

    /// Positions, each with whether it was kept before it was sent, and what could not be read.
    fn positions(
        &mut self,
        app: &App,
        positions: impl IntoIterator<Item = (Location, bool)>,
        unreadable: &[(&'static str, &[u8])],
    ) -> Vec<Part> {
        let now = (app.clock)();
        let device = self.card.device(&app.register);
        let profile = profile(device);
        let mut sorter = Sorter::new(app, device, now);
        for (location, replayed) in positions {
            match observe(&location, profile, now, replayed) {
                Ok(seen) => sorter.see(seen, || location.bytes().to_vec()),
                Err(error) => {
                    count_error(error.code());
                    sorter.set_aside(None, error.code(), location.bytes().to_vec());
                }
            }
        }
        for (code, bytes) in unreadable {
            count_error(code);
            sorter.set_aside(None, code, bytes.to_vec());
        }
        sorter.parts()
    }

    /// 0x0704: in the order of time, whatever the order in the batch. What is wrong with it is kept aside, and the rest is stored.
    fn batch(&mut self, app: &App, batch: Batch, body: &[u8]) -> Vec<Part> {
        let replayed = batch.kind.is_replayed();
        let mut wrong: Vec<&'static str> = batch.problem.iter().map(telematics::jt808::cursor::BodyError::code).collect();
        let mut positions = Vec::with_capacity(batch.positions.len());
        for position in batch.positions {
            match position {
                Ok(location) => positions.push((location, replayed)),
                Err(error) => wrong.push(error.code()),
            }
        }
        positions.sort_by_key(|(location, _)| location.basic.time);
        // The whole message, as a piece out of the middle of a broken list would not tell what was meant.
        let unreadable: Vec<_> = wrong.first().map(|code| (*code, body)).into_iter().collect();
        self.positions(app, positions, &unreadable)
    }

    /// 0x0201 and 0x0500: the answer to a question, and a position like any other.
    fn position(&mut self, desk: &mut Desk<'_>, header: &Header, said: Position) -> Result<(), End> {
        let profile = profile(self.card.device(&desk.app.register));
        let answer = json!({ "position": explain::location(&said.location, header.edition, profile) });
        self.answered(desk, &Answered::Told { serial: said.reply_serial, answer });
        let parts = self.positions(desk.app, [(said.location, false)], &[]);
        Ok(desk.hand_in(parts, None)?)
    }

    fn parameters(&self, desk: &mut Desk<'_>, serial: u16, parameters: &[Setting]) {
        let heartbeat = parameters.iter().find(|setting| setting.id == HEARTBEAT).and_then(|setting| setting.shown().as_u64());
        if let Some(secs) = heartbeat.filter(|secs| (1..=86_400).contains(secs)) {
            desk.be_patient(std::time::Duration::from_secs(secs * super::HEARTBEATS));
        }
        let shown = |setting: &Setting| if setting.is_secret() { json!("***") } else { setting.shown() };
        let all: serde_json::Map<String, Value> =
            parameters.iter().map(|setting| (format!("{:#06x}", setting.id), shown(setting))).collect();
        self.answered(desk, &Answered::Told { serial, answer: json!({ "parameters": all }) });
    }

    fn attributes(&self, desk: &Desk<'_>, told: &Attributes) {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let identity = Told {
            maker: said(&told.maker),
            model: said(&told.model),
            serial_number: said(&told.device_id),
            iccid: said(&told.iccid),
            hardware: said(&told.hardware_version),
            firmware: said(&told.firmware_version),
            ..Told::default()
        };
        desk.app.clerk.note(Errand::Told(self.card.id(), Box::new(identity)));
        self.answered(desk, &Answered::Alone { message_id: ATTRIBUTES, answer: json!({ "attributes": told }) });
    }

    fn answered(&self, desk: &Desk<'_>, answered: &Answered) {
        desk.app.commands.answered(&desk.app.clerk, self.card.id(), desk.link, answered);
    }

    /// Live reports tell whether the terminal's clock is right; what they say is stored all the same.
    fn watch_clock(&mut self, desk: &Desk<'_>, location: &Location) {
        let Some(fixed_at) = location.basic.fixed_at() else { return };
        let bound = TimeDelta::seconds(i64::try_from(desk.app.config.drift_secs).unwrap_or(i64::MAX / 1000));
        let terminal = self.card.terminal();
        match self.drift.see(fixed_at, (desk.app.clock)(), bound) {
            Some(News::Off(behind)) => {
                metrics::counter!(telemetry::DRIFTS).increment(1);
                let seconds = behind.num_seconds();
                warn!(terminal, behind_s = seconds, "the clock of {terminal} is {seconds} s behind");
            }
            Some(News::Right) => info!(terminal, "the clock of {terminal} is right again"),
            None => {}
        }
    }
}

fn count_error(code: &'static str) {
    metrics::counter!(telemetry::JT808_ERRORS, "code" => code).increment(1);
}

/// The profile of a device's model; the standard alone where the register names one that is not known.
fn profile(device: &Arc<RegisteredDevice>) -> &'static Profile {
    Profile::by_name(&device.profile).unwrap_or(&Profile::STANDARD)
}
