//! Where platforms above us open their sub-link: they show the check code that they gave us, and keep the link alive.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fleet_db::Clock;
use telematics::jt809::header::Hand;
use telematics::jt809::message::result;
use telematics::jt809::{Edition, Message};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::admission::Admission;
use crate::jt809::wire::{Wire, WireError};
use crate::telemetry;

/// How long a stranger may take to show its code.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a sub-link may be silent; the standard keeps it alive every minute.
const SILENCE: Duration = Duration::from_mins(3);
/// Pause after a failed accept.
const BREATHER: Duration = Duration::from_millis(100);

/// The check codes of the links that are up (校验码), by the name of their platform.
#[derive(Debug, Default)]
pub(crate) struct CheckCodes(Mutex<HashMap<String, (u32, Hand)>>);

impl CheckCodes {
    /// The platform `name` will show this code.
    pub(super) fn expect(&self, name: &str, code: u32, hand: Hand) {
        self.lock().insert(name.to_owned(), (code, hand));
    }

    /// It will not any more.
    pub(super) fn forget(&self, name: &str) {
        self.lock().remove(name);
    }

    fn of_access_code(&self, access_code: u32) -> Option<(String, u32, Hand)> {
        let codes = self.lock();
        let found = codes.iter().find(|(_, (_, hand))| hand.access_code == access_code);
        found.map(|(name, (code, hand))| (name.clone(), *code, *hand))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (u32, Hand)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts sub-links until `shutdown`.
pub(crate) async fn attend(
    door: TcpListener,
    codes: Arc<CheckCodes>,
    admission: Arc<Admission>,
    clock: Clock,
    shutdown: CancellationToken,
) {
    let guests = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = door.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "a sub-link could not be accepted");
                sleep(BREATHER).await;
                continue;
            }
        };
        let seat = match admission.admit(peer.ip()) {
            Ok(seat) => seat,
            Err(code) => {
                metrics::counter!(telemetry::REFUSED, "code" => code).increment(1);
                continue;
            }
        };
        let (codes, clock, over) = (Arc::clone(&codes), Arc::clone(&clock), shutdown.clone());
        guests.spawn(async move {
            let ended = tokio::select! {
                () = over.cancelled() => Ok(()),
                ended = talk(stream, peer, &codes, &clock) => ended,
            };
            if let Err(error) = ended {
                debug!(%peer, error = &error as &dyn std::error::Error, "the sub-link from {peer} ended");
            }
            drop(seat);
        });
    }
}

async fn talk(stream: TcpStream, peer: SocketAddr, codes: &CheckCodes, clock: &Clock) -> Result<(), WireError> {
    let stranger = Hand { edition: Edition::V2019, access_code: 0, cipher: None };
    let mut wire = Wire::new(stream, stranger, PATIENCE);
    let cipher = |header: &telematics::jt809::Header| {
        codes.of_access_code(header.access_code).and_then(|(_, _, hand)| hand.cipher).map(|(cipher, _)| cipher)
    };
    let late = |patience: Duration| WireError::Stuck(patience.as_secs());
    let first = timeout(PATIENCE, wire.hear_as(Edition::of, cipher)).await.map_err(|_elapsed| late(PATIENCE))?;
    let (header, Message::SubLogin(shown)) = first? else { return Err(WireError::Closed) };
    let expected = codes.of_access_code(header.access_code);
    let Some((name, _, hand)) = expected.filter(|(_, code, _)| *code == shown) else {
        wire.set_hand(Hand { edition: header.edition, access_code: header.access_code, ..stranger });
        wire.say(&Message::SubLoginAnswer(result::SUB_CHECK_CODE), clock());
        wire.flush().await?;
        metrics::counter!(telemetry::REFUSED, "code" => "jt809.check_code").increment(1);
        return Ok(());
    };
    wire.set_hand(hand);
    wire.say(&Message::SubLoginAnswer(result::OK), clock());
    wire.flush().await?;
    info!(%peer, "platform {name} has opened its sub-link from {peer}");
    loop {
        let heard = timeout(SILENCE, wire.hear()).await.map_err(|_elapsed| late(SILENCE))??;
        match heard {
            Message::SubLinkTest => wire.say(&Message::SubLinkTestAnswer, clock()),
            Message::SubLogout(_) => wire.say(&Message::SubLogoutAnswer, clock()),
            // Notices, and orders that are for people.
            _ => {}
        }
        if wire.waiting() > 0 {
            wire.flush().await?;
        }
        if matches!(heard, Message::SubLogout(_)) {
            return Ok(());
        }
    }
}
