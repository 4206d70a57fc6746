//! Frames built from the standard, one for every command, information type and edition: what they say and what is answered.

use std::fs;
use std::path::Path;

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::datum::Datum;
use crate::gb32960::observe::ObserveError;
use crate::traction::{ChargeState, DriveMode, Span};

mod readings;

/// A line of a fixture.
pub(super) struct Golden {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    expected: Value,
    reply: Value,
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/frames/gb32960")
}

fn keys() -> Keys {
    toml::from_str(&fs::read_to_string(fixtures().join("keys.toml")).unwrap()).unwrap()
}

pub(super) fn golden(file: &str) -> Vec<Golden> {
    let text = fs::read_to_string(fixtures().join(file)).unwrap();
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        Golden {
            name: format!("{file}: {}", line["name"].as_str().unwrap()),
            bytes: hex::decode(line["hex"].as_str().unwrap()).unwrap(),
            expected: line["expected"].take(),
            reply: line["reply"].take(),
        }
    };
    text.lines().map(line).collect()
}

/// The one frame of `bytes`.
pub(super) fn frame(bytes: &[u8]) -> Frame<'_> {
    let taken = Framer::default().next(bytes);
    assert_eq!((taken.used, taken.begins), (bytes.len(), 0));
    taken.item.unwrap().unwrap()
}

/// What a frame says, with the code of its error, and its answer.
fn told(bytes: &[u8], keys: &Keys) -> (Value, Value) {
    let frame = frame(bytes);
    let ring = keys.ring(frame.header.vin.as_str().unwrap(), None);
    let failed = |data: &[u8], error: MessageError| {
        let mut said = explain::header(&frame.header);
        said.insert("error".to_owned(), json!(error.code()));
        (said, reply::to_error(&frame.header, data, &error, &ring))
    };
    let (said, answer) = match open(&frame, &ring) {
        Err(error) => failed(frame.data, error),
        Ok(data) => match Message::read(frame.header, &data) {
            Err(error) => failed(&data, error),
            Ok(message) => {
                let verdict = message.verdict(&ring);
                let mut said = explain::message(&message, verdict);
                if verdict == Verdict::Invalid {
                    said.insert("error".to_owned(), json!(MessageError::Signature.code()));
                }
                (said, reply::to(&message, verdict, None, &ring))
            }
        },
    };
    (Value::Object(said), json!(answer.map(hex::encode)))
}

fn check(file: &str) {
    let keys = keys();
    let golden = golden(file);
    assert!(golden.len() > 10, "{file}");
    for Golden { name, bytes, expected, reply } in golden {
        let (said, answer) = told(&bytes, &keys);
        assert_eq!(said, expected, "{name}");
        assert_eq!(answer, reply, "the answer to {name}");
    }
}

#[test]
fn every_command_of_2016_is_read_and_answered() {
    check("session-2016.jsonl");
}

#[test]
fn every_command_of_2025_is_read_and_answered() {
    check("session-2025.jsonl");
}

#[test]
fn every_information_type_of_2016_is_read() {
    check("information-2016.jsonl");
}

#[test]
fn every_information_type_of_2025_is_read() {
    check("information-2025.jsonl");
}

#[test]
fn signatures_hold_and_tampering_shows() {
    check("signed.jsonl");
}

#[test]
fn data_are_opened_with_the_key_and_told_as_encrypted_without() {
    check("encrypted.jsonl");
}

#[test]
fn what_is_built_wrong_is_refused_in_the_words_of_its_edition() {
    check("structure.jsonl");
}

#[test]
fn frames_of_other_implementations_and_of_cars_say_what_is_in_them() {
    check("recorded.jsonl");
}

/// Signed, encrypted or not: all frames that there are.
fn all() -> Vec<Golden> {
    ["session-2016", "session-2025", "information-2016", "information-2025", "signed", "encrypted", "structure", "recorded"]
        .iter()
        .flat_map(|file| golden(&format!("{file}.jsonl")))
        .collect()
}

#[test]
fn fields_cover_every_byte_of_a_frame_once() {
    for Golden { name, bytes, .. } in all() {
        let mut at = 0;
        for field in fields(&bytes) {
            assert_eq!(field.offset, at, "{name}: {field:?}");
            assert_eq!(field.hex, hex::encode(&bytes[at..at + field.length]), "{name}");
            at += field.length;
        }
        assert_eq!(at, bytes.len(), "{name}");
    }
}

#[test]
fn fields_carry_the_names_of_the_standard() {
    let report = golden("information-2016.jsonl").into_iter().find(|golden| golden.name.ends_with("a whole report")).unwrap();
    let fields = fields(&report.bytes);
    let find = |zh: &str| fields.iter().find(|field| field.name_zh == zh).unwrap_or_else(|| panic!("{zh}"));
    assert_eq!(find("整车数据 · 车速").value, json!(65.5));
    assert_eq!(find("整车数据 · 车速").offset, 34);
    assert_eq!(find("驱动电机 2 · 驱动电机转速").value, Value::Null);
    assert_eq!(find("车辆位置 · 经度").value, json!(120.153_721));
    assert_eq!(find("驱动电机 1 · 驱动电机转矩").name_en, "motor 1 · motor torque");
    assert_eq!(find("校验码").length, 1);
}

#[test]
fn a_terminal_that_asks_for_the_time_gets_it() {
    let ask = golden("session-2016.jsonl").into_iter().find(|golden| golden.name.ends_with("终端校时")).unwrap();
    let frame = frame(&ask.bytes);
    let message = Message::read(frame.header, frame.data).unwrap();
    let now = DateTime::parse_from_rfc3339("2026-03-02T00:30:15Z").unwrap().to_utc();
    let answer = reply::to(&message, Verdict::Unsigned, Some(now), &KeyRing::default()).unwrap();
    assert_eq!(hex::encode(&answer[22..30]), "00061a0302081e0f");
}

