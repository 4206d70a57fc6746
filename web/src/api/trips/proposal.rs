//! A plan for what waits on the board: which car and which driver for each trip, why, what else there was, and how far from the best
//! it can be. Nothing is sent by it: whoever dispatches sends the cars.

mod gather;
mod view;

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use dispatch::account::Permission;
use dispatch::plan::problem::Window;
use dispatch::plan::solve;
use dispatch::plan::travel::Travel;
use dispatch::trip::proposal::{Asked as PlanAsked, Names, problem};
use dispatch::unit::UnitId;
use serde::Deserialize;
use telematics::id::VehicleId;
use utoipa::IntoParams;
use uuid::Uuid;

pub(crate) use self::view::DispatchProposal;
use super::rights::reach;
use super::rules::TripRules;
use crate::api::track::apart;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::problem::{ApiError, ApiResult, Problem, SERVER_FAILED, Wrong};
use crate::state::App;
use crate::texts::Language;

/// How long beyond the span what begins in it may take, and cars and drivers are looked at.
const NIGHT: TimeDelta = TimeDelta::hours(12);
/// Longest span, in days.
const DAYS: i64 = 7;
/// How long the planner looks, when nobody says: a board answers while one looks at it.
const SECONDS: u32 = 1;
/// And at the most.
const MOST_SECONDS: u32 = 30;
/// Where chance begins: the same board gives the same plan.
const SEED: u64 = 1;

/// What is to be planned.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProposalWanted {
    from: DateTime<Utc>,
    /// At most 7 days later.
    to: DateTime<Utc>,
    /// What waits for cars of this unit and those below alone.
    unit_id: Option<Uuid>,
    /// A car that has failed: its trips that have not begun are planned anew.
    without_vehicle_id: Option<Uuid>,
    /// How long to look for a better plan, 1 to 30; 1 when absent.
    seconds: Option<u32>,
}

/// A plan for what waits: exact where it can be, with a bound that says how far from the best it is at the most.
#[utoipa::path(get, path = "/dispatch-proposal", operation_id = "propose_dispatch", tag = "trips", params(ProposalWanted),
    responses((status = 200, body = DispatchProposal),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn propose(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<ProposalWanted>,
    headers: HeaderMap,
) -> ApiResult<axum::Json<DispatchProposal>> {
    let cars = actor.scope(Permission::DispatchTrips)?;
    let scope = reach(&actor)?;
    let language = Language::wanted(&headers);
    let mut wrong = Wrong::default();
    if wanted.to <= wanted.from || (wanted.to - wanted.from).num_days() > DAYS || wanted.to <= now {
        wrong.note("to", "proposal.window");
        return Err(wrong.into_error());
    }
    // What begins on the last evening ends in the night: cars and drivers are looked at for as long as that may take.
    let horizon = Window { from: wanted.from.max(now), to: wanted.to + NIGHT };
    let mut conn = app.begin_as(&actor, &scope).await?;
    let fleet = wanted.unit_id.map(UnitId);
    if let Some(unit) = fleet {
        fleet_db::unit::is_within(&mut conn, &cars, unit).await?;
    }
    let gathered =
        gather::all(&mut conn, (&cars, fleet), (horizon, wanted.to), wanted.without_vehicle_id.map(VehicleId), now).await?;
    let rules = TripRules::of(&mut conn, fleet.unwrap_or(actor.account.unit), now).await?;
    drop(conn);
    let travel = rules.travel();
    let mut day = problem(&PlanAsked {
        now,
        horizon,
        tolerance: rules.tolerance(),
        travel: &travel,
        prices: rules.prices(),
        waiting: &gathered.waiting,
        cars: &gathered.cars,
        drivers: &gathered.drivers,
        names: match language {
            Language::Chinese => Names::Chinese,
            Language::English => Names::English,
        },
    });
    let places = day.places.iter().filter_map(|place| place.at).collect();
    if let Some(ways) = app.roads.matrix(places).await {
        day.travel = Travel::Matrix(ways);
    }
    let limit = Duration::from_secs(u64::from(wanted.seconds.unwrap_or(SECONDS).clamp(1, MOST_SECONDS)));
    let (plan, seconds) = apart(move || {
        let begun = Instant::now();
        let plan = solve::solve(&day, SEED, &mut |_| begun.elapsed().as_secs_f64() / limit.as_secs_f64());
        (plan, begun.elapsed().as_secs_f64())
    })
    .await?;
    let plan = plan.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    Ok(axum::Json(view::of(&gathered, plan, seconds, language)))
}
