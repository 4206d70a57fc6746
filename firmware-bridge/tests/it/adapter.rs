//! An ELM327 on a pty: readings in units, errors as states.

use std::time::Duration;

use firmware_bridge::config::ObdConfig;
use firmware_bridge::obd::session::State;
use firmware_bridge::obd::{self, AdapterHealth};
use firmware_bridge::replay::Pty;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::world::monotonic;

const SOON: Duration = Duration::from_secs(20);

/// Answers every request line, with echo, in small pieces, as adapters do.
async fn elm(mut pty: Pty, rpm: watch::Receiver<&'static str>) {
    let mut line = Vec::new();
    let mut buffer = [0; 64];
    while let Ok(count) = pty.read(&mut buffer).await {
        for byte in &buffer[..count] {
            if *byte != b'\r' {
                line.push(*byte);
                continue;
            }
            let request = String::from_utf8(std::mem::take(&mut line)).unwrap();
            let answer = match request.as_str() {
                "ATZ" => "ELM327 v2.1",
                "ATRV" => "14.1V",
                "0100" => "SEARCHING...\r41 00 08 3E 80 11",
                "0120" => "41 20 00 02 00 01",
                "0140" => "41 40 40 00 00 01",
                "0160" => "41 60 00 00 00 01",
                "0180" => "41 80 00 00 00 01",
                "01A0" => "41 A0 04 00 00 00",
                "0902" => "014\r0: 49 02 01 4C 53 56\r1: 41 41 34 39 4A 31 33\r2: 32 30 34 37 33 37 31",
                "03" => "43 01 03 01",
                "010C" => *rpm.borrow(),
                "010D" => "41 0D 3C",
                "012F" => "41 2F 80",
                "01A6" => "41 A6 00 07 EF 80",
                "0142" => "41 42 36 B0",
                "0105" => "41 05 7B",
                other if other.starts_with("AT") => "OK",
                _ => "?",
            };
            for piece in format!("{request}\r{answer}\r\r>").as_bytes().chunks(7) {
                if pty.write(piece).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn readings_come_in_units_and_errors_are_states() {
    let pty = Pty::open().unwrap();
    let config = ObdConfig { path: pty.path().to_owned(), slow_secs: 1, medium_secs: 1, ..ObdConfig::default() };
    let (rpm, rpms) = watch::channel("41 0C 1A F8");
    let adapter = tokio::spawn(elm(pty, rpms));
    let (readings, mut heard) = mpsc::channel(64);
    let (health_tx, mut health) = watch::channel(AdapterHealth::default());
    let reopen = (Duration::from_millis(5), Duration::from_millis(20));
    tokio::spawn(obd::run(obd::Parts { config, reopen, readings, health: health_tx, monotonic: monotonic() }));
    let whole = async {
        loop {
            let reading = heard.recv().await.unwrap();
            if reading.rpm.is_some() && reading.fuel_share.is_some() && reading.odometer.is_some() && reading.coolant_c.is_some()
            {
                return reading;
            }
        }
    };
    let reading = timeout(SOON, whole).await.unwrap();
    assert_eq!((reading.rpm, reading.coolant_c, reading.ignition), (Some(1726.0), Some(83.0), Some(true)));
    assert!((reading.odometer.unwrap().km() - 52_006.4).abs() < 1e-6);
    assert!((reading.fuel_share.unwrap().pct() - 50.196).abs() < 1e-3);
    assert_eq!(reading.trouble_codes, Some(vec!["P0301".to_owned()]));
    assert_eq!((reading.soc, reading.fuel, reading.fuel_rate_lph), (None, None, None), "absent is absent, never zero");
    assert_eq!(health.borrow().vin.as_deref(), Some("LSVAA49J132047371"));
    assert_eq!(health.borrow().state, State::Poll);
    rpm.send_replace("CAN ERROR");
    timeout(SOON, health.wait_for(|h| h.error == Some("obd.can_error"))).await.unwrap().unwrap();
    let unknown = async { while heard.recv().await.unwrap().rpm.is_some() {} };
    timeout(SOON, unknown).await.unwrap();
    rpm.send_replace("41 0C 1A F8");
    let again = async { while heard.recv().await.unwrap().rpm.is_none() {} };
    timeout(SOON, again).await.unwrap();
    // The plug comes out: nothing is known of the vehicle any more.
    adapter.abort();
    timeout(SOON, health.wait_for(|h| h.state == State::Closed)).await.unwrap().unwrap();
    let nothing = async { while heard.recv().await.unwrap() != telematics::fix::Reading::default() {} };
    timeout(SOON, nothing).await.unwrap();
}
