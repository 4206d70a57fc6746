//! Papers of a car with a last day: plans of upkeep, policies of insurance, inspections and licences.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::running::policy::{InspectionId, InspectionKind, Policy, PolicyId};
use dispatch::running::upkeep::{Upkeep, UpkeepId};
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::vendor::days;
use crate::error::{DbError, unreadable};

/// The car of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfCar {
    /// Which.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Whose.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
}

/// A plan of upkeep as it is kept (保养计划).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpkeepKept {
    /// Key.
    pub id: UpkeepId,
    /// Its car.
    pub of: OfCar,
    /// What is done and when.
    pub upkeep: Upkeep,
    /// What the odometer is known to have said last, in kilometres.
    pub odometer_km: Option<u32>,
}

/// A policy as it is kept (保险单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyKept {
    /// Key.
    pub id: PolicyId,
    /// Its car.
    pub of: OfCar,
    /// The insurer.
    pub insurer: SupplierId,
    /// Its name.
    pub insurer_name: String,
    /// What it says.
    pub policy: Policy,
    /// Another one of the kind begins later or with its end.
    pub is_renewed: bool,
}

/// An inspection or a licence as it is kept (年检记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectionKept {
    /// Key.
    pub id: InspectionId,
    /// Its car.
    pub of: OfCar,
    /// Which.
    pub kind: InspectionKind,
    /// When.
    pub done_on: NaiveDate,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// Where.
    pub place: String,
    /// What it cost.
    pub fee_fen: Option<i64>,
    /// A later one is there.
    pub is_renewed: bool,
}

