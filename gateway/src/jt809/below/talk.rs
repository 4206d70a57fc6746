//! What is said after the login: positions go to the desk, and what asks for an answer gets it when all before it is stored.
//!
//! Positions are not answered. A platform that wants to know that they are stored asks by the keep-alive of the link.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use fleet_db::device::RegisteredDevice;
use fleet_db::device::identity::Told;
use fleet_db::frame::Direction;
use fleet_db::platform::RegisteredPlatform;
use telematics::jt809::header::Hand;
use telematics::jt809::message::result;
use telematics::jt809::{About, Content, Framer, Header, Message, Position, Registration};

use super::signin::{self, cipher_of};
use crate::clerk::Errand;
use crate::delivery::Ack;
use crate::frames::Noted;
use crate::session::{Desk, End, Heeded, Reason, Talk};
use crate::sorting::Sorter;
use crate::telemetry;

/// Broken frames in a row after which nothing good is to be expected.
const BROKEN: u32 = 200;

/// Our side of a session with an inferior platform.
#[derive(Debug)]
pub(super) struct Inferior {
    framer: Framer,
    hearing: Hearing,
}

/// What a session knows of who speaks.
#[derive(Debug)]
struct Hearing {
    platform: Arc<RegisteredPlatform>,
    hand: Hand,
    check_code: u32,
    /// The number of our last message.
    serial: u32,
    is_signed_out: bool,
    broken: u32,
}

impl Talk for Inferior {
    fn heed(&mut self, desk: &mut Desk<'_>, buffer: &mut BytesMut) -> Result<Heeded, End> {
        let (used, framed) = self.framer.next(buffer);
        let heeded = match framed.map(|framed| framed.frame) {
            None => Ok(Heeded::Hungry),
            Some(Ok(frame)) => self.hearing.frame(desk, frame.message),
            Some(Err(error)) => self.hearing.broken(error.code()),
        };
        buffer.advance(used);
        heeded
    }
}

impl Inferior {
    pub(super) fn new(platform: Arc<RegisteredPlatform>, hand: Hand, check_code: u32, framer: Framer, serial: u32) -> Self {
        let hearing = Hearing { platform, hand, check_code, serial, is_signed_out: false, broken: 0 };
        Self { framer, hearing }
    }
}

impl Hearing {
    fn broken(&mut self, code: &'static str) -> Result<Heeded, End> {
        count(code);
        self.broken += 1;
        if self.broken >= BROKEN { Err(End::Ended(Reason::Malformed)) } else { Ok(Heeded::One) }
    }

    fn frame(&mut self, desk: &mut Desk<'_>, message: &[u8]) -> Result<Heeded, End> {
        let edition = self.hand.edition;
        let read = Header::read(message, edition).and_then(|(header, body)| {
            let body = header.open(body, cipher_of(Some(&self.platform)))?;
            Ok((header.access_code, Message::read(header.id, &body, edition)?))
        });
        let (access_code, said) = match read {
            Ok(read) => read,
            Err(error) => return self.broken(error.code()),
        };
        if access_code != self.hand.access_code {
            return self.broken("jt809.access_code");
        }
        self.broken = 0;
        match said {
            Message::LinkTest => self.say_after(desk, &Message::LinkTestAnswer),
            Message::Logout { .. } => {
                self.is_signed_out = true;
                self.say_after(desk, &Message::LogoutAnswer);
            }
            Message::Closing(_) => return Ok(Heeded::Goodbye),
            Message::Login(_) => self.login_again(desk, message),
            Message::About(_) if self.is_signed_out => count("jt809.not_signed_in"),
            Message::About(about) => self.about(desk, about, message)?,
            // Notices, and what we have no use for.
            _ => {}
        }
        Ok(Heeded::One)
    }

    /// The platform signs in once more on its own link.
    fn login_again(&mut self, desk: &Desk<'_>, message: &[u8]) {
        let asked = signin::ask(desk.app, message, self.hand.edition);
        let verdict = asked.map(|asked| asked.verdict);
        let result = match verdict {
            Ok(Ok(platform)) if platform.id == self.platform.id => result::OK,
            Ok(Err((result, _))) => result,
            _ => result::OTHER,
        };
        if result == result::OK {
            self.is_signed_out = false;
        }
        let answer = self.bytes(desk, &Message::LoginAnswer { result, check_code: self.check_code });
        desk.link.took();
        desk.link.acknowledge(&Ack::Bytes(answer));
    }

    fn about(&self, desk: &mut Desk<'_>, about: About, message: &[u8]) -> Result<(), End> {
        let About { plate, colour, content } = about;
        let device = desk.app.register.by_plate(self.platform.id, &plate);
        if let Some(device) = &device {
            desk.app.frames.note(Noted { device: device.id, direction: Direction::Up, channel: "", bytes: message, error: None });
        }
        match (content, device) {
            (Content::Position(position), Some(device)) => store(desk, &device, &[position], false),
            (Content::Positions(positions), Some(device)) => store(desk, &device, &positions, true),
            (Content::Register(registration), Some(device)) => {
                let told = told(plate, colour, registration);
                desk.app.clerk.note(Errand::Told(device.id, Box::new(told)));
                Ok(())
            }
            (Content::Position(_) | Content::Positions(_) | Content::Register(_), None) => {
                count("jt809.unknown_plate");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn say_after(&mut self, desk: &mut Desk<'_>, message: &Message) {
        let bytes = self.bytes(desk, message);
        desk.fence(Ack::Bytes(bytes));
    }

    fn bytes(&mut self, desk: &Desk<'_>, message: &Message) -> Box<[u8]> {
        self.serial = self.serial.wrapping_add(1);
        let mut bytes = Vec::new();
        self.hand.put(&mut bytes, self.serial, message, (desk.app.clock)());
        bytes.into()
    }
}

/// Hands in positions of the vehicle that the device is in. The platform says which vehicle it means, so that a position from
/// before the device came into it is kept aside rather than given to the vehicle in which the device was then.
fn store(desk: &mut Desk<'_>, device: &Arc<RegisteredDevice>, positions: &[Position], replayed: bool) -> Result<(), End> {
    let now = (desk.app.clock)();
    let mut sorter = Sorter::new(desk.app, device, now);
    let meant = device.vehicle.as_ref().map(|vehicle| vehicle.no);
    for position in positions {
        let payload = || position.location().map(|location| location.bytes().to_vec()).unwrap_or_default();
        match position.observe(now, replayed) {
            Ok(seen) if device.vehicle_at(seen.fixed_at) == meant => sorter.see(seen, payload),
            Ok(_) => sorter.set_aside(meant, "device.unbound", payload()),
            Err(error) => {
                count(error.code());
                sorter.set_aside(meant, error.code(), payload());
            }
        }
    }
    desk.hand_in(sorter.parts(), Some(Ack::Silent))?;
    Ok(())
}

fn told(plate: String, colour: u8, registration: Registration) -> Told {
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    Told {
        plate: Some(plate),
        plate_colour: Some(colour),
        maker: filled(registration.maker),
        model: filled(registration.model),
        serial_number: filled(registration.terminal),
        imei: filled(registration.imei),
        ..Told::default()
    }
}

fn count(code: &'static str) {
    metrics::counter!(telemetry::JT809_ERRORS, "code" => code).increment(1);
}
