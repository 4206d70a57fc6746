//! What holds of the tracker whatever a vehicle does.

use proptest::prelude::*;
use telematics::event::VehicleEvent;
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::revise;
use telematics::tracker::{Tracker, step, tick};

use crate::made_up::{day, legs, terminal};

const VEHICLE: VehicleNo = VehicleNo(7);

fn run(tracker: &mut Tracker, seen: &[Observation]) -> Vec<VehicleEvent> {
    seen.iter().flat_map(|seen| step(tracker, seen, &Policy::default())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn time_never_goes_back(legs in legs(), terminal in terminal(), turns in any::<u64>()) {
        let mut seen = day(&legs, &terminal);
        shuffle(&mut seen, turns);
        let mut tracker = Tracker::new(VEHICLE);
        let mut newest = None;
        for seen in &seen {
            let before = tracker.clone();
            let is_late = tracker.is_late(seen);
            let events = step(&mut tracker, seen, &Policy::default());
            prop_assert!(tracker.newest() >= newest);
            if is_late {
                prop_assert!(events.is_empty());
                prop_assert_eq!(&tracker, &before);
            }
            newest = tracker.newest();
        }
    }

    #[test]
    fn a_restart_anywhere_changes_nothing(legs in legs(), terminal in terminal(), cut in any::<prop::sample::Index>()) {
        let seen = day(&legs, &terminal);
        let mut whole = Tracker::new(VEHICLE);
        let expected = run(&mut whole, &seen);

        let (first, second) = seen.split_at(cut.index(seen.len() + 1));
        let mut before = Tracker::new(VEHICLE);
        let mut events = run(&mut before, first);
        let mut after = Tracker::from_bytes(&before.to_bytes()).unwrap();
        prop_assert_eq!(&after, &before);
        events.extend(run(&mut after, second));
        prop_assert_eq!(events, expected);
        prop_assert_eq!(after, whole);
    }

    #[test]
    fn duplicates_change_nothing(legs in legs(), terminal in terminal(), again in 1_usize..5) {
        let seen = day(&legs, &terminal);
        let twice: Vec<Observation> = seen.chunks(again).flat_map(|some| [some, some].concat()).collect();
        let (mut once, mut more) = (Tracker::new(VEHICLE), Tracker::new(VEHICLE));
        prop_assert_eq!(run(&mut once, &seen), run(&mut more, &twice));
        prop_assert_eq!(once, more);
    }

    #[test]
    fn trips_and_stops_follow_one_another(legs in legs(), terminal in terminal()) {
        let seen = day(&legs, &terminal);
        let done = revise(VEHICLE, &seen, &Policy::default());
        let way: f64 = seen.windows(2).filter_map(|pair| {
            let (one, next) = (pair[0].fix.as_ref()?, pair[1].fix.as_ref()?);
            Some(one.at.distance_to(next.at).metres())
        }).sum();
        for trip in &done.trips {
            prop_assert!(trip.ended_at.is_none_or(|ended_at| trip.started_at <= ended_at), "{:?}", trip);
            prop_assert!(trip.max_speed.kmh() <= Policy::default().plausible_kmh);
            prop_assert!(trip.distance.metres() >= 0.0);
        }
        if !terminal.has_bus && !seen.iter().any(|seen| seen.fix.is_none()) {
            let sum: f64 = done.trips.iter().map(|trip| trip.distance.metres()).sum();
            prop_assert!(sum <= way * 1.001 + 1.0, "{} of {}", sum, way);
        }
        for pair in done.trips.windows(2) {
            prop_assert!(pair[0].ended_at.is_some_and(|ended_at| ended_at <= pair[1].started_at), "{:?}", pair);
        }
        for stop in &done.stops {
            prop_assert!(stop.to.is_none_or(|to| stop.from <= to), "{:?}", stop);
        }
        for pair in done.stops.windows(2) {
            prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from), "{:?}", pair);
        }
    }

    #[test]
    fn any_observation_and_any_tick_is_borne(
        times in prop::collection::vec((any::<i32>(), -180.0..180.0_f64, -90.0..90.0_f64, any::<f64>(), any::<Option<bool>>()), 0..60),
    ) {
        let mut tracker = Tracker::new(VEHICLE);
        for (secs, lon, lat, number, flag) in times {
            let record = telematics::record::Record {
                seq: i64::from(secs),
                t: i64::from(secs) * 500,
                lon: Some(lon),
                lat: Some(lat),
                spd: Some(number),
                odo: Some(number),
                fuel: Some(-number),
                v12: Some(number / 3.0),
                ign: flag,
                chg: flag,
                ..telematics::record::Record::default()
            };
            let received_at = chrono::DateTime::from_timestamp(i64::from(secs), 0).unwrap();
            if let Ok(seen) = record.to_observation(received_at) {
                step(&mut tracker, &seen, &Policy::default());
                tick(&mut tracker, received_at, &Policy::default());
                prop_assert_eq!(Tracker::from_bytes(&tracker.to_bytes()), Ok(tracker.clone()));
            }
        }
    }

    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Tracker::from_bytes(&bytes);
    }
}

/// An order of `seen` that depends on `turns` alone.
pub(crate) fn shuffle<T>(seen: &mut [T], turns: u64) {
    let mut state = turns | 1;
    for place in (1..seen.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap() % (place + 1);
        seen.swap(place, other);
    }
}
