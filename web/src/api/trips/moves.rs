//! What a reader may do with a paper now: the tables of legal moves, narrowed to the reader and the moment; and papers made into views.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::exchange::HandOverState;
use dispatch::trip::order::OrderState;
use dispatch::trip::request::{Mover, RequestAction, RequestState};
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::{self, Order};
use fleet_db::hand_over::{self, HandOver, Wanted};
use fleet_db::trip_request::Request;
use fleet_db::trip_request::approval::{self, Approval};

use super::hints;
use super::rights::Rights;
use super::rules::TripRules;
use super::views::{Beside, TripRequestView};
use crate::auth::Actor;
use crate::problem::ApiResult;

/// Orders of one request told at once.
const MOST_ORDERS: i64 = 500;

/// The last decision that stands, where the actor made it and it can still be taken back: it and until when.
pub(super) fn undoable(
    request: &Request,
    approvals: &[Approval],
    orders: &[Order],
    me: AccountId,
    within: chrono::Duration,
    now: DateTime<Utc>,
) -> Option<(Approval, DateTime<Utc>)> {
    let decided =
        |approval: &&Approval| approval.undone_at.is_none() && matches!(approval.action.as_str(), "approved" | "rejected");
    let last = approvals.iter().rfind(decided)?;
    let until = last.at + within;
    let is_last_round = last.round == request.round
        && matches!(request.state, RequestState::Submitted | RequestState::Approved | RequestState::Rejected);
    (is_last_round && orders.is_empty() && last.by == Some(me) && now < until).then(|| (last.clone(), until))
}

/// The applicant may call it off while no driver has taken it, the dispatcher while no car is on the road with it.
pub(super) fn may_cancel(request: &Request, orders: &[Order], rights: &Rights) -> bool {
    // Another platform carries it out: as long as its car has not left, as far as is known here.
    if let Some(handed) = request.handed {
        return handed.may_be_called_back() && (rights.asked(request) || rights.dispatches(request.wish.fleet));
    }
    let every = |allowed: fn(OrderState) -> bool| orders.iter().all(|order| allowed(order.state));
    (rights.asked(request) && every(|state| matches!(state, OrderState::Issued | OrderState::Declined | OrderState::Cancelled)))
        || (rights.dispatches(request.wish.fleet)
            && every(|state| {
                matches!(state, OrderState::Issued | OrderState::Accepted | OrderState::Declined | OrderState::Cancelled)
            }))
}

/// The names of what the actor may do with a request now, as the API has them.
pub(super) fn of_request(request: &Request, orders: &[Order], rights: &Rights, can_undo: bool) -> Vec<&'static str> {
    let is_mine = |mover: Mover| match mover {
        Mover::Applicant => rights.asked(request),
        Mover::Holder(Permission::ApproveTrips) => rights.decides(request) || rights.ratifies(request),
        Mover::Holder(_) => rights.dispatches(request.wish.fleet),
        Mover::Course => false,
    };
    let mut names = Vec::new();
    for action in request.state.moves(is_mine) {
        let (name, is_open) = match action {
            RequestAction::Submit => ("submit", !request.wish.is_emergency),
            RequestAction::Expedite => ("submit", request.wish.is_emergency),
            RequestAction::Pass | RequestAction::Approve => ("approve", rights.decides(request)),
            RequestAction::Undo => ("undo", can_undo),
            RequestAction::Ratify => {
                ("ratify", rights.ratifies(request) && request.ratify_by.is_some() && request.ratified_at.is_none())
            }
            RequestAction::Cancel => ("cancel", may_cancel(request, orders, rights)),
            RequestAction::Order => ("order", request.handed.is_none() && wants_cars(request, orders)),
            RequestAction::Reject | RequestAction::SendBack => (action.as_str(), rights.decides(request)),
            other => (other.as_str(), true),
        };
        if is_open && !names.contains(&name) {
            names.push(name);
        }
    }
    if request.state == RequestState::Submitted && rights.decides(request) {
        names.extend(["transfer", "add_signer"]);
    }
    if request.state == RequestState::Draft && rights.asked(request) {
        names.push("rewrite");
    }
    if rights.dispatches(request.wish.fleet) {
        names.extend(between_platforms(request, orders));
    }
    names
}

/// What whoever dispatches may do with it between platforms: whole requests of our own go out, and nothing that is confidential.
fn between_platforms(request: &Request, orders: &[Order]) -> Option<&'static str> {
    if request.handed.is_some_and(HandOverState::may_be_called_back) {
        return Some("call_back");
    }
    let is_whole = request.state == RequestState::Approved && !orders.iter().any(|order| order.state.takes_the_car());
    (is_whole && request.handed.is_none() && !request.is_guest && !request.wish.is_confidential).then_some("hand_over")
}

/// Cars that it was asked for and has not got.
pub(super) fn wants_cars(request: &Request, orders: &[Order]) -> bool {
    let has = orders.iter().filter(|order| order.state.takes_the_car()).count();
    u32::try_from(has).is_ok_and(|has| has < request.wish.vehicle_count)
}

/// The views of requests, for the actor; those that the actor is not shown are left out.
pub(super) async fn views(
    conn: &mut PgConnection,
    actor: &Actor,
    requests: Vec<Request>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<TripRequestView>> {
    let ids: Vec<_> = requests.iter().map(|request| request.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rights = Rights::of(conn, actor, &requests, &[], now).await?;
    let mut approvals: HashMap<_, Vec<Approval>> = HashMap::new();
    for (id, approval) in approval::list(conn, &ids).await? {
        approvals.entry(id).or_default().push(approval);
    }
    let mut orders: HashMap<_, Vec<Order>> = HashMap::new();
    let asked = ids.clone();
    let filter = dispatch_order::listing::Filter { requests: ids, ..Default::default() };
    for order in dispatch_order::listing::select(conn, &filter, MOST_ORDERS).await? {
        for served in order.serves() {
            orders.entry(served).or_default().push(order.clone());
        }
    }
    let mut ways: HashMap<_, HandOver> = HashMap::new();
    for way in hand_over::select(conn, Wanted::Requests(&asked)).await? {
        ways.insert(way.request, way);
    }
    let mut views = Vec::new();
    let mut known_rules: HashMap<UnitId, TripRules> = HashMap::new();
    for request in requests {
        let approvals = approvals.remove(&request.id).unwrap_or_default();
        let orders = orders.remove(&request.id).unwrap_or_default();
        if !rights.sees(&request, &orders) {
            continue;
        }
        // Only who has just decided may take it back: the rule is looked up for nobody else.
        let is_fresh =
            approvals.iter().any(|one| one.by == Some(actor.account.id) && now - one.at < chrono::Duration::minutes(10));
        let decides = request.state == RequestState::Submitted && rights.decides(&request);
        let (mut undo, mut hints) = (None, Vec::new());
        if is_fresh || decides {
            let rules = match known_rules.entry(request.wish.unit) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(TripRules::of(conn, request.wish.unit, now).await?),
            };
            undo = undoable(&request, &approvals, &orders, actor.account.id, rules.undo_within(), now);
            if decides {
                hints = hints::of(conn, rules, &request, now).await?;
            }
        }
        let moves = of_request(&request, &orders, &rights, undo.is_some());
        let beside = Beside {
            is_known: rights.knows(&request, &orders),
            undo_until: undo.map(|(_, until)| until),
            approvals,
            orders,
            moves,
            hints,
            hand_over: ways.remove(&request.id),
        };
        views.push(TripRequestView::new(request, beside));
    }
    Ok(views)
}
