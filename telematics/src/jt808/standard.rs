//! The additional items that the standards name: JT/T 808 itself, video (JT/T 1078) and active safety (T/JSATL 12).

use serde_json::Value;

use crate::jt808::shape::{Number, Part, REST, Rule, Shape};

/// Mileage by the odometer (里程).
pub(crate) const ODOMETER: u8 = 0x01;
/// Fuel (油量).
pub(crate) const FUEL: u8 = 0x02;
/// Strength of the radio signal (无线通信网络信号强度).
pub(crate) const SIGNAL: u8 = 0x30;
/// Satellites used (GNSS 定位卫星数).
pub(crate) const SATELLITES: u8 = 0x31;

/// Bit 15 of the fuel: the rest is per cent of the tank, in the terminals of several makers.
const FUEL_IS_SHARE: u16 = 1 << 15;

/// What a fuel item says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fuel {
    Litres(f64),
    Pct(u16),
}

/// The fuel of item 0x02; `None` when it has another length or is filled up with ones.
pub(crate) fn fuel(value: &[u8]) -> Option<Fuel> {
    let raw = u16::from_be_bytes(value.try_into().ok()?);
    match raw & !FUEL_IS_SHARE {
        _ if raw == u16::MAX => None,
        share if raw & FUEL_IS_SHARE != 0 => Some(Fuel::Pct(share)),
        tenths => Some(Fuel::Litres(f64::from(tenths) / 10.0)),
    }
}

/// Kilometres of item 0x01, a tenth being the least.
pub(crate) fn odometer_km(value: &[u8]) -> Option<f64> {
    let tenths = u32::from_be_bytes(value.try_into().ok()?);
    (tenths != u32::MAX).then(|| f64::from(tenths) / 10.0)
}

/// The name of an item in the JSON; of makers' items, just that.
pub(crate) fn name(id: u8) -> &'static str {
    match id {
        ODOMETER => "odometer_km",
        FUEL => "fuel",
        SIGNAL => "signal",
        SATELLITES => "satellites",
        other => rule(other).map_or("vendor_item", |rule| rule.name),
    }
}

/// What an item says, in a line.
pub(crate) fn said(id: u8, value: &[u8]) -> String {
    let said = match id {
        ODOMETER => odometer_km(value).map(|km| format!("{km} km")),
        FUEL => fuel(value).map(|fuel| match fuel {
            Fuel::Litres(litres) => format!("{litres} L"),
            Fuel::Pct(pct) => format!("{pct} %"),
        }),
        _ => rule(id).and_then(|rule| rule.shape.json(value)).map(|json| match json {
            Value::String(text) => text,
            other => other.to_string(),
        }),
    };
    said.unwrap_or_else(|| hex::encode(value))
}

/// The rule of an item that is told under a name of its own.
pub(crate) fn rule(id: u8) -> Option<&'static Rule> {
    ITEMS.iter().find(|rule| rule.id == u16::from(id))
}

const fn item(id: u16, name: &'static str, shape: Shape) -> Rule {
    Rule { id, name, shape, reading: None }
}

const fn part(name: &'static str, bytes: usize) -> Part {
    Part { name, bytes, shape: Shape::Number(Number::of(bytes)) }
}

const fn shaped(name: &'static str, bytes: usize, shape: Shape) -> Part {
    Part { name, bytes, shape }
}

/// The items of the standards; mileage, fuel, signal and satellites have fields of their own in a location.
pub(crate) const ITEMS: &[Rule] = &[
    item(0x03, "recorder_speed_kmh", Shape::Number(Number::of(2).over(10))),
    item(0x04, "alarm_event_id", Shape::Number(Number::of(2))),
    item(0x05, "tyre_pressure", Shape::Bytes),
    item(0x06, "cabin_temperature_c", Shape::Number(Number::of(2).magnitude())),
    item(0x11, "overspeed_area", Shape::Record(&[part("area_kind", 1), part("area_id", 4)])),
    item(0x12, "area_crossing", Shape::Record(&[part("area_kind", 1), part("area_id", 4), part("direction", 1)])),
    item(0x13, "section_time", Shape::Record(&[part("section_id", 4), part("seconds", 2), part("result", 1)])),
    item(0x14, "video_alarms", Shape::Flags(VIDEO_ALARMS)),
    item(0x15, "video_lost_channels", Shape::Channels(1)),
    item(0x16, "video_blocked_channels", Shape::Channels(1)),
    item(0x17, "storage_faults", Shape::Channels(1)),
    item(
        0x18,
        "abnormal_driving",
        Shape::Record(&[shaped("kinds", 2, Shape::Flags(ABNORMAL_DRIVING)), part("fatigue_level", 1)]),
    ),
    item(0x25, "vehicle_signals", Shape::Flags(SIGNALS)),
    item(0x2a, "io_status", Shape::Flags(&["deep_sleep", "sleep"])),
    item(0x2b, "analog", Shape::Record(&[part("ad1", 2), part("ad0", 2)])),
    item(0x30, "signal", Shape::Number(Number::of(1))),
    item(0x31, "satellites", Shape::Number(Number::of(1))),
    item(0x64, "driver_assistance", Shape::Record(ASSISTANCE)),
    item(0x65, "driver_state", Shape::Record(DRIVER)),
    item(0x66, "tyre_state", Shape::Record(TYRES)),
    item(0x67, "blind_spot", Shape::Record(BLIND_SPOT)),
];

