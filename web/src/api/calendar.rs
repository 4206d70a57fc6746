//! The legal calendar of a year, day by day; it changes like every other rule, by a proposal for `calendar_days`.

use axum::extract::State;
use chrono::{Datelike as _, NaiveDate};
use dispatch::account::Permission;
use dispatch::calendar::{Calendar, day_of};
use dispatch::rule::key::RuleKey;
use dispatch::unit::UnitId;
use fleet_db::rule;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::{unit_asked, versions};
use crate::auth::Actor;
use crate::extract::{Asked, Now};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY};
use crate::state::App;

/// Which year, for whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CalendarAsked {
    /// The year; this one when left out.
    year: Option<i32>,
    /// A unit of the scope; the asker's own when left out.
    unit_id: Option<Uuid>,
}

/// A year.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarView {
    year: i32,
    /// The notice of that year is here; without it only weekends are free.
    is_known: bool,
    /// The notices that say so.
    sources: Vec<String>,
    /// Years whose notice is here.
    years: Vec<i32>,
    workdays: usize,
    /// Every day of the year.
    days: Vec<CalendarDayView>,
}

/// A day.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarDayView {
    day: NaiveDate,
    /// `workday`, `weekend`, `holiday` or `swap_workday`.
    kind: &'static str,
    /// The holiday it belongs to.
    name: Option<String>,
}

/// The calendar of a year.
#[utoipa::path(get, path = "/calendar", operation_id = "read_calendar", tag = "rules", params(CalendarAsked),
    responses((status = 200, body = CalendarView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<CalendarAsked>,
) -> ApiResult<axum::Json<CalendarView>> {
    let scope = actor.scope(Permission::ReadRules)?;
    let year = asked.year.unwrap_or_else(|| day_of(now).year());
    let ends = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31));
    let ((Some(first), Some(last)), 1949..=2999) = (ends, year) else {
        return Err(ApiError::from(REQUEST_QUERY).detail("year: 1949 to 2999"));
    };
    let mut conn = app.conn(&scope).await?;
    let line = rule::line(&mut conn, &scope, unit_asked(asked.unit_id, &actor, &scope)).await?;
    let told = rule::told(&mut conn, &scope, Some(RuleKey::CalendarDays)).await?;
    let versions = versions(&told);
    let calendar = Calendar::of(&versions, &line, now);
    let applies = |unit: Option<UnitId>| unit.is_none_or(|unit| line.contains(&unit));
    let of_year = versions.iter().filter(|version| version.from.year() == year && applies(version.unit));
    let mut sources: Vec<String> = of_year.map(|version| version.source.clone()).collect();
    sources.dedup();
    let days = first.iter_days().take_while(|day| *day <= last).map(|day| {
        let kind = calendar.kind_of(day);
        CalendarDayView { day, name: kind.name().map(str::to_owned), kind: kind.as_str() }
    });
    Ok(axum::Json(CalendarView {
        year,
        is_known: calendar.knows(year),
        sources,
        years: calendar.years().collect(),
        workdays: calendar.workdays(first, last),
        days: days.collect(),
    }))
}
