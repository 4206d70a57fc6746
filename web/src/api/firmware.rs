//! Programs for our own bridges: images brought, rolled out in stages, watched.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::firmware::{RolloutAction, RolloutRefusal, are_stages};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::firmware::{self, NewImage, rollout};
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use telematics::id::{FirmwareId, RolloutId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use super::terminal_names;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{
    ApiError, ApiResult, FIRMWARE_FAILURES, FIRMWARE_LAST_STAGE, FIRMWARE_STATE, FIRMWARE_UNPROVED, Problem, Wrong,
};
use crate::state::App;

/// Largest image. It travels as base64 in JSON, so the body may be a third larger.
pub(crate) const IMAGE_BYTES: usize = 48 << 20;
/// Longest version, such as `1.12.3-rc.1`.
const VERSION_LENGTH: usize = 32;
/// Longest note.
const NOTE_LENGTH: usize = 500;

/// An image to be kept.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ImageToBring {
    /// What `motorpool-bridge --version` of the image says.
    version: String,
    /// Ed25519 signature over `motorpool-bridge VERSION SHA256`, 128 hex digits, made with the release key.
    signature: String,
    /// What is new in it.
    #[serde(default)]
    note: String,
    /// The program, base64.
    image: String,
}

/// An image.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImageView {
    id: Uuid,
    version: String,
    /// Hex.
    sha256: String,
    size_bytes: i64,
    note: String,
    /// Who brought it.
    by: String,
    uploaded_at: DateTime<Utc>,
    /// Devices that say they run it.
    running: i64,
}

/// All images, newest first, and all rollouts of the scope.
#[derive(Serialize, ToSchema)]
pub(crate) struct FirmwareView {
    images: Vec<ImageView>,
    rollouts: Vec<RolloutView>,
    /// The asker may bring images and move rollouts.
    may_change: bool,
}

/// A rollout to be begun.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RolloutToBegin {
    image_id: Uuid,
    /// Devices of this unit and everything below it.
    unit_id: Uuid,
    /// Shares of the devices, per cent, rising to 100, such as `[1, 10, 50, 100]`.
    stages_pct: Vec<u8>,
    /// Failures among the devices done, per cent, above which it pauses by itself.
    failure_limit_pct: u8,
    /// Why; it stands in the record.
    reason: String,
}

/// What became of beginning.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct RolloutMade {
    id: Uuid,
    /// Devices that will get the program.
    devices: usize,
}

/// A rollout.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolloutView {
    id: Uuid,
    version: String,
    unit_id: Uuid,
    unit_name: String,
    stages_pct: Vec<u8>,
    /// The stage that has begun, from 0.
    stage: usize,
    failure_limit_pct: u8,
    /// `running`, `paused`, `stopped` or `finished`.
    state: &'static str,
    reason: String,
    by: String,
    started_at: DateTime<Utc>,
    counts: TargetCounts,
    /// What can be done now: `advance`, `pause`, `resume`, `stop`.
    actions: Vec<&'static str>,
}

/// Devices in each state.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TargetCounts {
    waiting: i64,
    ordered: i64,
    trial: i64,
    confirmed: i64,
    rolled_back: i64,
    failed: i64,
}

/// What is done with a rollout.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RolloutStep {
    /// `advance`, `pause`, `resume` or `stop`.
    action: String,
}

/// The devices of a rollout, those that failed first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetList {
    items: Vec<TargetView>,
}

/// One device of a rollout.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetView {
    device_id: Uuid,
    terminal_id: String,
    plate: Option<String>,
    /// From 0.
    stage: usize,
    previous_version: Option<String>,
    /// What it says it runs.
    version: Option<String>,
    /// `waiting`, `ordered`, `trial`, `confirmed`, `rolled_back` or `failed`.
    state: &'static str,
    /// Why it failed.
    code: Option<String>,
    changed_at: Option<DateTime<Utc>>,
}

impl From<firmware::Image> for ImageView {
    fn from(image: firmware::Image) -> Self {
        Self {
            id: image.id.0,
            version: image.version,
            sha256: hex::encode(image.sha256),
            size_bytes: image.size_bytes,
            note: image.note,
            by: image.by,
            uploaded_at: image.uploaded_at,
            running: image.running,
        }
    }
}