const VIDEO_ALARMS: &[&str] = &[
    "video_signal_lost",
    "video_blocked",
    "storage_fault",
    "other_video_fault",
    "overcrowded",
    "abnormal_driving",
    "recording_threshold",
];

const ABNORMAL_DRIVING: &[&str] = &["fatigue", "phone", "smoking"];

const SIGNALS: &[&str] = &[
    "low_beam",
    "high_beam",
    "right_turn",
    "left_turn",
    "brake",
    "reverse",
    "fog_light",
    "outline_light",
    "horn",
    "air_conditioning",
    "neutral",
    "retarder",
    "abs",
    "heater",
    "clutch",
];

/// State of the vehicle in an alarm of active safety.
const SAFETY_STATE: &[&str] = &["acc_on", "left_turn", "right_turn", "wiper", "brake", "card_inserted", "", "", "", "", "fixed"];

/// The number under which the files of an alarm are uploaded (报警标识号).
const ALARM_NUMBER: Shape = Shape::Record(&[
    shaped("device_id", 7, Shape::Text),
    shaped("at", 6, Shape::Time),
    part("serial", 1),
    part("attachments", 1),
    part("reserved", 1),
]);

/// 高级驾驶辅助系统.
const ASSISTANCE: &[Part] = &[
    part("alarm_id", 4),
    part("flag", 1),
    part("type", 1),
    part("level", 1),
    part("front_speed_kmh", 1),
    part("front_distance", 1),
    part("departure", 1),
    part("road_sign", 1),
    part("road_sign_data", 1),
    part("speed_kmh", 1),
    shaped("altitude_m", 2, Shape::Number(Number::of(2).signed())),
    shaped("lat", 4, Shape::Degrees),
    shaped("lon", 4, Shape::Degrees),
    shaped("at", 6, Shape::Time),
    shaped("status", 2, Shape::Flags(SAFETY_STATE)),
    shaped("alarm_number", 16, ALARM_NUMBER),
    shaped("tail", REST, Shape::Hex),
];

/// 驾驶员状态监测系统.
const DRIVER: &[Part] = &[
    part("alarm_id", 4),
    part("flag", 1),
    part("type", 1),
    part("level", 1),
    part("fatigue", 1),
    shaped("reserved", 4, Shape::Hex),
    part("speed_kmh", 1),
    shaped("altitude_m", 2, Shape::Number(Number::of(2).signed())),
    shaped("lat", 4, Shape::Degrees),
    shaped("lon", 4, Shape::Degrees),
    shaped("at", 6, Shape::Time),
    shaped("status", 2, Shape::Flags(SAFETY_STATE)),
    shaped("alarm_number", 16, ALARM_NUMBER),
    shaped("tail", REST, Shape::Hex),
];

/// 胎压监测系统.
const TYRES: &[Part] = &[
    part("alarm_id", 4),
    part("flag", 1),
    part("speed_kmh", 1),
    shaped("altitude_m", 2, Shape::Number(Number::of(2).signed())),
    shaped("lat", 4, Shape::Degrees),
    shaped("lon", 4, Shape::Degrees),
    shaped("at", 6, Shape::Time),
    shaped("status", 2, Shape::Flags(SAFETY_STATE)),
    shaped("alarm_number", 16, ALARM_NUMBER),
    shaped("tyres", REST, Shape::List(TYRE)),
];

const TYRE: &[Part] = &[
    part("position", 1),
    shaped("alarms", 2, Shape::Flags(TYRE_ALARMS)),
    part("pressure_kpa", 2),
    shaped("temperature_c", 2, Shape::Number(Number::of(2).signed())),
    part("battery_pct", 2),
];

