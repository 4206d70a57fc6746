//! The golden ceilings, to the yuan and to the day.

use super::StandardBreach::{Body, Case, Displacement, Document, Imported, Price};
use super::*;
use crate::rule::tests::{builtin, version};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A domestic sedan as the law has it as a rule.
fn car(category: VehicleCategory, powertrain: Powertrain, yuan: i64, displacement_ml: Option<u32>) -> WantedCar {
    WantedCar {
        category,
        powertrain,
        body: VehicleBody::Sedan,
        case: EquipmentCase::Ordinary,
        price: Money::from_fen(yuan * 100),
        displacement_ml,
        is_domestic: true,
        document: String::new(),
    }
}

fn special(base: &WantedCar, body: VehicleBody, case: EquipmentCase) -> WantedCar {
    WantedCar { body, case, document: "浙事管〔2026〕1号".to_owned(), ..base.clone() }
}

#[track_caller]
fn check_now(what: &str, car: &WantedCar, expected: &[StandardBreach]) {
    let verdict = check(car, &builtin(), &[], on("2026-03-02"), at("2026-03-02T04:00:00Z"));
    assert_eq!(verdict.breaches, expected, "{what}: {verdict:?}");
}

#[test]
fn the_golden_ceilings_hold_to_the_yuan() {
    use Powertrain::{Electric, Petrol, PlugInHybrid};
    use VehicleCategory::{
        ConfidentialCourier as Jy, EmergencySupport as Yj, LawEnforcement as Zf, Other, SpecialTechnical as Tz,
    };
    check_now("机要 120,000", &car(Jy, Petrol, 120_000, Some(1_598)), &[]);
    check_now("机要 120,001", &car(Jy, Petrol, 120_001, Some(1_598)), &[Price]);
    check_now("机要 1.6 L and no more", &car(Jy, Petrol, 120_000, Some(1_600)), &[]);
    check_now("机要 1.8 L", &car(Jy, Petrol, 120_000, Some(1_798)), &[Displacement]);
    check_now("an engine of which nobody says how large", &car(Jy, Petrol, 120_000, None), &[Displacement]);
    check_now("应急 180,000", &car(Yj, Petrol, 180_000, Some(1_800)), &[]);
    check_now("应急 180,001 and 2.0 L", &car(Yj, Petrol, 180_001, Some(1_998)), &[Price, Displacement]);
    check_now("其他 180,000", &car(Other, Petrol, 180_000, Some(1_800)), &[]);
    check_now("执法 120,001", &car(Zf, Petrol, 120_001, Some(1_598)), &[Price]);
    let need = WantedCar { case: EquipmentCase::Need, document: "文".to_owned(), ..car(Zf, Petrol, 180_000, Some(1_798)) };
    check_now("执法 where the work needs it", &need, &[]);
    check_now("and without its document", &WantedCar { document: " ".to_owned(), ..need.clone() }, &[Document]);
    for category in VehicleCategory::ALL {
        let document = if category == Tz { "文" } else { "" };
        let sedan = WantedCar { document: document.to_owned(), ..car(category, Electric, 180_000, None) };
        check_now("a new-energy sedan", &sedan, &[]);
        check_now("a yuan more", &WantedCar { price: Money::from_fen(18_000_100), ..sedan }, &[Price]);
    }
    check_now("a plug-in is new energy", &car(Jy, PlugInHybrid, 180_000, Some(1_998)), &[]);
    check_now("an ordinary hybrid is not", &car(Jy, Powertrain::Hybrid, 180_000, Some(1_598)), &[Price]);
    let electric_van = WantedCar { body: VehicleBody::SmallBus, ..car(Jy, Electric, 120_001, None) };
    check_now("another body of new energy has the category's price", &electric_van, &[Price]);
}

