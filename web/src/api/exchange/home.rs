//! Requests of ours that other platforms carry out: how far they are, that they come back, and what they cost, once.

use chrono::{DateTime, Utc};
use dispatch::allowance::AllowanceMonth;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::exchange::{HandOverState, PeerMessageKind};
use dispatch::money::Money;
use dispatch::trip::request::RequestAction;
use fleet_db::hand_over::{self, HandOver};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance};
use serde_json::json;

use super::Done;
use crate::api::trips::requests::entry;
use crate::api::trips::{tell, way};
use crate::exchange::code::{EXCHANGE_MALFORMED, EXCHANGE_SETTLEMENT};
use crate::exchange::wire::{self, Because, Bill, Head, Progress};
use crate::problem::{ApiError, ApiResult};

/// Longest reason that is kept, in characters.
const REASON: usize = 200;
/// Most that a trip costs: a million yuan.
const MOST_FEN: i64 = 100_000_000;
/// Most cars, and most lines, of one request.
const MOST: usize = 200;

/// The other platform says how far it is.
pub(super) async fn go_on(
    conn: &mut PgConnection,
    mut way: HandOver,
    head: &Head,
    progress: Progress,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let state = wire::state(&progress.status).filter(|_| progress.orders.len() <= MOST).ok_or(EXCHANGE_MALFORMED)?;
    let request = trip_request::load_to_move(conn, way.request).await?;
    way.heard = head.sequence;
    if way.state.is_over() {
        hand_over::save(conn, &way, now).await?;
        return Ok(Done { number: request.number, told: None });
    }
    let before = way::facts(&way);
    let known = std::mem::replace(&mut way.orders, progress.orders);
    way.state = way.state.after_progress(state);
    hand_over::save(conn, &way, now).await?;
    for order in &way.orders {
        let was = known.iter().find(|was| was.number == order.number);
        let is_other_car = was.is_none_or(|was| was.plate != order.plate || was.driver != order.driver);
        let is_back = order.returned_at.is_some() && was.is_none_or(|was| was.returned_at.is_none());
        if is_other_car || is_back {
            tell::elsewhere(conn, &request, order, now).await?;
        }
    }
    let action = match state {
        HandOverState::Underway => Action::Departed,
        HandOverState::Returned => Action::CameBack,
        HandOverState::Ordered => Action::Ordered,
        _ => Action::Declined,
    };
    Ok(Done { number: request.number.clone(), told: Some(entry(action, &request).before(before).after(way::facts(&way))) })
}

/// The other platform does not do it, or no more: the request waits for a car again, unless it was being called off.
pub(super) async fn take_back(
    conn: &mut PgConnection,
    mut way: HandOver,
    head: &Head,
    because: &Because,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let mut request = trip_request::load_to_move(conn, way.request).await?;
    way.heard = head.sequence;
    if way.state.is_over() {
        hand_over::save(conn, &way, now).await?;
        return Ok(Done { number: request.number, told: None });
    }
    let before = way::facts(&way);
    let reason: String = because.reason.trim().chars().take(REASON).collect();
    way.reason = Some(reason);
    way::came_back(conn, &mut way, &mut request, HandOverState::Refused, now).await?;
    let told = entry(Action::Rejected, &request).before(before).after(way::facts(&way));
    Ok(Done { number: request.number, told: Some(told) })
}

/// What it cost, all cars together: taken into our own books, from the allowance of the unit that travelled, once.
pub(super) async fn settle(
    conn: &mut PgConnection,
    mut way: HandOver,
    head: &Head,
    bill: Bill,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let mut request = trip_request::load_to_move(conn, way.request).await?;
    way.heard = head.sequence;
    if way.state.is_over() {
        hand_over::save(conn, &way, now).await?;
        return Ok(Done { number: request.number, told: None });
    }
    let total: Money = bill.lines.iter().map(|line| line.amount).sum();
    let fits = bill.lines.len() <= MOST && bill.orders.len() <= MOST && (0..=MOST_FEN).contains(&bill.total_fen);
    if total.fen() != bill.total_fen || !fits {
        return Err(ApiError::from(EXCHANGE_SETTLEMENT).detail(format!("{} {}", total.fen(), bill.total_fen)));
    }
    let left = bill.orders.iter().filter_map(|order| order.departed_at).min().unwrap_or(request.wish.begins_at);
    way.orders = bill.orders;
    allowance::hand_over::debit(conn, (request.wish.unit, AllowanceMonth::of(left)), way.id, total, now).await?;
    way.state = HandOverState::Settled;
    way.settled = Some((bill.lines, total, now));
    hand_over::save(conn, &way, now).await?;
    request.state = request.state.after(RequestAction::Close)?;
    trip_request::save(conn, &request, now).await?;
    let subject = Subject::of(SubjectKind::Settlement, way.id.0, request.number.clone());
    let told = Entry::new(Action::Settled, subject).in_unit(request.wish.unit).after(way::facts(&way));
    Ok(Done { number: request.number, told: Some(told) })
}

/// The other platform has taken a message, or refuses it for ever; what follows for the request, and what is told.
pub(super) async fn answered(
    conn: &mut PgConnection,
    way: HandOver,
    kind: PeerMessageKind,
    refused: Option<&str>,
    now: DateTime<Utc>,
) -> ApiResult<Entry> {
    let mut way = way;
    let mut request = trip_request::load_to_move(conn, way.request).await?;
    let before = way::facts(&way);
    match (kind, way.state, refused) {
        (PeerMessageKind::HandOver, HandOverState::Sent, None) => {
            way.state = HandOverState::Taken;
            hand_over::save(conn, &way, now).await?;
        }
        (PeerMessageKind::HandOver, HandOverState::Sent | HandOverState::CallingBack, Some(why)) => {
            way.reason = Some(why.to_owned());
            way::came_back(conn, &mut way, &mut request, HandOverState::Refused, now).await?;
        }
        (PeerMessageKind::Recall, HandOverState::CallingBack, None) => {
            way::came_back(conn, &mut way, &mut request, HandOverState::Cancelled, now).await?;
        }
        (PeerMessageKind::Recall, HandOverState::CallingBack, Some(why)) => {
            way.state = HandOverState::Underway;
            way.reason = Some(why.to_owned());
            hand_over::save(conn, &way, now).await?;
        }
        _ => {}
    }
    Ok(told(&request, &way, kind, refused, before))
}

fn told(request: &Request, way: &HandOver, kind: PeerMessageKind, refused: Option<&str>, before: serde_json::Value) -> Entry {
    let action = if refused.is_some() { Action::Rejected } else { Action::Sent };
    let mut after = way::facts(way);
    if let Some(members) = after.as_object_mut() {
        members.insert("message".to_owned(), json!(kind.as_str()));
    }
    entry(action, request).before(before).after(after)
}
