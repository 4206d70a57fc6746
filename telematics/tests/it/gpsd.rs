//! Our fixes against gpsd's, log by log: same place, same speed, same time; every difference has a name and a reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use telematics::nmea::epoch::EpochFix;
use telematics::nmea::{Decoded, Decoder};
use telematics::quantity::{Heading, Speed};

/// Why gpsd may say something else than the receiver did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// gpsd takes a date before its own release for a lost week rollover and adds 1024 weeks; we believe the sentence,
    /// and leave dates that cannot be to the bridge's `not_before`.
    RolloverAdded,
    /// gpsd reports the first fix of a log before it has read a date.
    NoTimeYet,
    /// gpsd reports on the first sentence of an epoch, with a speed worked out from two places; what it reports on a
    /// later sentence of the same epoch is the receiver's, and ours.
    SpeedNotYetRead,
    /// The receiver itself calls the epoch invalid in all its sentences (GGA 0, GSA 1, RMC V); gpsd reports its place
    /// all the same.
    CalledInvalid,
    /// The log ends after the epoch's GGA: gpsd reports a speed worked out from two places, we report none.
    LogEnds,
}

/// The reasons that a log may use, and the lines of its `.chk` that only they explain.
struct Expected {
    log: &'static str,
    reasons: &'static [Why],
    lines: &'static [(usize, Why)],
}

/// Everything in which we differ; what is not here fails.
const EXPECTED: &[Expected] = &[
    Expected { log: "beidou-bd.log", reasons: &[Why::RolloverAdded, Why::NoTimeYet, Why::SpeedNotYetRead], lines: &[] },
    Expected { log: "beidou-gb.log", reasons: &[Why::RolloverAdded, Why::NoTimeYet, Why::SpeedNotYetRead], lines: &[] },
    Expected { log: "haicom-305N.log", reasons: &[Why::RolloverAdded, Why::SpeedNotYetRead], lines: &[] },
    Expected { log: "motorola-t805.log", reasons: &[Why::RolloverAdded, Why::NoTimeYet, Why::SpeedNotYetRead], lines: &[] },
    Expected { log: "nmea-fuzzy-cases.log", reasons: &[Why::NoTimeYet], lines: &[] },
    Expected {
        log: "tr737A+.log",
        reasons: &[Why::RolloverAdded, Why::NoTimeYet, Why::SpeedNotYetRead],
        lines: &[(12, Why::CalledInvalid), (73, Why::LogEnds)],
    },
    Expected { log: "ublox-neo-m9n-nmea.log", reasons: &[], lines: &[] },
];

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

/// Compares; answers with every difference that has no reason.
fn compare(fixes: &[EpochFix], reports: &[Tpv], expected: &Expected) -> Vec<String> {
    let rollover = TimeDelta::weeks(1024);
    let mut unexplained = Vec::new();
    let mut used = BTreeSet::new();
    let mut lines = expected.lines.to_vec();
    let mut dated = false;
    for (index, tpv) in reports.iter().enumerate() {
        if let Some(known) = lines.iter().position(|(line, _)| *line == tpv.line) {
            let (_, why) = lines.remove(known);
            unexplained.extend(explained(why, fixes, tpv).err());
            continue;
        }
        let found = fixes.iter().find(|fix| {
            let Some(fixed_at) = fix.fixed_at else { return false };
            same_place(fix, tpv) && tpv.time.is_none_or(|time| time == fixed_at || time == fixed_at + rollover)
        });
        let Some(fix) = found else {
            unexplained.push(format!("line {}: no fix of ours for {tpv:?}", tpv.line));
            continue;
        };
        match tpv.time {
            None if dated => unexplained.push(format!("line {}: no time in the middle of the log", tpv.line)),
            None => _ = used.insert(Why::NoTimeYet),
            Some(time) if Some(time) != fix.fixed_at => _ = used.insert(Why::RolloverAdded),
            Some(_) => {}
        }
        dated |= tpv.time.is_some();
        if !same_speed(fix, tpv) {
            used.insert(Why::SpeedNotYetRead);
            // Only while a later report of the same epoch agrees.
            let later = reports.iter().skip(index + 1).take_while(|later| later.time == tpv.time);
            if !later.into_iter().any(|later| same_place(fix, later) && same_speed(fix, later)) {
                unexplained.push(format!("line {}: speed {:?}, gpsd {:?}", tpv.line, fix.fix.speed, tpv.speed));
            }
        }
    }
    let reasons: BTreeSet<Why> = expected.reasons.iter().copied().collect();
    if used != reasons {
        unexplained.push(format!("reasons used {used:?}, expected {reasons:?}"));
    }
    unexplained.extend(lines.iter().map(|(line, why)| format!("line {line}: {why:?} was expected and not met")));
    unexplained
}

