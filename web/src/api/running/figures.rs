//! Figures of cars over a span of days, and the list behind each: cost, energy, carbon, new energy and use, by unit and by what drives cars.

use axum::extract::State;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::rule::value::RuleValue;
use dispatch::running::figure::{VehicleFigure, VehicleFigureError, VehicleShares};
use dispatch::scope::Scope;
use dispatch::trip::figure::FigureTotal;
use dispatch::unit::UnitId;
use dispatch::vehicle::Powertrain;
use fleet_db::running::figure::{self, Of};
use fleet_db::trip_figure::FigureRow;
use fleet_db::{PgConnection, rule};
use serde::{Deserialize, Serialize};
use telematics::id::VehicleId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::PAGE;
use crate::api::rules::unit_asked;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Longest span, in days: the life of a car.
const LONGEST_DAYS: i64 = 366 * 15;

/// Which cars, and which days.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VehicleFiguresAsked {
    /// The unit and those below; one's own when absent.
    unit_id: Option<Uuid>,
    /// First day in Beijing; the first of this year when absent.
    from: Option<NaiveDate>,
    /// Last day; today when absent.
    to: Option<NaiveDate>,
    /// One car alone.
    vehicle_id: Option<Uuid>,
    /// `nev` or `fuel`: cars that count as new energy, or the others; all when absent.
    energy: Option<String>,
    /// `plan`: hybrids count as new energy, as in the national plan; `law` when absent.
    counting: Option<String>,
    /// `next` of the page before, for a list.
    after: Option<Uuid>,
    /// Rows of the page, for a list.
    limit: Option<i64>,
}

/// Figures of cars.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleFigures {
    unit_id: Uuid,
    unit_name: String,
    from: NaiveDate,
    to: NaiveDate,
    /// Powertrains that count as new energy here.
    nev: Vec<String>,
    #[serde(flatten)]
    whole: FiguresOf,
    /// Cars of new energy, and those with fuel, each by themselves.
    nev_cars: FiguresOf,
    fuel_cars: FiguresOf,
    /// The unit itself and each unit directly below it with what is below that: together they are the whole.
    units: Vec<UnitFigures>,
}

/// What lists come to, and what follows.
#[derive(Serialize, ToSchema)]
pub(crate) struct FiguresOf {
    figures: Vec<VehicleFigureView>,
    shares: VehicleSharesView,
}

/// What a unit below has.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitFigures {
    unit_id: Uuid,
    unit_name: String,
    /// It stands for itself alone, without the units below it.
    is_own: bool,
    #[serde(flatten)]
    whole: FiguresOf,
}

/// What a list comes to.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleFigureView {
    /// Its stable name.
    figure: &'static str,
    /// Rows of the list.
    rows: i64,
    /// The sum of their amounts: fen, metres, millilitres, watt-hours, grams, days, or 1 each.
    amount: i64,
}

/// What follows from the sums; null where there is nothing to divide by.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleSharesView {
    fen_per_km: Option<f64>,
    /// With the car itself, the driver, and what came in for it.
    ownership_fen_per_km: Option<f64>,
    ownership_fen_per_car_year: Option<f64>,
    l_per_100km: Option<f64>,
    kwh_per_100km: Option<f64>,
    carbon_kg_per_100km: Option<f64>,
    nev_stock_pct: Option<f64>,
    nev_flow_pct: Option<f64>,
    /// Use of cars in its three readings.
    days_used_pct: Option<f64>,
    cars_used_pct: Option<f64>,
    orders_per_car_day_pct: Option<f64>,
    /// Days not in the shop.
    ready_pct: Option<f64>,
}

/// A page of the list behind a figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleFigurePage {
    items: Vec<VehicleFigureRow>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
}

/// A row of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct VehicleFigureRow {
    /// Key of the trip, entry, car, order, repair or use, as the figure says.
    id: Uuid,
    title: String,
    unit_id: Uuid,
    unit_name: String,
    at: DateTime<Utc>,
    amount: i64,
}

impl From<FigureRow> for VehicleFigureRow {
    fn from(row: FigureRow) -> Self {
        Self { id: row.id, title: row.title, unit_id: row.unit.0, unit_name: row.unit_name, at: row.at, amount: row.amount }
    }
}

impl From<VehicleShares> for VehicleSharesView {
    fn from(shares: VehicleShares) -> Self {
        Self {
            fen_per_km: shares.fen_per_km,
            ownership_fen_per_km: shares.ownership_fen_per_km,
            ownership_fen_per_car_year: shares.ownership_fen_per_car_year,
            l_per_100km: shares.l_per_100km,
            kwh_per_100km: shares.kwh_per_100km,
            carbon_kg_per_100km: shares.carbon_kg_per_100km,
            nev_stock_pct: shares.nev_stock_pct,
            nev_flow_pct: shares.nev_flow_pct,
            days_used_pct: shares.days_used_pct,
            cars_used_pct: shares.cars_used_pct,
            orders_per_car_day_pct: shares.orders_per_car_day_pct,
            ready_pct: shares.ready_pct,
        }
    }
}

impl FiguresOf {
    fn new(totals: &[(VehicleFigure, FigureTotal)]) -> Self {
        let total = |figure| totals.iter().find(|(one, _)| *one == figure).map_or(FigureTotal::default(), |(_, total)| *total);
        Self {
            shares: VehicleShares::of(total).into(),
            figures: totals
                .iter()
                .map(|(figure, total)| VehicleFigureView { figure: figure.as_str(), rows: total.rows, amount: total.amount })
                .collect(),
        }
    }
}

