//! A request's way to and from other platforms: told back there as it goes on here, and called back from there.

use chrono::{DateTime, Utc};
use dispatch::cost_line::CostLine;
use dispatch::exchange::{Direction, HandOverState, PeerMessageKind, RemoteOrder};
use dispatch::money::Money;
use dispatch::trip::order::OrderState;
use dispatch::trip::request::{RequestAction, RequestId, RequestState};
use fleet_db::dispatch_order::{Order, listing};
use fleet_db::hand_over::{self, HandOver, outbox};
use fleet_db::trip_request::{self, Request};
use fleet_db::{PgConnection, allowance, settlement};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::tell;
use crate::exchange::wire::{Because, Bill, Progress, message, status};
use crate::problem::{ApiResult, TRIP_STATE};

/// Orders of one request told at once.
const MOST: i64 = 100;

/// A car that another platform sends.
#[derive(Serialize, ToSchema)]
pub(crate) struct RemoteOrderView {
    /// Number of the order there.
    number: String,
    /// Where it stands, as an order of our own.
    state: String,
    plate: String,
    model: String,
    driver: String,
    driver_phone: String,
    departed_at: Option<DateTime<Utc>>,
    returned_at: Option<DateTime<Utc>>,
    /// Metres driven.
    distance_m: Option<i64>,
}

/// A request's way to another platform or from one.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandOverView {
    /// `out` or `in`.
    direction: &'static str,
    /// The other platform.
    platform: String,
    /// `sent`, `taken`, `ordered`, `underway`, `returned`, `settled`, `calling_back`, `refused` or `cancelled`.
    state: &'static str,
    /// The request's number where it was asked for.
    number: String,
    /// Of one that came: who travels, and who asked.
    origin_unit: String,
    origin_applicant: String,
    /// Cars of the other platform, as it told last.
    orders: Vec<RemoteOrderView>,
    /// What it came to, once it is settled.
    total_fen: Option<i64>,
    settled_at: Option<DateTime<Utc>>,
    /// Why it came back.
    reason: Option<String>,
    handed_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// Tries in vain of the message that waits to be taken there; null when none waits.
    attempts: Option<i32>,
    /// What the last try came to, by its code.
    answer: Option<String>,
}

impl From<HandOver> for HandOverView {
    fn from(way: HandOver) -> Self {
        let (attempts, answer) = way.waiting.unzip();
        // Cars of our own stand with the request.
        let orders = if way.direction == Direction::Out { way.orders } else { Vec::new() };
        Self {
            direction: way.direction.as_str(),
            platform: way.peer_name,
            state: way.state.as_str(),
            number: way.number,
            origin_unit: way.origin_unit,
            origin_applicant: way.origin_applicant,
            orders: orders.into_iter().map(RemoteOrderView::from).collect(),
            total_fen: way.settled.as_ref().map(|(_, total, _)| total.fen()),
            settled_at: way.settled.map(|(.., at)| at),
            reason: way.reason,
            handed_at: way.handed_at,
            changed_at: way.changed_at,
            attempts,
            answer: answer.flatten(),
        }
    }
}

impl From<RemoteOrder> for RemoteOrderView {
    fn from(order: RemoteOrder) -> Self {
        Self {
            number: order.number,
            state: order.state,
            plate: order.plate,
            model: order.model,
            driver: order.driver,
            driver_phone: order.driver_phone,
            departed_at: order.departed_at,
            returned_at: order.returned_at,
            distance_m: order.distance_m,
        }
    }
}

/// What the audit log tells of a way.
pub(crate) fn facts(way: &HandOver) -> Value {
    json!({
        "platform": way.peer_name, "direction": way.direction.as_str(), "number": way.number, "round": way.round,
        "state": way.state.as_str(), "orders": way.orders.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(),
        "total_fen": way.settled.as_ref().map(|(_, total, _)| total.fen()), "reason": way.reason,
    })
}

