//! `GeoLife` logs: six header lines, then latitude, longitude, 0, feet, days, date, time.

use std::path::PathBuf;

use chrono::NaiveDateTime;
use telematics::fix::{Fix, Observation, Reading};
use telematics::place::LonLat;

/// A log of `../shared/data/tracks` beside the checkout; `None` where that folder is not.
pub(crate) fn log(name: &str) -> Option<Vec<Observation>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/tracks").join(name);
    let text = std::fs::read_to_string(path).ok()?;
    Some(parse(&text))
}

pub(crate) fn parse(text: &str) -> Vec<Observation> {
    text.lines().skip(6).enumerate().map(|(number, line)| observation(line, number)).collect()
}

fn observation(line: &str, number: usize) -> Observation {
    let parts: Vec<&str> = line.trim().split(',').collect();
    let at = NaiveDateTime::parse_from_str(&format!("{} {}", parts[5], parts[6]), "%Y-%m-%d %H:%M:%S").unwrap().and_utc();
    Observation {
        fixed_at: at,
        sequence: i64::try_from(number).unwrap(),
        received_at: at,
        fix: Some(Fix {
            at: LonLat::new(parts[1].parse().unwrap(), parts[0].parse().unwrap()).unwrap(),
            speed: None,
            heading: None,
            altitude_m: None,
            satellites: None,
            hdop: None,
            accuracy: None,
        }),
        reading: Reading::default(),
        event: None,
        replayed: false,
        alarms: None,
    }
}
