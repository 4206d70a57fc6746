//! What is said after the sign-in: reports go to the desk, and what asks for an answer gets it when all before it is stored.
//!
//! A right report is not answered (B.2.1). A vehicle that wants to know that its reports are stored asks by a heartbeat: its
//! answer waits for the commit of everything that came before it on the link.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use chrono::{DateTime, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::frame::Direction;
use telematics::datum::Datum;
use telematics::device::Protocol;
use telematics::fix::Observation;
use telematics::gb32960::keys::{KeyRing, KeySet, Keys};
use telematics::gb32960::{self, Ack as Code, Body, Broken, Command, Encryption, Frame, Framer, Message, Report, Verdict, reply};
use telematics::jt808::Profile;

use super::config::{Payloads, Signatures};
use super::signin::{self, Who, bare};
use super::{commands, keys, say};
use crate::delivery::Ack;
use crate::frames::Noted;
use crate::run::App;
use crate::session::{Desk, End, Heeded, Reason, Talk};
use crate::sorting::Sorter;
use crate::telemetry;

/// Broken frames in a row after which nothing good is to be expected.
const BROKEN: u32 = 200;

/// The GB/T 32960 side of a session.
#[derive(Debug)]
pub(super) struct Gb32960 {
    framer: Framer,
    hearing: Hearing,
}

/// What a session knows of who speaks.
#[derive(Debug)]
struct Hearing {
    who: Who,
    /// The number of the sign-in; `None` once signed out.
    serial: Option<u16>,
    /// The link is read by nobody else.
    is_secret: bool,
    keys: Keys,
    /// Whose keys those are, as the register had them.
    known: HashMap<String, Arc<RegisteredDevice>>,
    broken: u32,
}

