//! When a car of the demonstration came, what it cost, how far it goes in a month; and its registration.

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};
use dispatch::calendar::start_of;
use dispatch::lifecycle::standard::VehicleBody;
use dispatch::vehicle::Powertrain;
use fleet_db::seed::life::Lives;
use serde_json::json;
use telematics::simulate::chance::Chance;

use super::{Common, days};
use crate::seed::fleet::{SeedVehicle, Use};
use crate::seed::trips::UNIT;
use crate::seed::units::id_of;

/// The life of a car in short (履历概要).
#[derive(Clone, Debug)]
pub(super) struct Lived<'a> {
    pub(super) car: &'a SeedVehicle,
    pub(super) unit_name: String,
    pub(super) registered_on: NaiveDate,
    pub(super) entered_on: NaiveDate,
    pub(super) body: VehicleBody,
    pub(super) price_fen: i64,
    pub(super) displacement_ml: Option<u32>,
    /// Whole months since its registration.
    pub(super) months: i32,
    pub(super) km_a_month: i32,
    pub(super) odometer_km: i32,
    /// Nobody of the story's day drives it: it may be in the shop, or go.
    pub(super) is_free: bool,
}

impl<'a> Lived<'a> {
    pub(super) fn of(common: &Common<'_>, car: &'a SeedVehicle) -> Self {
        let mut chance = Chance::of(&[common.seed, car.index as u64, 11]);
        let day = 1 + u32::try_from(chance.below(28)).unwrap_or_default();
        let month = 1 + u32::try_from(chance.below(12)).unwrap_or_default();
        let first = NaiveDate::from_ymd_opt(car.model_year(), month, day).unwrap_or(common.today);
        let registered_on = first.min(common.today - TimeDelta::days(60 + i64::from(day)));
        let months = (common.today.year() - registered_on.year()) * 12 + common.today.month0().cast_signed()
            - registered_on.month0().cast_signed();
        let odometer_km = thousandth(car.first_stock(common.seed).odometer_m);
        let body = body(car);
        Self {
            car,
            unit_name: common.units.get(car.home).map(|unit| unit.unit.name.clone()).unwrap_or_default(),
            registered_on,
            entered_on: registered_on + TimeDelta::days(12),
            body,
            price_fen: price_fen(car.asset.powertrain, body, &mut chance),
            displacement_ml: displacement_ml(car.asset.model.as_str()),
            months: months.max(1),
            km_a_month: (odometer_km / months.max(1)).clamp(120, 3_500),
            odometer_km,
            is_free: car.asset.unit != id_of(UNIT) && car.use_of == Use::Working,
        }
    }
}

/// The registration, the marking, and the seal of a car that stands.
pub(super) fn register(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    let car = lived.car;
    let needs_paper = lived.body == VehicleBody::Suv;
    written.registrations.push(json!({
        "vehicle_id": car.id.0, "owner_kind": "unit", "owner_unit_id": car.asset.unit.0, "owner_name": lived.unit_name,
        "certificate": format!("3301{:08}", car.index + 10_000), "registered_on": lived.registered_on,
        "platform_by": lived.registered_on + TimeDelta::days(30), "entered_on": lived.entered_on, "body": lived.body.as_str(),
        "standard_case": if needs_paper { "need" } else { "ordinary" },
        "standard_document": if needs_paper { "杭机管车〔2020〕7号" } else { "" },
        "displacement_ml": lived.displacement_ml, "engine_number": format!("E{:07}", car.index * 37 + 1_200_000),
        "price_fen": lived.price_fen, "tax_fen": if car.asset.powertrain.is_new_energy() { 0 } else { lived.price_fen / 10 },
        "is_domestic": true, "odometer_km": lived.odometer_km, "recorded_by": common.manager, "recorded_at": start_of(lived.entered_on),
    }));
    // One in twenty still waits for its marking.
    if !car.index.is_multiple_of(20) {
        written.markings.push(json!({
            "id": common.key("marking", car, ""), "vehicle_id": car.id.0, "kind": "sticker", "code": format!("HZGC{:06}", car.index + 1),
            "document": "", "from_on": lived.entered_on, "recorded_by": common.manager, "recorded_at": start_of(lived.entered_on),
        }));
    }
    if car.use_of == Use::Standing && car.asset.unit != id_of(UNIT) {
        let since = start_of(common.today - TimeDelta::days(40));
        written.seals.push(json!({
            "id": common.key("seal", car, ""), "vehicle_id": car.id.0, "kind": "ordinary",
            "during": format!("[{},)", since.to_rfc3339()), "odometer_m": i64::from(lived.odometer_km) * 1_000, "place": "本单位车库",
            "key_custodian": "值班室", "reason": "闲置待调剂", "approved_by": common.authority, "handled_by": common.manager,
            "created_at": since,
        }));
    }
    let costs = [
        ("purchase", lived.price_fen),
        ("purchase_tax", if car.asset.powertrain.is_new_energy() { 0 } else { lived.price_fen / 10 }),
    ];
    for (head, amount) in costs.into_iter().filter(|(_, amount)| *amount > 0) {
        written.costs.push(json!({
            "id": common.key("cost", car, head), "vehicle_id": car.id.0, "unit_id": car.asset.unit.0, "head": head, "amount_fen": amount,
            "occurred_on": lived.registered_on, "source": "manual", "note": "", "posted_by": common.manager,
            "posted_at": start_of(lived.entered_on),
        }));
    }
    inspections(common, lived, written);
}

