//! Until a terminal is authenticated: registration (0x0100), authentication (0x0102), and a refusal for everything else.

use std::io;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use fleet_db::DbError;
use fleet_db::device::identity::Told;
use fleet_db::device::{self, Claim, RegisteredDevice};
use fleet_db::frame::Direction;
use rand::Rng as _;
use sha2::{Digest, Sha256};
use telematics::device::Protocol;
use telematics::jt808::down::{Down, result};
use telematics::jt808::frame::FrameError;
use telematics::jt808::packages::{self, Serial};
use telematics::jt808::up::{Authentication, Registration};
use telematics::jt808::{Edition, Framer, Header, TerminalNo, Up};
use tracing::{info, warn};

use super::talk::Asked;
use crate::clerk::Errand;
use crate::frames::Noted;
use crate::run::App;
use crate::session::{End, Reason};
use crate::telemetry;
use crate::transport::Transport;

/// Messages that a connection may send before it is authenticated.
const PATIENCE: u32 = 64;

/// Bytes of the code that a registration gives out; it goes out as twice as many digits.
const CODE_BYTES: usize = 16;

/// A terminal that may come in.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) device: Arc<RegisteredDevice>,
    pub(super) edition: Edition,
    pub(super) terminal: TerminalNo,
    pub(super) serial: Serial,
    pub(super) framer: Framer,
    /// What was read behind the authentication.
    pub(super) rest: BytesMut,
    /// The authentication, which waits for its answer.
    pub(super) answer: Asked,
}

/// What a stranger asks for.
#[derive(Debug)]
enum Wish {
    Register(Box<Registration>, Edition),
    Authenticate(Box<Authentication>),
    /// Anything else, with the result that it gets.
    Else(&'static str, u8),
}

/// The part of a connection before its authentication.
struct Porch<'a> {
    app: &'a App,
    transport: &'a Transport,
    serial: Serial,
    /// The edition of 2011 is told by the registration alone.
    edition: Option<Edition>,
}