/// What is to be done about a frame.
enum Verb {
    /// Store what it says.
    Store(Box<Observation>),
    /// Keep it aside, and say why when that is stored.
    Aside(&'static str, Option<Vec<u8>>),
    /// Say something at once.
    Say(Option<Vec<u8>>),
    /// Say something when everything before is stored.
    SayAfter(Option<Vec<u8>>),
    /// Refuse it; nothing is kept.
    Refuse(&'static str, Option<Vec<u8>>),
    /// Signed in once more.
    SignedIn(u16, Option<Vec<u8>>),
    /// Signed out.
    SignedOut(Option<Vec<u8>>),
    /// Another key for its data units.
    Key(Box<KeySet>, Option<Vec<u8>>),
}

impl Talk for Gb32960 {
    fn heed(&mut self, desk: &mut Desk<'_>, buffer: &mut BytesMut) -> Result<Heeded, End> {
        let taken = self.framer.next(buffer);
        let used = taken.used;
        let heeded = match taken.item {
            None => Ok(Heeded::Hungry),
            Some(Ok(frame)) => self.hearing.frame(desk, &frame),
            Some(Err(broken)) => self.hearing.broken(desk, &broken),
        };
        buffer.advance(used);
        heeded
    }
}

impl Gb32960 {
    pub(super) fn new(who: Who, serial: u16, is_secret: bool) -> Self {
        let mut keys = Keys::default();
        if let Who::Platform(platform) = &who {
            keys.put(platform.login.clone(), keys::registered(&platform.login, &platform.keys));
        }
        let hearing = Hearing { who, serial: Some(serial), is_secret, keys, known: HashMap::new(), broken: 0 };
        Self { framer: Framer::default(), hearing }
    }
}

impl Hearing {
    fn broken(&mut self, desk: &Desk<'_>, broken: &Broken<'_>) -> Result<Heeded, End> {
        count(broken.error.code());
        say(desk.link, reply::to_broken(broken));
        self.broken += 1;
        if self.broken >= BROKEN { Err(End::Ended(Reason::Malformed)) } else { Ok(Heeded::One) }
    }

    fn frame(&mut self, desk: &mut Desk<'_>, frame: &Frame<'_>) -> Result<Heeded, End> {
        self.broken = 0;
        if frame.header.ack != Code::Command {
            self.answered(desk, frame);
            return Ok(Heeded::One);
        }
        let vin = frame.header.vin.as_str().unwrap_or_default();
        let device = self.vehicle(desk.app, vin);
        if let Some(device) = &device {
            self.remember(vin, device);
        }
        let verb = self.judge(desk.app, frame, vin, device.as_ref());
        self.act(desk, frame, vin, device.as_ref(), verb)
    }

    /// The vehicle has answered a command; what answers nothing that was asked is passed over.
    fn answered(&self, desk: &Desk<'_>, frame: &Frame<'_>) {
        let Who::Vehicle(own) = &self.who else { return };
        let vin = frame.header.vin.as_str().unwrap_or_default();
        let is_answer = matches!(frame.header.command, Command::Query | Command::Set | Command::Control);
        if !is_answer || own.terminal.as_str() != vin {
            return;
        }
        desk.app.frames.note(Noted { device: own.id, direction: Direction::Up, channel: "", bytes: frame.bytes, error: None });
        let Ok(data) = gb32960::open(frame, &self.keys.ring(vin, None)) else { return };
        desk.app.commands.answered(&desk.app.clerk, own.id, desk.link, &commands::answered(frame, &data));
    }

    /// The vehicle, if it is one that may be spoken of on this link.
    fn vehicle(&self, app: &App, vin: &str) -> Option<Arc<RegisteredDevice>> {
        let device = app.register.device(vin).filter(|device| device.protocol == Protocol::Gb32960)?;
        let is_ours = match &self.who {
            Who::Vehicle(own) => own.id == device.id && device.platform.is_none(),
            Who::Platform(platform) => device.platform == Some(platform.id),
        };
        is_ours.then_some(device)
    }

    /// Takes over the keys of a vehicle when the register has changed them; a key that was exchanged is forgotten with that.
    fn remember(&mut self, vin: &str, device: &Arc<RegisteredDevice>) {
        if !self.known.get(vin).is_some_and(|known| Arc::ptr_eq(known, device)) {
            let is_same = self.known.get(vin).is_some_and(|known| same_keys(known, device));
            if !is_same {
                self.keys.put(vin.to_owned(), keys::registered(vin, &device.keys));
            }
            self.known.insert(vin.to_owned(), Arc::clone(device));
        }
    }

    fn judge(&self, app: &App, frame: &Frame<'_>, vin: &str, device: Option<&Arc<RegisteredDevice>>) -> Verb {
        let platform = match &self.who {
            Who::Platform(platform) => Some(platform.login.as_str()),
            Who::Vehicle(_) => None,
        };
        let ring = self.keys.ring(vin, platform);
        let opened = gb32960::open(frame, &ring);
        let data = match &opened {
            Ok(data) => data,
            Err(error) => return Verb::Aside(error.code(), reply::to_error(&frame.header, &[], error, &ring)),
        };
        let message = match Message::read(frame.header, data) {
            Ok(message) => message,
            Err(error) => return Verb::Aside(error.code(), reply::to_error(&frame.header, data, &error, &ring)),
        };
        let now = (app.clock)();
        let answer = |verdict| reply::to(&message, verdict, Some(now), &ring);
        let refusal = |ack| reply::refusal(&message, ack, &ring);
        match (&message.body, device) {
            (Body::Heartbeat | Body::TimeSync, _) => Verb::SayAfter(answer(Verdict::Unsigned)),
            (Body::PlatformLogin(_), _) => self.platform_again(app, &message, &ring),
            (Body::PlatformLogout(_), _) if platform.is_some() => Verb::SignedOut(answer(Verdict::Unsigned)),
            (Body::Report(_) | Body::Login(_) | Body::Logout(_) | Body::KeyExchange(_), None) => {
                Verb::Refuse("gb32960.unknown_vin", refusal(Code::VinUnknown))
            }
            (Body::Report(_), _) if self.serial.is_none() => Verb::Refuse("gb32960.not_signed_in", refusal(Code::Error)),
            (Body::Report(report), Some(device)) => believe(app, &message, report, device, &ring),
            (Body::Login(_), _) if message.time().is_none() => Verb::Say(answer(Verdict::Unsigned)),
            (Body::Login(login), Some(device)) => {
                signin::tell(app, device, login);
                if !signin::has_own_card(device, login) {
                    return Verb::Refuse("gb32960.iccid", refusal(Code::Error));
                }
                Verb::SignedIn(login.serial, answer(Verdict::Unsigned))
            }
            (Body::Logout(logout), Some(_)) => {
                if platform.is_none() && self.serial != Some(logout.serial) {
                    count("gb32960.serial");
                }
                // On a platform's link the others go on.
                if platform.is_some() {
                    return Verb::SayAfter(answer(Verdict::Unsigned));
                }
                Verb::SignedOut(answer(Verdict::Unsigned))
            }
            (Body::KeyExchange(exchange), Some(device)) => {
                // A key that anybody could read on its way is none.
                let is_hidden = self.is_secret || frame.header.encryption != Encryption::None;
                match keys::exchanged(vin, &device.keys, exchange, now).filter(|_| is_hidden) {
                    Some(set) => Verb::Key(Box::new(set), answer(Verdict::Unsigned)),
                    None => Verb::Refuse(
                        "gb32960.key_exchange",
                        reply::to_error(&frame.header, data, &gb32960::MessageError::Decryption(exchange.kind), &ring),
                    ),
                }
            }
            (Body::PlatformLogout(_) | Body::Activation(_), _) => Verb::Refuse("gb32960.unexpected", refusal(Code::Error)),
            (Body::Other | Body::Answer, _) => Verb::Say(answer(Verdict::Unsigned)),
        }
    }

    /// A platform signs in once more on its own link.
    fn platform_again(&self, app: &App, message: &Message<'_>, ring: &KeyRing<'_>) -> Verb {
        let (Body::PlatformLogin(login), Who::Platform(own)) = (&message.body, &self.who) else {
            return Verb::Refuse("gb32960.unexpected", reply::refusal(message, Code::Error, ring));
        };
        let admitted = app.register.authenticate_platform(&login.username(), login.password().as_bytes());
        if admitted.is_some_and(|platform| platform.id == own.id) {
            return Verb::SignedIn(login.serial, reply::refusal(message, Code::Success, ring));
        }
        Verb::Refuse("gb32960.platform", reply::refusal(message, Code::Error, ring))
    }

    fn act(
        &mut self,
        desk: &mut Desk<'_>,
        frame: &Frame<'_>,
        vin: &str,
        device: Option<&Arc<RegisteredDevice>>,
        verb: Verb,
    ) -> Result<Heeded, End> {
        let error = match &verb {
            Verb::Aside(code, _) | Verb::Refuse(code, _) => Some(*code),
            _ => None,
        };
        if let Some(code) = error {
            count(code);
        }
        if let Some(device) = device {
            desk.app.frames.note(Noted { device: device.id, direction: Direction::Up, channel: "", bytes: frame.bytes, error });
        }
        match verb {
            Verb::Store(observation) => {
                let Some(device) = device else { return Ok(Heeded::One) };
                let mut sorter = Sorter::new(desk.app, device, now(desk));
                sorter.see(*observation, || frame.bytes.to_vec());
                desk.hand_in(sorter.parts(), Some(Ack::Silent))?;
            }
            Verb::Aside(code, answer) => {
                let Some(device) = device else {
                    say(desk.link, bare(frame, Code::VinUnknown));
                    return Ok(Heeded::One);
                };
                let mut sorter = Sorter::new(desk.app, device, now(desk));
                sorter.set_aside(None, code, frame.bytes.to_vec());
                desk.hand_in(sorter.parts(), Some(answer.map_or(Ack::Silent, |bytes| Ack::Bytes(bytes.into()))))?;
            }
            Verb::Say(answer) | Verb::Refuse(_, answer) => say(desk.link, answer),
            Verb::SayAfter(answer) => say_after(desk, answer),
            Verb::SignedIn(serial, answer) => {
                self.serial = Some(serial);
                say(desk.link, answer);
            }
            Verb::SignedOut(answer) => {
                self.serial = None;
                say_after(desk, answer);
            }
            Verb::Key(set, answer) => {
                say(desk.link, answer);
                self.keys.put(vin.to_owned(), *set);
            }
        }
        Ok(Heeded::One)
    }
}

/// What a report says, when policy and signature let it pass.
fn believe(app: &App, message: &Message<'_>, report: &Report<'_>, device: &RegisteredDevice, ring: &KeyRing<'_>) -> Verb {
    let config = &app.config.gb32960;
    let refusal = |ack| reply::refusal(message, ack, ring);
    if config.payload == Payloads::Encrypted && message.header.encryption == Encryption::None {
        return Verb::Refuse("gb32960.plaintext", refusal(Code::Decryption));
    }
    let verdict = message.verdict(ring);
    if verdict == Verdict::Invalid {
        return Verb::Aside("gb32960.signature", refusal(Code::Signature));
    }
    if config.signature == Signatures::Require && verdict != Verdict::Valid {
        return Verb::Aside("gb32960.unsigned", refusal(Code::Signature));
    }
    let datum = Profile::by_name(&device.profile).map_or(Datum::Wgs84, |profile| profile.datum);
    match report.observe(datum, (app.clock)()) {
        Ok(observation) => Verb::Store(Box::new(observation)),
        Err(error) => Verb::Aside(error.code(), refusal(Code::Structure)),
    }
}

fn same_keys(one: &RegisteredDevice, other: &RegisteredDevice) -> bool {
    one.keys.public == other.keys.public && one.keys.payload == other.keys.payload
}

fn say_after(desk: &mut Desk<'_>, answer: Option<Vec<u8>>) {
    if let Some(bytes) = answer {
        desk.fence(Ack::Bytes(bytes.into()));
    }
}

fn now(desk: &Desk<'_>) -> DateTime<Utc> {
    (desk.app.clock)()
}

fn count(code: &'static str) {
    metrics::counter!(telemetry::GB32960_ERRORS, "code" => code).increment(1);
}
