//! A request as people see it: what it asks for, where it stands, who said what, and what the reader may do with it now.

use chrono::{DateTime, Utc};
use dispatch::trip::flow::Step;
use dispatch::trip::wish::Spot;
use fleet_db::dispatch_order::Order;
use fleet_db::hand_over::HandOver;
use fleet_db::trip_request::Request;
use fleet_db::trip_request::approval::Approval;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::hints::RequestHint;
use super::way::HandOverView;
use super::wishes::Rider;

/// What stands where a reader need not know.
pub(crate) const MASK: &str = "涉密";

/// Requests.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripRequestPage {
    /// The newest first.
    pub(super) items: Vec<TripRequestView>,
    /// Send it as `after` for the next page; null on the last.
    pub(super) next: Option<Uuid>,
}

/// A place of a paper; of a confidential trip, without its coordinates.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpotView {
    name: String,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// Who decides at a step.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepView {
    name: String,
    unit_id: Uuid,
    /// It was handed to one person.
    only: Option<Uuid>,
    /// When it goes to the unit above.
    due_at: Option<DateTime<Utc>>,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalView {
    /// `approved`, `rejected`, `returned`, `added_signer`, `transferred`, `escalated` or `ratified`.
    action: String,
    /// At which step, from 0.
    step: i16,
    /// In which round of handing in.
    round: i16,
    /// Who; nobody where time ran out.
    by: Option<String>,
    at: DateTime<Utc>,
    opinion: String,
    undone_at: Option<DateTime<Utc>>,
}

/// A car of a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestOrderView {
    id: Uuid,
    number: String,
    state: &'static str,
    vehicle_id: Uuid,
    vehicle_no: i32,
    plate: String,
    driver: String,
    driver_phone: String,
    departed_at: Option<DateTime<Utc>>,
    returned_at: Option<DateTime<Utc>>,
}

/// A request for a car.
#[expect(clippy::struct_excessive_bools, reason = "boxes of the form, each by itself")]
#[derive(Serialize, ToSchema)]
pub(crate) struct TripRequestView {
    id: Uuid,
    /// The number that people read, such as `YC-330106-2026-17`.
    number: String,
    /// `draft`, `submitted`, `approved`, `ordered`, `closed`, `rejected`, `withdrawn` or `cancelled`.
    state: &'static str,
    unit_id: Uuid,
    unit_name: String,
    fleet_unit_id: Uuid,
    fleet_name: String,
    applicant_id: Uuid,
    applicant: String,
    reason: String,
    purpose: String,
    is_confidential: bool,
    is_emergency: bool,
    is_poolable: bool,
    category: &'static str,
    seats: u32,
    passengers: Vec<Rider>,
    passenger_count: u32,
    vehicle_count: u32,
    from: SpotView,
    to: SpotView,
    stops: Vec<SpotView>,
    is_round_trip: bool,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    note: String,
    wanted_vehicle_id: Option<Uuid>,
    /// Length of the way, as reckoned.
    distance_m: i32,
    /// What it will cost, as reckoned.
    estimate_fen: i64,
    steps: Vec<StepView>,
    /// The step that is waited for, from 0.
    step: i16,
    /// Until when an emergency is to be ratified.
    ratify_by: Option<DateTime<Utc>>,
    ratified_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    /// Until when the reader may take the last decision back.
    undo_until: Option<DateTime<Utc>>,
    /// Reason, people and places are not shown to the reader.
    is_masked: bool,
    /// What the reader may do with it now.
    moves: Vec<&'static str>,
    /// What the rules say of it, for whoever may decide on it now; empty for others.
    hints: Vec<RequestHint>,
    approvals: Vec<ApprovalView>,
    orders: Vec<RequestOrderView>,
    /// Its way to another platform or from one, the last; null for one that stays here.
    hand_over: Option<HandOverView>,
}

/// What hangs on a request, for its view.
pub(super) struct Beside {
    /// Decisions on it.
    pub(super) approvals: Vec<Approval>,
    /// Its orders.
    pub(super) orders: Vec<Order>,
    /// The reader may know what it is about.
    pub(super) is_known: bool,
    /// What the reader may do.
    pub(super) moves: Vec<&'static str>,
    /// Until when the reader may take the last decision back.
    pub(super) undo_until: Option<DateTime<Utc>>,
    /// What the rules say, where the reader may decide.
    pub(super) hints: Vec<RequestHint>,
    /// Its way to another platform or from one.
    pub(super) hand_over: Option<HandOver>,
}

