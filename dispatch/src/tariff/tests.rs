//! Both tariffs of real fleets to the fen, their limits from both sides, and lines that always sum to the total.

use proptest::prelude::*;

use super::TariffClass::{Bus, BusinessSuv, Minibus, Sedan};
use super::*;
use crate::cost_line::total;
use crate::rule::tests::builtin;
use crate::rule::value::{Cell, RuleValue};

/// Rows of a table of the register, in the names of its columns; below zero: no limit.
fn table(columns: [&str; 3], rows: &[(&str, f64, f64)]) -> RuleValue {
    let row = |(class, limit, price): &(&str, f64, f64)| {
        let limit = if *limit < 0.0 { Cell::Blank(()) } else { Cell::Number(*limit) };
        let cells = [Cell::Text((*class).to_owned()), limit, Cell::Number(*price)];
        columns.iter().map(|name| (*name).to_owned()).zip(cells).collect()
    };
    RuleValue::Table(rows.iter().map(row).collect())
}

fn extras(rows: &[(&str, f64)]) -> RuleValue {
    let row = |(what, amount): &(&str, f64)| {
        [("what".to_owned(), Cell::Text((*what).to_owned())), ("amount".to_owned(), Cell::Number(*amount))].into()
    };
    RuleValue::Table(rows.iter().map(row).collect())
}

/// 广车改办〔2016〕19号, as the product brings it along: its prices hold waiting and driver, so it has no extras.
fn guangde(class: TariffClass) -> Tariff {
    let tariff = Tariff::of(&builtin(), &[], ("2026-03-02".parse().unwrap(), "2026-03-02T00:00:00Z".parse().unwrap()), class);
    Tariff { extras: Extras::default(), ..tariff }
}

/// A university's fleet: its own prices, the extras as the product brings them along, nothing by time.
fn university(class: TariffClass) -> Tariff {
    let distance = table(
        ["class", "up_to_km", "fen_per_km"],
        &[
            ("sedan", -1.0, 160.0),
            ("sedan", 50.0, 180.0),
            ("business_suv", -1.0, 250.0),
            ("minibus", -1.0, 400.0),
            ("bus", -1.0, 600.0),
        ],
    );
    let extras = extras(&[
        ("waiting_free_minutes", 30.0),
        ("waiting_step_minutes", 30.0),
        ("waiting_step_km", 5.0),
        ("short_trip_km", 25.0),
        ("short_trip_wait_hours", 2.0),
        ("short_trip_charged_km", 60.0),
        ("driver_meal_fen_day", 10_000.0),
    ]);
    Tariff::read(&distance, &RuleValue::Table(Vec::new()), &extras, class)
}

fn trip(area: TripArea, metres: u32, minutes: u32, waiting_minutes: u32) -> Use {
    Use { area, legs: vec![Leg { distance_m: metres, minutes, waiting_minutes }], days_out_of_town: 0 }
}

fn cost(tariff: &Tariff, used: &Use) -> i64 {
    total(&tariff.price(used).unwrap()).fen()
}

#[test]
fn guangde_by_distance_to_the_fen() {
    for (class, metres, fen) in [
        (Sedan, 1_000, 110),
        (Sedan, 100_000, 11_000),
        (Sedan, 101_000, 11_130),
        (Sedan, 200_000, 24_000),
        (Sedan, 400_000, 54_000),
        (Sedan, 450_000, 62_500),
        (Sedan, 123_456, 14_049),
        (BusinessSuv, 100_000, 15_000),
        (BusinessSuv, 200_000, 32_000),
        (BusinessSuv, 400_000, 70_000),
        (BusinessSuv, 401_000, 70_210),
        (Minibus, 100_000, 20_000),
        (Minibus, 200_000, 45_000),
        (Minibus, 400_000, 125_000),
        (Minibus, 500_000, 175_000),
    ] {
        assert_eq!(cost(&guangde(class), &trip(TripArea::Outside, metres, 600, 300)), fen, "{class} {metres} m");
    }
}

