//! Decisions about units: a unit is founded, changed, moved, merged, closed; what it would change is told before it is done.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::scope::Scope;
use dispatch::unit::act::{ActRefusal, UnitAct, UnitActError, UnitDecision};
use dispatch::unit::{CreditCode, Level, RegionCode, Unit, UnitError, UnitId, UnitKind, UnitKindError, unit_name};
use fleet_db::PgConnection;
use fleet_db::audit::Logged;
use fleet_db::unit::act::Asked;
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use super::units::UnitView;
use crate::auth::Actor;
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, Wrong};
use crate::state::App;
use crate::texts::Language;

/// The facts of a unit as typed in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct UnitFacts {
    name: String,
    /// 1 nation, 2 province, 3 city, 4 county.
    level: i16,
    region_code: String,
    /// `organ`, `institution`, `department`, `fleet` or `other`.
    kind: String,
    credit_code: Option<String>,
    /// WGS-84.
    lon: Option<f64>,
    lat: Option<f64>,
}

/// A unit to be founded.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UnitToFound {
    /// The unit above.
    parent_id: Uuid,
    facts: UnitFacts,
    /// The day from which it counts.
    on: NaiveDate,
    /// Number of the document that decided it.
    document: String,
    reason: String,
}

/// A decision about a unit.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DecisionAsked {
    /// `change`, `move`, `merge`, `close` or `restore`.
    act: String,
    /// The day from which it counts.
    on: NaiveDate,
    /// Number of the document that decided it.
    document: String,
    reason: String,
    /// For a change: all facts as they are to be.
    facts: Option<UnitFacts>,
    /// For a move the new unit above, for a merger the successor.
    target_id: Option<Uuid>,
}

/// What a decision would change, and what stands against it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitEffects {
    /// Units that go along: the unit and everything below it.
    units: i64,
    vehicles: i64,
    devices: i64,
    accounts: i64,
    /// Accounts elsewhere that see these units and will not any more.
    losing: i64,
    /// Accounts elsewhere that do not see these units and will.
    gaining: i64,
    refusals: Vec<RefusalView>,
}

/// Something that stands against a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusalView {
    code: &'static str,
    /// In words, in the language asked for.
    title: &'static str,
}

impl UnitFacts {
    /// `unit` with these facts, or everything that is wrong with them.
    fn over(&self, unit: &mut Unit) -> ApiResult<()> {
        let mut wrong = Wrong::default();
        let code = self.credit_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
        let name = wrong.take("name", unit_name(&self.name), UnitError::code);
        let level = wrong.take("level", Level::try_from(self.level), UnitError::code);
        let region = wrong.take("region_code", self.region_code.trim().parse::<RegionCode>(), UnitError::code);
        let kind = wrong.take("kind", self.kind.parse::<UnitKind>(), UnitKindError::code);
        // The unit of another platform is founded with its entry in the register, and stays what it is.
        if kind == Some(UnitKind::Platform) && unit.kind != UnitKind::Platform {
            wrong.note("kind", "unit.kind");
        }
        let code = wrong.take("credit_code", code.map(str::parse::<CreditCode>).transpose(), UnitError::code);
        let place = match (self.lon, self.lat) {
            (None, None) => Some(None),
            (Some(lon), Some(lat)) => LonLat::new(lon, lat).ok().map(Some),
            _ => None,
        };
        if place.is_none() {
            wrong.note("lon", "unit.place");
        }
        if let (Some(region), Some(level)) = (&region, level) {
            wrong.take("region_code", region.fits(level), UnitError::code);
        }
        let (Some(name), Some(level), Some(region), Some(kind), Some(code), Some(place)) =
            (name, level, region, kind, code, place)
        else {
            return Err(wrong.into_error());
        };
        if !wrong.is_empty() {
            return Err(wrong.into_error());
        }
        (unit.name, unit.level, unit.region, unit.kind, unit.credit_code, unit.place) = (name, level, region, kind, code, place);
        Ok(())
    }
}

/// The field of a form to which a refusal belongs.
const fn field(refusal: &ActRefusal) -> &'static str {
    match refusal {
        ActRefusal::Early { .. } | ActRefusal::Late => "on",
        ActRefusal::Document => "document",
        ActRefusal::Reason => "reason",
        ActRefusal::LevelOrder | ActRefusal::PartLevel => "level",
        ActRefusal::RegionOutside => "region_code",
        ActRefusal::NoTarget | ActRefusal::Circle | ActRefusal::TargetGone | ActRefusal::SamePlace => "target_id",
        ActRefusal::Status { .. }
        | ActRefusal::Top
        | ActRefusal::Children
        | ActRefusal::Vehicles { .. }
        | ActRefusal::Accounts { .. } => "act",
    }
}

