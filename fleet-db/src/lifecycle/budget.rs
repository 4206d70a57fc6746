//! Lines of budgets (预算明细): an indicator and its money each.

use dispatch::lifecycle::facts::{PaperFacts, PaperId};
use dispatch::lifecycle::standard::WantedCar;
use dispatch::money::Money;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A line (预算明细).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Of which budget.
    pub budget: PaperId,
    /// Where that stands.
    pub budget_state: String,
    /// For which indicator.
    pub indicator: PaperId,
    /// Its number.
    pub number: String,
    /// Its money.
    pub amount: Money,
}

/// Puts an indicator into a budget; the store refuses one that was not issued, or stands in another.
pub async fn insert(
    conn: &mut PgConnection,
    id: Uuid,
    (budget, indicator): (PaperId, PaperId),
    amount: Money,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into budget_line (id, budget_id, indicator_id, amount_fen) values ($1, $2, $3, $4)",
        id,
        budget.0,
        indicator.0,
        amount.fen(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The lines of these budgets.
pub async fn of_budgets(conn: &mut PgConnection, budgets: &[PaperId]) -> Result<Vec<Line>, DbError> {
    let ids: Vec<Uuid> = budgets.iter().map(|budget| budget.0).collect();
    let rows = sqlx::query!(
        "select l.budget_id, b.state, l.indicator_id, i.number, l.amount_fen
         from budget_line l
         join lifecycle_paper b on b.id = l.budget_id
         join lifecycle_paper i on i.id = l.indicator_id
         where l.budget_id = any ($1)
         order by i.id",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| Line {
        budget: PaperId(row.budget_id),
        budget_state: row.state,
        indicator: PaperId(row.indicator_id),
        number: row.number,
        amount: Money::from_fen(row.amount_fen),
    });
    Ok(lines.collect())
}

/// The money of an indicator once its budget was granted; whoever buys need not see the whole budget.
pub async fn granted(conn: &mut PgConnection, indicator: PaperId) -> Result<Option<Money>, DbError> {
    let amount = sqlx::query_scalar!("select budget_granted($1)", indicator.0).fetch_one(conn).await?;
    Ok(amount.map(Money::from_fen))
}

/// The cars of a unit and those below it that are budgeted for a year, each with the document that lets it be of another energy.
pub async fn planned(conn: &mut PgConnection, unit: UnitId, year: i16) -> Result<Vec<(WantedCar, String)>, DbError> {
    let rows = sqlx::query_scalar!(
        "select i.facts
         from budget_line l
         join lifecycle_paper b on b.id = l.budget_id and b.year = $2
         join lifecycle_paper i on i.id = l.indicator_id
         where l.is_open and i.unit_id in (select w.unit_id from unit_within(array[$1::uuid]) w)
         order by i.id",
        unit.0,
        year,
    )
    .fetch_all(conn)
    .await?;
    let mut cars = Vec::new();
    for facts in rows {
        let facts: PaperFacts = serde_json::from_value(facts).map_err(unreadable)?;
        cars.extend(facts.wanted.map(|car| (car, facts.nev_exception)));
    }
    Ok(cars)
}

/// A budget came to nothing: its indicators may stand in another.
pub async fn close(conn: &mut PgConnection, budget: PaperId) -> Result<(), DbError> {
    sqlx::query!("update budget_line set is_open = false where budget_id = $1", budget.0).execute(conn).await?;
    Ok(())
}
