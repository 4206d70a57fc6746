//! What a shard does by the clock: save what changed, notice who fell silent, make the next partitions, revise late tracks.

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::ingest::Snapshot;
use fleet_db::revision::{self, Revised};
use fleet_db::{DbError, ingest, rule};
use telematics::id::VehicleNo;
use tracing::{debug, error, warn};

use super::commit::Verdict;
use super::{GaveUp, Shard};
use crate::draft::Basis;
use crate::telemetry;

/// Vehicles saved or looked at in one transaction.
const AT_ONCE: usize = 500;

/// Tracks worked out again between two batches; the positions that come in meanwhile wait.
const REVISED_AT_ONCE: usize = 4;

/// What is done to some vehicles by the clock.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// Their state is saved.
    Save,
    /// Time passes for them.
    Tick,
}

impl Shard {
    /// Everything that is due.
    pub(super) async fn upkeep(&mut self) -> Result<(), GaveUp> {
        let now = (self.clock)();
        self.forget_exempt();
        self.save_due(now).await?;
        if self.swept_at.is_none_or(|at| now - at >= seconds(self.config.sweep_secs)) {
            self.swept_at = Some(now);
            self.sweep(now).await?;
            self.make_partitions(now).await;
        }
        self.revise_due(now).await;
        Ok(())
    }

    /// Saves the vehicles that changed some time ago and were not saved since.
    async fn save_due(&mut self, now: DateTime<Utc>) -> Result<(), GaveUp> {
        let policies = self.rules.in_force();
        let before = now - Basis { known: &self.known, config: &self.config, policies: &policies, now }.snapshot_every();
        let mut due = Vec::new();
        while let Some((_, vehicle)) = self.dirty.pop_front_if(|(since, _)| *since <= before) {
            due.push(vehicle);
        }
        self.save(due).await
    }

    /// Saves everything that is not saved.
    pub(super) async fn save_all(&mut self) -> Result<(), GaveUp> {
        let due = self.dirty.drain(..).map(|(_, vehicle)| vehicle).collect();
        self.save(due).await
    }

    async fn save(&mut self, mut due: Vec<VehicleNo>) -> Result<(), GaveUp> {
        due.retain(|vehicle| self.known.get(vehicle).is_some_and(|memory| memory.dirty));
        for vehicles in due.chunks(AT_ONCE) {
            self.by_halves(vehicles, Work::Save).await?;
        }
        Ok(())
    }

    /// Lets time pass for the vehicles that are online or under way.
    async fn sweep(&mut self, now: DateTime<Utc>) -> Result<(), GaveUp> {
        let awake = |state: &telematics::live::LiveState| state.online || state.trip.is_some();
        let vehicles: Vec<VehicleNo> =
            self.known.iter().filter(|(_, memory)| awake(memory.tracker.live())).map(|(vehicle, _)| *vehicle).collect();
        let policies = self.rules.in_force();
        let fallen = Basis { known: &self.known, config: &self.config, policies: &policies, now }.tick(&vehicles).vehicles();
        for vehicles in fallen.chunks(AT_ONCE) {
            self.by_halves(vehicles, Work::Tick).await?;
        }
        Ok(())
    }

    /// Commits what `work` makes of `vehicles`; one that the store refuses is left out, with a word in the log.
    async fn by_halves(&mut self, vehicles: &[VehicleNo], work: Work) -> Result<(), GaveUp> {
        let mut open = vec![vehicles];
        while let Some(vehicles) = open.pop() {
            let now = (self.clock)();
            let policies = self.rules.in_force();
            let basis = Basis { known: &self.known, config: &self.config, policies: &policies, now };
            let drafts = match work {
                Work::Save => basis.save(vehicles),
                Work::Tick => basis.tick(vehicles),
            };
            match self.commit(drafts, now).await {
                Ok(()) => {}
                Err(Verdict::GaveUp) => return Err(GaveUp),
                // Those that were forgotten are passed over.
                Err(Verdict::Exempt(_)) if self.learn_exempt(&mut []).await? => open.push(vehicles),
                Err(Verdict::Refused(_) | Verdict::Exempt(_)) if vehicles.len() > 1 => {
                    let (left, right) = vehicles.split_at(vehicles.len() / 2);
                    open.extend([right, left]);
                }
                Err(Verdict::Refused(cause) | Verdict::Exempt(cause)) => {
                    error!(vehicles = ?vehicles, error = &cause as &dyn std::error::Error, "the state of a vehicle cannot be saved");
                }
            }
        }
        Ok(())
    }

