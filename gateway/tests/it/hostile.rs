//! Hostile bytes: whatever comes, the session ends or goes on, the limits hold, and the next device is served.

use gateway::probe::{Dialect, Heard, Probe};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use rmqtt_codec::types::QoS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, SECRET, deliver, driving, json, next};

/// Packets that are nearly right: a type, a length that may lie, a body of likely and unlikely bytes.
fn packets() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0_u8), Just(1), Just(4), Just(5), Just(0xff), any::<u8>()];
    let packet = (any::<u8>(), prop::collection::vec(byte, 0..64), -2_i32..3).prop_map(|(first, body, lie)| {
        let length = i32::try_from(body.len()).unwrap().saturating_add(lie).clamp(0, 127);
        let mut packet = vec![first, u8::try_from(length).unwrap()];
        packet.extend(body);
        packet
    });
    prop::collection::vec(packet, 0..12).prop_map(|packets| packets.concat())
}

/// What follows a good sign-in: mostly PUBLISH to the own topic with a broken inside.
fn signed_in() -> impl Strategy<Value = Vec<u8>> {
    let payload =
        prop_oneof![prop::collection::vec(any::<u8>(), 0..100), "[\\[\\]{}\",:a-z0-9.eE-]{0,100}".prop_map(String::into_bytes)];
    let publish = (0_u8..16, payload).prop_map(|(flags, payload)| {
        let mut body = b"\x00\x0dv1/d/MP-1/pos".to_vec();
        body.extend([0, 7]);
        body.extend(payload);
        let mut packet = vec![0x30 | flags, u8::try_from(body.len()).unwrap_or(127)];
        packet.extend(body);
        packet
    });
    prop_oneof![packets(), prop::collection::vec(publish, 0..6).prop_map(|packets| packets.concat())]
}

/// Sends bytes and waits until the gateway has had enough of them, or is waiting for more.
async fn pelt(bench: &Bench, before: Option<Dialect>, bytes: &[u8]) {
    let done = async {
        match before {
            None => {
                let mut stream = TcpStream::connect(bench.address).await.unwrap();
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
                let mut heard = Vec::new();
                let _ = stream.read_to_end(&mut heard).await;
            }
            Some(dialect) => {
                let mut probe = Probe::sign_in(bench.address, dialect, "MP-1", SECRET).await.unwrap();
                probe.put_raw(bytes);
                let _ = probe.flush().await;
                probe.vanish();
            }
        }
    };
    timeout(DEADLINE, done).await.expect("the gateway ends what makes no sense");
}

#[tokio::test]
async fn any_bytes_end_at_most_their_own_session() {
    let mut bench = Bench::with(|config| config.login_timeout_secs = 1).await;
    let car = bench.car("MP-1").await;
    let other = bench.car("MP-2").await;
    bench.start().await;
    let mut bystander = bench.probe("MP-2").await;
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    for case in 0..150 {
        let stranger = packets().new_tree(&mut runner).unwrap().current();
        pelt(&bench, None, &stranger).await;
        let insider = signed_in().new_tree(&mut runner).unwrap().current();
        let dialect = if case % 2 == 0 { Dialect::V3 } else { Dialect::V5 };
        pelt(&bench, Some(dialect), &insider).await;
        deliver(&mut bystander, &driving(case, case)).await;
    }
    let mut probe = bench.probe("MP-1").await;
    deliver(&mut probe, &driving(1_000_000, 500)).await;
    assert!(bench.stored(car).await.contains(&(500_000, 1_000_000)));
    assert_eq!(bench.stored(other).await.len(), 150);
}

#[tokio::test]
async fn a_frame_above_the_limit_is_not_waited_for() {
    let mut bench = Bench::with(|config| config.frame_bytes = 1000).await;
    let car = bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe_v5("MP-1").await;
    probe.put_raw(&[0x32, 0xff, 0xff, 0xff, 0x7f]);
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Goodbye(149), "packet too large");
    assert_eq!(next(&mut probe).await, Heard::Closed);

    let mut probe = bench.probe_v5("MP-1").await;
    let mut fits = json(&driving(1, 0));
    fits.resize(1000 - 18, b' ');
    probe.publish("pos", QoS::AtLeastOnce, fits);
    probe.flush().await.unwrap();
    assert_eq!(next(&mut probe).await, Heard::Ack(1, 0));
    assert_eq!(bench.stored(car).await, [(0, 1)]);
}

#[tokio::test]
async fn a_terminal_that_never_reads_stops_being_read() {
    let mut bench = Bench::with(|config| config.outgoing_bytes = 4096).await;
    bench.car("MP-1").await;
    bench.start().await;
    let mut probe = bench.probe("MP-1").await;
    // Answers pile up in the kernel first, then here: at some point the gateway no longer takes pings.
    let ping = [0xc0, 0].repeat(64 * 1024);
    let stuck = async {
        loop {
            probe.put_raw(&ping);
            if timeout(crate::bench::A_WHILE, probe.flush()).await.is_err() {
                return;
            }
        }
    };
    timeout(DEADLINE, stuck).await.expect("a gateway that buffers without end would never be stuck");
}
