//! Evidence packs: a piece of the log as a signed file that proves itself.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use dispatch::audit::pack::{self, PackOrder, PackUnit};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::calendar::day_of;
use dispatch::unit::UnitId;
use fleet_db::audit::piece::{self, Wanted};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit::sight;
use super::terminal_names::reason;
use super::track::apart;
use crate::auth::Actor;
use crate::extract::{Json, Now};
use crate::problem::{AUDIT_PACK_EMPTY, AUDIT_PACK_TOO_LONG, ApiError, ApiResult, Problem, REQUEST_WINDOW, SERVER_FAILED, Wrong};
use crate::state::App;

/// Entries of one pack; more are for the server's command line.
const MOST: u64 = 200_000;

/// Which entries a pack is to show, and why.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PackWanted {
    /// Since when, RFC 3339.
    from: DateTime<Utc>,
    /// Until when, that instant not included.
    to: DateTime<Utc>,
    /// Of this unit and everything below it alone.
    unit_id: Option<Uuid>,
    reason: String,
}

/// Takes a signed pack of the entries that the asker may read; those between them stand in it as hashes. That it was taken is written
/// down before it is given.
#[utoipa::path(post, path = "/audit/packs", operation_id = "take_audit_pack", tag = "audit", request_body = PackWanted,
    responses((status = 200, description = "lines of JSON, the last of them the signature", content((String = "application/jsonl"))),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn take(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Json(wanted): Json<PackWanted>,
) -> ApiResult<Response> {
    let sight = sight(&actor)?;
    let mut wrong = Wrong::default();
    let Some(reason) = reason(&wanted.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let PackWanted { from, to, .. } = wanted;
    if from >= to {
        return Err(ApiError::from(REQUEST_WINDOW).detail("from must lie before to"));
    }
    let mut conn = app.conn(&sight.scope).await?;
    let unit = match wanted.unit_id.map(UnitId) {
        Some(id) => {
            let unit = fleet_db::unit::load(&mut conn, &sight.scope, id).await?;
            Some(PackUnit { id: unit.id, name: unit.name })
        }
        None => None,
    };
    let asked = Wanted { from, to, unit: unit.as_ref().map(|unit| unit.id), sight: Some(sight) };
    let piece = piece::cut(&mut conn, &asked, MOST).await?;
    drop(conn);
    let piece = piece.map_err(|lines| ApiError::from(AUDIT_PACK_TOO_LONG).detail(format!("{lines} entries, at most {MOST}")))?;
    let piece = piece.ok_or(AUDIT_PACK_EMPTY)?;
    let entry = Entry::new(
        Action::Exported,
        Subject::named(SubjectKind::AuditLog, format!("{}..{}", day_of(from), day_of(to - TimeDelta::microseconds(1)))),
    )
    .in_unit(asked.unit.unwrap_or(actor.account.unit))
    .after(json!({ "from": from, "to": to, "unit": unit, "entries": piece.lines.len() }));
    app.tell(&actor.by(&reason), &entry, now).await?;
    let order = PackOrder { by: actor.account.login.to_string(), at: now, from, to, unit };
    let key = app.signing.clone();
    let text = apart(move || pack::write(&order, piece.begins, &piece.seals, &piece.lines, &key)).await?;
    let text = text.map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let name = format!("attachment; filename=\"audit-{}.pack\"", day_of(from).format("%Y%m%d"));
    let name = HeaderValue::from_str(&name).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/jsonl")), (CONTENT_DISPOSITION, name)], text).into_response())
}