/// The reason of one line holds.
fn explained(why: Why, fixes: &[EpochFix], tpv: &Tpv) -> Result<(), String> {
    let ours = fixes.iter().find(|fix| same_place(fix, tpv));
    let holds = match why {
        Why::CalledInvalid => ours.is_none(),
        Why::LogEnds => ours.is_some_and(|fix| fix.fix.speed.is_none() && Some(fix) == fixes.last()),
        Why::RolloverAdded | Why::NoTimeYet | Why::SpeedNotYetRead => false,
    };
    if holds { Ok(()) } else { Err(format!("line {}: {why:?} does not hold", tpv.line)) }
}

/// The logs committed with the project, and the recorded ones beside the checkout where they are.
fn logs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [root.join("fixtures/nmea"), root.join("../shared/data/nmea")];
    let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut logs: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|e| e == "log") && chk(path).is_file());
    logs.sort();
    logs
}

fn chk(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".chk");
    PathBuf::from(name)
}

#[test]
fn every_fix_of_gpsd_is_ours_too_and_every_difference_has_a_reason() {
    let logs = logs();
    assert!(logs.len() >= 2, "the committed logs are missing");
    let mut all = Vec::new();
    for log in logs {
        let name = log.file_name().unwrap().to_str().unwrap();
        let expected = EXPECTED.iter().find(|e| e.log == name).unwrap_or(&Expected { log: "", reasons: &[], lines: &[] });
        let reports = reports(&std::fs::read_to_string(chk(&log)).unwrap());
        assert!(!reports.is_empty(), "{name}");
        let differences = compare(&decode(&std::fs::read(&log).unwrap()), &reports, expected);
        all.extend(differences.into_iter().map(|what| format!("{}: {what}", log.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// The made-up drive has what the recorded logs lack.
#[test]
fn midnight_a_leap_second_and_everything_between_the_sentences() {
    let log = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/nmea/drive.log")).unwrap();
    let mut decoder = Decoder::default();
    let mut out = Vec::new();
    decoder.push(&log, &mut out);
    out.extend(decoder.finish().map(Decoded::Fix));
    let line = |decoded: &Decoded| match decoded {
        Decoded::Fix(fix) => format!(
            "{} {:?} {} {:?}",
            fix.fixed_at.unwrap().format("%m-%d %H:%M:%S"),
            fix.fix.heading.map(Heading::degrees),
            fix.mode,
            fix.talkers
        ),
        Decoded::Dropped { error, .. } => error.code().to_owned(),
    };
    let expected = [
        "nmea.truncated",
        "12-31 23:59:58 Some(90.0) 3 {Gn}",
        "12-31 23:59:59 Some(90.0) 3 {Gn}",
        // The sixtieth second is the first instant of the next day, as Unix time has it.
        "01-01 00:00:00 Some(90.0) 3 {Gn}",
        "01-01 00:00:00 Some(90.0) 3 {Gn}",
        // 1.5 km/h: the course 271 is noise, the last one stays.
        "01-01 00:00:01 Some(90.0) 3 {Gb}",
        "nmea.checksum",
        "nmea.truncated",
        "01-01 00:00:02 Some(91.0) 3 {Qz}",
        "nmea.overlong",
    ];
    assert_eq!(out.iter().map(line).collect::<Vec<_>>(), expected);
    assert_eq!(decoder.counters().invalid, 1, "RMC says V, whatever GGA says");
}
