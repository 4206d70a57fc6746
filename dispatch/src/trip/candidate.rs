//! Which cars and drivers could go (候选车辆): every one with what speaks against it, the best first.
//!
//! What a car costs is what `nearby::cost` says: the way, new energy before fuel, one's own before another unit's, a small car before a
//! large one. The rules are those that the store can answer for; `nearby` says how the rest of them come in.

use chrono::{DateTime, Utc};
use serde::Serialize;
use telematics::id::VehicleId;
use telematics::quantity::Distance;

use crate::money::Money;
use crate::nearby::cost::{self, CostFacts};
use crate::nearby::need;
use crate::trip::proposal::Prices;
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory, VehicleStatus};
use crate::word::words;

/// Metres that stay in the battery.
const RESERVE_M: f64 = 30_000.0;
/// Where a car is that nobody knows of counts as a day's way off: it is taken when there is no other.
const UNKNOWN_M: f64 = 100_000.0;

words! {
    /// Why a car cannot go (不可派原因).
    Refusal, RefusalError, "trip.refusal" {
        /// Has another order at that time.
        Taken = "taken", "时段内已有任务";
        /// Is not in use.
        OutOfUse = "out_of_use", "车辆不在用";
        /// Is under seal.
        Sealed = "sealed", "封存期内";
        /// Is being repaired.
        InShop = "in_shop", "在修";
        /// Is for something else.
        Category = "category", "车辆类别不符";
        /// Has too few seats.
        TooSmall = "too_small", "座位不足";
        /// Does not get so far.
        Range = "range", "续航不足";
    }
}

/// A car that may be asked (候选车辆).
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which one.
    pub vehicle: VehicleId,
    /// Whose it is.
    pub unit: UnitId,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Seats, the driver's included.
    pub seats: u32,
    /// Where it stands in its life.
    pub status: VehicleStatus,
    /// Under seal at that time.
    pub is_sealed: bool,
    /// In the shop at that time.
    pub is_in_shop: bool,
    /// Until when another order has it, where that is in the way.
    pub taken_until: Option<DateTime<Utc>>,
    /// From where it is to where the trip begins; unknown when nobody knows where it is.
    pub away: Option<Distance>,
    /// How far it gets; unknown for fuel and for cars that do not say.
    pub range: Option<Distance>,
}

/// What is asked of a car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// Whose trip it is.
    pub unit: UnitId,
    /// What the car must be for.
    pub category: VehicleCategory,
    /// Seats that it must have.
    pub seats: u32,
    /// How far it goes.
    pub distance: Distance,
    /// Everything that has wheels may be taken, whatever it is for.
    pub is_emergency: bool,
}

/// What is said of a car (候选结论).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// Which one.
    pub vehicle: VehicleId,
    /// All that speaks against it; nothing: it can go.
    pub refused: Vec<Refusal>,
    /// It has more or fewer seats than a car of the size that was asked for.
    pub is_substitute: bool,
    /// Metres to where the trip begins.
    pub away_m: Option<f64>,
    /// What it was ordered by: less is better.
    pub cost: Money,
}

/// The size of a car, by its seats (车型); GA 802-2019 for the two larger ones.
pub const fn size(seats: u32) -> &'static str {
    match seats {
        0..=5 => "sedan",
        6..=9 => "business_suv",
        10..=19 => "minibus",
        _ => "bus",
    }
}

/// Every car with what is said of it: those that can go first, the best of them first of all.
pub fn judge(candidates: &[Candidate], asked: &Asked, prices: &Prices) -> Vec<Judgement> {
    let mut verdicts: Vec<Judgement> = candidates.iter().map(|car| verdict(car, asked, prices)).collect();
    verdicts.sort_by(|one, other| {
        let order = |verdict: &Judgement| (verdict.refused.len(), verdict.is_substitute);
        order(one).cmp(&order(other)).then(one.cost.cmp(&other.cost)).then(one.vehicle.cmp(&other.vehicle))
    });
    verdicts
}

