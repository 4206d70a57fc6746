//! Cars that are exempt from tracking by law: who says so and until when; and the refusal of whoever asks where one is or was.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::exempt::{ExemptionBasis, ExemptionBasisError, ExemptionId, ExemptionPaper};
use dispatch::scope::Scope;
use fleet_db::exempt::{self, Exempt, Kept};
use fleet_db::vehicle::Listed;
use fleet_db::{PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use telematics::id::{DeviceId, VehicleId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, VEHICLE_EXEMPT, Wrong};
use crate::state::App;

/// The decision that takes a car out of tracking.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ExemptionToBegin {
    /// `state_security`, `investigation` or `other_secret`.
    basis: String,
    /// Number of the document (文号).
    document: String,
    /// Why, in words that are not secret themselves.
    reason: String,
}

/// The decision that ends it.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ExemptionToEnd {
    /// Number of the document (文号).
    document: String,
    /// Why, in words that are not secret themselves.
    reason: String,
}

/// An exemption of a car.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExemptionView {
    id: Uuid,
    /// `state_security`, `investigation` or `other_secret`.
    basis: &'static str,
    from: DateTime<Utc>,
    document: String,
    reason: String,
    /// Who said so.
    by: Option<String>,
    /// Null while it lasts.
    ended_at: Option<DateTime<Utc>>,
    end_document: Option<String>,
    end_reason: Option<String>,
    ended_by: Option<String>,
}

/// The exemptions of a car, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExemptionList {
    items: Vec<ExemptionView>,
}

impl From<Kept> for ExemptionView {
    fn from(kept: Kept) -> Self {
        let (ended_at, end_document, end_reason, ended_by) = match kept.end {
            Some(end) => (Some(end.at), Some(end.document), Some(end.reason), end.by),
            None => (None, None, None, None),
        };
        Self {
            id: kept.id.0,
            basis: kept.basis.as_str(),
            from: kept.from,
            document: kept.document,
            reason: kept.reason,
            by: kept.by,
            ended_at,
            end_document,
            end_reason,
            ended_by,
        }
    }
}

async fn listed(conn: &mut PgConnection, vehicle: VehicleId) -> ApiResult<ExemptionList> {
    let kept = exempt::of_vehicle(conn, vehicle).await?;
    Ok(ExemptionList { items: kept.into_iter().map(ExemptionView::from).collect() })
}

/// The decision as typed in, what it lacks noted.
fn decision(document: &str, reason: &str, wrong: &mut Wrong) -> Option<ExemptionPaper> {
    ExemptionPaper::new(document, reason)
        .map_err(|lacks| {
            for lack in lacks {
                wrong.note(lack.field(), lack.code());
            }
        })
        .ok()
}

fn entry(done: Action, found: &Listed) -> Entry {
    let vehicle = &found.vehicle;
    Entry::new(done, Subject::of(SubjectKind::Vehicle, vehicle.id.0, vehicle.asset.plate.as_str())).in_unit(vehicle.asset.unit)
}

/// The exemptions of a car, those that are over too; for whoever decides on them.
#[utoipa::path(get, path = "/vehicles/{id}/exemptions", operation_id = "list_exemptions", tag = "vehicles", params(("id" = Uuid, Path)),
    responses((status = 200, body = ExemptionList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<ExemptionList>> {
    let scope = actor.scope(Permission::ExemptVehicles)?;
    let mut conn = app.conn(&scope).await?;
    fleet_db::vehicle::load(&mut conn, &scope, VehicleId(id)).await?;
    Ok(axum::Json(listed(&mut conn, VehicleId(id)).await?))
}

/// Takes a car out of tracking: from this moment on nothing is stored, shown or passed on of where it is.
#[utoipa::path(post, path = "/vehicles/{id}/exemptions", operation_id = "begin_exemption", tag = "vehicles", request_body = ExemptionToBegin,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = ExemptionList),
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
    Path(id): Path<Uuid>,
    once: Once<ExemptionToBegin>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ExemptVehicles)?;
    let mut wrong = Wrong::default();
    let basis = wrong.take("basis", once.body.basis.parse::<ExemptionBasis>(), ExemptionBasisError::code);
    let decision = decision(&once.body.document, &once.body.reason, &mut wrong);
    let (Some(basis), Some(decision)) = (basis, decision) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let found = fleet_db::vehicle::load(change.conn(), &scope, VehicleId(id)).await?;
    let key = ExemptionId(new_id(now));
    exempt::begin(change.conn(), &scope, key, found.vehicle.id, (basis, &decision), actor.account.id, now).await?;
    let all = listed(change.conn(), found.vehicle.id).await?;
    let entry = entry(Action::Exempted, &found).after(json!({ "basis": basis, "document": decision.document() }));
    let told = audit::append(change.conn(), &actor.by(decision.reason()), &entry, now).await?;
    let answer = change.finish(told, StatusCode::CREATED, &all).await?;
    // Others are told by the store; this board need not wait for that.
    app.live.withdraw(found.vehicle.no);
    Ok(answer)
}

