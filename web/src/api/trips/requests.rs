//! Requests: what one may choose from, checked while it is typed, written, found and looked at.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::allowance::AllowanceMonth;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::trip::reason::Reason;
use dispatch::trip::request::{RequestId, RequestState, RequestStateError};
use dispatch::trip::wish::{Notice, Spot};
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleCategory;
use fleet_db::trip_request::listing::{self, Filter};
use fleet_db::trip_request::{self, NewRequest, Request};
use fleet_db::{PgConnection, allowance, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::likely::{LikelyCar, likely};
use super::rights::{Rights, reach};
use super::rules::TripRules;
use super::views::{TripRequestPage, TripRequestView};
use super::wishes::{Place, Reckoning, TripWish, reckon};
use super::{decisions, moves};
use crate::api::session::new_id;
use crate::auth::{Actor, look};
use crate::extract::{Asked, Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;
use crate::texts::Language;

/// Requests of a page, and most of them.
const PAGE: i64 = 50;
const MOST: i64 = 200;
/// Units and places to choose from.
const CHOICES: i64 = 200;
/// Counted at most.
const COUNTED: i64 = 200;

/// What a request can be made of.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripOptions {
    /// The list in force.
    reasons: Vec<ReasonView>,
    /// Units for which the asker may ask for cars, the own ones first.
    units: Vec<UnitChoice>,
    /// Other units with cars that may be asked for one, those nearest in the tree first.
    fleets: Vec<UnitChoice>,
    /// Stable names of the kinds of cars.
    categories: Vec<&'static str>,
    /// Places to which the asker has travelled, the newest first.
    places: Vec<Place>,
    now: DateTime<Utc>,
}

/// A line of the list of reasons.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonView {
    reason: String,
    /// It is on the positive list.
    is_allowed: bool,
    /// The clause that says so.
    clause: String,
}

/// A unit to choose.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitChoice {
    id: Uuid,
    name: String,
}

/// What is said of a wish before it is handed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripCheck {
    notices: Vec<NoticeView>,
    /// Length of the way in metres.
    distance_m: i32,
    /// Seconds of driving.
    duration_s: i64,
    /// What it will cost.
    estimate_fen: i64,
    /// Who decides, one after the other.
    steps: Vec<String>,
    /// What is left of the unit's allowance for the month; null where its trips are paid from none.
    allowance_left_fen: Option<i64>,
    /// The car that would come; null where none can go, and where the fleet is another unit's.
    likely: Option<LikelyCar>,
}

/// Something that speaks against a wish.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeView {
    field: &'static str,
    code: &'static str,
    /// The same in words.
    title: &'static str,
    /// It cannot be handed in so.
    is_refusal: bool,
    clause: Option<String>,
}

/// A request to be written.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TripToRequest {
    #[serde(flatten)]
    wish: TripWish,
    /// Hand it in at once; otherwise it stays a draft.
    submit: bool,
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RequestsWanted {
    /// `mine`, `to_decide`, `to_dispatch`, `handed` (to another platform) or `all`; `mine` when absent.
    view: Option<String>,
    /// One state alone.
    state: Option<String>,
    /// Text in the number, the purpose, the places or the name of who asked.
    q: Option<String>,
    /// What `next` of the page before was.
    after: Option<Uuid>,
    /// 1 to 200, 50 when absent.
    limit: Option<i64>,
}

/// What waits for the asker; counted up to 200.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripCounts {
    /// Decisions.
    to_decide: usize,
    /// Cars to be given.
    to_dispatch: usize,
    /// Own requests that are not over.
    mine_open: usize,
}

impl From<(UnitId, String)> for UnitChoice {
    fn from((unit, name): (UnitId, String)) -> Self {
        Self { id: unit.0, name }
    }
}

impl NoticeView {
    fn new(notice: Notice, language: Language) -> Self {
        Self {
            field: notice.field,
            code: notice.code,
            title: language.title(notice.code),
            is_refusal: notice.is_refusal,
            clause: notice.clause,
        }
    }
}

