//! The register is whole, values are held to it, and what holds is found the same way whenever it is asked for.

#![expect(clippy::float_cmp, reason = "values are stored and read back, not worked out")]

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use telematics::policy::Policy;
use uuid::Uuid;

use super::change::{ChangeAction, ChangeState, check_document};
use super::key::RuleKey;
use super::register;
use super::resolve::{RuleVersion, RuleVersionId, resolve};
use super::spec::{Kind, Local, Reader};
use super::tracking;
use super::value::{Cell, RuleValue};
use crate::account::AccountId;
use crate::unit::UnitId;

pub(crate) fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(number))
}

/// A version of the top (no unit) or of a unit.
pub(crate) fn version(
    key: RuleKey,
    unit_number: Option<u128>,
    from: &str,
    recorded_at: DateTime<Utc>,
    value: RuleValue,
) -> RuleVersion {
    RuleVersion {
        id: RuleVersionId(Uuid::now_v7()),
        key,
        unit: unit_number.map(unit),
        from: from.parse().unwrap(),
        value: Some(value),
        source: "测试".to_owned(),
        document: None,
        proposed_by: None,
        approved_by: None,
        recorded_at,
    }
}

/// Everything that the product brings along.
pub(crate) fn builtin() -> Vec<RuleVersion> {
    let each = register::all().flat_map(|spec| spec.builtin_values().map(move |(builtin, value)| (spec, builtin, value)));
    let made = |(spec, builtin, value): (&super::spec::RuleSpec, &super::spec::Builtin, RuleValue)| {
        version(spec.key, None, &builtin.from.to_string(), DateTime::UNIX_EPOCH, value)
    };
    each.map(made).collect()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn on(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_key_has_one_entry_with_values_that_fit_it() {
    let keys: Vec<RuleKey> = register::all().map(|spec| spec.key).collect();
    assert_eq!(keys.len(), RuleKey::ALL.len());
    assert_eq!(keys.iter().collect::<BTreeSet<_>>(), RuleKey::ALL.iter().collect::<BTreeSet<_>>());
    for spec in register::all() {
        assert!(!spec.builtin.is_empty() && !spec.basis.is_empty() && !spec.features.is_empty(), "{}", spec.key);
        assert!(spec.builtin.is_sorted_by(|one, next| one.from < next.from), "{}", spec.key);
        for (builtin, value) in spec.builtin_values() {
            assert_eq!(value.check(&spec.kind), Ok(()), "{} {}", spec.key, builtin.from);
            assert!(!builtin.source.is_empty());
            if spec.key == RuleKey::CalendarDays {
                assert_eq!(crate::calendar::check_days(builtin.from, &value), Ok(()), "{}", builtin.from);
            }
        }
    }
}

#[test]
fn what_the_gateway_reads_is_marked_so_and_equals_the_trackers_own_defaults() {
    let connected: BTreeSet<RuleKey> = tracking::keys().collect();
    let marked: BTreeSet<RuleKey> = register::all().filter(|spec| spec.reader == Reader::Gateway).map(|spec| spec.key).collect();
    assert_eq!(connected, marked);
    let policy = tracking::policy(&builtin(), &Policy::default(), &[], on("2026-03-02"), at("2026-03-02T00:00:00Z"));
    assert_eq!(policy, Policy::default());
}

#[test]
fn the_ceilings_are_those_of_the_rules() {
    let resolved = builtin();
    let value = resolve(&resolved, RuleKey::EquipmentCeiling, &[], on("2026-03-02"), at("2026-03-02T00:00:00Z")).unwrap().value;
    let price = |category: &str, powertrain: &str, case: &str| {
        let is = |row: &super::value::Row, column: &str, text: &str| row[column] == Cell::Text(text.to_owned());
        let row = value
            .rows()
            .iter()
            .find(|row| is(row, "category", category) && is(row, "powertrain", powertrain) && is(row, "case", case));
        row.and_then(|row| row["price_fen"].number())
    };
    assert_eq!(price("confidential_courier", "fuel", "ordinary"), Some(12_000_000.0));
    assert_eq!(price("law_enforcement", "fuel", "exception"), Some(25_000_000.0));
    assert_eq!(price("other", "new_energy", "ordinary"), Some(18_000_000.0));
    assert_eq!(price("special_technical", "fuel", "ordinary"), None, "set by the authority in charge");
}

#[test]
fn a_factor_is_the_one_published_by_the_day() {
    let versions = builtin();
    let nation = |day: &str| {
        let resolved = resolve(&versions, RuleKey::GridFactor, &[], on(day), at("2026-12-31T00:00:00Z")).unwrap();
        resolved.value.rows()[0]["factor"].number().unwrap()
    };
    assert_eq!([nation("2024-12-19"), nation("2024-12-20"), nation("2026-01-15")], [0.5568, 0.5366, 0.5306]);
}

#[test]
fn a_value_is_held_to_its_key() {
    let check = |key: RuleKey, value: RuleValue| value.check(&key.spec().kind).map_err(|error| error.code());
    assert_eq!(check(RuleKey::NevShare, RuleValue::Number(70.59)), Ok(()));
    assert_eq!(check(RuleKey::NevShare, RuleValue::Number(100.5)), Err("rule.bounds"));
    assert_eq!(check(RuleKey::NevShare, RuleValue::Number(f64::NAN)), Err("rule.bounds"));
    assert_eq!(check(RuleKey::RenewalYears, RuleValue::Number(8.5)), Err("rule.digits"));
    assert_eq!(check(RuleKey::RenewalYears, RuleValue::Texts(vec!["八".to_owned()])), Err("rule.kind"));
    assert_eq!(check(RuleKey::NevPowertrains, RuleValue::Texts(vec!["steam".to_owned()])), Err("rule.text"));
    assert_eq!(check(RuleKey::NevPowertrains, RuleValue::Texts(Vec::new())), Err("rule.rows"));
    let step = |days: f64| [("days".to_owned(), Cell::Number(days))].into_iter().collect();
    assert_eq!(check(RuleKey::ReminderDays, RuleValue::Table(vec![step(30.0), step(7.0)])), Ok(()));
    assert_eq!(check(RuleKey::ReminderDays, RuleValue::Table(vec![step(7.0), step(7.0)])), Err("rule.rows"));
    assert_eq!(check(RuleKey::ReminderDays, RuleValue::Table(vec![step(-1.0)])), Err("rule.column"));
}

#[test]
fn a_unit_may_be_stricter_where_the_key_says_so_and_never_looser() {
    let under = |key: RuleKey, above: f64, below: f64| {
        let spec = key.spec();
        RuleValue::Number(below).check_under(&RuleValue::Number(above), spec.local, &spec.kind).map_err(|error| error.code())
    };
    assert_eq!(under(RuleKey::NevShare, 30.0, 70.59), Ok(()));
    assert_eq!(under(RuleKey::NevShare, 30.0, 29.0), Err("rule.looser"));
    assert_eq!(under(RuleKey::TimeShareDay, 8300.0, 8400.0), Err("rule.looser"));
    assert_eq!(under(RuleKey::PasswordAge, 90.0, 30.0), Err("rule.not_local"));
    assert_eq!(under(RuleKey::LeadTime, 30.0, 120.0), Ok(()));
    let spec = RuleKey::EquipmentCeiling.spec();
    let above = spec.builtin_values().next().unwrap().1;
    let RuleValue::Table(mut rows) = above.clone() else { panic!("a table") };
    rows[0].insert("price_fen".to_owned(), Cell::Number(10_000_000.0));
    assert_eq!(RuleValue::Table(rows.clone()).check_under(&above, spec.local, &spec.kind), Ok(()));
    rows[0].insert("displacement_l".to_owned(), Cell::Blank(()));
    let looser = RuleValue::Table(rows.clone()).check_under(&above, spec.local, &spec.kind);
    assert_eq!(looser.unwrap_err().code(), "rule.looser", "no limit is looser than one");
    rows.remove(0);
    assert!(RuleValue::Table(rows).check_under(&above, spec.local, &spec.kind).is_err(), "a ceiling left out is none");
}

#[test]
fn an_old_check_gives_the_old_answer_after_a_correction_dated_back() {
    let (january, june) = (at("2026-01-05T00:00:00Z"), at("2026-06-05T00:00:00Z"));
    let number = RuleValue::Number;
    let versions = [
        version(RuleKey::NevShare, None, "2024-12-30", DateTime::UNIX_EPOCH, number(30.0)),
        version(RuleKey::NevShare, Some(1), "2026-01-01", january, number(35.0)),
        version(RuleKey::NevShare, Some(1), "2026-01-01", june, number(40.0)),
    ];
    let share = |on_day: &str, known_at: DateTime<Utc>| {
        resolve(&versions, RuleKey::NevShare, &[unit(2), unit(1)], on(on_day), known_at).unwrap().value.number().unwrap()
    };
    assert_eq!(share("2026-03-02", january), 35.0, "as it was known then");
    assert_eq!(share("2026-03-02", june), 40.0, "as it is known now");
    assert_eq!(share("2025-12-31", june), 30.0);
}

#[test]
fn a_rule_above_that_became_stricter_holds_below() {
    let number = RuleValue::Number;
    let then = at("2026-01-05T00:00:00Z");
    let mut versions = vec![
        version(RuleKey::NevShare, Some(1), "2026-01-01", then, number(30.0)),
        version(RuleKey::NevShare, Some(2), "2026-01-01", then, number(35.0)),
        version(RuleKey::NevShare, Some(1), "2026-05-01", then, number(50.0)),
    ];
    let share = |versions: &[RuleVersion], day: &str| {
        let resolved = resolve(versions, RuleKey::NevShare, &[unit(2), unit(1)], on(day), then).unwrap();
        (resolved.value.number().unwrap(), resolved.version.unit)
    };
    assert_eq!(share(&versions, "2026-03-01"), (35.0, Some(unit(2))));
    assert_eq!(share(&versions, "2026-05-01"), (50.0, Some(unit(1))));
    versions[1].value = None;
    assert_eq!(share(&versions, "2026-03-01"), (30.0, Some(unit(1))), "taken back");
}

#[test]
fn a_units_idling_limit_is_its_cars_policy() {
    let then = at("2026-01-05T00:00:00Z");
    let mut versions = builtin();
    versions.push(version(RuleKey::IdleTooLong, Some(2), "2026-02-01", then, RuleValue::Number(2.5)));
    let idle =
        |line: &[UnitId], day: &str| tracking::policy(&versions, &Policy::default(), line, on(day), then).idle_too_long_secs;
    assert_eq!(idle(&[unit(2), unit(1)], "2026-02-01"), 150);
    assert_eq!(idle(&[unit(2), unit(1)], "2026-01-31"), 600);
    assert_eq!(idle(&[unit(3), unit(1)], "2026-02-01"), 600);
}

#[test]
fn four_eyes_decide_and_only_the_proposer_takes_back() {
    let [one, other] = [1, 2].map(|n| AccountId(Uuid::from_u128(n)));
    let after = |state: ChangeState, action: ChangeAction, actor: AccountId| {
        state.after(action, one, actor).map_err(|refusal| refusal.code())
    };
    assert_eq!(after(ChangeState::Submitted, ChangeAction::Approve, other), Ok(ChangeState::Approved));
    assert_eq!(after(ChangeState::Submitted, ChangeAction::Approve, one), Err("rule.four_eyes"));
    assert_eq!(after(ChangeState::Submitted, ChangeAction::Reject, one), Err("rule.four_eyes"));
    assert_eq!(after(ChangeState::Submitted, ChangeAction::Withdraw, other), Err("rule.not_proposer"));
    assert_eq!(after(ChangeState::Draft, ChangeAction::Approve, other), Err("rule.state"));
    for over in [ChangeState::Approved, ChangeState::Rejected, ChangeState::Withdrawn] {
        assert_eq!(over.actions(one, one).count() + over.actions(one, other).count(), 0, "{over}");
    }
    let seen: Vec<_> = ChangeState::Submitted.actions(one, other).collect();
    assert_eq!(seen, [ChangeAction::Approve, ChangeAction::Reject]);
    assert_eq!(check_document(on("2026-03-01"), on("2026-03-02"), None).unwrap_err().code(), "rule.document");
    assert_eq!(check_document(on("2026-03-01"), on("2026-03-02"), Some("杭管〔2026〕3号")), Ok(()));
    assert_eq!(check_document(on("2026-03-02"), on("2026-03-02"), None), Ok(()));
}

/// A history of a key over three units in a line, in any order.
fn history() -> impl Strategy<Value = Vec<RuleVersion>> {
    let one = (0_u128..4, 0_u64..40, 0_i64..40, proptest::option::weighted(0.9, 0..=100_u8));
    proptest::collection::vec(one, 0..24).prop_map(|versions| {
        let made = versions.into_iter().map(|(unit_number, from, recorded, value)| {
            let unit_number = (unit_number > 0).then_some(unit_number);
            let from = on("2026-01-01") + Days::new(from);
            let recorded_at = at("2026-01-01T00:00:00Z") + TimeDelta::days(recorded);
            let mut made = version(RuleKey::NevShare, unit_number, &from.to_string(), recorded_at, RuleValue::Number(0.0));
            made.value = value.map(|share| RuleValue::Number(f64::from(share)));
            made
        });
        made.collect()
    })
}

const LINE: [u128; 3] = [3, 2, 1];

fn share(versions: &[RuleVersion], line: &[UnitId], day: u64, known: i64) -> Option<f64> {
    let (day, known) = (on("2026-01-01") + Days::new(day), at("2026-01-01T00:00:00Z") + TimeDelta::days(known));
    resolve(versions, RuleKey::NevShare, line, day, known).and_then(|resolved| resolved.value.number())
}

proptest! {
    #[test]
    fn what_is_recorded_later_or_holds_later_changes_no_old_answer(
        versions in history(), added in history(), day in 0_u64..40, known in 0_i64..40,
    ) {
        let line = LINE.map(unit);
        let before = share(&versions, &line, day, known);
        let (today, then) = (on("2026-01-01") + Days::new(day), at("2026-01-01T00:00:00Z") + TimeDelta::days(known));
        let mut more = versions;
        more.extend(added.into_iter().filter(|version| version.recorded_at > then || version.from > today));
        prop_assert_eq!(share(&more, &line, day, known), before);
    }

    #[test]
    fn the_order_of_the_versions_does_not_matter(versions in history(), day in 0_u64..40, known in 0_i64..40) {
        let line = LINE.map(unit);
        let mut turned = versions.clone();
        turned.reverse();
        prop_assert_eq!(share(&turned, &line, day, known), share(&versions, &line, day, known));
    }

    #[test]
    fn nowhere_is_it_looser_than_above(versions in history(), day in 0_u64..40, known in 0_i64..40) {
        prop_assert_eq!(RuleKey::NevShare.spec().local, Local::NotBelow);
        let line = LINE.map(unit);
        let shares = [&line[2..], &line[1..], &line[..]].map(|line| share(&versions, line, day, known));
        prop_assert!(shares.is_sorted(), "{:?}", shares);
    }

    #[test]
    fn a_number_of_any_size_is_taken_or_refused(number in proptest::num::f64::ANY) {
        for spec in register::all().filter(|spec| matches!(spec.kind, Kind::Number(_))) {
            if RuleValue::Number(number).check(&spec.kind).is_ok() {
                prop_assert!(number.is_finite());
            }
        }
    }
}
