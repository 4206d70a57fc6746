//! Online, offline, and what silence does to a trip.

use super::*;

#[test]
fn a_vehicle_comes_online_when_heard_and_goes_offline_when_silent() {
    let mut tracker = Tracker::new(VEHICLE);
    let policy = Policy::default();
    let mut said = Vec::new();
    for seen in drive(0, 100, 0.0) {
        said.extend(step(&mut tracker, &seen, &policy).iter().map(say));
    }
    for now in [200, 389, 390, 500] {
        said.extend(tick(&mut tracker, at(now), &policy).iter().map(say));
    }
    said.extend(step(&mut tracker, &fix(600, 6000.0), &policy).iter().map(say));
    assert_eq!(said, ["0 went_online", "0 trip_started", "390 went_offline", "600 went_online"]);
    assert!(tracker.live().online);
}

#[test]
fn a_parked_vehicle_may_sleep_longer() {
    let mut tracker = Tracker::new(VEHICLE);
    let policy = Policy::default();
    step(&mut tracker, &fix(0, 0.0).ignition(false), &policy);
    assert_eq!(tick(&mut tracker, at(3599), &policy), []);
    let gone: Vec<String> = tick(&mut tracker, at(5000), &policy).iter().map(say).collect();
    assert_eq!(gone, ["3600 went_offline"]);
}

#[test]
fn silence_ends_a_trip_and_its_going_on_takes_that_back() {
    let mut tracker = Tracker::new(VEHICLE);
    let policy = Policy::default();
    for seen in drive(0, 600, 0.0) {
        step(&mut tracker, &seen, &policy);
    }
    let id = tracker.live().trip;
    assert!(id.is_some());
    assert!(tick(&mut tracker, at(1480), &policy).iter().all(|event| event.kind == EventKind::WentOffline));
    let ended: Vec<String> = tick(&mut tracker, at(1490), &policy).iter().map(say).collect();
    assert_eq!(ended, ["590 trip_ended"]);
    assert_eq!((tracker.open_trip(), tracker.live().trip), (None, None));
    assert_eq!(tick(&mut tracker, at(9000), &policy), [], "told once");

    let mut later = tracker.clone();
    let said: Vec<String> = step(&mut later, &fix(9000, 90_000.0), &policy).iter().map(say).collect();
    assert_eq!(said, ["9000 went_online"], "the gap says nothing that was not told");

    // The uplink was silent, not the car: what it did meanwhile arrives in order.
    step(&mut tracker, &fix(600, 6000.0), &policy);
    assert_eq!(tracker.live().trip, id);
}
