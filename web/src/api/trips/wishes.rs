//! What people send of a trip, and what is reckoned from it: the way, how long it takes, who decides.

use chrono::{DateTime, Utc};
use dispatch::calendar::day_of;
use dispatch::tariff::{Leg, Tariff, TariffClass, TripArea, Use};
use dispatch::trip::flow::{Case, Flow, Step, choose};
use dispatch::trip::wish::{Notice, Passenger, Spot, Wish};
use dispatch::unit::UnitId;
use dispatch::vehicle::{Seats, VehicleCategory, VehicleCategoryError};
use fleet_db::{PgConnection, rule, trip_request};
use serde::{Deserialize, Serialize};
use telematics::id::VehicleId;
use telematics::place::{LonLat, PlaceError};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::TripRules;
use crate::problem::{ApiResult, Wrong};

/// A place with its name.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Place {
    /// What people call it.
    pub(super) name: String,
    /// Degrees east, WGS-84.
    pub(super) lon: f64,
    /// Degrees north.
    pub(super) lat: f64,
}

/// Somebody who rides.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Rider {
    /// Name.
    pub(super) name: String,
    /// Telephone; may be empty.
    #[serde(default)]
    pub(super) phone: String,
}

/// What is asked for.
#[expect(clippy::struct_excessive_bools, reason = "boxes of the form, each by itself")]
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TripWish {
    /// Who travels.
    unit_id: Uuid,
    /// Whose cars are asked for; the own unit's when absent.
    fleet_unit_id: Option<Uuid>,
    /// A line of the positive list.
    reason: String,
    /// In words.
    purpose: String,
    /// Reason and places are shown to nobody who need not know.
    #[serde(default)]
    is_confidential: bool,
    /// The car leaves before it is approved.
    #[serde(default)]
    is_emergency: bool,
    /// Others who go the same way may ride along.
    #[serde(default)]
    is_poolable: bool,
    /// Which cars may be used, such as `other`.
    category: String,
    /// Seats of one car, the driver's included.
    seats: u32,
    /// Who rides, as far as they are named.
    #[serde(default)]
    passengers: Vec<Rider>,
    /// How many ride.
    passenger_count: u32,
    /// How many cars.
    vehicle_count: u32,
    from: Place,
    to: Place,
    /// What lies between, in order.
    #[serde(default)]
    stops: Vec<Place>,
    /// Ends where it began.
    is_round_trip: bool,
    /// When the car is to be there.
    begins_at: DateTime<Utc>,
    /// When it is free again.
    ends_at: DateTime<Utc>,
    #[serde(default)]
    note: String,
    /// A car that is asked for by name.
    wanted_vehicle_id: Option<Uuid>,
}

impl TripWish {
    /// The car that is asked for by name.
    pub(super) fn wanted(&self) -> Option<VehicleId> {
        self.wanted_vehicle_id.map(VehicleId)
    }

    /// When the car is to be there.
    pub(super) const fn begins_at(&self) -> DateTime<Utc> {
        self.begins_at
    }

    /// Whose trip it is.
    pub(super) const fn unit(&self) -> UnitId {
        UnitId(self.unit_id)
    }

    /// As the rules look at it; refuses what is no category and no place.
    pub(super) fn read(&self) -> ApiResult<Wish> {
        let mut wrong = Wrong::default();
        let category = wrong.take("category", self.category.parse::<VehicleCategory>(), VehicleCategoryError::code);
        let mut spot = |field: &str, place: &Place| {
            let at = wrong.take(field, LonLat::new(place.lon, place.lat), PlaceError::code)?;
            Some(Spot { name: place.name.trim().to_owned(), place: at })
        };
        let from = spot("from", &self.from);
        let to = spot("to", &self.to);
        let stops: Vec<Spot> = self.stops.iter().filter_map(|stop| spot("stops", stop)).collect();
        let (Some(category), Some(from), Some(to), true) = (category, from, to, wrong.is_empty()) else {
            return Err(wrong.into_error());
        };
        let passengers = self
            .passengers
            .iter()
            .map(|rider| Passenger { name: rider.name.trim().to_owned(), phone: rider.phone.trim().to_owned() });
        Ok(Wish {
            unit: UnitId(self.unit_id),
            fleet: UnitId(self.fleet_unit_id.unwrap_or(self.unit_id)),
            reason: self.reason.trim().to_owned(),
            purpose: self.purpose.clone(),
            is_confidential: self.is_confidential,
            is_emergency: self.is_emergency,
            is_poolable: self.is_poolable,
            category,
            seats: self.seats,
            passengers: passengers.collect(),
            passenger_count: self.passenger_count,
            vehicle_count: self.vehicle_count,
            from,
            to,
            stops,
            is_round_trip: self.is_round_trip,
            begins_at: self.begins_at,
            ends_at: self.ends_at,
            note: self.note.clone(),
        })
    }
}

