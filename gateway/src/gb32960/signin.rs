//! Until somebody has signed in: a vehicle by its VIN, a platform by its account; a chip may ask to be activated.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use fleet_db::device::RegisteredDevice;
use fleet_db::device::identity::Told;
use fleet_db::frame::Direction;
use fleet_db::platform::RegisteredPlatform;
use telematics::device::Protocol;
use telematics::gb32960::keys::{KeyRing, Keys};
use telematics::gb32960::login::Login;
use telematics::gb32960::{self, Ack, Body, Command, Edition, Encryption, Frame, Framer, Message, Verdict, reply};
use tokio::time::interval;

use super::keys;
use crate::clerk::Errand;
use crate::frames::Noted;
use crate::run::App;
use crate::session::{End, Reason};
use crate::telemetry;
use crate::transport::Transport;

/// Frames that a connection may send before it has signed in.
const PATIENCE: u32 = 16;

/// The longest data unit before somebody has signed in; a sign-in names battery packs of 24 letters each.
const DATA_BYTES: usize = 8 * 1024;

/// Pause between two looks whether an old link has gone, and how many there are.
const LOOK: Duration = Duration::from_millis(25);
const LOOKS: u32 = 20;

/// Who has signed in.
#[derive(Clone, Debug)]
pub(super) enum Who {
    /// A vehicle, for itself.
    Vehicle(Arc<RegisteredDevice>),
    /// A platform, for the vehicles that the register gives to it.
    Platform(Arc<RegisteredPlatform>),
}

impl Who {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Vehicle(device) => device.terminal.as_str(),
            Self::Platform(platform) => &platform.login,
        }
    }
}

/// Somebody who may come in.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) who: Who,
    pub(super) edition: Edition,
    /// The number of the sign-in, which the sign-out repeats.
    pub(super) serial: u16,
    /// What was read behind the sign-in.
    pub(super) rest: BytesMut,
    /// What is answered.
    pub(super) answer: Option<Vec<u8>>,
}

