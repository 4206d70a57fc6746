//! Decisions about units, carried out: each is checked against what stands around the unit, changes it, and is written down.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::unit::act::{ActRefusal, Surroundings, UnitAct, UnitDecision, decide};
use dispatch::unit::{Level, RegionCode, Unit, UnitId, UnitStatus};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::history::{Recorded, last_on, note, rewrite, write};
use crate::audit::Logged;
use crate::clock::beijing_day;
use crate::error::{DbError, unreadable};

/// Key of the lock under which decisions are made one after another: two moves at once could close a circle.
const DECISIONS_LOCK: i64 = 0x756e_6974;

/// Whatever belongs to a unit and goes to its successor with a merger: table and column. A test finds those that are missing here.
pub const HANDED_OVER: &[(&str, &str)] = &[
    ("unit", "parent_id"),
    ("account", "unit_id"),
    ("vehicle", "unit_id"),
    ("device", "unit_id"),
    ("gb32960_platform", "unit_id"),
    ("peer_platform", "unit_id"),
    ("line_unit", "unit_id"),
    ("account_grant", "unit_id"),
    ("local_role", "unit_id"),
    ("driver", "unit_id"),
    ("supplier", "unit_id"),
    ("supplier_contract", "unit_id"),
];
/// Whatever names a unit and stays as it is, because it says what was.
pub const STAYS: &[(&str, &str)] = &[
    ("unit", "successor_id"),
    ("unit_history", "unit_id"),
    ("unit_history", "other_id"),
    ("firmware_rollout", "unit_id"),
    ("message", "unit_id"),
    ("rule_change", "unit_id"),
    ("rule_version", "unit_id"),
    // Papers of trips and their money are those of the unit that travelled; who stands above it sees them as before.
    ("trip_request", "unit_id"),
    ("trip_request", "dispatch_unit_id"),
    ("dispatch_order", "unit_id"),
    ("dispatch_order", "fleet_unit_id"),
    ("approval_flow", "unit_id"),
    ("trip_ride", "unit_id"),
    ("trip_settlement_part", "unit_id"),
    ("peer_platform", "guest_unit_id"),
    ("trip_notice", "unit_id"),
    ("allowance_account", "unit_id"),
    ("allowance_adjustment", "unit_id"),
    ("public_case", "unit_id"),
    ("sensitive_place", "unit_id"),
    ("trip_plan", "unit_id"),
    ("trip_plan", "dispatch_unit_id"),
    ("trip_route", "unit_id"),
    ("accident_case", "unit_id"),
    ("violation_case", "unit_id"),
    // Costs are those of the unit that had them; cars with their cards and plans go on.
    ("designated_vendor", "unit_id"),
    ("repair_order", "unit_id"),
    ("insurance_policy", "unit_id"),
    ("closed_year", "unit_id"),
    // The ledger of places and the papers of cars say whose they were; what a merged unit may hold is adjusted by a document.
    ("establishment", "unit_id"),
    ("establishment_entry", "unit_id"),
    ("lifecycle_paper", "unit_id"),
    ("lifecycle_paper", "to_unit_id"),
    ("lifecycle_paper", "pool_unit_id"),
    ("vehicle_registration", "owner_unit_id"),
    // A report is what its unit said of its year.
    ("annual_report", "unit_id"),
    // What another platform is told and reads is agreed with it, and agreed anew with whoever comes after.
    ("peer_reach", "up_unit_id"),
    ("peer_reach", "down_unit_id"),
    ("peer_reach", "open_unit_id"),
    ("vehicle_cost", "unit_id"),
    ("cost_exception", "unit_id"),
];

/// What is asked for about a unit (机构变动申请).
#[derive(Clone, Debug)]
pub struct Asked {
    /// The decision.
    pub decision: UnitDecision,
    /// The unit; for a change as it is to be, for a founding all of it.
    pub unit: Unit,
    /// The new superior of a move, the successor of a merger.
    pub target: Option<UnitId>,
}

