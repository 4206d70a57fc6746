//! GB/T 32960.3: frames laid out from the standard, frames that another implementation made, and streams that are not whole.

use serde_json::{Value, json};

use crate::run::{decoded, differs, root, rows};

/// What the program says, with the keys of the fixtures.
fn said(captures: &[String]) -> Vec<Vec<Value>> {
    let keys = root().join("fixtures/frames/gb32960/keys.toml");
    decoded("gb32960", &["--keys", keys.to_str().unwrap()], captures)
}

fn fixtures() -> Vec<Value> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("fixtures/frames/gb32960"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    files.iter().flat_map(|file| rows(file)).collect()
}

fn hex(row: &Value) -> String {
    row["hex"].as_str().unwrap().to_owned()
}

#[test]
fn every_frame_of_the_fixtures_says_what_it_should_and_is_answered_to_the_byte() {
    let rows = fixtures();
    assert!(rows.len() > 120, "{} rows", rows.len());
    let captures: Vec<String> = rows.iter().map(hex).collect();
    let mut wrong = Vec::new();
    for (row, said) in rows.iter().zip(said(&captures)) {
        let mut expected = row["expected"].clone();
        if let Some(code) = expected["error"].as_str().map(str::to_owned) {
            expected["error"] = json!({ "code": code });
        }
        expected["protocol"] = json!("gb32960");
        expected["at"] = json!(0);
        expected["reply"] = row["reply"].clone();
        differs(row["name"].as_str().unwrap(), &said.into(), &json!([expected]), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_frame_of_the_fixtures_can_be_cut_or_hit_without_harm_to_the_next() {
    let rows = fixtures();
    // A heartbeat of the vehicle of the golden frames. The check code has eight bits: with another one's behind it, one cut frame in
    // some two hundred would swallow it and be right by chance.
    let next = rows.iter().map(hex).find(|hex| hex.starts_with("232307fe4c535641")).unwrap();
    let mut captures = Vec::new();
    for frame in rows.iter().map(hex) {
        let bytes = frame.len() / 2;
        // Cut in the middle; and one bit of the check code turned round.
        captures.push(format!("{}{next}{next}", frame.split_at(bytes / 2 * 2).0));
        let (rest, code) = frame.split_at(frame.len() - 2);
        let code = u8::from_str_radix(code, 16).unwrap() ^ 1;
        captures.push(format!("{rest}{code:02x}{next}"));
    }
    let said = said(&captures);
    for (pair, row) in said.chunks(2).zip(&rows) {
        let name = row["name"].as_str().unwrap();
        let [cut, hit] = pair else { panic!("two captures of {name}") };
        assert!(cut[0]["error"]["code"].is_string(), "{name}: {cut:?}");
        assert_eq!(cut.last().unwrap()["command"], "heartbeat", "{name}: {cut:?}");
        assert_eq!(hit[0]["error"]["code"], "gb32960.checksum", "{name}: {hit:?}");
        assert_eq!(hit.last().unwrap()["command"], "heartbeat", "{name}: {hit:?}");
    }
}

#[test]
fn frames_of_another_implementation_have_its_values() {
    let recorded = rows(&root().join("../shared/data/frames/gb32960.jsonl"));
    let captures: Vec<String> = recorded.iter().map(hex).collect();
    if captures.is_empty() {
        // The folder is not everywhere; the fixtures hold frames of the same kinds.
        return;
    }
    let mut wrong = Vec::new();
    for (row, said) in recorded.iter().zip(said(&captures)) {
        differs(row["name"].as_str().unwrap(), &said.into(), &json!([expected(row)]), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The recorded values under our names; whatever is recorded as invalid is null.
fn expected(row: &Value) -> Value {
    let told = &row["expected"];
    let payload = &told["payload"];
    let local = payload["timestamp"].as_str().unwrap();
    let at = chrono::NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S").unwrap() - chrono::TimeDelta::hours(8);
    let mut expected = json!({
        "edition": row["version"].as_str().unwrap().parse::<u16>().unwrap(),
        "command": told["msg_type"],
        "ack": told["ack"],
        "vin": told["vin"],
        "encryption": "none",
        "time": at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "serial": payload["session_id"],
        "iccid": payload["iccid"],
        "bms_count": payload["bms_total"],
        "packs_per_bms": payload["pack_per_bms"],
        "pack_codes": payload["pack_sn_list"][0],
    });
    for item in payload["data_list"].as_array().into_iter().flatten() {
        match item["data_type"].as_str().unwrap() {
            "whole_vehicle" => {
                const ALL: [&str; 9] = [
                    "state",
                    "charge_state",
                    "drive_mode",
                    "speed_kmh",
                    "odometer_km",
                    "voltage_v",
                    "current_a",
                    "soc_pct",
                    "insulation_kohm",
                ];
                expected["vehicle"] = ALL.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
                let valid = item["data_content"]["gear_state"]["gear_postion_validity"] != "invalid";
                expected["vehicle"]["gear"] = json!(valid.then_some("park"));
                expected["vehicle"]["driving_force"] = json!(true);
            }
            "gnss" => expected["position"] = json!({ "valid": false, "lat": null, "lon": null }),
            other => panic!("{other} is not translated"),
        }
    }
    if let Some(signature) = payload.get("sig") {
        let (kind, r) = (&signature["algo"], &signature["r_value"]);
        expected["signature"] = json!({ "type": kind, "r": r, "s": "", "verified": null });
    }
    expected
}
