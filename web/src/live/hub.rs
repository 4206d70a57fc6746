//! The hub: the board and the streams of all scopes, behind one handle.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use bytes::Bytes;
use chrono::Duration;
use dispatch::scope::Scope;
use fleet_db::live::Register;
use fleet_db::{Clock, DbError, LiveFeed, PgPool};
use telematics::id::VehicleNo;
use telematics::live::LiveState;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::feed;
use super::shown::Shown;
use super::stream::{Stream, Subscription};
use crate::config::Config;

/// A stream that nobody listened to for so long is forgotten.
const ABANDONED_AFTER: Duration = Duration::minutes(2);

/// The live channel's state, shared by routes, sockets and the tasks that feed it.
#[derive(Clone)]
pub(crate) struct Live {
    board: Arc<RwLock<Board>>,
    // Locked before the board where both are needed: a stream that is being made misses nothing.
    streams: Arc<Mutex<HashMap<Scope, Stream>>>,
    clock: Clock,
    queue: usize,
    heartbeat: Duration,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl Live {
    /// Fills the board from the store and begins to follow `feed`.
    pub(crate) async fn start(
        pool: PgPool,
        clock: Clock,
        feed: &LiveFeed,
        config: &Config,
        shutdown: CancellationToken,
    ) -> Result<Self, DbError> {
        let live = Self {
            board: Arc::default(),
            streams: Arc::default(),
            clock,
            queue: config.live_queue_frames,
            heartbeat: Duration::seconds(i64::from(config.live_heartbeat_secs)),
        };
        feed::start(live.clone(), pool, feed, config, shutdown).await?;
        Ok(live)
    }

    /// The board, for reading; never held across an await.
    pub(crate) fn board(&self) -> RwLockReadGuard<'_, Board> {
        self.board.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<Scope, Stream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over newer states and notes them for every scope that has the vehicle.
    pub(super) fn apply(&self, states: &[LiveState]) {
        self.board.write().unwrap_or_else(PoisonError::into_inner).apply(states);
        let mut streams = self.streams();
        if streams.is_empty() {
            return;
        }
        let shown: Vec<Shown> = states.iter().map(Shown::of).collect();
        for stream in streams.values_mut() {
            for vehicle in &shown {
                stream.note(*vehicle);
            }
        }
    }

    /// Takes over another register; streams learn who has come and gone.
    pub(super) fn set_register(&self, register: Register) {
        self.board.write().unwrap_or_else(PoisonError::into_inner).set_register(register);
        self.tell_members();
    }

    /// Takes a vehicle that has become exempt off the board and out of every stream at once.
    pub(crate) fn withdraw(&self, no: VehicleNo) {
        self.board.write().unwrap_or_else(PoisonError::into_inner).withdraw(no);
        self.tell_members();
    }

    fn tell_members(&self) {
        let now = (self.clock)();
        let mut streams = self.streams();
        let board = self.board();
        for (scope, stream) in streams.iter_mut() {
            stream.change_members(&board.shown(scope), now);
        }
    }

    /// Sends what is pending in every scope, and forgets scopes that nobody watches.
    pub(super) fn tick(&self) {
        let now = (self.clock)();
        let mut streams = self.streams();
        streams.retain(|_, stream| !stream.is_abandoned(now, ABANDONED_AFTER));
        for stream in streams.values_mut() {
            stream.tick(now, self.heartbeat);
        }
    }

    /// Does something with the stream of `scope`, which is begun when nobody watched it before.
    fn with_stream<T>(&self, scope: &Scope, act: impl FnOnce(&mut Stream) -> T) -> T {
        let mut streams = self.streams();
        let stream =
            streams.entry(scope.clone()).or_insert_with(|| Stream::new(self.board().shown(scope), (self.clock)(), self.queue));
        act(stream)
    }

    /// The snapshot of `scope` with its number.
    pub(crate) fn snapshot(&self, scope: &Scope) -> (u64, Bytes) {
        let now = (self.clock)();
        self.with_stream(scope, |stream| stream.snapshot(now))
    }

    /// Frames of `scope` after `since`.
    pub(crate) fn subscribe(&self, scope: &Scope, since: Option<u64>) -> Subscription {
        let now = (self.clock)();
        self.with_stream(scope, |stream| stream.subscribe(since, now))
    }

    /// The frame that sends a listener of `scope` for the snapshot.
    pub(crate) fn resync(&self, scope: &Scope) -> Bytes {
        let now = (self.clock)();
        super::frame::resync(self.with_stream(scope, |stream| stream.seq()), now)
    }
}
