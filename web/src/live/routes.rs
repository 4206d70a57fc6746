//! The two addresses of the live channel.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use serde::Deserialize;
use utoipa::IntoParams;

use super::socket::{self, Reader};
use crate::auth::{Actor, look, origin};
use crate::extract::Asked;
use crate::problem::{AUTH_ORIGIN, ApiError, ApiResult, LIVE_FULL, LIVE_UPGRADE, Problem};
use crate::state::App;
use crate::tagged;

/// Longest message that a reader may send: it has nothing to say yet.
const LARGEST_MESSAGE: usize = 4096;

/// From where the live channel goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// Number of the last frame that the reader has; without it the reader is sent for the snapshot.
    since: Option<u64>,
}

/// What the audit log is told of a look at where all cars are.
fn viewed() -> Entry {
    Entry::new(Action::Viewed, Subject::named(SubjectKind::Track, "live"))
}

/// All vehicles of the scope with place and colour, as one binary frame; its header names the frame after which deltas follow.
#[utoipa::path(get, path = "/live/snapshot", operation_id = "read_live_snapshot", tag = "live",
    responses((status = 200, description = "a frame of kind 1", content_type = "application/octet-stream", body = Vec<u8>),
              (status = 304, description = "as before"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn snapshot(actor: Actor, State(app): State<App>, headers: HeaderMap) -> ApiResult<Response> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    look::at(&app, &actor, viewed(), app.now()).await?;
    let (seq, frame) = app.live.snapshot(&scope);
    let units: Vec<u8> = scope.units().iter().flat_map(|unit| unit.into_bytes()).collect();
    let tag = format!("{}-{seq}", tagged::of_content(&units));
    Ok(tagged::answer(&headers, &tag, "application/octet-stream", "private, no-cache", frame))
}

/// A `WebSocket` of binary frames: what has changed since `since`, then what changes.
#[utoipa::path(get, path = "/live", operation_id = "open_live_channel", tag = "live", params(Since),
    responses((status = 101, description = "frames follow"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 426, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn live(
    actor: Actor,
    State(app): State<App>,
    Asked(Since { since }): Asked<Since>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    if !origin::is_ours(&headers, &app.config) {
        return Err(AUTH_ORIGIN.into());
    }
    let upgrade = upgrade.map_err(|rejection| ApiError::from(LIVE_UPGRADE).detail(rejection.body_text()))?;
    let permit =
        Arc::clone(&app.sockets).try_acquire_owned().map_err(|full| ApiError::from(LIVE_FULL).retry_after(10).caused_by(full))?;
    look::at(&app, &actor, viewed(), app.now()).await?;
    let reader = Reader { scope, account: actor.account.id, session: actor.session, since, permit };
    let upgrade = upgrade.max_message_size(LARGEST_MESSAGE).max_frame_size(LARGEST_MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| socket::serve(app, socket, reader)))
}
