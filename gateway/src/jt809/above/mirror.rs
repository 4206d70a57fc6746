//! What a platform has been told, is being told and has confirmed: the cursor of each vehicle, and the parts on their way.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use fleet_db::ingest::{PositionRow, REPLAYED};
use fleet_db::mirror::{self, Fitted, Key, MirroredVehicle};
use telematics::id::VehicleNo;
use telematics::jt809::vehicle::{POSITIONS_MAX, colour};
use telematics::jt809::{About, Content, Edition, Message, Position, Registration};
use tokio::time::Instant;

use super::{AboveError, Given};
use crate::jt809::config::Superior;
use crate::jt809::wire::Wire;
use crate::telemetry;

/// Vehicles read at once.
const VEHICLES: usize = 100;
/// Positions read at once of a vehicle; of one that is read from history, those of a day.
const POSITIONS: usize = 20;
/// Late positions read at once.
const LATE: i64 = 500;
/// Characters of the plate of a vehicle with new energy; all others have one less.
const GREEN_PLATE: usize = 8;

/// A vehicle as the platform knows it (转发进度).
#[derive(Debug)]
struct Told {
    plate: String,
    terminal: Option<Fitted>,
    /// The last position that was said on this link; what the platform has confirmed when nothing was.
    said: Key,
    /// Its registration was said on this link.
    is_registered: bool,
}

/// Vehicles of which something may be new.
type Dirty = BTreeSet<VehicleNo>;

/// Positions told one after the other, which are confirmed together.
#[derive(Debug, Default)]
struct Portion {
    count: usize,
    cursors: HashMap<VehicleNo, Key>,
    late: Vec<(VehicleNo, DateTime<Utc>)>,
    /// When the platform was asked to confirm it.
    asked: Option<Instant>,
}

/// How far one platform has been told (转发状态).
pub(super) struct Mirror<'a> {
    superior: &'a Superior,
    given: &'a Given,
    vehicles: BTreeMap<VehicleNo, Told>,
    dirty: Dirty,
    /// Everything told until all that lay in the store when the link came up has been told is told later than it happened.
    is_catching_up: bool,
    /// Told, and not asked about.
    open: Portion,
    /// Asked about and not confirmed, oldest first.
    asked: VecDeque<Portion>,
}

impl<'a> Mirror<'a> {
    /// What the platform has confirmed, and everything behind it to be told.
    pub(super) async fn open(superior: &'a Superior, given: &'a Given) -> Result<Self, AboveError> {
        let mut mirror = Self {
            superior,
            given,
            vehicles: BTreeMap::new(),
            dirty: Dirty::new(),
            is_catching_up: true,
            open: Portion::default(),
            asked: VecDeque::new(),
        };
        mirror.choose().await?;
        Ok(mirror)
    }

    /// Settles anew which vehicles the platform is told of.
    pub(super) async fn choose(&mut self) -> Result<(), AboveError> {
        let mut tx = fleet_db::begin(&self.given.pool).await?;
        let chosen = mirror::choose(&mut tx, &self.superior.name, &self.superior.choice()).await?;
        tx.commit().await.map_err(fleet_db::DbError::from)?;
        let mut before = std::mem::take(&mut self.vehicles);
        for MirroredVehicle { no, plate, terminal, confirmed } in chosen {
            let known = before.remove(&no);
            let is_registered =
                known.as_ref().is_some_and(|told| told.is_registered && told.plate == plate && told.terminal == terminal);
            let said = known.map_or(confirmed, |told| told.said.max(confirmed));
            self.vehicles.insert(no, Told { plate, terminal, said, is_registered });
        }
        self.note_all();
        Ok(())
    }

    /// Something of these vehicles was committed.
    pub(super) fn note(&mut self, vehicles: impl IntoIterator<Item = VehicleNo>) {
        self.dirty.extend(vehicles.into_iter().filter(|vehicle| self.vehicles.contains_key(vehicle)));
    }

    /// Something of any vehicle may have been committed.
    pub(super) fn note_all(&mut self) {
        self.dirty.extend(self.vehicles.keys());
    }

