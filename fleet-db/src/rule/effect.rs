//! What a proposed value would touch (影响预览), asked of the store before anything is saved.

mod ask;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use dispatch::calendar::{Calendar, day_of};
use dispatch::rule::effect::{Certainty, Touched, touched};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, RuleVersionId, resolve};
use dispatch::rule::spec::Reader;
use dispatch::rule::value::{Cell, Row, RuleValue};
use dispatch::unit::{UnitId, UnitTree};
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::{tree, versions};
use crate::error::DbError;

/// Cars that are listed by name.
pub(super) const MOST_CARS: usize = 50;

/// A value that somebody thinks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// Of what.
    pub key: RuleKey,
    /// For which unit and everything below it.
    pub unit: UnitId,
    /// First day on which it would hold.
    pub from: NaiveDate,
    /// What would hold; `None`: what the unit above says.
    pub value: Option<RuleValue>,
}

/// A car that a change touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedCar {
    /// The car.
    pub id: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Its unit's name.
    pub unit_name: String,
    /// How many of its trips, stops or events.
    pub count: i64,
}

/// What a change would touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What holds now for the unit, on the change's first day.
    pub before: Option<RuleValue>,
    /// What would hold.
    pub after: Option<RuleValue>,
    /// Units for which another value would hold.
    pub units: usize,
    /// What is counted.
    pub touched: Touched,
    /// How many of it.
    pub count: i64,
    /// How sure that is.
    pub certainty: Certainty,
    /// Cars among it.
    pub cars: i64,
    /// The first of them, those with most first.
    pub first_cars: Vec<AffectedCar>,
}

/// What is found of one pair of values.
#[derive(Debug, Default)]
pub(super) struct Found {
    count: i64,
    cars: i64,
    first: Vec<AffectedCar>,
}

/// Units for which the same would change in the same way.
struct Group {
    before: Option<RuleValue>,
    after: Option<RuleValue>,
    units: Vec<Uuid>,
}

/// What `proposed` would touch.
pub async fn effect(conn: &mut PgConnection, proposed: &Proposed, now: DateTime<Utc>) -> Result<Effect, DbError> {
    let held = versions(conn, &[proposed.key]).await?;
    let mut then = held.clone();
    then.push(RuleVersion {
        id: RuleVersionId(Uuid::max()),
        key: proposed.key,
        unit: Some(proposed.unit),
        from: proposed.from,
        value: proposed.value.clone(),
        source: String::new(),
        document: None,
        proposed_by: None,
        approved_by: None,
        recorded_at: now,
    });
    let tree = tree(conn).await?;
    let below = below(&tree, proposed.unit);
    let value = |versions: &[RuleVersion], unit: UnitId| {
        let line: Vec<UnitId> = tree.line(unit).collect();
        resolve(versions, proposed.key, &line, proposed.from, now).map(|resolved| resolved.value)
    };
    let mut groups: Vec<Group> = Vec::new();
    for unit in below {
        let (before, after) = (value(&held, unit), value(&then, unit));
        if before == after {
            continue;
        }
        match groups.iter_mut().find(|group| group.before == before && group.after == after) {
            Some(group) => group.units.push(unit.0),
            None => groups.push(Group { before, after, units: vec![unit.0] }),
        }
    }
    let units = groups.iter().map(|group| group.units.len()).sum();
    let mut effect = Effect {
        before: value(&held, proposed.unit),
        after: value(&then, proposed.unit),
        units,
        touched: touched(proposed.key),
        count: 0,
        certainty: Certainty::Exact,
        cars: 0,
        first_cars: Vec::new(),
    };
    if effect.touched == Touched::Nothing {
        let is_read = proposed.key.spec().reader != Reader::Later;
        effect.certainty = if is_read { Certainty::FromThenOn } else { Certainty::NoReader };
        return Ok(effect);
    }
    if proposed.key == RuleKey::CalendarDays {
        let line: Vec<UnitId> = tree.line(proposed.unit).collect();
        let days = turned_days(&Calendar::of(&held, &line, now), &Calendar::of(&then, &line, now), proposed.from, now);
        let units: Vec<Uuid> = below_ids(&tree, proposed.unit);
        effect.add(ask::trips_on(conn, &units, &days).await?);
        return Ok(effect);
    }
    for group in &groups {
        let found = count(conn, proposed.key, group, now, &mut effect.certainty).await?;
        effect.add(found);
    }
    Ok(effect)
}

impl Effect {
    fn add(&mut self, found: Found) {
        self.count += found.count;
        self.cars += found.cars;
        self.first_cars.extend(found.first);
        self.first_cars.sort_by(|one, other| (other.count, &one.plate).cmp(&(one.count, &other.plate)));
        self.first_cars.truncate(MOST_CARS);
    }
}

