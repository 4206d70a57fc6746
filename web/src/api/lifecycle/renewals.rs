//! Cars by their age: which may be renewed today, from when on, and which are renewed already.

use axum::extract::State;
use chrono::NaiveDate;
use dispatch::account::Permission;
use dispatch::lifecycle::renewal::{AgedCar, CarCondition};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::lifecycle::renewal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::LifecycleRules;
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::problem::{ApiResult, Problem};
use crate::state::App;

/// Cars told at once.
const PAGE: i64 = 100;
const MOST: i64 = 500;

/// Of which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RenewalsAsked {
    /// A unit and those below it; all of the asker's when absent.
    unit_id: Option<Uuid>,
    /// 1 to 500, 100 when absent.
    limit: Option<i64>,
}

/// The oldest cars, the oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalList {
    items: Vec<RenewalView>,
}

/// A car by its age.
#[derive(Serialize, ToSchema)]
pub(crate) struct RenewalView {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    powertrain: &'static str,
    registered_on: NaiveDate,
    /// The greatest that an order told of.
    odometer_km: i32,
    /// From when on its years allow a renewal.
    renewal_from: NaiveDate,
    /// On what ground it may be renewed today, when it can no longer be used: `years` or `forced_scrap`.
    ground: Option<&'static str>,
    /// Else the code of what stands against it: `renewal.years` or `renewal.kilometres`.
    why_not: Option<&'static str>,
    /// Number of the indicator by which another comes.
    indicator_number: Option<String>,
}

/// The oldest cars of the asker's units whose first registration is known, with what the rules say of their renewal.
#[utoipa::path(get, path = "/renewals", operation_id = "list_renewals", tag = "lifecycle", params(RenewalsAsked),
    responses((status = 200, body = RenewalList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<RenewalsAsked>,
) -> ApiResult<axum::Json<RenewalList>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    let of = match asked.unit_id {
        Some(unit) => {
            fleet_db::unit::is_within(&mut conn, &scope, UnitId(unit)).await?;
            Scope::of(UnitId(unit))
        }
        None => scope,
    };
    let cars = renewal::oldest(&mut conn, &of, asked.limit.unwrap_or(PAGE).clamp(1, MOST)).await?;
    let mut rules: Option<LifecycleRules> = None;
    let mut items = Vec::new();
    for car in cars {
        let of_unit = match rules.take() {
            Some(known) if known.line.first() == Some(&car.unit) => known,
            Some(other) => other.at(&mut conn, car.unit).await?,
            None => LifecycleRules::of(&mut conn, car.unit, now).await?,
        };
        let aged = AgedCar {
            registered_on: car.registered_on,
            odometer_km: car.odometer_km.unsigned_abs(),
            body: car.body,
            condition: CarCondition::Worn,
            early_document: String::new(),
        };
        let ground = of_unit.renewal(&aged);
        items.push(RenewalView {
            vehicle_id: car.vehicle.0,
            plate: car.plate,
            model: car.model,
            unit_id: car.unit.0,
            unit_name: car.unit_name,
            category: car.category.as_str(),
            powertrain: car.powertrain.as_str(),
            registered_on: car.registered_on,
            odometer_km: car.odometer_km,
            renewal_from: of_unit.renewal_from(car.registered_on),
            ground: ground.ok().map(dispatch::lifecycle::renewal::RenewalGround::as_str),
            why_not: ground.err().map(|error| error.code()),
            indicator_number: car.indicator,
        });
        rules = Some(of_unit);
    }
    Ok(axum::Json(RenewalList { items }))
}
