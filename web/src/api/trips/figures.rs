//! Figures of trips over a span of days, and the list behind each.

use axum::extract::State;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::calendar::{Calendar, day_of};
use dispatch::rule::key::RuleKey;
use dispatch::scope::Scope;
use dispatch::trip::figure::{FigureShares, FigureSpan, FigureTotal, TripFigure, TripFigureError, instants};
use dispatch::unit::UnitId;
use fleet_db::trip_figure::{self, FigureRow};
use fleet_db::{PgConnection, rule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::rules::unit_asked;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Rows of a page, unless asked for otherwise.
const PAGE: u32 = 50;
/// Longest span, in days: a year and the day of a leap year.
const LONGEST_DAYS: i64 = 366;

/// Which units, and which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FiguresAsked {
    /// The unit and those below; one's own when absent.
    unit_id: Option<Uuid>,
    /// First day in Beijing; the first of this month when absent.
    from: Option<NaiveDate>,
    /// Last day; today when absent.
    to: Option<NaiveDate>,
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FigureRowsAsked {
    /// The unit and those below; one's own when absent.
    unit_id: Option<Uuid>,
    /// First day in Beijing; the first of this month when absent.
    from: Option<NaiveDate>,
    /// Last day; today when absent.
    to: Option<NaiveDate>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// Figures of trips.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripFigures {
    unit_id: Uuid,
    unit_name: String,
    from: NaiveDate,
    to: NaiveDate,
    /// Days of the span, and those of them on which people work.
    days: u32,
    workdays: u32,
    /// Cars of the units.
    cars: u32,
    figures: Vec<FigureView>,
    shares: SharesView,
}

/// What a list comes to.
#[derive(Serialize, ToSchema)]
pub(crate) struct FigureView {
    /// Its stable name.
    figure: &'static str,
    /// Rows of the list.
    rows: i64,
    /// The sum of their amounts: 1 each, seconds, metres, fen or days.
    amount: i64,
}

/// What follows from the sums; null where there is nothing to divide by.
#[derive(Serialize, ToSchema)]
pub(crate) struct SharesView {
    /// Days on which cars drove, of all days of all cars.
    days_used_pct: Option<f64>,
    /// Cars that drove at least once, of all cars.
    cars_used_pct: Option<f64>,
    /// Orders that left, of all days of all cars.
    orders_per_car_day_pct: Option<f64>,
    /// Kilometres of all cars on a working day.
    km_per_workday: Option<f64>,
    /// From handing in to the decision.
    approval_min: Option<f64>,
    /// From the decision to the first car.
    dispatch_min: Option<f64>,
    /// Uses without an order, of all trips that were seen.
    unordered_pct: Option<f64>,
    /// Good ratings, of all.
    pleased_pct: Option<f64>,
    /// What was settled, over what was driven.
    fen_per_km: Option<f64>,
}

/// A page of the list behind a figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct FigureRowPage {
    items: Vec<FigureRowView>,
    /// To be sent as `after` for the next page; null at the end.
    next: Option<Uuid>,
}

/// A row behind a figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct FigureRowView {
    /// Of the request, order, trip, car or finding.
    id: Uuid,
    /// Its number, or the plate of its car.
    title: String,
    unit_id: Uuid,
    unit_name: String,
    at: DateTime<Utc>,
    /// What it adds: 1, seconds, metres, fen or days.
    amount: i64,
}

impl From<FigureRow> for FigureRowView {
    fn from(row: FigureRow) -> Self {
        let FigureRow { id, title, unit, unit_name, at, amount } = row;
        Self { id, title, unit_id: unit.0, unit_name, at, amount }
    }
}

impl From<FigureShares> for SharesView {
    fn from(shares: FigureShares) -> Self {
        Self {
            days_used_pct: shares.days_used_pct,
            cars_used_pct: shares.cars_used_pct,
            orders_per_car_day_pct: shares.orders_per_car_day_pct,
            km_per_workday: shares.km_per_workday,
            approval_min: shares.approval_min,
            dispatch_min: shares.dispatch_min,
            unordered_pct: shares.unordered_pct,
            pleased_pct: shares.pleased_pct,
            fen_per_km: shares.fen_per_km,
        }
    }
}

