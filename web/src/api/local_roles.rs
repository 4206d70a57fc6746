//! Local roles: made by who runs a unit's system, within what he may do there himself; given by who gives rights.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::{Permission, PermissionError, Role, RoleError};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::grant::{self, ADMINISTRATORS};
use dispatch::local_role::{LocalRole, LocalRoleError, LocalRoleId};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::local_role::{self, Kept};
use fleet_db::{DbError, PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::new_id;
use super::terminal_names::reason;
use crate::auth::Actor;
use crate::extract::{Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// A role that a unit made for its own people.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocalRoleView {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    name_zh: String,
    name_en: String,
    /// The built-in role that it is cut out of.
    base_role: &'static str,
    functions: Vec<&'static str>,
    by: Option<String>,
    created_at: DateTime<Utc>,
    /// Since when it is not given any more; null: it may be given.
    retired_at: Option<DateTime<Utc>>,
    /// How many hold it now.
    holders: u32,
}

/// A built-in role that may be narrowed, with those of its functions that the asker may do himself.
#[derive(Serialize, ToSchema)]
pub(crate) struct BaseView {
    role: &'static str,
    functions: Vec<&'static str>,
}

/// The local roles of the asker's units and of those above.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocalRoleList {
    items: Vec<LocalRoleView>,
    /// What roles may be made of; empty for who makes none.
    bases: Vec<BaseView>,
}

/// A role to be made.
#[derive(Deserialize, ToSchema)]
pub(crate) struct LocalRoleToMake {
    unit_id: Uuid,
    name_zh: String,
    name_en: String,
    base_role: String,
    functions: Vec<String>,
    reason: String,
}

/// Why it is not given any more.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Retirement {
    reason: String,
}

impl From<Kept> for LocalRoleView {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id.0,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            name_zh: kept.name_zh,
            name_en: kept.name_en,
            base_role: kept.base.as_str(),
            functions: kept.functions.iter().map(|function| function.as_str()).collect(),
            by: kept.by,
            created_at: kept.created_at,
            retired_at: kept.retired_at,
            holders: kept.holders,
        }
    }
}

/// Where the actor makes roles or gives them.
fn scope(actor: &Actor) -> ApiResult<Scope> {
    actor.scope(Permission::DefineRoles).or_else(|_refused| actor.scope(Permission::ManageAccounts))
}

async fn listed(conn: &mut PgConnection, actor: &Actor, scope: &Scope, now: DateTime<Utc>) -> Result<LocalRoleList, DbError> {
    let kept = local_role::list(conn, scope, now).await?;
    let narrowed = |role: Role| {
        let functions = Permission::ALL.into_iter().filter(|function| role.may(*function) && actor.may(*function));
        BaseView { role: role.as_str(), functions: functions.map(Permission::as_str).collect() }
    };
    let bases = Role::ALL.into_iter().filter(|role| actor.may(Permission::DefineRoles) && !ADMINISTRATORS.contains(role));
    let bases = bases.map(narrowed).filter(|base| !base.functions.is_empty()).collect();
    Ok(LocalRoleList { items: kept.into_iter().map(LocalRoleView::from).collect(), bases })
}

/// What the actor may do over the whole of the unit.
async fn ceiling(conn: &mut PgConnection, actor: &Actor, unit: UnitId) -> Result<Vec<Permission>, DbError> {
    let mut held = Vec::new();
    for permission in Permission::ALL {
        match fleet_db::unit::is_within(conn, &grant::scope(&actor.grants, permission), unit).await {
            Ok(()) => held.push(permission),
            Err(DbError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(held)
}

/// The local roles that may be given in the asker's units: their own, and those that units above made.
#[utoipa::path(get, path = "/local-roles", operation_id = "list_local_roles", tag = "accounts",
    responses((status = 200, body = LocalRoleList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<LocalRoleList>> {
    let scope = scope(&actor)?;
    let mut conn = app.conn(&scope).await?;
    Ok(axum::Json(listed(&mut conn, &actor, &scope, now).await?))
}

/// Makes a role for a unit of the scope: some functions of a built-in one, none that the maker lacks there.
#[utoipa::path(post, path = "/local-roles", operation_id = "make_local_role", tag = "accounts", request_body = LocalRoleToMake,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = LocalRoleList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn make(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<LocalRoleToMake>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::DefineRoles)?;
    let asked = &once.body;
    let mut wrong = Wrong::default();
    let base = wrong.take("base_role", asked.base_role.parse::<Role>(), RoleError::code);
    let functions: Result<Vec<Permission>, PermissionError> = asked.functions.iter().map(|name| name.parse()).collect();
    let functions = wrong.take("functions", functions, PermissionError::code);
    let reason = reason(&asked.reason, &mut wrong);
    let (Some(base), Some(functions), Some(reason)) = (base, functions, reason) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let unit = UnitId(asked.unit_id);
    fleet_db::unit::is_within(change.conn(), &scope, unit).await?;
    let held = ceiling(change.conn(), &actor, unit).await?;
    let names = (asked.name_zh.as_str(), asked.name_en.as_str());
    let role = LocalRole::new(names, base, &functions, |one| held.contains(&one)).map_err(|errors| refusal(&errors))?;
    let id = LocalRoleId(new_id(now));
    local_role::insert(change.conn(), &scope, (id, unit), &role, actor.account.id, now).await?;
    let all = listed(change.conn(), &actor, &scope, now).await?;
    let entry = Entry::new(Action::Created, Subject::of(SubjectKind::Role, id.0, role.name_zh()))
        .in_unit(unit)
        .after(json!({ "base_role": role.base(), "functions": role.functions() }));
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &all).await
}

/// Gives a role to nobody any more; whoever holds it goes on until that is taken back.
#[utoipa::path(post, path = "/local-roles/{id}/retirement", operation_id = "retire_local_role", tag = "accounts", request_body = Retirement,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = LocalRoleList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn retire(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<Retirement>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::DefineRoles)?;
    let mut wrong = Wrong::default();
    let Some(reason) = reason(&once.body.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let (name, unit) = local_role::retire(change.conn(), &scope, LocalRoleId(id), now).await?;
    let all = listed(change.conn(), &actor, &scope, now).await?;
    let entry = Entry::new(Action::Disabled, Subject::of(SubjectKind::Role, id, name)).in_unit(unit);
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::OK, &all).await
}

fn refusal(errors: &[LocalRoleError]) -> crate::problem::ApiError {
    let mut wrong = Wrong::default();
    // Of several on one field the first, which says most.
    for error in errors.iter().rev() {
        wrong.note(error.field(), error.code());
    }
    wrong.into_error()
}
