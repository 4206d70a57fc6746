//! MQTT over TLS on its own port, when a certificate is configured.

use std::net::TcpListener;

use tokio::process::Command;
use tokio::time::timeout;

use crate::bench::{Bench, DEADLINE, SECRET, driving, json};

#[tokio::test]
async fn a_device_that_trusts_our_certificate_is_served_over_tls() {
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

    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let mut bench = Bench::with(|config| {
        config.mqtts_listen = free;
        config.jt808s_listen = ([127, 0, 0, 1], 0).into();
        config.gb32960s_listen = ([127, 0, 0, 1], 0).into();
        config.tls_certificate = Some(certificate.clone());
        config.tls_key = Some(key.clone());
    })
    .await;
    let car = bench.car("MP-1").await;
    bench.start().await;

    let message = String::from_utf8(json(&driving(1, 0))).unwrap();
    let publish = Command::new("mosquitto_pub")
        .args(["-h", "localhost", "-p", &free.port().to_string(), "--cafile", &certificate.display().to_string()])
        .args(["-i", "MP-1", "-u", "MP-1", "-P", SECRET, "-q", "1", "-t", "v1/d/MP-1/pos", "-m", &message])
        .output();
    let published =
        timeout(DEADLINE, publish).await.unwrap().expect("tests need mosquitto_pub: apt-get install mosquitto-clients");
    assert!(published.status.success(), "{published:?}");
    assert_eq!(bench.stored(car).await, [(0, 1)]);
}

#[tokio::test]
async fn a_certificate_without_its_key_is_said_at_the_start() {
    let bench = Bench::with(|config| config.tls_certificate = Some("nowhere.pem".into())).await;
    let refused = bench.try_start().await.unwrap_err();
    assert!(matches!(refused, gateway::RunError::Tls(_)), "{refused}");
}
