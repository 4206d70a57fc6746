//! A platform below us (下级平台): it signs in, forwards where its vehicles are, and may wait for a sub-link.

mod signin;
mod sub_link;
mod talk;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use telematics::jt808::packages::Serial;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::link::{Dialect, Line, Link, Peer};
use crate::run::App;
use crate::session::{self, End};
use crate::transport::Transport;
use signin::Admitted;
use talk::Inferior;

/// Serves one connection until it ends.
pub(crate) async fn serve(app: &Arc<App>, transport: Transport, peer: SocketAddr) -> End {
    let login = Duration::from_secs(app.config.login_timeout_secs);
    let Admitted { platform, hand, check_code, waits_at, framer, rest, serial } =
        match timeout(login, signin::admit(app, &transport)).await {
            Err(_elapsed) => return End::LoginTimeout,
            Ok(Err(end)) => return end,
            Ok(Ok(admitted)) => admitted,
        };
    info!(%peer, "platform {} ({}) signed in from {peer}", platform.login, hand.access_code);
    let name = format!("platform:{}", platform.login);
    let at_other_end = Peer::Platform(Arc::clone(&platform), name);
    let link =
        Arc::new(Link::new(at_other_end, Dialect::Jt809(hand.edition), Line::new(app, transport, peer), Serial::default()));
    app.links.enter(&link);
    let over = CancellationToken::new();
    let _until_here = over.clone().drop_guard();
    // Only to where the platform came from: an account is no leave to have us connect to anybody.
    let may_open = |at: &SocketAddr| app.config.jt809.sub_links && at.ip() == peer.ip();
    if let Some(at) = waits_at.filter(may_open) {
        drop(tokio::spawn(sub_link::keep(Arc::clone(app), at, hand, check_code, over)));
    } else {
        debug!(%peer, "no sub-link to {peer}");
    }
    let patience = Duration::from_secs(app.config.jt809.idle_secs);
    let mut talk = Inferior::new(platform, hand, check_code, framer, serial);
    let end = session::converse(app, &link, &mut talk, rest, patience).await;
    app.links.leave(&link, &end, (app.clock)());
    end
}
