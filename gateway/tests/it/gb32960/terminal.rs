//! A vehicle or a platform that a test drives: frames out, frames in, byte for byte.

use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use telematics::gb32960::{Ack, Command, Edition, Encryption, Framer, Header, Vin, time};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bench::{A_WHILE, DEADLINE, morning};

/// One end of a connection.
pub(crate) struct Terminal {
    stream: TcpStream,
    framer: Framer,
    read: BytesMut,
    edition: Edition,
    vin: String,
}

/// What is heard: the command, the acknowledgement, the data.
pub(crate) type Heard = (Command, Ack, Vec<u8>);

/// The 17 bytes of a name.
pub(crate) fn vin(name: &str) -> Vin {
    let mut bytes = [0; 17];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Vin(bytes)
}

/// Six bytes of time, `secs` after the morning.
pub(crate) fn at(secs: i64) -> Vec<u8> {
    time::bytes(morning() + TimeDelta::seconds(secs)).to_vec()
}

pub(crate) fn instant(secs: i64) -> DateTime<Utc> {
    morning() + TimeDelta::seconds(secs)
}

/// A report of `edition`: the car drives east at 36 km/h, 65 % charged, 12,345.6 km, 380.5 V.
pub(crate) fn report(edition: Edition, secs: i64) -> Vec<u8> {
    let mut data = at(secs);
    data.extend([0x01, 0x01, 0x03, 0x01]);
    data.extend(360_u16.to_be_bytes());
    data.extend(123_456_u32.to_be_bytes());
    data.extend(3805_u16.to_be_bytes());
    let amperes_at_zero: u16 = if edition == Edition::V2016 { 10_000 } else { 30_000 };
    data.extend((amperes_at_zero + 123).to_be_bytes());
    data.extend([65, 0x01, 0x0e]);
    data.extend(2345_u16.to_be_bytes());
    if edition == Edition::V2016 {
        data.extend([33, 0]);
    }
    data.extend([0x05, 0x00]);
    if edition == Edition::V2025 {
        data.push(1);
    }
    let lon = 120_150_000 + u32::try_from(secs.rem_euclid(86_400)).unwrap() * 104;
    data.extend(lon.to_be_bytes());
    data.extend(30_250_000_u32.to_be_bytes());
    // A kind that only its maker knows.
    data.extend([0x90, 0x00, 0x03, 1, 2, 3]);
    data
}

impl Terminal {
    pub(crate) async fn connect(address: SocketAddr, edition: Edition, name: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream, framer: Framer::default(), read: BytesMut::new(), edition, vin: name.to_owned() }
    }

    /// Connects and signs in as the vehicle `name`.
    pub(crate) async fn sign_in(address: SocketAddr, edition: Edition, name: &str) -> Self {
        let mut terminal = Self::connect(address, edition, name).await;
        terminal.login("89860000000000000001").await;
        assert_eq!(terminal.hear().await, (Command::Login, Ack::Success, at(0)));
        terminal
    }

    pub(crate) async fn login(&mut self, iccid: &str) {
        let mut data = at(0);
        data.extend(1_u16.to_be_bytes());
        data.extend(iccid.as_bytes());
        data.extend([0, 0]);
        if self.edition == Edition::V2025 {
            data.pop();
        }
        self.send(Command::Login, &data).await;
    }

    pub(crate) async fn platform_login(&mut self, user: &str, password: &str) {
        let mut data = at(0);
        data.extend(1_u16.to_be_bytes());
        for (text, length) in [(user, 12), (password, 20)] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.resize(length, 0);
            data.extend(bytes);
        }
        data.push(1);
        self.send(Command::PlatformLogin, &data).await;
    }

    pub(crate) async fn send(&mut self, command: Command, data: &[u8]) {
        let name = self.vin.clone();
        self.send_of(&name, command, Encryption::None, data).await;
    }

    pub(crate) async fn send_of(&mut self, name: &str, command: Command, encryption: Encryption, data: &[u8]) {
        let header = Header { edition: self.edition, command, ack: Ack::Command, vin: vin(name), encryption, length: 0 };
        let bytes = header.frame(data).unwrap();
        self.send_raw(&bytes).await;
    }

    /// Answers a command.
    pub(crate) async fn answer(&mut self, command: Command, ack: Ack, data: &[u8]) {
        let vin = vin(&self.vin);
        let header = Header { edition: self.edition, command, ack, vin, encryption: Encryption::None, length: 0 };
        let bytes = header.frame(data).unwrap();
        self.send_raw(&bytes).await;
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame, within the deadline.
    pub(crate) async fn hear(&mut self) -> Heard {
        timeout(DEADLINE, self.next()).await.expect("the gateway says something in time").expect("the gateway says a frame")
    }

    /// The gateway closes the connection without another word.
    pub(crate) async fn is_closed(&mut self) -> bool {
        timeout(DEADLINE, self.next()).await.expect("the gateway ends it in time").is_none()
    }

    /// Nothing is said for a while.
    pub(crate) async fn silence(&mut self) {
        let heard = timeout(A_WHILE, self.next()).await;
        assert!(heard.is_err(), "heard {heard:?}");
    }

    async fn next(&mut self) -> Option<Heard> {
        loop {
            let taken = self.framer.next(&self.read);
            let used = taken.used;
            if let Some(item) = taken.item {
                let frame = item.unwrap();
                assert_eq!(frame.header.edition, self.edition);
                let heard = (frame.header.command, frame.header.ack, frame.data.to_vec());
                self.read.advance(used);
                return Some(heard);
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return None,
            }
        }
    }
}
