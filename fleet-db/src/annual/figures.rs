//! What drafts of annual reports are worked out from: one statement a section, whatever the size of the tree.

use std::collections::HashMap;

use chrono::NaiveDate;
use dispatch::account::Role;
use dispatch::annual::check::{AnnualIssue, first_day, last_day};
use dispatch::annual::roll::ReportUnit;
use dispatch::annual::table::{AnnualKind, AnnualTable};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A unit and everything below it, as far as reports go; what the asker does not see is left out.
pub async fn units(conn: &mut PgConnection, top: UnitId) -> Result<Vec<ReportUnit>, DbError> {
    let rows = sqlx::query!(
        r#"select u.id, u.parent_id, u.name, u.kind, u.status, u.successor_id
           from unit_closure c
           join unit u on u.id = c.unit_id
           where c.ancestor_id = $1"#,
        top.0,
    )
    .fetch_all(conn)
    .await?;
    let units = rows.into_iter().map(|row| {
        Ok(ReportUnit {
            id: UnitId(row.id),
            parent: row.parent_id.map(UnitId),
            name: row.name,
            kind: row.kind.parse().map_err(unreadable)?,
            status: row.status.parse().map_err(unreadable)?,
            successor: row.successor_id.map(UnitId),
        })
    });
    units.collect()
}

struct Figure {
    unit_id: Uuid,
    category: String,
    powertrain: Option<String>,
    item: String,
    amount: i64,
}

/// The figures of a year of each of the units, for itself alone.
pub async fn of_year(conn: &mut PgConnection, units: &[UnitId], year: i16) -> Result<HashMap<UnitId, AnnualTable>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let (first, last) = (first_day(year), last_day(year));
    let mut tables = HashMap::new();
    take(&mut tables, stock(&mut *conn, &units, first, last).await?)?;
    take(&mut tables, used(&mut *conn, &units, first, last).await?)?;
    take(&mut tables, costs(conn, &units, first, last).await?)?;
    Ok(tables)
}

fn take(tables: &mut HashMap<UnitId, AnnualTable>, figures: Vec<Figure>) -> Result<(), DbError> {
    for figure in figures {
        let kind = AnnualKind {
            category: figure.category.parse().map_err(unreadable)?,
            powertrain: figure.powertrain.as_deref().map(str::parse).transpose().map_err(unreadable)?,
        };
        let item = figure.item.parse().map_err(unreadable)?;
        tables.entry(UnitId(figure.unit_id)).or_default().add(kind, item, figure.amount);
    }
    Ok(())
}

async fn stock(conn: &mut PgConnection, units: &[Uuid], first: NaiveDate, last: NaiveDate) -> Result<Vec<Figure>, DbError> {
    let figures = sqlx::query_as!(
        Figure,
        r#"select unit_id as "unit_id!", category as "category!", powertrain, item as "item!", amount as "amount!"
           from annual_stock($1, $2, $3)"#,
        units,
        first,
        last,
    );
    Ok(figures.fetch_all(conn).await?)
}

async fn used(conn: &mut PgConnection, units: &[Uuid], first: NaiveDate, last: NaiveDate) -> Result<Vec<Figure>, DbError> {
    let figures = sqlx::query_as!(
        Figure,
        r#"select unit_id as "unit_id!", category as "category!", powertrain, item as "item!", amount as "amount!"
           from annual_use($1, $2, $3)"#,
        units,
        first,
        last,
    );
    Ok(figures.fetch_all(conn).await?)
}

async fn costs(conn: &mut PgConnection, units: &[Uuid], first: NaiveDate, last: NaiveDate) -> Result<Vec<Figure>, DbError> {
    let figures = sqlx::query_as!(
        Figure,
        r#"select unit_id as "unit_id!", category as "category!", powertrain, item as "item!", amount as "amount!"
           from annual_costs($1, $2, $3)"#,
        units,
        first,
        last,
    );
    Ok(figures.fetch_all(conn).await?)
}

/// What lacks in a year, in each of the units.
pub async fn gaps(conn: &mut PgConnection, units: &[UnitId], year: i16) -> Result<Vec<AnnualIssue>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query!(
        r#"select unit_id as "unit_id!", kind as "kind!", found as "found!", coalesce(examples, '{}') as "examples!"
           from annual_gaps($1, $2, $3)"#,
        &units,
        first_day(year),
        last_day(year),
    )
    .fetch_all(conn)
    .await?;
    let gaps = rows.into_iter().map(|row| {
        Ok(AnnualIssue {
            kind: row.kind.parse().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            count: row.found,
            examples: row.examples,
        })
    });
    gaps.collect()
}

/// Who holds the roles in the units, by name: whose task it is.
pub async fn holders(conn: &mut PgConnection, units: &[UnitId]) -> Result<HashMap<(UnitId, Role), Vec<String>>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query!(
        "select unit_id, role, display_name from account where unit_id = any($1) and disabled_at is null order by unit_id, role, display_name",
        &units,
    )
    .fetch_all(conn)
    .await?;
    let mut holders: HashMap<(UnitId, Role), Vec<String>> = HashMap::new();
    for row in rows {
        holders.entry((UnitId(row.unit_id), row.role.parse().map_err(unreadable)?)).or_default().push(row.display_name);
    }
    Ok(holders)
}

/// Names of units that the asker sees.
pub async fn names(conn: &mut PgConnection, units: &[UnitId]) -> Result<HashMap<UnitId, String>, DbError> {
    let units: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let rows = sqlx::query!("select id, name from unit where id = any($1)", &units).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.id), row.name)).collect())
}
