//! Suppliers' cars: who is offered first, what a day and a year may cost.

use uuid::Uuid;

use super::*;

fn fen(fen: i64) -> Money {
    Money::from_fen(fen)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const HOURLY: ContractPrice = ContractPrice::TimeShare { hour_fen: Money::from_fen(500) };
const DAILY: ContractPrice = ContractPrice::Rental { day_fen: Money::from_fen(30_000), km_fen: Money::from_fen(120) };

#[test]
fn a_contract_says_for_what_when_and_at_which_price_and_all_that_is_wrong_is_told() {
    let span = (day("2026-01-01"), day("2026-12-31"));
    let contract = Contract::new(" ZL-2026-1 ", vec![TariffClass::Sedan], span, DAILY).unwrap();
    assert_eq!((contract.number.as_str(), contract.price.kind()), ("ZL-2026-1", ContractKind::Rental));
    let free = ContractPrice::TimeShare { hour_fen: Money::ZERO };
    let wrong = Contract::new(" ", Vec::new(), (span.1, span.0), free).unwrap_err();
    assert_eq!(wrong.iter().map(|wrong| wrong.field()).collect::<Vec<_>>(), ["number", "last", "classes", "hour_fen"]);
    let wrong = Contract::new("1", vec![TariffClass::Bus], span, ContractPrice::Rental { day_fen: fen(1), km_fen: fen(-1) });
    assert_eq!(wrong.unwrap_err(), [SupplierError::Price("km_fen")]);
}

#[test]
fn a_hire_costs_what_the_contract_says_and_a_time_share_car_no_more_than_its_caps() {
    let caps = |left: i64| Caps { day: fen(8_300), left_of_year: fen(left) };
    let hire = |minutes: u32, days: u32| Hire { minutes, days, distance_m: 60_000 };
    let cost = |price: ContractPrice, hire: Hire, left: i64| total(&price.lines(hire, caps(left))).fen();
    let cases = [
        ("two days and 60 km", DAILY, hire(1_500, 2), 0, 67_200),
        ("an hour and a half is two hours", HOURLY, hire(90, 1), 2_095_000, 1_000),
        ("24 hours exactly", HOURLY, hire(24 * 60, 1), 2_095_000, 8_300),
        ("one minute more is an hour of its own", HOURLY, hire(24 * 60 + 1, 2), 2_095_000, 8_800),
        ("as much as is left of the year", HOURLY, hire(90, 1), 1_000, 1_000),
        ("a fen less is left", HOURLY, hire(90, 1), 999, 999),
        ("the year's cap is reached", HOURLY, hire(90, 1), 0, 0),
        ("it was passed before the rule was lowered", HOURLY, hire(90, 1), -5, 0),
    ];
    for (what, price, hire, left, expected) in cases {
        assert_eq!(cost(price, hire, left), expected, "{what}");
    }
}

fn offer(number: u128, is_new_energy: bool, price: i64, stars: Option<i32>) -> Offer {
    Offer { vehicle: VehicleId(Uuid::from_u128(number)), is_new_energy, price: fen(price), stars }
}

#[test]
fn new_energy_is_offered_first_whatever_it_costs() {
    let mut offers = [
        offer(1, false, 100, Some(500)),
        offer(2, true, 900, None),
        offer(3, true, 300, Some(410)),
        offer(4, true, 300, Some(480)),
        offer(5, false, 90, None),
    ];
    rank(&mut offers);
    assert_eq!(offers.map(|offer| offer.vehicle.0.as_u128()), [4, 3, 2, 5, 1]);
}

#[test]
fn passing_over_new_energy_needs_a_reason() {
    let taken = |number: u128| VehicleId(Uuid::from_u128(number));
    let both = [offer(1, false, 1, None), offer(2, true, 1, None)];
    assert!(passes_over_new_energy(taken(1), &both));
    assert!(!passes_over_new_energy(taken(2), &both));
    assert!(!passes_over_new_energy(taken(9), &both), "a car of the unit itself");
    assert!(!passes_over_new_energy(taken(1), &both[..1]), "there is none");
}
