//! Commands on their way down: claimed in the store, said on the terminal's link, and done with when the terminal answers.
//!
//! A command is claimed before it is said, so that it goes out at most once a link. What was said on a link that ended before
//! the answer came waits for the next link, except what ends a link by itself: a terminal would restart again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::command::{self, Changes, Due, Outcome};
use fleet_db::{Clock, DbError, PgPool};
use serde_json::Value;
use telematics::id::{CommandId, DeviceId};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::clerk::{Clerk, Errand};
use crate::link::{Dialect, Link};
use crate::links::Links;
use crate::{gb32960, jt808, mqtt};

/// Pause before another try, and between two looks at what has expired.
const BEAT: Duration = Duration::from_secs(5);

/// How the answer to a command will look (应答方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The general answer with its serial is all there is.
    Done,
    /// An answer of its own follows, with the serial.
    Told,
    /// An answer of its own follows, without a serial: its message id.
    Alone(u16),
    /// An answer that names the command.
    Named,
}

/// A command that was said and is not answered yet.
#[derive(Debug)]
struct Open {
    id: CommandId,
    link: Arc<Link>,
    expected: Expected,
    said: Said,
}

/// What went out for a command (已发指令).
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) first_serial: u16,
    /// Frames, each with a number of its own.
    pub(crate) count: u16,
    /// The frames of a message in several packages, which the terminal may ask for again.
    pub(crate) frames: Vec<Vec<u8>>,
}

impl Said {
    fn is_named_by(&self, serial: u16) -> bool {
        serial.wrapping_sub(self.first_serial) < self.count
    }
}

/// What a terminal answered (指令应答).
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    /// In general, to the message with this number: 0, or why not.
    General { serial: u16, result: u8 },
    /// What was asked for.
    Told { serial: u16, answer: Value },
    /// What was asked for, by the message that tells it.
    Alone { message_id: u16, answer: Value },
    /// No, by the message that would have told it.
    Refused { message_id: u16 },
    /// In a protocol of our own.
    Named { id: CommandId, is_done: bool, answer: Value },
}

/// The commands that wait for an answer, by terminal (待应答指令).
#[derive(Debug, Default)]
pub(crate) struct Commands {
    open: Mutex<HashMap<DeviceId, Vec<Open>>>,
}

impl Commands {
    /// A terminal has answered on its link; an answer to nothing that was asked is passed over.
    pub(crate) fn answered(&self, clerk: &Clerk, device: DeviceId, link: &Arc<Link>, answered: &Answered) {
        let mut all = self.lock();
        let Some(open) = all.get_mut(&device) else { return };
        let found = open.iter().enumerate().find_map(|(at, open)| match open.verdict(link, answered) {
            Verdict::Another => None,
            Verdict::Understood => Some((at, None)),
            Verdict::Ended(outcome) => Some((at, Some(outcome))),
        });
        // A question that was understood stays open until what was asked for comes.
        let Some((at, Some(outcome))) = found else { return };
        let done = open.swap_remove(at);
        if open.is_empty() {
            all.remove(&device);
        }
        clerk.note(Errand::Ended(done.id, outcome));
    }

    /// Packages of a message that the terminal asks for again, as they were.
    pub(crate) fn again(&self, device: DeviceId, first_serial: u16, indexes: &[u16]) -> Vec<Vec<u8>> {
        let all = self.lock();
        let Some(open) = all.get(&device) else { return Vec::new() };
        let Some(found) = open.iter().find(|open| open.said.first_serial == first_serial) else { return Vec::new() };
        let frame = |index: &u16| found.said.frames.get(usize::from(*index).checked_sub(1)?).cloned();
        indexes.iter().filter_map(frame).collect()
    }

    /// Forgets what was said on another link than the terminal's current one.
    fn forget(&self, device: DeviceId, current: Option<&Arc<Link>>) {
        let mut all = self.lock();
        if let Some(open) = all.get_mut(&device) {
            open.retain(|open| current.is_some_and(|link| Arc::ptr_eq(link, &open.link)));
            if open.is_empty() {
                all.remove(&device);
            }
        }
    }

