//! Jumps, invalid fixes, what is late, and how the vehicle moves right now.

use super::*;
use crate::live::Motion;

fn run(seen: &[Observation]) -> Tracker {
    revise(VEHICLE, seen, &Policy::default()).tracker
}

fn metres(tracker: &Tracker) -> f64 {
    (tracker.live().fix.as_ref().unwrap().at.lat() - 30.0) * 111_195.0
}

#[test]
fn a_jump_is_not_believed_until_fixes_agree_on_it() {
    let mut seen = stand(0, 600, 0.0);
    seen.push(fix(600, 3000.0));
    assert!(metres(&run(&seen)).abs() < 1.0, "one fix, 3 km in 10 s");
    seen.push(fix(610, 5.0));
    assert!((metres(&run(&seen)) - 5.0).abs() < 1.0, "and back");
    seen.extend([fix(620, 3000.0), fix(630, 3010.0), fix(640, 3005.0)]);
    assert!((metres(&run(&seen)) - 3005.0).abs() < 1.0, "three that agree are a place");
}

#[test]
fn a_jump_makes_neither_way_nor_speed() {
    let mut far = drive(600, 1200, 0.0);
    for wild in [10, 30, 31] {
        far[wild].fix = fix(0, 40_000.0).fix;
    }
    let done = check("three wild fixes", &[stand(0, 600, 0.0), far], &["0 stopped", "600 stop_ended", "600 trip_started"]);
    let trip = &done.trips[0];
    assert!((trip.distance.metres() - 5900.0).abs() < 60.0, "{:?}", trip.distance);
    assert!(trip.max_speed.kmh() < 40.0, "{:?}", trip.max_speed);
}

#[test]
fn what_the_receiver_calls_poor_keeps_the_last_place() {
    let poor: [fn(&mut Fix); 4] = [
        |fix| fix.accuracy = Some(Distance::from_metres(900.0)),
        |fix| fix.hdop = Some(50.0),
        |fix| fix.satellites = Some(2),
        |fix| fix.at = LonLat::new(0.0, 0.0).unwrap(),
    ];
    for spoil in poor {
        let mut seen = vec![fix(0, 0.0), fix(10, 100.0)];
        spoil(seen[1].fix.as_mut().unwrap());
        let tracker = run(&seen);
        assert!(metres(&tracker).abs() < 1.0);
        assert_eq!(tracker.newest(), Some(at(10)));
    }
}

#[test]
fn what_is_late_or_said_twice_changes_nothing() {
    let mut tracker = run(&[stand(0, 600, 0.0), drive(600, 900, 0.0)].concat());
    let before = tracker.clone();
    for again in [fix(890, 2900.0), fix(300, 5000.0).ignition(true), fix(890, 9.0).event("sos")] {
        assert!(tracker.is_late(&again));
        assert_eq!(step(&mut tracker, &again, &Policy::default()), []);
    }
    assert_eq!(tracker, before);
}

#[test]
fn how_it_moves_is_known_at_once() {
    let mut tracker = Tracker::new(VEHICLE);
    for (seen, motion) in [
        (fix(0, 0.0).kmh(0.0).ignition(true), Motion::Idling),
        (fix(5, 9.0).kmh(7.0).ignition(true), Motion::Moving),
        (fix(10, 16.0).kmh(4.0).ignition(true), Motion::Moving),
        (fix(15, 18.0).kmh(1.0).ignition(true), Motion::Idling),
        (fix(20, 18.0).kmh(4.0).ignition(true), Motion::Idling),
        (fix(25, 18.0).kmh(0.0).ignition(false), Motion::Parked),
        (blind(30).ignition(true), Motion::Idling),
    ] {
        let said = seen.clone();
        step(&mut tracker, &seen, &Policy::default());
        assert_eq!(tracker.live().motion, motion, "{said:?}");
    }
}

#[test]
fn a_reading_stays_known_until_a_newer_one_comes() {
    let tracker = run(&[fix(0, 0.0).fuel(40.0).ignition(true), fix(10, 0.0), blind(20).volts(12.6)]);
    let known = &tracker.live().reading;
    assert_eq!(known.fuel, Some(Volume::from_litres(40.0)));
    assert_eq!(known.voltage, Some(Voltage::from_volts(12.6)));
    assert_eq!(known.ignition, Some(true));
    assert!(tracker.live().fix.is_some());
}

#[test]
fn a_tracker_is_small_and_comes_back_equal() {
    let seen = each([stand(0, 600, 0.0), drive(600, 900, 0.0)].concat(), |seen| {
        let secs = f64::from(i32::try_from(seen.sequence).unwrap());
        seen.kmh(36.2).ignition(true).odometer(50_000.0 + secs).fuel(41.7).soc(77.5, false).volts(13.9).codes(&["P0301"])
    });
    let tracker = run(&seen);
    let bytes = tracker.to_bytes();
    assert!(bytes.len() < 300, "{} bytes", bytes.len());
    assert_eq!(Tracker::from_bytes(&bytes), Ok(tracker));
}
