//! How well drivers drove: the running quarter as it stands, those that are over as they were kept, and what each part was judged by.

use axum::extract::State;
use chrono::{DateTime, Utc};
use dispatch::audit::Action;
use dispatch::calendar::day_of;
use dispatch::driver::quarter::{Quarter, QuarterError};
use dispatch::driver::score::{DriverScore, PartScore, ScoreItem, ScorePart, ScorePartError};
use fleet_db::driver::Listed;
use fleet_db::driver::score::{Closed, closed, judge};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::drivers::{entry, readable};
use crate::auth::{Actor, look};
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Most things of a part that are told.
const MOST: usize = 500;

/// Which quarter.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuarterAsked {
    /// Such as `2026-Q1`; the running one when absent.
    quarter: Option<String>,
}

/// What a driver's quarter came to, or stands at.
#[derive(Serialize, ToSchema)]
pub(crate) struct DriverScoreView {
    quarter: String,
    /// It is over and was kept; else it is reckoned anew whenever it is asked for.
    is_closed: bool,
    /// Hundredths of a star, 0 to 500; null where nothing was driven.
    stars_hundredths: Option<i64>,
    parts: Vec<ScorePartView>,
    trips: usize,
    distance_m: i64,
    /// The quarters that are over, the newest first.
    past: Vec<PastScoreView>,
}

/// A part of a score.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScorePartView {
    /// `ratings`, `punctuality`, `safety` or `care`.
    part: &'static str,
    /// Hundredths of a star; null where there is nothing to judge by.
    stars_hundredths: Option<i64>,
    weight: i64,
    /// Things looked at.
    counted: usize,
    /// Those that cost stars.
    against: usize,
}

/// A quarter that is over.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastScoreView {
    quarter: String,
    stars_hundredths: Option<i64>,
    trips: usize,
    /// When it was kept.
    kept_at: DateTime<Utc>,
}

/// What a part was judged by, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScoreItemList {
    quarter: String,
    items: Vec<ScoreItemView>,
}

/// A thing that counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScoreItemView {
    /// `rating`, `departure`, `return`, `speeding`, `alarm`, `checked`, `unchecked`, `defect` or `hasty_fill`.
    fact: &'static str,
    order_id: Uuid,
    order_number: String,
    at: DateTime<Utc>,
    /// Stars of three things together, seconds late, metres, or fen, by its fact.
    amount: i64,
    /// The words of a rating, the kind of an alarm, the item of a defect.
    note: String,
    /// It costs stars.
    is_against: bool,
}

impl From<&PartScore> for ScorePartView {
    fn from(part: &PartScore) -> Self {
        Self {
            part: part.part.as_str(),
            stars_hundredths: part.hundredths,
            weight: part.weight,
            counted: part.counted,
            against: part.against,
        }
    }
}

impl From<&Closed> for PastScoreView {
    fn from(closed: &Closed) -> Self {
        Self {
            quarter: closed.quarter.to_string(),
            stars_hundredths: closed.score.hundredths,
            trips: closed.score.trips,
            kept_at: closed.at,
        }
    }
}

impl From<ScoreItem> for ScoreItemView {
    fn from(item: ScoreItem) -> Self {
        Self {
            fact: item.fact.as_str(),
            order_id: item.order.0,
            order_number: item.number,
            at: item.at,
            amount: item.amount,
            note: item.note,
            is_against: item.is_against,
        }
    }
}

/// How well a driver drove in a quarter; drivers read their own.
#[utoipa::path(get, path = "/drivers/{id}/score", operation_id = "read_driver_score", tag = "drivers", params(("id" = Uuid, Path), QuarterAsked),
    responses((status = 200, body = DriverScoreView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<QuarterAsked>,
) -> ApiResult<axum::Json<DriverScoreView>> {
    let quarter = quarter(&asked, now)?;
    let (listed, view) = {
        let (mut conn, listed) = readable(&app, &actor, id).await?;
        let past = closed(&mut conn, listed.driver.id).await?;
        let kept = past.iter().find(|kept| kept.quarter == quarter).map(|kept| kept.score.clone());
        let is_closed = kept.is_some();
        let score = match kept {
            Some(score) => score,
            None => judge(&mut conn, of(&listed), quarter, (day_of(now), now)).await?.0,
        };
        (listed, view(quarter, is_closed, &score, &past))
    };
    look::at(&app, &actor, entry(Action::Viewed, &listed), now).await?;
    Ok(axum::Json(view))
}

/// What a part of a quarter is judged by; drivers read their own.
#[utoipa::path(get, path = "/drivers/{id}/score/{part}", operation_id = "list_score_items", tag = "drivers",
    params(("id" = Uuid, Path), ("part" = String, Path, description = "`ratings`, `punctuality`, `safety` or `care`"), QuarterAsked),
    responses((status = 200, body = ScoreItemList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn items(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path((id, part)): Path<(Uuid, String)>,
    Asked(asked): Asked<QuarterAsked>,
) -> ApiResult<axum::Json<ScoreItemList>> {
    let quarter = quarter(&asked, now)?;
    let mut wrong = Wrong::default();
    let Some(part) = wrong.take("part", part.parse::<ScorePart>(), ScorePartError::code) else { return Err(wrong.into_error()) };
    let (listed, mut items) = {
        let (mut conn, listed) = readable(&app, &actor, id).await?;
        let (_, items) = judge(&mut conn, of(&listed), quarter, (day_of(now), now)).await?;
        (listed, items)
    };
    look::at(&app, &actor, entry(Action::Viewed, &listed), now).await?;
    items.retain(|item| item.part == part);
    items.truncate(MOST);
    Ok(axum::Json(ScoreItemList { quarter: quarter.to_string(), items: items.into_iter().map(ScoreItemView::from).collect() }))
}

fn of(listed: &Listed) -> (dispatch::driver::DriverId, dispatch::unit::UnitId) {
    (listed.driver.id, listed.driver.unit)
}

fn quarter(asked: &QuarterAsked, now: DateTime<Utc>) -> ApiResult<Quarter> {
    let Some(text) = asked.quarter.as_deref() else { return Ok(Quarter::of(now)) };
    let mut wrong = Wrong::default();
    wrong.take("quarter", text.parse::<Quarter>(), QuarterError::code).ok_or_else(|| wrong.into_error())
}

fn view(quarter: Quarter, is_closed: bool, score: &DriverScore, past: &[Closed]) -> DriverScoreView {
    DriverScoreView {
        quarter: quarter.to_string(),
        is_closed,
        stars_hundredths: score.hundredths,
        parts: score.parts.iter().map(ScorePartView::from).collect(),
        trips: score.trips,
        distance_m: score.distance_m,
        past: past.iter().map(PastScoreView::from).collect(),
    }
}
