//! The last frames of all terminals in a bounded ring, and those of watched terminals on their way to the store.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::exempt::Veil;
use fleet_db::frame::{self, Direction, Frame, Watches};
use fleet_db::{Clock, DbError, PgPool};
use telematics::id::DeviceId;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::exempt::{self, Exemptions};
use crate::telemetry;
use ring::Ring;

mod ring;

/// Rings among which terminals are divided, so that two threads seldom want the same one.
const RINGS: usize = 8;

/// Frames of watched terminals that may wait for the store; more are left out, and counted.
const WAITING: usize = 4096;

/// Frames stored in one statement.
const AT_ONCE: usize = 500;

/// Pause between two looks at what is watched, and before another try.
const BEAT: Duration = Duration::from_secs(2);

/// The frames that were seen last (最近报文).
pub(crate) struct Frames {
    rings: Vec<Mutex<Ring>>,
    watched: RwLock<HashMap<DeviceId, DateTime<Utc>>>,
    /// How many are watched: nearly always none, which costs one look.
    watchers: AtomicUsize,
    out: Sender<Frame>,
    exempt: Arc<Exemptions>,
    clock: Clock,
}

/// A frame as it is noted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted<'a> {
    pub(crate) device: DeviceId,
    pub(crate) direction: Direction,
    /// Topic or path, where the protocol has one; else empty.
    pub(crate) channel: &'a str,
    pub(crate) bytes: &'a [u8],
    /// The code of why it was not taken.
    pub(crate) error: Option<&'static str>,
}

impl Frames {
    /// Keeps at most so many bytes; the other end is for `keep`.
    pub(crate) fn new(limit: usize, exempt: Arc<Exemptions>, clock: Clock) -> (Arc<Self>, Receiver<Frame>) {
        let (out, inbox) = channel(WAITING);
        let rings = if limit == 0 { 0 } else { RINGS };
        let rings = (0..rings).map(|_| Mutex::new(Ring::new(limit / RINGS))).collect();
        let watched = RwLock::default();
        (Arc::new(Self { rings, watched, watchers: AtomicUsize::new(0), out, exempt, clock }), inbox)
    }

    /// Notes a frame; none of a vehicle that is exempt, and afterwards none that may hold what the terminal stored then.
    pub(crate) fn note(&self, frame: Noted<'_>) {
        match self.exempt.veil(frame.device) {
            Some(Veil::Lifted) if frame.direction == Direction::Down => {}
            Some(_) => return exempt::count(exempt::Kind::Frame),
            None => {}
        }
        let is_watched = self.watchers.load(Ordering::Relaxed) > 0 && self.is_watched(frame.device);
        if self.rings.is_empty() && !is_watched {
            return;
        }
        let at = (self.clock)();
        if let Some(mut ring) = self.ring(frame.device) {
            ring.push(at, frame);
        }
        if is_watched {
            self.hand_out(frame.owned(at));
        }
    }

    fn hand_out(&self, frame: Frame) {
        if self.out.try_send(frame).is_err() {
            metrics::counter!(telemetry::FRAMES_LOST).increment(1);
        }
    }

    fn ring(&self, device: DeviceId) -> Option<MutexGuard<'_, Ring>> {
        let key = usize::from(device.0.as_bytes().last().copied().unwrap_or_default());
        let ring = self.rings.get(key % self.rings.len().max(1))?;
        Some(ring.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_watched(&self, device: DeviceId) -> bool {
        self.watched.read().unwrap_or_else(PoisonError::into_inner).contains_key(&device)
    }

    /// Takes over whom somebody watches; what the ring has of a terminal that is newly watched goes out first.
    fn watch(&self, watched: Vec<(DeviceId, DateTime<Utc>)>) {
        let watched: HashMap<_, _> = watched.into_iter().collect();
        let newly: Vec<DeviceId> = watched.keys().copied().filter(|device| !self.is_watched(*device)).collect();
        for device in newly {
            // The ring is held until the terminal counts as watched, so that no frame is left out or comes twice.
            let ring = self.ring(device);
            for frame in ring.iter().flat_map(|ring| ring.of(device)) {
                self.hand_out(frame);
            }
            if let Some(until) = watched.get(&device) {
                self.watched.write().unwrap_or_else(PoisonError::into_inner).insert(device, *until);
            }
        }
        self.watchers.store(watched.len(), Ordering::Relaxed);
        *self.watched.write().unwrap_or_else(PoisonError::into_inner) = watched;
    }
}

impl Noted<'_> {
    fn owned(self, at: DateTime<Utc>) -> Frame {
        Frame {
            device: self.device,
            at,
            direction: self.direction,
            channel: self.channel.to_owned(),
            bytes: self.bytes.to_vec(),
            error: self.error,
        }
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("watchers", &self.watchers).finish_non_exhaustive()
    }
}

/// Brings the frames of watched terminals to the store until `shutdown`.
pub(crate) async fn keep(frames: Arc<Frames>, mut inbox: Receiver<Frame>, pool: PgPool, shutdown: CancellationToken) {
    let forever = async {
        tokio::join!(follow(&frames, &pool), async {
            let mut waiting = VecDeque::new();
            loop {
                let mut batch: Vec<Frame> = Vec::with_capacity(AT_ONCE);
                if waiting.is_empty() && inbox.recv_many(&mut batch, AT_ONCE).await == 0 {
                    return;
                }
                waiting.extend(batch);
                let now: Vec<Frame> = waiting.drain(..).collect();
                if let Err(error) = store(&pool, &now).await {
                    warn!(error = &error as &dyn std::error::Error, "frames of watched terminals cannot be stored, trying again");
                    waiting.extend(now);
                    sleep(BEAT).await;
                }
            }
        })
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        _ = forever => {}
    }
}

async fn store(pool: &PgPool, frames: &[Frame]) -> Result<(), DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    frame::store(&mut tx, frames).await?;
    Ok(tx.commit().await?)
}

/// Keeps the list of watched terminals as the store has it.
async fn follow(frames: &Frames, pool: &PgPool) {
    loop {
        if let Err(error) = listen(frames, pool).await {
            warn!(error = &error as &dyn std::error::Error, "who is watched cannot be followed, trying again");
        }
        sleep(BEAT).await;
    }
}

async fn listen(frames: &Frames, pool: &PgPool) -> Result<(), DbError> {
    let mut news = Watches::listen(pool).await?;
    // Told of every beginning at once; an end is found by a look from time to time.
    let mut beat = interval(BEAT * 5);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            told = news.next() => told?,
            _ = beat.tick() => {}
        }
        let now = (frames.clock)();
        let mut tx = fleet_db::begin(pool).await?;
        let watched = frame::watched(&mut tx, now).await?;
        frames.watch(watched);
    }
}