/// What a decision changes (影响范围).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Units that are moved: the unit itself and everything below it.
    pub units: i64,
    /// Vehicles of these units.
    pub vehicles: i64,
    /// Devices of these units.
    pub devices: i64,
    /// Accounts of these units.
    pub accounts: i64,
    /// Accounts elsewhere that see these units and will not any more.
    pub losing: i64,
    /// Accounts elsewhere that do not see these units and will.
    pub gaining: i64,
}

/// What belongs to a unit itself, and to everything below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Units that work directly below it.
    pub children: i64,
    /// Units below it at any depth, those gone left out.
    pub units: i64,
    /// Its own vehicles.
    pub vehicles: i64,
    /// Its own devices.
    pub devices: i64,
    /// Its own accounts that are not disabled.
    pub accounts: i64,
    /// Vehicles of it and below.
    pub vehicles_below: i64,
    /// Accounts of it and below.
    pub accounts_below: i64,
}

/// What comes of a decision: what the unit is then, or everything that stands against it.
pub type Outcome = Result<UnitStatus, Vec<ActRefusal>>;

/// What belongs to a unit.
pub async fn counts(conn: &mut PgConnection, id: UnitId) -> Result<Counts, DbError> {
    Ok(sqlx::query_as!(
        Counts,
        r#"with within as materialized (select unit_id as id from unit_within(array[$1]::uuid[]))
           select (select count(*) from unit where parent_id = $1 and status = 'active') as "children!",
                  (select count(*) from unit where id in (select id from within) and id <> $1 and status = 'active') as "units!",
                  (select count(*) from vehicle where unit_id = $1) as "vehicles!",
                  (select count(*) from device where unit_id = $1) as "devices!",
                  (select count(*) from account where unit_id = $1 and disabled_at is null) as "accounts!",
                  (select count(*) from vehicle where unit_id in (select id from within)) as "vehicles_below!",
                  (select count(*) from account where unit_id in (select id from within) and disabled_at is null) as "accounts_below!""#,
        id.0,
    )
    .fetch_one(conn)
    .await?)
}

/// Whether it may be decided, without doing it.
pub async fn weigh(conn: &mut PgConnection, scope: &Scope, asked: &Asked, now: DateTime<Utc>) -> Result<Outcome, DbError> {
    let unit = &asked.unit;
    let above = match unit.parent {
        Some(parent) => any(conn, parent).await?,
        None => None,
    };
    let target = match asked.target {
        Some(target) => Some(super::load(conn, scope, target).await?),
        None => None,
    };
    let target_is_below = match &target {
        Some(target) => lies_below(conn, target.id, unit.id).await?,
        None => false,
    };
    let children = children(conn, unit.id).await?;
    // Of a merger the parts go to the successor, so its region counts.
    let region = target.as_ref().filter(|_| asked.decision.act == UnitAct::Merge).map_or(&unit.region, |target| &target.region);
    let counts = counts(conn, unit.id).await?;
    let around = Surroundings {
        unit,
        above: above.as_ref(),
        target: target.as_ref(),
        target_is_below,
        highest_child: children.iter().map(|(level, _)| *level).min(),
        child_is_outside: children.iter().any(|(_, child)| !region.covers(child)),
        vehicles: (counts.vehicles + counts.devices).unsigned_abs(),
        accounts: counts.accounts.unsigned_abs(),
        last_on: last_on(conn, unit.id).await?,
        today: beijing_day(now),
    };
    Ok(decide(&asked.decision, &around))
}

