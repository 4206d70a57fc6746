//! The accept loop: a seat for each connection, or none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::run::App;
use crate::telemetry;
use crate::tls::{self, TlsAcceptor};
use crate::transport::Transport;
use crate::{admission::Seat, session};

/// Pause after a failed accept: out of file descriptors, which passes when a connection ends.
const BREATHER: Duration = Duration::from_millis(100);

/// Accepts until `shutdown`; no connection can end the loop.
pub(crate) async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    app: Arc<App>,
    sessions: TaskTracker,
    shutdown: CancellationToken,
) {
    match listener.local_addr() {
        Ok(address) => info!(%address, tls = acceptor.is_some(), "devices may connect by MQTT on {address}"),
        Err(error) => warn!(error = &error as &dyn std::error::Error, "the listening address is not known"),
    }
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => match app.admission.admit(peer.ip()) {
                Ok(seat) => welcome(socket, peer, seat, acceptor.as_ref(), &app, &sessions),
                Err(code) => metrics::counter!(telemetry::REFUSED, "code" => code).increment(1),
            },
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "a connection could not be accepted");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn welcome(
    socket: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    acceptor: Option<&TlsAcceptor>,
    app: &Arc<App>,
    sessions: &TaskTracker,
) {
    // Acknowledgements are small and wanted at once.
    let _ = socket.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        sessions.spawn(session::serve(Arc::clone(app), Transport::Tcp(socket), peer, seat));
        return;
    };
    match UnixStream::pair() {
        Ok((near, far)) => {
            let acceptor = acceptor.clone();
            sessions.spawn(session::serve(Arc::clone(app), Transport::Pipe(near), peer, seat));
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
