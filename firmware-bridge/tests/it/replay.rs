//! `--replay`: one line, no configuration, and every fix is acknowledged.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::gate::{Gate, Mood};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/nmea").join(name)
}

async fn replay(gate: &Gate, file: &Path, speed: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_motorpool-bridge"))
        .args(["--server", &gate.address, "--device", "MP-0001", "--secret", "s", "--speed", speed, "--replay"])
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{err}");
    assert!(!err.contains("WARN") && !err.contains("ERROR"), "{err}");
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

#[tokio::test]
async fn a_recorded_log_goes_through_a_pty_to_the_gateway() {
    let gate = Gate::open().await;
    let summary = replay(&gate, &fixture("beidou-bd.log"), "max").await;
    assert_eq!(summary["fixes"], 5);
    let book = gate.book.lock().unwrap();
    assert_eq!(summary["records"], book.records.len());
    assert_eq!(summary["acknowledged"], book.records.len());
    let first = book.records.values().next().unwrap();
    assert_eq!(chrono::DateTime::from_timestamp_millis(first.t).unwrap().to_rfc3339(), "2015-02-25T07:41:55.799+00:00");
    assert!((first.lat.unwrap() - 31.247_95).abs() < 2e-6 && (first.lon.unwrap() - 121.587_438_333).abs() < 2e-6);
}

#[tokio::test]
async fn a_geolife_track_keeps_its_dates_and_every_point_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("track.plt");
    let mut text = "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,My Track,0,0,2,8421376\n0\n".to_owned();
    for n in 0..600 {
        let (minute, second) = (n * 2 / 60, n * 2 % 60);
        let lat = 39.984_702 + f64::from(n) * 0.000_123;
        writeln!(text, "{lat:.6},116.318417,0,492,39744.1,2008-10-23,02:{minute:02}:{second:02}").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let gate = Gate::open().await;
    let summary = replay(&gate, &file, "max").await;
    assert_eq!(summary["fixes"], 600);
    let book = gate.book.lock().unwrap();
    assert_eq!(summary["acknowledged"], book.records.len());
    let (first, last) = (book.records.values().next().unwrap(), book.records.values().next_back().unwrap());
    assert_eq!(chrono::DateTime::from_timestamp_millis(first.t).unwrap().to_rfc3339(), "2008-10-23T02:00:00+00:00");
    assert_eq!(chrono::DateTime::from_timestamp_millis(last.t).unwrap().to_rfc3339(), "2008-10-23T02:19:58+00:00");
    assert!((last.lat.unwrap() - (39.984_702 + 599.0 * 0.000_123)).abs() < 1e-6);
    let times: Vec<i64> = book.messages.iter().flat_map(|m| m.seqs.iter().map(|seq| book.records[seq].t)).collect();
    assert!(times.is_sorted(), "a replay goes in the order of recording");
}

#[tokio::test]
async fn a_log_at_ten_times_its_speed_takes_a_tenth_of_its_time() {
    let gate = Gate::open().await;
    let started = std::time::Instant::now();
    let summary = replay(&gate, &fixture("beidou-bd.log"), "10").await;
    // Nine seconds of log.
    assert!(started.elapsed() >= std::time::Duration::from_millis(900), "{:?}", started.elapsed());
    assert_eq!(summary["records"], summary["acknowledged"]);
}

#[tokio::test]
async fn a_device_that_the_gateway_does_not_know_is_told_so() {
    let gate = Gate::open().await;
    gate.feel(Mood::Refuses);
    let output = Command::new(env!("CARGO_BIN_EXE_motorpool-bridge"))
        .args(["--server", &gate.address, "--device", "MP-0001", "--secret", "wrong", "--speed", "max", "--replay"])
        .arg(fixture("beidou-bd.log"))
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("error[bridge.uplink.refused]") && text.contains("device.secret"), "{text}");
}