/// Tells the platform that a request came from how far it is here. Nothing is told of our own requests, and nothing that was told before.
pub(crate) async fn report(conn: &mut PgConnection, id: RequestId, reason: &str, now: DateTime<Utc>) -> ApiResult<()> {
    let request = trip_request::load(conn, id).await?;
    if !request.is_guest {
        return Ok(());
    }
    let Some(mut way) = hand_over::open(conn, id).await? else { return Ok(()) };
    let filter = listing::Filter { requests: vec![id], ..listing::Filter::default() };
    let orders = listing::select(conn, &filter, MOST).await?;
    let before = (way.state, std::mem::take(&mut way.orders));
    way.orders = orders.iter().rev().filter(|order| order.state.takes_the_car()).map(told).collect();
    let (kind, content) = match request.state {
        RequestState::Cancelled => {
            way.state = HandOverState::Refused;
            way.reason = Some(reason.to_owned());
            (PeerMessageKind::Refusal, message(&way, PeerMessageKind::Refusal, &Because { reason: reason.to_owned() })?)
        }
        RequestState::Closed => {
            let lines = lines(conn, &orders).await?;
            let total: Money = lines.iter().map(|line| line.amount).sum();
            way.state = HandOverState::Settled;
            way.settled = Some((lines.clone(), total, now));
            let bill = Bill { status: status(way.state).to_owned(), orders: way.orders.clone(), lines, total_fen: total.fen() };
            (PeerMessageKind::Settlement, message(&way, PeerMessageKind::Settlement, &bill)?)
        }
        _ => {
            way.state = so_far(&orders);
            if before == (way.state, way.orders.clone()) {
                return Ok(());
            }
            let progress = Progress { status: status(way.state).to_owned(), orders: way.orders.clone() };
            (PeerMessageKind::Progress, message(&way, PeerMessageKind::Progress, &progress)?)
        }
    };
    outbox::enqueue(conn, &mut way, kind, &content, now).await?;
    hand_over::save(conn, &way, now).await?;
    Ok(())
}

/// How far the orders of a request are, as one.
fn so_far(orders: &[Order]) -> HandOverState {
    let mut states = orders.iter().map(|order| order.state).filter(|state| state.takes_the_car()).peekable();
    if states.peek().is_none() {
        return HandOverState::Taken;
    }
    let states: Vec<OrderState> = states.collect();
    let is_back = |state: &OrderState| matches!(state, OrderState::Returned | OrderState::Settled);
    if states.iter().all(is_back) {
        HandOverState::Returned
    } else if states.iter().any(|state| state.is_on_the_road() || is_back(state)) {
        HandOverState::Underway
    } else {
        HandOverState::Ordered
    }
}

fn told(order: &Order) -> RemoteOrder {
    RemoteOrder {
        number: order.number.clone(),
        state: order.state.as_str().to_owned(),
        plate: order.plate.clone(),
        model: order.model.clone(),
        driver: order.driver_name.clone(),
        driver_phone: order.driver_phone.clone(),
        departed_at: order.departed_at,
        returned_at: order.returned_at,
        distance_m: order.return_odometer_m.zip(order.depart_odometer_m).map(|(back, left)| back - left),
    }
}

/// What all orders of a request came to, line by line.
async fn lines(conn: &mut PgConnection, orders: &[Order]) -> ApiResult<Vec<CostLine>> {
    let mut lines = Vec::new();
    for order in orders.iter().rev().filter(|order| order.state == OrderState::Settled) {
        lines.extend(settlement::load(conn, order.id).await?.settlement.lines);
    }
    Ok(lines)
}

/// Calls a request back from the platform that was to carry it out: at once where that has not heard of it, otherwise when it agrees.
/// The request is called off then, or waits for a car again.
pub(super) async fn call_back(
    conn: &mut PgConnection,
    request: &mut Request,
    (calls_off, reason): (bool, &str),
    now: DateTime<Utc>,
) -> ApiResult<HandOver> {
    let Some(mut way) = hand_over::open(conn, request.id).await?.filter(|way| way.direction == Direction::Out) else {
        return Err(TRIP_STATE.into());
    };
    way.calls_off = calls_off;
    way.reason = Some(reason.to_owned());
    if outbox::withdraw(conn, way.id, now).await? {
        came_back(conn, &mut way, request, HandOverState::Cancelled, now).await?;
        return Ok(way);
    }
    way.state = HandOverState::CallingBack;
    let content = message(&way, PeerMessageKind::Recall, &Because { reason: reason.to_owned() })?;
    outbox::enqueue(conn, &mut way, PeerMessageKind::Recall, &content, now).await?;
    hand_over::save(conn, &way, now).await?;
    request.handed = Some(way.state);
    Ok(way)
}

/// A request is not carried out elsewhere any more: what was held for it is free, and it is called off or waits for a car again.
pub(crate) async fn came_back(
    conn: &mut PgConnection,
    way: &mut HandOver,
    request: &mut Request,
    state: HandOverState,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    allowance::hand_over::release(conn, way.id, now).await?;
    let action = if way.calls_off { RequestAction::Cancel } else { RequestAction::Requeue };
    request.state = request.state.after(action)?;
    request.handed = None;
    way.state = state;
    hand_over::save(conn, way, now).await?;
    if way.calls_off {
        request.decided_at = Some(now);
    }
    trip_request::save(conn, request, now).await?;
    if !way.calls_off {
        tell::waits(conn, request, now).await?;
    }
    Ok(())
}
