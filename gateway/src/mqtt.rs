//! MQTT 3.1.1 and 5: a device signs in with its name and secret, publishes under its own topics, goes.
//!
//! `QoS` 2 needs no memory of packet ids here: a message is acknowledged (PUBREC) after its commit, a repetition is found by its
//! key, so it is stored exactly once whatever the terminal sends again.

pub mod payload;
pub mod topic;

pub(crate) mod commands;
pub(crate) mod say;
mod signin;
mod talk;
pub(crate) mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rmqtt_codec::error::DecodeError;
use telematics::jt808::packages::Serial;
use tokio::time::timeout;
use tracing::debug;

use crate::clerk::Errand;
use crate::link::{Dialect, Line, Link, Peer};
use crate::register::Card;
use crate::run::App;
use crate::session::{self, End, Reason};
use crate::transport::Transport;
use say::Welcome;
use talk::Mqtt;
use wire::{Connect, Reader, Said, Version, WireError};

/// Serves one connection until it ends.
pub(crate) async fn serve(app: &Arc<App>, transport: Transport, peer: SocketAddr) -> End {
    let mut reader = Reader::new(app.config.frame_bytes);
    let mut rest = BytesMut::new();
    let login = Duration::from_secs(app.config.login_timeout_secs);
    let connect = match timeout(login, first_packet(&transport, &mut reader, &mut rest)).await {
        Err(_elapsed) => return End::LoginTimeout,
        Ok(Err(end)) => return end,
        Ok(Ok(connect)) => connect,
    };
    let Some(version) = reader.version() else { return WireError::Unexpected.into() };
    let device = match signin::admit(&app.register, &connect) {
        Ok(device) => device,
        Err(refusal) => {
            let mut out = BytesMut::new();
            if say::put_welcome(&mut out, version, refusal.welcome()).is_ok() {
                // A few bytes on a fresh socket; should they not fit, the closed connection says the same.
                let _ = transport.try_write(&out);
            }
            return End::Refused(refusal.code());
        }
    };
    debug!(terminal = %device.terminal, %peer, "{} signed in from {peer}", device.terminal);
    let card = Card::new(Arc::clone(&device), &app.register);
    let connection = Line::new(app, transport, peer);
    app.clerk.note(Errand::Authenticated(device.id));
    let link = Arc::new(Link::new(Peer::Device(device), Dialect::Mqtt(version), connection, Serial::default()));
    welcome(app, &link, version);
    app.links.enter(&link);
    // MQTT 5, 3.1.2.10: one and a half times the keep-alive without a packet, and the terminal is gone.
    let patience = match connect.keep_alive_secs {
        0 => Duration::from_secs(app.config.idle_timeout_secs),
        secs => Duration::from_millis(u64::from(secs) * 1500),
    };
    let mut talk = Mqtt::new(reader, version, card);
    let end = session::converse(app, &link, &mut talk, rest, patience).await;
    app.links.leave(&link, &end, (app.clock)());
    farewell(app, &link, version, &connect, &end);
    end
}

fn welcome(app: &App, link: &Link, version: Version) {
    let welcome = Welcome::Accepted { in_flight: app.config.in_flight, frame_bytes: app.config.frame_bytes };
    link.put(|out| say::put_welcome(out, version, welcome).expect("an acceptance is a few bytes"));
    link.flush();
}

/// Tells the reason of our ending, and the last will of a terminal that did not say goodbye.
fn farewell(app: &App, link: &Arc<Link>, version: Version, connect: &Connect, end: &End) {
    if let End::Wire { reason, .. } | End::Ended(reason) = end {
        link.put(|out| say::put_goodbye(out, version, *reason));
        link.flush();
    }
    // A link that was taken over has a successor, which has told its own state by now or will.
    if !matches!(end, End::Goodbye | End::Ended(Reason::TakenOver))
        && let Some((_, will)) = &connect.will
    {
        talk::note_status(app, link.name(), will);
    }
}

async fn first_packet(transport: &Transport, reader: &mut Reader, rest: &mut BytesMut) -> Result<Box<Connect>, End> {
    loop {
        transport.readable().await?;
        match transport.try_read_buf(rest) {
            Ok(0) => return Err(End::Closed),
            Ok(_) => match reader.next(rest)? {
                Some(Said::Connect(connect)) => return Ok(connect),
                Some(_) => return Err(WireError::Unexpected.into()),
                None => {}
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

impl From<WireError> for End {
    fn from(error: WireError) -> Self {
        let reason = match &error {
            WireError::Decode(DecodeError::MaxSizeExceeded { .. }) => Reason::TooLarge,
            WireError::Decode(_) => Reason::Malformed,
            WireError::Unexpected => Reason::Protocol,
        };
        Self::Wire { reason, source: Box::new(error) }
    }
}