#[test]
fn guangde_by_time_to_the_fen() {
    for (class, minutes, fen) in [
        (Sedan, 1, 3_000),
        (Sedan, 120, 3_000),
        (Sedan, 121, 6_000),
        (Sedan, 240, 6_000),
        (Sedan, 241, 12_000),
        (Sedan, 480, 12_000),
        (Sedan, 481, 14_000),
        (Sedan, 540, 14_000),
        (Sedan, 541, 16_000),
        (BusinessSuv, 120, 5_000),
        (BusinessSuv, 240, 10_000),
        (BusinessSuv, 480, 20_000),
        (BusinessSuv, 600, 26_000),
        (Minibus, 120, 10_000),
        (Minibus, 240, 20_000),
        (Minibus, 480, 40_000),
        (Minibus, 481, 45_000),
    ] {
        assert_eq!(cost(&guangde(class), &trip(TripArea::Inside, 90_000, minutes, 60)), fen, "{class} {minutes} min");
    }
    let unpriced = guangde(Bus).price(&trip(TripArea::Outside, 1_000, 60, 0)).unwrap_err();
    assert_eq!(unpriced.code(), "tariff.no_price", "Guangde has no price for large buses");
}

#[test]
fn the_university_to_the_fen() {
    for (class, metres, waiting, fen, why) in [
        (Sedan, 50_000, 0, 9_000, "the first price up to its end"),
        (Sedan, 80_000, 30, 13_800, "then the second; half an hour of waiting is free"),
        (Sedan, 48_000, 31, 9_480, "a started half hour is five kilometres, and they go on where the trip ends"),
        (Sedan, 25_000, 120, 10_600, "a short trip is sixty kilometres"),
        (Sedan, 3_000, 0, 10_600, "however short"),
        (Sedan, 25_000, 121, 8_100, "too long a wait: 25 km and four half hours"),
        (Sedan, 26_000, 0, 4_680, "too far"),
        (BusinessSuv, 100_000, 95, 28_750, "115 km"),
        (Minibus, 30_000, 0, 12_000, ""),
        (Bus, 30_000, 90, 24_000, "40 km"),
        (Bus, 20_000, 60, 36_000, "60 km"),
    ] {
        let used = trip(TripArea::Outside, metres, 600, waiting);
        assert_eq!(cost(&university(class), &used), fen, "{class} {metres} m, {waiting} min: {why}");
    }
    let overnight = Use { days_out_of_town: 2, ..trip(TripArea::Outside, 300_000, 1_800, 0) };
    assert_eq!(cost(&university(Sedan), &overnight), 9_000 + 40_000 + 20_000, "and two days of meals");
    let inside = trip(TripArea::Inside, 30_000, 60, 0);
    assert_eq!(cost(&university(Minibus), &inside), 12_000, "without prices by time the distance counts");
}

#[test]
fn lines_say_how_a_price_comes_about() {
    let lines = guangde(Sedan).price(&trip(TripArea::Outside, 250_000, 600, 0)).unwrap();
    let told: Vec<_> =
        lines.iter().map(|line| (line.item, line.beyond, line.quantity, line.price.fen(), line.amount.fen())).collect();
    assert_eq!(
        told,
        [
            (CostItem::Distance, 0, 100_000, 110, 11_000),
            (CostItem::Distance, 100, 100_000, 130, 13_000),
            (CostItem::Distance, 200, 50_000, 150, 7_500)
        ]
    );
    let lines = guangde(Sedan).price(&trip(TripArea::Inside, 0, 500, 0)).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.item, line.beyond, line.quantity, line.amount.fen())).collect();
    assert_eq!(told, [(CostItem::Time, 4, 1, 12_000), (CostItem::ExtraHours, 8, 1, 2_000)]);
}