fn refused(refusals: &[ActRefusal]) -> ApiError {
    let mut wrong = Wrong::default();
    for refusal in refusals {
        wrong.note(field(refusal), refusal.code());
    }
    wrong.into_error()
}

/// What is asked for, with the unit as it is to be.
async fn asked(conn: &mut PgConnection, scope: &Scope, id: Uuid, body: &DecisionAsked) -> ApiResult<Asked> {
    let act = body.act.parse::<UnitAct>();
    let mut wrong = Wrong::default();
    let act = wrong.take("act", act, UnitActError::code).filter(|act| *act != UnitAct::Found);
    let mut unit = fleet_db::unit::load(conn, scope, UnitId(id)).await?;
    let Some(act) = act else {
        wrong.note("act", "unit.act");
        return Err(wrong.into_error());
    };
    if act == UnitAct::Change {
        let Some(facts) = &body.facts else {
            wrong.note("name", "unit.name");
            return Err(wrong.into_error());
        };
        facts.over(&mut unit)?;
    }
    let decision = UnitDecision { act, on: body.on, document: body.document.clone(), reason: body.reason.clone() };
    let target = body.target_id.filter(|_| matches!(act, UnitAct::Move | UnitAct::Merge)).map(UnitId);
    Ok(Asked { decision, unit, target })
}

async fn carry_out(
    conn: &mut PgConnection,
    actor: &Actor,
    scope: &Scope,
    asked: &Asked,
    now: DateTime<Utc>,
) -> ApiResult<Logged> {
    let told = fleet_db::unit::act::carry_out(conn, scope, asked, &actor.by(""), now).await?;
    told.map_err(|refusals| refused(&refusals))
}

/// Founds a unit.
#[utoipa::path(post, path = "/units", operation_id = "found_unit", tag = "units", request_body = UnitToFound,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = UnitView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn found(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<UnitToFound>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let body = &once.body;
    let above = fleet_db::unit::load(change.conn(), &scope, UnitId(body.parent_id)).await?;
    let mut unit = Unit::new(UnitId(new_id(now)), Some(above.id), "", above.level, above.region);
    body.facts.over(&mut unit)?;
    let decision =
        UnitDecision { act: UnitAct::Found, on: body.on, document: body.document.clone(), reason: body.reason.clone() };
    let asked = Asked { decision, unit: unit.clone(), target: None };
    let told = carry_out(change.conn(), &actor, &scope, &asked, now).await?;
    change.finish(told, StatusCode::CREATED, &UnitView::from(unit)).await
}

/// Does what is decided about a unit.
#[utoipa::path(post, path = "/units/{id}/acts", operation_id = "decide_unit", tag = "units", request_body = DecisionAsked,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = UnitView),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn decide(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<DecisionAsked>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let asked = asked(change.conn(), &scope, id, &once.body).await?;
    let told = carry_out(change.conn(), &actor, &scope, &asked, now).await?;
    // A unit that moved out of the actor's sight was changed all the same: what was asked is what it is.
    let unit = fleet_db::unit::load(change.conn(), &scope, UnitId(id)).await.unwrap_or(asked.unit);
    change.finish(told, StatusCode::OK, &UnitView::from(unit)).await
}

/// Tells what a decision would change and what stands against it; nothing is changed.
#[utoipa::path(post, path = "/units/{id}/acts/preview", operation_id = "preview_unit_decision", tag = "units", request_body = DecisionAsked,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = UnitEffects),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Json(body): Json<DecisionAsked>,
) -> ApiResult<axum::Json<UnitEffects>> {
    let scope = actor.scope(Permission::ManageUnits)?;
    let mut conn = app.conn(&scope).await?;
    let asked = asked(&mut conn, &scope, id, &body).await?;
    let outcome = fleet_db::unit::act::weigh(&mut conn, &scope, &asked, now).await?;
    let effects = fleet_db::unit::act::effects(&mut conn, &asked).await?;
    let language = Language::wanted(&headers);
    let refusals = outcome.err().unwrap_or_default();
    // The papers are filled in last: that they are empty yet is no news.
    let refusals = refusals.iter().filter(|refusal| !matches!(refusal, ActRefusal::Document | ActRefusal::Reason));
    Ok(axum::Json(UnitEffects {
        units: effects.units,
        vehicles: effects.vehicles,
        devices: effects.devices,
        accounts: effects.accounts,
        losing: effects.losing,
        gaining: effects.gaining,
        refusals: refusals.map(|refusal| RefusalView { code: refusal.code(), title: language.title(refusal.code()) }).collect(),
    }))
}
