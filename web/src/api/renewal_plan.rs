//! Which cars to renew, put off, move or give up over the years ahead: a plan of least cost within targets, tried and not kept.

mod asked;
mod car_view;
mod fleet;
mod terms;
mod view;

use axum::extract::State;
use chrono::{Datelike as _, Duration};
use dispatch::account::Permission;
use dispatch::calendar::{day_of, start_of};
use dispatch::renewal::conflict::contradictions;
use dispatch::renewal::reasons::reasons;
use dispatch::renewal::solve::solve;
use dispatch::renewal::sums::sums;
use dispatch::scope::Scope;
use fleet_db::lifecycle::ahead;
use fleet_db::rule;

use self::asked::RenewalToTry;
use self::fleet::Fleet;
use self::terms::{KEYS, PlanTerms};
pub(crate) use self::view::RenewalPlan;
use super::rules::unit_asked;
use super::track::apart;
use crate::auth::Actor;
use crate::extract::{Json, Now};
use crate::problem::{ApiError, ApiResult, Problem};
use crate::state::App;

/// Cars that are planned at once, at the most: a larger fleet is planned unit by unit.
const MOST_CARS: i64 = 2_000;
/// Days behind, from which use and costs are taken.
const DAYS: i64 = 365;

/// Plans the renewal of a unit's cars by the register and by what is tried. Nothing is changed by it.
#[utoipa::path(post, path = "/renewal-plan", operation_id = "plan_renewal", tag = "lifecycle", request_body = RenewalToTry,
    responses((status = 200, body = RenewalPlan),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn attempt(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(body): Json<RenewalToTry>,
) -> ApiResult<axum::Json<RenewalPlan>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let wanted = body.read()?;
    let mut conn = app.conn(&scope).await?;
    let unit = unit_asked(wanted.unit, &actor, &scope);
    let unit_name = fleet_db::unit::load(&mut conn, &scope, unit).await?.name;
    let (line, versions) = (rule::line(&mut conn, &scope, unit).await?, rule::versions(&mut conn, &KEYS).await?);
    let today = day_of(now);
    let terms = PlanTerms::of(versions, &line, &wanted, today.year() + 1, now);
    let units = Scope::of(unit);
    let (first, last) = (today - Duration::days(DAYS), today - Duration::days(1));
    let span = (start_of(first), start_of(today));
    let cars = ahead::cars(&mut conn, &units, span, (first, last), MOST_CARS + 1).await?;
    if cars.len() > usize::try_from(MOST_CARS).unwrap_or(usize::MAX) {
        return Err(ApiError::unprocessable("renewal_plan.too_many").detail(format!("a plan has at most {MOST_CARS} cars")));
    }
    let days = ahead::days(&mut conn, &units, span).await?;
    let places = ahead::places(&mut conn, &units, today).await?;
    let mut fleet = Fleet::of(cars, &days, places, &terms);
    for of_unit in fleet.units() {
        let line = rule::line(&mut conn, &scope, of_unit).await?;
        fleet.look_ahead(of_unit, &line, &terms);
    }
    drop(conn);
    let told = apart(move || {
        let problem = fleet.problem(&terms);
        let (plan, model, solved) = solve(&problem)?;
        let against = if plan.is_kept() { Vec::new() } else { contradictions(&model) };
        let (years, why) = (sums(&problem, &plan.choices), reasons(&model, &solved));
        Ok(view::of((unit, unit_name), &fleet, &terms, &problem, &view::Found { plan, solved, against, years, why }, &wanted))
    });
    told.await?
        .map(axum::Json)
        .map_err(|error: dispatch::renewal::ProblemError| ApiError::unprocessable(error.code()).detail(error.to_string()))
}