    fn is_open(&self, device: DeviceId) -> bool {
        self.lock().contains_key(&device)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceId, Vec<Open>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer means for a command.
enum Verdict {
    /// It answers another one.
    Another,
    /// The terminal has understood; more is to come.
    Understood,
    /// That was it.
    Ended(Outcome),
}

impl Open {
    fn verdict(&self, link: &Arc<Link>, answered: &Answered) -> Verdict {
        if !Arc::ptr_eq(link, &self.link) {
            return Verdict::Another;
        }
        match answered {
            Answered::General { serial, result } if self.said.is_named_by(*serial) => match (result, self.expected) {
                (0, Expected::Told | Expected::Alone(_)) => Verdict::Understood,
                (result, _) => Verdict::Ended(Outcome { result: jt808::commands::result_of(*result), answer: None }),
            },
            Answered::Told { serial, answer } if self.said.is_named_by(*serial) => Verdict::Ended(done(answer)),
            Answered::Alone { message_id, answer } if self.expected == Expected::Alone(*message_id) => {
                Verdict::Ended(done(answer))
            }
            Answered::Refused { message_id } if self.expected == Expected::Alone(*message_id) => {
                Verdict::Ended(Outcome { result: "failed", answer: None })
            }
            Answered::Named { id, is_done, answer } if self.expected == Expected::Named && *id == self.id => {
                let result = if *is_done { "ok" } else { "failed" };
                Verdict::Ended(Outcome { result, answer: Some(answer.clone()) })
            }
            _ => Verdict::Another,
        }
    }
}

fn done(answer: &Value) -> Outcome {
    Outcome { result: "ok", answer: Some(answer.clone()) }
}

/// What the sending of commands needs.
pub(crate) struct Sender {
    pub(crate) commands: Arc<Commands>,
    pub(crate) links: Arc<Links>,
    pub(crate) clerk: Arc<Clerk>,
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    /// How long an answer is waited for.
    pub(crate) patience: Duration,
}

impl Sender {
    /// Sends what is asked, until `shutdown`.
    pub(crate) async fn keep(self, shutdown: CancellationToken) {
        let forever = async {
            loop {
                if let Err(error) = self.follow().await {
                    warn!(error = &error as &dyn std::error::Error, "commands cannot be followed, trying again");
                }
                sleep(BEAT).await;
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = forever => {}
        }
    }

    async fn follow(&self) -> Result<(), DbError> {
        let mut changes = Changes::listen(&self.pool).await?;
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Whoever is here may have been asked something while nobody listened.
        self.moved(&self.links.devices()).await?;
        loop {
            tokio::select! {
                moved = self.links.moves() => self.moved(&moved).await?,
                told = changes.next() => match told? {
                    Some(devices) => self.send(&devices).await?,
                    None => self.send(&self.links.devices()).await?,
                },
                _ = beat.tick() => self.expire().await?,
            }
        }
    }

    /// Terminals have a new link, or none: what was said on the old one and not answered waits again.
    async fn moved(&self, devices: &[DeviceId]) -> Result<(), DbError> {
        for device in devices {
            self.commands.forget(*device, self.links.of(*device).as_ref());
        }
        let back: Vec<DeviceId> = devices.iter().copied().filter(|device| !self.commands.is_open(*device)).collect();
        if !back.is_empty() {
            let mut tx = fleet_db::begin(&self.pool).await?;
            command::take_back(&mut tx, &back, (self.clock)()).await?;
            tx.commit().await?;
        }
        for device in devices {
            if let Some(link) = self.links.of(*device) {
                link.introduce();
            }
        }
        self.send(devices).await
    }

    /// Sends what waits for these terminals, as far as they are here.
    async fn send(&self, devices: &[DeviceId]) -> Result<(), DbError> {
        let here: Vec<DeviceId> = devices.iter().copied().filter(|device| self.link(*device).is_some()).collect();
        if here.is_empty() {
            return Ok(());
        }
        let mut tx = fleet_db::begin(&self.pool).await?;
        let waiting = command::due(&mut tx, Some(&here), (self.clock)()).await?;
        tx.commit().await?;
        for due in waiting {
            self.send_one(due).await?;
        }
        Ok(())
    }

    fn link(&self, device: DeviceId) -> Option<Arc<Link>> {
        self.links.of(device).filter(|link| link.is_introduced() && link.takes_commands())
    }

    async fn send_one(&self, due: Due) -> Result<(), DbError> {
        let Some(link) = self.link(due.device) else { return Ok(()) };
        let mut tx = fleet_db::begin(&self.pool).await?;
        let is_ours = command::mark_sent(&mut tx, due.id, (self.clock)()).await?;
        tx.commit().await?;
        if !is_ours {
            return Ok(());
        }
        debug!(command.id = %due.id, kind = due.command.kind(), terminal = link.name(), "command {} goes out", due.id);
        match self.commands.say(&link, &due, (self.clock)()) {
            Ok(()) => link.flush(),
            Err(result) => self.clerk.note(Errand::Ended(due.id, Outcome { result, answer: None })),
        }
        Ok(())
    }

    async fn expire(&self) -> Result<(), DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        command::expire(&mut tx, (self.clock)(), self.patience).await?;
        Ok(tx.commit().await?)
    }
}

impl Commands {
    /// Puts a command into the outgoing bytes of a link, or says why it cannot be said there.
    fn say(&self, link: &Arc<Link>, due: &Due, now: DateTime<Utc>) -> Result<(), &'static str> {
        // The list is held until the command is entered, so that an answer finds it.
        let mut all = self.lock();
        let (expected, said) = match link.dialect() {
            Dialect::Mqtt(version) => mqtt::commands::say(link, version, due)?,
            Dialect::Jt808(..) => jt808::commands::say(link, &due.command)?,
            Dialect::Gb32960(edition) => gb32960::commands::say(link, edition, &due.command, now)?,
            Dialect::Jt809(_) => return Err("unsupported"),
        };
        let open = Open { id: due.id, link: Arc::clone(link), expected, said };
        all.entry(due.device).or_default().push(open);
        Ok(())
    }
}