#[test]
fn what_is_out_of_the_ordinary_has_its_ceiling_and_its_document() {
    let base = || car(VehicleCategory::EmergencySupport, Powertrain::Diesel, 250_000, Some(2_998));
    check_now("250,000 and 3.0 L", &special(&base(), VehicleBody::MediumBus, EquipmentCase::Exception), &[]);
    let more = special(&base(), VehicleBody::SmallBus, EquipmentCase::Exception);
    check_now("a yuan more", &WantedCar { price: Money::from_fen(25_000_100), ..more }, &[Price]);
    let coach = special(
        &car(VehicleCategory::EmergencySupport, Powertrain::Diesel, 450_000, Some(6_700)),
        VehicleBody::LargeBus,
        EquipmentCase::Coach,
    );
    check_now("a coach of 450,000", &coach, &[]);
    check_now("a yuan more", &WantedCar { price: Money::from_fen(45_000_100), ..coach.clone() }, &[Price]);
    check_now(
        "a coach by the price of a coach alone",
        &WantedCar { case: EquipmentCase::Exception, ..coach },
        &[Price, Displacement, Body],
    );
    let courier = car(VehicleCategory::ConfidentialCourier, Powertrain::Petrol, 120_000, Some(1_598));
    check_now("机要 knows no exception", &special(&courier, VehicleBody::SmallBus, EquipmentCase::Exception), &[Case]);
    let suv = WantedCar { body: VehicleBody::Suv, ..car(VehicleCategory::Other, Powertrain::Petrol, 180_000, Some(1_798)) };
    check_now("越野车原则上不配备", &suv, &[Document]);
    check_now("but by a document", &WantedCar { document: "文".to_owned(), ..suv }, &[]);
    let imported =
        WantedCar {
            is_domestic: false, document: "文".to_owned(), ..car(VehicleCategory::Other, Powertrain::Electric, 1, None)
        };
    check_now("国产, whatever the document", &imported, &[Imported]);
    let equipment = car(VehicleCategory::SpecialTechnical, Powertrain::Diesel, 900_000, Some(6_700));
    let equipment = WantedCar { body: VehicleBody::Special, ..equipment };
    check_now("special equipment is set by document", &equipment, &[Document]);
    check_now("and has it", &WantedCar { document: "文".to_owned(), ..equipment }, &[]);
}

#[test]
fn an_old_check_that_is_made_again_says_what_it_said() {
    let mut versions = builtin();
    let old = version(RuleKey::EquipmentCeiling, None, "2017-12-05", at("2017-12-05T00:00:00Z"), RuleValue::Number(0.0));
    let mut value = versions.iter().find(|version| version.key == RuleKey::EquipmentCeiling).unwrap().value.clone().unwrap();
    let RuleValue::Table(rows) = &mut value else { panic!("a table") };
    for row in rows
        .iter_mut()
        .filter(|row| row["category"].text() == Some("confidential_courier") && row["powertrain"].text() == Some("fuel"))
    {
        row.insert("price_fen".to_owned(), Cell::Number(10_000_000.0));
    }
    versions.push(RuleVersion { value: Some(value), from: on("2026-07-01"), recorded_at: at("2026-06-01T00:00:00Z"), ..old });
    let courier = car(VehicleCategory::ConfidentialCourier, Powertrain::Petrol, 110_000, Some(1_598));
    let ask = |day: &str, known: &str| check(&courier, &versions, &[], on(day), at(known));
    let before = ask("2026-03-02", "2026-03-02T04:00:00Z");
    assert_eq!(before.breaches, []);
    assert_eq!(ask("2026-03-02", "2026-12-01T00:00:00Z"), before, "the day counts, whenever it is asked");
    assert_eq!(ask("2026-07-01", "2026-05-01T00:00:00Z").breaches, [], "nobody knew yet");
    assert_eq!(ask("2026-07-01", "2026-07-01T00:00:00Z").breaches, [Price]);
    assert_eq!(before.ceiling.unwrap().from, on("2017-12-05"));
}
