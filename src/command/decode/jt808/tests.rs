//! Captures in, lines out: where messages stand, how they are answered, and what becomes of broken ones.

use std::io::BufReader;

use chrono::TimeZone as _;
use serde_json::{Value, json};
use telematics::jt808::down::Down;
use telematics::jt808::edition::Edition;
use telematics::jt808::header::Package;
use telematics::jt808::packages::frames;

use super::*;
use crate::command::decode::tests::lines;

const HEARTBEAT: &str = "7e000200001234567890120001897e";

fn how() -> How {
    How { profile: "standard".into(), fields: false, now: None }
}

fn decoded(text: &str) -> Vec<Value> {
    let clock = Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap();
    lines(|out| run(text.as_bytes(), &how(), clock, out))
}

fn framed(header: &Header, body: &[u8]) -> String {
    let mut bytes = Vec::new();
    frame::put(&mut bytes, header, body).unwrap();
    hex::encode(bytes)
}

fn terminal() -> TerminalNo {
    TerminalNo::of_digits("13800138000", Edition::V2013).unwrap()
}

/// A piece of 0x0900 with these bytes.
fn piece(serial: u16, total: u16, index: u16, body: &[u8]) -> String {
    let header = Header::plain(0x0900, Edition::V2013, terminal(), serial);
    framed(&Header { package: Some(Package { total, index }), ..header }, body)
}

#[test]
fn a_message_is_one_line_with_its_place_and_its_answer() {
    let lines = decoded(&format!("{HEARTBEAT}{HEARTBEAT}"));
    assert_eq!(
        lines[0],
        json!({
            "protocol": "jt808",
            "at": 0,
            "version": 2013,
            "message_id": "0x0002",
            "terminal_id": "123456789012",
            "serial": 1,
            "body": {},
            "reply": "7e80010005123456789012000000010002000d7e",
        })
    );
    assert_eq!(lines[1]["at"], 15);
    assert_eq!(lines[1]["reply"].as_str().unwrap().get(22..26), Some("0001"), "our numbers count up");
}

#[test]
fn a_blank_line_begins_a_connection_with_numbers_of_its_own() {
    let lines = decoded(&format!("{HEARTBEAT}\n\n{HEARTBEAT}\n"));
    assert_eq!((&lines[0]["reply"], &lines[1]["at"]), (&lines[1]["reply"], &json!(15)));
}

#[test]
fn lines_may_cut_frames_and_bytes_anywhere() {
    let upper = HEARTBEAT.to_uppercase();
    let whole = decoded(HEARTBEAT);
    for at in 1..upper.len() {
        let (left, right) = upper.split_at(at);
        assert_eq!(decoded(&format!("{left}\n  {right}")), whole, "{at}");
    }
    let spaced: Vec<String> = hex::decode(HEARTBEAT).unwrap().iter().map(|byte| format!("{byte:#04x}")).collect();
    assert_eq!(decoded(&spaced.join(" ")), whole);
    let clock = DateTime::UNIX_EPOCH;
    let slow = lines(|out| run(BufReader::with_capacity(1, HEARTBEAT.as_bytes()), &how(), clock, out));
    assert_eq!(slow, whole, "whatever the size of the pieces");
}

#[test]
fn what_is_broken_is_a_line_and_no_stop() {
    let broken = HEARTBEAT.replace("897e", "887e");
    let lines = decoded(&format!("zz {broken}{HEARTBEAT}7e0002"));
    let codes: Vec<_> = lines.iter().map(|line| line["error"]["code"].as_str().unwrap_or("fine")).collect();
    assert_eq!(codes, ["decode.hex_digit", "jt808.checksum", "fine", "jt808.incomplete"]);
    let places: Vec<_> = lines.iter().map(|line| line["at"].as_u64().unwrap()).collect();
    assert_eq!(places, [0, 0, 15, 30]);
    assert_eq!(lines[0]["error"]["detail"], "line 1, column 1: `z` is no hexadecimal digit");
}

#[test]
fn packages_are_one_line_when_the_last_has_come() {
    let pieces = [piece(7, 3, 1, &[0xf0, 1]), piece(8, 3, 2, &[2]), piece(9, 3, 3, &[3])];
    let length = |count: usize| pieces.iter().take(count).map(|piece| piece.len() as u64 / 2).sum::<u64>();
    let lines = decoded(&pieces.concat());
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["body"], json!({ "type": 0xf0, "data": "010203" }));
    assert_eq!((&lines[0]["serial"], &lines[0]["at"]), (&json!(7), &json!(length(2))));
    assert_eq!(lines[0]["packages_at"], json!([0, length(1), length(2)]));
    assert!(lines[0]["reply"].as_str().unwrap().contains("0007090000"), "the first package is answered");

    let mut backwards = pieces.to_vec();
    backwards.reverse();
    assert_eq!(decoded(&backwards.concat())[0]["body"], lines[0]["body"]);
}

#[test]
fn packages_that_never_come_are_named_at_the_end() {
    let lines = decoded(&format!("{HEARTBEAT}{}{}", piece(7, 4, 1, &[0xf0]), piece(9, 4, 3, &[3])));
    assert_eq!(lines.len(), 2);
    let error = &lines[1]["error"];
    assert_eq!((&error["code"], &error["missing"]), (&json!("jt808.incomplete"), &json!([2, 4])));
    assert_eq!((&lines[1]["at"], &lines[1]["serial"]), (&json!(15), &json!(7)));
    // 8003, seven bytes: the number of the first package, how many, which; our second message.
    let question = "800300070138001380000001 0007 02 00020004".replace(' ', "");
    let sum = hex::decode(&question).unwrap().iter().fold(0, |sum, byte| sum ^ byte);
    assert_eq!(lines[1]["reply"], format!("7e{question}{sum:02x}7e"), "they are asked for");
}

#[test]
fn the_other_direction_is_explained_and_gets_no_answer() {
    let text = Down::Text { flags: 4, kind: None, text: "公务".repeat(500) };
    let too_long = text.encode(Edition::V2013);
    assert!(too_long.is_err(), "1,024 bytes at most");
    let settings = Down::Transparent { kind: 1, data: vec![7; 2000] };
    let sent = frames(&settings, terminal(), Edition::V2013, &mut Serial::default()).unwrap();
    let lines = decoded(&hex::encode(sent.bytes()));
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["body"]["type"], &lines[0]["reply"]), (&json!(1), &Value::Null));
}

#[test]
fn fields_are_shown_when_asked_for() {
    let clock = DateTime::UNIX_EPOCH;
    let with = How { fields: true, ..how() };
    let lines = lines(|out| run(HEARTBEAT.as_bytes(), &with, clock, out));
    let names: Vec<_> = lines[0]["fields"].as_array().unwrap().iter().map(|field| field["name_en"].clone()).collect();
    assert_eq!(names, ["message_id", "properties", "terminal_id", "serial", "checksum"]);
}

#[test]
fn the_time_that_is_told_can_be_chosen() {
    let header = Header::plain(0x0004, Edition::V2019, TerminalNo::of_digits("1", Edition::V2019).unwrap(), 0);
    let asked = framed(&header, &[]);
    let reply = |how: &How| {
        let clock = Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap();
        lines(|out| run(asked.as_bytes(), how, clock, out))[0]["reply"].to_string()
    };
    assert!(reply(&how()).contains("260301000000"));
    let now = Some(Utc.with_ymd_and_hms(2027, 4, 5, 6, 7, 8).unwrap());
    assert!(reply(&How { now, ..how() }).contains("270405060708"));
}
