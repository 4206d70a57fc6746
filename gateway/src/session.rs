//! One connection from its first byte to its last: sign in, take messages in as fast as the shards take them off, go.
//!
//! `QoS` 2 needs no memory of packet ids here: a message is acknowledged (PUBREC) after its commit, a repetition is found by its
//! key, so it is stored exactly once whatever the terminal sends again.

mod intake;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use thiserror::Error;
use tokio::time::{Instant, timeout};
use tracing::{debug, info};

use crate::admission::Seat;
use crate::lane::Stopped;
use crate::link::{Limits, Link};
use crate::run::App;
use crate::say::{self, Welcome};
use crate::signin::{self, Refusal};
use crate::telemetry;
use crate::transport::Transport;
use crate::wire::{Connect, Reader, Reason, Said, Version, WireError};
use intake::{Intake, Step};

/// How a session ended.
#[derive(Debug, Error)]
pub(crate) enum End {
    #[error("the connection failed")]
    Io(#[from] io::Error),
    #[error("the bytes are no MQTT that is taken here")]
    Wire(#[from] WireError),
    #[error("no sign-in within the time")]
    LoginTimeout,
    #[error("sign-in refused: {}", .0.code())]
    Refused(Refusal),
    #[error("closed by the terminal")]
    Closed,
    #[error("goodbye")]
    Goodbye,
    #[error("ended by us: {}", .0.name())]
    Ended(Reason),
}

impl End {
    fn name(&self) -> &'static str {
        match self {
            Self::Io(_) => "io",
            Self::Wire(error) => error.reason().name(),
            Self::LoginTimeout => "login_timeout",
            Self::Refused(refusal) => refusal.code(),
            Self::Closed => "closed",
            Self::Goodbye => "goodbye",
            Self::Ended(reason) => reason.name(),
        }
    }
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Ended(Reason::ShuttingDown)
    }
}

/// Serves one connection until it ends; whatever went wrong is told once, here.
pub(crate) async fn serve(app: Arc<App>, transport: Transport, peer: SocketAddr, seat: Seat) {
    let end = run(&app, transport, peer).await;
    metrics::counter!(telemetry::ENDED, "reason" => end.name()).increment(1);
    match &end {
        End::Goodbye | End::Closed => debug!(%peer, "session from {peer} over: {end}"),
        End::Refused(refusal) => {
            metrics::counter!(telemetry::REFUSED, "code" => refusal.code()).increment(1);
            info!(%peer, code = refusal.code(), "sign-in from {peer} refused: {}", refusal.code());
        }
        _ => debug!(%peer, error = &end as &dyn std::error::Error, "session from {peer} ended"),
    }
    drop(seat);
}

async fn run(app: &Arc<App>, transport: Transport, peer: SocketAddr) -> End {
    let mut reader = Reader::new(app.config.frame_bytes);
    let mut rest = BytesMut::new();
    let login = Duration::from_secs(app.config.login_timeout_secs);
    let connect = match timeout(login, first_packet(&transport, &mut reader, &mut rest)).await {
        Err(_elapsed) => return End::LoginTimeout,
        Ok(Err(end)) => return end,
        Ok(Ok(connect)) => connect,
    };
    let Some(version) = reader.version() else { return End::Wire(WireError::Unexpected) };
    let device = match signin::admit(&app.register, &connect) {
        Ok(device) => device,
        Err(refusal) => {
            let mut out = BytesMut::new();
            if say::put_welcome(&mut out, version, refusal.welcome()).is_ok() {
                // A few bytes on a fresh socket; should they not fit, the closed connection says the same.
                let _ = transport.try_write(&out);
            }
            return End::Refused(refusal);
        }
    };
    debug!(terminal = %device.terminal, %peer, "{} signed in from {peer}", device.terminal);
    let limits = Limits { in_flight: u32::from(app.config.in_flight), outgoing_bytes: app.config.outgoing_bytes };
    let link = Arc::new(Link::new(device.terminal.clone(), device.secret_sha256, version, limits, transport));
    welcome(app, &link, version);
    app.links.enter(&link);
    let end = match converse(app, &link, reader, rest, connect.keep_alive_secs).await {
        Ok(end) | Err(end) => end,
    };
    app.links.leave(&link);
    farewell(app, &link, &connect, &end);
    end
}

