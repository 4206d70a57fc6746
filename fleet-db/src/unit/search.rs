//! Units found by what people type: a part of the name, pinyin, initials, a code.

use dispatch::scope::Scope;
use dispatch::unit::spelling::folded;
use dispatch::unit::{Unit, UnitId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Row;
use crate::error::DbError;

/// A unit that was found, with the names above it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The unit.
    pub unit: Unit,
    /// Names of the units above it, the nearest first.
    pub above: Vec<String>,
}

/// What is asked for, as the store's text search takes it: each word is the beginning of something.
fn question(words: &[String]) -> String {
    let quoted = words.iter().map(|word| format!("'{}':*", word.replace('\\', "\\\\").replace('\'', "''")));
    quoted.collect::<Vec<_>>().join(" & ")
}

/// The units of the scope that fit `text`, the best first: the whole of a name, its beginning, anything else; of those the highest.
pub async fn search(conn: &mut PgConnection, scope: &Scope, text: &str, limit: u32) -> Result<Vec<Found>, DbError> {
    let words: Vec<String> = text.split_whitespace().map(folded).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select u.id, u.parent_id, u.name, u.level, u.region_code, st_x(u.place) as "lon?", st_y(u.place) as "lat?", u.kind,
                  u.credit_code, u.status
           from unit_search($1, $2::text::tsquery, $3, $4) as found
           join unit u on u.id = found.unit_id
           order by found.place"#,
        scope.units(),
        question(&words),
        words.concat(),
        i64::from(limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = lines(conn, &ids).await?;
    rows.into_iter().map(|row| Ok(Found { above: lines.remove(&row.id).unwrap_or_default(), unit: row.try_into()? })).collect()
}

/// Names of the units above each of `ids`, the nearest first.
async fn lines(conn: &mut PgConnection, ids: &[Uuid]) -> Result<std::collections::HashMap<Uuid, Vec<String>>, DbError> {
    let rows = sqlx::query!(
        r#"with recursive line as (
               select unit.id as of_id, unit.parent_id, 0 as height from unit where unit.id = any($1)
               union all
               select line.of_id, unit.parent_id, line.height + 1
               from line
               join unit on unit.id = line.parent_id
               where line.height < 32
           )
           select line.of_id as "of_id!", array_agg(unit.name order by line.height) as "names!"
           from line
           join unit on unit.id = line.parent_id
           group by line.of_id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.of_id, row.names)).collect())
}

/// Names of the units above one, the nearest first.
pub async fn above(conn: &mut PgConnection, id: UnitId) -> Result<Vec<String>, DbError> {
    Ok(lines(conn, &[id.0]).await?.remove(&id.0).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_never_a_command_of_the_search() {
        let words = ["a'b", "c\\d", "x|y", "杭州"].map(str::to_owned);
        assert_eq!(question(&words), r"'a''b':* & 'c\\d':* & 'x|y':* & '杭州':*");
    }
}
