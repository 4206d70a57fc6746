//! Days of the product's shape, from a seed: one prefecture with its counties and yards, cars of five types that are shared in five
//! ways and work in four shifts, and requests with windows of a quarter of an hour.
//!
//! The figures are guesses about official cars, as there are no public data of their trips; what is scarce is scarce on purpose.
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small made-up numbers")]
#![expect(clippy::indexing_slicing, reason = "tables of this file")]

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use dispatch::money::Money;
use dispatch::plan::problem::{Place, Problem, Request, Rules, Shared, Vehicle, Window};
use dispatch::plan::travel::{StraightLine, Travel};
use telematics::place::LonLat;
use telematics::simulate::chance::Chance;

/// How large a day is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) requests: usize,
    pub(crate) cars: usize,
    /// More requests at the same hours, and longer ones.
    pub(crate) is_tight: bool,
}

const COUNTIES: usize = 13;
const YARDS: usize = 64;
const UNITS: usize = 64;

/// A type of car: seats, fen a kilometre, fen for taking it out, how many of a hundred cars, how many of a hundred of them electric.
const TYPES: [(&str, u32, i64, i64, usize, usize); 5] = [
    ("sedan", 5, 120, 9_000, 46, 60),
    ("suv", 5, 160, 11_000, 20, 30),
    ("business", 8, 190, 13_000, 18, 30),
    ("minibus", 19, 260, 20_000, 10, 20),
    ("bus", 39, 420, 32_000, 6, 0),
];
/// Shifts: from and until which minute of the day.
const SHIFTS: [(i64, i64); 4] = [(450, 1_080), (360, 900), (720, 1_320), (360, 1_350)];

/// The day of a seed.
pub(crate) fn day(size: Size, seed: u64) -> Problem {
    let mut chance = Chance::of(&[seed, size.requests as u64, size.cars as u64]);
    let seats: Vec<(f64, f64)> = (0..COUNTIES).map(|_| (chance.between(118.7, 120.6), chance.between(29.4, 30.5))).collect();
    let mut places: Vec<Place> = Vec::new();
    for yard in 0..YARDS {
        places.push(near(&mut chance, seats[yard % COUNTIES], 0.05, format!("yard {yard}")));
    }
    let vehicles = (0..size.cars).map(|number| vehicle(&mut chance, number, size.is_tight)).collect();
    let requests = (0..size.requests).map(|number| request(&mut chance, number, size, &seats, &mut places)).collect();
    let line = StraightLine {
        places: places.iter().filter_map(|place| place.at).collect(),
        detour: 1.3,
        speeds: vec![(5_000.0, 28.0), (20_000.0, 45.0), (f64::INFINITY, 75.0)],
    };
    Problem {
        now: midnight() + TimeDelta::hours(5),
        horizon: Window { from: midnight(), to: midnight() + TimeDelta::hours(24) },
        offset: FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset"),
        places,
        travel: Travel::StraightLine(line),
        vehicles,
        drivers: None,
        requests,
        promises: Vec::new(),
        rules: Rules { nev_preference: Money::from_fen(300), cross_unit: Money::from_fen(500), reserve_range_m: 30_000 },
    }
}

fn midnight() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_380_800, 0).expect("2 March 2026 in Beijing")
}

fn minute(minute: i64) -> DateTime<Utc> {
    midnight() + TimeDelta::minutes(minute)
}

fn near(chance: &mut Chance, (lon, lat): (f64, f64), degrees: f64, id: String) -> Place {
    let spread = |chance: &mut Chance| (chance.unit() + chance.unit() + chance.unit() - 1.5) / 1.5 * degrees;
    let at = LonLat::new(lon + spread(chance), lat + spread(chance)).expect("a place in the province");
    Place { id, at: Some(at) }
}

