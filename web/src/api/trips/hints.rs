//! What the rules say of a request to whoever decides on it (审批提示): as they stood when it was handed in, and whether there is money.

use chrono::{DateTime, Utc};
use dispatch::allowance::AllowanceMonth;
use dispatch::trip::wish::Notice;
use fleet_db::trip_request::Request;
use fleet_db::{PgConnection, allowance};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::TripRules;
use crate::problem::ApiResult;

/// Something to know before one decides.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestHint {
    /// Field of the form.
    field: &'static str,
    code: &'static str,
    /// It could not be handed in so today: the rules have changed since.
    is_refusal: bool,
    clause: Option<String>,
}

impl From<Notice> for RequestHint {
    fn from(notice: Notice) -> Self {
        Self { field: notice.field, code: notice.code, is_refusal: notice.is_refusal, clause: notice.clause }
    }
}

/// The hints of a request; lead times count from when it was handed in.
pub(super) async fn of(
    conn: &mut PgConnection,
    rules: &TripRules,
    request: &Request,
    now: DateTime<Utc>,
) -> ApiResult<Vec<RequestHint>> {
    let wish = &request.wish;
    let asked_at = request.submitted_at.unwrap_or(now);
    let mut notices = wish.check(&rules.for_wish(wish.begins_at), asked_at);
    let left = allowance::left(conn, wish.unit, AllowanceMonth::of(wish.begins_at), now).await?;
    if left.is_some_and(|standing| (standing.left + standing.permitted).fen() < request.estimate_fen) {
        notices.push(Notice { field: "estimate_fen", code: "allowance.exceeded", is_refusal: false, clause: None });
    }
    Ok(notices.into_iter().map(RequestHint::from).collect())
}
