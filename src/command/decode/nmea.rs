//! `motorpool decode nmea`: one line a fix.

use std::io::{self, Write};

use serde_json::{Value, json};
use telematics::nmea::epoch::EpochFix;
use telematics::nmea::{Decoded, Decoder};
use telematics::quantity::Heading;

use crate::command::decode::{instant, places};

pub(super) fn run(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::decode::tests::lines;

    #[test]
    fn a_fix_is_one_line_and_a_bad_line_does_not_stop_the_stream() {
        let lines = lines(|out| run(include_bytes!("../../../fixtures/nmea/drive.log"), out));
        let first = lines.iter().find(|line| line.get("lat").is_some()).unwrap();
        assert_eq!(first["fixed_at"], "2025-12-31T23:59:58.000Z");
        assert_eq!(first["speed_kmh"], 37.04);
        assert_eq!(first["talkers"], json!(["GN"]));
        assert_eq!(first["mode"], 3);
        assert!(lines.iter().any(|line| line["error"]["code"] == "nmea.checksum"));
        let without_speed = lines.iter().find(|line| line["fixed_at"] == "2025-12-31T23:59:59.000Z").unwrap();
        assert_eq!(without_speed["speed_kmh"], Value::Null);
    }
}
