//! A share of the vehicles and the one task that handles them: collect, work out, commit, take over, tell, acknowledge.

mod commit;
mod exemption;
mod upkeep;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use fleet_db::exempt::LeftOut;
use fleet_db::ingest::{self, PositionRow, QuarantinedRecord, Writer};
use fleet_db::{Clock, DbError, LiveFeed, PgPool};
use telematics::alarm::Alarm;
use telematics::id::VehicleNo;
use telematics::record::Record;
use telematics::tracker::{self, Tracker};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::config::Config;
use crate::delivery::{Delivery, Part};
use crate::draft::{Basis, Item, Known, Memory};
use crate::exempt::Exemptions;
use crate::lane::Lane;
use crate::link::Link;
use crate::rules::Rules;
use crate::telemetry;
use commit::Verdict;

/// Pause between two looks at what is due.
const BEAT: Duration = Duration::from_secs(1);

/// One shard (分片).
pub(crate) struct Shard {
    index: usize,
    count: usize,
    lane: Lane,
    inbox: UnboundedReceiver<Delivery>,
    writer: Writer,
    clock: Clock,
    live: LiveFeed,
    config: Config,
    rules: Arc<Rules>,
    exempt: Arc<Exemptions>,
    /// What was left out when we last looked.
    left_out: Arc<LeftOut>,
    known: Known,
    /// Changed and not saved, oldest change first.
    dirty: VecDeque<(DateTime<Utc>, VehicleNo)>,
    /// Vehicles whose track waits to be worked out again, and from when on.
    revisions: HashMap<VehicleNo, DateTime<Utc>>,
    /// Hours whose partition is there.
    hours: HashSet<DateTime<Utc>>,
    swept_at: Option<DateTime<Utc>>,
    /// When the service gives up what it could not commit.
    give_up_at: Option<Instant>,
    shutdown: CancellationToken,
}

/// The service stopped while the store was away: nothing was acknowledged, nothing is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct GaveUp;

impl Shard {
    /// A shard that knows the vehicles that were online when the service last ran.
    #[expect(clippy::too_many_arguments, reason = "called once, from the wiring")]
    pub(crate) async fn open(
        index: usize,
        count: usize,
        lane: Lane,
        inbox: UnboundedReceiver<Delivery>,
        pool: PgPool,
        clock: Clock,
        live: LiveFeed,
        config: Config,
        rules: Arc<Rules>,
        exempt: Arc<Exemptions>,
        shutdown: CancellationToken,
    ) -> Result<Self, DbError> {
        let left_out = exempt.in_force();
        let mut shard = Self {
            index,
            count,
            lane,
            inbox,
            writer: Writer::new(pool),
            clock,
            live,
            config,
            rules,
            exempt,
            left_out,
            known: Known::default(),
            dirty: VecDeque::new(),
            revisions: HashMap::new(),
            hours: HashSet::new(),
            swept_at: None,
            give_up_at: None,
            shutdown,
        };
        let mut online = ingest::online_vehicles(shard.writer.conn().await?).await?;
        online.retain(|vehicle| shard.owns(*vehicle));
        shard.recall(&online).await?;
        shard.find_revisions().await?;
        Ok(shard)
    }

