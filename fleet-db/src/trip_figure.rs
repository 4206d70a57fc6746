//! Figures of trips: the lists behind them, and what they come to.

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use dispatch::trip::figure::{FigureTotal, TripFigure};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A row of a list (明细).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// Key of the request, order, trip, car or finding, as the figure says.
    pub id: Uuid,
    /// Its number, or the plate of its car.
    pub title: String,
    /// Whose.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// The instant by which it lies in the span.
    pub at: DateTime<Utc>,
    /// What it adds: 1, seconds, metres, fen or days.
    pub amount: i64,
}

/// What every list comes to within the units from `from` until `to`, in the order of [`TripFigure::ALL`]; and how many cars they have.
pub async fn totals(
    conn: &mut PgConnection,
    units: &Scope,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(Vec<(TripFigure, FigureTotal)>, i64), DbError> {
    let names = TripFigure::ALL.map(|figure| figure.as_str().to_owned());
    let rows = sqlx::query!(
        r#"select f.name as "name!", t.rows as "rows!", t.amount as "amount!"
           from unnest($1::text[]) with ordinality as f (name, place)
           cross join lateral (select count(*) as rows, coalesce(sum(r.amount), 0)::bigint as amount
                               from trip_figure_rows(f.name, $2, $3, $4) r) t
           order by f.place"#,
        &names as &[String],
        units.units(),
        from,
        to,
    )
    .fetch_all(&mut *conn)
    .await?;
    let totals = rows.into_iter().map(|row| {
        let figure = row.name.parse::<TripFigure>().map_err(unreadable)?;
        Ok((figure, FigureTotal { rows: row.rows, amount: row.amount }))
    });
    let totals = totals.collect::<Result<_, DbError>>()?;
    let cars = sqlx::query_scalar!(
        r#"select count(*) as "cars!" from vehicle
           where created_at < $2 and status <> 'disposed' and unit_id in (select unit_id from unit_within($1))"#,
        units.units(),
        to,
    )
    .fetch_one(conn)
    .await?;
    Ok((totals, cars))
}

/// At most `limit` rows of the list behind `after`, the last key first.
pub async fn rows(
    conn: &mut PgConnection,
    units: &Scope,
    figure: TripFigure,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FigureRow>, DbError> {
    let rows = sqlx::query!(
        r#"select r.id as "id!", r.title as "title!", r.unit_id as "unit_id!", u.name as unit_name, r.at as "at!", r.amount as "amount!"
           from trip_figure_rows($1, $2, $3, $4) r
           join unit u on u.id = r.unit_id
           where $5::uuid is null or r.id < $5
           order by r.id desc
           limit $6"#,
        figure.as_str(),
        units.units(),
        from,
        to,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| FigureRow {
            id: row.id,
            title: row.title,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            at: row.at,
            amount: row.amount,
        })
        .collect())
}
