//! Trips and stops.

use super::*;

#[test]
fn a_journey_between_two_places() {
    let done = check(
        "stands, drives 6 km, stands",
        &[stand(0, 600, 0.0), drive(600, 1200, 0.0), stand(1200, 2400, 6000.0)],
        &["0 stopped", "600 stop_ended", "600 trip_started", "1210 stopped", "1210 trip_ended"],
    );
    let [trip] = done.trips.as_slice() else { panic!("{:?}", done.trips) };
    assert!((trip.distance.metres() - 6000.0).abs() < 60.0, "{:?}", trip.distance);
    assert!((trip.max_speed.kmh() - 36.0).abs() < 0.5, "{:?}", trip.max_speed);
    assert_eq!((trip.stops, done.stops.len()), (0, 2));
    assert_eq!(done.stops[1].to, None);
    assert_eq!(done.stops[0].to, Some(trip.started_at));
}

#[test]
fn a_stop_on_the_way_is_counted_but_the_last_is_not() {
    let done = check(
        "a four minutes' stop on the way",
        &[
            stand(0, 600, 0.0),
            drive(600, 1200, 0.0),
            stand(1200, 1440, 6000.0),
            drive(1440, 2040, 6000.0),
            stand(2040, 3000, 12_000.0),
        ],
        &[
            "0 stopped",
            "600 stop_ended",
            "600 trip_started",
            "1210 stopped",
            "1440 stop_ended",
            "2050 stopped",
            "2050 trip_ended",
        ],
    );
    assert_eq!(done.trips.len(), 1);
    assert_eq!(done.trips[0].stops, 1);
    assert!((done.trips[0].distance.metres() - 12_000.0).abs() < 100.0, "{:?}", done.trips[0].distance);
}

#[test]
fn a_red_light_is_no_stop() {
    check(
        "two minutes at a light",
        &[drive(0, 600, 0.0), stand(600, 720, 6000.0), drive(720, 1320, 6000.0)],
        &["0 trip_started"],
    );
}

#[test]
fn waiting_with_the_engine_on_belongs_to_the_journey_and_turning_it_off_ends_it_sooner() {
    let on = |seen| each(seen, |seen| seen.ignition(true));
    check(
        "ten minutes at a door",
        &[on(drive(0, 600, 0.0)), on(stand(600, 1200, 6000.0)), on(drive(1200, 1800, 6000.0))],
        &["0 trip_started", "610 stopped", "1200 stop_ended"],
    );
    check(
        "parked",
        &[on(drive(0, 600, 0.0)), each(stand(600, 800, 6000.0), |seen| seen.ignition(false))],
        &["0 trip_started", "600 ignition_turned_off", "600 stopped", "600 trip_ended"],
    );
}

#[test]
fn drift_at_rest_makes_neither_trip_nor_way() {
    let wander = [0.0, 35.0, 12.0, -30.0, 55.0, 8.0, -60.0, 20.0, 70.0, -15.0];
    let night = (0..720).map(|n| fix(n * 30, wander[usize::try_from(n * 7 % 10).unwrap()])).collect();
    let done = check("six hours of drift, without speed", &[night], &["0 stopped"]);
    assert!(done.trips.is_empty());

    let slow = (0..720).map(|n| fix(n * 30, f64::from(i32::try_from(n).unwrap()) * 1.5)).collect();
    check("a drift of a kilometre in six hours", &[slow], &["0 stopped"]);
}

#[test]
fn a_tunnel_does_not_end_a_trip_and_a_long_silence_does() {
    let done = check(
        "ten minutes in a tunnel",
        &[drive(0, 600, 0.0), drive(1200, 1800, 12_000.0), stand(1800, 2200, 18_000.0)],
        &["0 trip_started", "1810 stopped", "1810 trip_ended"],
    );
    assert!((done.trips[0].distance.metres() - 18_000.0).abs() < 150.0, "{:?}", done.trips[0].distance);

    let done = check(
        "twenty minutes of silence, elsewhere after it",
        &[drive(0, 600, 0.0), drive(1800, 2400, 18_000.0)],
        &["0 trip_started", "590 trip_ended", "1800 trip_started"],
    );
    assert_eq!(done.trips.len(), 2);
    assert!((done.trips[0].distance.metres() - 5900.0).abs() < 60.0, "{:?}", done.trips[0].distance);
}

#[test]
fn a_terminal_that_sleeps_while_parked_knows_that_it_stood() {
    check(
        "eight hours of silence in one place",
        &[drive(0, 600, 0.0), stand(600, 620, 6000.0), drive(29_400, 30_000, 6000.0)],
        &["0 trip_started", "610 trip_ended", "610 stopped", "29400 stop_ended", "29400 trip_started"],
    );
}

#[test]
fn in_a_garage_the_ignition_says_that_the_trip_is_over() {
    let mut dark: Vec<Observation> = (600..1000).step_by(20).map(|secs| blind(secs).ignition(secs < 660)).collect();
    dark.push(fix(1000, 6030.0).ignition(true));
    check(
        "no fix from the entrance on",
        &[each(drive(0, 600, 0.0), |seen| seen.ignition(true)), dark],
        &["0 trip_started", "660 ignition_turned_off", "660 stopped", "660 trip_ended", "1000 ignition_turned_on"],
    );
}

#[test]
fn the_odometer_tells_the_way_while_it_is_sound() {
    let way = |from: f64, jump: f64| {
        let driven = |seen: Observation| {
            let metres = 1.02 * seen.fix.as_ref().map_or(0.0, |fix| (fix.at.lat() - 30.0) * 111_195.0);
            let slip = if metres > 3000.0 { jump } else { 0.0 };
            seen.odometer(from + metres + slip)
        };
        let seen = [stand(0, 600, 0.0), drive(600, 1200, 0.0), stand(1200, 1600, 6000.0)].concat();
        revise(VEHICLE, &each(seen, driven), &Policy::default()).trips[0].distance.metres()
    };
    assert!((way(50_000.0, 0.0) - 6120.0).abs() < 2.0, "{}", way(50_000.0, 0.0));
    for jump in [-2000.0, 400_000.0] {
        assert!((way(50_000.0, jump) - 6000.0).abs() < 60.0, "{}", way(50_000.0, jump));
    }
}

#[test]
fn a_trip_has_the_same_key_however_often_it_is_worked_out() {
    let seen = [stand(0, 600, 0.0), drive(600, 1200, 0.0)].concat();
    let once = revise(VEHICLE, &seen, &Policy::default());
    let again = revise(VEHICLE, &seen, &Policy::default());
    assert_eq!(once.trips[0].id, again.trips[0].id);
    assert_eq!(once.tracker.live().trip, Some(once.trips[0].id));
}