/// What is made of a frame: somebody comes in, or something is answered, after which the connection may have to end.
enum Heard {
    In(Who, u16, Option<Vec<u8>>),
    Answered(Option<Vec<u8>>),
    Refused(&'static str, Option<Vec<u8>>),
}

/// Hears a connection out until somebody has signed in, or its end.
pub(super) async fn admit(app: &App, transport: &Transport) -> Result<Admitted, End> {
    let mut framer = Framer::new(DATA_BYTES);
    let mut rest = BytesMut::new();
    let mut heard = 0;
    loop {
        loop {
            let taken = framer.next(&rest);
            let (used, Some(item)) = (taken.used, taken.item) else {
                let used = taken.used;
                rest.advance(used);
                break;
            };
            heard += 1;
            if heard > PATIENCE {
                return Err(End::Ended(Reason::Protocol));
            }
            let (edition, said) = match item {
                Ok(frame) => {
                    if frame.header.command == Command::Login {
                        give_way(app, frame.header.vin.as_str().unwrap_or_default()).await;
                    }
                    (frame.header.edition, heed(app, &frame))
                }
                Err(broken) => {
                    metrics::counter!(telemetry::GB32960_ERRORS, "code" => broken.error.code()).increment(1);
                    rest.advance(used);
                    continue;
                }
            };
            rest.advance(used);
            match said {
                Heard::In(who, serial, answer) => return Ok(Admitted { who, edition, serial, rest, answer }),
                Heard::Answered(answer) => say(transport, answer),
                Heard::Refused(code, answer) => {
                    say(transport, answer);
                    return Err(End::Refused(code));
                }
            }
        }
        transport.readable().await?;
        match transport.try_read_buf(&mut rest) {
            Ok(0) => return Err(End::Closed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A vehicle that comes back at once finds its old link still closing: half a second is given to that.
async fn give_way(app: &App, vin: &str) {
    let Some(device) = app.register.device(vin) else { return };
    let mut looks = interval(LOOK);
    for _ in 0..LOOKS {
        if app.links.of(device.id).is_none_or(|link| link.ended().is_some()) {
            return;
        }
        looks.tick().await;
    }
}

fn say(transport: &Transport, answer: Option<Vec<u8>>) {
    if let Some(bytes) = answer {
        // A few bytes on a fresh socket; should they not fit, the sender asks again.
        let _ = transport.try_write(&bytes);
    }
}

fn heed(app: &App, frame: &Frame<'_>) -> Heard {
    if frame.header.ack != Ack::Command {
        return Heard::Answered(None);
    }
    match frame.header.command {
        Command::Login | Command::Activation => vehicle(app, frame),
        Command::PlatformLogin => platform(app, frame),
        _ => {
            metrics::counter!(telemetry::GB32960_ERRORS, "code" => "gb32960.not_signed_in").increment(1);
            Heard::Answered(bare(frame, Ack::Error))
        }
    }
}

/// The answer to a frame of which nothing but its head is believed.
pub(super) fn bare(frame: &Frame<'_>, ack: Ack) -> Option<Vec<u8>> {
    let data = if frame.header.encryption == Encryption::None { frame.data } else { &[] };
    reply::refusal(&Message { header: frame.header, data, body: Body::Answer }, ack, &KeyRing::default())
}

fn vehicle(app: &App, frame: &Frame<'_>) -> Heard {
    let vin = frame.header.vin.as_str().unwrap_or_default();
    let known = app.register.device(vin).filter(|device| device.protocol == Protocol::Gb32960 && device.platform.is_none());
    let Some(device) = known else { return Heard::Refused("gb32960.unknown_vin", bare(frame, Ack::VinUnknown)) };
    app.frames.note(Noted { device: device.id, direction: Direction::Up, channel: "", bytes: frame.bytes, error: None });
    let mut all = Keys::default();
    all.put(vin.to_owned(), keys::registered(vin, &device.keys));
    let ring = all.ring(vin, None);
    let opened = gb32960::open(frame, &ring);
    let data = match &opened {
        Ok(data) => data,
        Err(error) => return Heard::Refused(error.code(), reply::to_error(&frame.header, &[], error, &ring)),
    };
    let message = match Message::read(frame.header, data) {
        Ok(message) => message,
        Err(error) => {
            metrics::counter!(telemetry::GB32960_ERRORS, "code" => error.code()).increment(1);
            return Heard::Answered(reply::to_error(&frame.header, data, &error, &ring));
        }
    };
    let verdict = message.verdict(&ring);
    let answer = reply::to(&message, verdict, Some((app.clock)()), &ring);
    match &message.body {
        Body::Login(_) if message.time().is_none() => Heard::Answered(answer),
        Body::Login(login) => match may_come_in(app, &device, login) {
            Ok(()) => Heard::In(Who::Vehicle(device), login.serial, answer),
            Err((code, ack)) => Heard::Refused(code, reply::refusal(&message, ack, &ring)),
        },
        // Whoever activates a chip proves that it has the key that people have entered for it: first use is no proof.
        Body::Activation(_) if verdict == Verdict::Valid => Heard::Answered(answer),
        Body::Activation(_) => Heard::Refused("gb32960.activation", reply::refusal(&message, Ack::Signature, &ring)),
        _ => Heard::Answered(answer),
    }
}

fn may_come_in(app: &App, device: &RegisteredDevice, login: &Login<'_>) -> Result<(), (&'static str, Ack)> {
    tell(app, device, login);
    if !has_own_card(device, login) {
        return Err(("gb32960.iccid", Ack::Error));
    }
    let now = (app.clock)();
    let taken = app.links.of(device.id).filter(|link| link.ended().is_none()).map(|link| now - link.heard_at());
    let taken_secs = i64::try_from(app.config.gb32960.taken_secs).unwrap_or(i64::MAX);
    if taken.is_some_and(|silent| silent.num_seconds() < taken_secs) {
        return Err(("gb32960.duplicate", Ack::VinDuplicate));
    }
    Ok(())
}

/// The SIM card is one of those that the register allows.
pub(super) fn has_own_card(device: &RegisteredDevice, login: &Login<'_>) -> bool {
    device.iccids.is_empty() || device.iccids.contains(&login.iccid())
}

/// Has written down what the vehicle says of itself.
pub(super) fn tell(app: &App, device: &RegisteredDevice, login: &Login<'_>) {
    let told = Told { vin: Some(device.terminal.to_string()), iccid: Some(login.iccid()), ..Told::default() };
    app.clerk.note(Errand::Told(device.id, Box::new(told)));
}

fn platform(app: &App, frame: &Frame<'_>) -> Heard {
    let ring = KeyRing::default();
    let opened = gb32960::open(frame, &ring).and_then(|data| match Message::read(frame.header, &data)?.body {
        Body::PlatformLogin(login) => Ok((login.serial, login.username(), login.password())),
        _ => Ok(<(u16, String, String)>::default()),
    });
    let (serial, name, password) = match opened {
        Ok(said) => said,
        Err(error) => return Heard::Answered(reply::to_error(&frame.header, frame.data, &error, &ring)),
    };
    match app.register.authenticate_platform(&name, password.as_bytes()) {
        Some(platform) => Heard::In(Who::Platform(platform), serial, bare(frame, Ack::Success)),
        // Unknown account or wrong password: not told apart.
        None => Heard::Refused("gb32960.platform", bare(frame, Ack::Error)),
    }
}
