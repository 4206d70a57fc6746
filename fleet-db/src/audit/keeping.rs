//! The chain as it is kept: proved from its beginning, sealed day by day, and forgotten when it was kept long enough.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use dispatch::audit::chain::{Digest, Position};
use dispatch::audit::seal::{PublicKey, Seal};
use dispatch::audit::verify::{Proof, Stored, Verifier};
use dispatch::audit::{Fault, FaultKind};
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};

/// Entries that are read at once.
const PAGE: i64 = 5000;
/// Days that an entry is kept at least, whatever is configured: 《网络安全法》 asks for six months, we keep a year.
pub const KEPT_DAYS_LEAST: u32 = 365;

fn position(seq: i64, hash: &[u8]) -> Result<Position, DbError> {
    Ok(Position { seq: seq.unsigned_abs(), hash: hash.try_into().map_err(unreadable)? })
}

/// Where the chain ends, as the store says.
pub async fn head(conn: &mut PgConnection) -> Result<Position, DbError> {
    let row = sqlx::query!("select seq, hash from audit_head").fetch_one(conn).await?;
    position(row.seq, &row.hash)
}

/// All seals by day.
pub async fn seals(conn: &mut PgConnection) -> Result<Vec<Seal>, DbError> {
    let rows = sqlx::query!("select day, last_seq, hash, sealed_at, key, signature from audit_seal order by day")
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Seal {
                day: row.day,
                position: position(row.last_seq, &row.hash)?,
                sealed_at: row.sealed_at.to_rfc3339_opts(SecondsFormat::Micros, true),
                key: hex::encode(row.key),
                signature: hex::encode(row.signature),
            })
        })
        .collect()
}

