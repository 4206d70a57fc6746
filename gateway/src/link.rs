//! One signed-in connection, as the committer sees it: where to put an acknowledgement, and how to end it.

use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use bytes::{Buf, Bytes, BytesMut};
use fleet_db::device::RegisteredDevice;
use tokio::sync::Notify;

use crate::delivery::Ack;
use crate::mqtt::say;
use crate::mqtt::topic::command_topic;
use crate::mqtt::wire::Version;
use crate::session::Reason;
use crate::transport::Transport;

/// A live link (终端连接): one a terminal.
pub struct Link {
    peer: Peer,
    dialect: Dialect,
    limits: Limits,
    transport: Transport,
    out: Mutex<Out>,
    waiting: AtomicU32,
    is_fenced: AtomicBool,
    wake: Notify,
}

/// Who is at the other end of a link (连接对方).
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    /// A terminal, as the register knew it when it signed in.
    Device(Arc<RegisteredDevice>),
}

/// What is spoken on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// MQTT, either version.
    Mqtt(Version),
}

/// What one link may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) in_flight: u32,
    pub(crate) outgoing_bytes: usize,
}

#[derive(Debug, Default)]
struct Out {
    bytes: BytesMut,
    takes_commands: bool,
    /// The number of our next message, in the protocols that count them.
    serial: u16,
    /// Why we end it.
    ended: Option<Reason>,
}

/// Why a command did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The device has no link, or has not subscribed to its commands.
    #[error("the device is not listening for commands")]
    NotListening,
    /// Too much is already waiting to be sent.
    #[error("too much is waiting to be sent to the device")]
    Busy,
}

impl CommandError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotListening => "command.not_listening",
            Self::Busy => "command.busy",
        }
    }
}

impl Link {
    pub(crate) fn new(peer: Peer, dialect: Dialect, limits: Limits, transport: Transport) -> Self {
        Self {
            peer,
            dialect,
            limits,
            transport,
            out: Mutex::default(),
            waiting: AtomicU32::new(0),
            is_fenced: AtomicBool::new(false),
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
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
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
        self.waiting.load(Ordering::Acquire) < self.limits.in_flight && self.lock().bytes.len() < self.limits.outgoing_bytes
    }

    /// Something waits to be sent.
    pub(crate) fn has_outgoing(&self) -> bool {
        !self.lock().bytes.is_empty()
    }

    /// Puts an acknowledgement into the outgoing bytes; `flush` sends it.
    pub(crate) fn acknowledge(&self, ack: &Ack) {
        {
            let mut out = self.lock();
            match ack {
                Ack::Mqtt { qos, packet_id } => say::put_ack(&mut out.bytes, *qos, *packet_id),
                Ack::Bytes(bytes) => out.bytes.extend_from_slice(bytes),
                Ack::Silent => {}
            }
        }
        let before = self.waiting.fetch_sub(1, Ordering::AcqRel);
        if before >= self.limits.in_flight || (before == 1 && self.is_fenced.load(Ordering::Acquire)) {
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

    /// Sends what the socket takes, in one write; the rest goes when the session finds the socket writable.
    pub(crate) fn flush(&self) {
        let mut out = self.lock();
        if out.bytes.is_empty() {
            return;
        }
        let held_back = out.bytes.len() >= self.limits.outgoing_bytes;
        match self.transport.try_write(&out.bytes) {
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

    /// Sends a command (下发指令); the device answers on its `ack` topic.
    pub fn command(&self, payload: Bytes) -> Result<(), CommandError> {
        {
            let mut out = self.lock();
            if !out.takes_commands || out.ended.is_some() {
                return Err(CommandError::NotListening);
            }
            if out.bytes.len() + payload.len() > self.limits.outgoing_bytes {
                return Err(CommandError::Busy);
            }
            let Dialect::Mqtt(version) = self.dialect;
            out.serial = out.serial.checked_add(1).unwrap_or(1);
            let packet_id = NonZeroU16::new(out.serial).unwrap_or(NonZeroU16::MIN);
            let topic = command_topic(self.name());
            say::put_command(&mut out.bytes, version, topic, packet_id, payload)
                .expect("a command below the limit of outgoing bytes fits a packet");
        }
        self.flush();
        Ok(())
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
