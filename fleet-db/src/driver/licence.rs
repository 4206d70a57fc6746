//! Licences that run out (驾驶证到期): found by the day, told as many days ahead as the register says for the driver's unit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Days, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::day_of;
use dispatch::driver::licence::{days_left, due_reminder, reminder_days};
use dispatch::message::{News, SubjectKind};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::DbError;
use crate::message::{About, Subject, tell};
use crate::rule;

/// The register lets nobody be told longer ahead, in days.
const FARTHEST_DAYS: u64 = 365;

struct Row {
    id: Uuid,
    unit_id: Uuid,
    account_id: Option<Uuid>,
    name: String,
    licence_until: NaiveDate,
}

/// Tells of every licence whose next reminder is due, each reminder once: the driver, and who keeps the drivers of the unit. How many
/// were told. For a job: it looks at all units.
pub async fn tell_expiring(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let today = day_of(now);
    let farthest = today.checked_add_days(Days::new(FARTHEST_DAYS)).unwrap_or(NaiveDate::MAX);
    let rows = sqlx::query_as!(
        Row,
        "select id, unit_id, account_id, name, licence_until from driver where status <> 'left' and licence_until <= $1 order by id",
        farthest,
    )
    .fetch_all(&mut *conn)
    .await?;
    let versions = rule::versions(conn, &[RuleKey::ReminderDays]).await?;
    let mut days_of: HashMap<Uuid, Vec<i64>> = HashMap::new();
    let mut told = 0;
    for row in rows {
        if let Entry::Vacant(unknown) = days_of.entry(row.unit_id) {
            let line = rule::line(conn, &Scope::of(UnitId(row.unit_id)), UnitId(row.unit_id)).await?;
            let held = resolve(&versions, RuleKey::ReminderDays, &line, today, now);
            unknown.insert(held.map(|held| reminder_days(&held.value)).unwrap_or_default());
        }
        let days = days_of.get(&row.unit_id).map(Vec::as_slice).unwrap_or_default();
        let Some(step) = due_reminder(days_left(row.licence_until, today), days) else { continue };
        let about = About {
            subject: Some(Subject { kind: SubjectKind::Driver, id: row.id }),
            unit: Some(UnitId(row.unit_id)),
            cause: &format!("licence:{}:{}:{step}", row.id, row.licence_until),
        };
        let own: Vec<AccountId> = row.account_id.map(AccountId).into_iter().collect();
        let news = News::licence_expires(&row.name, row.licence_until);
        told += usize::from(tell(conn, &news, about, &own, now).await?);
    }
    Ok(told)
}
