//! One side of a link that we have opened, or that was opened to us for nothing but a few words: whole messages in, whole messages out.

use std::io;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use chrono::{DateTime, Utc};
use telematics::jt809::header::Hand;
use telematics::jt809::{Cipher, Edition, Framer, Header, Message};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::telemetry;

/// Bytes of one message of the other side: orders and notices, never a picture.
const FRAME_BYTES: usize = 64 * 1024;

/// Why a link between platforms ended.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    #[error("the connection broke")]
    Io(#[from] io::Error),
    #[error("closed by the other platform")]
    Closed,
    #[error("the other platform took nothing for {0} s")]
    Stuck(u64),
}

/// A connection with what was read of it and not yet heard (平台连接).
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    framer: Framer,
    buffer: BytesMut,
    /// What is to be sent.
    out: Vec<u8>,
    hand: Hand,
    serial: u32,
    /// How long the other side may take to read what is sent.
    patience: Duration,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, hand: Hand, patience: Duration) -> Self {
        let framer = Framer::new(FRAME_BYTES);
        Self { stream, framer, buffer: BytesMut::new(), out: Vec::new(), hand, serial: 0, patience }
    }

    /// Says something with the next flush.
    pub(super) fn say(&mut self, message: &Message, now: DateTime<Utc>) {
        self.serial = self.serial.wrapping_add(1);
        self.hand.put(&mut self.out, self.serial, message, now);
    }

    /// Bytes that wait for the next flush.
    pub(super) const fn waiting(&self) -> usize {
        self.out.len()
    }

    /// Sends what was said.
    pub(super) async fn flush(&mut self) -> Result<(), WireError> {
        let sent = timeout(self.patience, self.stream.write_all(&self.out)).await;
        self.out.clear();
        sent.map_err(|_elapsed| WireError::Stuck(self.patience.as_secs()))??;
        Ok(())
    }

    /// From now on it writes as it was agreed for another link.
    pub(super) const fn set_hand(&mut self, hand: Hand) {
        self.hand = hand;
    }

    /// The next message; may be given up and asked again. What cannot be read is counted and passed over.
    pub(super) async fn hear(&mut self) -> Result<Message, WireError> {
        let (edition, cipher) = (self.hand.edition, self.hand.cipher.map(|(cipher, _)| cipher));
        self.hear_as(|_message| Some(edition), |_header| cipher).await.map(|(_, message)| message)
    }

    /// The next message of somebody who is not known yet, with its head.
    pub(super) async fn hear_as(
        &mut self,
        edition: impl Fn(&[u8]) -> Option<Edition>,
        cipher: impl Fn(&Header) -> Option<Cipher>,
    ) -> Result<(Header, Message), WireError> {
        loop {
            loop {
                let (used, framed) = self.framer.next(&self.buffer);
                let heard = framed.map(|framed| {
                    let message = framed.frame.map_err(|error| error.code())?.message;
                    let edition = edition(message).ok_or("jt809.edition")?;
                    let (header, body) = Header::read(message, edition).map_err(|error| error.code())?;
                    let body = header.open(body, cipher(&header)).map_err(|error| error.code())?;
                    Message::read(header.id, &body, edition).map(|said| (header, said)).map_err(|error| error.code())
                });
                self.buffer.advance(used);
                match heard {
                    None => break,
                    Some(Ok(heard)) => return Ok(heard),
                    Some(Err(code)) => metrics::counter!(telemetry::JT809_ERRORS, "code" => code).increment(1),
                }
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(WireError::Closed);
            }
        }
    }
}
