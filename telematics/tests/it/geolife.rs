//! Real journeys.

use telematics::event::EventKind;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::revise;

use crate::plt;

#[test]
fn look() {
    for name in [
        "geolife-001-20081025231428.plt",
        "geolife-006-20081108000507.plt",
        "geolife-007-20081028002607.plt",
        "geolife-010-20070804155303.plt",
    ] {
        let Some(seen) = plt::log(name) else { return };
        let r = revise(VehicleNo(1), &seen, &Policy::default());
        println!("== {name} {} fixes", seen.len());
        for e in &r.events {
            match &e.kind {
                EventKind::TripEnded(t) => println!(
                    "trip {} .. {} {:.0} m max {:.0} stops {}",
                    t.started_at.time(),
                    t.ended_at.unwrap().time(),
                    t.distance.metres(),
                    t.max_speed.kmh(),
                    t.stops
                ),
                EventKind::StopEnded(s) => println!(
                    "  stop {} .. {} {:.0}s",
                    s.from.time(),
                    s.to.unwrap().time(),
                    (s.to.unwrap() - s.from).as_seconds_f64()
                ),
                EventKind::TripStarted(_) | EventKind::Stopped(_) => {}
                k => println!("  {} {}", e.at.time(), k.name()),
            }
        }
        if let Some(t) = r.tracker.open_trip() {
            println!(
                "open trip {} {:.0} m max {:.0} stops {}",
                t.started_at.time(),
                t.distance.metres(),
                t.max_speed.kmh(),
                t.stops
            )
        }
        if let Some(s) = r.tracker.open_stop() {
            println!("open stop {}", s.from.time())
        }
        println!("bytes {}", r.tracker.to_bytes().len());
    }
}
