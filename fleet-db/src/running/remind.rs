//! Reminders of what falls due (到期提醒): each told once, as many days or kilometres ahead as the register says for the car's unit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::calendar::day_of;
use dispatch::message::{News, SubjectKind};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::rule::value::RuleValue;
use dispatch::running::due::{days_left, reminder};
use dispatch::running::upkeep::NextUpkeep;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::due::{DueItem, items};
use super::paper;
use crate::error::DbError;
use crate::message::{About, Subject, tell};
use crate::rule;

/// The steps of a unit (提醒节点).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReminderSteps {
    /// Days before.
    pub days: Vec<i64>,
    /// Kilometres before.
    pub km: Vec<i64>,
}

/// A column of whole numbers of a table of the register.
fn column(value: &RuleValue, name: &str) -> Vec<i64> {
    let numbers = value.rows().iter().filter_map(|row| row.get(name)?.number());
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers, held to their bounds by the register")]
    numbers.map(|number| number as i64).collect()
}

impl ReminderSteps {
    /// What the register says for the unit whose line of superiors, itself first, is `line`.
    pub fn of(versions: &[RuleVersion], line: &[UnitId], now: DateTime<Utc>) -> Self {
        let held =
            |key, name| resolve(versions, key, line, day_of(now), now).map(|held| column(&held.value, name)).unwrap_or_default();
        Self { days: held(RuleKey::ReminderDays, "days"), km: held(RuleKey::ReminderKilometres, "km") }
    }

    /// Reads them for a unit, whoever asks.
    pub async fn read(conn: &mut PgConnection, unit: UnitId, now: DateTime<Utc>) -> Result<Self, DbError> {
        let versions = rule::binding(conn, unit, &[RuleKey::ReminderDays, RuleKey::ReminderKilometres]).await?;
        Ok(Self::of(&versions, &rule::superiors(conn, unit).await?, now))
    }
}

/// A reminder that is due: of what, of which due day or kilometre, and at which step.
struct Due<'a> {
    item: &'a DueItem,
    due: String,
    step: i64,
}

/// Tells every reminder that is due and was not told, each once: who keeps the fleet of the car's unit. How many were told. For a job: it
/// looks at all units.
pub async fn tell_due(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let tops = sqlx::query_scalar!("select id from unit where parent_id is null").fetch_all(&mut *conn).await?;
    let items = items(conn, &Scope::of_all(tops.into_iter().map(UnitId)), None).await?;
    let subjects: Vec<Uuid> = items.iter().map(|item| item.subject).collect();
    let mut known: HashMap<(Uuid, String), Vec<i64>> = HashMap::new();
    for (subject, due, step, _) in paper::told(conn, &subjects).await? {
        known.entry((subject, due)).or_default().push(i64::from(step));
    }
    let versions = rule::versions(conn, &[RuleKey::ReminderDays, RuleKey::ReminderKilometres]).await?;
    let mut steps_of: HashMap<UnitId, ReminderSteps> = HashMap::new();
    let mut told = 0;
    for item in &items {
        if let Entry::Vacant(unknown) = steps_of.entry(item.of.unit) {
            let line = rule::superiors(conn, item.of.unit).await?;
            unknown.insert(ReminderSteps::of(&versions, &line, now));
        }
        let Some(steps) = steps_of.get(&item.of.unit) else { continue };
        for due in due(item, steps, &known, day_of(now)) {
            told += usize::from(tell_one(conn, &due, now).await?);
        }
    }
    Ok(told)
}

/// What is due of an item, by its day and by its kilometres.
fn due<'a>(
    item: &'a DueItem,
    steps: &ReminderSteps,
    known: &HashMap<(Uuid, String), Vec<i64>>,
    today: NaiveDate,
) -> Vec<Due<'a>> {
    let next = NextUpkeep { on: item.on, at_km: item.at_km };
    let by_day = item.on.map(|on| (on.to_string(), days_left(on, today), &steps.days));
    let by_km = item.at_km.zip(next.km_left(item.odometer_km)).map(|(at_km, left)| (format!("{at_km} km"), left, &steps.km));
    let reached = by_day.into_iter().chain(by_km).filter_map(|(due, left, steps)| {
        let told = known.get(&(item.subject, due.clone())).map(Vec::as_slice).unwrap_or_default();
        Some(Due { item, step: reminder(left, steps, told)?, due })
    });
    reached.collect()
}

/// Tells one, unless another service was faster.
async fn tell_one(conn: &mut PgConnection, due: &Due<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let item = due.item;
    let kept = sqlx::query!(
        "insert into due_reminder (subject_id, vehicle_id, kind, due, step, told_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (subject_id, due, step) do nothing",
        item.subject,
        item.of.vehicle.0,
        item.kind.as_str(),
        due.due,
        i32::try_from(due.step).unwrap_or(i32::MAX),
        now,
    )
    .execute(&mut *conn)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    let about = About {
        subject: Some(Subject { kind: SubjectKind::Vehicle, id: item.of.vehicle.0 }),
        unit: Some(item.of.unit),
        cause: &format!("due:{}:{}:{}", item.subject, due.due, due.step),
    };
    let news = News::falls_due(&item.of.plate, item.kind, &item.label, &due.due);
    tell(conn, &news, about, &[], now).await
}
