//! Messages to other platforms (交换发件箱): written with what they tell, sent in the order of each paper until they are acknowledged.

use chrono::{DateTime, Duration, Utc};
use dispatch::exchange::report::ReportWayId;
use dispatch::exchange::{HandOverId, PeerId, PeerMessageKind};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::HandOver;
use crate::error::{DbError, unreadable};
use crate::report_way::ReportWay;
use crate::terminal::log;

/// What a message is about (所属单据).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A request on its way.
    HandOver(HandOverId),
    /// A report on its way.
    Report(ReportWayId),
}

/// A message that the caller has claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerMessage {
    /// Key.
    pub id: Uuid,
    /// Of which paper.
    pub paper: Paper,
    /// To whom.
    pub peer: PeerId,
    /// What it is.
    pub kind: PeerMessageKind,
    /// In our own words.
    pub body: Value,
    /// Tries, this one included; it also tells this claim from a later one.
    pub attempts: i32,
}

/// Writes a message of a paper, to go at once; the paper counts it and is to be saved.
pub async fn enqueue(
    conn: &mut PgConnection,
    way: &mut HandOver,
    kind: PeerMessageKind,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    way.told += 1;
    write(conn, (Some(way.id.0), None, way.told), kind, body, now).await
}

/// The same of a report on its way.
pub async fn enqueue_report(
    conn: &mut PgConnection,
    way: &mut ReportWay,
    kind: PeerMessageKind,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    way.told += 1;
    write(conn, (None, Some(way.id.0), way.told), kind, body, now).await
}

/// Writes a message of a hand-over or of a report, whichever is there, with its number.
async fn write(
    conn: &mut PgConnection,
    (hand_over, report, sequence): (Option<Uuid>, Option<Uuid>, i32),
    kind: PeerMessageKind,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into peer_message (id, hand_over_id, report_way_id, sequence, kind, body, written_at, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
        log::key(now),
        hand_over,
        report,
        sequence,
        kind.as_str(),
        body,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims what is due, at most `limit` messages, for as long as `lease`; of each paper the first alone. To be committed before it is sent.
pub async fn claim(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    lease: Duration,
    limit: i64,
) -> Result<Vec<PeerMessage>, DbError> {
    let rows = sqlx::query!(
        r#"with claimed as (
               update peer_message m
               set attempts = m.attempts + 1, next_at = $2
               where m.id in (
                   select due.id from peer_message due
                   left join hand_over h on h.id = due.hand_over_id
                   left join report_way w on w.id = due.report_way_id
                   join peer_platform p on p.id = coalesce(h.platform_id, w.platform_id) and p.disabled_at is null
                   where due.state = 'due' and due.next_at <= $1
                     and not exists (select from peer_message before
                                     where (before.hand_over_id = due.hand_over_id or before.report_way_id = due.report_way_id)
                                       and before.state = 'due' and before.sequence < due.sequence)
                   order by due.next_at, due.id
                   limit $3
                   for update of due skip locked
               )
               returning m.id, m.hand_over_id, m.report_way_id, m.sequence, m.kind, m.body, m.attempts
           )
           select c.id as "id!", c.hand_over_id, c.report_way_id, c.sequence as "sequence!", c.kind as "kind!", c.body as "body!: Value",
                  c.attempts as "attempts!", coalesce(h.platform_id, w.platform_id) as "platform_id!"
           from claimed c
           left join hand_over h on h.id = c.hand_over_id
           left join report_way w on w.id = c.report_way_id
           order by c.id"#,
        now,
        now + lease,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let messages = rows.into_iter().map(|row| {
        let mut body = row.body;
        if let Some(members) = body.as_object_mut() {
            members.insert("sequence".to_owned(), row.sequence.into());
        }
        let paper = row.hand_over_id.map(|id| Paper::HandOver(HandOverId(id)));
        let paper = paper.or(row.report_way_id.map(|id| Paper::Report(ReportWayId(id)))).ok_or(DbError::NotFound)?;
        Ok(PeerMessage {
            id: row.id,
            paper,
            peer: PeerId(row.platform_id),
            kind: row.kind.parse().map_err(unreadable)?,
            body,
            attempts: row.attempts,
        })
    });
    messages.collect()
}

/// The other platform has it, or refuses it for ever. `false` when another has claimed it since.
pub async fn end(
    conn: &mut PgConnection,
    message: &PeerMessage,
    refused: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let ended = sqlx::query!(
        "update peer_message
         set state = case when $3::text is null then 'acknowledged' else 'refused' end, answer_code = $3, ended_at = $4
         where id = $1 and attempts = $2 and state = 'due'",
        message.id,
        message.attempts,
        refused,
        now,
    )
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// It was not taken: tried again at `next_at`.
pub async fn postpone(conn: &mut PgConnection, message: &PeerMessage, code: &str, next_at: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "update peer_message set answer_code = $3, next_at = $4 where id = $1 and attempts = $2 and state = 'due'",
        message.id,
        message.attempts,
        code,
        next_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back every message of a paper that still waits. `false`, and nothing is taken back, when the other platform may have heard
/// one of the paper: it was tried, and the platform is in use.
pub async fn withdraw(conn: &mut PgConnection, way: HandOverId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let was_tried = sqlx::query_scalar!(
        r#"select exists (
               select from peer_message m
               join hand_over h on h.id = m.hand_over_id
               join peer_platform p on p.id = h.platform_id
               where m.hand_over_id = $1 and m.attempts > 0 and p.disabled_at is null
           ) as "was_tried!""#,
        way.0,
    );
    if was_tried.fetch_one(&mut *conn).await? {
        return Ok(false);
    }
    sqlx::query!(
        "update peer_message set state = 'withdrawn', ended_at = $2 where hand_over_id = $1 and state = 'due'",
        way.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(true)
}
