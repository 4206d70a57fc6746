//! One terminal: records at its pace, sends while there is a connection, keeps while there is none.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rmqtt_codec::v3::Packet;
use telematics::device::TerminalId;
use telematics::record::Record;
use telematics::simulate::chance::Chance;
use telematics::simulate::plan::Kind;
use telematics::simulate::vehicle::SimVehicle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::link::{KEEP_ALIVE_S, Link, LinkError};
use super::outage::Outage;
use super::spool::Spool;
use super::tally::{Kept, Tally};

/// Pauses between two tries to connect: from, to.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Every so often a silent terminal says that it is there.
const PING_EVERY: Duration = Duration::from_secs(KEEP_ALIVE_S as u64 / 2);

/// What all terminals of a run have in common (运行参数).
#[derive(Debug)]
pub(crate) struct Course {
    /// Where the service is.
    pub(crate) address: SocketAddr,
    /// When it began.
    pub(crate) begin: Instant,
    /// The same instant by the clock.
    pub(crate) begin_at: DateTime<Utc>,
    /// When the network is cut.
    pub(crate) outages: Vec<Outage>,
    /// How long what has been recorded may still be sent after the end.
    pub(crate) drain: Duration,
    /// The figures.
    pub(crate) tally: Arc<Tally>,
    /// No more records.
    pub(crate) stop: CancellationToken,
}

impl Course {
    fn is_cut(&self, now: Instant) -> bool {
        self.outages.iter().any(|outage| outage.covers(now - self.begin))
    }

    /// When the network is next cut or restored.
    fn next_turn(&self, now: Instant) -> Option<Instant> {
        self.outages.iter().filter_map(|outage| outage.next_turn(now - self.begin)).min().map(|turn| self.begin + turn)
    }

    /// What the clock says at an instant of the run.
    fn clock(&self, at: Instant) -> DateTime<Utc> {
        self.begin_at + TimeDelta::from_std(at - self.begin).unwrap_or_default()
    }
}

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
    name: TerminalId,
    secret: String,
    car: SimVehicle,
    pace: Pace,
    spool: Spool,
    link: Option<Link>,
    /// Chance of the pauses, so that thousands do not come back at once.
    chance: Chance,
    pause: Duration,
}

impl Terminal {
    pub(crate) fn new(name: TerminalId, secret: String, car: SimVehicle, pace: Pace) -> Self {
        let chance = Chance::of(&[u64::try_from(pace.first.as_nanos()).unwrap_or(1), 0x7465_726d]);
        Self { name, secret, car, pace, spool: Spool::default(), link: None, chance, pause: FIRST_PAUSE }
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
            if course.is_cut(now) && self.link.is_some() {
                self.lose(&course);
                try_at = now;
            }
            if let Err(error) = self.flush().await {
                try_at = Instant::now() + self.broke(&course, &error);
            }
            let over = give_up_at.is_some_and(|end| end <= now);
            if over || (give_up_at.is_some() && self.spool.is_empty()) {
                break;
            }
            let can_try = self.link.is_none() && !course.is_cut(now);
            let turn = course.next_turn(now);
            tokio::select! {
                () = sleep_until(record_at), if give_up_at.is_none() => {}
                () = sleep_until(give_up_at.unwrap_or(now)), if give_up_at.is_some() => {}
                () = sleep_until(turn.unwrap_or(now)), if turn.is_some() => {}
                () = sleep_until(try_at), if can_try => try_at = Instant::now() + self.connect(&course).await,
                () = sleep_until(ping_at), if self.link.is_some() => {
                    ping_at = Instant::now() + PING_EVERY;
                    if let Err(error) = self.ping().await {
                        try_at = Instant::now() + self.broke(&course, &error);
                    }
                }
                said = receive(self.link.as_mut()) => match said {
                    Ok(packet) => self.take(&course, &packet),
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
        let at = course.clock(at);
        let seen = self.car.observe(at);
        let kept = if self.spool.push(Record::of(&seen)) { Kept::Beside } else { Kept::InsteadOfAnother };
        course.tally.made(kept);
        let doing = self.car.activity(at);
        let pause = if matches!(doing.kind, Kind::Drive(_)) { self.pace.moving } else { self.pace.standing };
        // A change is told when it happens, not a standing interval later.
        let turn = (doing.until - at).to_std().unwrap_or_default() + Duration::from_millis(500);
        pause.min(turn.max(self.pace.moving))
    }

    /// Tries to connect, and says after what time to try again if that failed.
    async fn connect(&mut self, course: &Course) -> Duration {
        let begin = Instant::now();
        match Link::open(course.address, &self.name, &self.secret).await {
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

    async fn flush(&mut self) -> Result<(), LinkError> {
        let Some(link) = self.link.as_mut() else { return Ok(()) };
        while let Some(next) = self.spool.next(Instant::now()) {
            let lane = if next.is_replay { "pos/replay" } else { "pos" };
            let payload = match next.records {
                [single] => serde_json::to_vec(single),
                several => serde_json::to_vec(several),
            };
            let payload = payload.expect("a record of numbers and texts is always JSON");
            link.publish(format!("v1/d/{}/{lane}", self.name), next.id, payload).await?;
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), LinkError> {
        match self.link.as_mut() {
            Some(link) => link.ping().await,
            None => Ok(()),
        }
    }

    fn take(&mut self, course: &Course, packet: &Packet) {
        if let Packet::PublishAck { packet_id } = packet
            && let Some(sent) = self.spool.acknowledged(*packet_id)
        {
            course.tally.acknowledged(&self.name, &sent.records, sent.at.elapsed());
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

/// The next packet; never when there is no connection.
async fn receive(link: Option<&mut Link>) -> Result<Packet, LinkError> {
    match link {
        Some(link) => link.receive().await,
        None => std::future::pending().await,
    }
}
