//! Papers of the fleet of the demonstration: opening establishments, renewals from the indicator to the contract, and cars that go.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use dispatch::lifecycle::disposal::{DisposalReason, DisposalWay};
use dispatch::lifecycle::establishment::EstablishmentKind;
use dispatch::lifecycle::facts::{ChangeFacts, DisposalFacts, PaperFacts, Valuation};
use dispatch::lifecycle::indicator::IndicatorKind;
use dispatch::lifecycle::purchase::PurchaseContract;
use dispatch::lifecycle::renewal::{AgedCar, CarCondition, RenewalGround};
use dispatch::lifecycle::standard::{EquipmentCase, VehicleBody, WantedCar};
use dispatch::money::Money;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory};
use fleet_db::PgPool;
use fleet_db::seed::life::{self as store, Papers};
use serde_json::{Value, json};
use uuid::Uuid;

use super::car::Lived;
use super::{Common, TOP};
use crate::seed::fleet::SeedVehicle;
use crate::seed::names::key;
use crate::seed::units::id_of;

/// What was bought in place of an old car, before tax.
const PRICE: Money = Money::from_fen(14_980_000);

/// A way that papers go: what is done, where the paper stands then, and how many days ago.
type Way<'a> = &'a [(&'a str, &'a str, i64)];

const CHANGE: Way<'_> = &[("propose", "applied", 700), ("review", "reviewed", 690), ("approve", "approved", 680)];
const INDICATOR: Way<'_> = &[
    ("propose", "applied", 120),
    ("review", "reviewed", 112),
    ("issue", "issued", 100),
    ("reserve", "reserved", 80),
    ("use", "used", 40),
];
const BUDGET: Way<'_> = &[("propose", "submitted", 80), ("approve", "approved", 60)];
const PURCHASE: Way<'_> =
    &[("propose", "planned", 40), ("approve", "approved", 33), ("tender", "tendered", 25), ("contract", "contracted", 6)];
const DISPOSAL: Way<'_> = &[("propose", "proposed", 20), ("value", "valued", 12), ("approve", "approved", 5)];

/// Writes the papers of the fleet; those that are there already stay as they are.
pub(super) async fn write(pool: &PgPool, common: &Common<'_>, cars: &[SeedVehicle]) -> anyhow::Result<()> {
    let mut old: Vec<_> =
        cars.iter().map(|car| Lived::of(common, car)).filter(|lived| lived.is_free && lived.months >= 96).collect();
    old.sort_by_key(|lived| (lived.registered_on, lived.car.index));
    let (mut first, mut bought, mut used, mut going) = (Papers::default(), Papers::default(), Vec::new(), Vec::new());
    establishments(common, cars, &mut first);
    let mut tx = fleet_db::begin(pool).await?;
    store::papers(&mut tx, &first).await?;
    let mut first = Papers::default();
    for (lived, reached) in old.iter().zip([0, 2, 3, 4, 4]) {
        renewal(common, lived, reached, &mut first)?;
        if reached == 4 {
            used.push(key("indicator", &lived.car.index.to_string()));
            purchase(common, lived, 1 + used.len(), &mut bought)?;
        }
    }
    if !first.papers.is_empty() {
        budgets(common, &old, &mut first)?;
    }
    for (lived, reached) in old.iter().skip(5).zip([0, 1, 2]) {
        disposal(common, lived, reached, &mut first)?;
        if reached == 2 {
            going.push(lived.car.id);
        }
    }
    store::papers(&mut tx, &first).await?;
    store::use_indicators(&mut tx, &used, ago(common, 40)).await?;
    store::papers(&mut tx, &bought).await?;
    store::await_disposal(&mut tx, &going).await?;
    tx.commit().await?;
    Ok(())
}

fn ago(common: &Common<'_>, days: i64) -> DateTime<Utc> {
    common.now - TimeDelta::days(days)
}

