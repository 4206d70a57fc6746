//! Looks over a car (车辆检查) and the defects that were found, until somebody closes them.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::message::{News, SubjectKind};
use dispatch::scope::Scope;
use dispatch::trip::check::{CheckItem, CheckKind, DefectId, Inspection, OrderCheckId};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::{OwnOrder, Sent};
use crate::error::{DbError, unreadable};
use crate::message::{About, Subject, tell};

/// A defect as it is kept (车辆故障).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDefect {
    /// Key.
    pub id: DefectId,
    /// Of which car.
    pub vehicle: VehicleId,
    /// The car's plate.
    pub plate: String,
    /// What is not well.
    pub item: CheckItem,
    /// In words; may be empty.
    pub note: String,
    /// Nobody drives off with it.
    pub is_safety: bool,
    /// When it was found.
    pub reported_at: DateTime<Utc>,
    /// Who found it.
    pub reported_by: Option<String>,
    /// What was done about it; `None`: it is open.
    pub closing: Option<Closing>,
}

/// How a defect was closed (故障销项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// What was done.
    pub reason: String,
}

/// What was found is written down, and a danger is told to those who can send another car or mend this one; `None` when that was done before under the same key.
pub async fn insert(
    conn: &mut PgConnection,
    order: &OwnOrder,
    kind: CheckKind,
    found: &Inspection,
    sent: Sent<'_>,
    next_id: impl Fn() -> Uuid,
) -> Result<Option<OrderCheckId>, DbError> {
    let written = sqlx::query_scalar!(
        "insert into order_check (id, order_id, vehicle_id, kind, items, at, recorded_at, by, key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (order_id, key) do nothing
         returning id",
        sent.id,
        order.id.0,
        order.vehicle.0,
        kind.as_str(),
        serde_json::to_value(found.items()).map_err(unreadable)?,
        sent.at,
        sent.now,
        sent.by.0,
        sent.key,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(check) = written else { return Ok(None) };
    for defect in found.defects() {
        sqlx::query!(
            "insert into vehicle_defect (id, vehicle_id, check_id, item, note, is_safety, reported_at, reported_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            next_id(),
            order.vehicle.0,
            check,
            defect.item.as_str(),
            defect.note,
            defect.is_safety,
            sent.at,
            sent.by.0,
        )
        .execute(&mut *conn)
        .await?;
    }
    if found.keeps_from_driving() {
        let about = About {
            subject: Some(Subject { kind: SubjectKind::Vehicle, id: order.vehicle.0 }),
            unit: Some(order.fleet_unit),
            cause: &format!("check:{check}"),
        };
        tell(conn, &News::car_kept(&order.plate, &order.driver, sent.at), about, &[order.issued_by], sent.now).await?;
    }
    Ok(Some(OrderCheckId(check)))
}

/// When the car was last looked over before this order.
pub async fn looked_over_at(
    conn: &mut PgConnection,
    order: &OwnOrder,
    kind: CheckKind,
) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(sqlx::query_scalar!("select max(at) from order_check where order_id = $1 and kind = $2", order.id.0, kind.as_str())
        .fetch_one(conn)
        .await?)
}

/// A car is kept from driving off by an open defect that is a danger. The store refuses the departure too.
pub async fn keeps_from_driving(conn: &mut PgConnection, vehicle: VehicleId) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from vehicle_defect where vehicle_id = $1 and is_safety and closed_at is null) as "keeps!""#,
        vehicle.0,
    )
    .fetch_one(conn)
    .await?)
}

/// The defects of a car that the asker may see, open ones first, each part from the newest on, at most `limit`.
pub async fn defects(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    only_open: bool,
    limit: i64,
) -> Result<Vec<KeptDefect>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.id, d.vehicle_id, car.plate as "plate!", d.item, d.note, d.is_safety, d.reported_at,
                  account_name(d.reported_by) as "reported_by?", d.closed_at, account_name(d.closed_by) as "closed_by?", d.close_reason
           from vehicle_defect d
           cross join vehicle_label(d.vehicle_id) car
           where d.vehicle_id = $1 and (not $2 or d.closed_at is null)
           order by d.closed_at is not null, d.reported_at desc, d.id
           limit $3"#,
        vehicle.0,
        only_open,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(KeptDefect::try_from).collect()
}

/// A defect of a car of the scope, with the unit whose car it is.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: DefectId) -> Result<(KeptDefect, UnitId), DbError> {
    let unit = sqlx::query_scalar!(
        "select v.unit_id
         from vehicle_defect d
         join vehicle v on v.id = d.vehicle_id
         where d.id = $1 and v.unit_id in (select unit_id from unit_within($2))",
        id.0,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    let row = sqlx::query_as!(
        Row,
        r#"select d.id, d.vehicle_id, car.plate as "plate!", d.item, d.note, d.is_safety, d.reported_at,
                  account_name(d.reported_by) as "reported_by?", d.closed_at, account_name(d.closed_by) as "closed_by?", d.close_reason
           from vehicle_defect d
           cross join vehicle_label(d.vehicle_id) car
           where d.id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.try_into()?, UnitId(unit)))
}

/// Closes an open defect; [`DbError::NotFound`] when somebody was faster.
pub async fn close(
    conn: &mut PgConnection,
    id: DefectId,
    by: AccountId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update vehicle_defect set closed_at = $2, closed_by = $3, close_reason = $4
         where id = $1 and closed_at is null
         returning id",
        id.0,
        now,
        by.0,
        reason,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    item: String,
    note: String,
    is_safety: bool,
    reported_at: DateTime<Utc>,
    reported_by: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<String>,
    close_reason: Option<String>,
}

impl TryFrom<Row> for KeptDefect {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let closing = row.closed_at.zip(row.close_reason);
        Ok(Self {
            id: DefectId(row.id),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate,
            item: row.item.parse().map_err(unreadable)?,
            note: row.note,
            is_safety: row.is_safety,
            reported_at: row.reported_at,
            reported_by: row.reported_by,
            closing: closing.map(|(at, reason)| Closing { at, by: row.closed_by, reason }),
        })
    }
}
