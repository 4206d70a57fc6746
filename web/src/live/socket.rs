//! One socket of the live channel: frames out, until its session, its reader or the service ends.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use dispatch::account::{AccountId, Permission, SessionId};
use dispatch::grant;
use dispatch::scope::Scope;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;

use super::stream::Subscription;
use super::{frame, notes};
use crate::state::App;

/// Close code for a session that has ended: the console asks to sign in again.
const SESSION_ENDED: u16 = 4401;
/// RFC 6455: the server goes away.
const GOING_AWAY: u16 = 1001;
/// Pings without an answer after which nobody is there.
const UNANSWERED_PINGS: u32 = 3;
/// A frame that cannot be handed to the network for so long has no reader.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// Whose socket it is and what it is told.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) scope: Scope,
    pub(super) account: AccountId,
    pub(super) session: SessionId,
    pub(super) since: Option<u64>,
    pub(super) permit: OwnedSemaphorePermit,
}

/// Why a socket was closed.
enum End {
    Gone,
    Close(u16, &'static str),
}

/// Serves the socket until it ends.
pub(super) async fn serve(app: App, mut socket: WebSocket, reader: Reader) {
    metrics::gauge!("motorpool_web_live_sockets").increment(1.0);
    if let End::Close(code, reason) = follow(&app, &mut socket, &reader).await {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = tokio::time::timeout(SEND_WITHIN, socket.send(close)).await;
    }
    metrics::gauge!("motorpool_web_live_sockets").decrement(1.0);
    drop(reader.permit);
}

async fn follow(app: &App, socket: &mut WebSocket, reader: &Reader) -> End {
    let mut ended = app.ended.subscribe();
    let mut noted = app.messages.subscribe();
    let Subscription { missed, mut frames } = app.live.subscribe(&reader.scope, reader.since);
    for frame in missed {
        if !send(socket, frame).await {
            return End::Gone;
        }
    }
    let mut pings = tokio::time::interval(Duration::from_secs(u64::from(app.config.live_ping_secs.max(1))));
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut unanswered = 0;
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Ok(frame) => if !send(socket, frame).await { return End::Gone },
                Err(RecvError::Lagged(_)) => {
                    // Too far behind to be told everything: start anew from now, rather than hold frames for it.
                    metrics::counter!("motorpool_web_live_resyncs_total").increment(1);
                    frames = frames.resubscribe();
                    if !send(socket, app.live.resync(&reader.scope)).await {
                        return End::Gone;
                    }
                }
                // The scope's stream was forgotten: the reader begins another.
                Err(RecvError::Closed) => return End::Close(GOING_AWAY, "the stream has ended"),
            },
            note = noted.recv() => {
                // Of a note that was missed nobody knows whose it was.
                let is_ours = note.ok().flatten().is_none_or(|account| account == reader.account);
                if is_ours && !send(socket, frame::note(notes::MESSAGES, app.now())).await {
                    return End::Gone;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
                // Nothing is expected from the reader yet; whatever it says, it is there.
                Some(Ok(_)) => unanswered = 0,
            },
            _ = pings.tick() => {
                if unanswered >= UNANSWERED_PINGS {
                    return End::Gone;
                }
                unanswered += 1;
                if let Some(end) = ended_meanwhile(app, reader).await {
                    return end;
                }
                if !deliver(socket, Message::Ping(Bytes::new())).await {
                    return End::Gone;
                }
            }
            session = ended.recv() => match session {
                Ok(session) if session == reader.session => return End::Close(SESSION_ENDED, "the session has ended"),
                // Of sessions whose end was missed the next ping finds out.
                _ => {}
            },
            () = app.shutdown.cancelled() => return End::Close(GOING_AWAY, "the service is going away"),
        }
    }
}

async fn send(socket: &mut WebSocket, frame: Bytes) -> bool {
    deliver(socket, Message::Binary(frame)).await
}

async fn deliver(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SEND_WITHIN, socket.send(message)).await, Ok(Ok(())))
}

/// Why the reader may not go on: its session has ended, or what it may see has changed. A store that does not answer is no reason.
async fn ended_meanwhile(app: &App, reader: &Reader) -> Option<End> {
    let asked = async {
        // Unbound: the reader is known by its session alone.
        let mut conn = app.unbound().await?;
        fleet_db::session::grants(&mut conn, reader.session, app.now(), app.session_idle()).await
    };
    match asked.await {
        Ok(Some(grants)) if grant::scope(&grants, Permission::WatchVehicles) == reader.scope => None,
        Ok(Some(_)) => Some(End::Close(GOING_AWAY, "the scope has changed")),
        Ok(None) => Some(End::Close(SESSION_ENDED, "the session has ended")),
        Err(error) => {
            tracing::warn!(%error, "the session of a socket could not be checked");
            None
        }
    }
}
