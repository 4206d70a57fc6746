//! What is compared: orders, trips and stops of one car over a span of time, its base, and the places that matter.

use chrono::{DateTime, TimeDelta, Utc};
use telematics::id::TripId;
use telematics::place::LonLat;
use telematics::quantity::Distance;
use telematics::uuid_id;

use super::FindingLimits;
use crate::calendar::{Calendar, WorkingHours};
use crate::rule::key::RuleKey;
use crate::trip::order::OrderId;

uuid_id! {
    /// Key of a sensitive place (敏感地点).
    SensitivePlaceId
}

/// From one instant to another, both included (时段).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// First instant.
    pub from: DateTime<Utc>,
    /// Last instant.
    pub to: DateTime<Utc>,
}

/// How an order came about (派车缓急).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Asked for and approved beforehand.
    Planned,
    /// Left first and ratified afterwards.
    Emergency,
}

/// An order that is valid, as far as it is compared (派车安排).
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// Key of the order.
    pub id: OrderId,
    /// Planned beginning and end.
    pub planned: TimeSpan,
    /// How it came about.
    pub urgency: Urgency,
    /// It says that it goes outside the hours of work or on a day off.
    pub off_duty: bool,
    /// Where it goes: start, stops and destination, in their order.
    pub places: Vec<LonLat>,
    /// Length of the planned way, there and back if it goes back.
    pub planned_distance: Option<Distance>,
    /// When it left.
    pub departed_at: Option<DateTime<Utc>>,
    /// When it was back.
    pub returned_at: Option<DateTime<Utc>>,
    /// Distance by the odometer as written down.
    pub typed_distance: Option<Distance>,
    /// Distance by the odometer as the terminal tells it.
    pub terminal_distance: Option<Distance>,
    /// Of an emergency that was not ratified by then: when it should have been.
    pub unratified_since: Option<DateTime<Utc>>,
    /// Name of who was to drive.
    pub driver: Option<String>,
}

/// A trip that was seen (观测行程).
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Key of the trip; `None`: a move too short to be one.
    pub id: Option<TripId>,
    /// First movement.
    pub started_at: DateTime<Utc>,
    /// Last movement; `None` while it is under way.
    pub ended_at: Option<DateTime<Utc>>,
    /// Where it began.
    pub from: LonLat,
    /// Where it ended, or has come to.
    pub to: LonLat,
    /// Length.
    pub distance: Distance,
    /// Name of who drove, where somebody was identified.
    pub driver: Option<String>,
}

/// A time in which the car stood in one place (停放).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stood {
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; `None` while it still stands.
    pub to: Option<DateTime<Utc>>,
    /// Where.
    pub at: LonLat,
}

/// Where the car has to be when it is not used (车辆基地).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Base {
    /// Its middle.
    pub place: LonLat,
    /// How far it reaches; `None`: as far as the register says.
    pub radius: Option<Distance>,
}

/// A place at which an official car is not expected (敏感地点).
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivePlace {
    /// What it is called.
    pub name: String,
    /// What kind of place it is, as the register lists them.
    pub class: String,
    /// Its middle.
    pub place: LonLat,
    /// How far it reaches.
    pub radius: Distance,
}

/// All that is known of a car over a span of time (比对材料).
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The span: only what begins in it is found, and of an order what there is to say once it is back in it.
    pub span: TimeSpan,
    /// Until when the world is known.
    pub now: DateTime<Utc>,
    /// Valid orders that touch the span.
    pub orders: Vec<Ordered>,
    /// Trips that touch the span or an order that came back in it, oldest first.
    pub trips: Vec<Observed>,
    /// Stops that do, oldest first.
    pub stops: Vec<Stood>,
    /// Where it has to be when it is not used; `None`: not known.
    pub base: Option<Base>,
    /// Times in which it is elsewhere rightly, such as for maintenance.
    pub away: Vec<TimeSpan>,
    /// Sensitive places about which it may have stood.
    pub places: Vec<SensitivePlace>,
    /// The calendar of its unit.
    pub calendar: Calendar,
    /// The hours of work of its unit.
    pub hours: WorkingHours,
}

