//! Cards for fuel and charging (加油充电卡) as they are stored, and what was done with them.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::{day_of, start_of};
use dispatch::money::Money;
use dispatch::running::card::{Card, CardId, CardKind, CardLimits, CardRefusal, CardSpent, CardState, CardUseId};
use dispatch::running::cost::CostId;
use dispatch::running::feed::CardRow;
use dispatch::scope::Scope;
use dispatch::supplier::SupplierId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::paper::OfCar;
use crate::error::{DbError, unreadable};
use chrono::Datelike;
use dispatch::unit::UnitId;

/// A card as it is kept (加油充电卡).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardKept {
    /// Key.
    pub id: CardId,
    /// Its number.
    pub number: String,
    /// Its car.
    pub of: OfCar,
    /// What it is judged by.
    pub card: Card,
    /// Who gave it out.
    pub issuer: Option<String>,
    /// The same by key.
    pub supplier: Option<SupplierId>,
    /// What was refused on it, ever.
    pub refusals: i64,
    /// What was paid with it this month.
    pub month: Money,
}

/// Something that was done with a card, as it is kept (卡流水).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseKept {
    /// Key.
    pub id: CardUseId,
    /// Which card.
    pub card: CardId,
    /// Its number.
    pub card_number: String,
    /// Plate of its car.
    pub card_plate: String,
    /// What whoever sent it calls it.
    pub number: String,
    /// What.
    pub act: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Plate that the station wrote down.
    pub plate: String,
    /// What was taken.
    pub grade: Option<String>,
    /// Thousandths of a litre or watt-hours.
    pub quantity: Option<i64>,
    /// How much was paid.
    pub amount: Money,
    /// Where.
    pub place: String,
    /// Why it was refused; nothing: it was paid.
    pub refused: Vec<String>,
    /// The entry of the ledger.
    pub cost: Option<CostId>,
}

/// Keeps a card for a car that was found before.
pub async fn insert(
    conn: &mut PgConnection,
    (id, vehicle, supplier): (CardId, VehicleId, Option<SupplierId>),
    (number, kind, limits): (&str, CardKind, &CardLimits),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into energy_card (id, number, kind, supplier_id, vehicle_id, limits, created_by, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id.0,
        number,
        kind.as_str(),
        supplier.map(|supplier| supplier.0),
        vehicle.0,
        serde_json::to_value(limits).map_err(unreadable)?,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The cards of cars of the scope, or one of them, by plate; those that are gone last.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    only: Option<CardId>,
    now: DateTime<Utc>,
) -> Result<Vec<CardKept>, DbError> {
    let rows = sqlx::query!(
        r#"select k.id, k.number, k.kind, k.supplier_id, supplier_label(k.supplier_id) as issuer, k.vehicle_id, v.plate, v.unit_id,
                  u.name as unit_name, k.state, k.limits,
                  (select count(*) from card_use t where t.card_id = k.id and t.refused <> '{}') as "refusals!",
                  (select coalesce(sum(t.amount_fen), 0)::bigint from card_use t
                   where t.card_id = k.id and t.refused = '{}' and t.act = 'take' and t.at >= $3) as "month!"
           from energy_card k
           join vehicle v on v.id = k.vehicle_id
           join unit u on u.id = v.unit_id
           where v.unit_id in (select unit_id from unit_within($1)) and ($2::uuid is null or k.id = $2)
           order by k.state = 'closed', v.plate, k.kind, k.id"#,
        scope.units(),
        only.map(|id| id.0),
        month_of(now),
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        Ok(CardKept {
            id: CardId(row.id),
            number: row.number,
            card: Card {
                kind: row.kind.parse().map_err(unreadable)?,
                state: row.state.parse().map_err(unreadable)?,
                plate: row.plate.clone(),
                limits: serde_json::from_value(row.limits).map_err(unreadable)?,
            },
            of: OfCar {
                vehicle: VehicleId(row.vehicle_id),
                plate: row.plate,
                unit: UnitId(row.unit_id),
                unit_name: row.unit_name,
            },
            issuer: row.issuer,
            supplier: row.supplier_id.map(SupplierId),
            refusals: row.refusals,
            month: Money::from_fen(row.month),
        })
    });
    kept.collect()
}

/// A card of the scope by its number, locked until the transaction ends: of two uses at once the second sees the first.
pub async fn by_number(
    conn: &mut PgConnection,
    scope: &Scope,
    number: &str,
    now: DateTime<Utc>,
) -> Result<Option<CardKept>, DbError> {
    let found = sqlx::query_scalar!("select id from energy_card where number = $1 for no key update", number);
    let Some(id) = found.fetch_optional(&mut *conn).await? else { return Ok(None) };
    Ok(list(conn, scope, Some(CardId(id)), now).await?.into_iter().next())
}

