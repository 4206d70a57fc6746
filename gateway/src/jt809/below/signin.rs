//! Until a platform has signed in: its access code, its user and its password, in the edition that the login shows.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use fleet_db::platform::RegisteredPlatform;
use rand::Rng as _;
use telematics::jt809::header::Hand;
use telematics::jt809::message::result;
use telematics::jt809::{Cipher, Edition, Framer, Header, Login, Message};

use crate::register::is_secret_of;
use crate::run::App;
use crate::session::{End, Reason};
use crate::telemetry;
use crate::transport::Transport;

/// Frames that a connection may send before it has signed in.
const PATIENCE: u32 = 16;

/// Bytes of a frame before somebody has signed in; a login has 84, twice that when everything in it is escaped.
const FRAME_BYTES: usize = 1024;

/// A platform that may come in.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) platform: Arc<RegisteredPlatform>,
    /// How we write to it.
    pub(super) hand: Hand,
    /// By which it knows our sub-link (校验码).
    pub(super) check_code: u32,
    /// Where it waits for the sub-link.
    pub(super) waits_at: Option<SocketAddr>,
    pub(super) framer: Framer,
    /// What was read behind the login.
    pub(super) rest: BytesMut,
    /// The number of our last message.
    pub(super) serial: u32,
}

/// Who asks to come in, and whether it may.
pub(super) struct Asked {
    pub(super) hand: Hand,
    pub(super) login: Login,
    /// The platform, or the result that refuses it and the code under which that is counted.
    pub(super) verdict: Result<Arc<RegisteredPlatform>, (u8, &'static str)>,
}

/// Hears a connection out until somebody has signed in, or its end.
pub(super) async fn admit(app: &App, transport: &Transport) -> Result<Admitted, End> {
    let mut framer = Framer::new(FRAME_BYTES);
    let mut rest = BytesMut::new();
    let (mut heard, mut serial) = (0, 0);
    loop {
        loop {
            let (used, found) = framer.next(&rest);
            let asked = found.map(|found| {
                let message = found.frame.map_err(|error| error.code())?.message;
                ask(app, message, Edition::of(message).ok_or("jt809.edition")?)
            });
            rest.advance(used);
            let Some(asked) = asked else { break };
            heard += 1;
            if heard > PATIENCE {
                return Err(End::Ended(Reason::Protocol));
            }
            let Asked { hand, login, verdict } = match asked {
                Ok(asked) => asked,
                Err(code) => {
                    metrics::counter!(telemetry::JT809_ERRORS, "code" => code).increment(1);
                    continue;
                }
            };
            let check_code = rand::rng().next_u32();
            serial += 1;
            let answer =
                Message::LoginAnswer { result: verdict.as_ref().err().map_or(result::OK, |(result, _)| *result), check_code };
            say(app, transport, &hand, serial, &answer);
            return match verdict {
                Ok(platform) => {
                    let waits_at =
                        login.host.parse().ok().filter(|_| login.port != 0).map(|host| SocketAddr::new(host, login.port));
                    Ok(Admitted { platform, hand, check_code, waits_at, framer: Framer::default(), rest, serial })
                }
                Err((_, code)) => Err(End::Refused(code)),
            };
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

/// What a login asks for; the code of why it is none.
pub(super) fn ask(app: &App, message: &[u8], edition: Edition) -> Result<Asked, &'static str> {
    let (header, body) = Header::read(message, edition).map_err(|error| error.code())?;
    let platform = app.register.inferior(header.access_code);
    let cipher = cipher_of(platform.as_deref());
    let body = header.open(body, cipher).map_err(|error| error.code())?;
    let Message::Login(login) = Message::read(header.id, &body, edition).map_err(|error| error.code())? else {
        return Err("jt809.not_signed_in");
    };
    // We answer as we are spoken to.
    let hand = Hand {
        edition,
        access_code: header.access_code,
        cipher: cipher.filter(|_| header.cipher_flag == 1).map(|it| (it, header.key)),
    };
    let is_right = is_secret_of(platform.as_deref(), login.password.bytes());
    let verdict = match platform {
        _ if login.access_code.is_some_and(|code| code != header.access_code) => Err((result::ACCESS_CODE, "jt809.access_code")),
        None => Err((result::ACCESS_CODE, "jt809.access_code")),
        Some(platform) if platform.login != login.user.to_string() => Err((result::USER, "jt809.user")),
        Some(_) if !is_right => Err((result::PASSWORD, "jt809.password")),
        Some(platform) => Ok(platform),
    };
    Ok(Asked { hand, login, verdict })
}

/// The constants by which its bodies are opened.
pub(super) fn cipher_of(platform: Option<&RegisteredPlatform>) -> Option<Cipher> {
    let [m1, ia1, ic1] = platform?.jt809?.cipher?;
    Some(Cipher { m1, ia1, ic1 })
}

fn say(app: &App, transport: &Transport, hand: &Hand, serial: u32, answer: &Message) {
    let mut bytes = Vec::new();
    hand.put(&mut bytes, serial, answer, (app.clock)());
    // A few bytes on a fresh socket; should they not fit, the platform asks again.
    let _ = transport.try_write(&bytes);
}
