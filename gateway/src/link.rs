//! One signed-in connection, as the committer sees it: where to put an acknowledgement, and how to end it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use bytes::{Buf, BytesMut};
use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::device::RegisteredDevice;
use fleet_db::frame::Direction;
use fleet_db::link::LinkChange;
use fleet_db::platform::RegisteredPlatform;
use telematics::device::Protocol;
use telematics::jt808::packages::{self, Serial};
use telematics::jt808::{Edition, TerminalNo};
use telematics::{gb32960, jt809};
use tokio::sync::Notify;

use crate::delivery::Ack;
use crate::frames::{Frames, Noted};
use crate::jt808;
use crate::mqtt::say;
use crate::mqtt::wire::Version;
use crate::run::App;
use crate::session::Reason;
use crate::transport::Transport;

/// A live link (终端连接): one a terminal.
pub struct Link {
    peer: Peer,
    dialect: Dialect,
    line: Line,
    out: Mutex<Out>,
    waiting: AtomicU32,
    is_fenced: AtomicBool,
    /// When the last bytes came, Unix milliseconds.
    heard_ms: AtomicI64,
    /// The same, as the store was last told.
    told_ms: AtomicI64,
    /// What was said on an earlier link of the terminal has been taken back: commands may be said on this one.
    is_introduced: AtomicBool,
    wake: Notify,
}

/// Who is at the other end of a link (连接对方).
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    /// A terminal, as the register knew it when it signed in.
    Device(Arc<RegisteredDevice>),
    /// A platform that speaks for many vehicles, and the name of its link.
    Platform(Arc<RegisteredPlatform>, String),
}

/// What is spoken on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// MQTT, either version.
    Mqtt(Version),
    /// JT/T 808, in the edition and under the number that the terminal's frames tell.
    Jt808(Edition, TerminalNo),
    /// GB/T 32960.3, in the edition of the sign-in.
    Gb32960(gb32960::Edition),
    /// JT/T 809, in the edition of the sign-in.
    Jt809(jt809::Edition),
}

impl Dialect {
    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Mqtt(_) => Protocol::Mqtt,
            Self::Jt808(..) => Protocol::Jt808,
            Self::Gb32960(_) => Protocol::Gb32960,
            Self::Jt809(_) => Protocol::Jt809,
        }
    }

    /// The edition, as people read it.
    fn version(self) -> String {
        match self {
            Self::Mqtt(Version::V3) => "3.1.1".to_owned(),
            Self::Mqtt(Version::V5) => "5".to_owned(),
            Self::Jt808(edition, _) => edition.to_string(),
            Self::Gb32960(edition) => edition.year().to_string(),
            Self::Jt809(edition) => edition.to_string(),
        }
    }
}

/// The connection under a link, and what it may hold.
#[derive(Debug)]
pub(crate) struct Line {
    transport: Transport,
    remote: SocketAddr,
    since: DateTime<Utc>,
    in_flight: u32,
    outgoing_bytes: usize,
    frames: Arc<Frames>,
}

impl Line {
    pub(crate) fn new(app: &App, transport: Transport, remote: SocketAddr) -> Self {
        Self {
            transport,
            remote,
            since: (app.clock)(),
            in_flight: u32::from(app.config.in_flight),
            outgoing_bytes: app.config.outgoing_bytes,
            frames: Arc::clone(&app.frames),
        }
    }
}

#[derive(Debug, Default)]
struct Out {
    bytes: BytesMut,
    takes_commands: bool,
    /// Numbers our messages, in the protocols that count them.
    serial: Serial,
    /// Why we end it.
    ended: Option<Reason>,
}

/// Where something is said on a link: the outgoing bytes, and the number of our next message.
#[derive(Debug)]
pub(crate) struct Voice<'a> {
    pub(crate) bytes: &'a mut BytesMut,
    pub(crate) serial: &'a mut Serial,
}

impl Link {
    /// A link on which our messages are counted on from `serial`.
    pub(crate) fn new(peer: Peer, dialect: Dialect, line: Line, serial: Serial) -> Self {
        let since_ms = line.since.timestamp_millis();
        Self {
            peer,
            dialect,
            line,
            out: Mutex::new(Out { serial, ..Out::default() }),
            waiting: AtomicU32::new(0),
            is_fenced: AtomicBool::new(false),
            heard_ms: AtomicI64::new(since_ms),
            told_ms: AtomicI64::new(since_ms),
            is_introduced: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    /// Who is at the other end.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The name that the other end signed in with.
    pub fn name(&self) -> &str {
        match &self.peer {
            Peer::Device(device) => device.terminal.as_str(),
            Peer::Platform(_, name) => name,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.line.transport
    }

    /// Bytes came.
    pub(crate) fn hear(&self, now: DateTime<Utc>) {
        self.heard_ms.store(now.timestamp_millis(), Ordering::Relaxed);
    }

    /// When bytes came last.
    pub(crate) fn heard_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.heard_ms.load(Ordering::Relaxed)).unwrap_or(self.line.since)
    }

    /// The store does not know yet when bytes came last, and what it knows is older than `after`. Asked once, it counts as told.
    pub(crate) fn is_news(&self, after: TimeDelta) -> bool {
        let heard = self.heard_ms.load(Ordering::Relaxed);
        let is_news = heard - self.told_ms.load(Ordering::Relaxed) >= after.num_milliseconds().max(1);
        if is_news {
            self.told_ms.store(heard, Ordering::Relaxed);
        }
        is_news
    }

    /// The link as the store keeps it; `None` where no single terminal is at the other end.
    pub(crate) fn state(&self, closed: Option<(DateTime<Utc>, &'static str)>) -> Option<LinkChange> {
        let Peer::Device(device) = &self.peer else { return None };
        Some(LinkChange {
            device: device.id,
            peer: self.line.remote.to_string(),
            protocol: self.dialect.protocol(),
            version: self.dialect.version(),
            is_encrypted: self.line.transport.is_encrypted(),
            connected_at: self.line.since,
            last_heard_at: self.heard_at(),
            closed,
        })
    }

    /// Waits for a change: room for another message, something to send, or the end.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// A message has been taken in and waits for its acknowledgement.
    pub(crate) fn took(&self) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
    }

    /// May another message be taken in?
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.load(Ordering::Acquire) < self.line.in_flight && self.lock().bytes.len() < self.line.outgoing_bytes
    }