#[test]
fn a_merged_return_leg_is_priced_as_one_trip() {
    let there = Leg { distance_m: 60_000, minutes: 90, waiting_minutes: 20 };
    let merged = Use { area: TripArea::Outside, legs: vec![there, there], days_out_of_town: 0 };
    let alone = trip(TripArea::Outside, 60_000, 90, 20);
    assert_eq!(cost(&guangde(Sedan), &merged), 11_000 + 2_600, "the second price begins once");
    assert_eq!(2 * cost(&guangde(Sedan), &alone), 13_200);
    assert_eq!(cost(&university(Sedan), &merged), 9_000 + 11_200 + 800, "and the free minutes count once");
    let inside = Use { area: TripArea::Inside, ..merged };
    assert_eq!(cost(&guangde(Sedan), &inside), 6_000, "three hours in all");
}

#[test]
fn where_the_rule_says_so_the_last_price_holds_for_the_whole_trip() {
    let whole = Extras { is_by_whole_trip: true, ..Extras::default() };
    let tariff = Tariff { extras: whole, ..guangde(Sedan) };
    assert_eq!(cost(&tariff, &trip(TripArea::Outside, 100_000, 0, 0)), 11_000);
    assert_eq!(cost(&tariff, &trip(TripArea::Outside, 101_000, 0, 0)), 13_130);
}

#[test]
fn a_time_share_day_is_capped_at_exactly_24_hours() {
    let (hour, cap) = (Money::from_fen(500), Money::from_fen(8_300));
    let cost = |minutes: u32| total(&time_share(minutes, hour, cap)).fen();
    for (minutes, fen) in [
        (60, 500),
        (61, 1_000),
        (16 * 60, 8_000),
        (16 * 60 + 1, 8_300),
        (24 * 60 - 1, 8_300),
        (24 * 60, 8_300),
        (24 * 60 + 1, 8_800),
        (48 * 60, 16_600),
        (48 * 60 + 20 * 60, 24_900),
    ] {
        assert_eq!(cost(minutes), fen, "{minutes} min");
    }
    let told: Vec<_> = time_share(1_441, hour, cap).iter().map(|line| (line.item, line.quantity, line.amount.fen())).collect();
    assert_eq!(told, [(CostItem::TimeShare, 25, 12_500), (CostItem::Cap, 1, -3_700)]);
}

#[test]
fn the_class_goes_by_seats() {
    for (seats, class) in [(5, "sedan"), (7, "business_suv"), (9, "business_suv"), (10, "minibus"), (19, "minibus"), (20, "bus")]
    {
        assert_eq!(TariffClass::of_seats(Seats::new(seats).unwrap()).as_str(), class);
    }
}

proptest! {
    #[test]
    fn lines_follow_each_other_without_a_gap_and_more_never_costs_less(
        metres in 0_u32..1_000_000, more in 0_u32..50_000, waiting in 0_u32..600,
    ) {
        let tariff = guangde(Sedan);
        let lines = tariff.price(&trip(TripArea::Outside, metres, 0, waiting)).unwrap();
        prop_assert_eq!(lines.iter().map(|line| line.quantity).sum::<u32>(), metres);
        prop_assert!(lines.iter().all(|line| line.amount == line.price.for_metres(line.quantity)));
        prop_assert!(cost(&tariff, &trip(TripArea::Outside, metres + more, 0, waiting)) >= total(&lines).fen());
    }

    #[test]
    fn no_span_of_24_hours_costs_more_than_the_cap(minutes in 0_u32..20_000, hour in 1_i64..2_000) {
        let cap = Money::from_fen(8_300);
        let cost = total(&time_share(minutes, Money::from_fen(hour), cap));
        prop_assert!(cost <= cap.times(minutes.div_ceil(24 * 60)));
        prop_assert!(cost <= Money::from_fen(hour).times(minutes.div_ceil(60)));
    }
}
