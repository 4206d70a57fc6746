//! The accept loop: a seat for each connection, or none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::admission::Seat;
use crate::config::Plaintext;
use crate::run::App;
use crate::session::End;
use crate::telemetry;
use crate::tls::{self, TlsAcceptor};
use crate::transport::Transport;
use crate::{gb32960, jt808, jt809, mqtt};

/// Pause after a failed accept: out of file descriptors, which passes when a connection ends.
const BREATHER: Duration = Duration::from_millis(100);

/// What is spoken behind a listening socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    Mqtt,
    Jt808,
    Gb32960,
    Jt809,
}

impl Speech {
    const fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "MQTT",
            Self::Jt808 => "JT/T 808",
            Self::Gb32960 => "GB/T 32960",
            Self::Jt809 => "JT/T 809",
        }
    }
}

/// A listening socket.
pub(crate) struct Door {
    pub(crate) socket: TcpListener,
    /// With TLS.
    pub(crate) acceptor: Option<TlsAcceptor>,
    pub(crate) speech: Speech,
}

/// Accepts until `shutdown`; no connection can end the loop.
pub(crate) async fn accept(door: Door, app: Arc<App>, sessions: TaskTracker, shutdown: CancellationToken) {
    let speech = door.speech.name();
    match door.socket.local_addr() {
        Ok(address) => info!(%address, tls = door.acceptor.is_some(), "terminals may connect by {speech} on {address}"),
        Err(error) => warn!(error = &error as &dyn std::error::Error, "the listening address is not known"),
    }
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = door.socket.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => match app.admission.admit(peer.ip()) {
                Ok(seat) => welcome(&door, socket, peer, seat, &app, &sessions),
                Err(code) => metrics::counter!(telemetry::REFUSED, "code" => code).increment(1),
            },
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "a connection could not be accepted");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn welcome(door: &Door, socket: TcpStream, peer: SocketAddr, seat: Seat, app: &Arc<App>, sessions: &TaskTracker) {
    // Acknowledgements are small and wanted at once.
    let _ = socket.set_nodelay(true);
    let speech = door.speech;
    let Some(acceptor) = door.acceptor.as_ref() else {
        if app.config.plaintext == Plaintext::Refused {
            metrics::counter!(telemetry::REFUSED, "code" => "plaintext.refused").increment(1);
            return;
        }
        sessions.spawn(serve(Arc::clone(app), speech, Transport::Tcp(socket), peer, seat));
        return;
    };
    match UnixStream::pair() {
        Ok((near, far)) => {
            let acceptor = acceptor.clone();
            sessions.spawn(serve(Arc::clone(app), speech, Transport::Pipe(near), peer, seat));
            let patience = Duration::from_secs(app.config.login_timeout_secs);
            sessions.spawn(async move {
                if let Err(error) = tls::carry(acceptor, socket, far, patience).await {
                    debug!(%peer, error = &error as &dyn std::error::Error, "TLS with {peer} ended");
                }
            });
        }
        Err(error) => warn!(error = &error as &dyn std::error::Error, "no pipe for a TLS connection"),
    }
}

/// Serves one connection until it ends; whatever went wrong is told once, here.
async fn serve(app: Arc<App>, speech: Speech, transport: Transport, peer: SocketAddr, seat: Seat) {
    // In a box each, so that a session of one protocol does not take the room of another's.
    let end = match speech {
        Speech::Mqtt => Box::pin(mqtt::serve(&app, transport, peer)).await,
        Speech::Jt808 => Box::pin(jt808::serve(&app, transport, peer)).await,
        Speech::Gb32960 => Box::pin(gb32960::serve(&app, transport, peer)).await,
        Speech::Jt809 => Box::pin(jt809::below::serve(&app, transport, peer)).await,
    };
    metrics::counter!(telemetry::ENDED, "reason" => end.name()).increment(1);
    match &end {
        End::Goodbye | End::Closed => debug!(%peer, "session from {peer} over: {end}"),
        End::Refused(code) => {
            metrics::counter!(telemetry::REFUSED, "code" => *code).increment(1);
            info!(%peer, code, "sign-in from {peer} refused: {code}");
        }
        _ => debug!(%peer, error = &end as &dyn std::error::Error, "session from {peer} ended"),
    }
    drop(seat);
}
