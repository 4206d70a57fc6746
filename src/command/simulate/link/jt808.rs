//! JT/T 808 over TCP: registration or authentication, heartbeats, reports of which each is acknowledged by 0x8001.

use std::collections::HashMap;

use telematics::jt808::edition::Edition;
use telematics::jt808::frame::{self, BODY_MAX, Frame, Framer};
use telematics::jt808::header::{Header, Package, TerminalNo};
use telematics::jt808::text;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Heard, LinkError, Wire};
use crate::command::simulate::entry::{Body, Entry};
use crate::command::simulate::jt808::{self, AUTHENTICATE, BATCH, HEARTBEAT, LOCATION, REGISTER};
use crate::command::simulate::sign_in::Identity;
use crate::command::simulate::spool::{Outgoing, Ticket};

/// Answers of the platform.
const GENERAL_ANSWER: u16 = 0x8001;
const SEND_AGAIN: u16 = 0x8003;
const REGISTERED: u16 = 0x8100;
/// Every so many messages in packages go out in the wrong order, and lose one on the way.
const SHUFFLED: u16 = 5;
const PACKAGE_LOST: u16 = 7;

/// A connection that is signed in.
#[derive(Debug)]
pub(crate) struct Link {
    wire: Wire,
    framer: Framer,
    terminal: TerminalNo,
    edition: Edition,
    serial: u16,
    /// By the serial that the platform answers to.
    on_the_way: HashMap<u16, OnTheWay>,
    /// Messages sent in packages so far.
    packaged: u16,
}

/// A message on the way.
#[derive(Debug)]
struct OnTheWay {
    ticket: Ticket,
    /// Its frames, when it went out in packages: one may be asked for again.
    frames: Vec<Vec<u8>>,
}

/// An answer that concerns us.
#[derive(Debug)]
enum Answer {
    /// 0x8001: the serial it is about, and the result.
    General(u16, u8),
    /// 0x8100: the result, and the authentication code.
    Registered(u8, String),
    /// 0x8003: the serial of the first package, and which are missing.
    SendAgain(u16, Vec<u16>),
    Other,
}

impl Link {
    pub(super) async fn sign_in(stream: TcpStream, identity: &mut Identity) -> Result<Self, LinkError> {
        let edition = if identity.is_new_edition { Edition::V2019 } else { Edition::V2013 };
        let terminal = TerminalNo::of_digits(identity.name.as_str(), edition)
            .ok_or_else(|| LinkError::Refused(format!("{} is no number of {edition}", identity.name)))?;
        let mut link = Self {
            wire: Wire::new(stream),
            framer: Framer::default(),
            terminal,
            edition,
            serial: 0,
            on_the_way: HashMap::new(),
            packaged: 0,
        };
        let code = match identity.secret.clone() {
            Some(code) => code,
            None => link.register(identity).await?,
        };
        let answered = link.authenticate(&code, identity.name.as_str()).await;
        // A code that was refused is worth nothing; one that nobody answered to is still the terminal's own.
        let is_refused = matches!(answered, Err(LinkError::Refused(_)));
        identity.secret = (!is_refused).then_some(code);
        answered.map(|()| link)
    }

    async fn register(&mut self, identity: &Identity) -> Result<String, LinkError> {
        let body = jt808::register(self.edition, identity.name.as_str(), &identity.plate);
        self.say(REGISTER, &body).await?;
        match self.answer().await? {
            Answer::Registered(0, code) => Ok(code),
            Answer::Registered(result, _) => Err(LinkError::Refused(format!("registration, result {result}"))),
            _ => Err(LinkError::Refused(String::from("registration was answered by something else"))),
        }
    }

    async fn authenticate(&mut self, code: &str, terminal: &str) -> Result<(), LinkError> {
        let serial = self.say(AUTHENTICATE, &jt808::authenticate(self.edition, code, terminal)).await?;
        loop {
            match self.answer().await? {
                Answer::General(about, 0) if about == serial => return Ok(()),
                Answer::General(about, result) if about == serial => {
                    return Err(LinkError::Refused(format!("authentication, result {result}")));
                }
                _ => {}
            }
        }
    }

    pub(super) async fn report(&mut self, message: Outgoing<'_>) -> Result<(), LinkError> {
        let bodies: Vec<&[u8]> = message.entries.iter().filter_map(location).collect();
        let (id, body) = match bodies.as_slice() {
            [single] if !message.is_replay => (LOCATION, single.to_vec()),
            several => (BATCH, jt808::batch(several.iter().copied())),
        };
        if body.len() > BODY_MAX {
            return self.in_packages(message.ticket, id, &body).await;
        }
        let serial = self.say(id, &body).await?;
        self.on_the_way.insert(serial, OnTheWay { ticket: message.ticket, frames: Vec::new() });
        Ok(())
    }

