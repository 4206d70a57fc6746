//! The store goes away and comes back: nothing is acknowledged meanwhile, nothing is lost, nobody has to restart.

use std::time::Duration;

use chrono::TimeDelta;
use gateway::probe::{Dialect, Heard, Probe};
use rmqtt_codec::types::QoS;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, SECRET, deliver, driving, json, next, silence};

#[tokio::test]
async fn a_store_that_is_away_for_a_while_loses_nothing() {
    let mut bench = Bench::new().await;
    let (car, other) = (bench.car("MP-1").await, bench.car("MP-2").await);
    let door = bench.db.door().await.unwrap();
    bench.pool = door.pool.clone();
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;

    door.shut();
    for sequence in 2..=50 {
        probe.publish("pos", QoS::AtLeastOnce, json(&driving(sequence, sequence)));
    }
    probe.flush().await.unwrap();
    silence(&mut probe).await;
    // A device may still sign in, by the register in memory, and one that comes back takes over its own link.
    let mut newcomer = bench.probe_v5("MP-2").await;
    newcomer.publish("pos", QoS::AtLeastOnce, json(&driving(1, 0)));
    newcomer.flush().await.unwrap();
    for _ in 0..5 {
        let mut again = Probe::sign_in(bench.address, Dialect::V5, "MP-2", SECRET).await.unwrap();
        assert_eq!(next(&mut newcomer).await, Heard::Goodbye(142));
        again.publish("pos", QoS::AtLeastOnce, json(&driving(1, 0)));
        again.flush().await.unwrap();
        newcomer = again;
    }
    silence(&mut newcomer).await;
    assert_eq!(bench.gateway().connected(), 2);

    door.open();
    for id in 2..=50 {
        assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    }
    assert_eq!(next(&mut newcomer).await, Heard::Ack(1, 0));
    let expected: Vec<(i64, i64)> =
        (1..=50).map(|sequence| if sequence == 1 { (0, 1) } else { (sequence * 1000, sequence) }).collect();
    assert_eq!(bench.stored(car).await, expected, "nothing missing, nothing twice");
    assert_eq!(bench.stored(other).await, [(0, 1)]);
}

#[tokio::test]
async fn a_door_that_slams_at_any_moment_neither_loses_nor_doubles() {
    let mut bench = Bench::with(|config| config.retry_max_ms = 20).await;
    let car = bench.car("MP-1").await;
    let door = bench.db.door().await.unwrap();
    bench.pool = door.pool.clone();
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    // The connection breaks while a commit is under way: whether it happened is not known, and must not matter.
    for round in 0..15_i64 {
        for step in 1..=30 {
            let sequence = round * 30 + step;
            probe.publish("pos", QoS::AtLeastOnce, json(&driving(sequence, sequence)));
        }
        let slam = async {
            tokio::time::interval(Duration::from_millis(1 + u64::try_from(round % 5).unwrap())).tick().await;
            for _ in 0..=round {
                tokio::task::yield_now().await;
            }
            door.shut();
            tokio::task::yield_now().await;
            door.open();
        };
        let (sent, ()) = tokio::join!(probe.flush(), slam);
        sent.unwrap();
        for step in 1..=30 {
            let id = u16::try_from(round * 30 + step).unwrap();
            assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
        }
        bench.turn_clock(TimeDelta::seconds(30));
    }
    let expected: Vec<(i64, i64)> = (1..=450).map(|sequence| (sequence * 1000, sequence)).collect();
    assert_eq!(bench.stored(car).await, expected);
    assert_eq!(bench.number("select count(*) from vehicle_event where kind = 'trip_started'").await, 1);
    timeout(DEADLINE, bench.stop()).await.unwrap();
    assert_eq!(bench.number("select count(*) from trip").await, 1);
}
