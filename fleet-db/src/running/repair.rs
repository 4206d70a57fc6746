//! Repair orders (维修单) as they are stored, with their quotes, bills and steps.

use std::ops::Bound;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::incident::accident::AccidentId;
use dispatch::money::Money;
use dispatch::running::repair::{Bill, BillLine, Quote, QuoteId, RepairId, RepairKind, RepairState};
use dispatch::running::upkeep::UpkeepId;
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_request::next_number;

/// A repair that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct NewRepair<'a> {
    /// Key.
    pub id: RepairId,
    /// Whose car.
    pub unit: UnitId,
    /// Which car.
    pub vehicle: VehicleId,
    /// For what.
    pub kind: RepairKind,
    /// In words.
    pub what: &'a str,
    /// The plan that it is about.
    pub upkeep: Option<UpkeepId>,
    /// The accident after which it is.
    pub accident: Option<AccidentId>,
    /// Who asks.
    pub by: AccountId,
}

/// A repair order as it is kept (维修单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Key.
    pub id: RepairId,
    /// Its number.
    pub number: String,
    /// Whose car it was.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// For what.
    pub kind: RepairKind,
    /// In words.
    pub what: String,
    /// The plan that it is about.
    pub upkeep: Option<UpkeepId>,
    /// The accident after which it is.
    pub accident: Option<AccidentId>,
    /// Where it stands.
    pub state: RepairState,
    /// Who asked.
    pub proposer: AccountId,
    /// The same by name.
    pub proposed_by: String,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The quote that was taken.
    pub quote: Option<QuoteId>,
    /// On which paper, where its vendor is none that is named.
    pub exception: String,
    /// Why it is not the cheapest, or was refused or given up.
    pub reason: String,
    /// Since when it is in the shop.
    pub shop_from: Option<DateTime<Utc>>,
    /// Until when: as promised, and then as it was.
    pub shop_until: Option<DateTime<Utc>>,
    /// What the odometer said, in kilometres.
    pub odometer_km: Option<i32>,
    /// When it was taken back.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A quote as it is kept (维修报价).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteKept {
    /// Of which repair.
    pub repair: RepairId,
    /// What it says.
    pub quote: Quote,
    /// Name of the vendor.
    pub vendor: String,
    /// In words.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that was done with a repair order (维修单办理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub action: String,
    /// Where it stood then.
    pub to: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In words.
    pub text: String,
}

/// Which repair orders; everything absent asks for all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<RepairId>,
    /// In this state.
    pub state: Option<RepairState>,
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// Those that are not over.
    pub open: Option<bool>,
    /// Those after this one, in the order of the list.
    pub after: Option<RepairId>,
}

/// Writes a repair order down, and gives its number.
pub async fn insert(conn: &mut PgConnection, new: &NewRepair<'_>, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, new.unit, "WX", now).await?;
    sqlx::query!(
        "insert into repair_order (id, number, unit_id, vehicle_id, kind, what, upkeep_id, accident_id, state, proposed_by, proposed_at,
             exception_document, reason, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9, $10, '', '', $10)",
        new.id.0,
        number,
        new.unit.0,
        new.vehicle.0,
        new.kind.as_str(),
        new.what,
        new.upkeep.map(|upkeep| upkeep.0),
        new.accident.map(|accident| accident.0),
        new.by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

struct Row {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    vehicle_id: Uuid,
    plate: Option<String>,
    kind: String,
    what: String,
    upkeep_id: Option<Uuid>,
    accident_id: Option<Uuid>,
    state: String,
    proposer: Uuid,
    proposed_by: Option<String>,
    proposed_at: DateTime<Utc>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    quote_id: Option<Uuid>,
    exception_document: String,
    reason: String,
    shop_from: Option<DateTime<Utc>>,
    shop_until: Option<DateTime<Utc>>,
    odometer_km: Option<i32>,
    accepted_at: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Repair {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: RepairId(row.id),
            number: row.number,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name.unwrap_or_default(),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate.unwrap_or_default(),
            kind: row.kind.parse().map_err(unreadable)?,
            what: row.what,
            upkeep: row.upkeep_id.map(UpkeepId),
            accident: row.accident_id.map(AccidentId),
            state: row.state.parse().map_err(unreadable)?,
            proposer: AccountId(row.proposer),
            proposed_by: row.proposed_by.unwrap_or_default(),
            proposed_at: row.proposed_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            quote: row.quote_id.map(QuoteId),
            exception: row.exception_document,
            reason: row.reason,
            shop_from: row.shop_from,
            shop_until: row.shop_until,
            odometer_km: row.odometer_km,
            accepted_at: row.accepted_at,
            settled_at: row.settled_at,
        })
    }
}

/// Repair orders of the scope, at most `most`, the newest first.
pub async fn list(conn: &mut PgConnection, scope: &Scope, filter: Filter, most: i64) -> Result<Vec<Repair>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id, r.number, r.unit_id, unit_label(r.unit_id) as unit_name, r.vehicle_id, car.plate, r.kind, r.what, r.upkeep_id,
                  r.accident_id, r.state, r.proposed_by as proposer, account_name(r.proposed_by) as proposed_by, r.proposed_at,
                  account_name(r.decided_by) as decided_by, r.decided_at, r.quote_id, r.exception_document, r.reason,
                  lower(r.in_shop) as shop_from, upper(r.in_shop) as shop_until, r.odometer_km, r.accepted_at, r.settled_at
           from repair_order r
           cross join lateral vehicle_label(r.vehicle_id) as car
           where r.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or r.id = $2)
             and ($3::text is null or r.state = $3)
             and ($4::uuid is null or r.vehicle_id = $4)
             and ($5::boolean is null or (r.state not in ('settled', 'rejected', 'cancelled')) = $5)
             and ($6::uuid is null or r.id < $6)
           order by r.id desc
           limit $7"#,
        scope.units(),
        filter.id.map(|id| id.0),
        filter.state.map(RepairState::as_str),
        filter.vehicle.map(|vehicle| vehicle.0),
        filter.open,
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Repair::try_from).collect()
}

