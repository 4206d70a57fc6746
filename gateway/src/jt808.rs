//! JT/T 808: a terminal registers, authenticates, reports, is asked, goes; all editions on one port.

pub(crate) mod commands;
mod drift;
mod pieces;
pub(crate) mod say;
mod signin;
mod talk;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fleet_db::{DbError, device};
use telematics::jt808::down::result;
use tokio::time::timeout;
use tracing::{debug, warn};

use crate::clerk::Errand;
use crate::link::{Dialect, Line, Link, Peer};
use crate::register::Card;
use crate::run::App;
use crate::session::{self, End};
use crate::transport::Transport;
pub(crate) use pieces::Budget;
use signin::Admitted;
use talk::Jt808;

/// Heartbeats that a terminal may leave out before it counts as gone.
const HEARTBEATS: u64 = 3;

/// The hash that no code has; the store has it too where there is no registration.
const NO_CODE: [u8; 32] = [0; 32];

/// Serves one connection until it ends.
pub(crate) async fn serve(app: &Arc<App>, transport: Transport, peer: SocketAddr) -> End {
    let login = Duration::from_secs(app.config.login_timeout_secs);
    let Admitted { device, edition, terminal, serial, framer, rest, answer } =
        match timeout(login, signin::admit(app, &transport)).await {
            Err(_elapsed) => return End::LoginTimeout,
            Ok(Err(end)) => return end,
            Ok(Ok(admitted)) => admitted,
        };
    debug!(terminal = %device.terminal, %peer, "{} signed in from {peer}", device.terminal);
    let card = Card::new(Arc::clone(&device), &app.register);
    let connection = Line::new(app, transport, peer);
    let link = Arc::new(Link::new(Peer::Device(Arc::clone(&device)), Dialect::Jt808(edition, terminal), connection, serial));
    app.links.enter(&link);
    app.clerk.note(Errand::Authenticated(device.id));
    talk::answer(&link, answer, result::DONE);
    link.flush();
    app.links.listens(&link);
    let patience = Duration::from_secs(app.config.heartbeat_secs * HEARTBEATS);
    let mut talk = Jt808::new(app, framer, card, terminal);
    let end = session::converse(app, &link, &mut talk, rest, patience).await;
    if let Some(asked) = talk.logout() {
        let done = unregister(app, &device).await;
        talk::answer(&link, asked, if done { result::DONE } else { result::FAILED });
        link.flush();
    }
    app.links.leave(&link, &end, (app.clock)());
    end
}

/// Ends the registration of a terminal (终端注销); `false` when the store does not answer.
async fn unregister(app: &App, device: &device::RegisteredDevice) -> bool {
    // What the clerk has not written yet of its sign-in is not to be written behind the end.
    app.clerk.forget(device.id);
    let written = async {
        let mut tx = fleet_db::begin(&app.pool).await?;
        device::mark_unregistered(&mut tx, device.id, (app.clock)()).await?;
        Ok::<(), DbError>(tx.commit().await?)
    };
    match timeout(Duration::from_secs(app.config.login_timeout_secs), written).await {
        Ok(Ok(())) => {
            app.register.renew(device.terminal.as_str(), NO_CODE);
            true
        }
        Ok(Err(error)) => {
            warn!(terminal = %device.terminal, error = &error as &dyn std::error::Error, "{} cannot be unregistered", device.terminal);
            false
        }
        Err(_elapsed) => false,
    }
}
