//! Requests on their way to other platforms and from there (转派单): each opened once, moved under the lock of its request.

pub mod outbox;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::cost_line::CostLine;
use dispatch::exchange::{Direction, HandOverId, HandOverState, PeerId, RemoteOrder};
use dispatch::money::Money;
use dispatch::trip::request::RequestId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A request's way to another platform or from one (转派单).
#[derive(Clone, Debug, PartialEq)]
pub struct HandOver {
    /// Key.
    pub id: HandOverId,
    /// The other platform.
    pub peer: PeerId,
    /// The same by name.
    pub peer_name: String,
    /// Which way.
    pub direction: Direction,
    /// The request here.
    pub request: RequestId,
    /// Number of the request where it was asked for.
    pub number: String,
    /// How often it went out from there.
    pub round: i32,
    /// Where it stands.
    pub state: HandOverState,
    /// Called back, the request is called off; otherwise it waits for a car again.
    pub calls_off: bool,
    /// Who travels, by the words of the other platform.
    pub origin_unit: String,
    /// Who asked there.
    pub origin_applicant: String,
    /// Cars and drivers, as they were told last.
    pub orders: Vec<RemoteOrder>,
    /// What it came to: lines, total and when.
    pub settled: Option<(Vec<CostLine>, Money, DateTime<Utc>)>,
    /// Why it came back.
    pub reason: Option<String>,
    /// Messages written so far.
    pub told: i32,
    /// Messages heard so far.
    pub heard: i32,
    /// When it went out, or came.
    pub handed_at: DateTime<Utc>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
    /// Tries in vain of the message that waits, and the last answer, where one waits.
    pub waiting: Option<(i32, Option<String>)>,
}

/// A request's way to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHandOver<'a> {
    /// Key.
    pub id: HandOverId,
    /// The other platform.
    pub peer: PeerId,
    /// Which way.
    pub direction: Direction,
    /// The request here.
    pub request: RequestId,
    /// Number of the request where it was asked for.
    pub number: &'a str,
    /// How often it went out from there.
    pub round: i32,
    /// Who travels, by the words of the other platform.
    pub origin_unit: &'a str,
    /// Who asked there.
    pub origin_applicant: &'a str,
    /// Who hands it over.
    pub by: Option<AccountId>,
}

/// Which of them are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The last of each of these requests.
    Requests(&'a [RequestId]),
    /// The one of that key.
    One(HandOverId),
    /// That of another platform's paper: the platform, which way, number and round.
    Paper(PeerId, Direction, &'a str, i32),
}

struct Row {
    id: Uuid,
    platform_id: Uuid,
    peer_name: Option<String>,
    direction: String,
    request_id: Uuid,
    number: String,
    round: i32,
    state: String,
    recalled_to: Option<String>,
    origin_unit: String,
    origin_applicant: String,
    orders: serde_json::Value,
    lines: Option<serde_json::Value>,
    total_fen: Option<i64>,
    settled_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    told: i32,
    heard: i32,
    handed_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    attempts: Option<i32>,
    answer_code: Option<String>,
}

impl TryFrom<Row> for HandOver {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let lines = row.lines.map(serde_json::from_value::<Vec<CostLine>>).transpose().map_err(unreadable)?;
        let settled = lines.zip(row.total_fen).zip(row.settled_at);
        Ok(Self {
            id: HandOverId(row.id),
            peer: PeerId(row.platform_id),
            peer_name: row.peer_name.unwrap_or_default(),
            direction: row.direction.parse().map_err(unreadable)?,
            request: RequestId(row.request_id),
            number: row.number,
            round: row.round,
            state: row.state.parse().map_err(unreadable)?,
            calls_off: row.recalled_to.as_deref() == Some("cancelled"),
            origin_unit: row.origin_unit,
            origin_applicant: row.origin_applicant,
            orders: serde_json::from_value(row.orders).map_err(unreadable)?,
            settled: settled.map(|((lines, total), at)| (lines, Money::from_fen(total), at)),
            reason: row.reason,
            told: row.told,
            heard: row.heard,
            handed_at: row.handed_at,
            changed_at: row.changed_at,
            waiting: row.attempts.map(|attempts| (attempts, row.answer_code)),
        })
    }
}

