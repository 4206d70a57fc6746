//! JT/T 808 against frames laid out by hand from the standard, and frames that other implementations recorded.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use telematics::jt808::assemble::Assembled;
use telematics::jt808::frame::put;
use telematics::jt808::{Assembler, Edition, Framer, Header, Message, Profile, TerminalNo, Up, explain, fields, observe};
use telematics::quantity::{Heading, Share, Speed, Voltage, Volume};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).unwrap()
}

/// What a connection says, as `motorpool decode` shows it.
fn decode(stream: &[u8]) -> Vec<Value> {
    decode_by(Framer::of_capture(), stream)
}

/// The same by a framer for captures, or for a link.
fn decode_by(mut framer: Framer, stream: &[u8]) -> Vec<Value> {
    let (mut assembler, mut out) = (Assembler::default(), Vec::new());
    let mut done = 0;
    loop {
        let (taken, found) = framer.next(&stream[done..]);
        done += taken;
        let Some(found) = found else { break };
        let line = match found.frame {
            Err(error) => told(error.code(), &error),
            Ok(frame) => match assembler.push(&frame.header, frame.body, now()) {
                Ok(Assembled::Whole(header, body)) => explain(&Message::read(header, &body), &Profile::STANDARD),
                Ok(Assembled::Waits | Assembled::Duplicate) => continue,
                Err(error) => told(error.code(), &error),
            },
        };
        out.push(at(found.at, line));
    }
    let rest = framer.finish(&stream[done..]);
    out.extend(
        rest.and_then(|rest| Some((rest.at, rest.frame.err()?))).map(|(offset, error)| at(offset, told(error.code(), &error))),
    );
    out
}

fn told(code: &str, error: &impl std::fmt::Display) -> Value {
    json!({ "error": { "code": code, "detail": error.to_string() } })
}

fn at(offset: u64, mut line: Value) -> Value {
    line["at"] = offset.into();
    line
}

/// Whether all that is expected is said; arrays have the same length, objects may say more.
fn differs(path: &str, said: &Value, expected: &Value, out: &mut Vec<String>) {
    match (said, expected) {
        (Value::Object(said), Value::Object(expected)) => {
            let items = path.rsplit('.').next() == Some("items") && said.len() != expected.len();
            if items {
                out.push(format!("{path}: {said:?} for {expected:?}"));
            }
            for (key, value) in expected {
                differs(&format!("{path}.{key}"), said.get(key).unwrap_or(&json!("nothing")), value, out);
            }
        }
        (Value::Array(said), Value::Array(expected)) if said.len() == expected.len() => {
            for (index, (said, expected)) in said.iter().zip(expected).enumerate() {
                differs(&format!("{path}[{index}]"), said, expected, out);
            }
        }
        _ if said == expected => {}
        _ => out.push(format!("{path}: {said} for {expected}")),
    }
}

