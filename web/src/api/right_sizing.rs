//! How many cars a unit needs: the trips that its cars drove, driven once more with the fleet as it is and with another one.

mod fleet;
mod view;

use axum::extract::State;
use chrono::{Duration, NaiveDate};
use dispatch::account::Permission;
use dispatch::calendar::{day_of, start_of};
use dispatch::right_size::{Costs, Terms, replay};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::rule::value::RuleValue;
use dispatch::trip::travel::Travel;
use fleet_db::dispatch_order::choice::When;
use fleet_db::dispatch_order::roster;
use fleet_db::rule;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::fleet::{Fleet, FleetChange};
pub(crate) use self::view::RightSizing;
use super::rules::unit_asked;
use super::track::apart;
use crate::auth::Actor;
use crate::extract::{Json, Now};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Longest span, in days, and trips that are driven once more at the most.
const DAYS: i64 = 366;
const MOST_TRIPS: i64 = 100_000;
const MOST_CARS: i64 = 1_000;
/// Kinds of change, and cars of one of them.
const MOST_CHANGES: usize = 20;
const MOST_MORE: i32 = 100;
/// Metres of range that an hour of a slow pile gives, metres that stay in the battery, and what is left of the range in winter.
const CHARGE_M_H: u32 = 35_000;
const RESERVE_M: u32 = 30_000;
const WINTER_PCT: u32 = 70;
/// Kilometres of an electric car, where nobody says.
const RANGE_KM: u32 = 300;

/// Another fleet for the trips of a span of days.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FleetToTry {
    /// The unit and those below; one's own when absent.
    unit_id: Option<Uuid>,
    /// First day in Beijing; a year before the last when absent.
    from: Option<NaiveDate>,
    /// Last day; yesterday when absent.
    to: Option<NaiveDate>,
    /// What changes.
    #[serde(default)]
    changes: Vec<FleetChange>,
    /// Minutes that a trip waits for a car at the most, 0 to 240; 0 when absent.
    #[serde(default)]
    waits_min: u32,
    /// A hired car goes where none of one's own can; otherwise the trip is refused.
    #[serde(default = "yes")]
    may_rent: bool,
    /// Kilometres that an electric car gets with a full battery in mild weather, 50 to 1000; 300 when absent.
    range_km: Option<u32>,
}

const fn yes() -> bool {
    true
}

/// Drives the trips of the past once more, with the fleet as it is and with another one. Nothing is changed by it.
#[utoipa::path(post, path = "/right-sizing", operation_id = "try_fleet", tag = "vehicles", request_body = FleetToTry,
    responses((status = 200, body = RightSizing),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn attempt(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(body): Json<FleetToTry>,
) -> ApiResult<axum::Json<RightSizing>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let to = body.to.unwrap_or_else(|| day_of(now - Duration::days(1)));
    let from = body.from.unwrap_or(to - Duration::days(DAYS - 2));
    let mut wrong = Wrong::default();
    if to < from || (to - from).num_days() >= DAYS {
        wrong.note("to", "right_size.window");
    }
    if body.changes.len() > MOST_CHANGES {
        wrong.note("changes", "right_size.changes");
    }
    if body.waits_min > 240 {
        wrong.note("waits_min", "right_size.waits");
    }
    let range_km = body.range_km.unwrap_or(RANGE_KM);
    if !(50..=1000).contains(&range_km) {
        wrong.note("range_km", "right_size.range");
    }
    let changes: Vec<_> = body.changes.iter().filter_map(|change| change.read(MOST_MORE, &mut wrong)).collect();
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    let mut conn = app.conn(&scope).await?;
    let unit = unit_asked(body.unit_id, &actor, &scope);
    let unit_name = fleet_db::unit::load(&mut conn, &scope, unit).await?.name;
    let line = rule::line(&mut conn, &scope, unit).await?;
    let versions = rule::versions(&mut conn, &[RuleKey::FleetCosts, RuleKey::WayFactor, RuleKey::TravelSpeed]).await?;
    let value = |key| resolve(&versions, key, &line, day_of(now), now).map_or(RuleValue::Number(1.0), |found| found.value);
    let found = roster::cars(&mut conn, &scope, Some(unit), MOST_CARS).await?;
    let when = When { from: start_of(from), to: start_of(to + Duration::days(1)) };
    let driven = roster::driven(&mut conn, &scope, unit, when, MOST_TRIPS).await?;
    drop(conn);
    let terms = Terms {
        travel: Travel::of(&value(RuleKey::WayFactor), &value(RuleKey::TravelSpeed)),
        waits: Duration::minutes(i64::from(body.waits_min)),
        may_rent: body.may_rent,
        winter_pct: WINTER_PCT,
        charge_m_h: CHARGE_M_H,
        reserve_m: RESERVE_M,
        days: u32::try_from((to - from).num_days() + 1).ok(),
        costs: Costs::of(&value(RuleKey::FleetCosts)),
    };
    let told = apart(move || {
        let trips: Vec<_> = driven.into_iter().map(fleet::trip).collect();
        let fleet = Fleet::of(found, range_km * 1000);
        let before = replay(&fleet.cars, &trips, &terms);
        let tried = fleet.changed(&changes, &before, &trips, range_km * 1000);
        let after = replay(&tried.cars, &trips, &terms);
        RightSizing::of((unit, unit_name), (from, to), (&fleet, before), (&tried, after))
    })
    .await?;
    Ok(axum::Json(told))
}
