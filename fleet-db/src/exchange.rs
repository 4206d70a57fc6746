//! Records of the interfaces (交换记录): what stands in them, those that go out page by page, and those that came.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::exchange::record::{ExchangeInterface, FieldRule};
use dispatch::exchange::{PeerId, PeerMessageKind};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A record that goes out (交换记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number here.
    pub id: Uuid,
    /// What stands in it.
    pub content: Value,
}

/// Which records are asked for (拉取条件).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsWanted {
    /// By which interface.
    pub interface: ExchangeInterface,
    /// Of which unit, with all below it.
    pub unit: UnitId,
    /// From which day on; what has no day is always asked for.
    pub since: NaiveDate,
    /// Up to which day.
    pub until: NaiveDate,
    /// Behind which one.
    pub after: Uuid,
    /// How many at most.
    pub limit: i64,
}

/// A record that came (接收记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// By which interface.
    pub interface: ExchangeInterface,
    /// Its number there.
    pub key: String,
    /// What stands in it.
    pub content: Value,
    /// When it was told last.
    pub changed_at: DateTime<Utc>,
}

/// How much went over an interface (交换计数).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// With which platform.
    pub peer: PeerId,
    /// By which interface.
    pub interface: ExchangeInterface,
    /// Told or asked for.
    pub kind: PeerMessageKind,
    /// How many messages.
    pub messages: i64,
    /// With how many records.
    pub records: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

/// The fields of a record of an interface, in their order.
pub async fn fields(conn: &mut PgConnection, interface: ExchangeInterface) -> Result<Vec<FieldRule>, DbError> {
    let rows = sqlx::query!(
        "select name, kind, is_required, codes from exchange_field where interface = $1 order by place",
        interface.as_str(),
    )
    .fetch_all(conn)
    .await?;
    let rules = rows.into_iter().map(|row| {
        Ok(FieldRule {
            name: row.name,
            kind: row.kind.parse().map_err(unreadable)?,
            is_required: row.is_required,
            codes: row.codes,
        })
    });
    rules.collect()
}

/// The interfaces with the number that the standard gives each.
pub async fn numbers(conn: &mut PgConnection) -> Result<Vec<(ExchangeInterface, String)>, DbError> {
    let rows = sqlx::query!("select ours, theirs from exchange_word where kind = 'interface' and platform_id is null");
    let mut found: Vec<(ExchangeInterface, String)> =
        rows.fetch_all(conn).await?.into_iter().filter_map(|row| Some((row.ours.parse().ok()?, row.theirs))).collect();
    found.sort();
    Ok(found)
}

/// A page of records that go out, by their numbers; for the service itself.
pub async fn page(conn: &mut PgConnection, wanted: &RecordsWanted) -> Result<Vec<Record>, DbError> {
    let rows = sqlx::query!(
        r#"select r.id as "id!", jsonb_strip_nulls(r.content) as "content!: Value"
           from exchange_row r
           join unit_closure c on c.unit_id = r.unit_id and c.ancestor_id = $2
           where r.interface = $1 and (r.on_day is null or r.on_day between $3 and $4) and r.id > $5
           order by r.id
           limit $6"#,
        wanted.interface.as_str(),
        wanted.unit.0,
        wanted.since,
        wanted.until,
        wanted.after,
        wanted.limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Record { id: row.id, content: row.content }).collect())
}

/// How many records there are, on all pages together.
pub async fn count(conn: &mut PgConnection, wanted: &RecordsWanted) -> Result<i64, DbError> {
    let found = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from exchange_row r
           join unit_closure c on c.unit_id = r.unit_id and c.ancestor_id = $2
           where r.interface = $1 and (r.on_day is null or r.on_day between $3 and $4)"#,
        wanted.interface.as_str(),
        wanted.unit.0,
        wanted.since,
        wanted.until,
    );
    Ok(found.fetch_one(conn).await?)
}

/// Keeps what another platform tells, each record by its number there: said again, it is the same one.
pub async fn keep(
    conn: &mut PgConnection,
    (peer, interface): (PeerId, ExchangeInterface),
    records: &[(String, Value)],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (keys, contents): (Vec<String>, Vec<Value>) = records.iter().cloned().unzip();
    sqlx::query!(
        "insert into exchange_record (platform_id, interface, key, content, first_at, changed_at)
         select $1, $2, r.key, r.content, $5, $5
         from unnest($3::text[], $4::jsonb[]) as r (key, content)
         on conflict (platform_id, interface, key) do update set content = excluded.content, changed_at = excluded.changed_at
         where exchange_record.content <> excluded.content",
        peer.0,
        interface.as_str(),
        &keys,
        &contents,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a platform has told by an interface, by number, behind a number.
pub async fn received(
    conn: &mut PgConnection,
    (peer, interface): (PeerId, ExchangeInterface),
    after: &str,
    limit: i64,
) -> Result<Vec<Received>, DbError> {
    let rows = sqlx::query!(
        "select key, content, changed_at from exchange_record
         where platform_id = $1 and interface = $2 and key > $3
         order by key
         limit $4",
        peer.0,
        interface.as_str(),
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| Received { interface, key: row.key, content: row.content, changed_at: row.changed_at });
    Ok(each.collect())
}

/// Counts a message of an interface.
pub async fn note(
    conn: &mut PgConnection,
    (peer, interface, kind): (PeerId, ExchangeInterface, PeerMessageKind),
    records: i64,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into exchange_traffic (platform_id, interface, kind, messages, records, last_at)
         values ($1, $2, $3, 1, $4, $5)
         on conflict (platform_id, interface, kind) do update
         set messages = exchange_traffic.messages + 1, records = exchange_traffic.records + excluded.records, last_at = excluded.last_at",
        peer.0,
        interface.as_str(),
        kind.as_str(),
        records,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What went over the interfaces of the platforms that the connection sees.
pub async fn traffic(conn: &mut PgConnection) -> Result<Vec<Traffic>, DbError> {
    let rows = sqlx::query!(
        "select platform_id, interface, kind, messages, records, last_at from exchange_traffic order by platform_id, interface, kind"
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| {
        Ok(Traffic {
            peer: PeerId(row.platform_id),
            interface: row.interface.parse().map_err(unreadable)?,
            kind: row.kind.parse().map_err(unreadable)?,
            messages: row.messages,
            records: row.records,
            last_at: row.last_at,
        })
    });
    each.collect()
}
