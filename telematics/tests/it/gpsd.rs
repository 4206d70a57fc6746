//! Our fixes against gpsd's, log by log: same place, same speed, same time; every difference has a name and a reason.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use telematics::nmea::epoch::EpochFix;
use telematics::nmea::{Decoded, Decoder};
use telematics::quantity::Speed;

/// Why gpsd may say something else than the receiver did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// gpsd takes a date before its own release for a lost week rollover and adds 1024 weeks; we believe the sentence,
    /// and leave dates that cannot be to the bridge's `not_before`.
    RolloverAdded,
    /// gpsd reports the first fix before it has read a date.
    NoTimeYet,
    /// gpsd reports on the first sentence of an epoch, with a speed worked out from two places; what it reports on a
    /// later sentence of the same epoch is the receiver's.
    SpeedNotYetRead,
}

/// What gpsd reported once.
#[derive(Debug)]
struct Tpv {
    line: usize,
    time: Option<DateTime<Utc>>,
    lat: f64,
    lon: f64,
    speed: Option<Speed>,
}

fn decode(log: &[u8]) -> Vec<EpochFix> {
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.push(log, &mut out);
    out.extend(decoder.finish().map(Decoded::Fix));
    out.into_iter().filter_map(|d| if let Decoded::Fix(fix) = d { Some(fix) } else { None }).collect()
}

fn reports(chk: &str) -> Vec<Tpv> {
    let tpv = |(index, line): (usize, &str)| {
        let json: Value = serde_json::from_str(line).ok()?;
        if json["class"] != "TPV" || json["mode"].as_u64()? < 2 {
            return None;
        }
        Some(Tpv {
            line: index + 1,
            time: json["time"].as_str().map(|t| t.parse().unwrap()),
            lat: json["lat"].as_f64()?,
            lon: json["lon"].as_f64()?,
            speed: json["speed"].as_f64().map(Speed::from_mps),
        })
    };
    chk.lines().enumerate().filter_map(tpv).collect()
}

fn same_place(fix: &EpochFix, tpv: &Tpv) -> bool {
    (fix.fix.at.lat() - tpv.lat).abs() <= 2e-6 && (fix.fix.at.lon() - tpv.lon).abs() <= 2e-6
}

fn same_speed(fix: &EpochFix, tpv: &Tpv) -> bool {
    match (fix.fix.speed, tpv.speed) {
        (Some(ours), Some(theirs)) => (ours.kmh() - theirs.kmh()).abs() <= 0.1,
        _ => tpv.speed.is_none(),
    }
}

/// Compares; answers with every difference that has no reason, and the reasons that were used.
fn compare(fixes: &[EpochFix], reports: &[Tpv]) -> (Vec<String>, Vec<Why>) {
    let rollover = TimeDelta::weeks(1024);
    let mut unexplained = Vec::new();
    let mut used = Vec::new();
    for (index, tpv) in reports.iter().enumerate() {
        let mut whys = Vec::new();
        let found = fixes.iter().find(|fix| {
            let Some(fixed_at) = fix.fixed_at else { return false };
            same_place(fix, tpv) && tpv.time.is_none_or(|time| time == fixed_at || time == fixed_at + rollover)
        });
        let Some(fix) = found else {
            unexplained.push(format!("line {}: no fix of ours for {tpv:?}", tpv.line));
            continue;
        };
        match tpv.time {
            None => whys.push(Why::NoTimeYet),
            Some(time) if Some(time) != fix.fixed_at => whys.push(Why::RolloverAdded),
            Some(_) => {}
        }
        if !same_speed(fix, tpv) {
            // Only while a later report of the same epoch agrees.
            let corrected = reports
                .iter()
                .skip(index + 1)
                .any(|later| later.time == tpv.time && same_place(fix, later) && same_speed(fix, later));
            if !corrected {
                unexplained.push(format!("line {}: speed {:?}, gpsd {:?}", tpv.line, fix.fix.speed, tpv.speed));
            }
            whys.push(Why::SpeedNotYetRead);
        }
        used.extend(whys);
    }
    (unexplained, used)
}

/// Recorded logs beside the checkout, where they are.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/nmea");
    folder.is_dir().then_some(folder)
}

#[test]
fn every_fix_of_gpsd_is_ours_too() {
    let Some(folder) = shared() else { return };
    let mut logs: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|e| e == "log"));
    logs.sort();
    assert!(!logs.is_empty());
    let mut all = Vec::new();
    for log in logs {
        let name = log.file_name().unwrap().to_str().unwrap().to_owned();
        let chk = std::fs::read_to_string(log.with_file_name(format!("{name}.chk"))).unwrap();
        let (unexplained, used) = compare(&decode(&std::fs::read(&log).unwrap()), &reports(&chk));
        println!("{name} {used:?}");
        all.extend(unexplained.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
