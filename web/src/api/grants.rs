//! Grants: given and taken back with a reason, and lent to a colleague for a time by who holds them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission, PermissionError, Role, RoleError};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::grant::{Grant, GrantError, GrantId, Term};
use dispatch::local_role::LocalRoleId;
use dispatch::message::News;
use dispatch::unit::UnitId;
use fleet_db::account::roll::{self, Held};
use fleet_db::audit;
use fleet_db::grant::{self, NewGrant};
use fleet_db::message::{self, About};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::accounts::subject;
use super::session::new_id;
use super::terminal_names::reason;
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// Colleagues of one answer.
const COLLEAGUES: u32 = 20;

/// A role over a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct GrantView {
    role: &'static str,
    unit_id: Uuid,
    /// These functions of the role alone; absent: all of them.
    functions: Option<Vec<&'static str>>,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        let functions = grant.functions.as_ref().map(|functions| functions.iter().map(|function| function.as_str()).collect());
        Self { role: grant.role.as_str(), unit_id: grant.unit.0, functions }
    }
}

/// What a unit calls a role of its own.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocalRoleName {
    zh: String,
    en: String,
}

/// A grant as it was given, and how it ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldView {
    id: Uuid,
    role: &'static str,
    unit_id: Uuid,
    /// Absent where the unit is out of sight.
    unit_name: Option<String>,
    /// Name of the local role, in Chinese and in English; absent: the built-in role itself.
    local_role: Option<LocalRoleName>,
    functions: Option<Vec<&'static str>>,
    from: Option<DateTime<Utc>>,
    /// Absent: until it is taken back.
    until: Option<DateTime<Utc>>,
    /// For whom it is held meanwhile.
    delegated_by: Option<String>,
    reason: String,
    /// Who gave it; absent: it came with the account.
    by: Option<String>,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
    revoke_reason: Option<String>,
}

impl From<Held> for HeldView {
    fn from(held: Held) -> Self {
        let GrantView { role, unit_id, functions } = GrantView::from(&held.grant);
        let (revoked_at, revoked_by, revoke_reason) =
            held.revoked.map_or((None, None, None), |(at, by, reason)| (Some(at), by, Some(reason)));
        Self {
            id: held.id.0,
            role,
            unit_id,
            unit_name: held.unit_name,
            local_role: held.local_role.map(|(zh, en)| LocalRoleName { zh, en }),
            functions,
            from: held.term.map(|term| term.from),
            until: held.term.map_or(revoked_at, |term| term.until),
            delegated_by: held.delegated_from.and_then(|(_, by)| by),
            reason: held.reason,
            by: held.by,
            created_at: held.created_at,
            revoked_at,
            revoked_by,
            revoke_reason,
        }
    }
}

/// The grants of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldList {
    items: Vec<HeldView>,
}

/// A role to be given.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GrantToGive {
    role: String,
    unit_id: Uuid,
    /// These functions of the role alone; absent: all of them.
    functions: Option<Vec<String>>,
    /// The local role that is meant, whose built-in role is `role`; absent: the built-in role itself.
    local_role_id: Option<Uuid>,
    /// From when on; absent: at once.
    from: Option<DateTime<Utc>>,
    /// Until when; absent: until it is taken back.
    until: Option<DateTime<Utc>>,
    reason: String,
}

/// A role to be lent.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DelegationToGive {
    account_id: Uuid,
    /// From when on; absent: at once.
    from: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
    reason: String,
}

/// Why it is taken back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Revocation {
    reason: String,
}

/// A grant that was given.
#[derive(Serialize, ToSchema)]
pub(crate) struct GrantMade {
    id: Uuid,
}

/// Whom one looks for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Sought {
    /// Text in the login or the name.
    q: String,
}

/// Somebody to whom a role may be lent.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColleagueView {
    id: Uuid,
    display_name: String,
    unit_name: String,
}

/// Colleagues.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColleagueList {
    items: Vec<ColleagueView>,
}

impl From<GrantError> for crate::problem::ApiError {
    fn from(error: GrantError) -> Self {
        let field = match error {
            GrantError::Separated { .. } => "role",
            GrantError::Passed => "id",
            GrantError::Term | GrantError::Endless | GrantError::Outlasts => "until",
        };
        let mut wrong = Wrong::default();
        wrong.note(field, error.code());
        wrong.into_error()
    }
}

/// Gives a role over a unit of the scope to an account of the scope; nobody gives one to himself.
#[utoipa::path(post, path = "/accounts/{id}/grants", operation_id = "give_grant", tag = "accounts", request_body = GrantToGive,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = GrantMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn give(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<GrantToGive>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let role = wrong.take("role", once.body.role.parse::<Role>(), RoleError::code);
    let functions = once.body.functions.as_ref();
    let functions: Option<Result<Vec<Permission>, PermissionError>> =
        functions.map(|names| names.iter().map(|name| name.parse()).collect());
    let functions = wrong.take("functions", functions.transpose(), PermissionError::code);
    let reason = reason(&once.body.reason, &mut wrong);
    if actor.account.id.0 == id {
        wrong.note("id", "grant.oneself");
    }
    let (Some(role), Some(functions), Some(reason)) = (role, functions, reason.filter(|_| wrong.is_empty())) else {
        return Err(wrong.into_error());
    };
    let term = Term { from: once.body.from.unwrap_or(now).max(now), until: once.body.until };
    term.check()?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let unit = UnitId(once.body.unit_id);
    fleet_db::unit::is_within(change.conn(), &scope, unit).await?;
    let found = roll::load(change.conn(), &scope, AccountId(id), now).await?;
    let new = NewGrant {
        id: GrantId(new_id(now)),
        account: found.account.id,
        grant: Grant { role, unit, functions },
        term,
        local_role: once.body.local_role_id.map(LocalRoleId),
        delegated_from: None,
        by: Some(actor.account.id),
        reason,
    };
    grant::insert(change.conn(), &new, now).await?;
    let entry = Entry::new(Action::Granted, subject(&found)).in_unit(unit).after(told(&new.grant, term));
    let told = audit::append(change.conn(), &actor.by(&new.reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &GrantMade { id: new.id.0 }).await
}