fn check(file: &str, at_least: usize) {
    let cases = lines(&root().join("fixtures/frames/jt808").join(file));
    assert!(cases.len() >= at_least, "{file} has {} frames", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let stream = hex::decode(case["hex"].as_str().unwrap()).unwrap();
        let name = case["note"].as_str().or(case["hex"].as_str()).unwrap();
        differs(name, &Value::Array(decode(&stream)), &case["expect"], &mut wrong);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_message_edition_and_item_says_what_the_standard_says() {
    check("standard.jsonl", 120);
}

#[test]
fn frames_of_real_terminals_say_what_is_in_them() {
    check("recorded.jsonl", 30);
}

#[test]
fn both_editions_are_told_apart_by_bit_14_and_numbers_stay_text() {
    let cases = lines(&root().join("fixtures/frames/jt808/standard.jsonl"));
    let frame = |note: &str| {
        let case = cases.iter().find(|case| case["note"] == note).unwrap();
        hex::decode(case["hex"].as_str().unwrap()).unwrap()
    };
    let stream = [frame("0x0200 2013, the basic part alone"), frame("0x0200 2019, the basic part alone")].concat();
    let said = decode(&stream);
    assert_eq!((&said[0]["version"], &said[1]["version"]), (&json!(2013), &json!(2019)));
    assert_eq!(said[0]["body"], said[1]["body"]);
    assert_eq!((&said[0]["terminal_id"], &said[1]["terminal_id"]), (&json!("013800138000"), &json!("00000000013800138000")));
}

/// A frame that another implementation gives with what it reads in it; only there where the frames are.
#[test]
fn another_implementation_reads_the_same() {
    for case in lines(&root().join("../shared/data/frames/jt808.jsonl")) {
        let (said, other) = (decode(&hex::decode(case["hex"].as_str().unwrap()).unwrap()), &case["decoded"]);
        let mut wrong = Vec::new();
        let body = match other.get("items") {
            Some(items) => {
                let positions: Vec<Value> = items.as_array().unwrap().iter().map(renamed).collect();
                json!({ "count": other["total"], "type": other["type"], "positions": positions })
            }
            None => renamed(other),
        };
        let head =
            json!({ "message_id": case["msg_id"], "terminal_id": other["clientId"], "serial": other["serialNo"], "body": body });
        differs("", &said[0], &head, &mut wrong);
        assert!(said.len() == 1 && wrong.is_empty(), "{}: {wrong:?}", case["hex"]);
    }
}

/// The other one's names and units as ours.
fn renamed(other: &Value) -> Value {
    let mut out = json!({});
    let scaled = |value: &Value, unit: f64| json!(value.as_f64().unwrap() / unit);
    for (key, value) in other.as_object().unwrap() {
        let (name, value) = match key.as_str() {
            "warnBit" => ("alarm_bits", value.clone()),
            "statusBit" => ("status_bits", value.clone()),
            "latitude" => ("lat", scaled(value, 1e6)),
            "longitude" => ("lon", scaled(value, 1e6)),
            "altitude" => ("altitude_m", value.clone()),
            "speed" => ("speed_kmh", scaled(value, 10.0)),
            "direction" => ("heading_deg", value.clone()),
            "deviceTime" => {
                let local = format!("{}+08:00", value.as_str().unwrap());
                ("fixed_at", json!(DateTime::parse_from_rfc3339(&local).unwrap().to_utc()))
            }
            "provinceId" => ("province", value.clone()),
            "cityId" => ("city", value.clone()),
            "makerId" => ("maker", value.clone()),
            "deviceModel" => ("model", value.clone()),
            "deviceId" => ("device_id", value.clone()),
            "plateColor" => ("plate_colour", value.clone()),
            "plateNo" => ("plate", value.clone()),
            "imei" => ("imei", value.clone()),
            "softwareVersion" => ("software_version", value.clone()),
            "token" => ("token", value.clone()),
            "responseSerialNo" => ("reply_serial", value.clone()),
            "resultCode" => ("result", value.clone()),
            _ => continue,
        };
        out[name] = value;
    }
    if let Some(items) = other.get("attributes") {
        out["odometer_km"] = scaled(&items["1"], 10.0);
        out["fuel_l"] = scaled(&items["2"], 10.0);
        (out["signal"], out["satellites"]) = (items["48"].clone(), items["49"].clone());
    }
    out
}

#[test]
fn the_inspector_shows_every_byte_once() {
    for file in ["standard.jsonl", "recorded.jsonl"] {
        for case in lines(&root().join("fixtures/frames/jt808").join(file)) {
            let stream = hex::decode(case["hex"].as_str().unwrap()).unwrap();
            let Ok(fields) = fields(&stream) else { continue };
            let mut next = 0;
            for field in &fields {
                assert_eq!(field.offset, next, "{field:?} of {}", case["hex"]);
                assert_eq!(field.hex.len(), field.length * 2);
                next += field.length;
            }
            // In a frame in which nothing was escaped a 7d is a byte like others.
            let escapes = stream.windows(2).filter(|two| two[0] == 0x7d && [1, 2].contains(&two[1])).count();
            let whole = stream.len() - 2;
            assert!(next == whole - escapes || next == whole, "{next} bytes of {}", case["hex"]);
        }
    }
}

fn located(body: &str) -> telematics::jt808::Location {
    telematics::jt808::Location::read(&hex::decode(body.replace(' ', "")).unwrap()).unwrap()
}

const HERE: &str = "00000001 00000003 01cd82a0 07296c0a 0013 0165 005a 250601123456";

#[test]
fn a_report_becomes_a_fix_and_readings() {
    let report = located(&format!("{HERE} 0104 0001e240 0202 01a5 3101 0c"));
    let seen = observe(&report, &Profile::STANDARD, now(), false).unwrap();
    let fix = seen.fix.unwrap();
    assert_eq!((fix.at.lon(), fix.at.lat(), fix.satellites), (120.155_146, 30.245_536, Some(12)));
    assert_eq!(
        (fix.speed.map(Speed::kmh), fix.heading.map(Heading::degrees), fix.altitude_m),
        (Some(35.7), Some(90.0), Some(19.0))
    );
    assert_eq!(seen.fixed_at.to_rfc3339(), "2025-06-01T04:34:56+00:00");
    assert_eq!((seen.reading.ignition, seen.reading.odometer.map(|o| o.metres().round())), (Some(true), Some(12_345_600.0)));
    assert_eq!(seen.reading.fuel.map(Volume::litres), Some(42.1));
    assert_eq!(seen.alarms.map(|alarms| alarms.on), Some(1));
    assert_eq!(seen.sequence, telematics::sequence::of(report.bytes()));
}

#[test]
fn without_a_fix_the_readings_count_alone() {
    let report = located("00000000 00000001 01cd82a0 07296c0a 0013 0165 005a 250601123456 0202 8037");
    let seen = observe(&report, &Profile::STANDARD, now(), true).unwrap();
    assert_eq!((seen.fix, seen.replayed), (None, true));
    assert_eq!((seen.reading.ignition, seen.reading.fuel_share.map(Share::pct)), (Some(true), Some(55.0)));
    let nowhere = located("00000000 00000002 00000000 00000000 0000 0000 0000 250601123456");
    assert_eq!(observe(&nowhere, &Profile::STANDARD, now(), false).unwrap().fix, None);
    let never = located("00000000 00000002 01cd82a0 07296c0a 0000 0000 0000 000000000000");
    assert_eq!(observe(&never, &Profile::STANDARD, now(), false).unwrap_err().code(), "jt808.bcd");
}

#[test]
fn the_profile_says_the_datum_and_what_the_maker_means() {
    let report = located(&format!("{HERE} 8102 07d0 8202 0085 840185 8e01 32 a00b 50353338662c5530323966"));
    let plain = observe(&report, &Profile::STANDARD, now(), false).unwrap();
    let profile = Profile::by_name("obd_block").unwrap();
    let seen = observe(&report, profile, now(), false).unwrap();
    assert_eq!((plain.reading.rpm, seen.reading.rpm, seen.reading.coolant_c), (None, Some(2000.0), Some(93.0)));
    assert_eq!((seen.reading.voltage.map(Voltage::volts), seen.reading.fuel_share.map(Share::pct)), (Some(13.3), Some(50.0)));
    assert_eq!(seen.reading.trouble_codes, Some(vec!["P538F".to_owned(), "U029F".to_owned()]));
    // 120.154709, 30.277681 on the shifted map is 120.15, 30.28; the profile says that it is shifted, or bit 5 of the status.
    for (status, profile) in [("00000003", "standard_gcj02"), ("00000023", "standard"), ("00000023", "standard_gcj02")] {
        let report = located(&format!("00000000 {status} 01ce0031 07296a55 0013 0165 005a 250601123456"));
        let seen = observe(&report, Profile::by_name(profile).unwrap(), now(), false).unwrap();
        let at = seen.fix.unwrap().at;
        assert!((at.lon() - 120.15).abs() < 2e-6 && (at.lat() - 30.28).abs() < 2e-6, "{at:?}");
    }
}

#[test]
fn a_position_has_one_number_live_in_a_batch_and_as_an_answer() {
    let report = located(HERE);
    let body = report.bytes();
    let length = [0, 28];
    let batch = [&[0, 1, 1], length.as_slice(), body].concat();
    let answer = [&[0, 9], body].concat();
    let header = |id| Header::plain(id, Edition::V2013, TerminalNo::of_digits("1", Edition::V2013).unwrap(), 0);
    let Ok(Up::Batch(batch)) = Up::read(&header(0x0704), &batch) else { panic!("a batch") };
    let Ok(Up::Located(answer)) = Up::read(&header(0x0201), &answer) else { panic!("an answer") };
    assert!(batch.kind.is_replayed());
    assert_eq!(batch.positions[0].as_ref().unwrap().sequence(), report.sequence());
    assert_eq!(answer.location.sequence(), report.sequence());
}

const KNOWN: &[u16] = &[
    1, 2, 3, 4, 5, 0x100, 0x102, 0x104, 0x107, 0x108, 0x200, 0x201, 0x500, 0x702, 0x704, 0x705, 0x800, 0x801, 0x900, 0x901, 0x999,
];

proptest! {
    #[test]
    fn whatever_a_body_holds_it_is_told_and_never_panics(
        id in proptest::sample::select(KNOWN),
        edition in proptest::sample::select(Edition::ALL.as_slice()),
        body in proptest::collection::vec(prop_oneof![2 => any::<u8>(), 1 => 0..4_u8], 0..200),
    ) {
        let terminal = TerminalNo::of_digits("13800138000", edition).unwrap();
        let header = Header::plain(id, edition, terminal, 1);
        let message = Message::read(header, &body);
        for profile in Profile::ALL {
            let said = explain(&message, profile);
            prop_assert!(said.get("body").is_some() != said.get("error").is_some());
            if let Ok(Up::Location(report)) = &message.up {
                let _ = observe(report, profile, now(), false);
            }
        }
        let mut frame = Vec::new();
        put(&mut frame, &header, &body).unwrap();
        let told = fields(&frame).unwrap();
        prop_assert_eq!(told.last().map(|field| field.name_en.as_str()), Some("checksum"));
        prop_assert_eq!(decode(&frame).len(), 1);
    }

    #[test]
    fn whatever_a_stream_holds_the_connection_goes_on(
        stream in proptest::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(0x7e), 1 => Just(0x7d)], 0..300),
    ) {
        let heartbeat = hex::decode("7e000200000138001380000001a97e").unwrap();
        let _ = fields(&stream);
        let said = decode_by(Framer::default(), &[stream, heartbeat].concat());
        prop_assert_eq!(&said.last().unwrap()["message_id"], "0x0002");
    }
}
