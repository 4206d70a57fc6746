//! Rules as rows (规则): what the product brings along, what was approved since, and what of it an account may see.

pub mod change;
mod effect;
mod policies;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::start_of;
use dispatch::rule::key::RuleKey;
use dispatch::rule::register;
use dispatch::rule::resolve::{RuleVersion, RuleVersionId};
use dispatch::scope::Scope;
use dispatch::unit::{UnitId, UnitTree};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

pub use effect::{AffectedCar, Effect, Proposed, effect};
pub use policies::{Changes, Policies, policies, policy_on};

/// A version with the names that people know, for the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The version.
    pub version: RuleVersion,
    /// Name of its unit.
    pub unit_name: Option<String>,
    /// Who proposed it.
    pub proposed_by: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

struct Row {
    id: Uuid,
    rule_key: String,
    unit_id: Option<Uuid>,
    from_on: NaiveDate,
    value: Option<Value>,
    source: String,
    document: Option<String>,
    proposed_by: Option<Uuid>,
    approved_by: Option<Uuid>,
    recorded_at: DateTime<Utc>,
    unit_name: Option<String>,
    proposer: Option<String>,
    approver: Option<String>,
}

impl Row {
    /// The version; `None` for a key that this program does not know, as after a step back to an older one.
    fn told(self) -> Option<Result<Told, DbError>> {
        let key: RuleKey = self.rule_key.parse().ok()?;
        let value = match self.value.map(serde_json::from_value).transpose() {
            Ok(value) => value,
            Err(error) => return Some(Err(unreadable(error))),
        };
        let version = RuleVersion {
            id: RuleVersionId(self.id),
            key,
            unit: self.unit_id.map(UnitId),
            from: self.from_on,
            value,
            source: self.source,
            document: self.document,
            proposed_by: self.proposed_by.map(AccountId),
            approved_by: self.approved_by.map(AccountId),
            recorded_at: self.recorded_at,
        };
        let (unit_name, proposed_by, approved_by) = (self.unit_name, self.proposer, self.approver);
        Some(Ok(Told { version, unit_name, proposed_by, approved_by }))
    }
}

/// Writes down what the product brings along and the store does not have; says how many versions that were.
///
/// What is there when the register is made counts as known since it was in force, so that the past can be checked; what a later
/// version of the product adds counts from when it was added, so that no old answer changes.
pub async fn plant(conn: &mut PgConnection, now: DateTime<Utc>, key: impl Fn() -> Uuid) -> Result<u64, DbError> {
    let is_first =
        !sqlx::query_scalar!(r#"select exists (select from rule_version) as "is_there!""#).fetch_one(&mut *conn).await?;
    let (mut ids, mut keys, mut dates, mut values, mut sources, mut instants) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for spec in register::all() {
        for (builtin, value) in spec.builtin_values() {
            ids.push(key());
            keys.push(spec.key.as_str());
            dates.push(builtin.from);
            values.push(serde_json::to_value(&value).map_err(unreadable)?);
            sources.push(builtin.source);
            instants.push(if is_first { start_of(builtin.from).min(now) } else { now });
        }
    }
    let planted = sqlx::query!(
        "insert into rule_version (id, rule_key, from_on, value, source, recorded_at)
         select * from unnest($1::uuid[], $2::text[], $3::date[], $4::jsonb[], $5::text[], $6::timestamptz[])
         on conflict (rule_key, from_on) where change_id is null do nothing",
        &ids,
        &keys as &[&str],
        &dates,
        &values,
        &sources as &[&str],
        &instants,
    )
    .execute(conn)
    .await?;
    Ok(planted.rows_affected())
}

/// The versions that an account of this scope may see, oldest first: those of its line of superiors, which bind it, and those
/// below; of one key, or of all.
pub async fn told(conn: &mut PgConnection, scope: &Scope, key: Option<RuleKey>) -> Result<Vec<Told>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select v.id, v.rule_key, v.unit_id, v.from_on, v.value, v.source, v.document, v.proposed_by, v.approved_by, v.recorded_at,
                  u.name as "unit_name?", account_name(v.proposed_by) as "proposer?", account_name(v.approved_by) as "approver?"
           from rule_version v
           left join unit u on u.id = v.unit_id
           where ($2::text is null or v.rule_key = $2)
             and (v.unit_id is null
                  or v.unit_id in (select c.ancestor_id from unit_closure c where c.unit_id = any($1))
                  or v.unit_id in (select unit_id from unit_within($1)))
           order by v.from_on, v.recorded_at, v.id"#,
        scope.units(),
        key.map(RuleKey::as_str),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().filter_map(Row::told).collect()
}

/// The versions of some keys, of all units that the connection may see: for the service's own rules that is every one.
pub async fn versions(conn: &mut PgConnection, keys: &[RuleKey]) -> Result<Vec<RuleVersion>, DbError> {
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select v.id, v.rule_key, v.unit_id, v.from_on, v.value, v.source, v.document, v.proposed_by, v.approved_by, v.recorded_at,
                  null::text as unit_name, null::text as proposer, null::text as approver
           from rule_version v
           where v.rule_key = any($1)
           order by v.from_on, v.recorded_at, v.id"#,
        &keys as &[&str],
    )
    .fetch_all(conn)
    .await?;
    let versions: Result<Vec<Told>, DbError> = rows.into_iter().filter_map(Row::told).collect();
    Ok(versions?.into_iter().map(|told| told.version).collect())
}

/// The versions of some keys that bind a unit, whoever asks.
pub async fn binding(conn: &mut PgConnection, unit: UnitId, keys: &[RuleKey]) -> Result<Vec<RuleVersion>, DbError> {
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select v.id as "id!", v.rule_key as "rule_key!", v.unit_id, v.from_on as "from_on!", v.value, v.source as "source!", v.document,
                  v.proposed_by, v.approved_by, v.recorded_at as "recorded_at!",
                  null::text as unit_name, null::text as proposer, null::text as approver
           from rule_versions_binding($1, $2) v
           order by v.from_on, v.recorded_at, v.id"#,
        unit.0,
        &keys as &[&str],
    )
    .fetch_all(conn)
    .await?;
    let versions: Result<Vec<Told>, DbError> = rows.into_iter().filter_map(Row::told).collect();
    Ok(versions?.into_iter().map(|told| told.version).collect())
}

/// A unit of the scope and its superiors, nearest first. [`DbError::NotFound`] for a unit outside.
pub async fn line(conn: &mut PgConnection, scope: &Scope, unit: UnitId) -> Result<Vec<UnitId>, DbError> {
    let found = sqlx::query_scalar!(
        "select c.ancestor_id
         from unit_closure c
         where c.unit_id = $2
           and c.unit_id in (select unit_id from unit_within($1))
         order by c.depth",
        scope.units(),
        unit.0,
    )
    .fetch_all(conn)
    .await?;
    if found.is_empty() { Err(DbError::NotFound) } else { Ok(found.into_iter().map(UnitId).collect()) }
}

/// A unit and its superiors, nearest first, whoever asks: what holds for it does not depend on that.
pub async fn superiors(conn: &mut PgConnection, unit: UnitId) -> Result<Vec<UnitId>, DbError> {
    let found = sqlx::query_scalar!("select ancestor_id from unit_closure where unit_id = $1 order by depth", unit.0);
    Ok(found.fetch_all(conn).await?.into_iter().map(UnitId).collect())
}

/// The tree as far as the connection may see it.
async fn tree(conn: &mut PgConnection) -> Result<UnitTree, DbError> {
    let rows = sqlx::query!("select id, parent_id from unit").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.id), row.parent_id.map(UnitId))).collect())
}
