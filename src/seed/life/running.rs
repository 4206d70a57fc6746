//! What running a car of the demonstration took: energy, tolls, upkeep and repairs, policies and cards.
#![expect(clippy::indexing_slicing, reason = "an entry is an object that was made here")]

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use dispatch::calendar::start_of;
use dispatch::vehicle::Powertrain;
use fleet_db::seed::life::Lives;
use serde_json::{Value, json};
use telematics::simulate::chance::Chance;
use telematics::simulate::profile::Drivetrain;

use super::car::{Lived, thousandth, year_from};
use super::{CHARGER, Common, FUEL, GARAGES, INSURER, NEV_GARAGE, vendor};
use crate::seed::fleet::Use;

/// Months behind, each with its own entries; further back one entry tells of a quarter.
const MONTHS: i32 = 13;
/// Years of policies and quarters that are told.
const YEARS: i32 = 7;
/// Fen a litre and a kilowatt-hour.
const FUEL_FEN: f64 = 760.0;
const CHARGE_FEN: f64 = 110.0;

/// Upkeep by plan, policies, and cards.
pub(super) fn papers(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    let car = lived.car;
    let mut chance = Chance::of(&[common.seed, car.index as u64, 12]);
    let since_km = thousandth(chance.between(500.0, 9_800.0) * 1_000.0).min(lived.odometer_km);
    let last_on =
        (common.today - TimeDelta::days(20 + i64::try_from(chance.below(335)).unwrap_or_default())).max(lived.registered_on);
    let items: &[(&str, i32, i32)] = match car.asset.powertrain {
        Powertrain::Electric => &[("三电系统检查与保养", 20_000, 12)],
        _ => &[("机油机滤更换", 10_000, 12), ("制动系统检查", 40_000, 24)],
    };
    for (item, every_km, every_months) in items {
        written.upkeep.push(json!({
            "id": common.key("upkeep", car, item), "vehicle_id": car.id.0, "item": item, "every_km": every_km, "every_months": every_months,
            "last_on": last_on, "last_km": lived.odometer_km - since_km, "created_by": common.manager, "created_at": start_of(last_on),
        }));
    }
    policies(common, lived, written);
    for (kind, number, grades) in cards_of(car.asset.powertrain) {
        written.cards.push(json!({
            "id": common.key("card", car, kind), "number": format!("{number}{:08}", car.index + 1), "kind": kind,
            "supplier_id": vendor(if *kind == "fuel" { FUEL } else { CHARGER }), "vehicle_id": car.id.0, "state": "active",
            "limits": { "grades": grades, "single_fen": 300_000, "day_fen": 400_000, "month_fen": 800_000 },
            "created_by": common.manager, "created_at": start_of(lived.entered_on),
        }));
    }
}

const fn cards_of(powertrain: Powertrain) -> &'static [(&'static str, &'static str, &'static [&'static str])] {
    match powertrain {
        Powertrain::Electric | Powertrain::Hydrogen => &[("charge", "3301CD", &["electricity"])],
        Powertrain::PlugInHybrid => {
            &[("fuel", "100011330100", &["petrol_92", "petrol_95"]), ("charge", "3301CD", &["electricity"])]
        }
        Powertrain::Diesel => &[("fuel", "100011330100", &["diesel"])],
        Powertrain::Petrol | Powertrain::Hybrid => &[("fuel", "100011330100", &["petrol_92", "petrol_95"])],
    }
}

/// One year behind the other since the registration; the last one of some cars ends soon.
fn policies(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    let car = lived.car;
    let insurer = vendor(INSURER);
    for n in 0..20 {
        let Some(first) = lived.registered_on.checked_add_months(Months::new(12 * n)) else { break };
        if first > common.today {
            break;
        }
        if first.year() + YEARS <= common.today.year() {
            continue;
        }
        let (_, during) = year_from(first);
        let worn = i64::from(n) * 4_000;
        for (kind, premium) in [("compulsory", 95_000), ("commercial", (268_000 + lived.price_fen / 150 - worn) / 1_000 * 1_000)]
        {
            let number =
                format!("{}{}{:06}{n:02}", if kind == "compulsory" { "PDZA" } else { "PDAA" }, first.year(), car.index + 1);
            written.policies.push(json!({
                "id": common.key("policy", car, format!("{kind}/{n}")), "unit_id": car.asset.unit.0, "vehicle_id": car.id.0,
                "supplier_id": insurer, "kind": kind, "number": number, "during": during, "premium_fen": premium,
                "created_by": common.manager, "created_at": start_of(first),
            }));
            written.costs.push(json!({
                "id": common.key("cost", car, format!("{kind}/{n}")), "vehicle_id": car.id.0, "unit_id": car.asset.unit.0,
                "head": "insurance", "amount_fen": premium, "occurred_on": first, "supplier_id": insurer, "source": "policy",
                "source_ref": number, "posted_by": common.manager, "posted_at": start_of(first),
            }));
        }
    }
}