/// Where a car was at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Where {
    /// It stood there.
    At(LonLat),
    /// It was on its way, last seen there.
    Underway(LonLat),
}

impl TimeSpan {
    /// It holds the instant.
    pub fn holds(self, at: DateTime<Utc>) -> bool {
        self.from <= at && at <= self.to
    }

    /// It has an instant in common with the other.
    pub fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    fn widened(self, by: TimeDelta) -> Self {
        Self { from: self.from - by, to: self.to + by }
    }
}

impl Ordered {
    /// From its planned or actual beginning to its planned or actual end, whichever is further; an order that has left and is
    /// not back goes on.
    pub(super) fn window(&self, now: DateTime<Utc>) -> TimeSpan {
        let left = self.departed_at.map_or(self.planned.from, |left| left.min(self.planned.from));
        let end = match (self.departed_at, self.returned_at) {
            (_, Some(back)) => back.max(self.planned.to),
            (Some(_), None) => now.max(self.planned.to),
            (None, None) => self.planned.to,
        };
        TimeSpan { from: left, to: end }
    }

    /// It is the paper for that trip. What was approved beforehand must be there when the car sets off; an emergency is written
    /// down when there is time, so any part of the trip will do.
    fn covers(&self, trip: &Observed, tolerance: TimeDelta, now: DateTime<Utc>) -> bool {
        let window = self.window(now).widened(tolerance);
        match self.urgency {
            Urgency::Planned => window.holds(trip.started_at),
            Urgency::Emergency => window.meets(trip.span(now)),
        }
    }

    /// It was planned, left and is back.
    pub(super) fn driven(&self) -> Option<TimeSpan> {
        Some(TimeSpan { from: self.departed_at?, to: self.returned_at? })
    }
}

impl Observed {
    /// How far the car got, metres: the way driven, or as the crow flies where an odometer of whole kilometres says less.
    pub(super) fn moved_m(&self) -> f64 {
        self.distance.max(self.from.distance_to(self.to)).metres()
    }

    pub(super) fn span(&self, now: DateTime<Utc>) -> TimeSpan {
        TimeSpan { from: self.started_at, to: self.ended_at.unwrap_or(now).max(self.started_at) }
    }
}

impl Stood {
    pub(super) fn span(&self, now: DateTime<Utc>) -> TimeSpan {
        TimeSpan { from: self.from, to: self.to.unwrap_or(now).max(self.from) }
    }
}

impl Base {
    /// How far it reaches, metres.
    pub(super) fn reach_m(self, limits: &FindingLimits) -> Option<f64> {
        self.radius.map(Distance::metres).or_else(|| limits.number(RuleKey::BaseRadius))
    }
}

impl Evidence {
    /// The order that covers the trip; of two the one that begins nearer to it.
    pub(super) fn order_of(&self, trip: &Observed, limits: &FindingLimits) -> Option<&Ordered> {
        let tolerance = limits.time(RuleKey::OrderTolerance).unwrap_or_default();
        let covering = self.orders.iter().filter(|order| order.covers(trip, tolerance, self.now));
        covering.min_by_key(|order| (order.window(self.now).from - trip.started_at).abs())
    }

    /// The trips of an order, oldest first.
    pub(super) fn trips_of<'a>(&'a self, order: &'a Ordered, limits: &'a FindingLimits) -> impl Iterator<Item = &'a Observed> {
        self.trips.iter().filter(|trip| self.order_of(trip, limits).is_some_and(|covering| covering.id == order.id))
    }

    /// Where the car was at an instant, as far as it was seen: in a stop, on a trip, or where the last trip ended.
    pub(super) fn where_at(&self, at: DateTime<Utc>) -> Option<Where> {
        if let Some(stood) = self.stops.iter().rfind(|stood| stood.span(self.now).holds(at)) {
            return Some(Where::At(stood.at));
        }
        let last = self.trips.iter().rfind(|trip| trip.started_at <= at)?;
        let is_over = last.ended_at.is_some_and(|ended| ended <= at);
        Some(if is_over { Where::At(last.to) } else { Where::Underway(last.to) })
    }
}