/// A place, as far as the reader may know it.
pub(super) fn spot(spot: Spot, is_known: bool) -> SpotView {
    if is_known {
        SpotView { name: spot.name, lon: Some(spot.place.lon()), lat: Some(spot.place.lat()) }
    } else {
        SpotView { name: MASK.to_owned(), lon: None, lat: None }
    }
}

/// A text, as far as the reader may know it.
pub(super) fn masked(text: String, is_known: bool) -> String {
    if is_known || text.is_empty() { text } else { MASK.to_owned() }
}

impl TripRequestView {
    /// The reader may give it a car now.
    pub(super) fn wants_a_car(&self) -> bool {
        self.moves.contains(&"order")
    }

    /// As the reader may see it.
    pub(super) fn new(request: Request, beside: Beside) -> Self {
        let Beside { approvals, orders, is_known, moves, undo_until, hints, hand_over } = beside;
        let is_known = is_known || !request.wish.is_confidential;
        let wish = request.wish;
        let passengers = if is_known { wish.passengers } else { Vec::new() };
        Self {
            id: request.id.0,
            number: request.number,
            state: request.state.as_str(),
            unit_id: wish.unit.0,
            unit_name: request.unit_name,
            fleet_unit_id: wish.fleet.0,
            fleet_name: request.fleet_name,
            applicant_id: request.applicant.0,
            applicant: request.applicant_name,
            reason: masked(wish.reason, is_known),
            purpose: masked(wish.purpose, is_known),
            is_confidential: wish.is_confidential,
            is_emergency: wish.is_emergency,
            is_poolable: wish.is_poolable,
            category: wish.category.as_str(),
            seats: wish.seats,
            passengers: passengers.into_iter().map(|rider| Rider { name: rider.name, phone: rider.phone }).collect(),
            passenger_count: wish.passenger_count,
            vehicle_count: wish.vehicle_count,
            from: spot(wish.from, is_known),
            to: spot(wish.to, is_known),
            stops: wish.stops.into_iter().map(|stop| spot(stop, is_known)).collect(),
            is_round_trip: wish.is_round_trip,
            begins_at: wish.begins_at,
            ends_at: wish.ends_at,
            note: masked(wish.note, is_known),
            wanted_vehicle_id: request.wanted.map(|vehicle| vehicle.0),
            distance_m: request.distance_m,
            estimate_fen: request.estimate_fen,
            steps: request.steps.into_iter().map(StepView::from).collect(),
            step: request.step,
            ratify_by: request.ratify_by,
            ratified_at: request.ratified_at,
            created_at: request.created_at,
            submitted_at: request.submitted_at,
            decided_at: request.decided_at,
            changed_at: request.changed_at,
            undo_until,
            is_masked: !is_known,
            moves,
            hints,
            approvals: approvals.into_iter().map(ApprovalView::from).collect(),
            orders: orders.into_iter().map(RequestOrderView::from).collect(),
            hand_over: hand_over.map(HandOverView::from),
        }
    }
}

impl From<Step> for StepView {
    fn from(step: Step) -> Self {
        Self { name: step.name, unit_id: step.unit.0, only: step.only.map(|account| account.0), due_at: step.due_at }
    }
}

impl From<Approval> for ApprovalView {
    fn from(approval: Approval) -> Self {
        Self {
            action: approval.action,
            step: approval.step,
            round: approval.round,
            by: approval.by_name,
            at: approval.at,
            opinion: approval.opinion,
            undone_at: approval.undone_at,
        }
    }
}

impl From<Order> for RequestOrderView {
    fn from(order: Order) -> Self {
        Self {
            id: order.id.0,
            number: order.number,
            state: order.state.as_str(),
            vehicle_id: order.vehicle.0,
            vehicle_no: order.vehicle_no.0,
            plate: order.plate,
            driver: order.driver_name,
            driver_phone: order.driver_phone,
            departed_at: order.departed_at,
            returned_at: order.returned_at,
        }
    }
}
