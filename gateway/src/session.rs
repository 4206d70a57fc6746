//! One connection from its first byte to its last, in any protocol: take messages in as fast as the shards take them off, go.

mod desk;
mod pace;

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;

use crate::lane::Stopped;
use crate::link::Link;
use crate::run::App;
use crate::telemetry;
pub(crate) use desk::Desk;
use pace::Pace;

/// Bytes read at once. The buffer belongs to the thread: an idle connection has none of its own.
const READ_BYTES: usize = 64 * 1024;

/// Pause of a session that is too fast.
const PAUSE: Duration = Duration::from_millis(50);

/// Pause between two looks at what is waited for.
const LOOK: Duration = Duration::from_secs(1);

thread_local! {
    static BUFFER: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(READ_BYTES));
}

/// How a session ended (会话结束).
#[derive(Debug, thiserror::Error)]
pub(crate) enum End {
    #[error("the connection failed")]
    Io(#[from] io::Error),
    #[error("the bytes are nothing that is taken here")]
    Wire {
        /// What the other end is told.
        reason: Reason,
        /// What is wrong with them.
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("no sign-in within the time")]
    LoginTimeout,
    #[error("sign-in refused: {0}")]
    Refused(&'static str),
    #[error("closed by the terminal")]
    Closed,
    #[error("goodbye")]
    Goodbye,
    #[error("ended by us: {}", .0.name())]
    Ended(Reason),
}

impl End {
    /// The word under which the store keeps it.
    pub(crate) const fn close_reason(&self) -> &'static str {
        match self {
            Self::Io(_) | Self::Closed => "closed",
            Self::Goodbye => "logout",
            Self::Wire { .. } => "protocol_error",
            Self::LoginTimeout | Self::Refused(_) => "refused",
            Self::Ended(reason) => match reason {
                Reason::TakenOver => "replaced",
                Reason::KeepAlive => "idle",
                Reason::NotAuthorized => "expelled",
                Reason::ShuttingDown => "shutdown",
                Reason::SlowConsumer => "slow",
                Reason::Malformed | Reason::Protocol | Reason::TooLarge => "protocol_error",
            },
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Io(_) => "io",
            Self::Wire { reason, .. } | Self::Ended(reason) => reason.name(),
            Self::LoginTimeout => "login_timeout",
            Self::Refused(code) => code,
            Self::Closed => "closed",
            Self::Goodbye => "goodbye",
        }
    }
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Ended(Reason::ShuttingDown)
    }
}

/// Why a connection is ended by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Malformed,
    Protocol,
    NotAuthorized,
    ShuttingDown,
    KeepAlive,
    TakenOver,
    TooLarge,
    SlowConsumer,
}

impl Reason {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Protocol => "protocol",
            Self::NotAuthorized => "not_authorized",
            Self::ShuttingDown => "shutting_down",
            Self::KeepAlive => "keep_alive",
            Self::TakenOver => "taken_over",
            Self::TooLarge => "too_large",
            Self::SlowConsumer => "slow_consumer",
        }
    }
}

/// What came of a look at the buffer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heeded {
    /// A message was taken off its front.
    One,
    /// It holds no whole message.
    Hungry,
    /// The other end said goodbye.
    Goodbye,
}

/// A protocol's side of a session: takes messages off what was read, one at a time, and hands in what they hold.
pub(crate) trait Talk {
    /// Takes one message off the front of `buffer`, if there is one.
    fn heed(&mut self, desk: &mut Desk<'_>, buffer: &mut BytesMut) -> Result<Heeded, End>;

    /// Something is to be looked at from time to time, although nothing may come.
    fn is_waiting(&self) -> bool {
        false
    }

    /// The look.
    fn tick(&mut self, _desk: &mut Desk<'_>) {}
}

/// Why the intake stopped.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// All that was read has been taken in.
    Hungry,
    /// The shard of what was handed in last has no room.
    Full,
    /// Too many messages wait for their acknowledgement, or too many bytes for the other end.
    Unacknowledged,
    /// More has come than may come in this time.
    Paced,
    /// The other end said goodbye.
    Goodbye,
}

/// The conversation on a signed-in link: `rest` is what was read and not yet heeded, `patience` how long it may be silent.
pub(crate) async fn converse(app: &App, link: &Arc<Link>, talk: &mut impl Talk, rest: BytesMut, patience: Duration) -> End {
    let pace = Pace::new(app.config.frames_per_sec);
    let mut intake = Intake { desk: Desk::new(app, link, patience), talk, rest, pace };
    match intake.run().await {
        Ok(end) | Err(end) => end,
    }
}

/// The reading half of a session.
struct Intake<'a, T> {
    desk: Desk<'a>,
    talk: &'a mut T,
    /// What was read and not yet taken in: the beginning of a message, or whole messages while there is no room.
    rest: BytesMut,
    pace: Pace,
}

