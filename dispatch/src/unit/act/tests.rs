//! Cases of decisions: each rule by one that keeps it and one that breaks it.

use uuid::Uuid;

use super::*;
use crate::unit::UnitId;

fn unit(n: u128, parent: Option<u128>, level: Level, region: &str) -> Unit {
    let parent = parent.map(|parent| UnitId(Uuid::from_u128(parent)));
    Unit::new(UnitId(Uuid::from_u128(n)), parent, "局", level, region.parse().unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn decision(act: UnitAct) -> UnitDecision {
    UnitDecision { act, on: day("2026-03-01"), document: "杭编〔2026〕7号".to_owned(), reason: "机构改革".to_owned() }
}

/// A bureau of a county below its authority, with nothing in it.
fn around<'a>(unit: &'a Unit, above: Option<&'a Unit>, target: Option<&'a Unit>) -> Surroundings<'a> {
    Surroundings {
        unit,
        above,
        target,
        target_is_below: false,
        highest_child: None,
        child_is_outside: false,
        vehicles: 0,
        accounts: 0,
        last_on: Some(day("2020-01-01")),
        today: day("2026-03-02"),
    }
}

fn codes(decided: Result<UnitStatus, Vec<ActRefusal>>) -> Vec<&'static str> {
    decided.err().unwrap_or_default().iter().map(ActRefusal::code).collect()
}

#[test]
fn the_table_decides_what_may_be_done_to_whom() {
    let city = unit(1, None, Level::City, "330100");
    let other = unit(3, Some(1), Level::County, "330106");
    for status in UnitStatus::ALL {
        for act in UnitAct::ALL.into_iter().filter(|act| *act != UnitAct::Found) {
            let mut bureau = unit(2, Some(1), Level::County, "330106");
            bureau.status = status;
            let target = if act == UnitAct::Move { unit(4, Some(1), Level::City, "330100") } else { other.clone() };
            let decided = decide(&decision(act), &around(&bureau, Some(&city), Some(&target)));
            let legal = LEGAL.iter().find(|(from, legal, _)| *from == status && *legal == act);
            assert_eq!(decided.clone().ok(), legal.map(|(.., becomes)| *becomes), "{status} {act}: {decided:?}");
            assert_eq!(allowed(status).any(|one| one == act), legal.is_some());
        }
    }
}

#[test]
fn nothing_moves_below_itself_nor_where_it_stands_nor_below_what_is_gone() {
    let city = unit(1, None, Level::City, "330100");
    let bureau = unit(2, Some(1), Level::County, "330106");
    let below = unit(3, Some(2), Level::County, "330106");
    let moved = |target: Option<&Unit>, is_below: bool| {
        let mut around = around(&bureau, Some(&city), target);
        around.target_is_below = is_below;
        codes(decide(&decision(UnitAct::Move), &around))
    };
    assert_eq!(moved(Some(&bureau), false), ["unit.circle"]);
    assert_eq!(moved(Some(&below), true), ["unit.circle"]);
    assert_eq!(moved(Some(&city), false), ["unit.same_place"]);
    assert_eq!(moved(None, false), ["unit.no_target"]);
    let mut gone = unit(4, Some(1), Level::City, "330100");
    gone.status = UnitStatus::Closed;
    assert_eq!(moved(Some(&gone), false), ["unit.target_gone"]);
    let elsewhere = unit(5, None, Level::City, "330200");
    assert_eq!(moved(Some(&elsewhere), false), ["unit.region_outside"]);
    assert_eq!(
        codes(decide(&decision(UnitAct::Move), &around(&city, None, Some(&elsewhere)))),
        ["unit.top", "unit.region_outside"]
    );
}

#[test]
fn no_unit_stands_below_one_of_a_lower_level() {
    let (city, county) = (unit(1, Some(9), Level::City, "330100"), unit(2, Some(9), Level::County, "330100"));
    assert_eq!(may_stand_below(&city, &county), [ActRefusal::LevelOrder]);
    assert!(may_stand_below(&county, &city).is_empty());
    let mut fleet = unit(3, Some(1), Level::County, "330106");
    fleet.kind = UnitKind::Fleet;
    assert_eq!(may_stand_below(&fleet, &city), [ActRefusal::PartLevel]);
    fleet.level = Level::City;
    assert!(may_stand_below(&fleet, &city).is_empty());

    let mut lowered = unit(4, Some(9), Level::County, "330100");
    lowered.kind = UnitKind::Organ;
    let province = unit(9, None, Level::Province, "330000");
    let mut around = around(&lowered, Some(&province), None);
    around.highest_child = Some(Level::City);
    assert_eq!(codes(decide(&decision(UnitAct::Change), &around)), ["unit.level_order"], "not above a city's bureau any more");
}

#[test]
fn a_unit_closes_empty_and_merges_with_all_it_has() {
    let city = unit(1, None, Level::City, "330100");
    let bureau = unit(2, Some(1), Level::County, "330106");
    let mut full = around(&bureau, Some(&city), None);
    (full.highest_child, full.vehicles, full.accounts) = (Some(Level::County), 3, 2);
    let refused = decide(&decision(UnitAct::Close), &full);
    assert_eq!(codes(refused), ["unit.has_children", "unit.has_vehicles", "unit.has_accounts"]);
    let successor = unit(3, Some(1), Level::County, "330106");
    full.target = Some(&successor);
    assert_eq!(decide(&decision(UnitAct::Merge), &full), Ok(UnitStatus::Merged));
    full.highest_child = Some(Level::City);
    assert_eq!(codes(decide(&decision(UnitAct::Merge), &full)), ["unit.level_order"]);
}

#[test]
fn a_decision_has_a_day_a_document_and_a_reason() {
    let city = unit(1, None, Level::City, "330100");
    let bureau = unit(2, Some(1), Level::County, "330106");
    let around = around(&bureau, Some(&city), None);
    let mut wrong = decision(UnitAct::Close);
    (wrong.document, wrong.reason) = (" ".to_owned(), String::new());
    for (on, code) in [("2019-12-31", "unit.day_early"), ("2026-03-03", "unit.day_late")] {
        wrong.on = day(on);
        assert_eq!(codes(decide(&wrong, &around)), [code, "unit.document", "unit.reason"]);
    }
}