    /// As much is told and not confirmed as may be.
    pub(super) fn is_full(&self) -> bool {
        let unconfirmed = self.open.count + self.asked.iter().map(|portion| portion.count).sum::<usize>();
        unconfirmed >= self.superior.unconfirmed.max(1)
    }

    /// Something was told that nobody has asked about.
    pub(super) fn is_unasked(&self) -> bool {
        !self.open.is_empty()
    }

    /// The platform is asked now; what was told until now is confirmed by its answer.
    pub(super) fn ask(&mut self) {
        let portion = Portion { asked: Some(Instant::now()), ..std::mem::take(&mut self.open) };
        self.asked.push_back(portion);
    }

    /// When the question was put that waits longest for its answer.
    pub(super) fn oldest_question(&self) -> Option<Instant> {
        self.asked.front().and_then(|portion| portion.asked)
    }

    /// The platform has answered the oldest question: the store notes it.
    pub(super) async fn confirmed(&mut self) -> Result<(), AboveError> {
        let Some(portion) = self.asked.pop_front().filter(|portion| !portion.is_empty()) else { return Ok(()) };
        let cursors: Vec<(VehicleNo, Key)> = portion.cursors.into_iter().collect();
        let mut tx = fleet_db::begin(&self.given.pool).await?;
        mirror::confirm(&mut tx, &self.superior.name, &cursors).await?;
        mirror::forget_late(&mut tx, &self.superior.name, &portion.late).await?;
        tx.commit().await.map_err(fleet_db::DbError::from)?;
        let count = u64::try_from(portion.count).unwrap_or(u64::MAX);
        metrics::counter!(telemetry::JT809_CONFIRMED, "superior" => self.superior.name.clone()).increment(count);
        Ok(())
    }

    /// Says a part of what there is to say; `true` when that was all of it. Nothing while as much is unconfirmed as may be.
    pub(super) async fn tell(&mut self, wire: &mut Wire) -> Result<bool, AboveError> {
        if self.is_full() {
            return Ok(false);
        }
        let mut conn = fleet_db::acquire(&self.given.pool).await?;
        let is_all_late = self.tell_late(&mut conn, wire).await?;
        let some: Vec<VehicleNo> = self.dirty.iter().take(VEHICLES).copied().collect();
        let behind: Vec<(VehicleNo, Key)> =
            some.iter().filter_map(|vehicle| Some((*vehicle, self.vehicles.get(vehicle)?.said))).collect();
        let mut found = by_vehicle(mirror::read(&mut conn, &behind, i64::try_from(POSITIONS).unwrap_or(i64::MAX)).await?);
        // Rows first, history then: a day that is turned into history in between is found twice rather than not at all.
        let hot = (self.given.clock)() - TimeDelta::hours(i64::from(self.given.hot_hours));
        let mut history = Dirty::new();
        for (vehicle, key) in behind.iter().filter(|(_, (at, _))| *at < hot) {
            let rows = mirror::of_history(&mut conn, *vehicle, *key).await?;
            if !rows.is_empty() {
                found.insert(*vehicle, rows);
                history.insert(*vehicle);
            }
        }
        for vehicle in some {
            let rows = found.remove(&vehicle).unwrap_or_default();
            if rows.len() < POSITIONS && !history.contains(&vehicle) {
                self.dirty.remove(&vehicle);
            }
            if let Some(last) = rows.last() {
                let key = (last.fixed_at, last.sequence);
                self.say(wire, vehicle, &rows, self.is_catching_up);
                self.open.cursors.insert(vehicle, key);
                if let Some(told) = self.vehicles.get_mut(&vehicle) {
                    told.said = key;
                }
            }
        }
        let is_all = self.dirty.is_empty() && is_all_late;
        self.is_catching_up &= !is_all;
        Ok(is_all)
    }