/// Does what is decided, if it may be; the history says who, when and by which document, and the audit log has one entry.
pub async fn carry_out(
    conn: &mut PgConnection,
    scope: &Scope,
    asked: &Asked,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Result<Logged, Vec<ActRefusal>>, DbError> {
    sqlx::query!("select pg_advisory_xact_lock($1)", DECISIONS_LOCK).execute(&mut *conn).await?;
    let becomes = match weigh(conn, scope, asked, now).await? {
        Ok(becomes) => becomes,
        Err(refusals) => return Ok(Err(refusals)),
    };
    let id = asked.unit.id.0;
    let before = any(conn, asked.unit.id).await?;
    let mut recorded = Recorded::decided(&asked.decision, by);
    match (asked.decision.act, asked.target) {
        (UnitAct::Found, _) => {
            write(conn, std::slice::from_ref(&asked.unit), &recorded, now).await?;
            return Ok(Ok(tell(conn, asked, None, by, now).await?));
        }
        (UnitAct::Change, _) => rewrite(conn, &asked.unit).await?,
        (UnitAct::Move, Some(target)) => {
            recorded.other = asked.unit.parent;
            sqlx::query!("update unit set parent_id = $2 where id = $1", id, target.0).execute(&mut *conn).await?;
        }
        (UnitAct::Merge, Some(target)) => {
            hand_over(conn, asked.unit.id, target, &recorded, now).await?;
            recorded.other = Some(target);
            sqlx::query!("update unit set status = 'merged', successor_id = $2 where id = $1", id, target.0)
                .execute(&mut *conn)
                .await?;
        }
        (UnitAct::Close | UnitAct::Restore | UnitAct::Move | UnitAct::Merge, _) => {
            sqlx::query!("update unit set status = $2 where id = $1", id, becomes.as_str()).execute(&mut *conn).await?;
        }
    }
    note(conn, &[id], &recorded, now).await?;
    Ok(Ok(tell(conn, asked, before, by, now).await?))
}

/// One entry of the audit log a decision, with the unit as it was and as it is.
async fn tell(
    conn: &mut PgConnection,
    asked: &Asked,
    before: Option<Unit>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Logged, DbError> {
    let action = match asked.decision.act {
        UnitAct::Found => Action::Created,
        UnitAct::Change => Action::Changed,
        UnitAct::Move => Action::Moved,
        UnitAct::Merge | UnitAct::Close => Action::Disabled,
        UnitAct::Restore => Action::Enabled,
    };
    let after = any(conn, asked.unit.id).await?.unwrap_or_else(|| asked.unit.clone());
    let mut told = facts(&after);
    if let (Some(fields), Some(target)) = (told.as_object_mut(), asked.target) {
        fields.insert("target_id".to_owned(), json!(target));
    }
    let subject = Subject::of(SubjectKind::Unit, after.id.0, after.name.clone());
    let mut entry = Entry::new(action, subject).in_unit(after.id).after(told);
    entry.before = before.as_ref().map(facts);
    let reason = format!("{} {}", asked.decision.document.trim(), asked.decision.reason.trim());
    crate::audit::append(conn, &By { reason, ..by.clone() }, &entry, now).await
}

/// What the audit log tells of a unit.
fn facts(unit: &Unit) -> Value {
    json!({
        "name": unit.name, "parent_id": unit.parent, "level": unit.level, "region_code": unit.region, "kind": unit.kind,
        "credit_code": unit.credit_code, "status": unit.status,
    })
}

/// Everything that the unit has goes to its successor; the parts below it move there, which their histories say too.
async fn hand_over(
    conn: &mut PgConnection,
    from: UnitId,
    to: UnitId,
    recorded: &Recorded<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let moved = sqlx::query_scalar!("update unit set parent_id = $2 where parent_id = $1 returning id", from.0, to.0)
        .fetch_all(&mut *conn)
        .await?;
    note(conn, &moved, &Recorded { act: UnitAct::Move.as_str(), other: Some(from), ..recorded.clone() }, now).await?;
    note(conn, &[to.0], &Recorded { act: "take_over", other: Some(from), ..recorded.clone() }, now).await?;
    sqlx::query!("update account set unit_id = $2 where unit_id = $1", from.0, to.0).execute(&mut *conn).await?;
    sqlx::query!("update vehicle set unit_id = $2 where unit_id = $1", from.0, to.0).execute(&mut *conn).await?;
    sqlx::query!("update driver set unit_id = $2 where unit_id = $1", from.0, to.0).execute(&mut *conn).await?;
    sqlx::query!("update device set unit_id = $2 where unit_id = $1", from.0, to.0).execute(&mut *conn).await?;
    sqlx::query!("update gb32960_platform set unit_id = $2 where unit_id = $1", from.0, to.0).execute(&mut *conn).await?;
    sqlx::query!(
        "update account_grant set unit_id = $2 where unit_id = $1 and during && tstzrange($3, null)",
        from.0,
        to.0,
        now,
    )
    .execute(&mut *conn)
    .await?;
    // A role whose name the successor has already stays behind, and so do its grants' names; what they allow goes along.
    sqlx::query!(
        "update local_role mine
         set unit_id = $2
         where unit_id = $1 and not exists (select from local_role other where other.unit_id = $2 and other.name_zh = mine.name_zh)",
        from.0,
        to.0,
    )
    .execute(&mut *conn)
    .await?;
    crate::line::hand_over(conn, from, to).await
}

/// What a move or a merger changes, or what a unit has when it is closed.
pub async fn effects(conn: &mut PgConnection, asked: &Asked) -> Result<Effects, DbError> {
    // A successor sees what it takes over; a unit that is moved is seen by those above its new place, the new superior first.
    Ok(sqlx::query_as!(
        Effects,
        r#"with recursive within as (
               select unit.id from unit where unit.id = $1
               union
               select unit.id from unit join within on unit.parent_id = within.id
           ), before as (
               select unit.parent_id as id from unit where unit.id = $1
               union
               select unit.parent_id from unit join before on unit.id = before.id
           ), after as (
               select $2::uuid as id
               union
               select unit.parent_id from unit join after on unit.id = after.id
           )
           select (select count(*) from within) as "units!",
                  (select count(*) from vehicle where unit_id in (select id from within)) as "vehicles!",
                  (select count(*) from device where unit_id in (select id from within)) as "devices!",
                  (select count(*) from account where unit_id in (select id from within) and disabled_at is null) as "accounts!",
                  (select count(*) from account
                   where $2::uuid is not null and disabled_at is null
                     and unit_id in (select id from before except select id from after)) as "losing!",
                  (select count(*) from account
                   where $2::uuid is not null and disabled_at is null
                     and unit_id in (select id from after except select id from before)) as "gaining!""#,
        asked.unit.id.0,
        asked.target.map(|target| target.0),
    )
    .fetch_one(conn)
    .await?)
}

/// A unit whatever the scope: the one above may be out of sight, its rules hold all the same.
async fn any(conn: &mut PgConnection, id: UnitId) -> Result<Option<Unit>, DbError> {
    let row = sqlx::query_as!(
        super::Row,
        r#"select id, parent_id, name, level, region_code, st_x(place) as "lon?", st_y(place) as "lat?", kind, credit_code, status
           from unit
           where id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Unit::try_from).transpose()
}

async fn lies_below(conn: &mut PgConnection, id: UnitId, top: UnitId) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from unit_closure where unit_id = $1 and ancestor_id = $2) as "is!""#,
        id.0,
        top.0
    )
    .fetch_one(conn)
    .await?)
}

/// Level and region of the units that work directly below.
async fn children(conn: &mut PgConnection, id: UnitId) -> Result<Vec<(Level, RegionCode)>, DbError> {
    let rows = sqlx::query!("select level, region_code from unit where parent_id = $1 and status = 'active'", id.0)
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.level.try_into().map_err(unreadable)?, row.region_code.parse().map_err(unreadable)?)))
        .collect()
}

/// Founds the units of a table, those above before those below.
pub async fn found_all(
    conn: &mut PgConnection,
    units: &[Unit],
    decision: &UnitDecision,
    by: &By,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    write(conn, units, &Recorded::decided(decision, by), now).await
}

/// Which of these credit codes units have already, whoever may see them.
pub async fn taken_codes(conn: &mut PgConnection, codes: &[&str]) -> Result<Vec<String>, DbError> {
    Ok(sqlx::query_scalar!(r#"select taken_credit_codes($1) as "code!""#, codes as &[&str]).fetch_all(conn).await?)
}
