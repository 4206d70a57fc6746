//! After a restart the service is where it was: trips go on, silence is noticed, nothing is told twice.

use chrono::TimeDelta;
use fleet_db::ingest;
use telematics::tracker::Tracker;

use crate::bench::{Bench, deliver, driving, morning};

const TRIPS: &str = "select count(*) from trip";
const BEGUN: &str = "select count(*) from vehicle_event where kind = 'trip_started'";

#[tokio::test]
async fn a_trip_goes_on_after_a_restart_without_a_last_snapshot() {
    // Snapshots an hour apart, and a gateway that is dropped and not stopped: only the positions are newer.
    let mut bench = Bench::with(|config| config.snapshot_secs = 3600).await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for step in 0..60 {
        deliver(&mut probe, &driving(step, step * 10)).await;
        bench.turn_clock(TimeDelta::seconds(10));
    }
    assert_eq!((bench.number(TRIPS).await, bench.number(BEGUN).await), (1, 1));
    let mut tx = fleet_db::begin(&bench.db.pool).await.unwrap();
    let saved = ingest::load_trackers(&mut tx, &[car]).await.unwrap();
    drop(tx);
    let saved = Tracker::from_bytes(&saved[0].1).unwrap();
    assert!(saved.newest().unwrap() < morning() + TimeDelta::seconds(590), "the snapshot is older than the positions");
    bench.abandon().await;

    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for step in 60..90 {
        deliver(&mut probe, &driving(step, step * 10)).await;
        bench.turn_clock(TimeDelta::seconds(10));
    }
    bench.stop().await;
    assert_eq!((bench.number(TRIPS).await, bench.number(BEGUN).await), (1, 1), "one trip, begun once");
    let metres = bench.number("select distance_m::bigint from trip").await;
    assert!((8_500..=9_200).contains(&metres), "{metres} m of 15 minutes at 36 km/h");
}

#[tokio::test]
async fn a_car_that_fell_silent_goes_offline_also_across_a_restart() {
    let mut bench = Bench::with(|config| config.sweep_secs = 0).await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for step in 0..6 {
        deliver(&mut probe, &driving(step, step * 10)).await;
    }
    let online = "select count(*) from vehicle_live where (state ->> 'online')::boolean";
    assert_eq!(bench.number(online).await, 1);
    bench.stop().await;
    bench.turn_clock(TimeDelta::hours(2));
    let mut live = bench.live.subscribe();
    bench.start().await;
    bench.until(online, 0).await;
    let told = live.recv().await.unwrap();
    assert!(!told[0].online);
    assert_eq!(bench.number("select count(*) from vehicle_event where kind = 'went_offline'").await, 1);
}

#[tokio::test]
async fn a_changed_state_is_saved_soon_although_nothing_more_comes() {
    let mut bench = Bench::with(|config| config.snapshot_secs = 5).await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;
    deliver(&mut probe, &driving(2, 2)).await;
    let saved =
        "select extract(epoch from (state ->> 'fixed_at')::timestamptz - '2026-06-01T00:00:00Z')::bigint from vehicle_live";
    assert_eq!(bench.number(saved).await, 0, "the first state was saved at once, the second waits");
    bench.turn_clock(TimeDelta::seconds(10));
    bench.until(saved, 2).await;
}