/// The last entry that a seal covers; 0: none.
pub async fn sealed_through(conn: &mut PgConnection) -> Result<u64, DbError> {
    let last = sqlx::query_scalar!(r#"select coalesce(max(last_seq), 0) as "last!" from audit_seal"#).fetch_one(conn).await?;
    Ok(last.unsigned_abs())
}

/// The day whose seal covers an entry first.
pub async fn sealed_on(conn: &mut PgConnection, seq: u64) -> Result<Option<NaiveDate>, DbError> {
    let day = sqlx::query_scalar!("select day from audit_seal where last_seq >= $1 order by day limit 1", seq.cast_signed());
    Ok(day.fetch_optional(conn).await?)
}

/// Keeps a seal.
pub async fn insert_seal(conn: &mut PgConnection, seal: &Seal) -> Result<(), DbError> {
    let sealed_at = DateTime::parse_from_rfc3339(&seal.sealed_at).map_err(unreadable)?.to_utc();
    sqlx::query!(
        "insert into audit_seal (day, last_seq, hash, sealed_at, key, signature) values ($1, $2, $3, $4, $5, $6)",
        seal.day,
        seal.position.seq.cast_signed(),
        seal.position.hash.0.as_slice(),
        sealed_at,
        hex::decode(&seal.key).map_err(unreadable)?,
        hex::decode(&seal.signature).map_err(unreadable)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes one sealer of what several processes begin; held until the transaction ends.
pub async fn hold_seals(conn: &mut PgConnection) -> Result<(), DbError> {
    sqlx::query!("select pg_advisory_xact_lock(x'617564697473'::bigint)").execute(conn).await?;
    Ok(())
}

/// What was pruned last: where the chain begins, the day of the seal that vouches for it, and when.
async fn pruned(conn: &mut PgConnection) -> Result<Option<(Position, NaiveDate, DateTime<Utc>)>, DbError> {
    let row = sqlx::query!("select through_seq, hash, day, pruned_at from audit_pruned order by through_seq desc limit 1")
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((position(row.through_seq, &row.hash)?, row.day, row.pruned_at))).transpose()
}

/// Where the chain begins: behind what was pruned.
pub async fn begins(conn: &mut PgConnection) -> Result<Position, DbError> {
    Ok(pruned(conn).await?.map_or(Position::START, |(position, ..)| position))
}

/// When the oldest entry was written.
pub async fn first_at(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>, DbError> {
    let first = sqlx::query_scalar!(r#"select at as "at!" from audit_entry order by seq limit 1"#).fetch_optional(conn).await?;
    Ok(first)
}

/// How far the chain went before an instant; `None`: no entry is older.
pub async fn before(conn: &mut PgConnection, instant: DateTime<Utc>) -> Result<Option<Position>, DbError> {
    let row =
        sqlx::query!("select seq, hash from audit_entry where seq = (select max(seq) from audit_entry where at < $1)", instant)
            .fetch_optional(conn)
            .await?;
    row.map(|row| position(row.seq, &row.hash)).transpose()
}

/// Reads the whole chain and proves it, or says what is wrong with it first. Begin the transaction with a snapshot of its own.
///
/// It reads the tables and nothing that the store could compute for it; `trusted` is the key that seals must have been signed with,
/// where somebody knows it.
pub async fn prove(conn: &mut PgConnection, trusted: Option<&PublicKey>) -> Result<Result<Proof, Fault>, DbError> {
    let (head, seals, pruned) = (head(conn).await?, seals(conn).await?, pruned(conn).await?);
    let from = pruned.as_ref().map_or(Position::START, |(position, ..)| *position);
    if let Some((position, day, pruned_at)) = pruned {
        let vouches = |seal: &Seal| seal.day == day && seal.position == position && seal.is_signed(trusted);
        let was_kept = (pruned_at.date_naive() - day).num_days() >= i64::from(KEPT_DAYS_LEAST);
        if !was_kept || !seals.iter().any(vouches) {
            // Somebody called it pruned that took it away.
            return Ok(Err(Fault { kind: FaultKind::Missing, seq: 1, other: Some(position.seq), day: None }));
        }
    }
    let mut verifier = Verifier::new(from, seals, trusted);
    let mut after = from.seq.cast_signed();
    loop {
        let rows =
            sqlx::query!("select seq, body, prev_hash, hash from audit_entry where seq > $1 order by seq limit $2", after, PAGE)
                .fetch_all(&mut *conn)
                .await?;
        for row in &rows {
            verifier.push(Stored {
                seq: row.seq.unsigned_abs(),
                prev: Digest::try_from(row.prev_hash.as_slice()).unwrap_or(Digest::ZERO),
                hash: Digest::try_from(row.hash.as_slice()).unwrap_or(Digest::ZERO),
                body: Digest::of(&row.body),
            });
        }
        match rows.last() {
            Some(last) => after = last.seq,
            None => return Ok(verifier.finish(Some(head))),
        }
    }
}

/// A seal of `day` or before covers entries that are still there.
pub async fn is_due(conn: &mut PgConnection, day: NaiveDate) -> Result<bool, DbError> {
    let begins = begins(conn).await?;
    let due = sqlx::query_scalar!(
        r#"select exists (select from audit_seal where day <= $1 and last_seq > $2) as "due!""#,
        day,
        begins.seq.cast_signed()
    );
    Ok(due.fetch_one(conn).await?)
}

/// Forgets what a seal of `day` or before covers; how many entries that were. The store refuses a day less than a year ago.
pub async fn prune(conn: &mut PgConnection, day: NaiveDate, now: DateTime<Utc>) -> Result<u64, DbError> {
    let begins = begins(conn).await?;
    let seal = sqlx::query!(
        "select day, last_seq, hash from audit_seal where day <= $1 and last_seq > $2 order by day desc limit 1",
        day,
        begins.seq.cast_signed()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(seal) = seal else { return Ok(0) };
    let entries = seal.last_seq - begins.seq.cast_signed();
    sqlx::query!(
        "insert into audit_pruned (through_seq, hash, day, entries, pruned_at) values ($1, $2, $3, $4, $5)",
        seal.last_seq,
        seal.hash,
        seal.day,
        entries,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from audit_entry where seq <= $1", seal.last_seq).execute(conn).await?;
    Ok(entries.unsigned_abs())
}