impl<T: Talk> Intake<'_, T> {
    async fn run(&mut self) -> Result<End, End> {
        let link = self.desk.link;
        let mut heard = Instant::now();
        let mut step = self.digest()?;
        loop {
            if let Some(reason) = link.ended() {
                return Err(End::Ended(reason));
            }
            match step {
                Step::Goodbye => return Ok(End::Goodbye),
                Step::Full => {
                    // The shard is behind: this socket waits, unread, until there is room.
                    until_ended(link, self.desk.wait_for_lane()).await??;
                    heard = Instant::now();
                    step = self.digest()?;
                }
                Step::Unacknowledged => {
                    self.wait_for_room().await?;
                    heard = Instant::now();
                    step = self.digest()?;
                }
                Step::Paced => {
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = link.woken() => {}
                    }
                    heard = Instant::now();
                    step = self.digest()?;
                }
                Step::Hungry => {
                    let deadline = heard + self.desk.patience();
                    let look = if self.talk.is_waiting() { deadline.min(Instant::now() + LOOK) } else { deadline };
                    tokio::select! {
                        ready = link.transport().readable() => {
                            ready?;
                            heard = Instant::now();
                            step = self.read()?;
                        }
                        () = link.woken() => step = Step::Hungry,
                        sent = link.transport().writable(), if link.has_outgoing() => {
                            sent?;
                            link.flush();
                            step = Step::Hungry;
                        }
                        () = tokio::time::sleep_until(look) => {
                            if look >= deadline {
                                return Err(End::Ended(Reason::KeepAlive));
                            }
                            self.talk.tick(&mut self.desk);
                            link.flush();
                            step = Step::Hungry;
                        }
                    }
                }
            }
        }
    }

    /// Reads what the socket has and takes it in.
    fn read(&mut self) -> Result<Step, End> {
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            buffer.extend_from_slice(&self.rest);
            buffer.reserve(READ_BYTES / 2);
            match self.desk.link.transport().try_read_buf(buffer) {
                Ok(0) => return Err(End::Closed),
                Ok(_) => self.desk.link.hear((self.desk.app.clock)()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Step::Hungry),
                Err(error) => return Err(error.into()),
            }
            let step = self.take_in(buffer);
            self.rest = BytesMut::from(buffer.as_ref());
            step
        })
    }

    /// Takes in what was read before and had no room.
    fn digest(&mut self) -> Result<Step, End> {
        let mut rest = std::mem::take(&mut self.rest);
        let step = self.take_in(&mut rest);
        self.rest = if rest.is_empty() { BytesMut::new() } else { rest };
        step
    }

    /// Waits until the terminal has taken what waits for it and the store has acknowledged enough, or until the link is ended.
    async fn wait_for_room(&mut self) -> Result<(), End> {
        let link = self.desk.link;
        // What waits for the store waits as long as the store is away; what waits for the terminal does not wait for ever.
        let mut taken = Instant::now();
        while !(self.desk.pass_fence() && link.has_room()) && link.ended().is_none() {
            let has_outgoing = link.has_outgoing();
            tokio::select! {
                () = link.woken() => {}
                sent = link.transport().writable(), if has_outgoing => {
                    sent?;
                    link.flush();
                    taken = Instant::now();
                }
                () = tokio::time::sleep_until(taken + self.desk.patience()), if has_outgoing => {
                    return Err(End::Ended(Reason::SlowConsumer));
                }
            }
        }
        Ok(())
    }

    fn take_in(&mut self, buffer: &mut BytesMut) -> Result<Step, End> {
        let step = loop {
            if !self.desk.send_held()? {
                break Step::Full;
            }
            if !self.desk.pass_fence() || !self.desk.link.has_room() {
                break Step::Unacknowledged;
            }
            if !self.pace.has_room() {
                metrics::counter!(telemetry::PACED).increment(1);
                break Step::Paced;
            }
            match self.talk.heed(&mut self.desk, buffer)? {
                Heeded::One => self.pace.take(),
                Heeded::Hungry => break Step::Hungry,
                Heeded::Goodbye => break Step::Goodbye,
            }
        };
        // Whatever was answered on the way goes out in one write.
        self.desk.link.flush();
        Ok(step)
    }
}

/// Waits for `work`, unless the link is ended meanwhile: while the store is down a terminal that comes back again and again
/// must not leave a waiting session behind each time.
async fn until_ended<T>(link: &Link, work: impl Future<Output = T>) -> Result<T, End> {
    let mut work = std::pin::pin!(work);
    loop {
        if let Some(reason) = link.ended() {
            return Err(End::Ended(reason));
        }
        tokio::select! {
            done = &mut work => return Ok(done),
            () = link.woken() => {}
        }
    }
}
