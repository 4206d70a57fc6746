//! Where a request comes from, as the audit log and the list of sessions name it.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::Extensions;

/// The address of whoever holds the connection; empty where there is none, as in a test without a socket.
pub(crate) fn of(extensions: &Extensions) -> String {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical().to_string()).unwrap_or_default()
}