const TYRE_ALARMS: &[&str] =
    &["report", "high_pressure", "low_pressure", "high_temperature", "sensor", "imbalance", "leak", "low_battery"];

/// 盲区监测系统.
const BLIND_SPOT: &[Part] = &[
    part("alarm_id", 4),
    part("flag", 1),
    part("type", 1),
    part("speed_kmh", 1),
    shaped("altitude_m", 2, Shape::Number(Number::of(2).signed())),
    shaped("lat", 4, Shape::Degrees),
    shaped("lon", 4, Shape::Degrees),
    shaped("at", 6, Shape::Time),
    shaped("status", 2, Shape::Flags(SAFETY_STATE)),
    shaped("alarm_number", 16, ALARM_NUMBER),
    shaped("tail", REST, Shape::Hex),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Each item of the standards: its bytes, and what they say.
    #[test]
    fn every_item_says_what_the_standard_says() {
        for (id, bytes, said) in [
            (0x03, "01f4", json!(50.0)),
            (0x04, "002c", json!(44)),
            (0x05, "1e20ff", json!([30, 32, null])),
            (0x06, "8014", json!(-20)),
            (0x11, "00", json!({ "area_kind": 0, "area_id": null })),
            (0x11, "0100000007", json!({ "area_kind": 1, "area_id": 7 })),
            (0x12, "030000000901", json!({ "area_kind": 3, "area_id": 9, "direction": 1 })),
            (0x13, "00000058005801", json!({ "section_id": 88, "seconds": 88, "result": 1 })),
            (0x14, "00000021", json!(["video_signal_lost", "abnormal_driving"])),
            (0x15, "00000005", json!([1, 3])),
            (0x16, "80000000", json!([32])),
            (0x17, "1001", json!([1, 13])),
            (0x18, "000550", json!({ "kinds": ["fatigue", "smoking"], "fatigue_level": 80 })),
            (0x18, "0002", json!({ "kinds": ["phone"], "fatigue_level": null })),
            (0x25, "00004011", json!(["low_beam", "brake", "clutch"])),
            (0x2a, "0003", json!(["deep_sleep", "sleep"])),
            (0x2b, "00020001", json!({ "ad1": 2, "ad0": 1 })),
        ] {
            let value = hex::decode(bytes).unwrap();
            let shown = rule(id).and_then(|rule| rule.shape.json(&value));
            assert_eq!(shown, Some(said), "{id:02x}");
        }
    }

    #[test]
    fn active_safety_is_told_by_its_fields() {
        let number = "30303030303031200707192359050200";
        let place = "0138 01cd82a0 072a6f90 200707192359 0401".replace(' ', "");
        let assistance = format!("00000001 01 02 02 3c 14 01 00 00 50 {place} {number}").replace(' ', "");
        let shown = rule(0x64).unwrap().shape.json(&hex::decode(assistance).unwrap()).unwrap();
        assert_eq!((&shown["type"], &shown["front_speed_kmh"], &shown["lat"]), (&json!(2), &json!(60), &json!(30.245_536)));
        assert_eq!((&shown["at"], &shown["status"]), (&json!("2020-07-07T11:23:59Z"), &json!(["acc_on", "fixed"])));
        assert_eq!((&shown["alarm_number"]["device_id"], &shown["alarm_number"]["serial"]), (&json!("0000001"), &json!(5)));
        let tyres = format!("00000001 01 50 {place} {number} 01 03 0004 00dc 0019 0050").replace(' ', "");
        let shown = rule(0x66).unwrap().shape.json(&hex::decode(tyres).unwrap()).unwrap();
        let tyre =
            json!([{ "position": 3, "alarms": ["low_pressure"], "pressure_kpa": 220, "temperature_c": 25, "battery_pct": 80 }]);
        assert_eq!(shown["tyres"], tyre);
        for (id, head) in [(0x65, "00000001 01 01 01 08 00000000 50"), (0x67, "00000001 01 02 50")] {
            let bytes = format!("{head} {place} {number}").replace(' ', "");
            assert!(rule(id).unwrap().shape.json(&hex::decode(bytes).unwrap()).is_some(), "{id:02x}");
        }
    }

    #[test]
    fn fuel_is_litres_or_a_share() {
        assert_eq!(fuel(&[0x01, 0xf4]), Some(Fuel::Litres(50.0)));
        assert_eq!(fuel(&[0x80, 0x37]), Some(Fuel::Pct(55)));
        assert_eq!((fuel(&[0xff, 0xff]), fuel(&[1])), (None, None));
        assert_eq!(odometer_km(&[0, 0, 0, 11]), Some(1.1));
    }
}
