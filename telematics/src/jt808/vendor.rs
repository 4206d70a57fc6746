//! What makers put behind the standard's items: one table a model, as data; the same id means different things to each.

use serde_json::{Map, Value};

use crate::datum::Datum;
use crate::jt808::item::Items;
use crate::jt808::shape::{Nested, Number, Order, Part, Rule, Shape, Target};

/// How the terminals of one model differ from the standard: 终端型号配置.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// By which a terminal is given this profile.
    pub name: &'static str,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What its coordinates refer to.
    pub datum: Datum,
    rules: &'static [Rule],
}

impl Profile {
    /// The standard alone, in WGS-84; for a terminal of which nothing else is known.
    pub const STANDARD: Self =
        Self { name: "standard", zh: "仅标准项", en: "standard items only", datum: Datum::Wgs84, rules: &[] };

    /// The same, with coordinates that refer to something else.
    #[must_use]
    pub const fn in_datum(self, datum: Datum) -> Self {
        Self { datum, ..self }
    }

    /// All of them; the standard is the first.
    pub const ALL: &[Self] = PROFILES;

    /// The profile with this name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|profile| profile.name == name)
    }

    /// What the maker's items say, by name; items that the profile does not know, or that have another shape, are left out.
    pub(crate) fn explain(&self, items: &Items<'_>) -> Map<String, Value> {
        let named = |item: crate::jt808::item::Item<'_>| {
            let rule = self.rule(item.id)?;
            Some((rule.name.to_owned(), rule.shape.json(item.value)?))
        };
        items.clone().flatten().filter_map(named).collect()
    }

    /// Every reading that the maker's items give.
    pub(crate) fn readings<'a>(&self, items: &Items<'a>) -> Vec<(Target, Shape, &'a [u8])> {
        let mut readings = Vec::new();
        let mut take = |rule: &Rule, value: &'a [u8]| readings.extend(rule.reading.map(|target| (target, rule.shape, value)));
        for item in items.clone().flatten() {
            match self.rule(item.id) {
                Some(Rule { shape: Shape::Nested(nested), .. }) => {
                    for (id, value) in nested.items(item.value) {
                        nested.rule(id).into_iter().for_each(|rule| take(rule, value));
                    }
                }
                Some(rule) => take(rule, item.value),
                None => {}
            }
        }
        readings
    }

    fn rule(&self, id: u8) -> Option<&'static Rule> {
        self.rules.iter().find(|rule| rule.id == u16::from(id))
    }
}

const fn item(id: u16, name: &'static str, shape: Shape) -> Rule {
    Rule { id, name, shape, reading: None }
}

const fn reading(id: u16, name: &'static str, shape: Shape, target: Target) -> Rule {
    Rule { id, name, shape, reading: Some(target) }
}

const fn whole(bytes: usize) -> Shape {
    Shape::Number(Number::of(bytes))
}

const fn over(bytes: usize, divide: u32) -> Shape {
    Shape::Number(Number::of(bytes).over(divide))
}

const fn celsius() -> Shape {
    Shape::Number(Number::of(1).plus(-40))
}

const PROFILES: &[Profile] = &[
    Profile::STANDARD,
    Profile {
        name: "standard_gcj02", zh: "仅标准项，火星坐标", en: "standard items, GCJ-02", datum: Datum::Gcj02, rules: &[]
    },
    Profile { name: "obd_block", zh: "OBD 项 0x80 起", en: "OBD items from 0x80 on", datum: Datum::Wgs84, rules: OBD_BLOCK },
    Profile { name: "obd_f3", zh: "OBD 项 0xF3", en: "OBD items within 0xF3", datum: Datum::Wgs84, rules: OBD_F3 },
    Profile {
        name: "eb_extension", zh: "扩展项 0xEB", en: "extensions within 0xEB", datum: Datum::Wgs84, rules: EB_EXTENSION
    },
    Profile {
        name: "asset", zh: "自带电池的资产终端", en: "asset tracker with a battery", datum: Datum::Wgs84, rules: ASSET
    },
];

/// 0x80 to 0xA0 and 0xCC, each an item of the list: what an OBD plug reads from the engine.
const OBD_BLOCK: &[Rule] = &[
    item(0x80, "obd_speed_kmh", whole(1)),
    reading(0x81, "rpm", whole(2), Target::Rpm),
    reading(0x82, "voltage_v", over(2, 10), Target::Volts),
    item(0x83, "engine_load_pct", whole(1)),
    reading(0x84, "coolant_c", celsius(), Target::CoolantC),
    item(0x85, "fuel_consumption", whole(2)),
    item(0x86, "intake_temperature_c", celsius()),
    item(0x87, "intake_flow", whole(2)),
    item(0x88, "intake_pressure_kpa", whole(1)),
    item(0x89, "throttle_pct", whole(1)),
    item(0x8b, "vin", Shape::Text),
    reading(0x8c, "obd_odometer_km", over(4, 10), Target::OdometerKm),
    item(0x8d, "trip_km", whole(2)),
    reading(0x8e, "fuel_pct", whole(1), Target::FuelPct),
    reading(0xa0, "trouble_codes", Shape::Text, Target::TroubleCodes),
    item(0xcc, "iccid", Shape::Text),
];

