//! What cannot be taken for true is kept aside with its reason, acknowledged, and harms nobody else.

use fleet_db::testing::fleet;
use gateway::probe::Heard;
use rmqtt_codec::types::QoS;
use telematics::record::Record;

use crate::bench::{Bench, deliver, driving, json, next};

#[tokio::test]
async fn a_clock_that_is_far_off_is_quarantined_and_opens_no_partition() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    let past = Record { t: 0, ..driving(3, 0) };
    deliver(&mut probe, &driving(1, 9 * 60)).await;
    deliver(&mut probe, &driving(2, 11 * 60)).await;
    deliver(&mut probe, &driving(2, 20 * 365 * 86_400)).await;
    deliver(&mut probe, &past).await;
    deliver(&mut probe, &driving(4, 9 * 60 + 10)).await;
    assert_eq!(bench.quarantined().await, ["record.future", "record.future", "record.past"]);
    assert_eq!(bench.stored(car).await, [(540_000, 1), (550_000, 4)], "the live state was not frozen by the future");
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_its_neighbours_are_stored() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    let good = String::from_utf8(json(&driving(1, 0))).unwrap();
    for payload in [
        format!("[{good},{{\"seq\":\"x\"}},{{\"seq\":3,\"t\":1780272000000,\"lat\":30.0}}]"),
        "garbage".to_owned(),
        String::new(),
    ] {
        let id = probe.publish("pos", QoS::AtLeastOnce, payload);
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
    }
    assert_eq!(bench.stored(car).await, [(0, 1)]);
    assert_eq!(bench.quarantined().await, ["record.malformed", "record.place", "payload.malformed", "payload.malformed"]);
    let kept = fleet::quarantined(&bench.db.pool).await.unwrap();
    assert_eq!(kept[2].1, b"garbage");
}

#[tokio::test]
async fn a_device_without_a_vehicle_is_heard_but_not_believed() {
    let mut bench = Bench::new().await;
    let car = bench.car("MP-1").await;
    fleet::execute(&bench.db.pool, "update device_binding set during = tstzrange('2026-06-01T00:01:00Z', null)").await.unwrap();
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1, 0)).await;
    deliver(&mut probe, &driving(2, 60)).await;
    assert_eq!(bench.quarantined().await, ["device.unbound"]);
    assert_eq!(bench.stored(car).await, [(60_000, 2)]);
}

#[tokio::test]
async fn a_row_that_the_store_refuses_is_found_among_its_neighbours() {
    let mut bench = Bench::with(|config| config.linger_ms = 200).await;
    let (car, other) = (bench.car("MP-1").await, bench.car("MP-2").await);
    bench.start().await;
    let (mut probe, mut neighbour) = (bench.probe("MP-1").await, bench.probe("MP-2").await);
    // PostgreSQL's jsonb cannot hold U+0000, JSON can.
    let poison = Record { dtc: Some(vec!["P0\u{0}1".to_owned()]), ..driving(13, 13) };
    for sequence in 1..=20 {
        let record = if sequence == 13 { poison.clone() } else { driving(sequence, sequence) };
        probe.publish("pos", QoS::AtLeastOnce, json(&record));
        neighbour.publish("pos", QoS::AtLeastOnce, json(&driving(sequence, sequence)));
    }
    probe.flush().await.unwrap();
    neighbour.flush().await.unwrap();
    for id in 1..=20 {
        assert_eq!(next(&mut probe).await, Heard::Ack(id, 0));
        assert_eq!(next(&mut neighbour).await, Heard::Ack(id, 0));
    }
    assert_eq!(bench.quarantined().await, ["store.refused"]);
    assert_eq!(bench.stored(car).await.len(), 19);
    assert_eq!(bench.stored(other).await.len(), 20);
    bench.stop().await;
    assert_eq!(bench.number("select count(*) from vehicle_live").await, 2, "the states are saved all the same");
}