/// An inspection every two years, every year from the sixth on; each holds until the end of its month.
fn inspections(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    let mut on = lived.registered_on;
    for n in 0..12 {
        let every = if n >= 3 { 12 } else { 24 };
        let until = end_of_month(on.checked_add_months(Months::new(every)).unwrap_or(on));
        let fee: Option<i64> = (n > 0).then_some(26_000);
        written.inspections.push(json!({
            "id": common.key("inspection", lived.car, n), "vehicle_id": lived.car.id.0, "kind": "inspection", "done_on": on,
            "valid_until": until, "place": if n == 0 { "新车免检" } else { "杭州市机动车检测中心" }, "fee_fen": fee,
            "created_by": common.manager, "created_at": start_of(on),
        }));
        if let Some(fee) = fee {
            written.costs.push(json!({
                "id": common.key("cost", lived.car, format!("inspection/{n}")), "vehicle_id": lived.car.id.0, "unit_id": lived.car.asset.unit.0,
                "head": "inspection", "amount_fen": fee, "occurred_on": on, "source": "inspection",
                "source_ref": common.key("inspection", lived.car, n), "posted_by": common.manager, "posted_at": start_of(on),
            }));
        }
        // It was there on a day of the last month, so that some are due soon and none is over.
        let next = until - TimeDelta::days(6 + i64::try_from(lived.car.index % 20).unwrap_or_default());
        if next >= common.today {
            break;
        }
        on = next;
    }
}

fn end_of_month(day: NaiveDate) -> NaiveDate {
    let next = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    next.map_or(day, |next| next - TimeDelta::days(1))
}

/// As the model is built.
fn body(car: &SeedVehicle) -> VehicleBody {
    let rough = ["哈弗", "域虎", "北京", "宋PLUS"];
    match car.asset.seats.count() {
        10.. => VehicleBody::MediumBus,
        6..=9 => VehicleBody::SmallBus,
        _ if rough.iter().any(|name| car.asset.model.as_str().contains(name)) => VehicleBody::Suv,
        _ => VehicleBody::Sedan,
    }
}

/// Before tax, below the ceiling of its kind.
fn price_fen(powertrain: Powertrain, body: VehicleBody, chance: &mut Chance) -> i64 {
    let (low, high) = match (body, powertrain.is_new_energy()) {
        (VehicleBody::MediumBus, _) => (240.0, 380.0),
        (VehicleBody::SmallBus, _) => (168.0, 235.0),
        (_, true) => (118.0, 176.0),
        (VehicleBody::Suv, _) => (110.0, 178.0),
        _ => (82.0, 119.0),
    };
    i64::from(thousandth(chance.between(low, high) * 1_000.0)) * 100_000
}

/// Of the litres in the name of the model, such as `1.5T`.
fn displacement_ml(model: &str) -> Option<u32> {
    let litres = model.split(' ').next_back()?.trim_end_matches(['T', 'L']);
    let (whole, tenths) = litres.split_once('.')?;
    Some(whole.parse::<u32>().ok()? * 1_000 + tenths.parse::<u32>().ok()? * 100)
}

#[expect(clippy::cast_possible_truncation, reason = "no car is driven two thousand million kilometres")]
pub(super) fn thousandth(number: f64) -> i32 {
    (number / 1_000.0) as i32
}

/// A year of a policy as the store reads it.
pub(super) fn year_from(first: NaiveDate) -> (NaiveDate, String) {
    let last = first.checked_add_months(Months::new(12)).unwrap_or(first) - TimeDelta::days(1);
    (last, days(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_read_off_the_name_of_the_model() {
        for (model, found) in [
            ("红旗 H5 1.5T", Some(1_500)),
            ("吉利 帝豪 1.5L", Some(1_500)),
            ("比亚迪 汉EV", None),
            ("江铃 全顺 2.2T", Some(2_200)),
        ] {
            assert_eq!(displacement_ml(model), found, "{model}");
        }
    }

    #[test]
    fn a_month_ends_on_its_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(end_of_month(day("2024-02-03")), day("2024-02-29"));
        assert_eq!(end_of_month(day("2025-12-31")), day("2025-12-31"));
    }
}