    /// Something waits to be sent.
    pub(crate) fn has_outgoing(&self) -> bool {
        !self.lock().bytes.is_empty()
    }

    /// Puts an acknowledgement into the outgoing bytes; `flush` sends it.
    pub(crate) fn acknowledge(&self, ack: &Ack) {
        {
            let out = &mut *self.lock();
            match (ack, self.dialect) {
                (Ack::Mqtt { qos, packet_id }, _) => say::put_ack(&mut out.bytes, *qos, *packet_id),
                (Ack::Jt808 { serial, message_id, result }, Dialect::Jt808(edition, terminal)) => {
                    let start = out.bytes.len();
                    let head = jt808::say::Head { edition, terminal, serial: out.serial.take(1) };
                    jt808::say::put_answer(&mut out.bytes, head, *serial, *message_id, *result);
                    self.note_down(out.bytes.get(start..));
                }
                (Ack::Say(message), Dialect::Jt808(edition, terminal)) => {
                    // An answer is short and has no text that could not be said.
                    if let Ok(sent) = packages::frames(message, terminal, edition, &mut out.serial) {
                        let bytes = sent.bytes();
                        out.bytes.extend_from_slice(&bytes);
                        self.note_down(Some(&bytes));
                    }
                }
                (Ack::Jt808 { .. } | Ack::Say(_) | Ack::Silent, _) => {}
                (Ack::Bytes(bytes), _) => {
                    out.bytes.extend_from_slice(bytes);
                    self.note_down(Some(bytes));
                }
            }
        }
        let before = self.waiting.fetch_sub(1, Ordering::AcqRel);
        if before >= self.line.in_flight || (before == 1 && self.is_fenced.load(Ordering::Acquire)) {
            self.wake.notify_one();
        }
    }

    /// Everything taken in so far is durable.
    pub(crate) fn is_settled(&self) -> bool {
        self.waiting.load(Ordering::Acquire) == 0
    }

    /// Wants to be woken as soon as everything is durable, or no longer.
    pub(crate) fn set_fenced(&self, is_fenced: bool) {
        self.is_fenced.store(is_fenced, Ordering::Release);
    }

    /// Puts anything into the outgoing bytes.
    pub(crate) fn put<T>(&self, write: impl FnOnce(&mut BytesMut) -> T) -> T {
        write(&mut self.lock().bytes)
    }

    /// Says something that counts among our messages; it is noted among the last frames.
    pub(crate) fn say<T>(&self, write: impl FnOnce(Voice<'_>) -> T) -> T {
        let out = &mut *self.lock();
        let start = out.bytes.len();
        let said = write(Voice { bytes: &mut out.bytes, serial: &mut out.serial });
        // Of MQTT the payload alone is noted, by whoever has it.
        if !matches!(self.dialect, Dialect::Mqtt(_)) {
            self.note_down(out.bytes.get(start..));
        }
        said
    }

    /// Somebody listens for commands at the other end, and takes what is said.
    pub(crate) fn takes_commands(&self) -> bool {
        let out = self.lock();
        out.takes_commands && out.ended.is_none() && out.bytes.len() < self.line.outgoing_bytes
    }

    /// Commands may be said on it from now on.
    pub(crate) fn introduce(&self) {
        self.is_introduced.store(true, Ordering::Release);
    }

    pub(crate) fn is_introduced(&self) -> bool {
        self.is_introduced.load(Ordering::Acquire)
    }

    /// Notes a frame of ours among the last ones.
    pub(crate) fn note(&self, channel: &str, bytes: &[u8]) {
        let Peer::Device(device) = &self.peer else { return };
        self.line.frames.note(Noted { device: device.id, direction: Direction::Down, channel, bytes, error: None });
    }

    fn note_down(&self, bytes: Option<&[u8]>) {
        if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
            self.note("", bytes);
        }
    }

    /// Sends what the socket takes, in one write; the rest goes when the session finds the socket writable.
    pub(crate) fn flush(&self) {
        let mut out = self.lock();
        if out.bytes.is_empty() {
            return;
        }
        let held_back = out.bytes.len() >= self.line.outgoing_bytes;
        match self.line.transport.try_write(&out.bytes) {
            Ok(written) => out.bytes.advance(written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // The session reads the same failure and ends.
            Err(_gone) => out.bytes.clear(),
        }
        if out.bytes.is_empty() {
            // Nothing is kept for a quiet link.
            out.bytes = BytesMut::new();
        }
        if held_back || !out.bytes.is_empty() {
            self.wake.notify_one();
        }
    }

    pub(crate) fn set_takes_commands(&self, takes_commands: bool) {
        self.lock().takes_commands = takes_commands;
    }

    /// Ends the link; the session sees it and goes.
    pub(crate) fn end(&self, reason: Reason) {
        self.lock().ended.get_or_insert(reason);
        self.wake.notify_one();
    }

    pub(crate) fn ended(&self) -> Option<Reason> {
        self.lock().ended
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("name", &self.name()).field("dialect", &self.dialect).finish_non_exhaustive()
    }
}
