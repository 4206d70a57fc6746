//! A piece of the chain for an evidence pack: from the seal before it to the seal behind it, with the texts that its reader may see.

use chrono::{DateTime, Utc};
use dispatch::audit::chain::Position;
use dispatch::audit::pack::PackLine;
use dispatch::audit::seal::Seal;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use super::keeping;
use super::reading::Sight;
use crate::error::{DbError, unreadable};

/// Which entries are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when, that instant not included.
    pub to: DateTime<Utc>,
    /// Those of this unit and everything below it; `None`: all that may be seen.
    pub unit: Option<UnitId>,
    /// Whose entries may be seen; `None`: all, at the server's command line.
    pub sight: Option<Sight>,
}

/// A piece of the chain (日志片段).
#[derive(Clone, Debug)]
pub struct Piece {
    /// What lies before its first line.
    pub begins: Position,
    /// Its last line.
    pub ends: Position,
    /// The seals within it, and the one that it begins with.
    pub seals: Vec<Seal>,
    /// Its lines, with the texts that are shown.
    pub lines: Vec<PackLine>,
}

/// The piece that holds the wanted entries; `None` when there are none, and `Err` of how many lines it has when it is too long.
pub async fn cut(conn: &mut PgConnection, wanted: &Wanted, most: u64) -> Result<Result<Option<Piece>, u64>, DbError> {
    let Some((first, last)) = span(conn, wanted).await? else { return Ok(Ok(None)) };
    let seals = keeping::seals(conn).await?;
    let before =
        seals.iter().map(|seal| seal.position).filter(|position| position.seq < first).max_by_key(|position| position.seq);
    let begins = match before {
        Some(position) => position,
        None => keeping::begins(conn).await?,
    };
    let behind = seals.iter().map(|seal| seal.position.seq).filter(|seq| *seq >= last).min();
    let last = behind.unwrap_or(last);
    let count = last - begins.seq;
    if count > most {
        return Ok(Err(count));
    }
    let lines = lines(conn, wanted, begins.seq + 1, last).await?;
    let ends = lines.last().map_or(begins, |line| Position { seq: line.seq, hash: line.hash });
    let seals = seals.into_iter().filter(|seal| (begins.seq..=ends.seq).contains(&seal.position.seq)).collect();
    Ok(Ok(Some(Piece { begins, ends, seals, lines })))
}

/// Numbers of the first and the last entry that are wanted and may be seen.
async fn span(conn: &mut PgConnection, wanted: &Wanted) -> Result<Option<(u64, u64)>, DbError> {
    let (scope, whole) = wanted.sight.as_ref().map(|sight| (sight.scope.units(), sight.whole.units())).unzip();
    let row = sqlx::query!(
        "select min(e.seq) as first, max(e.seq) as last
         from audit_entry e
         where e.at >= $1 and e.at < $2
           and ($3::uuid is null or e.unit_id in (select unit_id from unit_within(array[$3])))
           and ($4::uuid[] is null
                or e.unit_id in (select unit_id from unit_within($4))
                or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($5)))",
        wanted.from,
        wanted.to,
        wanted.unit.map(|unit| unit.0),
        scope,
        whole,
    )
    .fetch_one(conn)
    .await?;
    Ok(row.first.map(i64::unsigned_abs).zip(row.last.map(i64::unsigned_abs)))
}

async fn lines(conn: &mut PgConnection, wanted: &Wanted, first: u64, last: u64) -> Result<Vec<PackLine>, DbError> {
    let (scope, whole) = wanted.sight.as_ref().map(|sight| (sight.scope.units(), sight.whole.units())).unzip();
    let rows = sqlx::query!(
        r#"select l.seq as "seq!", l.prev_hash as "prev_hash!", l.hash as "hash!", l.body_hash as "body_hash!", e.body as "body?"
           from audit_links($1, $2) l
           left join audit_entry e on e.seq = l.seq
                and e.at >= $3 and e.at < $4
                and ($5::uuid is null or e.unit_id in (select unit_id from unit_within(array[$5])))
                and ($6::uuid[] is null
                     or e.unit_id in (select unit_id from unit_within($6))
                     or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($7)))
           order by l.seq"#,
        first.cast_signed(),
        last.cast_signed(),
        wanted.from,
        wanted.to,
        wanted.unit.map(|unit| unit.0),
        scope,
        whole,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PackLine {
                seq: row.seq.unsigned_abs(),
                prev: row.prev_hash.as_slice().try_into().map_err(unreadable)?,
                hash: row.hash.as_slice().try_into().map_err(unreadable)?,
                body_sha256: row.body_hash.as_slice().try_into().map_err(unreadable)?,
                body: row.body,
            })
        })
        .collect()
}
