//! At least once in, exactly once stored; what comes late is stored and changes nothing that is live.

use chrono::TimeDelta;
use gateway::probe::Heard;
use rmqtt_codec::types::QoS;
use telematics::live::Motion;

use crate::bench::{Bench, deliver, driving, morning, next};

#[tokio::test]
async fn a_message_sent_twice_is_stored_once_and_acknowledged_twice() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for _ in 0..2 {
        deliver(&mut probe, &driving(1, 0)).await;
        deliver(&mut probe, &driving(2, 10)).await;
    }
    assert_eq!(bench.stored(car).await, [(0, 1), (10_000, 2)]);
    assert_eq!(bench.number("select count(*) from track_revision").await, 0, "a repetition revises nothing");
}

#[tokio::test]
async fn a_repetition_is_found_in_the_store_when_the_memory_is_gone() {
    let mut bench = Bench::with(|config| config.remembered_keys = 0).await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;
    deliver(&mut probe, &driving(2, 10)).await;
    bench.stop().await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    let twice = serde_json::to_vec(&[driving(1, 0), driving(2, 10), driving(2, 10), driving(3, 20), driving(3, 20)]).unwrap();
    let id = probe.publish("pos/replay", QoS::AtLeastOnce, twice);
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    assert_eq!(bench.stored(car).await, [(0, 1), (10_000, 2), (20_000, 3)]);
    assert_eq!(bench.number("select count(*) from track_revision").await, 0);
}

#[tokio::test]
async fn a_late_position_is_stored_but_does_not_move_the_car() {
    let mut bench = Bench::with(|config| config.revise_after_secs = 3600).await;
    let car = bench.car("MP-1").await;
    let mut live = bench.live.subscribe();
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;
    deliver(&mut probe, &driving(9, 100)).await;
    let newest = std::iter::from_fn(|| live.try_recv().ok()).last().unwrap();
    assert_eq!(newest[0].fixed_at, Some(morning() + TimeDelta::seconds(100)));
    assert_eq!(newest[0].motion, Motion::Moving);

    deliver(&mut probe, &driving(5, 50)).await;
    let week_old = driving(0, -7 * 86_400);
    deliver(&mut probe, &week_old).await;
    assert!(live.try_recv().is_err(), "a late position tells the map nothing");
    assert_eq!(bench.stored(car).await, [(-7 * 86_400_000, 0), (0, 1), (50_000, 5), (100_000, 9)]);
    assert_eq!(bench.number("select count(*) from vehicle_position_late").await, 1, "older than the hot window");
    assert_eq!(bench.number("select count(*) from track_revision").await, 1, "its trips are to be worked out again");
    assert_eq!(
        bench.number("select extract(epoch from to_at - from_at)::bigint from track_revision").await,
        7 * 86_400 + 50,
        "the range covers both"
    );
}

#[tokio::test]
async fn a_log_of_years_ago_is_taken_as_it_comes() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    let past = -17 * 365 * 86_400;
    for step in 0..3 {
        deliver(&mut probe, &driving(step, past + step * 10)).await;
    }
    assert_eq!(bench.stored(car).await.len(), 3);
    assert_eq!(bench.number("select count(*) from vehicle_position_late").await, 3, "no partition of 2009 is opened");
    assert_eq!(bench.number("select count(*) from track_revision").await, 0, "in order, so nothing to revise");
}

#[tokio::test]
async fn one_message_with_records_of_two_cars_is_acknowledged_once() {
    let mut bench = Bench::new().await;
    let (first, second) = (bench.car("MP-1").await, bench.car("MP-2").await);
    // MP-1's device moved into the second car at eight o'clock; that car's own device was taken out.
    for statement in [
        "delete from device_binding where device_id = (select id from device where terminal_id = 'MP-2')",
        "update device_binding set during = tstzrange(null, '2026-06-01T00:00:00Z')",
        "insert into device_binding (device_id, vehicle_id, during)
         select d.id, v.id, tstzrange('2026-06-01T00:00:00Z', null) from device d, vehicle v
         where d.terminal_id = 'MP-1' and v.plate = '浙AMP-2'",
    ] {
        fleet_db::testing::fleet::execute(&bench.db.pool, statement).await.unwrap();
    }
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    let id = probe.publish("pos", QoS::AtLeastOnce, serde_json::to_vec(&[driving(1, -60), driving(2, 60)]).unwrap());
    probe.ping();
    probe.flush().await.unwrap();
    let mut heard = [next(&mut probe).await, next(&mut probe).await];
    heard.sort_by_key(|heard| *heard == Heard::Pong);
    assert_eq!(heard, [Heard::Ack(id, 0), Heard::Pong]);
    assert_eq!(bench.stored(first).await, [(-60_000, 1)]);
    assert_eq!(bench.stored(second).await, [(60_000, 2)]);
}

#[tokio::test]
async fn a_backlog_that_comes_late_gives_the_trips_that_it_would_have_given_in_time() {
    let mut bench = Bench::with(|config| config.revise_after_secs = 1).await;
    let (late, timely) = (bench.car("MP-1").await, bench.car("MP-2").await);
    bench.start().await;
    let (mut first, mut second) = (bench.probe("MP-1").await, bench.probe("MP-2").await);
    // Twenty minutes of driving; MP-1 was out of reach for the ten in the middle and sends those last.
    let steps: Vec<i64> = (-120..0).collect();
    let (there, missed): (Vec<i64>, Vec<i64>) = steps.iter().partition(|step| !(-90..-30).contains(*step));
    for step in steps {
        deliver(&mut second, &driving(step, step * 10)).await;
    }
    for step in there.into_iter().chain(missed) {
        deliver(&mut first, &driving(step, step * 10)).await;
    }
    assert_eq!(bench.number("select count(*) from track_revision").await, 1);
    bench.turn_clock(TimeDelta::seconds(2));
    bench.until("select count(*) from track_revision", 0).await;
    bench.stop().await;
    assert_eq!(bench.stored(late).await, bench.stored(timely).await);
    let told_alike = "select count(distinct (started_at, ended_at, distance_m, stops)) from trip";
    assert_eq!(bench.number("select count(*) from trip").await, 2);
    assert_eq!(bench.number(told_alike).await, 1);
}