    /// Works until the stop signal, then commits what is left.
    pub(crate) async fn run(mut self) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shutdown = self.shutdown.clone();
        loop {
            let done = tokio::select! {
                () = shutdown.cancelled() => break,
                first = self.inbox.recv() => match first {
                    Some(first) => self.serve(first).await,
                    None => break,
                },
                _ = beat.tick() => self.upkeep().await,
            };
            if done == Err(GaveUp) {
                return;
            }
        }
        self.give_up_at = Some(Instant::now() + Duration::from_secs(self.config.drain_secs));
        while let Ok(first) = self.inbox.try_recv() {
            if self.serve(first).await == Err(GaveUp) {
                return;
            }
        }
        let _ = self.save_all().await;
    }

    fn owns(&self, vehicle: VehicleNo) -> bool {
        vehicle.0.unsigned_abs() as usize % self.count == self.index
    }

    async fn serve(&mut self, first: Delivery) -> Result<(), GaveUp> {
        let deliveries = self.collect(first).await;
        metrics::gauge!(telemetry::QUEUED, "shard" => self.index.to_string()).set(self.lane.taken());
        let mut items = items_of(&deliveries);
        self.leave_out(&mut items);
        self.recall_missing(&items).await?;
        self.store(items, &deliveries).await?;
        acknowledge(&deliveries);
        Ok(())
    }

    /// A batch: what is there already, and what comes within the linger; at most so many rows.
    async fn collect(&mut self, first: Delivery) -> Vec<Delivery> {
        let deadline = Instant::now() + Duration::from_millis(self.config.linger_ms);
        let mut rows = first.weight() as usize;
        let mut deliveries = vec![first];
        while rows < self.config.batch_rows {
            let next = match self.inbox.try_recv() {
                Ok(next) => next,
                Err(_empty) => match timeout_at(deadline, self.inbox.recv()).await {
                    Ok(Some(next)) => next,
                    Ok(None) | Err(_) => break,
                },
            };
            rows += next.weight() as usize;
            deliveries.push(next);
        }
        deliveries
    }

    /// Stores all items; one that cannot be stored is looked for by halves and put into quarantine.
    async fn store(&mut self, mut items: Vec<Item>, deliveries: &[Delivery]) -> Result<(), GaveUp> {
        let everything = 0..items.len();
        let mut open = Vec::from([everything]);
        let policies = self.rules.in_force();
        while let Some(range) = open.pop() {
            let now = (self.clock)();
            let part = items.get(range.clone()).unwrap_or_default();
            let drafts = Basis { known: &self.known, config: &self.config, policies: &policies, now }.take(part);
            match self.commit(drafts, now).await {
                Ok(()) => {}
                Err(Verdict::GaveUp) => return Err(GaveUp),
                Err(Verdict::Exempt(_)) if self.learn_exempt(&mut items).await? => open.push(range),
                Err(Verdict::Refused(cause) | Verdict::Exempt(cause)) if range.len() > 1 => {
                    warn!(
                        rows = range.len(),
                        error = &cause as &dyn std::error::Error,
                        "looking for the row that the store refuses"
                    );
                    let middle = range.start + range.len() / 2;
                    open.push(middle..range.end);
                    open.push(range.start..middle);
                }
                Err(Verdict::Refused(cause) | Verdict::Exempt(cause)) => {
                    let Some(item) = items.get_mut(range.start) else { continue };
                    if let Some(record) = kept_aside(item, deliveries) {
                        warn!(
                            terminal = record.terminal,
                            error = &cause as &dyn std::error::Error,
                            "a record that the store refuses is kept aside"
                        );
                        *item = Item::Aside(record);
                        open.push(range);
                    } else {
                        error!(error = &cause as &dyn std::error::Error, "a record could not even be kept aside");
                        metrics::counter!(telemetry::QUARANTINED, "code" => "store.lost").increment(1);
                    }
                }
            }
        }
        Ok(())
    }

    async fn recall_missing(&mut self, items: &[Item]) -> Result<(), GaveUp> {
        let missing: HashSet<VehicleNo> = items
            .iter()
            .filter_map(|item| match item {
                Item::Seen { row, .. } => Some(row.vehicle),
                Item::Aside(_) | Item::Report(_) | Item::LeftOut => None,
            })
            .filter(|vehicle| !self.known.contains_key(vehicle))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<VehicleNo> = missing.into_iter().collect();
        let mut pause = self.first_pause();
        while let Err(cause) = self.recall(&missing).await {
            self.writer.reset();
            warn!(error = &cause as &dyn std::error::Error, "vehicles cannot be looked up, trying again");
            self.wait(&mut pause).await?;
        }
        Ok(())
    }

    /// Brings vehicles back to memory: the tracker as saved, then the positions that were stored after it was.
    async fn recall(&mut self, vehicles: &[VehicleNo]) -> Result<(), DbError> {
        if vehicles.is_empty() {
            return Ok(());
        }
        let policies = self.rules.in_force();
        let conn = self.writer.conn().await?;
        let mut trackers: HashMap<VehicleNo, Tracker> = HashMap::new();
        for (vehicle, bytes) in ingest::load_trackers(conn, vehicles).await? {
            let tracker = Tracker::from_bytes(&bytes).unwrap_or_else(|error| {
                warn!(vehicle.no = %vehicle, error = &error as &dyn std::error::Error, "the saved tracker of vehicle {vehicle} cannot be read, working it out from its positions");
                Tracker::new(vehicle)
            });
            trackers.insert(vehicle, tracker);
        }
        let since: Vec<(VehicleNo, DateTime<Utc>)> =
            trackers.iter().map(|(vehicle, tracker)| (*vehicle, tracker.newest().unwrap_or(DateTime::UNIX_EPOCH))).collect();
        for row in ingest::stored_after(conn, &since).await? {
            if let Some(tracker) = trackers.get_mut(&row.vehicle) {
                // What it finds was committed with the row, so it is not told again.
                let _ = tracker::step_stored(tracker, &row.observation(), policies.of(row.vehicle));
            }
        }
        let mut alarms: HashMap<VehicleNo, Vec<Alarm>> = HashMap::new();
        for alarm in fleet_db::alarm::open(conn, vehicles).await?.into_iter().filter(|alarm| alarm.kind.is_told_by_devices()) {
            alarms.entry(alarm.vehicle).or_default().push(alarm);
        }
        for vehicle in vehicles {
            let mut tracker = trackers.remove(vehicle).unwrap_or_else(|| Tracker::new(*vehicle));
            tracker.know_alarms(alarms.get(vehicle).map(Vec::as_slice).unwrap_or_default());
            self.known.insert(*vehicle, Memory::new(tracker));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shard").field("index", &self.index).field("known", &self.known.len()).finish_non_exhaustive()
    }
}

