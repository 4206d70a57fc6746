//! One terminal: records at its pace, sends while there is a connection, keeps while there is none.

use std::sync::Arc;
use std::time::Duration;

use telematics::simulate::chance::Chance;
use telematics::simulate::plan::Kind;
use telematics::simulate::vehicle::SimVehicle;
use tokio::time::{Instant, sleep_until};

use super::course::Course;
use super::entry::{Entry, Recorder};
use super::link::{Heard, KEEP_ALIVE_S, Link, LinkError};
use super::sign_in::Identity;
use super::spool::Spool;
use super::tally::Kept;

/// Pauses between two tries to connect: from, to.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Every so often a silent terminal says that it is there.
const PING_EVERY: Duration = Duration::from_secs(KEEP_ALIVE_S as u64 / 2);

/// How often a terminal records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Under way.
    pub(crate) moving: Duration,
    /// At rest.
    pub(crate) standing: Duration,
    /// The first time, after the beginning of the run.
    pub(crate) first: Duration,
}

/// A simulated terminal (模拟终端).
#[derive(Debug)]
pub(crate) struct Terminal {
    identity: Identity,
    car: SimVehicle,
    recorder: Recorder,
    pace: Pace,
    spool: Spool,
    /// Late reports, and when they are let go.
    held: Vec<(Instant, Entry)>,
    link: Option<Link>,
    /// Chance of the pauses, so that thousands do not come back at once, and of what goes wrong.
    chance: Chance,
    pause: Duration,
}

impl Terminal {
    pub(crate) fn new(identity: Identity, car: SimVehicle, pace: Pace) -> Self {
        let own = u64::try_from(pace.first.as_nanos()).unwrap_or(1);
        let chance = Chance::of(&[own, 0x7465_726d]);
        let recorder = Recorder::new(identity.protocol, identity.is_new_edition, Chance::of(&[own, 0x7265_636f]));
        let (spool, held) = (Spool::default(), Vec::new());
        Self { identity, car, recorder, pace, spool, held, link: None, chance, pause: FIRST_PAUSE }
    }

    /// Lives until the run is stopped and everything is acknowledged, or the time for that is over.
    pub(crate) async fn run(mut self, course: Arc<Course>) {
        let mut record_at = course.begin + self.pace.first;
        let mut try_at = record_at;
        let mut ping_at = record_at + PING_EVERY;
        let mut give_up_at = None;
        loop {
            let now = Instant::now();
            while give_up_at.is_none() && record_at <= now {
                record_at += self.record(&course, record_at);
            }
            self.let_go(&course, now, give_up_at.is_some());
            if course.is_cut(now) && self.link.is_some() {
                self.lose(&course);
                try_at = now;
            }
            if let Err(error) = self.flush(&course).await {
                try_at = Instant::now() + self.broke(&course, &error);
            }
            let over = give_up_at.is_some_and(|end| end <= now);
            if over || (give_up_at.is_some() && self.spool.is_empty()) {
                break;
            }
            let can_try = self.link.is_none() && !course.is_cut(now);
            let (turn, late) = (course.next_turn(now), self.held.iter().map(|(at, _)| *at).min());
            tokio::select! {
                () = sleep_until(record_at), if give_up_at.is_none() => {}
                () = sleep_until(late.unwrap_or(now)), if late.is_some() => {}
                () = sleep_until(give_up_at.unwrap_or(now)), if give_up_at.is_some() => {}
                () = sleep_until(turn.unwrap_or(now)), if turn.is_some() => {}
                () = sleep_until(try_at), if can_try => try_at = Instant::now() + self.connect(&course).await,
                () = sleep_until(ping_at), if self.link.is_some() => {
                    ping_at = Instant::now() + PING_EVERY;
                    if let Err(error) = self.ping().await {
                        try_at = Instant::now() + self.broke(&course, &error);
                    }
                }
                heard = hear(self.link.as_mut()) => match heard {
                    Ok(heard) => self.take(&course, heard),
                    Err(error) => try_at = Instant::now() + self.broke(&course, &error),
                },
                () = course.stop.cancelled(), if give_up_at.is_none() => give_up_at = Some(Instant::now() + course.drain),
            }
        }
        if let Some(link) = self.link.take() {
            course.tally.disconnected();
            link.close().await;
        }
    }

