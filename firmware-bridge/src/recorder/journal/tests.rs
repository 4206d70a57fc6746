//! What becomes a record, and which of two receivers is heard.

use chrono::TimeDelta;
use telematics::fix::Fix;
use telematics::nmea::epoch::EpochFix;
use telematics::nmea::sentence::TimeOfDay;
use telematics::place::LonLat;
use telematics::quantity::{Share, Speed};

use super::*;
use crate::clock::Strictness;
use crate::config::SamplerConfig;
use crate::odometer::OdometerSource;

fn start() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn journal() -> Journal {
    let keeper =
        Timekeeper::new("boot".to_owned(), Strictness { not_before: None, jump: Some(TimeDelta::seconds(5)), jump_fixes: 3 });
    let odometer = Odometer::new(Distance::from_km(100.0), OdometerSource::VehicleOrGnss);
    Journal::new(keeper, Sampler::new(SamplerConfig::default()), odometer)
}

fn now(second: u32) -> Now {
    Now { since: Duration::from_secs(u64::from(second)), wall: start() + TimeDelta::seconds(i64::from(second)) }
}

fn heard(line: usize, second: u32) -> Heard {
    let fix = Fix {
        at: LonLat::new(120.0, 30.0 + f64::from(second) / 11_119.5).unwrap(),
        speed: Some(Speed::from_kmh(36.0)),
        heading: None,
        altitude_m: None,
        satellites: None,
        hdop: None,
        accuracy: None,
    };
    let fixed_at = Some(start() + TimeDelta::seconds(i64::from(second)));
    let epoch = EpochFix { at: 0, fixed_at, time: TimeOfDay(second * 1000), mode: 3, fix, talkers: [].into() };
    Heard { line, epoch }
}

#[test]
fn the_second_receiver_takes_over_while_the_first_is_silent() {
    let mut journal = journal();
    for second in 0..10 {
        journal.hear(heard(0, second), now(second));
        journal.hear(heard(1, second), now(second));
    }
    assert_eq!((journal.counts().fixes, journal.counts().spare), (10, 10));
    for second in 10..30 {
        journal.hear(heard(1, second), now(second));
    }
    assert_eq!(journal.counts().fixes, 10 + 18, "two more are spare: three seconds have to pass");
    journal.hear(heard(0, 30), now(30));
    journal.hear(heard(1, 30), now(30));
    assert_eq!(journal.counts().spare, 13);
}

#[test]
fn an_edge_is_an_event_at_the_place_where_it_happened() {
    let mut journal = journal();
    journal.hear(heard(0, 0), now(0));
    let running = Reading { ignition: Some(true), fuel_share: Some(Share::from_pct(50.0)), ..Reading::default() };
    let events = journal.learn(running.clone(), now(2));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].weight, Weight::Event);
    assert_eq!(events[0].stamp, Stamp::Known((start() + TimeDelta::seconds(2)).timestamp_millis()));
    let record = &events[0].record;
    assert_eq!(
        (record.ev.as_deref(), record.ign, record.fpct, record.lat),
        (Some("ignition_on"), Some(true), Some(50.0), Some(30.0))
    );
    assert!(journal.learn(running.clone(), now(3)).is_empty());
    let off = Reading { ignition: Some(false), trouble_codes: Some(vec!["P0301".to_owned()]), ..running };
    let events: Vec<_> = journal.learn(off, now(4)).into_iter().map(|entry| entry.record.ev.unwrap()).collect();
    assert_eq!(events, ["ignition_off", "trouble_code"]);
}

#[test]
fn what_is_not_known_is_not_in_the_record_and_mileage_rises_over_an_outage_of_an_hour() {
    let mut journal = journal();
    let mut before = 0.0;
    let mut records = Vec::new();
    for second in (0..120).chain(3700..3820) {
        records.extend(journal.hear(heard(0, second), now(second)).into_iter().map(|entry| entry.record));
    }
    for record in &records {
        assert!(record.odo.unwrap() >= before, "the odometer never turns back");
        before = record.odo.unwrap();
        assert_eq!((record.fuel, record.soc, record.rpm, record.ign, record.v12), (None, None, None, None, None));
    }
    // 3819 seconds at ten metres a second, the outage among them.
    let fixes = journal.odometer_mm().unwrap();
    assert!((137_900_000..138_400_000).contains(&fixes), "{fixes}");
}