fn vehicle(chance: &mut Chance, number: usize, is_tight: bool) -> Vehicle {
    let (name, seats, per_km, fixed, _, electric) = TYPES[of_hundred(chance, TYPES.map(|kind| kind.4))];
    let is_new_energy = chance.below(100) < electric;
    let (yard, unit) = (chance.below(YARDS), chance.below(UNITS));
    let shared_with = match of_hundred(chance, if is_tight { [25, 15, 15, 15, 30] } else { [8, 10, 12, 10, 60] }) {
        0 => Shared::With(Vec::new()),
        1 => Shared::With(units(|other| other % COUNTIES == unit % COUNTIES)),
        2 => Shared::With(units(|other| other / 16 == unit / 16)),
        3 => Shared::With(units(|other| other % 2 == unit % 2)),
        _ => Shared::WithAll,
    };
    let (from, to) = SHIFTS[of_hundred(chance, [45, 20, 15, 20])];
    let range = [160_000, 220_000, 300_000, 420_000][chance.below(4)];
    Vehicle {
        id: format!("car {number}"),
        unit: format!("unit {unit}"),
        category: name.to_owned(),
        seats,
        is_new_energy,
        yard,
        at: yard,
        available: vec![Window { from: minute(from), to: minute(to) }],
        range_m: is_new_energy.then_some(range),
        per_km: Money::from_fen(if is_new_energy { per_km / 2 } else { per_km }),
        fixed: Money::from_fen(fixed),
        shared_with,
        tags: if chance.happens(0.2) { vec!["escort".to_owned()] } else { Vec::new() },
    }
}

fn units(is_in: impl Fn(usize) -> bool) -> Vec<String> {
    (0..UNITS).filter(|unit| is_in(*unit)).map(|unit| format!("unit {unit}")).collect()
}

/// An index drawn by shares of a hundred.
fn of_hundred<const N: usize>(chance: &mut Chance, shares: [usize; N]) -> usize {
    let mut left = chance.below(100);
    for (index, share) in shares.into_iter().enumerate() {
        if left < share {
            return index;
        }
        left -= share;
    }
    N - 1
}

fn request(chance: &mut Chance, number: usize, size: Size, seats: &[(f64, f64)], places: &mut Vec<Place>) -> Request {
    let (home, unit) = (chance.below(COUNTIES), chance.below(UNITS));
    let is_far = chance.happens(if size.is_tight { 0.15 } else { 0.08 });
    let goal = if is_far { chance.below(COUNTIES) } else { home };
    places.push(near(chance, seats[home], 0.12, format!("from {number}")));
    places.push(near(chance, seats[goal], 0.18, format!("to {number}")));
    let (from, to) = (places.len() - 2, places.len() - 1);
    let way = places[from].at.zip(places[to].at).map_or(0.0, |(from, to)| from.distance_to(to).metres() * 1.3);
    let is_round_trip = chance.happens(0.5);
    let peaks: [f64; 3] = [510.0, 660.0, 870.0];
    let spread = if size.is_tight { 120.0 } else { 160.0 };
    let peak = peaks[chance.below(3)];
    let earliest = (peak + spread * (chance.unit() + chance.unit() - 1.0) * 2.0).clamp(380.0, 1_200.0) as i64;
    let stay =
        if is_round_trip { chance.between(20.0, if size.is_tight { 120.0 } else { 80.0 }) } else { chance.between(3.0, 15.0) };
    let ways = if is_round_trip { 2.0 } else { 1.0 };
    let service_s = ((ways * way / 11.0 + stay * 60.0) as u32).max(1_200);
    let passengers = [1, 2, 3, 4, 6, 12, 25][of_hundred(chance, [35, 27, 16, 12, 6, 3, 1])];
    let categories: Vec<&str> = match passengers {
        0..=4 => [vec!["sedan", "suv", "business"], vec!["sedan"], vec!["suv"]][of_hundred(chance, [70, 20, 10])].clone(),
        5..=7 => vec!["business", "minibus"],
        8..=18 => vec!["minibus", "bus"],
        _ => vec!["bus"],
    };
    Request {
        id: format!("request {number}"),
        unit: format!("unit {unit}"),
        from,
        to,
        pick_up: Window { from: minute(earliest), to: minute(earliest + 15) },
        service_s,
        service_m: (ways * way) as u32,
        is_round_trip,
        passengers,
        categories: categories.into_iter().map(ToOwned::to_owned).collect(),
        tags: if chance.happens(0.03) { vec!["escort".to_owned()] } else { Vec::new() },
        is_emergency: false,
        is_poolable: false,
        unserved: Money::from_fen(200_000),
    }
}
