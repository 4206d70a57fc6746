//! Acknowledged means stored: a store that stands still holds back every acknowledgement, and then the sockets.

use std::time::Duration;

use fleet_db::testing::fleet::{self, Standstill};
use gateway::probe::Heard;
use rmqtt_codec::types::QoS;
use telematics::record::Record;
use tokio::time::timeout;

use crate::bench::{A_WHILE, Bench, DEADLINE, deliver, driving, json, next, silence};

#[tokio::test]
async fn no_acknowledgement_before_the_commit() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;

    let standstill = Standstill::begin(&bench.db.pool).await.unwrap();
    let id = probe.publish("pos", QoS::AtLeastOnce, json(&driving(2, 10)));
    probe.flush().await.unwrap();
    silence(&mut probe).await;
    standstill.end().await.unwrap();

    assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    assert_eq!(bench.stored(car).await, [(0, 1), (10_000, 2)]);
}

#[tokio::test]
async fn a_store_that_stands_still_stops_the_reading_of_sockets() {
    let mut bench = Bench::with(|config| {
        config.in_flight = u16::MAX;
        config.shards = 1;
        config.shard_queue = 100;
    })
    .await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, -70_000)).await;

    let standstill = Standstill::begin(&bench.db.pool).await.unwrap();
    // Each message carries a kilobyte, so that the buffers of the kernel are soon full and a write has to wait.
    let ballast = vec!["P0000".to_owned(); 128];
    let mut sent = 1;
    let stuck = loop {
        for _ in 0..100 {
            sent += 1;
            let record = Record { dtc: Some(ballast.clone()), ..driving(sent, sent - 70_000) };
            probe.publish("pos", QoS::AtLeastOnce, json(&record));
        }
        if timeout(A_WHILE, probe.flush()).await.is_err() {
            break true;
        }
        if sent > 60_000 {
            break false;
        }
    };
    assert!(stuck, "{sent} messages went into a gateway that holds 100");

    standstill.end().await.unwrap();
    let drained = async {
        probe.flush().await.unwrap();
        for _ in 1..sent {
            assert!(matches!(probe.next().await.unwrap(), Heard::Ack(_, 0)));
        }
    };
    timeout(Duration::from_mins(1), drained).await.expect("everything is taken in once the store goes on");
    assert_eq!(i64::try_from(bench.stored(car).await.len()).unwrap(), sent);
}

#[tokio::test]
async fn more_messages_than_may_be_in_flight_wait_in_the_socket() {
    let mut bench = Bench::with(|config| config.in_flight = 4).await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for sequence in 1..=200 {
        probe.publish("pos", QoS::AtLeastOnce, json(&driving(sequence, sequence)));
    }
    probe.flush().await.unwrap();
    for id in 1..=200 {
        assert_eq!(next(&mut probe).await, Heard::Ack(id, 0), "in order, as one vehicle is one task's");
    }
    assert_eq!(bench.stored(car).await.len(), 200);
}

#[tokio::test]
async fn a_store_that_restarts_loses_nothing() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    for round in 0..5 {
        for step in 0..20 {
            let sequence = round * 20 + step + 1;
            probe.publish("pos", QoS::AtLeastOnce, json(&driving(sequence, sequence)));
        }
        probe.flush().await.unwrap();
        fleet::cut_connections(&bench.db.pool).await.unwrap();
    }
    for id in 1..=100 {
        assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    }
    let expected: Vec<(i64, i64)> = (1..=100).map(|sequence| (sequence * 1000, sequence)).collect();
    assert_eq!(bench.stored(car).await, expected, "nothing missing, nothing twice");
}

#[tokio::test]
async fn what_was_received_is_committed_and_acknowledged_before_the_gateway_stops() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe_v5("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;
    let standstill = Standstill::begin(&bench.db.pool).await.unwrap();
    let id = probe.publish("pos", QoS::AtLeastOnce, json(&driving(2, 10)));
    probe.flush().await.unwrap();
    silence(&mut probe).await;
    let (stopped, ()) = tokio::join!(timeout(DEADLINE, bench.stop()), async { standstill.end().await.unwrap() });
    stopped.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    assert_eq!(next(&mut probe).await, Heard::Goodbye(139), "shutting down");
    assert_eq!(bench.stored(car).await, [(0, 1), (10_000, 2)]);
}