/// Hears a connection out until it is authenticated, or its end.
pub(super) async fn admit(app: &App, transport: &Transport) -> Result<Admitted, End> {
    let mut framer = Framer::default();
    let mut rest = BytesMut::new();
    let mut porch = Porch { app, transport, serial: Serial::default(), edition: None };
    let mut heard = 0;
    loop {
        while let Some(said) = next(app, &mut framer, &mut rest) {
            heard += 1;
            if heard > PATIENCE {
                return Err(End::Ended(Reason::Protocol));
            }
            let Ok((header, wish)) = said else { continue };
            if let Some(device) = porch.heed(&header, wish).await? {
                let answer = Asked { serial: header.serial, message_id: header.message_id };
                let edition = porch.edition.filter(|_| header.edition == Edition::V2013).unwrap_or(header.edition);
                let Header { terminal, .. } = header;
                return Ok(Admitted { device, edition, terminal, serial: porch.serial, framer, rest, answer });
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

/// The next message, or what was none.
fn next(app: &App, framer: &mut Framer, rest: &mut BytesMut) -> Option<Result<(Header, Wish), FrameError>> {
    let (done, piece) = framer.next(rest);
    let found = piece.map(|piece| match piece.frame {
        Err(error) => {
            metrics::counter!(telemetry::JT808_ERRORS, "code" => error.code()).increment(1);
            Err(error)
        }
        Ok(frame) => {
            let header = frame.header;
            let wish = match Up::read(&header, frame.body) {
                Ok(Up::Registration(registration)) if header.package.is_none() => {
                    Wish::Register(Box::new(registration), edition_of(&header, frame.body))
                }
                Ok(Up::Authentication(authentication)) if header.package.is_none() => {
                    Wish::Authenticate(Box::new(authentication))
                }
                Ok(_) => Wish::Else("jt808.not_authenticated", result::FAILED),
                Err(error) => Wish::Else(error.code(), result::BAD_MESSAGE),
            };
            if let Some(device) = known(app, &header) {
                let bytes = rest.get(..done).unwrap_or_default();
                let error = match &wish {
                    Wish::Else(code, _) => Some(*code),
                    _ => None,
                };
                app.frames.note(Noted { device: device.id, direction: Direction::Up, channel: "", bytes, error });
            }
            Ok((header, wish))
        }
    });
    rest.advance(done);
    found
}

fn edition_of(header: &Header, body: &[u8]) -> Edition {
    telematics::jt808::Message::read(*header, body).edition
}

/// The terminal that the register knows under this number, by whichever edition it comes.
fn known(app: &App, header: &Header) -> Option<Arc<RegisteredDevice>> {
    app.register.device(&header.terminal.significant()).filter(|device| device.protocol == Protocol::Jt808)
}

impl Porch<'_> {
    /// The terminal, once it is authenticated.
    async fn heed(&mut self, header: &Header, wish: Wish) -> Result<Option<Arc<RegisteredDevice>>, End> {
        match wish {
            Wish::Register(registration, edition) => {
                self.edition = Some(edition);
                self.register(header, &registration).await?;
                Ok(None)
            }
            Wish::Authenticate(authentication) => self.authenticate(header, &authentication).map(Some),
            Wish::Else(code, result) => {
                metrics::counter!(telemetry::JT808_ERRORS, "code" => code).increment(1);
                // An answer of ours that comes back is not answered again.
                if header.message_id < 0x8000 {
                    self.answer(header, result);
                }
                Ok(None)
            }
        }
    }

    async fn register(&mut self, header: &Header, registration: &Registration) -> Result<(), End> {
        let mut token = None;
        let ended = match known(self.app, header) {
            None => device::Registration::NoSuchTerminal,
            Some(device) => {
                let code = code();
                let ended = match self.mark_registered(&device, registration, &code).await {
                    Ok(ended) => ended,
                    Err(error) => {
                        // Without an answer the terminal asks again, when the store may be back.
                        warn!(terminal = %device.terminal, error = &error as &dyn std::error::Error, "{} cannot be registered", device.terminal);
                        return Err(End::Refused("store.away"));
                    }
                };
                if ended == device::Registration::Done {
                    self.app.register.renew(device.terminal.as_str(), Sha256::digest(&code).into());
                    self.app.clerk.forget(device.id);
                    token = Some(code);
                }
                self.app.clerk.note(Errand::Told(device.id, Box::new(told(registration))));
                ended
            }
        };
        info!(terminal = %header.terminal, result = ended.code(), "registration of {} ended with {}", header.terminal, ended.code());
        if ended != device::Registration::Done {
            metrics::counter!(telemetry::REFUSED, "code" => refusal(ended)).increment(1);
        }
        self.say(header, &Down::Registered { reply_serial: header.serial, result: ended.code(), token });
        Ok(())
    }

    async fn mark_registered(
        &self,
        device: &RegisteredDevice,
        registration: &Registration,
        code: &str,
    ) -> Result<device::Registration, DbError> {
        let claim = Claim { plate: registration.plate.clone(), vin: registration.vin.clone() };
        let mut tx = fleet_db::begin(&self.app.pool).await?;
        let hash = Sha256::digest(code).into();
        let ended = device::mark_registered(&mut tx, device.id, &claim, hash, (self.app.clock)()).await?;
        tx.commit().await?;
        Ok(ended)
    }

    fn authenticate(&mut self, header: &Header, said: &Authentication) -> Result<Arc<RegisteredDevice>, End> {
        let name = header.terminal.significant();
        let device = self.app.register.authenticate(&name, said.token.as_bytes());
        let Some(device) = device.filter(|device| device.protocol == Protocol::Jt808) else {
            self.answer(header, result::FAILED);
            return Err(End::Refused("device.bad_secret"));
        };
        let told = Told {
            imei: said.imei.clone().filter(|imei| !imei.is_empty()),
            firmware: said.software_version.clone().filter(|version| !version.is_empty()),
            ..Told::default()
        };
        if told != Told::default() {
            self.app.clerk.note(Errand::Told(device.id, Box::new(told)));
        }
        Ok(device)
    }

    fn answer(&mut self, header: &Header, result: u8) {
        self.say(header, &Down::Answer { reply_serial: header.serial, reply_id: header.message_id, result });
    }

    /// A few bytes on a fresh socket; should they not fit, the terminal asks again.
    fn say(&mut self, header: &Header, message: &Down) {
        let Ok(sent) = packages::frames(message, header.terminal, header.edition, &mut self.serial) else { return };
        let bytes = sent.bytes();
        if let Some(device) = known(self.app, header) {
            let (device, direction) = (device.id, Direction::Down);
            self.app.frames.note(Noted { device, direction, channel: "", bytes: &bytes, error: None });
        }
        let _ = self.transport.try_write(&bytes);
    }
}

/// A code that nobody can guess.
fn code() -> String {
    let mut bytes = [0_u8; CODE_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

fn told(registration: &Registration) -> Told {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Told {
        plate: registration.plate.clone(),
        plate_colour: Some(registration.plate_colour),
        vin: registration.vin.clone(),
        maker: said(&registration.maker),
        model: said(&registration.model),
        serial_number: said(&registration.device_id),
        ..Told::default()
    }
}

const fn refusal(ended: device::Registration) -> &'static str {
    match ended {
        device::Registration::Done => "registration.done",
        device::Registration::VehicleTaken => "registration.vehicle_taken",
        device::Registration::NoSuchVehicle => "registration.no_such_vehicle",
        device::Registration::AlreadyRegistered => "registration.already_registered",
        device::Registration::NoSuchTerminal => "registration.no_such_terminal",
    }
}