    async fn in_packages(&mut self, ticket: Ticket, id: u16, body: &[u8]) -> Result<(), LinkError> {
        let first = self.serial;
        let pieces: Vec<&[u8]> = body.chunks(BODY_MAX).collect();
        let total = u16::try_from(pieces.len()).unwrap_or(u16::MAX);
        let mut frames = Vec::new();
        for (index, piece) in (1_u16..).zip(pieces) {
            let mut frame = Vec::new();
            let header = Header { package: Some(Package { total, index }), ..self.header(id) };
            frame::put(&mut frame, &header, piece).map_err(|error| LinkError::Garbled(error.to_string()))?;
            self.serial = self.serial.wrapping_add(1);
            frames.push(frame);
        }
        self.packaged += 1;
        let mut order: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        if self.packaged.is_multiple_of(SHUFFLED) {
            order.reverse();
        }
        if self.packaged.is_multiple_of(PACKAGE_LOST) {
            order.pop();
        }
        self.wire.send(&order.concat()).await?;
        self.on_the_way.insert(first, OnTheWay { ticket, frames });
        Ok(())
    }

    pub(super) async fn hear(&mut self) -> Result<Heard, LinkError> {
        match self.answer().await? {
            Answer::General(serial, result) => {
                let Some(sent) = self.on_the_way.remove(&serial) else { return Ok(Heard::Other) };
                // 4: the alarm in it is confirmed.
                Ok(match result {
                    0 | 4 => Heard::Arrived(vec![sent.ticket]),
                    other => Heard::Refused(sent.ticket, format!("a report was answered with result {other}")),
                })
            }
            Answer::SendAgain(first, missing) => {
                let frames = self.on_the_way.get(&first).map(|sent| sent.frames.as_slice()).unwrap_or_default();
                let asked = missing.iter().filter_map(|index| frames.get(usize::from(*index).checked_sub(1)?));
                let again: Vec<u8> = asked.flatten().copied().collect();
                self.wire.send(&again).await?;
                Ok(Heard::Other)
            }
            Answer::Registered(..) | Answer::Other => Ok(Heard::Other),
        }
    }

    pub(super) async fn ping(&mut self) -> Result<(), LinkError> {
        self.say(HEARTBEAT, &[]).await.map(drop)
    }

    pub(super) async fn close(mut self) {
        let _ = self.wire.stream.shutdown().await;
    }

    /// Sends a message in one frame; the serial it went under.
    async fn say(&mut self, id: u16, body: &[u8]) -> Result<u16, LinkError> {
        let mut out = Vec::new();
        frame::put(&mut out, &self.header(id), body).map_err(|error| LinkError::Garbled(error.to_string()))?;
        let serial = self.serial;
        self.serial = serial.wrapping_add(1);
        self.wire.send(&out).await?;
        Ok(serial)
    }

    const fn header(&self, id: u16) -> Header {
        Header::plain(id, self.edition, self.terminal, self.serial)
    }

    async fn answer(&mut self) -> Result<Answer, LinkError> {
        loop {
            let pending = self.wire.incoming.get(self.wire.done..).unwrap_or_default();
            let (used, framed) = self.framer.next(pending);
            self.wire.done += used;
            match framed {
                None => self.wire.more().await?,
                Some(framed) => {
                    let frame = framed.frame.map_err(|error| LinkError::Garbled(error.to_string()))?;
                    return Ok(read(&frame).unwrap_or(Answer::Other));
                }
            }
        }
    }
}

fn location(entry: &Entry) -> Option<&[u8]> {
    match &entry.body {
        Body::Bytes(bytes) => Some(bytes),
        Body::Record(_) => None,
    }
}

fn read(frame: &Frame<'_>) -> Option<Answer> {
    let word = |at: usize| Some(u16::from_be_bytes(*frame.body.get(at..)?.first_chunk()?));
    Some(match frame.header.message_id {
        GENERAL_ANSWER => Answer::General(word(0)?, *frame.body.get(4)?),
        REGISTERED => Answer::Registered(*frame.body.get(2)?, text::read(frame.body.get(3..)?)),
        SEND_AGAIN => {
            // The count is a byte up to 2013 and a word since 2019; the rest are the numbers.
            let begin = if frame.header.edition == Edition::V2019 { 4 } else { 3 };
            let numbers = frame.body.get(begin..)?.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair));
            Answer::SendAgain(word(0)?, numbers.collect())
        }
        _ => Answer::Other,
    })
}