impl VehicleFiguresAsked {
    /// The days and the powertrains, by the register as it holds for the unit on the last day.
    async fn read(&self, conn: &mut PgConnection, unit: UnitId, now: DateTime<Utc>) -> ApiResult<Of> {
        let last = self.to.unwrap_or_else(|| day_of(now));
        let first = self.from.or_else(|| last.with_month(1)?.with_day(1)).unwrap_or(last);
        if last < first || (last - first).num_days() > LONGEST_DAYS {
            return Err(ApiError::from(REQUEST_QUERY).detail(format!("a span has 1 to {LONGEST_DAYS} days")));
        }
        let key = match self.counting.as_deref() {
            None | Some("" | "law") => RuleKey::NevPowertrains,
            Some("plan") => RuleKey::NevPowertrainsPlan,
            Some(_) => return Err(ApiError::from(REQUEST_QUERY).detail("counting is law or plan")),
        };
        let versions = rule::binding(conn, unit, &[key]).await?;
        let line = rule::superiors(conn, unit).await?;
        let nev = match resolve(&versions, key, &line, last, now).map(|held| held.value) {
            Some(RuleValue::Texts(texts)) => texts,
            _ => Vec::new(),
        };
        let of = Of { first, last, vehicle: self.vehicle_id.map(VehicleId), kinds: Vec::new(), nev };
        let energy = self.energy.as_deref().unwrap_or_default();
        Ok(Of { kinds: kinds(&of.nev, energy)?, ..of })
    }
}

/// The powertrains that are looked at.
fn kinds(nev: &[String], energy: &str) -> ApiResult<Vec<String>> {
    let is_nev = |kind: &Powertrain| nev.iter().any(|name| name == kind.as_str());
    let all = Powertrain::ALL.into_iter();
    let kept: Vec<Powertrain> = match energy {
        "" | "all" => all.collect(),
        "nev" => all.filter(is_nev).collect(),
        "fuel" => all.filter(|kind| !is_nev(kind)).collect(),
        _ => return Err(ApiError::from(REQUEST_QUERY).detail("energy is nev or fuel")),
    };
    Ok(kept.into_iter().map(|kind| kind.as_str().to_owned()).collect())
}

/// What cars cost, take and do in a span of days.
#[utoipa::path(get, path = "/vehicle-figures", operation_id = "read_vehicle_figures", tag = "running", params(VehicleFiguresAsked),
    responses((status = 200, body = VehicleFigures),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<VehicleFiguresAsked>,
) -> ApiResult<axum::Json<VehicleFigures>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let unit = unit_asked(asked.unit_id, &actor, &scope);
    let mut conn = app.conn(&scope).await?;
    let unit_name = fleet_db::unit::load(&mut conn, &scope, unit).await?.name;
    let of = asked.read(&mut conn, unit, now).await?;
    let units = Scope::of(unit);
    let whole = FiguresOf::new(&figure::totals(&mut conn, &units, &of).await?);
    let mut halves = Vec::new();
    for energy in ["nev", "fuel"] {
        let half = Of { kinds: kinds(&of.nev, energy)?, ..of.clone() };
        halves.push(FiguresOf::new(&figure::totals(&mut conn, &units, &half).await?));
    }
    let (Some(fuel_cars), Some(nev_cars)) = (halves.pop(), halves.pop()) else { return Err(ApiError::from(REQUEST_QUERY)) };
    let below = figure::by_unit(&mut conn, unit, &of).await?.into_iter().map(|part| UnitFigures {
        unit_id: part.unit.0,
        unit_name: part.name,
        is_own: part.is_own,
        whole: FiguresOf::new(&part.totals),
    });
    let units = below.collect();
    let Of { first, last, nev, .. } = of;
    Ok(axum::Json(VehicleFigures { unit_id: unit.0, unit_name, from: first, to: last, nev, whole, nev_cars, fuel_cars, units }))
}

/// The list behind a figure.
#[utoipa::path(get, path = "/vehicle-figures/{figure}", operation_id = "list_vehicle_figure_rows", tag = "running",
    params(("figure" = String, Path, description = "its stable name"), VehicleFiguresAsked),
    responses((status = 200, body = VehicleFigurePage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rows(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(name): Path<String>,
    Asked(asked): Asked<VehicleFiguresAsked>,
) -> ApiResult<axum::Json<VehicleFigurePage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut wrong = Wrong::default();
    let Some(wanted) = wrong.take("figure", name.parse::<VehicleFigure>(), VehicleFigureError::code) else {
        return Err(wrong.into_error());
    };
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, i64::from(app.config.page_limit));
    let unit = unit_asked(asked.unit_id, &actor, &scope);
    let mut conn = app.conn(&scope).await?;
    fleet_db::unit::is_within(&mut conn, &scope, unit).await?;
    let of = asked.read(&mut conn, unit, now).await?;
    let mut found = figure::rows(&mut conn, &Scope::of(unit), (wanted, &of), asked.after, limit + 1).await?;
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| has_more).map(|row| row.id);
    Ok(axum::Json(VehicleFigurePage { items: found.into_iter().map(VehicleFigureRow::from).collect(), next }))
}