/// The days asked for, as days and as instants.
struct Days {
    first: NaiveDate,
    last: NaiveDate,
    instants: (DateTime<Utc>, DateTime<Utc>),
}

impl Days {
    fn read(from: Option<NaiveDate>, to: Option<NaiveDate>, now: DateTime<Utc>) -> ApiResult<Self> {
        let last = to.unwrap_or_else(|| day_of(now));
        let first = from.or_else(|| last.with_day(1)).unwrap_or(last);
        let is_span = (0..LONGEST_DAYS).contains(&(last - first).num_days());
        let known = (1949..=2999).contains(&first.year()) && last.checked_add_months(Months::new(1)).is_some();
        match instants(first, last).filter(|_| is_span && known) {
            Some(instants) => Ok(Self { first, last, instants }),
            None => Err(ApiError::from(REQUEST_QUERY).detail("from, to: days of at most one year, the first before the last")),
        }
    }
}

/// The unit within the asker's scope, and its name; as an address that is forced, another one is not found.
async fn unit_of(conn: &mut PgConnection, actor: &Actor, scope: &Scope, asked: Option<Uuid>) -> ApiResult<(UnitId, String)> {
    let unit = unit_asked(asked, actor, scope);
    Ok((unit, fleet_db::unit::load(conn, scope, unit).await?.name))
}

/// What trips came to in a span of days.
#[utoipa::path(get, path = "/trip-figures", operation_id = "read_trip_figures", tag = "trips", params(FiguresAsked),
    responses((status = 200, body = TripFigures),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<FiguresAsked>,
) -> ApiResult<axum::Json<TripFigures>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let days = Days::read(asked.from, asked.to, now)?;
    let mut conn = app.conn(&scope).await?;
    let (unit, unit_name) = unit_of(&mut conn, &actor, &scope, asked.unit_id).await?;
    let line = rule::line(&mut conn, &scope, unit).await?;
    let calendar = Calendar::of(&rule::versions(&mut conn, &[RuleKey::CalendarDays]).await?, &line, now);
    let (totals, cars) = trip_figure::totals(&mut conn, &Scope::of(unit), days.instants).await?;
    let span = FigureSpan {
        days: u32::try_from((days.last - days.first).num_days() + 1).unwrap_or_default(),
        workdays: u32::try_from(calendar.workdays(days.first, days.last)).unwrap_or_default(),
        cars: u32::try_from(cars).unwrap_or_default(),
    };
    let total = |figure| totals.iter().find(|(one, _)| *one == figure).map_or(FigureTotal::default(), |(_, total)| *total);
    Ok(axum::Json(TripFigures {
        unit_id: unit.0,
        unit_name,
        from: days.first,
        to: days.last,
        days: span.days,
        workdays: span.workdays,
        cars: span.cars,
        shares: FigureShares::of(span, total).into(),
        figures: totals
            .iter()
            .map(|(figure, total)| FigureView { figure: figure.as_str(), rows: total.rows, amount: total.amount })
            .collect(),
    }))
}

/// The list behind a figure.
#[utoipa::path(get, path = "/trip-figures/{figure}", operation_id = "list_trip_figure_rows", tag = "trips",
    params(("figure" = String, Path, description = "its stable name"), FigureRowsAsked),
    responses((status = 200, body = FigureRowPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn rows(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(figure): Path<String>,
    Asked(asked): Asked<FigureRowsAsked>,
) -> ApiResult<axum::Json<FigureRowPage>> {
    let scope = actor.scope(Permission::WatchTrips)?;
    let mut wrong = Wrong::default();
    let figure = wrong.take("figure", figure.parse::<TripFigure>(), TripFigureError::code);
    let Some(figure) = figure else { return Err(wrong.into_error()) };
    let days = Days::read(asked.from, asked.to, now)?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    let (unit, _) = unit_of(&mut conn, &actor, &scope, asked.unit_id).await?;
    let units = Scope::of(unit);
    let mut found = trip_figure::rows(&mut conn, &units, figure, days.instants, asked.after, i64::from(limit) + 1).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|row| row.id);
    Ok(axum::Json(FigureRowPage { items: found.into_iter().map(FigureRowView::from).collect(), next }))
}