/// Opens one. [`crate::Constraint::HandOverOpen`] when the request is on its way already, [`crate::Constraint::HandOverConfidential`] for
/// one that is confidential.
pub async fn insert(conn: &mut PgConnection, new: &NewHandOver<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let state = if new.direction == Direction::Out { HandOverState::Sent } else { HandOverState::Taken };
    sqlx::query!(
        "insert into hand_over (id, platform_id, direction, request_id, number, round, state, origin_unit, origin_applicant, handed_by,
             handed_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        new.id.0,
        new.peer.0,
        new.direction.as_str(),
        new.request.0,
        new.number,
        new.round,
        state.as_str(),
        new.origin_unit,
        new.origin_applicant,
        new.by.map(|by| by.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The ways that are asked for, as far as the connection may see their requests.
pub async fn select(conn: &mut PgConnection, wanted: Wanted<'_>) -> Result<Vec<HandOver>, DbError> {
    let (mut requests, mut one, mut paper) = (Vec::new(), None, None);
    match wanted {
        Wanted::Requests(ids) => requests = ids.iter().map(|id| id.0).collect(),
        Wanted::One(id) => one = Some(id.0),
        Wanted::Paper(peer, direction, number, round) => paper = Some((peer.0, direction.as_str(), number, round)),
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select distinct on (h.request_id)
                  h.id, h.platform_id, peer_label(h.platform_id) as peer_name, h.direction, h.request_id, h.number, h.round, h.state,
                  h.recalled_to, h.origin_unit, h.origin_applicant, h.orders, h.lines, h.total_fen, h.settled_at, h.reason, h.told, h.heard,
                  h.handed_at, h.changed_at, waiting.attempts as "attempts?", waiting.answer_code
           from hand_over h
           left join lateral (
               select m.attempts, m.answer_code from peer_message m
               where m.hand_over_id = h.id and m.state = 'due'
               order by m.sequence
               limit 1
           ) as waiting on true
           where h.request_id = any ($1) or h.id = $2
              or (h.platform_id = $3 and h.direction = $4 and h.number = $5 and h.round = $6)
           order by h.request_id, h.handed_at desc, h.round desc"#,
        &requests,
        one,
        paper.map(|(peer, ..)| peer),
        paper.map(|(_, direction, ..)| direction),
        paper.map(|(.., number, _)| number),
        paper.map(|(.., round)| round),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(HandOver::try_from).collect()
}

/// The way of a request that is not over, where it is on one.
pub async fn open(conn: &mut PgConnection, request: RequestId) -> Result<Option<HandOver>, DbError> {
    let found = select(conn, Wanted::Requests(&[request])).await?;
    Ok(found.into_iter().next().filter(|way| !way.state.is_over()))
}

/// How often a request went out.
pub async fn rounds(conn: &mut PgConnection, request: RequestId) -> Result<i32, DbError> {
    let rounds = sqlx::query_scalar!(
        r#"select coalesce(max(round), 0) as "rounds!" from hand_over where request_id = $1 and direction = 'out'"#,
        request.0,
    );
    Ok(rounds.fetch_one(conn).await?)
}

/// Stores where it stands.
pub async fn save(conn: &mut PgConnection, way: &HandOver, now: DateTime<Utc>) -> Result<(), DbError> {
    let recalled_to = (way.state == HandOverState::CallingBack).then_some(if way.calls_off { "cancelled" } else { "approved" });
    let (lines, total, settled_at) = match &way.settled {
        Some((lines, total, at)) => (Some(serde_json::to_value(lines).map_err(unreadable)?), Some(total.fen()), Some(*at)),
        None => (None, None, None),
    };
    sqlx::query_scalar!(
        "update hand_over
         set state = $2, recalled_to = $3, orders = $4, lines = $5, total_fen = $6, settled_at = $7, reason = $8, told = $9, heard = $10,
             changed_at = $11
         where id = $1
         returning id",
        way.id.0,
        way.state.as_str(),
        recalled_to,
        serde_json::to_value(&way.orders).map_err(unreadable)?,
        lines,
        total,
        settled_at,
        way.reason,
        way.told,
        way.heard,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
