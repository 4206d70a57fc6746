//! `motorpool decode osmand`: what phones send over HTTP, one line a report; whole requests, queries, forms and JSON, as text or
//! in hexadecimal.

use std::io::{self, Write};

use serde_json::{Value, json};
use telematics::osmand::{self, PhoneReport, ReportError};
use telematics::owntracks;

pub(super) fn run(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let text = as_text(bytes);
    let mut at = 0;
    let mut in_head = false;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let said = line.trim();
        let mut length = line.len();
        if said.is_empty() {
            in_head = false;
        } else if let Some(target) = request(said) {
            in_head = true;
            if let Some((_, query)) = target.split_once('?') {
                tell(at, osmand::of_form(query).map(|report| vec![report]), out)?;
            }
        } else if in_head && said.contains(": ") {
            // A header says nothing of the car.
        } else if said.starts_with('{') {
            length = object(rest, at, out)?.unwrap_or(length);
        } else {
            let form = said.split_once('?').map_or(said, |(_, query)| query);
            tell(at, osmand::of_form(form).map(|report| vec![report]), out)?;
        }
        at += length;
    }
    Ok(())
}

/// The text itself, or what its hexadecimal digits stand for.
fn as_text(bytes: &[u8]) -> String {
    let digits: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let decoded = hex::decode(&digits).ok().filter(|decoded| !decoded.is_empty());
    String::from_utf8_lossy(decoded.as_deref().unwrap_or(bytes)).into_owned()
}

/// The target of a request line, such as `GET /?id=7 HTTP/1.1`.
fn request(line: &str) -> Option<&str> {
    let mut words = line.split_ascii_whitespace();
    let method = words.next()?;
    matches!(method, "GET" | "POST" | "PUT").then(|| words.next())?
}

/// One JSON object, on as many lines as it takes; the bytes of it, unless it is none.
fn object(text: &str, at: usize, out: &mut impl Write) -> io::Result<Option<usize>> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let Some(Ok(object)) = objects.next() else {
        tell(at, Err(ReportError::Malformed), out)?;
        return Ok(None);
    };
    let body = object.to_string();
    if object.get("_type").is_none() {
        tell(at, osmand::of_json(body.as_bytes()), out)?;
    } else {
        match owntracks::of_json(body.as_bytes()) {
            Ok(Some(report)) => put("owntracks", at, osmand::explain(&report), out)?,
            Ok(None) => put("owntracks", at, json!({ "ignored": object.get("_type") }), out)?,
            Err(error) => put("owntracks", at, wrong(&error), out)?,
        }
    }
    Ok(Some(objects.byte_offset()))
}

fn tell(at: usize, read: Result<Vec<PhoneReport>, ReportError>, out: &mut impl Write) -> io::Result<()> {
    match read {
        Ok(reports) => reports.iter().try_for_each(|report| put("osmand", at, osmand::explain(report), out)),
        Err(error) => put("osmand", at, wrong(&error), out),
    }
}

fn wrong(error: &ReportError) -> Value {
    json!({ "error": { "code": error.code(), "detail": error.to_string() } })
}

fn put(protocol: &str, at: usize, said: Value, out: &mut impl Write) -> io::Result<()> {
    let mut line = json!({ "protocol": protocol, "at": at });
    if let (Value::Object(line), Value::Object(said)) = (&mut line, said) {
        line.extend(said);
    }
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::decode::tests::lines;

    const CAPTURE: &[u8] = include_bytes!("../../../fixtures/osmand/phones.txt");

    #[test]
    fn every_way_a_phone_reports_is_one_line_with_units_and_a_bad_one_stops_nothing() {
        let lines = lines(|out| run(CAPTURE, out));
        let speeds: Vec<&Value> = lines.iter().map(|line| &line["speed_kmh"]).collect();
        assert_eq!(speeds, [&json!(18.52), &json!(18.52), &json!(36.0), &Value::Null, &json!(36.0), &Value::Null, &json!(0.0)]);
        let first = &lines[0];
        assert_eq!((&first["protocol"], &first["at"], &first["device_id"]), (&json!("osmand"), &json!(0), &json!("phone-7")));
        assert_eq!((&first["lat"], &first["lon"]), (&json!(30.2591), &json!(120.1302)));
        assert_eq!((&first["fixed_at"], &first["heading_deg"]), (&json!("2026-06-01T00:00:00.000Z"), &json!(271.0)));
        assert_eq!(lines[2]["battery_pct"], 76.0);
        assert_eq!(lines[3]["error"]["code"], "report.place");
        assert_eq!(lines[4]["protocol"], "owntracks");
        assert_eq!(lines[5]["ignored"], "lwt");
        let found = CAPTURE.windows(12).position(|window| window == b"/?id=phone-9").unwrap();
        assert_eq!(lines[6]["at"], found, "the offset is that of the line");
    }

    #[test]
    fn hexadecimal_digits_stand_for_the_text() {
        let digits = hex::encode(b"id=phone-7&lat=30&lon=120");
        let (first, second) = digits.split_at(20);
        let lines = lines(|out| run(format!("{first}\n{second}\n").as_bytes(), out));
        assert_eq!((&lines[0]["device_id"], &lines[0]["lat"]), (&json!("phone-7"), &json!(30.0)));
    }
}
