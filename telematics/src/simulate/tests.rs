//! The simulated car is what it says it is: repeatable, on the road, and found again by the real tracker.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::chance::Chance;
use super::plan::{Activity, Kind, Planner, Purpose, Start};
use super::profile::{Drivetrain, Habit, Profile, Rhythm, Stock};
use super::vehicle::SimVehicle;
use super::world::World;
use crate::event::EventKind;
use crate::fix::Observation;
use crate::id::VehicleNo;
use crate::live::Motion;
use crate::policy::Policy;
use crate::tracker::{Tracker, step};

static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| Arc::new(World::hangzhou(&[], &[])));

const PETROL: Drivetrain = Drivetrain::Fuel { tank_l: 60.0, l_per_100km: 9.0 };
const ELECTRIC: Drivetrain = Drivetrain::Electric { battery_kwh: 60.0, kwh_per_100km: 16.0 };
const OFFICE: Rhythm = Rhythm::Office { work_from_s: 30_600 };

/// Monday 2026-03-02, midnight in Hangzhou.
fn monday() -> DateTime<Utc> {
    "2026-03-01T16:00:00Z".parse().unwrap()
}

fn profile(drivetrain: Drivetrain, rhythm: Rhythm) -> Profile {
    Profile { drivetrain, habit: Habit::Working, rhythm }
}

fn planner(seed: u64, profile: Profile) -> Planner {
    let mut chance = Chance::of(&[seed]);
    let stock = Stock { odometer_m: 42_000_000.0, fuel_l: chance.between(20.0, 55.0), soc_pct: chance.between(30.0, 95.0) };
    Planner::new(
        Arc::clone(&WORLD),
        seed,
        profile,
        usize::try_from(seed).unwrap() % 20,
        Start { at: None, stock, from: monday() },
    )
}

fn car(seed: u64, profile: Profile) -> SimVehicle {
    SimVehicle::new(planner(seed, profile), seed, profile.drivetrain, 0)
}

fn reports(seed: u64, profile: Profile, every_s: i64, hours: i64) -> Vec<Observation> {
    let mut car = car(seed, profile);
    (0..hours * 3600 / every_s).map(|tick| car.observe(monday() + TimeDelta::seconds(tick * every_s))).collect()
}

fn drives(activities: &[Activity]) -> Vec<&Activity> {
    activities.iter().filter(|activity| matches!(activity.kind, Kind::Drive(_))).collect()
}

#[test]
fn the_same_seed_gives_the_same_day_and_another_seed_another() {
    let office = profile(PETROL, OFFICE);
    assert_eq!(reports(5, office, 60, 20), reports(5, office, 60, 20));
    assert_ne!(reports(5, office, 60, 20), reports(6, office, 60, 20));
}

#[test]
fn how_often_one_looks_changes_nothing() {
    let office = profile(ELECTRIC, OFFICE);
    let (often, seldom) = (reports(9, office, 10, 20), reports(9, office, 120, 20));
    for seen in &seldom {
        let same = often.iter().find(|other| other.fixed_at == seen.fixed_at).unwrap();
        assert_eq!((same.fix.clone(), same.reading.clone()), (seen.fix.clone(), seen.reading.clone()));
    }
}

#[test]
fn an_office_car_works_by_day_and_is_home_at_night() {
    for seed in 0..8 {
        let end = monday() + TimeDelta::days(1);
        let day: Vec<_> = planner(seed, profile(PETROL, OFFICE)).take_while(|activity| activity.from < end).collect();
        let drives = drives(&day);
        assert!((2..=16).contains(&drives.len()), "seed {seed}: {} drives", drives.len());
        assert!(drives.iter().all(|drive| drive.from >= monday() + TimeDelta::hours(8)), "seed {seed}");
        let night = monday() + TimeDelta::hours(27);
        let stands_at = |at| {
            let mut car = car(seed, profile(PETROL, OFFICE));
            car.state(at).at
        };
        assert!(stands_at(monday()).distance_to(stands_at(night)).metres() < 1.0, "seed {seed}");
    }
}

#[test]
fn the_hour_at_which_work_begins_can_be_moved() {
    let night_shift = profile(PETROL, Rhythm::Office { work_from_s: 2 * 3600 });
    let first = planner(3, night_shift).find(|activity| matches!(activity.kind, Kind::Drive(_))).unwrap();
    let hours = (first.from - monday()).num_minutes();
    assert!((120..=300).contains(&hours), "{hours}");
}

#[test]
fn a_car_stays_within_thirty_metres_of_a_road_and_crosses_the_river_on_bridges_alone() {
    for seed in 0..6 {
        for seen in reports(seed, profile(PETROL, Rhythm::RoundTheClock), 20, 6) {
            let at = seen.fix.unwrap().at;
            let (off, road) = WORLD.graph().nearest_road(at).unwrap();
            assert!(off <= 30.0, "seed {seed}: {off} m from {} at {at:?}", road.name);
        }
    }
}