fn verdict(car: &Candidate, asked: &Asked, prices: &Prices) -> Judgement {
    let away_m = car.away.map(Distance::metres);
    let needs_m = asked.distance.metres() + away_m.unwrap_or(0.0) + RESERVE_M;
    let refusals = [
        (car.taken_until.is_some(), Refusal::Taken),
        (!matches!(car.status, VehicleStatus::InService | VehicleStatus::Idle), Refusal::OutOfUse),
        (car.is_sealed, Refusal::Sealed),
        (car.is_in_shop, Refusal::InShop),
        (car.category != asked.category && !asked.is_emergency, Refusal::Category),
        (car.seats < asked.seats, Refusal::TooSmall),
        (car.range.is_some_and(|range| range.metres() < needs_m), Refusal::Range),
    ];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole metres of a way on earth")]
    let way_m = away_m.unwrap_or(UNKNOWN_M).round() as u32;
    let fen = |price: Money| u32::try_from(price.fen()).unwrap_or(u32::MAX);
    let policy = need::Prices {
        waiting_minute: 0,
        fuel: fen(prices.fuel),
        other_unit: fen(prices.other_unit),
        spare_seat: fen(prices.spare_seat),
        worked_hour: 0,
    };
    let facts = CostFacts {
        way_m,
        fen_per_km: fen(prices.km),
        is_new_energy: car.powertrain.is_new_energy(),
        is_other_unit: car.unit != asked.unit,
        spare_seats: car.seats.saturating_sub(asked.seats),
        ..CostFacts::default()
    };
    Judgement {
        vehicle: car.vehicle,
        refused: refusals.into_iter().filter_map(|(is_so, refusal)| is_so.then_some(refusal)).collect(),
        is_substitute: size(car.seats) != size(asked.seats),
        away_m,
        cost: Money::from_fen(cost::fen(&facts, &policy)),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::rule::key::RuleKey;

    fn car(n: u128) -> Candidate {
        Candidate {
            vehicle: VehicleId(Uuid::from_u128(n)),
            unit: UnitId(Uuid::from_u128(1)),
            category: VehicleCategory::Other,
            powertrain: Powertrain::Petrol,
            seats: 5,
            status: VehicleStatus::InService,
            is_sealed: false,
            is_in_shop: false,
            taken_until: None,
            away: Some(Distance::from_metres(2_000.0)),
            range: None,
        }
    }

    /// What the product brings along.
    fn prices() -> Prices {
        Prices::of(&RuleKey::DispatchPrices.spec().builtin_values().next().unwrap().1)
    }

    fn asked() -> Asked {
        Asked {
            unit: UnitId(Uuid::from_u128(1)),
            category: VehicleCategory::Other,
            seats: 5,
            distance: Distance::from_metres(40_000.0),
            is_emergency: false,
        }
    }

    fn first(cars: &[Candidate]) -> u128 {
        judge(cars, &asked(), &prices())[0].vehicle.0.as_u128()
    }

    #[test]
    fn the_nearest_goes_and_electricity_before_fuel_where_it_is_near() {
        let near = car(1);
        let far = Candidate { away: Some(Distance::from_metres(9_000.0)), ..car(2) };
        let electric = Candidate { powertrain: Powertrain::Electric, away: Some(Distance::from_metres(4_500.0)), ..car(3) };
        let unknown = Candidate { away: None, ..car(4) };
        assert_eq!(first(&[far.clone(), near.clone()]), 1);
        assert_eq!(first(&[near.clone(), electric.clone()]), 3);
        assert_eq!(first(&[unknown.clone(), far]), 2);
        assert_eq!(first(&[unknown]), 4);
    }

    #[test]
    fn a_car_of_the_size_asked_for_goes_before_a_larger_one() {
        let bus = Candidate { seats: 17, away: Some(Distance::from_metres(10.0)), ..car(1) };
        let verdicts = judge(&[bus, car(2)], &asked(), &prices());
        assert_eq!((verdicts[0].vehicle.0.as_u128(), verdicts[0].is_substitute), (2, false));
        assert_eq!((verdicts[1].refused.len(), verdicts[1].is_substitute), (0, true), "it may go all the same");
    }

    #[test]
    fn each_rule_is_named_and_all_of_them() {
        let cases = [
            (Candidate { taken_until: Some(DateTime::UNIX_EPOCH), ..car(1) }, Refusal::Taken),
            (Candidate { status: VehicleStatus::InRepair, ..car(1) }, Refusal::OutOfUse),
            (Candidate { is_sealed: true, ..car(1) }, Refusal::Sealed),
            (Candidate { is_in_shop: true, ..car(1) }, Refusal::InShop),
            (Candidate { category: VehicleCategory::ConfidentialCourier, ..car(1) }, Refusal::Category),
            (Candidate { seats: 4, ..car(1) }, Refusal::TooSmall),
            (Candidate { range: Some(Distance::from_metres(71_999.0)), ..car(1) }, Refusal::Range),
        ];
        for (car, refusal) in &cases {
            assert_eq!(judge(std::slice::from_ref(car), &asked(), &prices())[0].refused, [*refusal]);
        }
        let reach = Candidate { range: Some(Distance::from_metres(72_000.0)), ..car(1) };
        assert!(judge(&[reach], &asked(), &prices())[0].refused.is_empty());
        let hopeless = Candidate { is_sealed: true, seats: 2, ..car(1) };
        assert_eq!(judge(&[hopeless], &asked(), &prices())[0].refused, [Refusal::Sealed, Refusal::TooSmall]);
    }

    #[test]
    fn an_emergency_takes_what_there_is_but_nothing_under_seal() {
        let courier = Candidate { category: VehicleCategory::ConfidentialCourier, ..car(1) };
        let sealed = Candidate { is_sealed: true, ..car(2) };
        let verdicts = judge(&[courier, sealed], &Asked { is_emergency: true, ..asked() }, &prices());
        assert!(verdicts[0].refused.is_empty());
        assert_eq!(verdicts[1].refused, [Refusal::Sealed]);
    }
}