/// Energy and tolls: month by month of late, by the quarter before.
pub(super) fn costs(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    let mut chance = Chance::of(&[common.seed, lived.car.index as u64, 13]);
    let from = 1.max(lived.months.min(YEARS * 12));
    let mut back = from;
    while back >= 1 {
        let span = if back > MONTHS { 3.min(back - MONTHS) } else { 1 };
        back -= span;
        let Some(on) = month_before(common.today - TimeDelta::days(2), back) else { continue };
        if on < lived.registered_on || on > common.today {
            continue;
        }
        let km = f64::from(lived.km_a_month * span) * chance.between(0.75, 1.25);
        energy(common, lived, (on, back, km), written);
        let toll = i64::from(thousandth(km * chance.between(14.0, 26.0) * 1_000.0));
        if toll > 0 {
            written.costs.push(cost(common, lived, (format!("toll/{back}"), "toll", toll, on)));
        }
    }
}

/// Fuel and current of a span; of the last three months each was paid with the car's card.
fn energy(common: &Common<'_>, lived: &Lived<'_>, (on, back, km): (NaiveDate, i32, f64), written: &mut Lives) {
    let car = lived.car;
    let (fuel, current) = match car.drivetrain {
        Drivetrain::Fuel { l_per_100km, .. } => (km * l_per_100km * 10.0, 0.0),
        Drivetrain::Electric { kwh_per_100km, .. } => (0.0, km * kwh_per_100km * 10.0),
        Drivetrain::PlugIn { l_per_100km, kwh_per_100km, .. } => (km * l_per_100km * 4.0, km * kwh_per_100km * 6.0),
    };
    for (head, quantity, fen) in [("fuel", fuel, FUEL_FEN), ("charge", current, CHARGE_FEN)] {
        let (quantity, amount) = (i64::from(thousandth(quantity * 1_000.0)), i64::from(thousandth(quantity * fen)));
        if amount == 0 {
            continue;
        }
        let mut entry = cost(common, lived, (format!("{head}/{back}"), head, amount, on));
        let (kind, grade) = match (head, car.asset.powertrain) {
            ("charge", _) => ("electric", "electricity"),
            (_, Powertrain::Diesel) => ("diesel", "diesel"),
            _ => ("petrol", "petrol_92"),
        };
        entry["energy"] = json!(kind);
        entry[if head == "fuel" { "fuel_ml" } else { "energy_wh" }] = json!(quantity);
        if back < 3 {
            let number = format!("{head}{:05}{back}", car.index);
            entry["source"] = json!("card");
            entry["source_ref"] = json!(common.key("card use", car, &number));
            written.uses.push(json!({
                "id": common.key("card use", car, &number), "card_id": common.key("card", car, head), "number": number, "act": "take",
                "at": start_of(on) + TimeDelta::hours(9), "plate": car.asset.plate.as_str(), "grade": grade, "quantity": quantity,
                "amount_fen": amount, "place": if head == "fuel" { "中石化文一路站" } else { "市民中心充电站" }, "refused": [],
                "cost_id": entry["id"], "posted_by": common.manager, "posted_at": start_of(on) + TimeDelta::hours(10),
            }));
            // Now and then somebody tries it with another car.
            if back == 1 && car.index % 40 == 7 {
                written.uses.push(json!({
                    "id": common.key("card use", car, format!("refused/{head}")), "card_id": common.key("card", car, head), "number": format!("R{number}"),
                    "act": "take", "at": start_of(on) + TimeDelta::hours(30), "plate": "浙A00000", "grade": grade, "quantity": quantity,
                    "amount_fen": amount, "place": "中石化文一路站", "refused": ["other_plate"], "cost_id": null,
                    "posted_by": common.manager, "posted_at": start_of(on) + TimeDelta::hours(31),
                }));
            }
        }
        written.costs.push(entry);
    }
}

fn cost(common: &Common<'_>, lived: &Lived<'_>, (name, head, amount, on): (String, &str, i64, NaiveDate)) -> Value {
    json!({
        "id": common.key("cost", lived.car, name), "vehicle_id": lived.car.id.0, "unit_id": lived.car.asset.unit.0, "head": head,
        "amount_fen": amount, "occurred_on": on, "source": "manual", "posted_by": common.manager, "posted_at": start_of(on),
    })
}

/// The day of that month, so many months before.
fn month_before(today: NaiveDate, back: i32) -> Option<NaiveDate> {
    today.checked_sub_months(Months::new(u32::try_from(back).ok()?))
}

