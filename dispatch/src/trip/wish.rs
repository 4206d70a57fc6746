//! What is asked for (用车需求): who, where, when, why; checked as a whole while it is typed and when it is handed in.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;

use super::reason::Reason;
use crate::unit::UnitId;
use crate::vehicle::VehicleCategory;

/// Longest name of a place or a person, in characters.
const NAME: usize = 60;
/// Longest text.
const TEXT: usize = 300;
/// Most places between the first and the last.
const STOPS: usize = 10;
/// Most names of people.
const PEOPLE: usize = 60;
/// Longest trip, in days: what is longer is a lease.
const DAYS: i64 = 30;

/// A place with its name (地点).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub place: LonLat,
}

/// Somebody who rides (乘车人).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passenger {
    /// Name.
    pub name: String,
    /// Telephone; may be empty.
    pub phone: String,
}

/// What is asked for (用车需求).
#[expect(clippy::struct_excessive_bools, reason = "four boxes of the form, each by itself")]
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// Who travels.
    pub unit: UnitId,
    /// Whose cars are asked for.
    pub fleet: UnitId,
    /// A line of the list of reasons.
    pub reason: String,
    /// In words.
    pub purpose: String,
    /// Reason and places are shown to nobody who need not know.
    pub is_confidential: bool,
    /// The car leaves before it is approved.
    pub is_emergency: bool,
    /// Others who go the same way may ride along.
    pub is_poolable: bool,
    /// Which cars may be used.
    pub category: VehicleCategory,
    /// Seats of one car, the driver's included.
    pub seats: u32,
    /// Who rides, as far as they are named.
    pub passengers: Vec<Passenger>,
    /// How many ride.
    pub passenger_count: u32,
    /// How many cars.
    pub vehicle_count: u32,
    /// Where it begins.
    pub from: Spot,
    /// Where it leads.
    pub to: Spot,
    /// What lies between, in order.
    pub stops: Vec<Spot>,
    /// Ends where it began.
    pub is_round_trip: bool,
    /// When the car is to be there.
    pub begins_at: DateTime<Utc>,
    /// When it is free again.
    pub ends_at: DateTime<Utc>,
    /// Anything else.
    pub note: String,
}

/// What the rules say at a place and time; from the register and the calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The list of reasons.
    pub reasons: Vec<Reason>,
    /// How long before it begins a trip is asked for.
    pub lead_time: Duration,
    /// The trip falls on a day that is no working day.
    pub is_holiday: bool,
}

/// Something that speaks against a wish (校验提示).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Field of the form.
    pub field: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// It cannot be handed in so.
    pub is_refusal: bool,
    /// The clause, where one speaks against it.
    pub clause: Option<String>,
}

impl Wish {
    /// The places in the order of the way, back to the first where it is a round trip.
    pub fn way(&self) -> Vec<LonLat> {
        let there = [&self.from].into_iter().chain(&self.stops).chain([&self.to]);
        let back = self.is_round_trip.then_some(&self.from);
        there.chain(back).map(|spot| spot.place).collect()
    }

    /// Everything that speaks against it at `now`, in the order of the form; warnings do not keep it from being handed in.
    pub fn check(&self, rules: &Rules, now: DateTime<Utc>) -> Vec<Notice> {
        let mut notices = Notices(Vec::new());
        self.check_reason(rules, &mut notices);
        for (field, spot) in [("from", &self.from), ("to", &self.to)] {
            notices.refuse(!is_text(&spot.name, NAME), field, "trip.place_name");
        }
        notices.refuse(self.stops.len() > STOPS, "stops", "trip.too_many_stops");
        notices.refuse(self.stops.iter().any(|stop| !is_text(&stop.name, NAME)), "stops", "trip.place_name");
        notices.refuse(self.ends_at <= self.begins_at, "ends_at", "trip.ends_before_it_begins");
        notices.refuse(self.ends_at - self.begins_at > Duration::days(DAYS), "ends_at", "trip.too_long");
        self.check_lead(rules, now, &mut notices);
        notices.refuse(!(1..=99).contains(&self.seats), "seats", "vehicle.seats");
        notices.refuse(!(1..=20).contains(&self.vehicle_count), "vehicle_count", "trip.vehicle_count");
        notices.refuse(!(1..=400).contains(&self.passenger_count), "passenger_count", "trip.passenger_count");
        let room = self.seats.saturating_sub(1).saturating_mul(self.vehicle_count);
        notices.refuse(self.passenger_count > room, "passenger_count", "trip.too_few_seats");
        let named = |passenger: &Passenger| is_text(&passenger.name, NAME) && passenger.phone.chars().count() <= NAME;
        let fits = self.passengers.len() <= PEOPLE && self.passengers.iter().all(named);
        notices.refuse(!fits, "passengers", "trip.passenger_name");
        notices.refuse(self.note.chars().count() > TEXT, "note", "trip.text");
        notices.0
    }

    fn check_reason(&self, rules: &Rules, notices: &mut Notices) {
        match rules.reasons.iter().find(|line| line.reason == self.reason) {
            None => notices.refuse(true, "reason", "trip.reason_unknown"),
            Some(line) if !line.is_allowed => notices.0.push(Notice {
                field: "reason",
                code: "trip.reason_negative",
                is_refusal: true,
                clause: Some(line.clause.clone()),
            }),
            Some(_) => {}
        }
        notices.refuse(!is_text(&self.purpose, TEXT), "purpose", "trip.text");
    }

    /// An emergency has no lead time, but it is no trip of next week.
    fn check_lead(&self, rules: &Rules, now: DateTime<Utc>, notices: &mut Notices) {
        notices.refuse(self.ends_at <= now, "begins_at", "trip.past");
        if self.is_emergency {
            notices.refuse(self.begins_at > now + Duration::hours(2), "begins_at", "trip.no_emergency");
        } else {
            notices.warn(self.begins_at < now + rules.lead_time, "begins_at", "trip.lead_time");
        }
        notices.warn(rules.is_holiday, "begins_at", "trip.holiday");
    }
}

struct Notices(Vec<Notice>);

impl Notices {
    fn refuse(&mut self, is_wrong: bool, field: &'static str, code: &'static str) {
        if is_wrong {
            self.0.push(Notice { field, code, is_refusal: true, clause: None });
        }
    }

    fn warn(&mut self, is_so: bool, field: &'static str, code: &'static str) {
        if is_so {
            self.0.push(Notice { field, code, is_refusal: false, clause: None });
        }
    }
}

fn is_text(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
