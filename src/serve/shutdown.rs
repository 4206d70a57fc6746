//! The off switch: SIGINT (Ctrl-C) or SIGTERM once to stop in order, twice to stop at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// A token that is cancelled by the first SIGINT or SIGTERM; the second one ends the program on the spot.
pub(crate) fn on_signal() -> anyhow::Result<CancellationToken> {
    let shutdown = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let asked = shutdown.clone();
    tokio::spawn(async move {
        let mut either = async || {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        };
        either().await;
        info!("stopping; once more stops at once");
        asked.cancel();
        either().await;
        warn!("stopped at once");
        #[expect(
            clippy::exit,
            reason = "a person asked twice; the system stops the database with us, and nothing acknowledged is lost"
        )]
        std::process::exit(130);
    });
    Ok(shutdown)
}