/// A card that was found before may do something else. [`DbError::Conflict`] for one that is gone.
pub async fn change(
    conn: &mut PgConnection,
    id: CardId,
    state: CardState,
    limits: &CardLimits,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let limits = serde_json::to_value(limits).map_err(unreadable)?;
    sqlx::query!(
        "update energy_card set state = $2, limits = $3, changed_at = $4 where id = $1",
        id.0,
        state.as_str(),
        limits,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The first instant of the month in Beijing.
fn month_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let day = day_of(at);
    start_of(day.with_day(1).unwrap_or(day))
}

/// What was paid with a card on the day and in the month of an instant.
pub async fn spent(conn: &mut PgConnection, card: CardId, at: DateTime<Utc>) -> Result<CardSpent, DbError> {
    let day = day_of(at);
    let next_day = start_of(day.succ_opt().unwrap_or(day));
    let next_month = day.with_day(1).and_then(|first| first.checked_add_months(chrono::Months::new(1))).unwrap_or(day);
    let row = sqlx::query!(
        r#"select coalesce(sum(amount_fen) filter (where at >= $3 and at < $4), 0)::bigint as "day!", coalesce(sum(amount_fen), 0)::bigint as "month!"
           from card_use
           where card_id = $1 and act = 'take' and refused = '{}' and at >= $2 and at < $5"#,
        card.0,
        month_of(at),
        start_of(day),
        next_day,
        start_of(next_month),
    )
    .fetch_one(conn)
    .await?;
    Ok(CardSpent { day: Money::from_fen(row.day), month: Money::from_fen(row.month) })
}

/// It was told already.
pub async fn is_known(conn: &mut PgConnection, card: CardId, number: &str) -> Result<bool, DbError> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from card_use where card_id = $1 and number = $2) as "known!""#,
        card.0,
        number,
    );
    Ok(known.fetch_one(conn).await?)
}

/// Writes down what was done with a card, paid or refused.
pub async fn note(
    conn: &mut PgConnection,
    (id, card): (CardUseId, CardId),
    row: &CardRow,
    refused: &[CardRefusal],
    cost: Option<CostId>,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let refused: Vec<&str> = refused.iter().map(|refusal| refusal.as_str()).collect();
    #[expect(clippy::cast_possible_truncation, reason = "at most a million thousandths")]
    let quantity = row.quantity.map(|quantity| (quantity * 1000.0).round() as i64);
    sqlx::query!(
        "insert into card_use (id, card_id, number, act, at, plate, grade, quantity, amount_fen, place, refused, cost_id, posted_by, posted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        id.0,
        card.0,
        row.number,
        row.act.as_str(),
        row.at,
        row.plate,
        row.grade.map(dispatch::running::card::EnergyGrade::as_str),
        quantity,
        row.amount.fen(),
        row.place,
        &refused as &[&str],
        cost.map(|cost| cost.0),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was done with cards of cars of the scope, at most `most`, the newest first, behind the use `after`; refused alone where asked.
pub async fn uses(
    conn: &mut PgConnection,
    scope: &Scope,
    (card, refused): (Option<CardId>, Option<bool>),
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<UseKept>, DbError> {
    let rows = sqlx::query!(
        r#"select t.id, t.card_id, k.number as card_number, v.plate as card_plate, t.number, t.act, t.at, t.plate, t.grade, t.quantity,
                  t.amount_fen, t.place, t.refused, t.cost_id
           from card_use t
           join energy_card k on k.id = t.card_id
           join vehicle v on v.id = k.vehicle_id
           where v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or t.card_id = $2)
             and ($3::boolean is null or (t.refused <> '{}') = $3)
             and ($4::uuid is null or t.id < $4)
           order by t.id desc
           limit $5"#,
        scope.units(),
        card.map(|id| id.0),
        refused,
        after,
        most,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| UseKept {
        id: CardUseId(row.id),
        card: CardId(row.card_id),
        card_number: row.card_number,
        card_plate: row.card_plate,
        number: row.number,
        act: row.act,
        at: row.at,
        plate: row.plate,
        grade: row.grade,
        quantity: row.quantity,
        amount: Money::from_fen(row.amount_fen),
        place: row.place,
        refused: row.refused,
        cost: row.cost_id.map(CostId),
    });
    Ok(kept.collect())
}