impl From<rollout::Rollout> for RolloutView {
    fn from(rollout: rollout::Rollout) -> Self {
        let count = |name: &str| rollout.counts.iter().find(|(state, _)| state.as_str() == name).map_or(0, |(_, count)| *count);
        let counts = TargetCounts {
            waiting: count("waiting"),
            ordered: count("ordered"),
            trial: count("trial"),
            confirmed: count("confirmed"),
            rolled_back: count("rolled_back"),
            failed: count("failed"),
        };
        let is_last = rollout.stage + 1 >= rollout.stages_pct.len();
        let actions = rollout.state.actions().filter(|action| !(is_last && *action == RolloutAction::Advance));
        Self {
            id: rollout.id.0,
            version: rollout.version,
            unit_id: rollout.unit.0,
            unit_name: rollout.unit_name,
            stage: rollout.stage,
            failure_limit_pct: rollout.failure_limit_pct,
            state: rollout.state.as_str(),
            reason: rollout.reason,
            by: rollout.by,
            started_at: rollout.started_at,
            actions: actions.map(RolloutAction::as_str).collect(),
            stages_pct: rollout.stages_pct,
            counts,
        }
    }
}

impl From<rollout::Target> for TargetView {
    fn from(target: rollout::Target) -> Self {
        Self {
            device_id: target.device.0,
            terminal_id: target.terminal,
            plate: target.plate,
            stage: target.stage,
            previous_version: target.previous_version,
            version: target.version,
            state: target.state.as_str(),
            code: target.code,
            changed_at: target.changed_at,
        }
    }
}

impl From<RolloutRefusal> for ApiError {
    fn from(refusal: RolloutRefusal) -> Self {
        let code = match refusal {
            RolloutRefusal::State { .. } => FIRMWARE_STATE,
            RolloutRefusal::Unproved { .. } => FIRMWARE_UNPROVED,
            RolloutRefusal::Failures { .. } => FIRMWARE_FAILURES,
            RolloutRefusal::LastStage => FIRMWARE_LAST_STAGE,
        };
        Self::from(code).detail(refusal.to_string())
    }
}

/// Images and rollouts.
#[utoipa::path(get, path = "/firmware", operation_id = "read_firmware", tag = "firmware",
    responses((status = 200, body = FirmwareView),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<FirmwareView>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let mut conn = app.conn(&scope).await?;
    Ok(axum::Json(view(&mut conn, &actor, &scope).await?))
}

/// What the actor sees of it all.
async fn view(conn: &mut PgConnection, actor: &Actor, scope: &Scope) -> ApiResult<FirmwareView> {
    let images = firmware::list(conn).await?.into_iter().map(ImageView::from).collect();
    let rollouts = rollout::list(conn, scope).await?.into_iter().map(RolloutView::from).collect();
    Ok(FirmwareView { images, rollouts, may_change: actor.may(Permission::EraseTerminals) })
}

/// Keeps an image. Whether the release key signed it the devices check, each for itself.
#[utoipa::path(post, path = "/firmware/images", operation_id = "bring_firmware", tag = "firmware", request_body = ImageToBring,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = FirmwareView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn bring(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<ImageToBring>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::EraseTerminals)?;
    let (new, image) = checked(&once.body, &actor, now)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    firmware::insert(change.conn(), &new, &image, now).await?;
    let view = view(change.conn(), &actor, &actor.scope(Permission::WatchTerminals)?).await?;
    let brought = json!({ "sha256": hex::encode(new.sha256), "size_bytes": image.len(), "note": new.note });
    let entry = Entry::new(Action::Created, Subject::of(SubjectKind::Firmware, new.id.0, new.version)).after(brought);
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &view).await
}

fn checked(brought: &ImageToBring, actor: &Actor, now: DateTime<Utc>) -> ApiResult<(NewImage, Vec<u8>)> {
    let mut wrong = Wrong::default();
    let version = brought.version.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if !(1..=VERSION_LENGTH).contains(&version.len()) || !version.chars().all(is_plain) {
        wrong.note("version", "firmware.version");
    }
    if brought.note.chars().count() > NOTE_LENGTH {
        wrong.note("note", "firmware.note");
    }
    let signature = hex::decode(brought.signature.trim()).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    if signature.is_none() {
        wrong.note("signature", "firmware.signature");
    }
    let image = BASE64_STANDARD.decode(brought.image.trim()).ok().filter(|image| (1..=IMAGE_BYTES).contains(&image.len()));
    if image.is_none() {
        wrong.note("image", "firmware.image");
    }
    match (signature, image) {
        (Some(signature), Some(image)) if wrong.is_empty() => {
            let new = NewImage {
                id: FirmwareId(new_id(now)),
                version: version.to_owned(),
                sha256: Sha256::digest(&image).into(),
                signature,
                note: brought.note.trim().to_owned(),
                by: actor.account.id,
            };
            Ok((new, image))
        }
        _ => Err(wrong.into_error()),
    }
}

