//! One signed-in connection, as the committer sees it: where to put an acknowledgement, and how to end it.

use std::num::NonZeroU16;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use bytes::{Buf, Bytes, BytesMut};
use rmqtt_codec::types::QoS;
use telematics::device::TerminalId;
use tokio::sync::Notify;

use crate::say;
use crate::topic::command_topic;
use crate::transport::Transport;
use crate::wire::{Reason, Version};

/// A live link (终端连接): one a device.
pub struct Link {
    terminal: TerminalId,
    secret_sha256: [u8; 32],
    version: Version,
    limits: Limits,
    transport: Transport,
    out: Mutex<Out>,
    waiting: AtomicU32,
    wake: Notify,
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
    last_command: u16,
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
    pub(crate) fn new(
        terminal: TerminalId,
        secret_sha256: [u8; 32],
        version: Version,
        limits: Limits,
        transport: Transport,
    ) -> Self {
        Self {
            terminal,
            secret_sha256,
            version,
            limits,
            transport,
            out: Mutex::default(),
            waiting: AtomicU32::new(0),
            wake: Notify::new(),
        }
    }

    /// Who is at the other end.
    pub fn terminal(&self) -> &TerminalId {
        &self.terminal
    }

    pub(crate) fn secret_sha256(&self) -> &[u8; 32] {
        &self.secret_sha256
    }

    pub(crate) fn version(&self) -> Version {
        self.version
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
    pub(crate) fn acknowledge(&self, qos: QoS, packet_id: NonZeroU16) {
        say::put_ack(&mut self.lock().bytes, qos, packet_id);
        if self.waiting.fetch_sub(1, Ordering::AcqRel) >= self.limits.in_flight {
            self.wake.notify_one();
        }
    }

    /// Puts anything into the outgoing bytes.
    pub(crate) fn put(&self, write: impl FnOnce(&mut BytesMut)) {
        write(&mut self.lock().bytes);
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
            out.last_command = out.last_command.checked_add(1).unwrap_or(1);
            let packet_id = NonZeroU16::new(out.last_command).unwrap_or(NonZeroU16::MIN);
            let topic = command_topic(self.terminal.as_str());
            say::put_command(&mut out.bytes, self.version, topic, packet_id, payload)
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
        f.debug_struct("Link").field("terminal", &self.terminal).field("version", &self.version).finish_non_exhaustive()
    }
}
