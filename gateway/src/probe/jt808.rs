//! A terminal of JT/T 808 for tests: as little as can be between the test and the socket.

use std::io;
use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use chrono::{DateTime, Utc};
use telematics::jt808::down::Down;
use telematics::jt808::header::Package;
use telematics::jt808::{Edition, Framer, Header, TerminalNo, bcd, frame, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// What a terminal hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message of the platform, with the platform's own number.
    Said(u16, Down),
    /// The connection is closed.
    Closed,
}

/// A terminal that a test drives (模拟终端).
#[derive(Debug)]
pub struct Terminal {
    stream: TcpStream,
    edition: Edition,
    number: TerminalNo,
    serial: u16,
    framer: Framer,
    read: BytesMut,
}

impl Terminal {
    /// Connects and says nothing.
    pub async fn connect(address: SocketAddr, from: Option<SocketAddr>, number: &str, edition: Edition) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = from {
            socket.bind(from)?;
        }
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let number = TerminalNo::of_digits(number, edition).ok_or_else(|| io::Error::other("no terminal number"))?;
        Ok(Self { stream, edition, number, serial: 0, framer: Framer::default(), read: BytesMut::new() })
    }

    /// The number of the next message.
    pub fn serial(&self) -> u16 {
        self.serial
    }

    /// The frame of a message, which takes the next number.
    pub fn frame(&mut self, id: u16, body: &[u8]) -> Vec<u8> {
        self.framed(id, body, None)
    }

    /// The frames of a message in packages of so many bytes, with numbers in a row.
    pub fn packages(&mut self, id: u16, body: &[u8], size: usize) -> Vec<Vec<u8>> {
        let pieces: Vec<&[u8]> = body.chunks(size.max(1)).collect();
        let total = u16::try_from(pieces.len()).unwrap_or(u16::MAX);
        (1..=total).zip(pieces).map(|(index, piece)| self.framed(id, piece, Some(Package { total, index }))).collect()
    }

    fn framed(&mut self, id: u16, body: &[u8], package: Option<Package>) -> Vec<u8> {
        let header = Header { package, ..Header::plain(id, self.edition, self.number, self.serial) };
        self.serial = self.serial.wrapping_add(1);
        let mut out = Vec::new();
        frame::put(&mut out, &header, body).expect("a probe's bodies fit");
        out
    }

    /// Sends a message; its number.
    pub async fn send(&mut self, id: u16, body: &[u8]) -> io::Result<u16> {
        let serial = self.serial;
        let frame = self.frame(id, body);
        self.send_raw(&frame).await?;
        Ok(serial)
    }

    /// Sends bytes as they are.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Waits for the next message of the platform.
    pub async fn next(&mut self) -> io::Result<Heard> {
        loop {
            let (done, framed) = self.framer.next(&self.read);
            let heard = match framed.map(|framed| framed.frame) {
                None => None,
                Some(Ok(frame)) => {
                    let down =
                        Down::decode(frame.header.message_id, frame.header.edition, frame.body).map_err(io::Error::other)?;
                    if frame.header.terminal != self.number {
                        return Err(io::Error::other(format!("said to {}", frame.header.terminal)));
                    }
                    Some(Heard::Said(frame.header.serial, down))
                }
                Some(Err(error)) => return Err(io::Error::other(error)),
            };
            self.read.advance(done);
            if let Some(heard) = heard {
                return Ok(heard);
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(0) => return Ok(Heard::Closed),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(Heard::Closed),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next frames as they come, with head and body.
    pub async fn raw_frames(&mut self, count: usize) -> io::Result<Vec<(Header, Vec<u8>)>> {
        let mut frames = Vec::new();
        while frames.len() < count {
            let (done, piece) = self.framer.next(&self.read);
            let is_hungry = piece.is_none();
            if let Some(piece) = piece {
                let frame = piece.frame.map_err(io::Error::other)?;
                frames.push((frame.header, frame.body.to_vec()));
            }
            self.read.advance(done);
            if is_hungry && self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(frames)
    }

    /// Registers with this plate: the result, and the code that comes with a good one.
    pub async fn register(&mut self, plate: &str) -> io::Result<(u8, Option<String>)> {
        let serial = self.serial;
        let body = registration(self.edition, plate);
        self.send(0x0100, &body).await?;
        match self.next().await? {
            Heard::Said(_, Down::Registered { reply_serial, result, token }) if reply_serial == serial => Ok((result, token)),
            other => Err(io::Error::other(format!("heard {other:?}"))),
        }
    }

    /// Authenticates with this code; the result.
    pub async fn authenticate(&mut self, code: &str) -> io::Result<u8> {
        let mut body = Vec::new();
        if self.edition == Edition::V2019 {
            body.push(u8::try_from(code.len()).unwrap_or(u8::MAX));
        }
        body.extend_from_slice(code.as_bytes());
        if self.edition == Edition::V2019 {
            body.extend_from_slice(b"860000000000001");
            text::put_fixed(&mut body, "1.0.0", 20);
        }
        self.asked(0x0102, &body).await
    }

    /// Sends a message and waits for the general answer to it; its result.
    pub async fn asked(&mut self, id: u16, body: &[u8]) -> io::Result<u8> {
        let serial = self.send(id, body).await?;
        match self.next().await? {
            Heard::Said(_, Down::Answer { reply_serial, reply_id, result }) if (reply_serial, reply_id) == (serial, id) => {
                Ok(result)
            }
            other => Err(io::Error::other(format!("heard {other:?}"))),
        }
    }

    /// Ends the connection without a word.
    pub fn vanish(self) {
        drop(self.stream);
    }
}

/// The body of 0x0100: blue plate, maker and model of nobody.
pub fn registration(edition: Edition, plate: &str) -> Vec<u8> {
    let (maker, model, device) = match edition {
        Edition::V2011 => (5, 8, 7),
        Edition::V2013 => (5, 20, 7),
        Edition::V2019 => (11, 30, 30),
    };
    let mut body = vec![0, 33, 0, 100];
    text::put_fixed(&mut body, "PROBE", maker);
    text::put_fixed(&mut body, "P-1", model);
    text::put_fixed(&mut body, "0000001", device);
    body.push(1);
    text::put(&mut body, plate);
    body
}

/// The body of 0x0200: driving at 36 km/h with the ignition on, and an odometer.
pub fn location(fixed_at: DateTime<Utc>, lat_e6: u32, lon_e6: u32, odometer: u32) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&0_u32.to_be_bytes());
    body.extend_from_slice(&3_u32.to_be_bytes());
    body.extend_from_slice(&lat_e6.to_be_bytes());
    body.extend_from_slice(&lon_e6.to_be_bytes());
    body.extend_from_slice(&12_u16.to_be_bytes());
    body.extend_from_slice(&360_u16.to_be_bytes());
    body.extend_from_slice(&90_u16.to_be_bytes());
    body.extend_from_slice(&bcd::pack_time(fixed_at));
    body.extend_from_slice(&[0x01, 4]);
    body.extend_from_slice(&odometer.to_be_bytes());
    body
}

/// The body of 0x0704 with these positions.
pub fn batch(kind: u8, positions: &[Vec<u8>]) -> Vec<u8> {
    let mut body = u16::try_from(positions.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    body.push(kind);
    for position in positions {
        body.extend_from_slice(&u16::try_from(position.len()).unwrap_or(u16::MAX).to_be_bytes());
        body.extend_from_slice(position);
    }
    body
}
