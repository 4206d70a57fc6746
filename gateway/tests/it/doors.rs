//! Hostile strangers and insiders at the doors of JT/T 808 and GB/T 32960: whatever they send, however slowly, and however many
//! they are, the service stays up and the next terminal is served.

use std::net::SocketAddr;

use fleet_db::testing::fleet;
use gateway::probe::jt808::location;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use telematics::device::Protocol;
use telematics::gb32960::header::check_code;
use telematics::jt808::Edition;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::bench::{A_WHILE, Bench, DEADLINE, SECRET, morning};

const PHONE: &str = "13800000001";
const OTHER: &str = "13800000002";
const VIN: &[u8; 17] = b"LFPH3ACC4L1A00001";
const CASES: u32 = 60;

/// Runs of flags, escapes and likely bytes.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0x7e_u8), Just(0x7d), Just(0x23), Just(0x24), Just(1), Just(2), any::<u8>()];
    prop::collection::vec(byte, 0..400)
}

/// Messages of JT/T 808 with any id and any body.
fn messages() -> impl Strategy<Value = Vec<(u16, Vec<u8>)>> {
    let id = prop_oneof![
        prop::sample::select(vec![1_u16, 2, 4, 5, 0x100, 0x102, 0x104, 0x107, 0x200, 0x201, 0x702, 0x704, 0x705]),
        any::<u16>()
    ];
    // Neither goodbye nor what would end the session by the standard.
    let id = id.prop_filter("no logout", |id| *id != 3);
    prop::collection::vec((id, prop::collection::vec(any::<u8>(), 0..120)), 0..8)
}

/// Packets of GB/T 32960 whose check byte is right and whose inside is anything, behind a sign-in.
fn packets() -> impl Strategy<Value = Vec<u8>> {
    let inside = (0_u8..12, 1_u8..6, any::<bool>(), prop::collection::vec(any::<u8>(), 0..120));
    prop::collection::vec(inside, 0..8).prop_map(|insides| {
        let login = [26, 6, 1, 8, 0, 0, 0, 1].into_iter().chain(*b"89860400000000000001").chain([0, 0]).collect();
        let all = std::iter::once((1, 1, false, login)).chain(insides);
        all.flat_map(|(command, encryption, is_new, data)| packet(command, encryption, is_new, &data)).collect()
    })
}

fn packet(command: u8, encryption: u8, is_new: bool, data: &[u8]) -> Vec<u8> {
    let start = if is_new { b"$$" } else { b"##" };
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let mut packet = [start.as_slice(), &[command, 0xfe], VIN, &[encryption], &length, data].concat();
    packet.push(check_code(&packet[2..]));
    packet
}

/// Sends bytes and waits until the gateway has had enough of them.
async fn pelt(address: SocketAddr, bytes: &[u8]) {
    let done = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    };
    timeout(DEADLINE, done).await.expect("the gateway ends what makes no sense");
}

#[tokio::test]
async fn any_bytes_through_any_door_leave_the_service_up() {
    let mut bench = Bench::with(|config| config.login_timeout_secs = 1).await;
    bench.truck(PHONE).await;
    let car = bench.truck(OTHER).await;
    fleet::terminal(&bench.db.pool, Protocol::Gb32960, std::str::from_utf8(VIN).unwrap(), SECRET).await.unwrap();
    bench.start().await;
    let mut bystander = bench.terminal(OTHER, Edition::V2019).await;
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    for case in 0..CASES {
        let garbage = frames().new_tree(&mut runner).unwrap().current();
        for door in [bench.address, bench.jt808, bench.gb32960] {
            pelt(door, &garbage).await;
        }
        pelt(bench.gb32960, &packets().new_tree(&mut runner).unwrap().current()).await;
        let mut insider = bench.terminal(PHONE, Edition::V2013).await;
        for (id, body) in messages().new_tree(&mut runner).unwrap().current() {
            let frame = insider.frame(id, &body);
            let _ = insider.send_raw(&frame).await;
            let _ = insider.send_raw(&garbage).await;
        }
        insider.vanish();
        let at = morning() + chrono::TimeDelta::seconds(case.into());
        let answered = timeout(DEADLINE, bystander.asked(0x0200, &location(at, 30_250_000, 120_100_000, case))).await;
        assert_eq!(answered.expect("the next terminal is served").unwrap(), 0);
    }
    assert_eq!(bench.stored(car).await.len(), usize::try_from(CASES).unwrap());
}

#[tokio::test]
async fn who_speaks_byte_by_byte_is_shown_out_in_time() {
    let mut bench = Bench::with(|config| config.login_timeout_secs = 1).await;
    bench.start().await;
    for door in [bench.address, bench.jt808, bench.gb32960] {
        let mut stream = TcpStream::connect(door).await.unwrap();
        let mut ticks = interval(A_WHILE / 6);
        let shown_out = async {
            // A frame that begins well and never ends.
            for byte in b"~##\x10\x7f".iter().chain(std::iter::repeat(&0)) {
                ticks.tick().await;
                let gone = stream.write_all(&[*byte]).await.is_err();
                if gone || matches!(timeout(A_WHILE / 300, stream.read(&mut [0; 64])).await, Ok(Ok(0) | Err(_))) {
                    break;
                }
            }
        };
        timeout(DEADLINE, shown_out).await.expect("nobody may take for ever to sign in");
    }
}

#[tokio::test]
async fn one_address_gets_no_more_connections_than_its_share() {
    let mut bench = Bench::with(|config| config.connections_per_ip = 4).await;
    bench.truck(PHONE).await;
    bench.start().await;
    let mut first = bench.terminal(PHONE, Edition::V2013).await;
    let mut half_open = Vec::new();
    for _ in 0..3 {
        half_open.push(TcpStream::connect(bench.gb32960).await.unwrap());
    }
    for door in [bench.address, bench.jt808, bench.gb32960] {
        let mut refused = TcpStream::connect(door).await.unwrap();
        let heard = timeout(DEADLINE, refused.read(&mut [0; 64])).await.expect("it is closed at once");
        assert!(matches!(heard, Ok(0) | Err(_)), "{heard:?}");
    }
    // Those who are in stay in.
    assert_eq!(
        timeout(DEADLINE, first.asked(0x0200, &location(morning(), 30_250_000, 120_100_000, 1))).await.unwrap().unwrap(),
        0
    );
}