    /// Records what the car does, and says after what time it does so again.
    fn record(&mut self, course: &Course, at: Instant) -> Duration {
        let ahead = course.disorder.ahead(&mut self.chance);
        let lateness = course.disorder.lateness(&mut self.chance);
        let now = course.clock(at);
        let mut entry = self.recorder.entry(self.car.observe(now), ahead);
        entry.is_live = self.link.is_some() && lateness.is_none();
        course.tally.made();
        match lateness {
            Some(by) => self.held.push((at + by, entry)),
            None => self.keep(course, entry),
        }
        let doing = self.car.activity(now);
        let pause = if matches!(doing.kind, Kind::Drive(_)) { self.pace.moving } else { self.pace.standing };
        // A change is told when it happens, not a standing interval later.
        let turn = (doing.until - now).to_std().unwrap_or_default() + Duration::from_millis(500);
        pause.min(turn.max(self.pace.moving))
    }

    /// Late reports whose time has come; at the end, all.
    fn let_go(&mut self, course: &Course, now: Instant, all: bool) {
        let (due, held) = std::mem::take(&mut self.held).into_iter().partition(|(at, _)| all || *at <= now);
        self.held = held;
        let due: Vec<(Instant, Entry)> = due;
        for (_, mut entry) in due {
            // Some terminals say that it is from before, some send it as if it were the present.
            entry.is_live = self.chance.happens(0.5);
            self.keep(course, entry);
        }
    }

    fn keep(&mut self, course: &Course, entry: Entry) {
        if self.spool.push(entry) == Kept::InsteadOfAnother {
            course.tally.lost();
        }
    }

    /// Tries to connect, and says after what time to try again if that failed.
    async fn connect(&mut self, course: &Course) -> Duration {
        let begin = Instant::now();
        let Some(to) = course.to.of(self.identity.protocol) else { return LONGEST_PAUSE };
        let from = course.from.get(self.identity.number % course.from.len().max(1)).copied();
        self.identity.signs_in_at = course.clock(begin);
        match Link::open(to, from, &mut self.identity).await {
            Ok(link) => {
                course.tally.connected(begin.elapsed());
                self.link = Some(link);
                self.pause = FIRST_PAUSE;
                Duration::ZERO
            }
            Err(error) => {
                course.tally.failed(&error.to_string());
                self.next_pause()
            }
        }
    }

    async fn flush(&mut self, course: &Course) -> Result<(), LinkError> {
        let Some(link) = self.link.as_mut() else { return Ok(()) };
        let most = self.identity.protocol.together();
        loop {
            let together = 1 + self.chance.below(most);
            let Some(next) = self.spool.next(Instant::now(), together) else { return Ok(()) };
            let again = course.disorder.repeats(&mut self.chance).then(|| next.entries.to_vec());
            link.send(next).await?;
            if let Some(again) = again {
                course.tally.repeated();
                self.spool.repeat(again);
            }
        }
    }

    async fn ping(&mut self) -> Result<(), LinkError> {
        match self.link.as_mut() {
            Some(link) => link.ping().await,
            None => Ok(()),
        }
    }

    fn take(&mut self, course: &Course, heard: Heard) {
        match heard {
            Heard::Arrived(tickets) => {
                for sent in tickets.into_iter().filter_map(|ticket| self.spool.done(ticket)) {
                    if !sent.is_repeat {
                        course.tally.acknowledged(&self.identity.name, &sent.entries, sent.at.elapsed());
                    }
                }
            }
            Heard::Refused(ticket, why) => {
                self.spool.done(ticket);
                course.tally.refused(&why);
            }
            Heard::Other => {}
        }
    }

    /// The connection broke; after what time to try again.
    fn broke(&mut self, course: &Course, error: &LinkError) -> Duration {
        course.tally.failed(&error.to_string());
        self.lose(course);
        self.next_pause()
    }

    fn lose(&mut self, course: &Course) {
        if self.link.take().is_some() {
            course.tally.disconnected();
            self.spool.connection_lost();
        }
    }

    fn next_pause(&mut self) -> Duration {
        let pause = self.pause.mul_f64(self.chance.between(0.5, 1.5));
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

/// What is heard next; never when there is no connection.
async fn hear(link: Option<&mut Link>) -> Result<Heard, LinkError> {
    match link {
        Some(link) => link.hear().await,
        None => std::future::pending().await,
    }
}
