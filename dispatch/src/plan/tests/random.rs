//! Small days with every rule of the problem switched on, from a seed.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use telematics::place::LonLat;
use telematics::simulate::chance::Chance;

use crate::driver::LicenceClass;
use crate::money::Money;
use crate::plan::problem::{Driver, Place, Problem, Promise, Request, Rules, Shared, Vehicle, Window};
use crate::plan::travel::{Matrix, StraightLine, Travel, TravelSource, Way};

const UNITS: [&str; 3] = ["one", "two", "three"];
const CATEGORIES: [&str; 2] = ["sedan", "minibus"];
const TAGS: [&str; 2] = ["escort", "wheelchair"];

fn begins() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_402_400, 0).unwrap()
}

/// So many minutes into the day.
pub(super) fn minute(minute: usize) -> DateTime<Utc> {
    begins() + TimeDelta::minutes(i64::try_from(minute).unwrap())
}

fn word(chance: &mut Chance, words: &[&str]) -> String {
    (*chance.pick(words).unwrap()).to_owned()
}

fn some(chance: &mut Chance, words: &[&str], probability: f64) -> Vec<String> {
    words.iter().filter(|_| chance.happens(probability)).map(|word| (*word).to_owned()).collect()
}

/// A day of a few cars and up to a dozen requests.
pub(in crate::plan) fn day(seed: u64) -> Problem {
    let mut chance = Chance::of(&[seed]);
    let chance = &mut chance;
    let places: Vec<Place> = (0..4 + chance.below(6))
        .map(|number| {
            let at = LonLat::new(chance.between(120.0, 120.4), chance.between(30.0, 30.3)).unwrap();
            Place { id: format!("p{number}"), at: Some(at) }
        })
        .collect();
    let vehicles: Vec<Vehicle> = (0..=chance.below(6)).map(|number| vehicle(chance, number, places.len())).collect();
    let mut requests: Vec<Request> = (0..chance.below(13)).map(|number| request(chance, number, places.len())).collect();
    for at in 1..requests.len() {
        // Somebody goes the same way at about the same time.
        if chance.happens(0.15) {
            let id = requests[at].id.clone();
            requests[at] = Request { id, unit: word(chance, &UNITS), is_poolable: true, ..requests[at - 1].clone() };
            requests[at - 1].is_poolable |= chance.happens(0.7);
        }
    }
    let drivers = chance.happens(0.4).then(|| (0..=chance.below(7)).map(|number| driver(chance, number, places.len())).collect());
    let promises = if drivers.is_some() { Vec::new() } else { promises(chance, &requests, &vehicles) };
    Problem {
        now: minute(chance.below(40)),
        horizon: Window { from: begins(), to: minute(960) },
        offset: FixedOffset::east_opt(8 * 3600).unwrap(),
        travel: travel(chance, &places),
        places,
        vehicles,
        drivers,
        requests,
        promises,
        rules: Rules { nev_preference: Money::from_fen(300), cross_unit: Money::from_fen(500), reserve_range_m: 10_000 },
    }
}

fn travel(chance: &mut Chance, places: &[Place]) -> Travel {
    if chance.happens(0.7) {
        let at = places.iter().filter_map(|place| place.at).collect();
        let speeds = vec![(5_000.0, 28.0), (20_000.0, 45.0), (f64::INFINITY, 75.0)];
        return Travel::StraightLine(StraightLine { places: at, detour: 1.3, speeds });
    }
    // Ways of a table need not be the shortest: over a third place it may be shorter.
    let count = places.len();
    let ways = (0..count * count).map(|_| {
        let number = u32::try_from(chance.below(3_000)).unwrap();
        Way { metres: 10 * number, seconds: number }
    });
    Travel::Matrix(Matrix::new(count, ways.collect(), TravelSource::Table).unwrap())
}

fn windows(chance: &mut Chance) -> Vec<Window> {
    let from = chance.below(120);
    if chance.happens(0.3) {
        let noon = 360 + chance.below(100);
        return vec![
            Window { from: minute(from), to: minute(noon) },
            Window { from: minute(noon + 30 + chance.below(60)), to: minute(960) },
        ];
    }
    vec![Window { from: minute(from), to: minute(400 + chance.below(560)) }]
}

fn vehicle(chance: &mut Chance, number: usize, places: usize) -> Vehicle {
    let is_new_energy = chance.happens(0.5);
    let yard = chance.below(places);
    Vehicle {
        id: format!("v{number}"),
        unit: word(chance, &UNITS),
        category: word(chance, &CATEGORIES),
        seats: *chance.pick(&[5, 5, 7, 12, 22]).unwrap(),
        is_new_energy,
        yard,
        at: if chance.happens(0.2) { chance.below(places) } else { yard },
        available: windows(chance),
        range_m: is_new_energy.then(|| u32::try_from(60_000 + chance.below(150_000)).unwrap()),
        per_km: Money::from_fen(i64::try_from(50 + chance.below(200)).unwrap()),
        fixed: Money::from_fen(i64::try_from(chance.below(10_000)).unwrap()),
        shared_with: if chance.happens(0.5) { Shared::WithAll } else { Shared::With(some(chance, &UNITS, 0.4)) },
        tags: some(chance, &TAGS, 0.6),
    }
}

fn driver(chance: &mut Chance, number: usize, places: usize) -> Driver {
    let licences = [LicenceClass::A1, LicenceClass::B1, LicenceClass::C1];
    Driver {
        id: format!("d{number}"),
        licence: *chance.pick(&licences).unwrap(),
        duty: windows(chance),
        at: chance.happens(0.5).then(|| chance.below(places)),
    }
}

fn request(chance: &mut Chance, number: usize, places: usize) -> Request {
    let earliest = chance.below(800);
    // Some windows are wider than the service takes, so that two requests may follow each other either way.
    let width = *chance.pick(&[0, 15, 15, 60, 240]).unwrap();
    Request {
        id: format!("r{number}"),
        unit: word(chance, &UNITS),
        from: chance.below(places),
        to: chance.below(places),
        pick_up: Window { from: minute(earliest), to: minute(earliest + width) },
        service_s: u32::try_from(60 + chance.below(7_000)).unwrap(),
        service_m: u32::try_from(chance.below(60_000)).unwrap(),
        is_round_trip: chance.happens(0.4),
        passengers: u32::try_from(1 + chance.below(6)).unwrap(),
        categories: if chance.happens(0.5) { Vec::new() } else { vec![word(chance, &CATEGORIES)] },
        tags: some(chance, &TAGS, 0.1),
        is_emergency: chance.happens(0.1),
        is_poolable: chance.happens(0.2),
        unserved: Money::from_fen(i64::try_from(1_000 + chance.below(200_000)).unwrap()),
    }
}

/// Up to two promises; whether they can be kept is not known here.
fn promises(chance: &mut Chance, requests: &[Request], vehicles: &[Vehicle]) -> Vec<Promise> {
    let wanted = if chance.happens(0.4) { 1 + chance.below(2) } else { 0 };
    (0..requests.len().min(wanted)).map(|request| Promise { request, vehicle: chance.below(vehicles.len()) }).collect()
}
