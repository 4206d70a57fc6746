//! The other end of a link, as a test plays it: whole messages in and out.

use std::net::SocketAddr;

use telematics::jt809::header::Hand;
use telematics::jt809::{Edition, Framer, Header, Login, Message, Password};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::{morning, within};

pub(super) struct Platform {
    stream: TcpStream,
    framer: Framer,
    buffer: Vec<u8>,
    hand: Hand,
    serial: u32,
}

impl Platform {
    pub(super) async fn connect(address: SocketAddr, edition: Edition, access_code: u32) -> Self {
        Self::on(TcpStream::connect(address).await.unwrap(), edition, access_code)
    }

    pub(super) fn on(stream: TcpStream, edition: Edition, access_code: u32) -> Self {
        let hand = Hand { edition, access_code, cipher: None };
        Self { stream, framer: Framer::default(), buffer: Vec::new(), hand, serial: 0 }
    }

    /// Signs in; the result and the check code.
    pub(super) async fn login(&mut self, user: u32, password: &str, waits_at: Option<SocketAddr>) -> (u8, u32) {
        let login = Login {
            user,
            password: Password::new(password).unwrap(),
            access_code: (self.hand.edition == Edition::V2019).then_some(self.hand.access_code),
            host: waits_at.map(|at| at.ip().to_string()).unwrap_or_default(),
            port: waits_at.map_or(0, |at| at.port()),
        };
        self.say(&Message::Login(login)).await;
        match self.hear().await {
            Message::LoginAnswer { result, check_code } => (result, check_code),
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn say(&mut self, message: &Message) {
        self.serial += 1;
        let mut out = Vec::new();
        self.hand.put(&mut out, self.serial, message, morning());
        self.say_bytes(&out).await;
    }

    pub(super) async fn say_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next message; panics when the link is closed.
    pub(super) async fn hear(&mut self) -> Message {
        within(self.next()).await.expect("the link is open")
    }

    /// The other end closes the link, without another word.
    pub(super) async fn is_closed(&mut self) -> bool {
        within(self.next()).await.is_none()
    }

    pub(super) async fn next(&mut self) -> Option<Message> {
        loop {
            let (used, framed) = self.framer.next(&self.buffer);
            let said = framed.map(|framed| {
                let message = framed.frame.unwrap().message;
                let (header, body) = Header::read(message, self.hand.edition).unwrap();
                assert_eq!(header.access_code, self.hand.access_code);
                Message::read(header.id, body, self.hand.edition).unwrap()
            });
            self.buffer.drain(..used);
            if said.is_some() {
                return said;
            }
            if !matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..)) {
                return None;
            }
        }
    }
}
