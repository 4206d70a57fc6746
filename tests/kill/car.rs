//! One car under load: it drives and stops through a day at top speed, keeps what is not acknowledged, and sends it again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use gateway::probe::{Dialect, Heard, Probe};
use rand::RngExt;
use rand::rngs::StdRng;
use rmqtt_codec::types::QoS;
use telematics::id::VehicleNo;
use telematics::record::Record;
use tokio::time::interval;

/// What all cars share.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) acknowledged: AtomicU64,
    pub(crate) stopping: AtomicBool,
}

/// Messages in flight.
const IN_FLIGHT: usize = 16;
/// Seconds between two records of a car.
const STEP_SECS: i64 = 10;
/// Records of one round: twenty minutes of driving, eight of standing with the ignition off.
const ROUND: i64 = 168;
const DRIVING: i64 = 120;
/// Records that a car out of reach keeps for later.
const STRETCH: i64 = 40;

pub(crate) struct Car {
    pub(crate) vehicle: VehicleNo,
    /// Every record it made, by sequence.
    pub(crate) sent: BTreeMap<i64, DateTime<Utc>>,
    /// The sequences that were acknowledged.
    pub(crate) acknowledged: BTreeSet<i64>,
    terminal: String,
    address: SocketAddr,
    /// It loses its network now and then and sends those records afterwards.
    is_patchy: bool,
    dice: StdRng,
    /// The two days before now, within the hot window.
    begin: DateTime<Utc>,
    next: i64,
    /// Sequences to be sent, in this order.
    spool: Vec<i64>,
}

impl Car {
    pub(crate) fn new(vehicle: VehicleNo, terminal: String, address: SocketAddr, is_patchy: bool, dice: StdRng) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the service under test reads the real clock too")]
        let begin = Utc::now() - TimeDelta::hours(60);
        Self {
            vehicle,
            sent: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            terminal,
            address,
            is_patchy,
            dice,
            begin,
            next: 0,
            spool: Vec::new(),
        }
    }

    /// Drives until the load stops and everything is acknowledged.
    pub(crate) async fn drive(mut self, load: Arc<Load>) -> Self {
        let mut pause = interval(Duration::from_millis(20));
        while !(load.stopping.load(Ordering::Relaxed) && self.unacknowledged().is_empty()) {
            // A connection that fails is the point of the exercise.
            let _ = self.talk(&load).await;
            pause.tick().await;
        }
        self
    }

    fn unacknowledged(&self) -> Vec<i64> {
        self.sent.keys().copied().filter(|sequence| !self.acknowledged.contains(sequence)).collect()
    }

    async fn talk(&mut self, load: &Load) -> io::Result<()> {
        let dialect = if self.dice.random_bool(0.5) { Dialect::V3 } else { Dialect::V5 };
        let mut probe = Probe::sign_in(self.address, dialect, &self.terminal, &self.terminal).await?;
        // What was not acknowledged, and a little of what was: a terminal that crashed may not know.
        self.spool = self.acknowledged.iter().rev().take(3).rev().copied().chain(self.unacknowledged()).rev().collect();
        let mut flying: BTreeMap<u16, i64> = BTreeMap::new();
        loop {
            while flying.len() < IN_FLIGHT {
                let Some(sequence) = self.take(load) else { break };
                let payload = serde_json::to_vec(&self.record(sequence)).unwrap();
                let packet_id = probe.publish("pos", QoS::AtLeastOnce, payload);
                flying.insert(packet_id, sequence);
            }
            if flying.is_empty() {
                return Ok(());
            }
            probe.flush().await?;
            match probe.next().await? {
                Heard::Ack(packet_id, 0) => {
                    if let Some(sequence) = flying.remove(&packet_id)
                        && self.acknowledged.insert(sequence)
                    {
                        load.acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                }
                other => return Err(io::Error::other(format!("{other:?}"))),
            }
        }
    }

    /// The next record to send: from the spool, else a new one while the load goes on.
    fn take(&mut self, load: &Load) -> Option<i64> {
        if let Some(sequence) = self.spool.pop() {
            return Some(sequence);
        }
        if load.stopping.load(Ordering::Relaxed) {
            return None;
        }
        if self.is_patchy && self.dice.random_bool(0.005) {
            // Out of reach for a while: the records are made, and sent after the next one, which is newer.
            let missed = self.next..self.next + STRETCH;
            self.next = missed.end;
            for sequence in missed.clone() {
                self.sent.insert(sequence, self.at(sequence));
            }
            self.spool = missed.rev().collect();
        }
        let sequence = self.next;
        self.next += 1;
        self.sent.insert(sequence, self.at(sequence));
        Some(sequence)
    }

    fn at(&self, sequence: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.begin.timestamp_millis()).unwrap() + TimeDelta::seconds(sequence * STEP_SECS)
    }

    /// The record of a sequence, always the same: east for twenty minutes, rest, back west, rest.
    fn record(&self, sequence: i64) -> Record {
        let (round, step) = (sequence / ROUND, sequence % ROUND);
        let is_driving = step < DRIVING;
        let way = if round % 2 == 0 { step.min(DRIVING) } else { DRIVING - step.min(DRIVING) };
        #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
        let lon = 120.1 + 0.001 * way as f64;
        Record {
            seq: sequence,
            t: self.at(sequence).timestamp_millis(),
            lat: Some(30.25),
            lon: Some(lon),
            spd: Some(if is_driving { 34.6 } else { 0.0 }),
            crs: is_driving.then_some(if round % 2 == 0 { 90.0 } else { 270.0 }),
            ign: Some(is_driving),
            sat: Some(11),
            ..Record::default()
        }
    }
}
