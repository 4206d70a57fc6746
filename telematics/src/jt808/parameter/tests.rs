//! Parameters: the table is whole, and every value goes there and back.

use serde_json::{Value, json};

use super::*;

fn code(name: &str, value: &Value) -> &'static str {
    Setting::of(name, value).unwrap_err().code()
}

fn sent(name: &str, value: &Value) -> (u32, String) {
    let setting = Setting::of(name, value).unwrap();
    assert_eq!(setting.shown(), *value, "{name}");
    (setting.id, hex::encode(&setting.value))
}

#[test]
fn the_table_is_sorted_and_every_parameter_has_its_names() {
    assert!(Parameter::ALL.is_sorted_by(|a, b| a.id < b.id));
    let mut keys: Vec<_> = Parameter::ALL.iter().map(|parameter| parameter.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), Parameter::ALL.len());
    for parameter in Parameter::ALL {
        assert!(parameter.min <= parameter.max && parameter.since <= parameter.until, "{parameter:?}");
        assert!(!parameter.zh.is_empty() && !parameter.en.is_empty(), "{parameter:?}");
        assert_eq!(Parameter::by_id(parameter.id), Some(parameter));
        assert_eq!(Parameter::by_key(parameter.key), Some(parameter));
    }
}

#[test]
fn every_parameter_takes_its_least_and_its_largest_value() {
    for parameter in Parameter::ALL {
        let (values, width) = match parameter.kind {
            Kind::U8 => (vec![parameter.shown(parameter.min), parameter.shown(parameter.max)], Some(1)),
            Kind::U16 => (vec![parameter.shown(parameter.min), parameter.shown(parameter.max)], Some(2)),
            Kind::U32 => (vec![parameter.shown(parameter.min), parameter.shown(parameter.max)], Some(4)),
            Kind::Text => (vec![json!(""), json!("平台.example:7808")], None),
            Kind::Bytes(length) => (vec![json!("00".repeat(length.unwrap_or(3).into()))], None),
            Kind::DayWindow => (vec![json!("22:50-10:30"), json!("00:00-23:59")], Some(4)),
        };
        for value in values {
            let bytes = parameter.write(&value).unwrap();
            assert!(width.is_none_or(|width| bytes.len() == width), "{parameter:?}");
            assert_eq!(parameter.read(&bytes), Some(value), "{}", parameter.key);
        }
    }
}

#[test]
fn values_are_written_as_the_standard_says() {
    assert_eq!(sent("heartbeat_interval_s", &json!(60)), (0x0001, "0000003c".to_owned()));
    assert_eq!(sent("main_server", &json!("10.0.0.1")), (0x0013, hex::encode("10.0.0.1")));
    assert_eq!(sent("plate", &json!("浙A12345")), (0x0083, "d5e3413132333435".to_owned()));
    assert_eq!(sent("overspeed_warning_kmh", &json!(5.5)), (0x005B, "0037".to_owned()));
    assert_eq!(sent("odometer_km", &json!(12_345.6)), (0x0080, "0001e240".to_owned()));
    assert_eq!(sent("plate_colour", &json!(1)), (0x0084, "01".to_owned()));
    assert_eq!(sent("forbidden_hours", &json!("22:50-10:30")), (0x0032, "16320a1e".to_owned()));
    assert_eq!(sent("0x0029", &json!(30)), (0x0029, "0000001e".to_owned()));
    assert_eq!(sent("0xf001", &json!("c0ffee")), (0xF001, "c0ffee".to_owned()));
}

#[test]
fn what_cannot_be_set_says_why() {
    assert_eq!(code("speed_of_light", &json!(1)), "parameter.unknown");
    assert_eq!(code("heartbeat_interval_s", &json!("soon")), "parameter.kind");
    assert_eq!(code("heartbeat_interval_s", &json!(1.5)), "parameter.kind");
    assert_eq!(code("odometer_km", &json!(0.05)), "parameter.kind");
    assert_eq!(code("heartbeat_interval_s", &json!(0)), "parameter.range");
    assert_eq!(code("heartbeat_interval_s", &json!(4_294_967_296_u64)), "parameter.range");
    assert_eq!(code("corner_angle_deg", &json!(180)), "parameter.range");
    assert_eq!(code("plate_colour", &json!(-1)), "parameter.range");
    assert_eq!(code("main_server", &json!("🚗")), "parameter.text");
    assert_eq!(code("main_server", &json!("x".repeat(256))), "parameter.too_long");
    assert_eq!(code("main_server", &json!(7)), "parameter.kind");
    assert_eq!(code("can_id_sampling", &json!("00")), "parameter.kind");
    assert_eq!(code("forbidden_hours", &json!("25:00-01:00")), "parameter.kind");
    assert_eq!(code("0x12345", &json!(3)), "parameter.kind");
    let said = Setting::of("odometer_km", &json!(-1)).unwrap_err().to_string();
    assert_eq!(said, "odometer_km is between 0.0 and 429496729.5");
}

#[test]
fn what_a_terminal_tells_is_named_and_the_unknown_is_kept() {
    let told = [
        Setting { id: 0x0001, value: vec![0, 0, 0, 60] },
        Setting { id: 0x0055, value: vec![80] },
        Setting { id: 0x0083, value: vec![0xd5, 0xe3, 0x41] },
        Setting { id: 0xF001, value: vec![1, 2] },
        Setting { id: 0x0031, value: vec![1, 2, 3] },
    ];
    assert_eq!(
        explain(&told),
        json!({
            "heartbeat_interval_s": 60,
            "max_speed_kmh": 80,
            "plate": "浙A",
            "0xf001": "0102",
            "displacement_radius_m": "010203",
        })
    );
    assert!(Setting { id: 0x0012, value: Vec::new() }.is_secret());
}

#[test]
fn an_edition_has_its_own_parameters() {
    let of = |edition| Parameter::ALL.iter().filter(|parameter| parameter.is_of(edition)).count();
    let ports = Parameter::by_key("server_tcp_port").unwrap();
    assert!(ports.is_of(Edition::V2013) && !ports.is_of(Edition::V2019));
    assert!(!Parameter::by_key("forbidden_hours").unwrap().is_of(Edition::V2013));
    assert!(of(Edition::V2011) < of(Edition::V2013));
}