/// What is reckoned of a wish (用车测算).
#[derive(Debug)]
pub(super) struct Reckoning {
    /// Everything that speaks against it.
    pub(super) notices: Vec<Notice>,
    /// Length of the way, in metres.
    pub(super) distance_m: i32,
    /// How long the driving takes, in seconds.
    pub(super) duration_s: i64,
    /// What it will cost, in fen.
    pub(super) estimate_fen: i64,
    /// Who decides, one after the other.
    pub(super) steps: Vec<Step>,
}

/// Reckons a wish by the rules of its unit.
pub(super) async fn reckon(conn: &mut PgConnection, rules: &TripRules, wish: &Wish, now: DateTime<Utc>) -> ApiResult<Reckoning> {
    let travel = rules.travel();
    let way = travel.distance(&wish.way());
    #[expect(clippy::cast_possible_truncation, reason = "a way on earth, in metres")]
    let distance_m = way.metres().round() as i32;
    let estimate_fen = estimate(conn, wish, distance_m, now).await?;
    let case = Case {
        category: wish.category,
        distance_m: u32::try_from(distance_m).unwrap_or_default(),
        estimate_fen,
        is_holiday: rules.is_holiday(wish.begins_at),
    };
    let flows: Vec<Flow> = trip_request::flow::for_line(conn, &rules.line).await?.into_iter().map(|kept| kept.flow).collect();
    let plain = Flow::plain();
    let flow = choose(&flows, &case).unwrap_or(&plain);
    Ok(Reckoning {
        notices: wish.check(&rules.for_wish(wish.begins_at), now),
        distance_m,
        duration_s: travel.duration(way).num_seconds(),
        estimate_fen,
        steps: flow.steps_for(&rules.line, wish.fleet),
    })
}

/// What the cars will cost, by the tariff of the fleet: out of town, there and back in one piece. Nothing where there is no price.
async fn estimate(conn: &mut PgConnection, wish: &Wish, distance_m: i32, now: DateTime<Utc>) -> ApiResult<i64> {
    let Ok(seats) = Seats::new(i64::from(wish.seats)) else { return Ok(0) };
    let line = rule::superiors(conn, wish.fleet).await?;
    let versions = rule::binding(conn, wish.fleet, &Tariff::KEYS).await?;
    let minutes = u32::try_from((wish.ends_at - wish.begins_at).num_minutes()).unwrap_or_default();
    let leg = Leg { distance_m: u32::try_from(distance_m).unwrap_or_default(), minutes, waiting_minutes: 0 };
    let used = Use { area: TripArea::Outside, legs: vec![leg], days_out_of_town: 0 };
    let tariff = Tariff::of(&versions, &line, (day_of(wish.begins_at), now), TariffClass::of_seats(seats));
    let lines = tariff.price(&used).unwrap_or_default();
    let one: i64 = lines.iter().map(|line| line.amount.fen()).sum();
    Ok(one.saturating_mul(i64::from(wish.vehicle_count)))
}

/// The wish can be handed in, or everything that speaks against it.
pub(super) fn refuse(notices: &[Notice]) -> ApiResult<()> {
    let mut wrong = Wrong::default();
    let mut clause = None;
    for notice in notices.iter().filter(|notice| notice.is_refusal) {
        wrong.note(notice.field, notice.code);
        clause = clause.or_else(|| notice.clause.clone());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let error = wrong.into_error();
    Err(match clause {
        Some(clause) => error.detail(clause),
        None => error,
    })
}
