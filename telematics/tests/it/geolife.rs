//! Real journeys in and around Beijing, looked at by hand on a map; a person with a receiver, now walking, now in a car.
//! The logs are not ours to keep here: where the folder beside the checkout is missing, these tests say nothing.

use std::fmt::Write as _;

use telematics::event::EventKind;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::{Revision, revise};

use crate::plt;

/// What is expected of one log: trips as from, to (minutes of the day), kilometres and top speed, each within a range.
struct Expected {
    log: &'static str,
    fixes: usize,
    trips: std::ops::RangeInclusive<usize>,
    long_trips: &'static [(&'static str, &'static str, f64, f64)],
    top_kmh: f64,
}

const LOGS: &[Expected] = &[
    // 41.8 km fix by fix, of which 5.7 across two silences and much indoors: 32.6 km remain. Five silences of 18 to 136 minutes.
    Expected {
        log: "geolife-001-20081025231428.plt",
        fixes: 3676,
        trips: 3..=6,
        long_trips: &[("23:44", "00:19", 12.2, 75.0), ("03:06", "03:25", 14.3, 100.0), ("06:46", "07:02", 5.2, 60.0)],
        top_kmh: 100.0,
    },
    // A morning's drive out on a motorway at 127 km/h, and one fix 307 m off at 00:58:57, which must not become 222 km/h.
    Expected {
        log: "geolife-006-20081108000507.plt",
        fixes: 1155,
        trips: 3..=4,
        long_trips: &[("00:06", "00:34", 27.6, 130.0), ("00:50", "01:17", 10.4, 95.0)],
        top_kmh: 130.0,
    },
    // Out for 35 km in the morning and back in the afternoon; between them three hours in buildings, where the receiver
    // jumps by up to 633 m in five seconds (05:15:17).
    Expected {
        log: "geolife-007-20081028002607.plt",
        fixes: 3473,
        trips: 5..=9,
        long_trips: &[("00:47", "02:11", 35.6, 75.0), ("06:46", "08:07", 34.5, 75.0)],
        top_kmh: 80.0,
    },
    // A train at up to 178 km/h: never at rest, and 1.2 km of jump at its end (16:11:41) that must not count as way.
    Expected { log: "geolife-010-20070804155303.plt", fixes: 581, trips: 1..=1, long_trips: &[], top_kmh: 200.0 },
];

#[test]
fn real_logs_give_the_trips_that_were_made() {
    for expected in LOGS {
        let Some(seen) = plt::log(expected.log) else { continue };
        assert_eq!(seen.len(), expected.fixes, "{}", expected.log);
        check(expected, &revise(VehicleNo(1), &seen, &Policy::default()));
    }
}

fn check(expected: &Expected, done: &Revision) {
    let log = expected.log;
    assert!(expected.trips.contains(&done.trips.len()), "{log}: {} trips", done.trips.len());
    for trip in &done.trips {
        assert!(trip.max_speed.kmh() <= expected.top_kmh, "{log}: {trip:?}");
    }
    for &(from, to, km, kmh) in expected.long_trips {
        let trip = done.trips.iter().find(|trip| trip.started_at.format("%H:%M").to_string() == from);
        let trip = trip.unwrap_or_else(|| panic!("{log}: no trip at {from} in {:#?}", done.trips));
        assert_eq!(trip.ended_at.map(|at| at.format("%H:%M").to_string()).as_deref(), Some(to), "{log}");
        assert!((trip.distance.km() - km).abs() < 0.3, "{log}: {:?} instead of {km} km", trip.distance);
        assert!(trip.max_speed.kmh() < kmh, "{log}: {:?}", trip.max_speed);
    }
    assert!(done.events.iter().any(|event| matches!(event.kind, EventKind::TripStarted(_))), "{log}");
    assert!(done.tracker.to_bytes().len() < 300, "{log}: {} bytes", done.tracker.to_bytes().len());
}

/// The same story in a few lines, which are ours: walking out of a building, driving, a jump, arriving.
#[test]
fn a_log_of_our_own_in_the_same_form() {
    let mut text =
        String::from("Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,made up,0,0,2,8421376\n0\n");
    for n in 0..600_u32 {
        let driven = n.clamp(120, 420) - 120;
        let lat = 39.9 + f64::from(driven) * 5.0 * 15.0 / 111_195.0 + if n == 300 { 0.03 } else { 0.0 };
        let (minute, second) = (n * 5 / 60, n * 5 % 60);
        writeln!(text, "{lat:.6},116.300000,0,160,39746.0,2008-10-25,08:{minute:02}:{second:02}").unwrap();
    }
    let seen = plt::parse(&text);
    let done = revise(VehicleNo(1), &seen, &Policy::default());
    let [trip] = done.trips.as_slice() else { panic!("{:#?}", done.trips) };
    assert!((trip.distance.km() - 22.5).abs() < 0.2, "{trip:?}");
    assert!((trip.max_speed.kmh() - 54.0).abs() < 1.0, "{trip:?}");
    assert_eq!(trip.started_at.format("%H:%M").to_string(), "08:10");
    assert_eq!(done.stops.len(), 2);
}
