//! Vertical lines: trees of units beside the territorial one.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::line::{Line, LineError, LineId};
use dispatch::scope::Scope;
use dispatch::unit::{Unit, UnitId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::audit::Logged;
use crate::error::DbError;

/// A line with how many of its units the scope reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The line.
    pub line: Line,
    /// Units of the scope in it.
    pub units: i64,
}

/// A unit of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The unit.
    pub unit: UnitId,
    /// The unit above it in the line.
    pub above: Option<UnitId>,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: i16,
}

/// Adds a line.
pub async fn insert(conn: &mut PgConnection, line: &Line, by: &By, now: DateTime<Utc>) -> Result<Logged, DbError> {
    sqlx::query!("insert into line (id, code, name, created_at) values ($1, $2, $3, $4)", line.id.0, line.code, line.name, now)
        .execute(&mut *conn)
        .await?;
    let subject = Subject::of(SubjectKind::Setting, line.id.0, line.name.clone());
    crate::audit::append(conn, by, &Entry::new(Action::Created, subject), now).await
}

/// One entry of the audit log for a unit that comes into a line, moves in it, or leaves it.
async fn tell(
    conn: &mut PgConnection,
    action: Action,
    line: LineId,
    unit: &Unit,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Logged, DbError> {
    let subject = Subject::of(SubjectKind::Unit, unit.id.0, unit.name.clone());
    let entry = Entry::new(action, subject).in_unit(unit.id).after(serde_json::json!({ "line_id": line }));
    crate::audit::append(conn, by, &entry, now).await
}

/// All lines by code; how many units of the scope are in each.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Listed>, DbError> {
    let rows = sqlx::query!(
        r#"select line.id, line.code, line.name, count(member.unit_id) as "units!"
           from line
           left join line_unit member on member.line_id = line.id and member.unit_id in (select unit_id from unit_within($1))
           group by line.id
           order by line.code"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let listed = |id, code, name, units| Listed { line: Line { id: LineId(id), code, name }, units };
    Ok(rows.into_iter().map(|row| listed(row.id, row.code, row.name, row.units)).collect())
}

/// The units of the scope in a line; one whose superior is out of sight stands at the top. [`DbError::NotFound`] without such a line.
pub async fn members(conn: &mut PgConnection, scope: &Scope, line: LineId) -> Result<Vec<Member>, DbError> {
    sqlx::query_scalar!("select id from line where id = $1", line.0).fetch_one(&mut *conn).await?;
    let rows = sqlx::query!(
        "select member.unit_id, member.parent_id, unit.name, unit.level
         from line_unit member
         join unit on unit.id = member.unit_id
         where member.line_id = $2 and member.unit_id in (select unit_id from unit_within($1))
         order by unit.level, unit.region_code, unit.name, unit.id",
        scope.units(),
        line.0,
    )
    .fetch_all(conn)
    .await?;
    let member = |unit, above: Option<Uuid>, name, level| Member { unit: UnitId(unit), above: above.map(UnitId), name, level };
    Ok(rows.into_iter().map(|row| member(row.unit_id, row.parent_id, row.name, row.level)).collect())
}

/// The lines in which a unit stands, by code.
pub async fn of_unit(conn: &mut PgConnection, unit: UnitId) -> Result<Vec<Line>, DbError> {
    let rows = sqlx::query!(
        "select line.id, line.code, line.name
         from line
         join line_unit member on member.line_id = line.id
         where member.unit_id = $1
         order by line.code",
        unit.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Line { id: LineId(row.id), code: row.code, name: row.name }).collect())
}

/// Puts a unit of the scope into a line, below another one of the line or at its top.
pub async fn put(
    conn: &mut PgConnection,
    scope: &Scope,
    line: LineId,
    (unit, above): (UnitId, Option<UnitId>),
    by: &By,
    now: DateTime<Utc>,
) -> Result<Result<Logged, LineError>, DbError> {
    let member = crate::unit::load(conn, scope, unit).await?;
    if let Err(refusal) = tree(conn, line).await?.may_put(unit, above) {
        return Ok(Err(refusal));
    }
    sqlx::query!(
        "insert into line_unit (line_id, unit_id, parent_id) values ($1, $2, $3)
         on conflict (line_id, unit_id) do update set parent_id = excluded.parent_id",
        line.0,
        unit.0,
        above.map(|above| above.0),
    )
    .execute(&mut *conn)
    .await?;
    Ok(Ok(tell(conn, Action::Bound, line, &member, by, now).await?))
}

/// Takes a unit of the scope out of a line.
pub async fn take(
    conn: &mut PgConnection,
    scope: &Scope,
    line: LineId,
    unit: UnitId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Result<Logged, LineError>, DbError> {
    let member = crate::unit::load(conn, scope, unit).await?;
    if let Err(refusal) = tree(conn, line).await?.may_take(unit) {
        return Ok(Err(refusal));
    }
    sqlx::query_scalar!("delete from line_unit where line_id = $1 and unit_id = $2 returning unit_id", line.0, unit.0)
        .fetch_one(&mut *conn)
        .await?;
    Ok(Ok(tell(conn, Action::Unbound, line, &member, by, now).await?))
}

/// The successor takes the unit's place in every line where it has none of its own; units out of sight that stood below it too.
pub(crate) async fn hand_over(conn: &mut PgConnection, from: UnitId, to: UnitId) -> Result<(), DbError> {
    sqlx::query!("select line_handed_over($1, $2)", from.0, to.0).execute(conn).await?;
    Ok(())
}

/// The whole line, locked, so that two changes at once close no circle. [`DbError::NotFound`] without such a line.
async fn tree(conn: &mut PgConnection, line: LineId) -> Result<dispatch::line::LineTree, DbError> {
    sqlx::query_scalar!("select id from line where id = $1 for update", line.0).fetch_one(&mut *conn).await?;
    let rows = sqlx::query!(r#"select unit_id as "unit_id!", parent_id as "parent_id?" from line_members($1)"#, line.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.unit_id), row.parent_id.map(UnitId))).collect())
}