fn items_of(deliveries: &[Delivery]) -> Vec<Item> {
    let mut items = Vec::new();
    for (index, delivery) in deliveries.iter().enumerate() {
        match &delivery.part {
            Part::Seen { vehicle, observations, .. } => items.extend(observations.iter().map(|seen| {
                let row = PositionRow::of(*vehicle, seen);
                let seen = row.observation();
                Item::Seen { delivery: index, row, seen }
            })),
            Part::Aside(records) => items.extend(records.iter().cloned().map(Item::Aside)),
            Part::Reports(reports) => items.extend(reports.iter().cloned().map(Item::Report)),
        }
    }
    items
}

/// What is kept of an item that the store refuses; `None` for one that is kept aside already.
fn kept_aside(item: &Item, deliveries: &[Delivery]) -> Option<QuarantinedRecord> {
    let code = "store.refused";
    match item {
        Item::Seen { delivery, seen, row } => {
            let terminal = deliveries.get(*delivery).and_then(|delivery| match &delivery.part {
                Part::Seen { device, .. } => Some(device.terminal.to_string()),
                Part::Aside(_) | Part::Reports(_) => None,
            });
            Some(QuarantinedRecord {
                terminal: terminal.unwrap_or_default(),
                vehicle: Some(row.vehicle),
                received_at: row.received_at,
                code,
                payload: serde_json::to_vec(&Record::of(seen)).unwrap_or_default(),
            })
        }
        Item::Report(report) => Some(QuarantinedRecord {
            terminal: report.terminal.to_string(),
            vehicle: report.vehicle,
            received_at: report.received_at,
            code,
            payload: report.raw.clone(),
        }),
        Item::Aside(_) | Item::LeftOut => None,
    }
}

/// Acknowledges everything, one write a link.
fn acknowledge(deliveries: &[Delivery]) {
    let mut touched: Vec<&Arc<Link>> = Vec::new();
    for delivery in deliveries {
        delivery.settle();
        if let Some(link) = delivery.receipt.as_ref().and_then(|receipt| receipt.link())
            // What one read brought stands together.
            && !touched.last().is_some_and(|last| Arc::ptr_eq(last, link))
        {
            touched.push(link);
        }
    }
    touched.sort_unstable_by_key(|link| Arc::as_ptr(link));
    touched.dedup_by(|link, other| Arc::ptr_eq(link, other));
    for link in touched {
        link.flush();
    }
}