/// A paper that has gone its way up to a step, with its steps; `more` are the columns of its kind.
fn paper(
    common: &Common<'_>,
    (id, paper, letters, unit): (Uuid, &str, &str, UnitId),
    way: Way<'_>,
    reached: usize,
    more: &Value,
    told: &mut Papers,
) {
    let done = way.iter().take(reached + 1);
    let (state, changed) = done.clone().next_back().map_or(("", 0), |(_, state, days)| (*state, *days));
    let decides = |action: &str| ["approve", "issue", "review"].contains(&action);
    let is_decided = done.clone().any(|(action, ..)| decides(action));
    let mut row = json!({
        "id": id, "paper": paper, "kind": letters, "unit_id": unit.0, "state": state, "proposed_by": common.manager,
        "proposed_at": ago(common, way.first().map_or(0, |step| step.2)), "changed_at": ago(common, changed),
        "decided_by": is_decided.then_some(common.authority), "document": if is_decided { "杭机管车〔2026〕18号" } else { "" },
    });
    if let (Some(row), Some(more)) = (row.as_object_mut(), more.as_object()) {
        row.extend(more.clone());
    }
    told.papers.push(row);
    let mut from = "";
    for (action, to, days) in done {
        told.steps.push(json!({
            "id": key("step", &format!("{id}/{action}")), "paper_id": id, "from_state": from, "action": action, "to_state": to,
            "by": if decides(action) { common.authority } else { common.manager }, "at": ago(common, *days), "words": "", "document": "",
        }));
        from = to;
    }
}

/// What each unit held at the beginning: mostly a place for each of its cars, in some one more, in some one less.
fn establishments(common: &Common<'_>, cars: &[SeedVehicle], told: &mut Papers) {
    let mut held: BTreeMap<(UnitId, VehicleCategory), i32> = BTreeMap::new();
    for car in cars {
        *held.entry((car.asset.unit, car.asset.category)).or_default() += 1;
    }
    for (n, ((unit, category), held)) in held.into_iter().enumerate() {
        let count = match n % 9 {
            4 => held + 1,
            7 if held > 1 => held - 1,
            _ => held,
        };
        let id = key("establishment", &format!("{unit}/{}", category.as_str()));
        let facts = PaperFacts {
            reason: "机构改革后期初核定".to_owned(),
            change: Some(ChangeFacts { kind: EstablishmentKind::Opening, count }),
            ..PaperFacts::default()
        };
        paper(common, (id, "establishment", "BZ", unit), CHANGE, 2, &json!({ "category": category, "facts": facts }), told);
        told.entries.push(json!({
            "id": key("establishment entry", &id.to_string()), "unit_id": unit.0, "category": category, "kind": "opening", "count": count,
            "document": "杭机管车〔2024〕3号", "paper_id": id, "entered_by": common.authority, "entered_at": ago(common, 680),
        }));
    }
}

fn wanted(category: VehicleCategory) -> WantedCar {
    WantedCar {
        category,
        powertrain: Powertrain::Electric,
        body: VehicleBody::Sedan,
        case: EquipmentCase::Ordinary,
        price: PRICE,
        displacement_ml: None,
        is_domestic: true,
        document: String::new(),
    }
}

/// The indicator by which an old car is renewed.
fn renewal(common: &Common<'_>, lived: &Lived<'_>, reached: usize, told: &mut Papers) -> anyhow::Result<()> {
    let asset = &lived.car.asset;
    let facts = PaperFacts {
        reason: "使用年限已到，车况不能继续使用".to_owned(),
        fund_source: "市级财政预算".to_owned(),
        kind: Some(IndicatorKind::Renewal),
        wanted: Some(wanted(asset.category)),
        aged: Some(AgedCar {
            registered_on: lived.registered_on,
            odometer_km: lived.odometer_km.unsigned_abs(),
            body: lived.body,
            condition: CarCondition::Worn,
            early_document: String::new(),
        }),
        ground: Some(RenewalGround::Years),
        ..PaperFacts::default()
    };
    // It is used once the budget is granted.
    let stored = reached.min(3);
    let valid = (reached >= 2).then_some(common.today + TimeDelta::days(265));
    let more = json!({ "category": asset.category, "vehicle_id": lived.car.id.0, "valid_until": valid, "facts": serde_json::to_value(&facts)? });
    let id = key("indicator", &lived.car.index.to_string());
    paper(common, (id, "indicator", "ZB", asset.unit), INDICATOR, stored, &more, told);
    if let Some((action, to, days)) = INDICATOR.get(4).filter(|_| reached == 4) {
        told.steps.push(json!({
            "id": key("step", &format!("{id}/{action}")), "paper_id": id, "from_state": "reserved", "action": action, "to_state": to,
            "by": common.manager, "at": ago(common, *days), "words": "", "document": "",
        }));
    }
    Ok(())
}