/// Keeps a plan of upkeep for a car that was found before.
pub async fn insert_upkeep(
    conn: &mut PgConnection,
    (id, vehicle): (UpkeepId, VehicleId),
    plan: &Upkeep,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let whole = |given: Option<u32>| given.map(|given| i32::try_from(given).unwrap_or(i32::MAX));
    sqlx::query!(
        "insert into upkeep_plan (id, vehicle_id, item, every_km, every_months, last_on, last_km, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        vehicle.0,
        plan.item,
        whole(plan.every_km),
        plan.every_months.map(|months| i16::try_from(months).unwrap_or(i16::MAX)),
        plan.last_on,
        i32::try_from(plan.last_km).unwrap_or(i32::MAX),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The plans of cars of the scope that go on, or one of them, or those of a car; by plate.
pub async fn upkeep(
    conn: &mut PgConnection,
    scope: &Scope,
    (only, of): (Option<UpkeepId>, Option<VehicleId>),
) -> Result<Vec<UpkeepKept>, DbError> {
    let rows = sqlx::query!(
        r#"select p.id, p.vehicle_id, v.plate, v.unit_id, u.name as unit_name, p.item, p.every_km, p.every_months, p.last_on, p.last_km,
                  vehicle_odometer_km(p.vehicle_id) as odometer_km
           from upkeep_plan p
           join vehicle v on v.id = p.vehicle_id
           join unit u on u.id = v.unit_id
           where p.ended_at is null and v.status <> 'disposed' and v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or p.id = $2) and ($3::uuid is null or p.vehicle_id = $3)
           order by v.plate, p.item"#,
        scope.units(),
        only.map(|id| id.0),
        of.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let whole = |given: i32| u32::try_from(given).unwrap_or_default();
    let kept = rows.into_iter().map(|row| UpkeepKept {
        id: UpkeepId(row.id),
        of: OfCar { vehicle: VehicleId(row.vehicle_id), plate: row.plate, unit: UnitId(row.unit_id), unit_name: row.unit_name },
        upkeep: Upkeep {
            item: row.item,
            every_km: row.every_km.map(whole),
            every_months: row.every_months.map(|months| whole(i32::from(months))),
            last_on: row.last_on,
            last_km: whole(row.last_km),
        },
        odometer_km: row.odometer_km.map(whole),
    });
    Ok(kept.collect())
}

/// Upkeep was done: it is counted anew from then.
pub async fn upkeep_done(conn: &mut PgConnection, id: UpkeepId, on: NaiveDate, at_km: Option<i32>) -> Result<(), DbError> {
    sqlx::query!(
        "update upkeep_plan set last_on = $2, last_km = greatest(last_km, coalesce($3, last_km)) where id = $1",
        id.0,
        on,
        at_km
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A plan that was found before ends. [`DbError::NotFound`] when it had.
pub async fn end_upkeep(conn: &mut PgConnection, id: UpkeepId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!("update upkeep_plan set ended_at = $2 where id = $1 and ended_at is null returning id", id.0, now)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Keeps a policy for a car that was found before.
pub async fn insert_policy(
    conn: &mut PgConnection,
    id: PolicyId,
    (unit, vehicle, insurer): (UnitId, VehicleId, SupplierId),
    policy: &Policy,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into insurance_policy (id, unit_id, vehicle_id, supplier_id, kind, number, during, premium_fen, exception_document, created_by,
             created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        unit.0,
        vehicle.0,
        insurer.0,
        policy.kind.as_str(),
        policy.number,
        days(policy.first, policy.last),
        policy.premium_fen,
        policy.exception,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Policies of cars of the scope, or one of them, or those of a car; those that end first are first.
pub async fn policies(
    conn: &mut PgConnection,
    scope: &Scope,
    (only, of): (Option<PolicyId>, Option<VehicleId>),
) -> Result<Vec<PolicyKept>, DbError> {
    let rows = sqlx::query!(
        r#"select p.id, p.vehicle_id, v.plate, v.unit_id, u.name as unit_name, p.supplier_id, supplier_label(p.supplier_id) as "insurer!",
                  p.kind, p.number, lower(p.during) as "first!", upper(p.during) - 1 as "last!", p.premium_fen, p.exception_document,
                  exists (select from insurance_policy next where next.vehicle_id = p.vehicle_id and next.kind = p.kind
                          and upper(next.during) > upper(p.during)) as "is_renewed!"
           from insurance_policy p
           join vehicle v on v.id = p.vehicle_id
           join unit u on u.id = v.unit_id
           where v.status <> 'disposed' and v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or p.id = $2) and ($3::uuid is null or p.vehicle_id = $3)
           order by upper(p.during), v.plate, p.id"#,
        scope.units(),
        only.map(|id| id.0),
        of.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        Ok(PolicyKept {
            id: PolicyId(row.id),
            of: OfCar {
                vehicle: VehicleId(row.vehicle_id),
                plate: row.plate,
                unit: UnitId(row.unit_id),
                unit_name: row.unit_name,
            },
            insurer: SupplierId(row.supplier_id),
            insurer_name: row.insurer,
            policy: Policy {
                kind: row.kind.parse().map_err(unreadable)?,
                number: row.number,
                first: row.first,
                last: row.last,
                premium_fen: row.premium_fen,
                exception: row.exception_document,
            },
            is_renewed: row.is_renewed,
        })
    });
    kept.collect()
}

/// Keeps an inspection or a licence for a car that was found before.
pub async fn insert_inspection(
    conn: &mut PgConnection,
    (id, vehicle, kind): (InspectionId, VehicleId, InspectionKind),
    (done_on, valid_until): (NaiveDate, NaiveDate),
    (place, fee_fen): (&str, Option<i64>),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into vehicle_inspection (id, vehicle_id, kind, done_on, valid_until, place, fee_fen, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        vehicle.0,
        kind.as_str(),
        done_on,
        valid_until,
        place,
        fee_fen,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Inspections and licences of cars of the scope, or one of them, or those of a car; those that end first are first.
pub async fn inspections(
    conn: &mut PgConnection,
    scope: &Scope,
    (only, of): (Option<InspectionId>, Option<VehicleId>),
) -> Result<Vec<InspectionKept>, DbError> {
    let rows = sqlx::query!(
        r#"select i.id, i.vehicle_id, v.plate, v.unit_id, u.name as unit_name, i.kind, i.done_on, i.valid_until, i.place, i.fee_fen,
                  exists (select from vehicle_inspection next where next.vehicle_id = i.vehicle_id and next.kind = i.kind
                          and next.valid_until > i.valid_until) as "is_renewed!"
           from vehicle_inspection i
           join vehicle v on v.id = i.vehicle_id
           join unit u on u.id = v.unit_id
           where v.status <> 'disposed' and v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or i.id = $2) and ($3::uuid is null or i.vehicle_id = $3)
           order by i.valid_until, v.plate, i.id"#,
        scope.units(),
        only.map(|id| id.0),
        of.map(|id| id.0),
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        Ok(InspectionKept {
            id: InspectionId(row.id),
            of: OfCar {
                vehicle: VehicleId(row.vehicle_id),
                plate: row.plate,
                unit: UnitId(row.unit_id),
                unit_name: row.unit_name,
            },
            kind: row.kind.parse().map_err(unreadable)?,
            done_on: row.done_on,
            valid_until: row.valid_until,
            place: row.place,
            fee_fen: row.fee_fen,
            is_renewed: row.is_renewed,
        })
    });
    kept.collect()
}

/// Keys of reminders that were told of something: which, of which due day, at which step.
pub async fn told(conn: &mut PgConnection, subjects: &[Uuid]) -> Result<Vec<(Uuid, String, i32, DateTime<Utc>)>, DbError> {
    let rows = sqlx::query!(
        "select subject_id, due, step, told_at from due_reminder where subject_id = any ($1) order by told_at",
        subjects,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.subject_id, row.due, row.step, row.told_at)).collect())
}
