//! GB/T 32960.3 over TCP: the car signs in and reports; a heartbeat behind its reports asks whether they have arrived.
//!
//! The standard does not acknowledge real-time data that is right. The service answers a heartbeat only when everything that
//! came before it on the same connection is stored, so the answer acknowledges all of that.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{Heard, LinkError, Wire};
use crate::command::simulate::entry::Body;
use crate::command::simulate::gb32960::{self, HEAD, HEARTBEAT, LOGIN, LOGOUT, NO_ANSWER, REALTIME, REISSUE, RIGHT};
use crate::command::simulate::sign_in::Identity;
use crate::command::simulate::spool::{Outgoing, Ticket};

/// A connection that is signed in.
#[derive(Debug)]
pub(crate) struct Link {
    wire: Wire,
    vin: String,
    is_new_edition: bool,
    /// What was sent since the sign-in and is not known to have arrived, in its order.
    sent: VecDeque<Sent>,
    signed_in_at: DateTime<Utc>,
    number: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Report(Ticket),
    Heartbeat,
}

/// A packet of the platform, as much of it as concerns us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Answer {
    command: u8,
    result: u8,
}

impl Link {
    pub(super) async fn sign_in(stream: TcpStream, identity: &mut Identity) -> Result<Self, LinkError> {
        identity.sign_ins = identity.sign_ins.wrapping_add(1);
        let mut link = Self {
            wire: Wire::new(stream),
            vin: identity.name.to_string(),
            is_new_edition: identity.is_new_edition,
            sent: VecDeque::new(),
            signed_in_at: identity.signs_in_at,
            number: identity.sign_ins,
        };
        let iccid = identity.secret.as_deref().unwrap_or_default();
        link.say(LOGIN, &gb32960::login(link.signed_in_at, link.number, iccid, link.is_new_edition)).await?;
        loop {
            match link.answer().await? {
                Answer { command: LOGIN, result: RIGHT } => return Ok(link),
                Answer { command: LOGIN, result } => return Err(LinkError::Refused(format!("sign-in, answer {result:02x}"))),
                _ => {}
            }
        }
    }

    /// Reports, and asks behind the last of them unless an answer is on its way already.
    pub(super) async fn report(&mut self, message: Outgoing<'_>) -> Result<(), LinkError> {
        let command = if message.is_replay { REISSUE } else { REALTIME };
        let mut out = Vec::new();
        for entry in message.entries {
            if let Body::Bytes(information) = &entry.body {
                let data = [gb32960::time(entry.fixed_at).as_slice(), information].concat();
                out.extend(gb32960::packet(self.is_new_edition, command, &self.vin, &data));
            }
        }
        self.sent.push_back(Sent::Report(message.ticket));
        if !self.sent.contains(&Sent::Heartbeat) {
            out.extend(gb32960::packet(self.is_new_edition, HEARTBEAT, &self.vin, &[]));
            self.sent.push_back(Sent::Heartbeat);
        }
        self.wire.send(&out).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), LinkError> {
        self.sent.push_back(Sent::Heartbeat);
        self.say(HEARTBEAT, &[]).await
    }

    pub(super) async fn hear(&mut self) -> Result<Heard, LinkError> {
        match self.answer().await? {
            Answer { command: HEARTBEAT, result: RIGHT } => {
                let arrived = self.before_the_heartbeat();
                if self.sent.iter().any(|sent| matches!(sent, Sent::Report(_))) && !self.sent.contains(&Sent::Heartbeat) {
                    self.ping().await?;
                }
                Ok(Heard::Arrived(arrived))
            }
            Answer { command: REALTIME | REISSUE, result } if result != RIGHT => {
                let oldest = self.sent.iter().position(|sent| matches!(sent, Sent::Report(_)));
                match oldest.and_then(|at| self.sent.remove(at)) {
                    Some(Sent::Report(ticket)) => Ok(Heard::Refused(ticket, format!("a report was answered {result:02x}"))),
                    _ => Ok(Heard::Other),
                }
            }
            _ => Ok(Heard::Other),
        }
    }

    pub(super) async fn close(mut self) {
        let mut data = gb32960::time(self.signed_in_at).to_vec();
        data.extend(self.number.to_be_bytes());
        let _ = self.say(LOGOUT, &data).await;
        let _ = self.wire.stream.shutdown().await;
    }

    fn before_the_heartbeat(&mut self) -> Vec<Ticket> {
        let mut arrived = Vec::new();
        while let Some(Sent::Report(ticket)) = self.sent.pop_front() {
            arrived.push(ticket);
        }
        arrived
    }

    async fn say(&mut self, command: u8, data: &[u8]) -> Result<(), LinkError> {
        let packet = gb32960::packet(self.is_new_edition, command, &self.vin, data);
        self.wire.send(&packet).await
    }

    /// The next answer; commands of the platform are passed over.
    async fn answer(&mut self) -> Result<Answer, LinkError> {
        loop {
            let Some((length, answer)) = read(self.wire.pending())? else {
                self.wire.more().await?;
                continue;
            };
            self.wire.done += length;
            if answer.result != NO_ANSWER {
                return Ok(answer);
            }
        }
    }
}

/// The first packet of `bytes` and its length; `None`: more is needed.
fn read(bytes: &[u8]) -> Result<Option<(usize, Answer)>, LinkError> {
    let garbled = |what: &str| LinkError::Garbled(what.to_owned());
    let Some((&[first, second, command, result], _)) = bytes.split_first_chunk() else { return Ok(None) };
    if [first, second] != *b"##" && [first, second] != *b"$$" {
        return Err(garbled("a packet does not begin with ## or $$"));
    }
    let Some(length) = bytes.get(HEAD - 2..).and_then(|rest| rest.first_chunk()) else { return Ok(None) };
    let whole = HEAD + usize::from(u16::from_be_bytes(*length)) + 1;
    let Some(packet) = bytes.get(..whole) else { return Ok(None) };
    if packet.iter().skip(2).fold(0, |sum, byte| sum ^ byte) != 0 {
        return Err(garbled("a packet with a wrong check byte"));
    }
    Ok(Some((whole, Answer { command, result })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_it_is_whole() {
        let mut answer = gb32960::packet(false, HEARTBEAT, "LFPH3ACC4L1A00001", &[]);
        answer[3] = RIGHT;
        *answer.last_mut().unwrap() ^= NO_ANSWER ^ RIGHT;
        for length in 0..answer.len() {
            assert!(read(&answer[..length]).unwrap().is_none());
        }
        assert_eq!(read(&answer).unwrap(), Some((25, Answer { command: HEARTBEAT, result: RIGHT })));
        answer[10] ^= 1;
        assert!(read(&answer).is_err());
    }
}