/// Ends the exemption of a car: what it reports from now on is stored again.
#[utoipa::path(post, path = "/vehicles/{id}/exemptions/end", operation_id = "end_exemption", tag = "vehicles", request_body = ExemptionToEnd,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = ExemptionList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<ExemptionToEnd>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ExemptVehicles)?;
    let mut wrong = Wrong::default();
    let decision = decision(&once.body.document, &once.body.reason, &mut wrong);
    let Some(decision) = decision else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let found = fleet_db::vehicle::load(change.conn(), &scope, VehicleId(id)).await?;
    exempt::end(change.conn(), &scope, found.vehicle.id, &decision, actor.account.id, now).await?;
    let all = listed(change.conn(), found.vehicle.id).await?;
    let entry = entry(Action::ExemptionEnded, &found).after(json!({ "document": decision.document() }));
    let told = audit::append(change.conn(), &actor.by(decision.reason()), &entry, now).await?;
    change.finish(told, StatusCode::OK, &all).await
}

/// What somebody wanted to know of a car.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The kind of thing that it lies in.
    pub(crate) kind: SubjectKind,
    /// Its name in the API, such as `trips`.
    pub(crate) what: &'static str,
}

impl Wanted {
    /// Something of a car's way.
    pub(crate) const fn track(what: &'static str) -> Self {
        Self { kind: SubjectKind::Track, what }
    }

    /// Something of a terminal's line.
    pub(crate) const fn frames(what: &'static str) -> Self {
        Self { kind: SubjectKind::Frames, what }
    }
}

/// Refuses to tell anything of where an exempt car is or was, and writes down who asked. The transaction in which that was found
/// out is over by then: it could only read.
async fn refuse(app: &App, actor: &Actor, car: &Exempt, wanted: Wanted) -> ApiError {
    let subject = Subject::of(wanted.kind, car.vehicle.0, car.plate.as_str());
    let entry = Entry::new(Action::ViewRefused, subject)
        .in_unit(car.unit)
        .after(json!({ "wanted": wanted.what, "refused": VEHICLE_EXEMPT.name }));
    match app.tell(&actor.by(""), &entry, app.now()).await {
        Ok(()) => VEHICLE_EXEMPT.into(),
        Err(error) => error.into(),
    }
}

/// Refuses what is wanted of a car of the scope that is exempt; nothing where it is not.
pub(crate) async fn check_vehicle(app: &App, actor: &Actor, scope: &Scope, id: VehicleId, wanted: Wanted) -> ApiResult<()> {
    let found = {
        let mut conn = app.conn(scope).await?;
        exempt::of(&mut conn, scope, id).await?
    };
    match found {
        Some(car) => Err(refuse(app, actor, &car, wanted).await),
        None => Ok(()),
    }
}

/// The same for a terminal that was found before, by the car it is in; nothing where that is not exempt.
pub(crate) async fn check_terminal(app: &App, actor: &Actor, scope: &Scope, device: DeviceId, wanted: Wanted) -> ApiResult<()> {
    let found = {
        let mut conn = app.conn(scope).await?;
        exempt::of_device(&mut conn, device).await?
    };
    match found {
        Some(car) => Err(refuse(app, actor, &car, wanted).await),
        None => Ok(()),
    }
}