#[test]
fn a_report_whose_check_code_is_wrong_is_asked_for_again() {
    for golden in golden("information-2025.jsonl").iter().filter(|golden| golden.name.ends_with("without a signature")) {
        let mut bytes = golden.bytes.clone();
        bytes[40] ^= 1;
        let taken = Framer::default().next(&bytes);
        let answer = reply::to_broken(&taken.item.unwrap().unwrap_err()).unwrap();
        assert_eq!(hex::encode(&answer[..4]), "24240202");
        assert_eq!(hex::encode(&answer[24..30]), "1a0302081e0f");
    }
    let mut login = golden("session-2016.jsonl").remove(0).bytes;
    login[30] ^= 1;
    assert_eq!(reply::to_broken(&Framer::default().next(&login).item.unwrap().unwrap_err()), None, "a sign-in is ignored");
}

#[test]
fn an_activation_has_an_answer_of_its_own() {
    let header = Header::read(&golden("signed.jsonl").remove(0).bytes).unwrap();
    for (result, said) in [
        (reply::Activated::Success, ("0a01", "0100")),
        (reply::Activated::Already, ("0a02", "0201")),
        (reply::Activated::VinDuplicate, ("0a03", "0202")),
    ] {
        let answer = reply::activation(&header, result).unwrap();
        assert_eq!((hex::encode(&answer[2..4]).as_str(), hex::encode(&answer[24..26]).as_str()), said);
    }
}

#[test]
fn a_key_file_that_is_wrong_says_where() {
    for (text, said) in [
        ("[[key]]\naes128 = \"00\"", "aes128 of everybody is not 32 hex digits"),
        ("[[key]]\nname = \"A\"\nmode = \"cbc\"", "iv of A is not there, as cbc needs one"),
        ("[[key]]\nname = \"A\"\nmode = \"ctr\"", "mode of A is not ecb without iv or cbc with one"),
        ("[[key]]\nrsa_public = \"x\"", "rsa_public of everybody is not a public RSA key in PEM"),
        ("[[key]]\nsm2_public = \"0400\"", "sm2_public of everybody is not a public SM2 key"),
        ("[[key]]\nname = \"A\"\n[[key]]\nname = \"A\"", "A has two entries"),
        ("[[key]]\n[[key]]", "everybody has two entries"),
    ] {
        let error = toml::from_str::<Keys>(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

/// Any frame of the fixtures with any bytes changed, its check code made right again.
fn twisted() -> impl Strategy<Value = Vec<u8>> {
    let frames: Vec<Vec<u8>> = all().into_iter().map(|golden| golden.bytes).collect();
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(frames), changes, any::<prop::sample::Index>()).prop_map(|(mut bytes, changes, cut)| {
        let unit = header::HEADER_BYTES..bytes.len() - 1;
        if !unit.is_empty() {
            for (at, byte) in changes {
                bytes[unit.start + at.index(unit.len())] = byte;
            }
            bytes.truncate(unit.start + 1 + cut.index(unit.len()));
        }
        let header = Header::read(&bytes).unwrap();
        header.frame(&bytes[header::HEADER_BYTES..]).unwrap()
    })
}

proptest! {
    #[test]
    fn any_data_unit_is_read_or_refused_and_never_more(bytes in twisted()) {
        let keys = keys();
        let (said, _) = told(&bytes, &keys);
        prop_assert!(said.is_object());
        let covered: usize = fields(&bytes).iter().map(|field| field.length).sum();
        prop_assert_eq!(covered, bytes.len());
        let frame = frame(&bytes);
        if let Ok(Message { body: Body::Report(report), .. }) = Message::read(frame.header, frame.data) {
            let _seen = report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH);
        }
    }

    #[test]
    fn fields_of_any_bytes_are_told_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200), edition in prop::sample::select(vec![0x23, 0x24])) {
        let bytes = [vec![edition; 2], bytes].concat();
        let _told = fields(&bytes);
    }

    #[test]
    fn what_is_observed_is_what_is_explained(bytes in twisted()) {
        let frame = frame(&bytes);
        let Ok(message) = Message::read(frame.header, frame.data) else { return Ok(()) };
        let Body::Report(report) = &message.body else { return Ok(()) };
        let Ok(seen) = report.observe(Datum::Wgs84, DateTime::UNIX_EPOCH) else { return Ok(()) };
        let said = explain::message(&message, Verdict::Unsigned);
        if let Some(soc) = seen.reading.soc {
            prop_assert_eq!(json!(soc.pct()), json!(said["vehicle"]["soc_pct"].as_f64()));
        }
        if let Some(fix) = &seen.fix && said["position"].get("datum").is_none_or(|datum| datum != "gcj02") {
            prop_assert_eq!(json!(fix.at.lon()), said["position"]["lon"].clone());
        }
        if let Some(traction) = &seen.reading.traction {
            for (of, key) in [(traction.voltage_v, "voltage_v"), (traction.current_a, "current_a")] {
                if let Some(of) = of {
                    prop_assert_eq!(json!(of), said["vehicle"][key].clone());
                }
            }
            for (index, motor) in traction.motors.iter().enumerate() {
                prop_assert_eq!(motor.speed_rpm, said["motors"][index]["speed_rpm"].as_f64());
                prop_assert_eq!(motor.torque_nm, said["motors"][index]["torque_nm"].as_f64());
            }
        }
    }
}
