//! Rating a trip: once, by who asked for it, when the car is back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::case::{CaseId, CaseSource};
use dispatch::trip::order::{OrderId, OrderState};
use dispatch::trip::rating::{Rating, RatingError};
use fleet_db::dispatch_order::Order;
use fleet_db::{PgConnection, audit, dispatch_order, public_case, rating, trip_request};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::orders::{entry, rights_over};
use super::rights::reach_to_act;
use super::rules::TripRules;
use crate::api::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{AUTH_FORBIDDEN, ApiResult, NOT_FOUND, Problem, TRIP_STATE, Wrong};
use crate::state::App;

/// What somebody says of a trip.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TripToRate {
    /// One to five: the driver's manner.
    attitude: u8,
    /// One to five: the state of the car.
    appearance: u8,
    /// One to five: the driving.
    driving: u8,
    #[serde(default)]
    comment: String,
}

/// What was said of a trip.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripRatingView {
    order_id: Uuid,
    attitude: u8,
    appearance: u8,
    driving: u8,
    comment: String,
    rated_at: DateTime<Utc>,
}

impl TripRatingView {
    fn new(order: OrderId, rating: &Rating, rated_at: DateTime<Utc>) -> Self {
        Self {
            order_id: order.0,
            attitude: rating.attitude(),
            appearance: rating.appearance(),
            driving: rating.driving(),
            comment: rating.comment().to_owned(),
            rated_at,
        }
    }
}

/// Rates a trip whose car is back; each once, by who asked for it.
#[utoipa::path(post, path = "/dispatch-orders/{id}/rating", operation_id = "rate_trip", tag = "trips", request_body = TripToRate,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is rated once")),
    responses((status = 201, body = TripRatingView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rate(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<TripToRate>,
) -> ApiResult<Response> {
    actor.scope(Permission::RequestTrips)?;
    let scope = reach_to_act(&actor)?;
    let body = &once.body;
    let mut wrong = Wrong::default();
    let rating = Rating::new([body.attitude, body.appearance, body.driving], &body.comment);
    let code = |error: &RatingError| error.code();
    let field = if matches!(rating, Err(RatingError::Comment)) { "comment" } else { "attitude" };
    let Some(rating) = wrong.take(field, rating, code) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let conn = change.conn();
    let order = dispatch_order::load(conn, OrderId(id)).await?;
    let request = trip_request::load(conn, order.request).await?;
    let rights = rights_over(conn, &actor, &order, &request, now).await?;
    if !rights.sees(&request, std::slice::from_ref(&order)) {
        return Err(NOT_FOUND.into());
    }
    if !rights.asked(&request) {
        return Err(AUTH_FORBIDDEN.into());
    }
    if !matches!(order.state, OrderState::Returned | OrderState::Settled) {
        return Err(TRIP_STATE.into());
    }
    rating::insert(conn, order.id, &rating, actor.account.id, now).await?;
    if rating.is_complaint(TripRules::of(conn, order.unit, now).await?.low_rating()) {
        open_case(conn, &actor, (&order, &rating), now).await?;
    }
    let said = json!({ "attitude": rating.attitude(), "appearance": rating.appearance(), "driving": rating.driving() });
    let told = audit::append(conn, &actor.by(""), &entry(Action::Rated, &order).after(said), now).await?;
    change.finish(told, StatusCode::CREATED, &TripRatingView::new(order.id, &rating, now)).await
}

/// A bad rating with words is looked into like a complaint on the hotline.
async fn open_case(
    conn: &mut PgConnection,
    actor: &Actor,
    (order, rating): (&Order, &Rating),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let id = CaseId(new_id(now));
    let matter = rating.as_matter();
    if public_case::open_of_rating(conn, id, order.id, &matter, day_of(now), now).await?.is_some() {
        let subject = Subject::of(SubjectKind::Case, id.0, order.number.as_str());
        let facts = json!({ "source": CaseSource::Rating, "number": order.number, "matter": matter });
        let entry = Entry::new(Action::Created, subject).in_unit(order.fleet).after(facts);
        let _with_the_rating = audit::append(conn, &actor.by("差评自动立案"), &entry, now).await?;
    }
    Ok(())
}

/// What was said of a trip.
#[utoipa::path(get, path = "/dispatch-orders/{id}/rating", operation_id = "read_trip_rating", tag = "trips", params(("id" = Uuid, Path)),
    responses((status = 200, body = TripRatingView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<TripRatingView>> {
    let scope = super::rights::reach(&actor)?;
    let mut conn = app.begin_as(&actor, &scope).await?;
    let order = dispatch_order::load(&mut conn, OrderId(id)).await?;
    let request = trip_request::load(&mut conn, order.request).await?;
    let rights = rights_over(&mut conn, &actor, &order, &request, now).await?;
    if !rights.sees(&request, std::slice::from_ref(&order)) {
        return Err(NOT_FOUND.into());
    }
    let Some((rating, at)) = rating::load(&mut conn, order.id).await? else { return Err(NOT_FOUND.into()) };
    Ok(axum::Json(TripRatingView::new(order.id, &rating, at)))
}