fn welcome(app: &App, link: &Link, version: Version) {
    let welcome = Welcome::Accepted { in_flight: app.config.in_flight, frame_bytes: app.config.frame_bytes };
    link.put(|out| say::put_welcome(out, version, welcome).expect("an acceptance is a few bytes"));
    link.flush();
}

/// Tells the reason of our ending, and the last will of a terminal that did not say goodbye.
fn farewell(app: &App, link: &Arc<Link>, connect: &Connect, end: &End) {
    let reason = match end {
        End::Wire(error) => Some(error.reason()),
        End::Ended(reason) => Some(*reason),
        _ => None,
    };
    if let Some(reason) = reason {
        link.put(|out| say::put_goodbye(out, link.version(), reason));
        link.flush();
    }
    // A link that was taken over has a successor, which has told its own state by now or will.
    if !matches!(end, End::Goodbye | End::Ended(Reason::TakenOver))
        && let Some((_, will)) = &connect.will
    {
        intake::note_status(app, link.terminal().as_str(), will);
    }
}

async fn first_packet(transport: &Transport, reader: &mut Reader, rest: &mut BytesMut) -> Result<Box<Connect>, End> {
    loop {
        transport.readable().await?;
        match transport.try_read_buf(rest) {
            Ok(0) => return Err(End::Closed),
            Ok(_) => match reader.next(rest)? {
                Some(Said::Connect(connect)) => return Ok(connect),
                Some(_) => return Err(End::Wire(WireError::Unexpected)),
                None => {}
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

async fn converse(app: &Arc<App>, link: &Arc<Link>, reader: Reader, rest: BytesMut, keep_alive_secs: u16) -> Result<End, End> {
    // MQTT 5, 3.1.2.10: one and a half times the keep-alive without a packet, and the terminal is gone.
    let patience = match keep_alive_secs {
        0 => Duration::from_secs(app.config.idle_timeout_secs),
        secs => Duration::from_millis(u64::from(secs) * 1500),
    };
    let mut intake = Intake::new(app, link, reader, rest);
    let mut heard = Instant::now();
    let mut step = intake.digest()?;
    loop {
        if let Some(reason) = link.ended() {
            return Err(End::Ended(reason));
        }
        match step {
            Step::Goodbye => return Ok(End::Goodbye),
            Step::Full(delivery) => {
                // The shard is behind: this socket waits, unread, until there is room.
                let sending = app.lanes.of(&delivery).clone().send(*delivery);
                until_ended(link, sending).await??;
                heard = Instant::now();
                step = intake.digest()?;
            }
            Step::Unacknowledged => {
                wait_for_room(link).await?;
                heard = Instant::now();
                step = intake.digest()?;
            }
            Step::Hungry => {
                let deadline = heard + patience;
                tokio::select! {
                    ready = link.transport().readable() => {
                        ready?;
                        heard = Instant::now();
                        step = intake.read()?;
                    }
                    () = link.woken() => step = Step::Hungry,
                    sent = link.transport().writable(), if link.has_outgoing() => {
                        sent?;
                        link.flush();
                        step = Step::Hungry;
                    }
                    () = tokio::time::sleep_until(deadline) => return Err(End::Ended(Reason::KeepAlive)),
                }
            }
        }
    }
}

/// Waits for `work`, unless the link is ended meanwhile: while the store is down a terminal that comes back again and again
/// must not leave a waiting session behind each time.
async fn until_ended<T>(link: &Link, work: impl Future<Output = T>) -> Result<T, End> {
    let mut work = std::pin::pin!(work);
    loop {
        if let Some(reason) = link.ended() {
            return Err(End::Ended(reason));
        }
        tokio::select! {
            done = &mut work => return Ok(done),
            () = link.woken() => {}
        }
    }
}

/// Waits until the terminal has taken what waits for it and the store has acknowledged enough, or until the link is ended.
async fn wait_for_room(link: &Link) -> Result<(), End> {
    while !link.has_room() && link.ended().is_none() {
        tokio::select! {
            () = link.woken() => {}
            sent = link.transport().writable(), if link.has_outgoing() => {
                sent?;
                link.flush();
            }
        }
    }
    Ok(())
}