const OBD_F3: &[Rule] = &[item(0xf3, "obd", Shape::Nested(&Nested { order: Order::IdLength, rules: F3 }))];

const F3: &[Rule] = &[
    item(0x0002, "obd_speed_kmh", over(2, 10)),
    reading(0x0003, "rpm", whole(2), Target::Rpm),
    reading(0x0004, "voltage_v", over(2, 1000), Target::Volts),
    reading(0x0005, "obd_odometer_km", over(4, 10), Target::OdometerKm),
    item(0x0007, "fuel_consumption", over(2, 10)),
    item(0x0008, "engine_load_pct", over(2, 10)),
    reading(0x0009, "coolant_c", Shape::Number(Number::of(2).plus(-40)), Target::CoolantC),
    item(0x000b, "intake_pressure_kpa", whole(2)),
    item(0x000c, "intake_temperature_c", Shape::Number(Number::of(2).plus(-40))),
    item(0x000d, "intake_flow", whole(2)),
    item(0x0050, "vin", Shape::Text),
    item(0x0100, "trip_km", over(2, 10)),
];

const EB_EXTENSION: &[Rule] = &[item(0xeb, "extension", Shape::Nested(&Nested { order: Order::LengthId, rules: EB }))];

const EB: &[Rule] = &[
    reading(0x0001, "fuel_l", Shape::Front(Number::of(2).over(10)), Target::FuelLitres),
    item(0x0023, "fuel_sensor", Shape::Text),
    item(0x002d, "battery_v", over(2, 1000)),
    item(0x0089, "extended_alarms", Shape::Hex),
    item(0x00a8, "battery_pct", whole(1)),
    item(0x00b2, "iccid", Shape::Digits),
    item(0x00c5, "extended_alarms_2", Shape::Hex),
    reading(0x00ce, "voltage_v", over(2, 100), Target::Volts),
    item(0x00d5, "imei", Shape::Text),
];

/// Trackers that run on their own battery: it is the tracker's, not the vehicle's.
const ASSET: &[Rule] = &[
    item(0xd3, "voltage_v", over(2, 10)),
    item(0xd4, "battery_pct", whole(1)),
    item(0xe1, "battery_pct", whole(1)),
    item(
        0xe4,
        "battery",
        Shape::Record(&[
            Part { name: "not_charging", bytes: 1, shape: whole(1) },
            Part { name: "level_pct", bytes: 1, shape: whole(1) },
        ]),
    ),
    item(0xe9, "battery_pct", whole(1)),
    item(0xfe, "battery_pct", whole(1)),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explained(profile: &str, items: &str) -> Value {
        let bytes = hex::decode(items.replace(' ', "")).unwrap();
        Profile::by_name(profile).unwrap().explain(&Items::new(&bytes)).into()
    }

    #[test]
    fn a_profile_says_what_its_maker_means() {
        assert_eq!(
            explained(
                "obd_block",
                "0104 00000000 8102 1388 8202 0085 840185 8b11 3132333435363738394142434445464748 a00b 50353338662c5530323966"
            ),
            json!({ "rpm": 5000, "voltage_v": 13.3, "coolant_c": 93, "vin": "123456789ABCDEFGH", "trouble_codes": "P538f,U029f" })
        );
        assert_eq!(
            explained("eb_extension", "eb24 000c00b28986047701207027150200060089fffeffff0004002d0e10000600c5ffffffef"),
            json!({ "extension": {
                "iccid": "89860477012070271502", "extended_alarms": "fffeffff", "battery_v": 3.6, "extended_alarms_2": "ffffffef"
            } })
        );
        assert_eq!(explained("obd_f3", "f309 000302 0bb8 000901 32"), json!({ "obd": { "rpm": 3000, "0x0009": "32" } }));
        assert_eq!(
            explained("asset", "e10150 e4020064"),
            json!({ "battery_pct": 80, "battery": { "not_charging": 0, "level_pct": 100 } })
        );
        assert_eq!(explained("standard", "e10150"), json!({}));
    }

    #[test]
    fn names_and_ids_are_unique() {
        for (index, profile) in Profile::ALL.iter().enumerate() {
            assert!(Profile::ALL.iter().skip(index + 1).all(|other| other.name != profile.name));
            for (index, rule) in profile.rules.iter().enumerate() {
                assert!(profile.rules.iter().skip(index + 1).all(|other| other.id != rule.id), "{} {:#x}", profile.name, rule.id);
            }
        }
    }
}