/// What a request can be made of.
#[utoipa::path(get, path = "/trip-options", operation_id = "read_trip_options", tag = "trips",
    responses((status = 200, body = TripOptions),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn options(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<TripOptions>> {
    let scope = actor.scope(Permission::RequestTrips)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let units = trip_request::units(&mut conn, &scope, CHOICES).await?;
    let own = units.iter().map(|(unit, _)| *unit).find(|unit| *unit == actor.account.unit);
    let unit = own.or_else(|| units.first().map(|(unit, _)| *unit)).unwrap_or(actor.account.unit);
    let reasons = TripRules::of(&mut conn, unit, now).await?.reasons();
    let places = trip_request::places(&mut conn, actor.account.id, CHOICES).await?;
    drop(conn);
    // Names of units with cars are no secret of theirs: whoever may ask for a car may ask another unit for one.
    let fleets = trip_request::fleets(&mut *app.unbound().await?, unit, CHOICES).await?;
    Ok(axum::Json(TripOptions {
        reasons: reasons.into_iter().map(ReasonView::from).collect(),
        units: units.into_iter().map(UnitChoice::from).collect(),
        fleets: fleets.into_iter().map(UnitChoice::from).collect(),
        categories: VehicleCategory::ALL.map(VehicleCategory::as_str).to_vec(),
        places: places.into_iter().map(Place::from).collect(),
        now,
    }))
}

/// Says what speaks against a wish, how far it is and who decides; for a form that is being typed. Nothing is saved.
#[utoipa::path(post, path = "/trip-requests/check", operation_id = "check_trip_request", tag = "trips", request_body = TripWish,
    responses((status = 200, body = TripCheck),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn check(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    headers: HeaderMap,
    Json(wish): Json<TripWish>,
) -> ApiResult<axum::Json<TripCheck>> {
    let scope = actor.scope(Permission::RequestTrips)?;
    let language = Language::wanted(&headers);
    let mut conn = app.begin_as(&actor, &scope).await?;
    may_ask_for(&mut conn, &actor, wish.unit()).await?;
    let (rules, read) = (TripRules::of(&mut conn, wish.unit(), now).await?, wish.read()?);
    let Reckoning { notices, distance_m, duration_s, estimate_fen, steps } = reckon(&mut conn, &rules, &read, now).await?;
    let likely = likely(&mut conn, &read, distance_m, now).await?;
    let month = AllowanceMonth::of(wish.begins_at());
    let left = allowance::left(&mut conn, wish.unit(), month, now).await?;
    Ok(axum::Json(TripCheck {
        notices: notices.into_iter().map(|notice| NoticeView::new(notice, language)).collect(),
        distance_m,
        duration_s,
        estimate_fen,
        steps: steps.into_iter().map(|step| step.name).collect(),
        allowance_left_fen: left.map(|standing| standing.left.fen()),
        likely,
    }))
}

/// Writes a request, and hands it in if that is asked.
#[utoipa::path(post, path = "/trip-requests", operation_id = "request_trip", tag = "trips", request_body = TripToRequest,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the request is made once")),
    responses((status = 201, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn create(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<TripToRequest>,
) -> ApiResult<Response> {
    actor.scope(Permission::RequestTrips)?;
    let scope = reach(&actor)?;
    let wish = once.body.wish.read()?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    may_ask_for(conn, &actor, wish.unit).await?;
    let rules = TripRules::of(conn, wish.unit, now).await?;
    let reckoning = reckon(conn, &rules, &wish, now).await?;
    let new = NewRequest {
        id: RequestId(new_id(now)),
        applicant: actor.account.id,
        wish: &wish,
        wanted: once.body.wish.wanted(),
        distance_m: reckoning.distance_m,
        estimate_fen: reckoning.estimate_fen,
    };
    trip_request::insert(conn, &new, now).await?;
    let mut request = trip_request::load(conn, new.id).await?;
    let mut done = Action::Created;
    if once.body.submit {
        decisions::hand_in(conn, &mut request, reckoning, &rules, now).await?;
        done = Action::Submitted;
    }
    let told = audit::append(conn, &actor.by(""), &entry(done, &request).after(facts(&request)), now).await?;
    let view = view(conn, &actor, request, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

/// Writes a draft anew.
#[utoipa::path(put, path = "/trip-requests/{id}", operation_id = "rewrite_trip_request", tag = "trips", request_body = TripWish,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rewrite(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<TripWish>,
) -> ApiResult<Response> {
    actor.scope(Permission::RequestTrips)?;
    let scope = reach(&actor)?;
    let wish = once.body.read()?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let before = trip_request::load_to_move(conn, RequestId(id)).await?;
    if before.applicant != actor.account.id {
        return Err(NOT_FOUND.into());
    }
    if before.state != RequestState::Draft {
        return Err(TRIP_STATE.into());
    }
    may_ask_for(conn, &actor, wish.unit).await?;
    let rules = TripRules::of(conn, wish.unit, now).await?;
    let reckoning = reckon(conn, &rules, &wish, now).await?;
    let new = NewRequest {
        id: before.id,
        applicant: actor.account.id,
        wish: &wish,
        wanted: once.body.wanted(),
        distance_m: reckoning.distance_m,
        estimate_fen: reckoning.estimate_fen,
    };
    trip_request::rewrite(conn, &new, now).await?;
    let request = trip_request::load(conn, before.id).await?;
    let entry = entry(Action::Changed, &request).before(facts(&before)).after(facts(&request));
    let told = audit::append(conn, &actor.by(""), &entry, now).await?;
    let view = view(conn, &actor, request, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// Requests: one's own, those that wait for one, or all that one may see.
#[utoipa::path(get, path = "/trip-requests", operation_id = "list_trip_requests", tag = "trips", params(RequestsWanted),
    responses((status = 200, body = TripRequestPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<RequestsWanted>,
) -> ApiResult<axum::Json<TripRequestPage>> {
    let scope = reach(&actor)?;
    let filter = filter(&actor, &wanted, now)?;
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, MOST);
    let mut conn = app.begin_as(&actor, &scope).await?;
    let mut found = listing::select(&mut conn, &filter, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|last| last.id.0);
    Ok(axum::Json(TripRequestPage { items: moves::views(&mut conn, &actor, found, now).await?, next }))
}

/// What waits for the asker.
#[utoipa::path(get, path = "/trip-requests/counts", operation_id = "count_trip_requests", tag = "trips",
    responses((status = 200, body = TripCounts),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn counts(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<TripCounts>> {
    let scope = reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let mut counted = [0; 3];
    for (count, view) in counted.iter_mut().zip(["to_decide", "to_dispatch", "mine"]) {
        let wanted = RequestsWanted { view: Some(view.to_owned()), state: None, q: None, after: None, limit: None };
        let Ok(mut filter) = filter(&actor, &wanted, now) else { continue };
        if view == "mine" {
            filter.states = RequestState::ALL.into_iter().filter(|state| !state.is_over()).collect();
        }
        *count = listing::tally(&mut conn, &filter, COUNTED).await?;
    }
    let [to_decide, to_dispatch, mine_open] = counted;
    Ok(axum::Json(TripCounts { to_decide, to_dispatch, mine_open }))
}

fn filter(actor: &Actor, wanted: &RequestsWanted, now: DateTime<Utc>) -> ApiResult<Filter> {
    let mut wrong = Wrong::default();
    let state = wanted.state.as_deref().filter(|state| !state.is_empty());
    let state = state.and_then(|state| wrong.take("state", state.parse::<RequestState>(), RequestStateError::code));
    let mut filter = Filter {
        states: state.into_iter().collect(),
        text: wanted.q.clone().filter(|text| !text.trim().is_empty()),
        after: wanted.after.map(RequestId),
        ..Filter::default()
    };
    match wanted.view.as_deref().unwrap_or("mine") {
        "mine" => filter.applicant = Some(actor.account.id),
        "to_decide" => {
            if filter.states.is_empty() {
                filter.states =
                    vec![RequestState::Submitted, RequestState::Approved, RequestState::Ordered, RequestState::Closed];
            }
            filter.decides = Some((actor.scope(Permission::ApproveTrips)?, actor.account.id, now));
        }
        "to_dispatch" => {
            filter.states = vec![RequestState::Approved];
            filter.fleet = Some(actor.scope(Permission::DispatchTrips)?);
        }
        "handed" => {
            filter.is_handed = true;
            filter.fleet = Some(actor.scope(Permission::DispatchTrips)?);
        }
        "all" => filter.unit = Some(actor.scope(Permission::WatchTrips)?),
        _ => wrong.note("view", "trip.view"),
    }
    if wrong.is_empty() { Ok(filter) } else { Err(wrong.into_error()) }
}

/// A request with everything that hangs on it.
#[utoipa::path(get, path = "/trip-requests/{id}", operation_id = "read_trip_request", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 200, body = TripRequestView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<TripRequestView>> {
    let scope = reach(&actor)?;
    let request = {
        let mut conn = app.begin_as(&actor, &scope).await?;
        trip_request::load(&mut conn, RequestId(id)).await?
    };
    let viewed = entry(Action::Viewed, &request);
    let mut conn = app.begin_as(&actor, &scope).await?;
    let view = view(&mut conn, &actor, request, now).await?;
    look::at(&app, &actor, viewed, now).await?;
    Ok(axum::Json(view))
}

/// Cars are asked for in the name of a unit where one may do so.
pub(super) async fn may_ask_for(conn: &mut PgConnection, actor: &Actor, unit: UnitId) -> ApiResult<()> {
    let scope = actor.scope(Permission::RequestTrips)?;
    let within = fleet_db::unit::within(conn, &scope, &[unit]).await?;
    if within.is_empty() { Err(NOT_FOUND.into()) } else { Ok(()) }
}

/// The view of one request; what the actor is not shown is not there.
pub(super) async fn view(
    conn: &mut PgConnection,
    actor: &Actor,
    request: Request,
    now: DateTime<Utc>,
) -> ApiResult<TripRequestView> {
    let views = moves::views(conn, actor, vec![request], now).await?;
    views.into_iter().next().ok_or_else(|| ApiError::from(NOT_FOUND))
}

/// The rights of the actor over one request.
pub(super) async fn rights(conn: &mut PgConnection, actor: &Actor, request: &Request, now: DateTime<Utc>) -> ApiResult<Rights> {
    Rights::of(conn, actor, std::slice::from_ref(request), &[], now).await
}

/// What the audit log tells of a request. Of a confidential one, nothing that is confidential.
pub(crate) fn facts(request: &Request) -> Value {
    let wish = &request.wish;
    let open = |text: &str| if wish.is_confidential { super::views::MASK.to_owned() } else { text.to_owned() };
    json!({
        "state": request.state.as_str(), "reason": open(&wish.reason), "purpose": open(&wish.purpose),
        "from": open(&wish.from.name), "to": open(&wish.to.name), "begins_at": wish.begins_at, "ends_at": wish.ends_at,
        "vehicle_count": wish.vehicle_count, "is_emergency": wish.is_emergency, "step": request.step,
        "distance_m": request.distance_m, "estimate_fen": request.estimate_fen,
    })
}

/// An entry about a request.
pub(crate) fn entry(action: Action, request: &Request) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::TripRequest, request.id.0, request.number.clone())).in_unit(request.wish.unit)
}

impl From<Reason> for ReasonView {
    fn from(reason: Reason) -> Self {
        Self { reason: reason.reason, is_allowed: reason.is_allowed, clause: reason.clause }
    }
}

impl From<Spot> for Place {
    fn from(spot: Spot) -> Self {
        Self { name: spot.name, lon: spot.place.lon(), lat: spot.place.lat() }
    }
}