/// Begins a rollout; its first stage is ordered at once.
#[utoipa::path(post, path = "/firmware/rollouts", operation_id = "begin_rollout", tag = "firmware", request_body = RolloutToBegin,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = RolloutMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<RolloutToBegin>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::EraseTerminals)?;
    let mut wrong = Wrong::default();
    let reason = terminal_names::reason(&once.body.reason, &mut wrong);
    if !are_stages(&once.body.stages_pct) {
        wrong.note("stages_pct", "firmware.stages");
    }
    if once.body.failure_limit_pct > 100 {
        wrong.note("failure_limit_pct", "firmware.limit");
    }
    let Some(reason) = reason.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let new = rollout::NewRollout {
        id: RolloutId(new_id(now)),
        image: FirmwareId(once.body.image_id),
        unit: UnitId(once.body.unit_id),
        stages_pct: once.body.stages_pct.clone(),
        failure_limit_pct: once.body.failure_limit_pct,
        by: actor.by(&reason),
    };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    // A unit of somebody else is told from no unit at all by nobody.
    fleet_db::unit::is_within(change.conn(), &scope, new.unit).await?;
    let devices = rollout::begin(change.conn(), &new, now, || new_id(now)).await?;
    if devices == 0 {
        wrong.note("unit_id", "firmware.no_devices");
        return Err(wrong.into_error());
    }
    let version = rollout::is_within(change.conn(), &scope, new.id).await?.1;
    let entry =
        Entry::new(Action::Started, Subject::of(SubjectKind::Rollout, new.id.0, version)).in_unit(new.unit).after(json!({
            "devices": devices, "stages_pct": new.stages_pct, "failure_limit_pct": new.failure_limit_pct,
        }));
    let told = audit::append(change.conn(), &new.by, &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &RolloutMade { id: new.id.0, devices }).await
}

/// Moves a rollout on, pauses, resumes or stops it.
#[utoipa::path(post, path = "/firmware/rollouts/{id}/steps", operation_id = "step_rollout", tag = "firmware", request_body = RolloutStep,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = FirmwareView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<RolloutStep>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::EraseTerminals)?;
    let Ok(action) = once.body.action.parse::<RolloutAction>() else {
        let mut wrong = Wrong::default();
        wrong.note("action", "firmware.action");
        return Err(wrong.into_error());
    };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let id = RolloutId(id);
    let (unit, version) = rollout::is_within(change.conn(), &scope, id).await?;
    let standing = rollout::lock(change.conn(), id).await?;
    let next = standing.state.after(action)?;
    if action == RolloutAction::Advance {
        rollout::tally(change.conn(), id).await?.may_advance(standing.failure_limit_pct, standing.is_last_stage())?;
    }
    rollout::carry_out(change.conn(), id, action, next, now, || new_id(now)).await?;
    let view = view(change.conn(), &actor, &actor.scope(Permission::WatchTerminals)?).await?;
    let done = match action {
        RolloutAction::Advance => Action::Changed,
        RolloutAction::Pause => Action::Paused,
        RolloutAction::Resume => Action::Resumed,
        RolloutAction::Stop => Action::Stopped,
    };
    let stage = if action == RolloutAction::Advance { standing.stage + 1 } else { standing.stage };
    let entry = Entry::new(done, Subject::of(SubjectKind::Rollout, id.0, version))
        .in_unit(unit)
        .before(json!({ "state": standing.state.as_str(), "stage": standing.stage }))
        .after(json!({ "state": next.as_str(), "stage": stage }));
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::OK, &view).await
}

/// The devices of a rollout.
#[utoipa::path(get, path = "/firmware/rollouts/{id}/targets", operation_id = "list_rollout_targets", tag = "firmware", params(("id" = Uuid, Path)),
    responses((status = 200, body = TargetList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn targets(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<TargetList>> {
    let scope = actor.scope(Permission::WatchTerminals)?;
    let mut conn = app.conn(&scope).await?;
    rollout::is_within(&mut conn, &scope, RolloutId(id)).await?;
    let items = rollout::targets(&mut conn, &scope, RolloutId(id)).await?.into_iter().map(TargetView::from).collect();
    Ok(axum::Json(TargetList { items }))
}
