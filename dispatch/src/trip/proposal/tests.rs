//! A board becomes a day, is planned, and the plan is judged by the code that knows nothing of the planner.

use uuid::Uuid;

use super::*;
use crate::plan::check::check;
use crate::plan::solution::Plan;
use crate::plan::solve::solve;
use crate::rule::key::RuleKey;

fn at(hour: i64, minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_409_600 + hour * 3600 + minute * 60, 0).unwrap()
}

fn window(from: i64, to: i64) -> Window {
    Window { from: at(from, 0), to: at(to, 0) }
}

fn spot(east: f64) -> LonLat {
    LonLat::new(120.0 + east, 30.0).unwrap()
}

fn unit(n: u128) -> UnitId {
    UnitId(Uuid::from_u128(n))
}

fn waiting(id: &str, from: i64, to: i64) -> Waiting {
    Waiting {
        id: id.to_owned(),
        unit: unit(1),
        category: VehicleCategory::Other,
        seats: 5,
        from: spot(0.0),
        to: spot(0.05),
        is_round_trip: true,
        during: window(from, to),
        distance_m: 12_000,
        is_emergency: false,
    }
}

fn car(id: &str, east: f64) -> Car {
    Car {
        id: id.to_owned(),
        unit: unit(1),
        category: VehicleCategory::Other,
        powertrain: Powertrain::Petrol,
        seats: 5,
        place: spot(east),
        base: spot(east),
        busy: Vec::new(),
    }
}

fn driver(id: &str) -> Driver {
    Driver { id: id.to_owned(), licence: LicenceClass::C1, busy: Vec::new() }
}

/// The plan of a day from eight to eight; no plan is taken on trust.
fn planned(waiting: &[Waiting], cars: &[Car], drivers: &[Driver]) -> Plan {
    let value = |key: RuleKey| key.spec().builtin_values().next().unwrap().1;
    let travel = Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed));
    let problem = problem(&Asked {
        now: at(8, 0),
        horizon: window(8, 20),
        tolerance: Duration::minutes(15),
        travel: &travel,
        prices: Prices::of(&value(RuleKey::DispatchPrices)),
        waiting,
        cars,
        drivers,
        names: Names::Chinese,
    });
    let plan = solve(&problem, 1, &mut |rounds| f64::from(u32::try_from(rounds).unwrap_or(u32::MAX)) / 400.0).unwrap();
    assert_eq!(check(&problem, &plan), Vec::new());
    plan
}

fn given(plan: &Plan) -> Vec<(&str, &str, Option<&str>)> {
    let mut given: Vec<_> =
        plan.orders.iter().map(|order| (order.request[0].as_str(), order.vehicle.as_str(), order.driver.as_deref())).collect();
    given.sort_unstable();
    given
}

#[test]
fn one_car_goes_twice_where_that_costs_less_than_two() {
    let plan = planned(&[waiting("a", 9, 11), waiting("b", 13, 15)], &[car("near", 0.01), car("far", 0.02)], &[driver("d")]);
    assert_eq!(given(&plan), [("a", "near", Some("d")), ("b", "near", Some("d"))]);
    assert_eq!(plan.gap_pct.map(f64::round), Some(0.0), "and there is no better");
}

#[test]
fn what_is_promised_or_sealed_stays_out_of_the_plan() {
    let promised = Car { busy: vec![window(10, 12)], ..car("near", 0.01) };
    let plan = planned(&[waiting("a", 9, 11), waiting("b", 13, 15)], &[promised, car("far", 0.02)], &[driver("d"), driver("e")]);
    let cars: Vec<_> = given(&plan).into_iter().map(|(trip, car, _)| (trip, car)).collect();
    assert_eq!(cars[0], ("a", "far"), "the near one is promised while that trip lasts");
    let busy = Driver { busy: vec![window(8, 20)], ..driver("d") };
    let plan = planned(&[waiting("a", 9, 11)], &[car("near", 0.01)], &[busy]);
    assert_eq!((plan.orders.len(), plan.unserved.len()), (0, 1), "no car goes without a driver");
}

#[test]
fn a_car_of_another_size_or_purpose_goes_for_an_emergency_alone() {
    let bus = Car { seats: 17, ..car("bus", 0.01) };
    let courier = Car { category: VehicleCategory::ConfidentialCourier, ..car("courier", 0.01) };
    let drivers = [Driver { licence: LicenceClass::A1, ..driver("d") }];
    let plan = planned(&[waiting("a", 9, 11)], &[bus.clone(), courier.clone()], &drivers);
    assert_eq!(plan.orders.len(), 0);
    let why: String = plan.unserved[0].reasons.iter().map(|reason| reason.text_zh.as_str()).collect();
    assert!(why.contains("轿车"), "and it is told why, in words: {why}");
    let urgent = Waiting { is_emergency: true, ..waiting("a", 9, 11) };
    assert_eq!(planned(&[urgent], &[courier, bus], &drivers).orders.len(), 1);
}

#[test]
fn what_is_over_is_left_out_and_what_is_late_leaves_now() {
    let plan = planned(&[waiting("over", 5, 7), waiting("late", 7, 10)], &[car("near", 0.0)], &[driver("d")]);
    assert_eq!(given(&plan), [("late", "near", Some("d"))]);
    assert_eq!(plan.orders[0].pick_up_at.to_utc(), at(8, 0));
}

#[test]
fn free_time_is_what_is_left_of_the_span() {
    let span = window(8, 20);
    for (busy, left) in [
        (vec![], vec![(8, 20)]),
        (vec![(10, 12)], vec![(8, 10), (12, 20)]),
        (vec![(12, 14), (9, 13), (6, 8)], vec![(8, 9), (14, 20)]),
        (vec![(7, 9), (19, 22)], vec![(9, 19)]),
        (vec![(6, 22)], vec![]),
    ] {
        let busy: Vec<Window> = busy.into_iter().map(|(from, to)| window(from, to)).collect();
        let left: Vec<Window> = left.into_iter().map(|(from, to)| window(from, to)).collect();
        assert_eq!(free(span, &busy), left, "{busy:?}");
    }
}