/// One budget that waits, and one that was granted.
fn budgets(common: &Common<'_>, old: &[Lived<'_>], told: &mut Papers) -> anyhow::Result<()> {
    let facts =
        serde_json::to_value(PaperFacts { reason: "年度公务用车购置预算".to_owned(), ..PaperFacts::default() })?;
    for (name, reached, cars, year) in [("waits", 0, 2..3, 1), ("granted", 1, 3..5, 0)] {
        let lines = old.get(cars).unwrap_or_default();
        if lines.is_empty() {
            continue;
        }
        let id = key("budget", name);
        paper(
            common,
            (id, "budget", "YS", id_of(TOP)),
            BUDGET,
            reached,
            &json!({ "year": common.today.year() + year, "facts": facts }),
            told,
        );
        for lived in lines {
            let indicator = key("indicator", &lived.car.index.to_string());
            told.budget.push(json!({
                "id": key("budget line", &indicator.to_string()), "budget_id": id, "indicator_id": indicator, "amount_fen": PRICE.fen(),
            }));
        }
    }
    Ok(())
}

fn purchase(common: &Common<'_>, lived: &Lived<'_>, reached: usize, told: &mut Papers) -> anyhow::Result<()> {
    let asset = &lived.car.asset;
    let contract = PurchaseContract {
        number: format!("ZFCG-{}-{:03}", common.today.year(), lived.car.index + 1),
        supplier: "杭州市政府采购协议供应商".to_owned(),
        model: "比亚迪 秦PLUS EV".to_owned(),
        seats: 5,
        price: PRICE,
        tax: Money::from_fen(0),
        on: common.today - TimeDelta::days(6),
    };
    let facts = PaperFacts {
        reason: "更新购置".to_owned(),
        wanted: Some(wanted(asset.category)),
        budget: Some(PRICE),
        contract: (reached >= 3).then_some(contract),
        ..PaperFacts::default()
    };
    let indicator = key("indicator", &lived.car.index.to_string());
    let more = json!({ "category": asset.category, "indicator_id": indicator, "facts": serde_json::to_value(&facts)? });
    paper(common, (key("purchase", &lived.car.index.to_string()), "purchase", "GZ", asset.unit), PURCHASE, reached, &more, told);
    Ok(())
}

fn disposal(common: &Common<'_>, lived: &Lived<'_>, reached: usize, told: &mut Papers) -> anyhow::Result<()> {
    let facts = PaperFacts {
        reason: "车辆老旧，维修费用过高".to_owned(),
        disposal: Some(DisposalFacts {
            way: DisposalWay::Auction,
            cause: DisposalReason::Surplus,
            odometer_km: lived.odometer_km.unsigned_abs(),
        }),
        valuation: (reached >= 1).then(|| Valuation {
            appraised: Money::from_fen(lived.price_fen / 8),
            appraiser: "浙江中衡资产评估有限公司".to_owned(),
            report: format!("浙中衡评字〔{}〕{:03}号", common.today.year(), lived.car.index + 1),
        }),
        ..PaperFacts::default()
    };
    let more =
        json!({ "vehicle_id": lived.car.id.0, "category": lived.car.asset.category, "facts": serde_json::to_value(&facts)? });
    let of = (key("disposal", &lived.car.index.to_string()), "disposal", "CZ", lived.car.asset.unit);
    paper(common, of, DISPOSAL, reached, &more, told);
    Ok(())
}
