//! `motorpool track`: observations in, events, trips and stops out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::Value;
use telematics::fix::Observation;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::revise::revise;
use telematics::track_json;

/// Works out trips and stops: observations in (JSON lines), events out (JSON lines).
///
/// Reads to the end, sorts each vehicle's observations by time and tells what happened, vehicle by vehicle. A line that is no
/// observation gives a line with its number and an error; the others are read all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool track observations.jsonl --policy policy.toml")]
pub(crate) struct Args {
    /// Observations, one JSON object a line; standard input when absent or `-`.
    file: Option<PathBuf>,
    /// Thresholds (TOML) that differ from the defaults, for example `trip_end_secs = 600`.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let policy = args.policy.as_deref().map_or_else(|| Ok(Policy::default()), read_policy)?;
    let input: Box<dyn BufRead> = match args.file.filter(|file| file != Path::new("-")) {
        Some(file) => Box::new(BufReader::new(File::open(&file).with_context(|| format!("cannot open {}", file.display()))?)),
        None => Box::new(io::stdin().lock()),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match track(input, &mut out, &policy).and_then(|()| Ok(out.flush()?)) {
        // The reader has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn read_policy(file: &Path) -> anyhow::Result<Policy> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no policy", file.display()))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Every vehicle's lines, and then what they say.
fn track(mut input: impl BufRead, out: &mut impl Write, policy: &Policy) -> anyhow::Result<()> {
    let mut vehicles: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).context("cannot read the observations")? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&bytes);
        if text.trim().is_empty() {
            continue;
        }
        match track_json::read(text.trim()) {
            Ok((vehicle, seen)) => vehicles.entry(vehicle).or_default().push(seen),
            Err(error) => tell(out, &error.line(number))?,
        }
    }
    for (number, (vehicle, mut seen)) in (1..).zip(vehicles) {
        seen.sort_by_key(|seen| (seen.fixed_at, seen.sequence));
        let revision = revise(VehicleNo(number), &seen, policy);
        for line in revision.events.iter().filter_map(|event| track_json::event_line(&vehicle, event)) {
            tell(out, &line)?;
        }
        for alarm in &revision.alarms {
            tell(out, &track_json::alarm_line(&vehicle, alarm))?;
        }
        if let Some(stop) = revision.tracker.open_stop() {
            tell(out, &track_json::stop_line(&vehicle, &stop))?;
        }
        if let (Some(trip), Some(last)) = (revision.tracker.open_trip(), revision.tracker.newest()) {
            tell(out, &track_json::cut_short_line(&vehicle, &trip, last))?;
        }
    }
    Ok(())
}

fn tell(out: &mut impl Write, line: &Value) -> io::Result<()> {
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_told_with_its_number_and_the_others_are_read() {
        let mut input = String::from("{\"vehicle\":\"a\"}\nnonsense\n\n");
        for minute in 0..30 {
            // Ten minutes at rest, ten northward at 36 km/h, ten at rest; the two halves in the wrong order.
            let minute = (minute + 15) % 30;
            let lat = 30.0 + 0.0054 * f64::from((minute - 10).clamp(0, 10));
            let fixed_at = format!("2026-03-02T06:{minute:02}:00Z");
            input += &serde_json::json!({ "vehicle": "浙A00001", "fixed_at": fixed_at, "lat": lat, "lon": 120.0 }).to_string();
            input.push('\n');
        }
        input.push_str("{\"vehicle\":\"a\",\"fixed_at\":\"2026-03-02T06:00:00Z\",\"lat\":91,\"lon\":120}\n");
        let mut out = Vec::new();
        track(input.as_bytes(), &mut out, &Policy::default()).unwrap();
        let lines: Vec<Value> = String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let errors: Vec<_> = lines.iter().filter(|line| line.get("error").is_some()).map(|line| line["line"].clone()).collect();
        assert_eq!(errors, [1, 2, 34]);
        let events: Vec<_> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
        assert_eq!(events, ["stop", "trip_started", "trip_ended", "stop"], "{lines:#?}");
    }
}