#[test]
fn speed_heading_and_odometer_agree_with_the_places() {
    let seen = reports(11, profile(PETROL, Rhythm::RoundTheClock), 1, 3);
    for pair in seen.windows(2) {
        let (before, after) = (pair[0].fix.as_ref().unwrap(), pair[1].fix.as_ref().unwrap());
        let moved = before.at.distance_to(after.at).metres();
        let speed = before.speed.unwrap().mps().max(after.speed.unwrap().mps());
        assert!(moved <= speed + 8.0, "{moved} m in a second at {speed} m/s at {}", pair[1].fixed_at);
        assert!(speed <= 30.0, "{speed}");
        let driven = pair[1].reading.odometer.unwrap().metres() - pair[0].reading.odometer.unwrap().metres();
        assert!((0.0..=31.0).contains(&driven), "{driven}");
    }
    let change = |pair: &[Observation]| {
        pair[1].fix.as_ref().unwrap().speed.unwrap().mps() - pair[0].fix.as_ref().unwrap().speed.unwrap().mps()
    };
    assert!(seen.windows(2).all(|pair| change(pair).abs() < 4.5));
    assert!(seen.iter().any(|s| s.fix.as_ref().unwrap().speed.unwrap().kmh() > 50.0));
}

#[test]
fn the_tracker_finds_the_trips_that_were_driven() {
    for seed in 0..12 {
        let drivetrain = if seed % 2 == 0 { PETROL } else { ELECTRIC };
        for rhythm in [OFFICE, Rhythm::RoundTheClock] {
            let profile = profile(drivetrain, rhythm);
            let end = monday() + TimeDelta::hours(23);
            let planned: Vec<_> = planner(seed, profile).take_while(|activity| activity.until < end).collect();
            let driven = drives(&planned);
            let mut tracker = Tracker::new(VehicleNo(1));
            let found: Vec<_> = reports(seed, profile, 10, 24)
                .iter()
                .flat_map(|seen| step(&mut tracker, seen, &Policy::default()))
                .filter_map(|event| if let EventKind::TripEnded(trip) = event.kind { Some(trip) } else { None })
                .filter(|trip| trip.ended_at.unwrap() < end)
                .collect();
            assert_eq!(found.len(), driven.len(), "seed {seed} {rhythm:?}");
            let km: f64 = found.iter().map(|trip| trip.distance.km()).sum();
            let truth: f64 = driven.iter().map(|drive| (drive.after.odometer_m - drive.before.odometer_m) / 1000.0).sum();
            assert!((km - truth).abs() <= 0.03 * truth, "seed {seed} {rhythm:?}: {km} km of {truth}");
        }
    }
}

#[test]
fn cars_fill_up_and_charge_before_they_are_empty() {
    let week = monday() + TimeDelta::days(3);
    for (drivetrain, purpose) in [(PETROL, Purpose::Refuelling), (ELECTRIC, Purpose::Charging)] {
        let plan: Vec<_> =
            planner(2, profile(drivetrain, Rhythm::RoundTheClock)).take_while(|activity| activity.from < week).collect();
        let fills = plan.iter().filter(|a| matches!(a.kind, Kind::Stand { purpose: why, .. } if why == purpose)).count();
        assert!(fills >= 2, "{fills} for {drivetrain:?}");
        assert!(plan.iter().all(|a| a.after.fuel_l > 3.0 && a.after.soc_pct > 5.0), "{drivetrain:?}");
    }
}

#[test]
fn the_tracker_sees_cars_refuel_and_charge() {
    let names = |drivetrain| {
        let mut tracker = Tracker::new(VehicleNo(1));
        let seen = reports(2, profile(drivetrain, Rhythm::RoundTheClock), 15, 48);
        let events = seen.iter().flat_map(|seen| step(&mut tracker, seen, &Policy::default()));
        events.map(|event| event.kind.name()).collect::<Vec<_>>()
    };
    assert!(names(PETROL).contains(&"refuelled"));
    assert!(names(ELECTRIC).contains(&"charging_ended"));
    assert!(!names(PETROL).contains(&"fuel_dropped"));
}

#[test]
fn two_of_three_round_the_clock_cars_move_at_any_time() {
    let mut cars: Vec<_> = (0..60)
        .map(|seed| {
            let drivetrain = if seed % 2 == 0 { PETROL } else { ELECTRIC };
            (car(seed, profile(drivetrain, Rhythm::RoundTheClock)), Tracker::new(VehicleNo(1)))
        })
        .collect();
    let mut sum = 0;
    for tick in 0..240 {
        let now = monday() + TimeDelta::seconds(tick * 60);
        let moving = cars
            .iter_mut()
            .filter_map(|(car, tracker)| {
                step(tracker, &car.observe(now), &Policy::default());
                (tracker.live().motion == Motion::Moving).then_some(())
            })
            .count();
        sum += moving;
        assert!(tick < 5 || moving >= 36, "{moving} of 60 move in minute {tick}");
    }
    assert!(sum >= 240 * 42, "{sum}");
}

#[test]
fn a_standing_car_stands() {
    let standing = Profile { habit: Habit::Standing, ..profile(PETROL, Rhythm::RoundTheClock) };
    let seen = reports(4, standing, 60, 24);
    let home = seen[0].fix.as_ref().unwrap().at;
    assert!(seen.iter().all(|s| s.fix.as_ref().unwrap().at.distance_to(home).metres() < 12.0));
    assert!(seen.iter().all(|s| s.fix.as_ref().unwrap().heading.is_none() && s.reading.ignition == Some(false)));
}
