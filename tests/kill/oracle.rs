//! What should be there: every acknowledged record once, and the trips that the pure tracker finds in the stored ones.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use fleet_db::testing::fleet;
use fleet_db::{PgPool, event, stop, track, trip};
use telematics::policy::Policy;
use telematics::revise;
use telematics::trip::Trip;

use crate::car::Car;

/// Events of the link: about when we heard, not about the track.
const LINK: [&str; 2] = ["went_online", "went_offline"];

/// How much was compared.
pub(crate) struct Told {
    pub(crate) positions: usize,
    pub(crate) trips: usize,
}

/// Compares the store with what `car` knows and with the pure tracker.
pub(crate) async fn check(pool: &PgPool, car: &Car) -> Told {
    let vehicle = car.vehicle;
    let stored = fleet::stored(pool, vehicle).await.unwrap();
    let keys: BTreeSet<(DateTime<Utc>, i64)> = stored.iter().copied().collect();
    assert_eq!(keys.len(), stored.len(), "vehicle {vehicle}: a position is stored twice");
    let missing: Vec<i64> =
        car.acknowledged.iter().copied().filter(|sequence| !keys.contains(&(car.sent[sequence], *sequence))).collect();
    assert!(missing.is_empty(), "vehicle {vehicle}: acknowledged and not stored: {missing:?}");
    assert_eq!(
        keys.len(),
        car.sent.len(),
        "vehicle {vehicle}: everything was acknowledged in the end, and nothing else is there"
    );

    let (from, to) = (DateTime::UNIX_EPOCH, DateTime::from_timestamp_secs(4_000_000_000).unwrap());
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let rows = track::read(&mut tx, vehicle, from, to).await.unwrap();
    let seen: Vec<_> = rows.iter().map(fleet_db::ingest::PositionRow::observation).collect();
    let expected = revise::revise(vehicle, &seen, &Policy::default());

    let trips = trip::list(&mut tx, vehicle, from, to).await.unwrap();
    assert_eq!(outline(&trips), outline(&expected.trips), "vehicle {vehicle}: trips");
    let stops = stop::list(&mut tx, vehicle, from, to).await.unwrap();
    let outline_of = |stops: &[telematics::trip::Stop]| stops.iter().map(|stop| (stop.from, stop.to)).collect::<Vec<_>>();
    assert_eq!(outline_of(&stops), outline_of(&expected.stops), "vehicle {vehicle}: stops");
    let told = event::list(&mut tx, vehicle, from, to, None, i64::MAX).await.unwrap();
    let mut told: Vec<_> =
        told.into_iter().filter(|event| !LINK.contains(&event.kind.as_str())).map(|event| (event.at, event.kind)).collect();
    let mut due: Vec<_> = expected.events.iter().map(|event| (event.at, event.kind.name().to_owned())).collect();
    told.sort();
    due.sort();
    assert_eq!(told, due, "vehicle {vehicle}: events");
    Told { positions: stored.len(), trips: trips.len() }
}

/// What can be compared of trips: metres and tenths of km/h are rounded in the store.
fn outline(trips: &[Trip]) -> Vec<String> {
    let line = |trip: &Trip| {
        let (metres, speed) = (trip.distance.metres().round(), (trip.max_speed.kmh() * 10.0).round());
        format!("{} {} {:?} {metres} {speed} {}", trip.id, trip.started_at, trip.ended_at, trip.stops)
    };
    trips.iter().map(line).collect()
}
