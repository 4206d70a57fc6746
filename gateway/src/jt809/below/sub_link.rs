//! The sub-link (从链路) to a platform below us: we connect to where it waits, show the check code of its login, and keep it alive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use telematics::jt809::Message;
use telematics::jt809::header::Hand;
use telematics::jt809::message::result;
use tokio::net::TcpStream;
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::jt809::wire::{Wire, WireError};
use crate::run::App;

/// Pause before the second try; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How long the other side may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two keep-alives.
const BEAT: Duration = Duration::from_mins(1);

/// Keeps the sub-link until the main link is `over`.
pub(super) async fn keep(app: Arc<App>, at: SocketAddr, hand: Hand, check_code: u32, over: CancellationToken) {
    let forever = async {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = tokio::time::Instant::now();
            let Err(error) = talk(&app, at, hand, check_code).await;
            debug!(%at, error = &error as &dyn std::error::Error, "the sub-link to {at} ended");
            if began.elapsed() > BEAT {
                pause = FIRST_PAUSE;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    tokio::select! {
        () = over.cancelled() => {}
        () = forever => {}
    }
}

async fn talk(app: &App, at: SocketAddr, hand: Hand, check_code: u32) -> Result<std::convert::Infallible, WireError> {
    let late = || WireError::Stuck(PATIENCE.as_secs());
    let stream = timeout(PATIENCE, TcpStream::connect(at)).await.map_err(|_elapsed| late())??;
    let mut wire = Wire::new(stream, hand, PATIENCE);
    wire.say(&Message::SubLogin(check_code), (app.clock)());
    wire.flush().await?;
    match timeout(PATIENCE, wire.hear()).await.map_err(|_elapsed| late())?? {
        Message::SubLoginAnswer(result::OK) => info!(%at, "the sub-link to {at} is up"),
        _ => return Err(WireError::Closed),
    }
    let mut beat = interval(BEAT);
    let mut unanswered = 0;
    loop {
        tokio::select! {
            heard = wire.hear() => if heard? == Message::SubLinkTestAnswer {
                unanswered = 0;
            },
            _ = beat.tick() => {
                if unanswered >= 3 {
                    return Err(late());
                }
                unanswered += 1;
                wire.say(&Message::SubLinkTest, (app.clock)());
                wire.flush().await?;
            }
        }
    }
}