/// Two orders a year that were settled, more often of old cars; of some cars one that is under way.
pub(super) fn repairs(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives) {
    const UPKEEP: [Task; 2] =
        [("upkeep", "更换空调滤芯、全车检查", 42_000, 18_000), ("upkeep", "四轮换位、制动检查", 8_000, 24_000)];
    const WORK: [Task; 4] = [
        ("repair", "更换前制动片", 56_000, 22_000),
        ("repair", "更换蓄电池", 68_000, 12_000),
        ("repair", "空调不制冷检修", 86_000, 46_000),
        ("repair", "更换轮胎两条", 124_000, 16_000),
    ];
    let mut chance = Chance::of(&[common.seed, lived.car.index as u64, 14]);
    let mut back = 25 + i64::try_from(chance.below(120)).unwrap_or_default();
    for n in 0..8 {
        let sent = start_of(common.today - TimeDelta::days(back)) + TimeDelta::hours(9);
        if sent < start_of(lived.entered_on) + TimeDelta::days(60) {
            break;
        }
        let Some(task) = (if n % 2 == 0 { chance.pick(&UPKEEP) } else { chance.pick(&WORK) }) else { break };
        order(common, lived, written, &Work { n, task: *task, sent, state: "settled" });
        back += 130 + i64::try_from(chance.below(160)).unwrap_or_default();
    }
    let under_way = match lived.car.index % 25 {
        3 => "in_shop",
        9 => "quoted",
        14 => "approved",
        19 => "accepted",
        22 => "proposed",
        _ => return,
    };
    if lived.is_free && lived.car.use_of == Use::Working {
        let sent = common.now - TimeDelta::hours(26);
        order(common, lived, written, &Work { n: 9, task: ("repair", "底盘异响检修", 98_000, 54_000), sent, state: under_way });
    }
}

/// Its kind, what is done, and what parts and labour come to.
type Task = (&'static str, &'static str, i64, i64);

/// A repair order with what it is about.
struct Work {
    n: i32,
    task: Task,
    sent: DateTime<Utc>,
    state: &'static str,
}

/// Writes a repair order as far as it has come.
fn order(common: &Common<'_>, lived: &Lived<'_>, written: &mut Lives, work: &Work) {
    const WAY: [(&str, &str, i64); 6] = [
        ("propose", "proposed", -50),
        ("quote", "quoted", -30),
        ("approve", "approved", -22),
        ("send", "in_shop", 0),
        ("accept", "accepted", 20),
        ("settle", "settled", 24),
    ];
    let car = lived.car;
    let (id, quote) = (common.key("repair", car, work.n), common.key("quote", car, work.n));
    let at = |hours| (work.sent + TimeDelta::hours(hours)).min(common.now);
    let reached = WAY.iter().position(|(_, state, _)| *state == work.state).unwrap_or_default();
    let (kind, what, parts, labour) = work.task;
    let garage = match car.index % 2 {
        _ if car.asset.powertrain.is_new_energy() => NEV_GARAGE,
        0 => GARAGES.0,
        _ => GARAGES.1,
    };
    let garage = vendor(garage);
    let in_shop = match reached {
        3 => Some(format!("[{},{})", at(0).to_rfc3339(), (common.now + TimeDelta::hours(30)).to_rfc3339())),
        4.. => Some(format!("[{},{})", at(0).to_rfc3339(), at(20).to_rfc3339())),
        _ => None,
    };
    written.repairs.push(json!({
        "id": id, "unit_id": car.asset.unit.0, "vehicle_id": car.id.0, "kind": kind, "what": what, "state": work.state,
        "proposed_by": common.manager, "proposed_at": at(-50), "decided_by": (reached >= 2).then_some(common.authority),
        "decided_at": (reached >= 2).then_some(at(-22)), "quote_id": (reached >= 2).then_some(quote), "in_shop": in_shop,
        "odometer_km": (reached >= 3).then_some(lived.odometer_km), "accepted_at": (reached >= 4).then_some(at(20)),
        "settled_at": (reached >= 5).then_some(at(24)), "changed_at": at(WAY.get(reached).map_or(0, |step| step.2)),
    }));
    if reached >= 1 {
        written.quotes.push(json!({
            "id": quote, "repair_id": id, "supplier_id": garage, "parts_fen": parts, "labour_fen": labour, "total_fen": parts + labour,
            "note": "", "quoted_by": common.manager, "quoted_at": at(-30),
        }));
    }
    for (action, state, hours) in WAY.iter().take(reached + 1) {
        let by = if *action == "approve" { common.authority } else { common.manager };
        written
            .repair_steps
            .push(json!({ "repair_id": id, "action": action, "to_state": state, "by": by, "at": at(*hours), "text": "" }));
    }
    if reached == 5 {
        written.bills.push(json!({
            "repair_id": id, "parts_fen": parts, "labour_fen": labour, "total_fen": parts + labour, "settled_by": common.manager,
            "settled_at": at(24),
        }));
        for (seq, part, text, price) in [(1, "parts", "配件", parts), (2, "labour", "工时", labour)] {
            written
                .lines
                .push(json!({ "repair_id": id, "seq": seq, "part": part, "what": text, "quantity": 1, "price_fen": price }));
        }
    }
}