    /// Says late positions that the cursor of their vehicle has passed; those before it come with the others.
    async fn tell_late(&mut self, conn: &mut fleet_db::PgConnection, wire: &mut Wire) -> Result<bool, AboveError> {
        let is_on_its_way = !self.open.late.is_empty() || self.asked.iter().any(|portion| !portion.late.is_empty());
        if is_on_its_way {
            return Ok(true);
        }
        let waiting = mirror::late(conn, &self.superior.name, LATE).await?;
        let is_all = i64::try_from(waiting.len()).unwrap_or(i64::MAX) < LATE;
        let is_passed =
            |vehicle: &VehicleNo, at: &DateTime<Utc>| self.vehicles.get(vehicle).is_some_and(|told| *at <= told.said.0);
        let (passed, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(vehicle, at)| is_passed(vehicle, at));
        mirror::forget_late(conn, &self.superior.name, &others).await?;
        self.note(others.into_iter().map(|(vehicle, _)| vehicle));
        for (vehicle, rows) in by_vehicle(mirror::at_instants(conn, &passed).await?) {
            self.say(wire, vehicle, &rows, true);
        }
        self.open.late = passed;
        Ok(is_all)
    }

    /// Says positions of one vehicle, oldest first: as they happen one by one, later some at once.
    fn say(&mut self, wire: &mut Wire, vehicle: VehicleNo, rows: &[PositionRow], is_later: bool) {
        let Some(told) = self.vehicles.get_mut(&vehicle) else { return };
        let (plate, terminal) = (told.plate.clone(), told.terminal.clone());
        let is_new = !std::mem::replace(&mut told.is_registered, true);
        let now = (self.given.clock)();
        let colour = colour_of(&plate, self.superior.edition);
        let about = |content| Message::About(About { plate: plate.clone(), colour, content });
        if is_new {
            wire.say(&about(Content::Register(registration(&self.superior.platform_id, terminal))), now);
        }
        let is_later = |row: &PositionRow| is_later || row.flags & REPLAYED != 0;
        for run in rows.chunk_by(|one, next| is_later(one) == is_later(next)) {
            let how = if run.first().is_some_and(is_later) { "later" } else { "live" };
            let mut positions: Vec<Position> = run.iter().map(|row| self.position(row)).collect();
            while !positions.is_empty() {
                let rest = positions.split_off(positions.len().min(if how == "later" { POSITIONS_MAX } else { 1 }));
                let content = match how {
                    "later" => Content::Positions(positions),
                    _ => positions.pop().map_or(Content::Positions(Vec::new()), Content::Position),
                };
                wire.say(&about(content), now);
                positions = rest;
            }
            let count = u64::try_from(run.len()).unwrap_or(u64::MAX);
            metrics::counter!(telemetry::JT809_TOLD, "superior" => self.superior.name.clone(), "how" => how).increment(count);
        }
        self.open.count += rows.len();
    }

    fn position(&self, row: &PositionRow) -> Position {
        Position::of(&row.observation(), self.superior.edition, &self.superior.platform_id)
    }
}

impl Portion {
    fn is_empty(&self) -> bool {
        self.cursors.is_empty() && self.late.is_empty()
    }
}

fn by_vehicle(rows: Vec<PositionRow>) -> BTreeMap<VehicleNo, Vec<PositionRow>> {
    let mut sorted: BTreeMap<VehicleNo, Vec<PositionRow>> = BTreeMap::new();
    for row in rows {
        sorted.entry(row.vehicle).or_default().push(row);
    }
    sorted
}

/// The register has no colours of plates; a plate with one more letter is that of a vehicle with new energy.
fn colour_of(plate: &str, edition: Edition) -> u8 {
    match (plate.chars().count() == GREEN_PLATE, edition) {
        (false, _) => colour::BLUE,
        (true, Edition::V2019) => colour::GREEN,
        (true, Edition::V2011) => colour::OTHER,
    }
}

fn registration(platform: &str, terminal: Option<Fitted>) -> Registration {
    let (number, model, sim) = terminal.unwrap_or_default();
    Registration {
        platform: platform.to_owned(),
        model,
        terminal: number,
        sim: sim.unwrap_or_default(),
        ..Registration::default()
    }
}
