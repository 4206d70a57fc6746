//! JT/T 808: frames laid out from the standard, and frames that other implementations recorded.

use serde_json::{Value, json};

use crate::run::{decoded, differs, root, rows};

const NOW: &[&str] = &["--now", "2026-03-01T00:00:00Z"];

/// Compares the lines of every row's capture with the row's `expect`.
fn compare(rows: &[Value]) -> Vec<String> {
    let captures: Vec<String> = rows.iter().map(|row| row["hex"].as_str().unwrap().to_owned()).collect();
    let said = decoded("jt808", NOW, &captures);
    let mut wrong = Vec::new();
    for (row, said) in rows.iter().zip(said) {
        let name = row["note"].as_str().or(row["src"].as_str()).unwrap_or_default();
        differs(name, &said.into(), &row["expect"], &mut wrong);
    }
    wrong
}

#[test]
fn every_frame_of_the_fixtures_says_what_it_should() {
    let folder = root().join("fixtures/frames/jt808");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    assert!(files.len() >= 4, "{files:?}");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files {
        let rows = rows(&file);
        count += rows.len();
        wrong.extend(compare(&rows));
    }
    assert!(count > 200, "{count} rows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn frames_that_others_recorded_have_their_values_and_get_the_standard_s_answer() {
    let recorded = rows(&root().join("../shared/data/frames/jt808.jsonl"));
    let captures: Vec<String> = recorded.iter().map(|row| row["hex"].as_str().unwrap().to_owned()).collect();
    if captures.is_empty() {
        // The folder is not everywhere; the fixtures hold frames of the same kinds.
        return;
    }
    let said = decoded("jt808", NOW, &captures);
    let mut wrong = Vec::new();
    for (row, said) in recorded.iter().zip(said) {
        differs(row["msg_id"].as_str().unwrap(), &said.into(), &json!([expected(row)]), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The recorded values under our names, and the answer put together by hand.
fn expected(row: &Value) -> Value {
    let told = &row["decoded"];
    let id = told["messageId"].as_u64().unwrap();
    let number = |key: &str| told[key].as_u64().unwrap();
    let body = match id {
        0x0100 => json!({
            "province": told["provinceId"],
            "city": told["cityId"],
            "maker": told["makerId"],
            "model": told["deviceModel"],
            "device_id": told["deviceId"],
            "plate_colour": told["plateColor"],
            "plate": told["plateNo"],
        }),
        0x0102 => json!({ "token": told["token"], "imei": told["imei"], "software_version": told["softwareVersion"] }),
        0x0200 => position(told),
        0x0704 => {
            let positions: Vec<Value> = told["items"].as_array().unwrap().iter().map(position).collect();
            json!({ "count": told["total"], "type": told["type"], "positions": positions })
        }
        0x8100 => json!({ "reply_serial": told["responseSerialNo"], "result": told["resultCode"], "token": told["token"] }),
        _ => json!({}),
    };
    let is_2019 = row["version_2019"].as_bool().unwrap();
    let version = json!(if is_2019 { 2019 } else { 2013 });
    let (terminal, serial) = (told["clientId"].as_str().unwrap(), number("serialNo"));
    let reply = match id {
        0x8100 => Value::Null,
        // Already registered: result 3, and no code.
        0x0100 => answer(0x8100, terminal, &format!("{serial:04x}03")).into(),
        _ => answer(0x8001, terminal, &format!("{serial:04x}{id:04x}00")).into(),
    };
    json!({
        "protocol": "jt808",
        "at": 0,
        "version": version,
        "message_id": row["msg_id"],
        "terminal_id": terminal,
        "serial": serial,
        "body": body,
        "reply": reply,
    })
}

fn position(told: &Value) -> Value {
    let number = |key: &str| told[key].as_f64().unwrap();
    let at = format!("{}+08:00", told["deviceTime"].as_str().unwrap());
    let at = chrono::DateTime::parse_from_rfc3339(&at).unwrap().to_utc();
    let mut expected = json!({
        "lat": number("latitude") / 1e6,
        "lon": number("longitude") / 1e6,
        "altitude_m": told["altitude"],
        "speed_kmh": number("speed") / 10.0,
        "heading_deg": told["direction"],
        "fixed_at": at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "alarm_bits": told["warnBit"],
        "status_bits": told["statusBit"],
    });
    if let Some(items) = told.get("attributes") {
        expected["odometer_km"] = json!(items["1"].as_f64().unwrap() / 10.0);
        expected["fuel_l"] = json!(items["2"].as_f64().unwrap() / 10.0);
        expected["signal"] = items["48"].clone();
        expected["satellites"] = items["49"].clone();
    }
    expected
}

/// A frame from its parts, without the codec that is tested.
fn answer(id: u16, terminal: &str, body: &str) -> String {
    let is_2019 = terminal.len() == 20;
    let properties = (body.len() / 2) | if is_2019 { 0x4000 } else { 0 };
    let version = if is_2019 { "01" } else { "" };
    let plain = hex::decode(format!("{id:04x}{properties:04x}{version}{terminal}0000{body}")).unwrap();
    let sum = plain.iter().fold(0, |sum, byte| sum ^ byte);
    let inside = plain.iter().chain([&sum]).map(|byte| match byte {
        0x7e => "7d02".to_owned(),
        0x7d => "7d01".to_owned(),
        plain => format!("{plain:02x}"),
    });
    format!("7e{}7e", inside.collect::<String>())
}
