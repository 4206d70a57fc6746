//! Figures of cars: the lists behind them, what they come to, and what they come to in each unit below.

use chrono::NaiveDate;
use dispatch::running::figure::VehicleFigure;
use dispatch::scope::Scope;
use dispatch::trip::figure::FigureTotal;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_figure::FigureRow;

/// Which cars and which days (统计口径).
#[derive(Clone, Debug)]
pub struct Of {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// One car alone.
    pub vehicle: Option<VehicleId>,
    /// Powertrains that are looked at.
    pub kinds: Vec<String>,
    /// Powertrains that count as new energy.
    pub nev: Vec<String>,
}

/// What a unit below has of each figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitTotals {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// It stands for itself alone, without the units below it.
    pub is_own: bool,
    /// What every list comes to, in the order of [`VehicleFigure::ALL`].
    pub totals: Vec<(VehicleFigure, FigureTotal)>,
}

/// What every list comes to within the units, in the order of [`VehicleFigure::ALL`].
pub async fn totals(conn: &mut PgConnection, units: &Scope, of: &Of) -> Result<Vec<(VehicleFigure, FigureTotal)>, DbError> {
    let names = VehicleFigure::ALL.map(|figure| figure.as_str().to_owned());
    let rows = sqlx::query!(
        r#"select f.name as "name!", t.rows as "rows!", t.amount as "amount!"
           from unnest($1::text[]) with ordinality as f (name, place)
           cross join lateral (select count(*) as rows, coalesce(sum(r.amount), 0)::bigint as amount
                               from vehicle_figure_rows(f.name, $2, $3, $4, $5, $6, $7) r) t
           order by f.place"#,
        &names as &[String],
        units.units(),
        of.vehicle.map(|vehicle| vehicle.0),
        &of.kinds,
        &of.nev,
        of.first,
        of.last,
    )
    .fetch_all(conn)
    .await?;
    let total = |name: &str, rows, amount| Ok((name.parse().map_err(unreadable)?, FigureTotal { rows, amount }));
    rows.into_iter().map(|row| total(&row.name, row.rows, row.amount)).collect()
}

/// What every list comes to in the unit itself and in each unit directly below it, with what is below that; together they are the whole.
pub async fn by_unit(conn: &mut PgConnection, unit: UnitId, of: &Of) -> Result<Vec<UnitTotals>, DbError> {
    let names = VehicleFigure::ALL.map(|figure| figure.as_str().to_owned());
    let rows = sqlx::query!(
        r#"with part as (
               select c.unit_id, coalesce((select up.ancestor_id from unit_closure up
                                           join unit_closure top on top.unit_id = up.ancestor_id and top.ancestor_id = $2 and top.depth = 1
                                           where up.unit_id = c.unit_id), $2) as part_id
               from unit_closure c
               where c.ancestor_id = $2
           )
           select f.name as "figure!", part.part_id as "unit_id!", count(*) as "rows!", coalesce(sum(r.amount), 0)::bigint as "amount!"
           from unnest($1::text[]) as f (name)
           cross join lateral vehicle_figure_rows(f.name, array[$2::uuid], $3, $4, $5, $6, $7) r
           join part on part.unit_id = r.unit_id
           group by 1, 2"#,
        &names as &[String],
        unit.0,
        of.vehicle.map(|vehicle| vehicle.0),
        &of.kinds,
        &of.nev,
        of.first,
        of.last,
    )
    .fetch_all(&mut *conn)
    .await?;
    let parts = sqlx::query!("select id, name from unit where id = $1 or parent_id = $1 order by id <> $1, name, id", unit.0,)
        .fetch_all(conn)
        .await?;
    let totals = parts.into_iter().map(|part| {
        let of_part = |figure: VehicleFigure| {
            let found = rows.iter().find(|row| row.unit_id == part.id && row.figure == figure.as_str());
            (figure, found.map_or(FigureTotal::default(), |row| FigureTotal { rows: row.rows, amount: row.amount }))
        };
        UnitTotals {
            unit: UnitId(part.id),
            name: part.name.clone(),
            is_own: part.id == unit.0,
            totals: VehicleFigure::ALL.into_iter().map(of_part).collect(),
        }
    });
    Ok(totals.collect())
}

/// At most `limit` rows of the list behind `after`, the last key first.
pub async fn rows(
    conn: &mut PgConnection,
    units: &Scope,
    (figure, of): (VehicleFigure, &Of),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<FigureRow>, DbError> {
    let rows = sqlx::query!(
        r#"select r.id as "id!", r.title as "title!", r.unit_id as "unit_id!", unit_label(r.unit_id) as "unit_name!", r.at as "at!",
                  r.amount as "amount!"
           from vehicle_figure_rows($1, $2, $3, $4, $5, $6, $7) r
           where $8::uuid is null or r.id < $8
           order by r.id desc
           limit $9"#,
        figure.as_str(),
        units.units(),
        of.vehicle.map(|vehicle| vehicle.0),
        &of.kinds,
        &of.nev,
        of.first,
        of.last,
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