/// Asks for what one group of units would see.
async fn count(
    conn: &mut PgConnection,
    key: RuleKey,
    group: &Group,
    now: DateTime<Utc>,
    certainty: &mut Certainty,
) -> Result<Found, DbError> {
    let units = group.units.as_slice();
    let number = |value: &Option<RuleValue>| value.as_ref().and_then(RuleValue::number);
    let (before, after) = (number(&group.before), number(&group.after));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    match key {
        RuleKey::EquipmentCeiling => {
            // A car's price is not in the register yet: these are the cars of the kinds whose ceiling moves.
            *certainty = Certainty::AtMost;
            let (fuel, new_energy) = moved_kinds(group);
            ask::of_kinds(conn, units, &fuel, &new_energy).await
        }
        RuleKey::NevPowertrains | RuleKey::NevPowertrainsPlan => {
            let texts = |value: &Option<RuleValue>| match value {
                Some(RuleValue::Texts(texts)) => texts.iter().cloned().collect::<BTreeSet<_>>(),
                _ => BTreeSet::new(),
            };
            let moved: Vec<String> = texts(&group.before).symmetric_difference(&texts(&group.after)).cloned().collect();
            ask::of_powertrains(conn, units, &moved).await
        }
        RuleKey::RenewalYears | RuleKey::RenewalKilometres => {
            *certainty = Certainty::NoData;
            ask::in_use(conn, units).await
        }
        RuleKey::NevShare | RuleKey::NevShareCourier | RuleKey::RenewalStockShare => {
            *certainty = Certainty::FromThenOn;
            Ok(Found { count: i64::try_from(units.len()).unwrap_or(i64::MAX), ..Found::default() })
        }
        RuleKey::OfflineAfter => ask::silent_between(conn, units, before.min(after), before.max(after), false, now).await,
        RuleKey::OfflineParkedAfter => ask::silent_between(conn, units, before.min(after), before.max(after), true, now).await,
        RuleKey::SpeedLimit => ask::trips_between(conn, units, before.min(after), before.max(after), now).await,
        RuleKey::SpeedingFor => {
            *certainty = Certainty::AtMost;
            ask::speeding(conn, units, now).await
        }
        RuleKey::IdleTooLong if after > before => {
            *certainty = Certainty::AtLeast;
            ask::idled_shorter(conn, units, after, now).await
        }
        RuleKey::IdleTooLong => {
            *certainty = Certainty::AtMost;
            ask::stood_between(conn, units, after, before, now).await
        }
        RuleKey::StopAfter if after > before => ask::stood_between(conn, units, 0.0, after, now).await,
        RuleKey::StopAfter => {
            *certainty = Certainty::NotStored;
            Ok(Found::default())
        }
        RuleKey::PasswordAge => ask::passwords_between(conn, units, before.min(after), before.max(after), now).await,
        RuleKey::LogOnline => ask::log_between(conn, units, before.min(after), before.max(after), now).await,
        RuleKey::TrackOnline => ask::tracks_between(conn, units, before.min(after), before.max(after), now).await,
        _ => {
            *certainty = Certainty::NoReader;
            Ok(Found::default())
        }
    }
}

fn below(tree: &UnitTree, unit: UnitId) -> Vec<UnitId> {
    tree.units().filter(|candidate| tree.line(*candidate).any(|above| above == unit)).collect()
}

fn below_ids(tree: &UnitTree, unit: UnitId) -> Vec<Uuid> {
    below(tree, unit).into_iter().map(|unit| unit.0).collect()
}

/// Days of the year up to today on which people would have worked, or would have been free, otherwise.
fn turned_days(before: &Calendar, after: &Calendar, from: NaiveDate, now: DateTime<Utc>) -> Vec<NaiveDate> {
    let days = from.iter_days().take_while(|day| day.year() == from.year() && *day <= day_of(now));
    days.filter(|day| before.is_workday(*day) != after.is_workday(*day)).collect()
}

/// Categories whose ceilings move, by what drives the car.
fn moved_kinds(group: &Group) -> (Vec<String>, Vec<String>) {
    let rows = |value: &Option<RuleValue>| {
        let rows = value.as_ref().map(RuleValue::rows).unwrap_or_default();
        let name = |row: &Row| {
            let text = |column: &str| row.get(column).and_then(Cell::text).unwrap_or_default().to_owned();
            (text("category"), text("powertrain"), text("case"))
        };
        rows.iter().map(|row| (name(row), format!("{row:?}"))).collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (rows(&group.before), rows(&group.after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).filter(|name| before.get(name) != after.get(name)).collect();
    let of = |powertrain: &str| {
        let moved: BTreeSet<String> = names.iter().filter(|name| name.1 == powertrain).map(|name| name.0.clone()).collect();
        moved.into_iter().collect()
    };
    (of("fuel"), of("new_energy"))
}
