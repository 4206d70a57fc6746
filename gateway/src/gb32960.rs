//! GB/T 32960.3: a vehicle or a maker's platform signs in, reports, signs out; both editions on one port.

pub(crate) mod commands;
pub mod config;
mod keys;
mod signin;
mod talk;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use telematics::jt808::packages::Serial;
use tokio::time::timeout;
use tracing::debug;

use crate::clerk::Errand;
use crate::delivery::Ack;
use crate::link::{Dialect, Line, Link, Peer};
use crate::run::App;
use crate::session::{self, End};
use crate::transport::Transport;
use signin::{Admitted, Who};
use talk::Gb32960;

/// Serves one connection until it ends.
pub(crate) async fn serve(app: &Arc<App>, transport: Transport, peer: SocketAddr) -> End {
    let login = Duration::from_secs(app.config.login_timeout_secs);
    let Admitted { who, edition, serial, rest, answer } = match timeout(login, signin::admit(app, &transport)).await {
        Err(_elapsed) => return End::LoginTimeout,
        Ok(Err(end)) => return end,
        Ok(Ok(admitted)) => admitted,
    };
    debug!(%peer, "{} signed in from {peer}", who.name());
    let at_other_end = match &who {
        Who::Vehicle(device) => {
            app.clerk.note(Errand::Authenticated(device.id));
            Peer::Device(Arc::clone(device))
        }
        Who::Platform(platform) => Peer::Platform(Arc::clone(platform), format!("platform:{}", platform.login)),
    };
    let is_vehicle = matches!(who, Who::Vehicle(_));
    let is_secret = transport.is_encrypted();
    let under = Line::new(app, transport, peer);
    let link = Arc::new(Link::new(at_other_end, Dialect::Gb32960(edition), under, Serial::default()));
    app.links.enter(&link);
    say(&link, answer);
    link.flush();
    if is_vehicle {
        app.links.listens(&link);
    }
    let patience = Duration::from_secs(app.config.gb32960.idle_secs);
    let mut talk = Gb32960::new(who, serial, is_secret);
    let end = session::converse(app, &link, &mut talk, rest, patience).await;
    app.links.leave(&link, &end, (app.clock)());
    end
}

/// Says something at once, as nothing waits for the store.
fn say(link: &Link, answer: Option<Vec<u8>>) {
    if let Some(bytes) = answer {
        link.took();
        link.acknowledge(&Ack::Bytes(bytes.into()));
    }
}
