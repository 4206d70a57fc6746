//! Vendors that authorities name for repairs, insurance and fuel (定点厂家), and who is named for a unit on a day.

use std::ops::Bound;

use chrono::{DateTime, Days, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::running::repair::VendorService;
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A vendor as an authority names it (定点厂家).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Key.
    pub id: Uuid,
    /// Who names it.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// The vendor.
    pub supplier: SupplierId,
    /// Its name.
    pub name: String,
    /// For what.
    pub service: VendorService,
    /// By which paper.
    pub document: String,
    /// From.
    pub first: NaiveDate,
    /// Up to and with.
    pub last: NaiveDate,
}

/// A vendor that a unit may go to (可选厂家).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The vendor.
    pub supplier: SupplierId,
    /// Its name.
    pub name: String,
    /// Who names it.
    pub named_by: String,
    /// By which paper.
    pub document: String,
    /// Its last day.
    pub last: NaiveDate,
}

/// Days from the first to the last.
pub(crate) fn days(first: NaiveDate, last: NaiveDate) -> PgRange<NaiveDate> {
    PgRange { start: Bound::Included(first), end: Bound::Excluded(last.checked_add_days(Days::new(1)).unwrap_or(last)) }
}

/// Names a vendor of the scope for a unit of the scope. [`DbError::NotFound`] for one outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Uuid,
    (unit, supplier, service): (UnitId, SupplierId, VendorService),
    (document, first, last): (&str, NaiveDate, NaiveDate),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into designated_vendor (id, unit_id, supplier_id, service, document, during, created_by, created_at)
         select $1, u.id, s.id, $4, $5, $6, $7, $8
         from unit u, supplier s
         where u.id = $2 and s.id = $3 and u.id in (select unit_id from unit_within($9)) and s.unit_id in (select unit_id from unit_within($9))
         returning id",
        id,
        unit.0,
        supplier.0,
        service.as_str(),
        document,
        days(first, last),
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Who was named by units of the scope, or one of them; the newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, only: Option<Uuid>) -> Result<Vec<Named>, DbError> {
    let rows = sqlx::query!(
        r#"select d.id, d.unit_id, u.name as unit_name, d.supplier_id, supplier_label(d.supplier_id) as "name!", d.service, d.document,
                  lower(d.during) as "first!", upper(d.during) - 1 as "last!"
           from designated_vendor d
           join unit u on u.id = d.unit_id
           where d.unit_id in (select unit_id from unit_within($1)) and ($2::uuid is null or d.id = $2)
           order by d.id desc"#,
        scope.units(),
        only,
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| {
        Ok(Named {
            id: row.id,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            supplier: SupplierId(row.supplier_id),
            name: row.name,
            service: row.service.parse().map_err(unreadable)?,
            document: row.document,
            first: row.first,
            last: row.last,
        })
    });
    named.collect()
}

/// Who is named for a unit on a day, by it or by a unit above.
pub async fn choices(
    conn: &mut PgConnection,
    unit: UnitId,
    service: VendorService,
    on: NaiveDate,
) -> Result<Vec<Choice>, DbError> {
    let rows = sqlx::query!(
        r#"select supplier_id as "supplier_id!", name as "name!", named_by as "named_by!", document as "document!", last as "last!"
           from vendors_of($1, $2, $3)"#,
        unit.0,
        service.as_str(),
        on,
    )
    .fetch_all(conn)
    .await?;
    let choices = rows.into_iter().map(|row| Choice {
        supplier: SupplierId(row.supplier_id),
        name: row.name,
        named_by: row.named_by,
        document: row.document,
        last: row.last,
    });
    Ok(choices.collect())
}

/// The vendor is named for the unit on the day.
pub async fn is_named(
    conn: &mut PgConnection,
    (unit, supplier, service): (UnitId, SupplierId, VendorService),
    on: NaiveDate,
) -> Result<bool, DbError> {
    Ok(choices(conn, unit, service, on).await?.iter().any(|choice| choice.supplier == supplier))
}