    /// The partitions of this hour and the next two, so that no batch has to wait for one. The first shard makes them.
    async fn make_partitions(&mut self, now: DateTime<Utc>) {
        if self.index != 0 {
            return;
        }
        let this_hour = ingest::hour_of(now);
        let hours: Vec<DateTime<Utc>> =
            (0..3).map(|ahead| this_hour + TimeDelta::hours(ahead)).filter(|hour| !self.hours.contains(hour)).collect();
        if hours.is_empty() {
            return;
        }
        if let Err(cause) = self.prepare(hours).await {
            warn!(error = &cause as &dyn std::error::Error, "partitions cannot be made ahead, the first batch of the hour will");
        }
    }

    /// The vehicles of this shard whose track waited to be worked out again when the service last stopped.
    pub(super) async fn find_revisions(&mut self) -> Result<(), DbError> {
        let now = (self.clock)();
        let waiting = revision::pending(self.writer.conn().await?, now, i64::MAX).await?;
        let own = waiting.into_iter().filter(|pending| self.owns(pending.vehicle)).map(|pending| (pending.vehicle, now));
        let own: Vec<_> = own.collect();
        self.revisions.extend(own);
        Ok(())
    }

    /// Works out again the tracks that late records changed, once no more have come for a while.
    async fn revise_due(&mut self, now: DateTime<Utc>) {
        let due: Vec<VehicleNo> =
            self.revisions.iter().filter(|(_, at)| **at <= now).map(|(vehicle, _)| *vehicle).take(REVISED_AT_ONCE).collect();
        for vehicle in due {
            match self.revise(vehicle, now).await {
                Ok(()) => {
                    self.revisions.remove(&vehicle);
                }
                Err(cause) => {
                    warn!(vehicle.no = %vehicle, error = &cause as &dyn std::error::Error, "the track of vehicle {vehicle} cannot be worked out again yet");
                    self.writer.reset();
                    self.revisions.insert(vehicle, now + seconds(self.config.revise_after_secs.max(1)));
                }
            }
        }
    }

    async fn revise(&mut self, vehicle: VehicleNo, now: DateTime<Utc>) -> Result<(), DbError> {
        let Some(pending) = revision::pending_of(self.writer.conn().await?, vehicle).await? else { return Ok(()) };
        if !self.known.contains_key(&vehicle) {
            self.recall(&[vehicle]).await?;
        }
        let Some(memory) = self.known.get(&vehicle) else { return Ok(()) };
        let mut tracker = memory.tracker.clone();
        let mut adopted = false;
        let adopt = |revised: Revised| {
            adopted = revised.window.reaches_newest() && tracker.adopt(revised.revision.tracker);
            adopted.then(|| Snapshot { state: tracker.live().clone(), tracker: tracker.to_bytes() })
        };
        // What is told anew of a day that is over is told by the rules of that day.
        let policy = rule::policy_on(self.writer.conn().await?, vehicle, self.rules.base(), pending.from, now).await?;
        ingest::revise(self.writer.conn().await?, &pending, &policy, now, adopt).await?;
        metrics::counter!(telemetry::REVISED).increment(1);
        debug!(vehicle.no = %vehicle, from = %pending.from, to = %pending.to, "the track of vehicle {vehicle} was worked out again");
        if adopted && let Some(memory) = self.known.get_mut(&vehicle) {
            self.live.send(vec![tracker.live().clone()]);
            memory.tracker = tracker;
            memory.saved_at = Some(now);
            memory.dirty = false;
        }
        Ok(())
    }
}

fn seconds(secs: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(secs).unwrap_or(i64::MAX / 1000))
}
