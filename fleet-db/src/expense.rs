//! Expenses of trips (费用) as they are stored: added, taken back by their opposite, shown with their receipts, never changed.

use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::AccountId;
use dispatch::document::DocumentFormat;
use dispatch::expense::{Expense, ExpenseId, ExpenseKind};
use dispatch::money::Money;
use dispatch::trip::order::OrderId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// An expense to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewExpense {
    /// Key.
    pub id: ExpenseId,
    /// Of which order.
    pub order: OrderId,
    /// What was paid.
    pub expense: Expense,
    /// The one in whose stead it stands, which was taken back before.
    pub instead_of: Option<ExpenseId>,
    /// Why it stands there; empty for one of its own.
    pub reason: String,
    /// Who enters it.
    pub by: AccountId,
}

/// An entry of a trip's journal (费用记录): an expense, or the reversal of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Key.
    pub id: ExpenseId,
    /// Of which order.
    pub order: OrderId,
    /// What was paid; below nothing where it takes another one back.
    pub expense: Expense,
    /// The one that it takes back.
    pub reverses: Option<ExpenseId>,
    /// The one in whose stead it stands.
    pub instead_of: Option<ExpenseId>,
    /// Somebody took it back.
    pub is_reversed: bool,
    /// Why.
    pub reason: String,
    /// Who entered it.
    pub by: String,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// What its receipt is, and its SHA-256; `None`: it has none.
    pub receipt: Option<(DocumentFormat, Vec<u8>)>,
}

struct Row {
    id: Uuid,
    order_id: Uuid,
    kind: String,
    amount_fen: i64,
    occurred_at: DateTime<Utc>,
    place: String,
    fuel_l: Option<f64>,
    energy_kwh: Option<f64>,
    reverses: Option<Uuid>,
    instead_of: Option<Uuid>,
    is_reversed: bool,
    reason: String,
    by: String,
    entered_at: DateTime<Utc>,
    receipt_media: Option<String>,
    receipt_sha256: Option<Vec<u8>>,
}

impl TryFrom<Row> for Entry {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let expense = Expense {
            kind: row.kind.parse().map_err(unreadable)?,
            amount: Money::from_fen(row.amount_fen),
            occurred_at: row.occurred_at,
            place: row.place,
            fuel_l: row.fuel_l,
            energy_kwh: row.energy_kwh,
        };
        let media = row.receipt_media.map(|media| media.parse()).transpose().map_err(unreadable)?;
        Ok(Self {
            id: ExpenseId(row.id),
            order: OrderId(row.order_id),
            expense,
            reverses: row.reverses.map(ExpenseId),
            instead_of: row.instead_of.map(ExpenseId),
            is_reversed: row.is_reversed,
            reason: row.reason,
            by: row.by,
            entered_at: row.entered_at,
            receipt: media.zip(row.receipt_sha256),
        })
    }
}

/// Adds an expense. The constraint `ExpenseLocked` when the car is back, however short the moment before.
pub async fn insert(conn: &mut PgConnection, new: &NewExpense, now: DateTime<Utc>) -> Result<(), DbError> {
    let expense = &new.expense;
    sqlx::query!(
        "insert into trip_expense
             (id, order_id, kind, amount_fen, occurred_at, place, fuel_l, energy_kwh, instead_of, reason, entered_by, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new.id.0,
        new.order.0,
        expense.kind.as_str(),
        expense.amount.fen(),
        expense.occurred_at,
        expense.place,
        expense.fuel_l,
        expense.energy_kwh,
        new.instead_of.map(|wrong| wrong.0),
        new.reason,
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an expense back by its opposite. The constraint `ExpenseReverses` when that was done before.
pub async fn reverse(
    conn: &mut PgConnection,
    id: ExpenseId,
    wrong: &Entry,
    (by, reason): (AccountId, &str),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_expense (id, order_id, kind, amount_fen, occurred_at, place, reverses, reason, entered_by, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        wrong.order.0,
        wrong.expense.kind.as_str(),
        (-wrong.expense.amount).fen(),
        wrong.expense.occurred_at,
        wrong.expense.place,
        wrong.id.0,
        reason,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The entries of an order that the connection may see, in the order in which they were made.
pub async fn list(conn: &mut PgConnection, order: OrderId) -> Result<Vec<Entry>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.id, e.order_id, e.kind, e.amount_fen, e.occurred_at, e.place, e.fuel_l, e.energy_kwh, e.reverses, e.instead_of,
                  exists (select from trip_expense back where back.reverses = e.id) as "is_reversed!", e.reason,
                  account_name(e.entered_by) as "by!", e.entered_at, e.receipt_media, e.receipt_sha256
           from trip_expense e
           where e.order_id = $1
           order by e.seq"#,
        order.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// An entry that the connection may see.
pub async fn load(conn: &mut PgConnection, id: ExpenseId) -> Result<Entry, DbError> {
    sqlx::query_as!(
        Row,
        r#"select e.id, e.order_id, e.kind, e.amount_fen, e.occurred_at, e.place, e.fuel_l, e.energy_kwh, e.reverses, e.instead_of,
                  exists (select from trip_expense back where back.reverses = e.id) as "is_reversed!", e.reason,
                  account_name(e.entered_by) as "by!", e.entered_at, e.receipt_media, e.receipt_sha256
           from trip_expense e
           where e.id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The expense among those of a car, seen by the connection, that `expense` looks like a second entry of.
pub async fn twin(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    expense: &Expense,
    within: TimeDelta,
) -> Result<Option<ExpenseId>, DbError> {
    let twin = sqlx::query_scalar!(
        r#"select e.id
           from trip_expense e
           join dispatch_order o on o.id = e.order_id
           where o.vehicle_id = $1
             and e.kind = $2
             and e.amount_fen = $3
             and e.occurred_at between $4 and $5
             and not exists (select from trip_expense back where back.reverses = e.id)
           order by e.entered_at
           limit 1"#,
        vehicle.0,
        expense.kind.as_str(),
        expense.amount.fen(),
        expense.occurred_at - within,
        expense.occurred_at + within,
    );
    Ok(twin.fetch_optional(conn).await?.map(ExpenseId))
}

/// What was paid for a trip: the expenses that nobody took back.
pub async fn paid(conn: &mut PgConnection, order: OrderId) -> Result<Vec<(ExpenseKind, Money)>, DbError> {
    let entries = list(conn, order).await?;
    let stand = entries.iter().filter(|entry| entry.reverses.is_none() && !entry.is_reversed);
    Ok(stand.map(|entry| (entry.expense.kind, entry.expense.amount)).collect())
}

/// Adds a receipt to an expense that has none. [`DbError::NotFound`] for one that has, or that the connection may not see.
pub async fn keep_receipt(
    conn: &mut PgConnection,
    id: ExpenseId,
    (media, sha256): (DocumentFormat, [u8; 32]),
    receipt: &[u8],
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update trip_expense
         set receipt = $2, receipt_media = $3, receipt_sha256 = $4
         where id = $1 and receipt is null
         returning id",
        id.0,
        receipt,
        media.as_str(),
        sha256.as_slice(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The receipt of an expense that the connection may see, as it came. [`DbError::NotFound`] where there is none.
pub async fn receipt(conn: &mut PgConnection, id: ExpenseId) -> Result<Vec<u8>, DbError> {
    let receipt =
        sqlx::query_scalar!(r#"select receipt as "receipt!" from trip_expense where id = $1 and receipt is not null"#, id.0);
    Ok(receipt.fetch_one(conn).await?)
}
