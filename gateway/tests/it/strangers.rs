//! Who may not come in, and what a device may not do once it is in.

use bytes::Bytes;
use gateway::probe::{Dialect, Heard, Probe};
use rmqtt_codec::types::QoS;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, SECRET, deliver, driving, json, next};

#[tokio::test]
async fn a_wrong_secret_or_an_unknown_name_is_refused_in_the_same_words() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    for (terminal, secret) in [("MP-1", "wrong"), ("MP-9", SECRET), ("MP-1", ""), ("", SECRET)] {
        for (dialect, code) in [(Dialect::V3, 4), (Dialect::V5, 134)] {
            let mut probe = Probe::knock(bench.address, None, dialect, terminal, secret, None).await.unwrap();
            assert_eq!(next(&mut probe).await, Heard::Welcome(code), "{terminal:?} {secret:?}");
            assert_eq!(next(&mut probe).await, Heard::Closed);
        }
    }
    assert_eq!(bench.gateway().connected(), 0);
}

#[tokio::test]
async fn a_foreign_topic_is_refused_and_nothing_is_stored() {
    let mut bench = Bench::new().await;
    let (own, foreign) = (bench.car("MP-1").await, bench.car("MP-2").await);
    bench.start().await;

    let mut probe = bench.probe_v5("MP-1").await;
    let id = probe.publish_to("v1/d/MP-2/pos".to_owned(), QoS::AtLeastOnce, Bytes::from(json(&driving(1, 0))));
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(id, 135), "MQTT 5: not authorized, and the link stays");
    deliver(&mut probe, &driving(2, 1)).await;

    let mut probe = bench.probe("MP-1").await;
    probe.publish_to("v1/d/MP-2/pos".to_owned(), QoS::AtLeastOnce, Bytes::from(json(&driving(1, 0))));
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Closed, "3.1.1 has no other way to say no");

    assert_eq!(bench.stored(foreign).await, []);
    assert_eq!(bench.stored(own).await, [(1000, 2)]);
}

#[tokio::test]
async fn a_will_on_a_foreign_topic_keeps_the_device_out() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut connect = b"\x00\x04MQTT\x04\xc6\x00\x3c\x00\x04MP-1\x00\x0bv1/d/MP-2/s\x00\x02{}\x00\x04MP-1\x00".to_vec();
    connect.push(u8::try_from(SECRET.len()).unwrap());
    connect.extend_from_slice(SECRET.as_bytes());
    let mut packet = vec![0x10, u8::try_from(connect.len()).unwrap()];
    packet.extend_from_slice(&connect);
    let mut raw = tokio::net::TcpStream::connect(bench.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut raw, &packet).await.unwrap();
    let mut heard = Vec::new();
    timeout(DEADLINE, tokio::io::AsyncReadExt::read_to_end(&mut raw, &mut heard)).await.unwrap().unwrap();
    assert_eq!(heard, [0x20, 2, 0, 5], "not authorized");
}

#[tokio::test]
async fn connections_are_limited_and_a_silent_one_is_closed() {
    let mut bench = Bench::with(|config| {
        config.connections_per_ip = 2;
        config.login_timeout_secs = 1;
    })
    .await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(tokio::net::TcpStream::connect(bench.address).await.unwrap());
    }
    let mut third = Probe::knock(bench.address, None, Dialect::V3, "MP-1", SECRET, None).await.unwrap();
    assert_eq!(next(&mut third).await, Heard::Closed, "one address has its share");
    for stream in &mut silent {
        let mut heard = Vec::new();
        timeout(DEADLINE, tokio::io::AsyncReadExt::read_to_end(stream, &mut heard)).await.expect("closed in time").unwrap();
        assert!(heard.is_empty(), "{heard:?}");
    }
    bench.probe("MP-1").await;
}
