//! GB/T 32960.3: vehicles and platforms sign in and report.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::run::App;
use crate::session::End;
use crate::transport::Transport;

/// Serves one connection until it ends.
pub(crate) async fn serve(_app: &Arc<App>, _transport: Transport, _peer: SocketAddr) -> End {
    End::Closed
}
