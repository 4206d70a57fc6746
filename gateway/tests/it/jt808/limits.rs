//! Limits that hold: connections, time to sign in, silence, bad frames, memory for packages; and nothing in the clear where it is refused.

use std::net::{SocketAddr, TcpListener};

use gateway::config::Plaintext;
use gateway::probe::jt808::{Heard, Terminal};
use telematics::jt808::Edition;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::{NUMBER, asked, driving, hear, stored};
use crate::bench::{Bench, DEADLINE, SECRET, within};

#[tokio::test]
async fn connections_of_one_address_are_limited_and_a_silent_one_is_closed() {
    let mut bench = Bench::with(|config| {
        config.connections_per_ip = 2;
        config.login_timeout_secs = 1;
    })
    .await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut first = bench.stranger(NUMBER, Edition::V2013).await;
    let mut second = bench.stranger(NUMBER, Edition::V2013).await;
    let mut third = bench.stranger(NUMBER, Edition::V2013).await;
    assert_eq!(hear(&mut third).await, Heard::Closed);
    let elsewhere = Some(SocketAddr::from(([127, 0, 0, 2], 0)));
    let mut other = Terminal::connect(bench.jt808, elsewhere, NUMBER, Edition::V2013).await.unwrap();
    assert_eq!(within(other.authenticate(SECRET)).await.unwrap(), 0);
    assert_eq!(hear(&mut first).await, Heard::Closed);
    assert_eq!(hear(&mut second).await, Heard::Closed);
}

#[tokio::test]
async fn three_heartbeats_left_out_end_the_link() {
    let mut bench = Bench::with(|config| config.heartbeat_secs = 1).await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    assert_eq!(hear(&mut terminal).await, Heard::Closed);
    bench.until("select count(*) from device_link where close_reason = 'idle'", 1).await;
}

#[tokio::test]
async fn noise_ends_the_session_in_the_end_and_a_foreign_number_is_refused() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    let other = bench.truck("13800138002").await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let mut foreign = bench.stranger("13800138002", Edition::V2013).await;
    let frame = foreign.frame(0x0200, &driving(0));
    terminal.send_raw(&frame).await.unwrap();
    let refused = within(terminal.raw_frames(1)).await.unwrap();
    assert_eq!(refused[0].1.last(), Some(&1), "failed");
    assert_eq!(asked(&mut terminal, 0x0200, &driving(0)).await, 0);
    assert_eq!((stored(&bench, car).await, stored(&bench, other).await), (vec![0], vec![]));
    let noise = [0x7e, 1, 2, 3].repeat(10_000);
    let _ = terminal.send_raw(&noise).await;
    assert_eq!(hear(&mut terminal).await, Heard::Closed);
    bench.terminal(NUMBER, Edition::V2013).await;
}

#[tokio::test]
async fn packages_take_no_more_memory_than_they_may() {
    let mut bench = Bench::with(|config| {
        config.package_bytes = 4000;
        config.packages_bytes = 6000;
    })
    .await;
    bench.truck(NUMBER).await;
    bench.truck("13800138002").await;
    bench.start().await;
    let mut first = bench.terminal(NUMBER, Edition::V2013).await;
    let mut second = bench.terminal("13800138002", Edition::V2013).await;
    let large = vec![0; 6000];
    let frames = first.packages(0x0801, &large, 1000);
    first.send_raw(&frames[..5].concat()).await.unwrap();
    let refused = within(first.raw_frames(1)).await.unwrap();
    assert_eq!(refused[0].1.last(), Some(&1), "more than one terminal may have");
    let frames = second.packages(0x0801, &large, 1000);
    second.send_raw(&frames[..3].concat()).await.unwrap();
    assert_eq!(asked(&mut first, 0x0002, &[]).await, 0);
    assert_eq!(asked(&mut second, 0x0002, &[]).await, 0);
}

#[tokio::test]
async fn what_is_too_fast_waits_in_its_socket() {
    let mut bench = Bench::with(|config| config.frames_per_sec = 100).await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let frames: Vec<u8> = (0..400).flat_map(|second| terminal.frame(0x0200, &driving(second))).collect();
    terminal.send_raw(&frames).await.unwrap();
    for _ in 0..400 {
        assert!(matches!(hear(&mut terminal).await, Heard::Said(..)));
    }
    assert_eq!(stored(&bench, car).await.len(), 400, "nothing is dropped");
}

#[tokio::test]
async fn a_terminal_comes_by_tls_where_plaintext_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .args([key.as_os_str(), "-out".as_ref(), certificate.as_os_str()])
        .output()
        .await
        .expect("tests need openssl");
    assert!(made.status.success(), "{made:?}");
    let free = || TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let secure = free();
    let mut bench = Bench::with(|config| {
        config.mqtts_listen = free();
        config.jt808s_listen = secure;
        config.gb32960s_listen = free();
        config.tls_certificate = Some(certificate.clone());
        config.tls_key = Some(key.clone());
        config.plaintext = Plaintext::Refused;
    })
    .await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;

    let mut plain = bench.stranger(NUMBER, Edition::V2013).await;
    let _ = plain.send(0x0102, SECRET.as_bytes()).await;
    assert_eq!(hear(&mut plain).await, Heard::Closed, "in the clear nobody is heard");
    let mut mqtt = tokio::net::TcpStream::connect(bench.address).await.unwrap();
    let mut heard = Vec::new();
    let _ = tokio::time::timeout(DEADLINE, mqtt.read_to_end(&mut heard)).await.expect("closed in time");
    assert!(heard.is_empty());

    let mut tunnel = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &secure.to_string(), "-CAfile"])
        .arg(&certificate)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = tunnel.stdin.take().unwrap();
    let mut said = plain.frame(0x0102, SECRET.as_bytes());
    said.extend(plain.frame(0x0200, &driving(0)));
    stdin.write_all(&said).await.unwrap();
    stdin.flush().await.unwrap();
    bench.until("select count(*) from vehicle_position", 1).await;
    assert_eq!(stored(&bench, car).await, [0]);
    bench.until("select count(*) from device_link where is_encrypted", 1).await;
}

#[tokio::test]
async fn plaintext_cannot_be_refused_without_a_certificate() {
    let bench = Bench::with(|config| config.plaintext = Plaintext::Refused).await;
    let refused = bench.try_start().await.unwrap_err();
    assert!(matches!(refused, gateway::RunError::Tls(_)), "{refused}");
}