/// One of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: RepairId) -> Result<Repair, DbError> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    list(conn, scope, filter, 1).await?.into_iter().next().ok_or(DbError::NotFound)
}

/// Stores a repair order after a move. [`DbError::NotFound`] when somebody was faster.
pub async fn save(
    conn: &mut PgConnection,
    from: RepairState,
    repair: &Repair,
    decider: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let in_shop = repair
        .shop_from
        .map(|from| PgRange { start: Bound::Included(from), end: repair.shop_until.map_or(Bound::Unbounded, Bound::Excluded) });
    sqlx::query_scalar!(
        "update repair_order
         set state = $3, decided_by = coalesce($4, decided_by), decided_at = $5, quote_id = $6, exception_document = $7, reason = $8,
             in_shop = $9, odometer_km = $10, accepted_at = $11, settled_at = $12, changed_at = $13
         where id = $1 and state = $2
         returning id",
        repair.id.0,
        from.as_str(),
        repair.state.as_str(),
        decider.map(|decider| decider.0),
        repair.decided_at,
        repair.quote.map(|quote| quote.0),
        repair.exception,
        repair.reason,
        in_shop as Option<PgRange<DateTime<Utc>>>,
        repair.odometer_km,
        repair.accepted_at,
        repair.settled_at,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Writes down what was done with it.
pub async fn note(
    conn: &mut PgConnection,
    repair: &Repair,
    action: &str,
    text: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into repair_step (repair_id, action, to_state, by, at, text) values ($1, $2, $3, $4, $5, $6)",
        repair.id.0,
        action,
        repair.state.as_str(),
        by.0,
        now,
        text,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was done with it, as it came.
pub async fn steps(conn: &mut PgConnection, id: RepairId) -> Result<Vec<Step>, DbError> {
    let rows = sqlx::query!(
        r#"select action, to_state, account_name(by) as "by!", at, text from repair_step where repair_id = $1 order by seq"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Step { action: row.action, to: row.to_state, by: row.by, at: row.at, text: row.text })
        .collect())
}

/// Adds what a vendor would take.
pub async fn quote(
    conn: &mut PgConnection,
    repair: RepairId,
    (quote, note): (&Quote, &str),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into repair_quote (id, repair_id, supplier_id, parts_fen, labour_fen, total_fen, note, quoted_by, quoted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        quote.id.0,
        repair.0,
        quote.vendor.0,
        quote.parts.fen(),
        quote.labour.fen(),
        quote.total.fen(),
        note,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The quotes of these repairs, the cheapest of each first.
pub async fn quotes(conn: &mut PgConnection, repairs: &[RepairId]) -> Result<Vec<QuoteKept>, DbError> {
    let ids: Vec<Uuid> = repairs.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select id, repair_id, supplier_id, supplier_label(supplier_id) as "vendor!", parts_fen, labour_fen, total_fen, note, quoted_at
           from repair_quote
           where repair_id = any ($1)
           order by repair_id, total_fen, id"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| QuoteKept {
        repair: RepairId(row.repair_id),
        quote: Quote {
            id: QuoteId(row.id),
            vendor: SupplierId(row.supplier_id),
            parts: Money::from_fen(row.parts_fen),
            labour: Money::from_fen(row.labour_fen),
            total: Money::from_fen(row.total_fen),
        },
        vendor: row.vendor,
        note: row.note,
        at: row.quoted_at,
    });
    Ok(kept.collect())
}

/// Keeps the bill.
pub async fn settle(
    conn: &mut PgConnection,
    repair: RepairId,
    bill: &Bill,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into repair_bill (repair_id, parts_fen, labour_fen, total_fen, settled_by, settled_at) values ($1, $2, $3, $4, $5, $6)",
        repair.0,
        bill.parts.fen(),
        bill.labour.fen(),
        bill.total.fen(),
        by.0,
        now,
    )
    .execute(&mut *conn)
    .await?;
    for (seq, line) in (1_i16..).zip(&bill.lines) {
        sqlx::query!(
            "insert into repair_line (repair_id, seq, part, what, quantity, price_fen) values ($1, $2, $3, $4, $5, $6)",
            repair.0,
            seq,
            line.part.as_str(),
            line.what,
            i32::try_from(line.quantity).unwrap_or(i32::MAX),
            line.price.fen(),
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// The bill of a repair; `None` while it is not settled.
pub async fn bill(conn: &mut PgConnection, repair: RepairId) -> Result<Option<Bill>, DbError> {
    let head = sqlx::query!("select parts_fen, labour_fen, total_fen from repair_bill where repair_id = $1", repair.0);
    let Some(head) = head.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let rows =
        sqlx::query!("select part, what, quantity, price_fen from repair_line where repair_id = $1 order by seq", repair.0)
            .fetch_all(conn)
            .await?;
    let lines = rows.into_iter().map(|row| {
        Ok(BillLine {
            part: row.part.parse().map_err(unreadable)?,
            what: row.what,
            quantity: u32::try_from(row.quantity).unwrap_or_default(),
            price: Money::from_fen(row.price_fen),
        })
    });
    Ok(Some(Bill {
        lines: lines.collect::<Result<_, DbError>>()?,
        parts: Money::from_fen(head.parts_fen),
        labour: Money::from_fen(head.labour_fen),
        total: Money::from_fen(head.total_fen),
    }))
}
