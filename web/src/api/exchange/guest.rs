//! Requests of other platforms that we carry out: taken as approved ones of a guest, and called off when they are called back.

use chrono::{DateTime, Duration, Utc};
use dispatch::audit::Action;
use dispatch::exchange::{Direction, HandOverId, HandOverState};
use dispatch::trip::reason::Reason;
use dispatch::trip::request::{RequestAction, RequestId, RequestState};
use dispatch::trip::wish::{Rules, Wish};
use dispatch::vehicle::{VehicleCategory, VehicleCategoryError};
use fleet_db::PgConnection;
use fleet_db::dispatch_order::listing;
use fleet_db::hand_over::{self, HandOver, NewHandOver, Wanted};
use fleet_db::peer::PeerLink;
use fleet_db::trip_request::{self, NewRequest, Request, approval};

use super::Done;
use crate::api::session::new_id;
use crate::api::trips::requests::{entry, facts};
use crate::api::trips::{decisions, tell, way};
use crate::exchange::code::{EXCHANGE_DEPARTED, EXCHANGE_MALFORMED, EXCHANGE_PAPER};
use crate::exchange::wire::{self, Because, Head};
use crate::problem::{ApiError, ApiResult};

/// Longest number of a paper, and of other short texts, in characters.
const TEXT: usize = 100;
/// Longest reason that is kept.
const REASON: usize = 200;
/// Orders of one request.
const MOST: i64 = 100;

/// Takes a request over: approved there, it waits for a car here.
pub(super) async fn take(
    conn: &mut PgConnection,
    link: &PeerLink,
    head: &Head,
    wanted: wire::Wanted,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let is_short = |text: &str| (1..=TEXT).contains(&text.trim().chars().count());
    if wanted.status != "approved" || !(is_short(&head.number) && is_short(&wanted.unit_name) && is_short(&wanted.applicant)) {
        return Err(ApiError::from(EXCHANGE_MALFORMED).detail("status, number, unit_name, applicant"));
    }
    let (unit_name, applicant, distance_m) = (wanted.unit_name.clone(), wanted.applicant.clone(), wanted.distance_m.max(0));
    let wish = wish(link, wanted, now)?;
    let new = NewRequest {
        id: RequestId(new_id(now)),
        applicant: link.guest_account,
        wish: &wish,
        wanted: None,
        distance_m,
        // What it costs is reckoned when it is back, and paid where it was asked for.
        estimate_fen: 0,
    };
    trip_request::insert(conn, &new, now).await?;
    let mut request = trip_request::load(conn, new.id).await?;
    request.state = request.state.after(RequestAction::Receive)?;
    request.round = 1;
    request.submitted_at = Some(now);
    request.decided_at = Some(now);
    trip_request::save(conn, &request, now).await?;
    let opinion = format!("{}已批准", link.facts.name);
    approval::insert(conn, new_id(now), &request, "approved", None, &opinion, now).await?;
    let opened = NewHandOver {
        id: HandOverId(new_id(now)),
        peer: link.id,
        direction: Direction::In,
        request: request.id,
        number: &head.number,
        round: head.round,
        origin_unit: unit_name.trim(),
        origin_applicant: applicant.trim(),
        by: None,
    };
    hand_over::insert(conn, &opened, now).await?;
    let mut way = loaded(conn, opened.id).await?;
    way.heard = head.sequence;
    hand_over::save(conn, &way, now).await?;
    tell::waits(conn, &request, now).await?;
    let told = entry(Action::HandedOver, &request).after(way::facts(&way));
    Ok(Done { number: request.number, told: Some(told) })
}

async fn loaded(conn: &mut PgConnection, id: HandOverId) -> ApiResult<HandOver> {
    hand_over::select(conn, Wanted::One(id)).await?.into_iter().next().ok_or_else(|| EXCHANGE_PAPER.into())
}

/// What is asked for, as a wish of the guest; the first thing that speaks against it refuses it. Its reason was held against the list of the
/// other platform.
fn wish(link: &PeerLink, wanted: wire::Wanted, now: DateTime<Utc>) -> ApiResult<Wish> {
    let category: Result<VehicleCategory, VehicleCategoryError> = wanted.category.parse();
    let wish = Wish {
        unit: link.guest_unit,
        fleet: link.unit,
        reason: wanted.reason,
        purpose: wanted.purpose,
        is_confidential: false,
        is_emergency: wanted.is_emergency,
        is_poolable: false,
        category: category.map_err(|error| ApiError::unprocessable(error.code()))?,
        seats: wanted.seats,
        passengers: wanted.passengers,
        passenger_count: wanted.passenger_count,
        vehicle_count: wanted.vehicle_count,
        from: wanted.from,
        to: wanted.to,
        stops: wanted.stops,
        is_round_trip: wanted.is_round_trip,
        begins_at: wanted.begins_at,
        ends_at: wanted.ends_at,
        note: wanted.note,
    };
    let allowed = Reason { reason: wish.reason.clone(), is_allowed: true, clause: String::new() };
    let rules = Rules { reasons: vec![allowed], lead_time: Duration::zero(), is_holiday: false };
    let mut refused = wish.check(&rules, now).into_iter().filter(|notice| notice.is_refusal);
    match refused.next() {
        Some(notice) => Err(ApiError::unprocessable(notice.code).detail(notice.field)),
        None => Ok(wish),
    }
}

/// Calls a request off that is called back, unless its car has left.
pub(super) async fn call_off(
    conn: &mut PgConnection,
    link: &PeerLink,
    mut way: HandOver,
    head: &Head,
    because: &Because,
    now: DateTime<Utc>,
) -> ApiResult<Done> {
    let mut request: Request = trip_request::load_to_move(conn, way.request).await?;
    let before = facts(&request);
    way.heard = head.sequence;
    if matches!(way.state, HandOverState::Refused | HandOverState::Cancelled) {
        // We had given it back ourselves, and the two words met on the way.
        hand_over::save(conn, &way, now).await?;
        return Ok(Done { number: request.number, told: None });
    }
    let filter = listing::Filter { requests: vec![request.id], ..listing::Filter::default() };
    let orders = listing::select(conn, &filter, MOST).await?;
    let has_left = orders.iter().any(|order| order.departed_at.is_some() && order.state.takes_the_car());
    if has_left || !matches!(request.state, RequestState::Approved | RequestState::Ordered) {
        return Err(ApiError::from(EXCHANGE_DEPARTED).detail(request.number));
    }
    let reason: String = because.reason.trim().chars().take(REASON).collect();
    let reason = if reason.is_empty() { "对方平台收回".to_owned() } else { reason };
    decisions::call_off(conn, &mut request, orders, (None, &link.facts.name, &reason), now).await?;
    trip_request::save(conn, &request, now).await?;
    way.state = HandOverState::Cancelled;
    way.reason = Some(reason);
    hand_over::save(conn, &way, now).await?;
    let told = entry(Action::CalledBack, &request).before(before).after(way::facts(&way));
    Ok(Done { number: request.number, told: Some(told) })
}
