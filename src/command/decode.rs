//! `motorpool decode`: bytes in, one JSON object a message out.

use std::io::{self, BufWriter, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Subcommand, ValueHint};
use serde_json::{Value, json};
use telematics::nmea::epoch::EpochFix;
use telematics::nmea::{Decoded, Decoder};
use telematics::obd::transcript::{self, Answer, Meaning};
use telematics::quantity::Heading;

/// Decodes what a device sent: bytes in, one JSON object a message out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool decode nmea drive.log\n  motorpool decode obd < session.txt")]
pub(crate) struct Args {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Format {
    /// NMEA 0183 as on the serial line: one line a fix.
    Nmea(Input),
    /// A conversation with an ELM327 as on the serial line: one line an answer.
    Obd(Input),
}

#[derive(Debug, clap::Args)]
struct Input {
    /// File to read; standard input without it, or with `-`.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match args.format {
        Format::Nmea(input) => nmea(&input.read()?, &mut out),
        Format::Obd(input) => obd(&input.read()?, &mut out),
    };
    match written.and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).context("cannot write to standard output"),
    }
}

impl Input {
    fn read(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(file) = self.file.as_deref().filter(|file| file.as_os_str() != "-") {
            return std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        Ok(bytes)
    }
}

fn nmea(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut decoder = Decoder::default();
    let mut items = Vec::new();
    decoder.push(bytes, &mut items);
    items.extend(decoder.finish().map(Decoded::Fix));
    for item in items {
        let line = match item {
            Decoded::Fix(epoch) => fix(&epoch),
            Decoded::Dropped { at, error } => {
                json!({ "protocol": "nmea", "at": at, "error": { "code": error.code(), "detail": error.to_string() } })
            }
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn fix(epoch: &EpochFix) -> Value {
    let fix = &epoch.fix;
    json!({
        "protocol": "nmea",
        "at": epoch.at,
        "fixed_at": epoch.fixed_at.map(instant),
        "lat": places(fix.at.lat(), 9),
        "lon": places(fix.at.lon(), 9),
        "altitude_m": fix.altitude_m,
        "speed_kmh": fix.speed.map(|speed| places(speed.kmh(), 4)),
        "heading_deg": fix.heading.map(Heading::degrees),
        "mode": epoch.mode,
        "satellites": fix.satellites,
        "hdop": fix.hdop,
        "talkers": epoch.talkers,
    })
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// So many decimals and no more: what was not measured is not printed.
fn places(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

fn obd(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    for answer in transcript::answers(bytes) {
        writeln!(out, "{}", spoken(&answer))?;
    }
    Ok(())
}

fn spoken(answer: &Answer) -> Value {
    let mut line = json!({ "protocol": "obd", "at": answer.at, "request": answer.request });
    let ecu = answer.ecu.map(|ecu| format!("{ecu:03X}"));
    let said = match &answer.meaning {
        Err(error) => json!({ "error": { "code": error.code(), "detail": error.to_string() } }),
        Ok(Meaning::Value { pid, name, value }) => {
            json!({ "service": "01", "pid": format!("{pid:02X}"), *name: places(*value, 4), "ecu": ecu })
        }
        Ok(Meaning::Supported { pids }) => {
            let pids: Vec<String> = pids.iter().map(|pid| format!("{pid:02X}")).collect();
            json!({ "service": "01", "ecu": ecu, "supported": pids })
        }
        Ok(Meaning::Lamp { on, codes }) => {
            json!({ "service": "01", "pid": "01", "ecu": ecu, "fault_lamp": on, "stored_codes": codes })
        }
        Ok(Meaning::Vin(vin)) => json!({ "service": "09", "pid": "02", "ecu": ecu, "vin": vin }),
        Ok(Meaning::TroubleCodes { service, codes }) => {
            json!({ "service": format!("{service:02X}"), "ecu": ecu, "trouble_codes": codes })
        }
        Ok(Meaning::Adapter(text)) => json!({ "adapter": text }),
        Ok(Meaning::Other(data)) => json!({ "ecu": ecu, "data": hex::encode(data) }),
    };
    if let (Value::Object(line), Value::Object(said)) = (&mut line, said) {
        line.extend(said);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(format: fn(&[u8], &mut Vec<u8>) -> io::Result<()>, text: &[u8]) -> Vec<Value> {
        let mut out = Vec::new();
        format(text, &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_fix_is_one_line_and_a_bad_line_does_not_stop_the_stream() {
        let log = include_bytes!("../../fixtures/nmea/drive.log");
        let lines = lines(nmea, log);
        let first = lines.iter().find(|line| line.get("lat").is_some()).unwrap();
        assert_eq!(first["fixed_at"], "2025-12-31T23:59:58.000Z");
        assert_eq!(first["speed_kmh"], 37.04);
        assert_eq!(first["talkers"], json!(["GN"]));
        assert_eq!(first["mode"], 3);
        assert!(lines.iter().any(|line| line["error"]["code"] == "nmea.checksum"));
        let without_speed = lines.iter().find(|line| line["fixed_at"] == "2025-12-31T23:59:59.000Z").unwrap();
        assert_eq!(without_speed["speed_kmh"], Value::Null);
    }

    #[test]
    fn an_answer_is_one_line_with_its_unit() {
        let lines = lines(obd, include_bytes!("../../fixtures/obd/start.txt"));
        let find = |request: &str| lines.iter().find(|line| line["request"] == request).unwrap();
        assert_eq!(find("010C")["rpm"], 1726.0);
        assert_eq!(find("012F")["fuel_pct"], 50.1961);
        assert_eq!(find("015E")["error"]["code"], "obd.no_data");
        assert_eq!(find("01A6")["error"]["code"], "obd.other_service");
        assert_eq!(find("0902")["vin"], "LSVAA49J132047371");
        assert_eq!(find("03")["trouble_codes"], json!(["P0301"]));
        assert_eq!(find("0105")["error"]["code"], "obd.unknown_request");
    }
}