/// Takes a grant back at once, and with it what was lent from it.
#[utoipa::path(post, path = "/grants/{id}/revocation", operation_id = "revoke_grant", tag = "accounts", request_body = Revocation,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = HeldList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn revoke(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<Revocation>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let Some(reason) = reason(&once.body.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let id = GrantId(id);
    let ended = grant::load(change.conn(), &scope, id).await?;
    grant::revoke(change.conn(), id, actor.account.id, &reason, now).await?;
    let history = roll::grants(change.conn(), ended.account).await?;
    let holder = fleet_db::account::name(change.conn(), ended.account).await?;
    let entry = Entry::new(Action::Revoked, Subject::of(SubjectKind::Account, ended.account.0, holder))
        .in_unit(ended.grant.unit)
        .before(told(&ended.grant, ended.term));
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    change.finish(told, StatusCode::OK, &HeldList { items: history.into_iter().map(HeldView::from).collect() }).await
}

/// The actor's own grants, those in force and those that are over.
#[utoipa::path(get, path = "/session/grants", operation_id = "list_own_grants", tag = "session",
    responses((status = 200, body = HeldList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn own(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<HeldList>> {
    let mut conn = app.begin_as(&actor, &actor.reach()).await?;
    let history = roll::grants(&mut conn, actor.account.id).await?;
    Ok(axum::Json(HeldList { items: history.into_iter().map(HeldView::from).collect() }))
}

/// Colleagues below the units where the actor holds anything, to whom a role may be lent.
#[utoipa::path(get, path = "/session/colleagues", operation_id = "list_colleagues", tag = "session", params(Sought),
    responses((status = 200, body = ColleagueList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn colleagues(
    actor: Actor,
    State(app): State<App>,
    Asked(sought): Asked<Sought>,
) -> ApiResult<axum::Json<ColleagueList>> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let found = roll::colleagues(&mut conn, &scope, &sought.q, actor.account.id, COLLEAGUES).await?;
    let items = found.into_iter().map(|(id, display_name, unit_name)| ColleagueView { id: id.0, display_name, unit_name });
    Ok(axum::Json(ColleagueList { items: items.collect() }))
}

/// Lends one of the actor's own grants to a colleague for a time; meanwhile the actor does not hold it, and it ends by itself.
#[utoipa::path(post, path = "/grants/{id}/delegations", operation_id = "delegate_grant", tag = "session", request_body = DelegationToGive,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = GrantMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn delegate(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<DelegationToGive>,
) -> ApiResult<Response> {
    let scope = actor.reach();
    let mut wrong = Wrong::default();
    let reason = reason(&once.body.reason, &mut wrong);
    if actor.account.id.0 == once.body.account_id {
        wrong.note("account_id", "grant.oneself");
    }
    let Some(reason) = reason.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let own = grant::load_own(change.conn(), actor.account.id, GrantId(id)).await?;
    if own.delegated_from.is_some() {
        return Err(GrantError::Passed.into());
    }
    let term = Term { from: once.body.from.unwrap_or(now).max(now), until: Some(once.body.until) };
    term.check_delegation(own.term)?;
    let found = roll::load(change.conn(), &scope, AccountId(once.body.account_id), now).await?;
    let new = NewGrant {
        id: GrantId(new_id(now)),
        account: found.account.id,
        grant: own.grant,
        term,
        local_role: own.local_role,
        delegated_from: Some(GrantId(id)),
        by: Some(actor.account.id),
        reason,
    };
    grant::insert(change.conn(), &new, now).await?;
    let unit = fleet_db::unit::load(change.conn(), &scope, new.grant.unit).await?;
    let news = News::delegation_received(new.grant.role, &unit.name, &actor.account.display_name, once.body.until);
    let about = About { unit: Some(new.grant.unit), cause: &format!("delegation:{}", new.id), ..About::default() };
    message::tell(change.conn(), &news, about, &[new.account], now).await?;
    let entry = Entry::new(Action::Granted, subject(&found)).in_unit(new.grant.unit).after(told(&new.grant, term));
    let told = audit::append(change.conn(), &actor.by(&new.reason), &entry, now).await?;
    change.finish(told, StatusCode::CREATED, &GrantMade { id: new.id.0 }).await
}

/// A grant as the audit log tells it.
fn told(grant: &Grant, term: Term) -> Value {
    json!({ "role": grant.role, "unit_id": grant.unit, "functions": grant.functions, "from": term.from, "until": term.until })
}
