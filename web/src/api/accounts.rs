//! Accounts: found, opened, shut and given another password by those who give and take rights.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Login, LoginError, Permission, Role, RoleError};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::unit::UnitId;
use fleet_db::account::roll::{self, Filter, Listed};
use fleet_db::account::{self, NewAccount};
use fleet_db::audit;
use fleet_db::password::PasswordKind;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::grants::{GrantView, HeldView};
use super::session::new_id;
use super::terminal_names::reason;
use crate::auth::{Actor, attempt};
use crate::extract::{Asked, Now, Path};
use crate::once::{Begun, Once};
use crate::password;
use crate::problem::{ApiError, ApiResult, PASSWORD_BOUND, Problem, REQUEST_QUERY, Wrong};
use crate::state::App;

/// Longest name of a person.
const NAME_LENGTH: usize = 64;
/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Text in the login or the name.
    q: Option<String>,
    /// A unit and everything below it.
    unit_id: Option<Uuid>,
    /// Those who hold this role now.
    role: Option<String>,
    /// Shut ones, or those in use.
    disabled: Option<bool>,
    /// What `next` of the page before was.
    after: Option<String>,
    /// Rows of a page.
    limit: Option<u32>,
}

/// An account in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountLine {
    id: Uuid,
    login: String,
    display_name: String,
    /// The post that it was opened for.
    role: &'static str,
    unit_id: Uuid,
    unit_name: String,
    /// What it holds now.
    grants: Vec<GrantView>,
    created_at: DateTime<Utc>,
    /// Since when it may not sign in any more.
    disabled_at: Option<DateTime<Utc>>,
    /// Until when it is locked after wrong passwords.
    locked_until: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountPage {
    items: Vec<AccountLine>,
    /// Send it as `after` for the next page; absent on the last.
    next: Option<String>,
}

/// An account with every grant that it ever had.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountDetail {
    #[serde(flatten)]
    account: AccountLine,
    /// The newest first.
    history: Vec<HeldView>,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountToOpen {
    login: String,
    display_name: String,
    /// The role of its post, held over its unit from now on.
    role: String,
    unit_id: Uuid,
    reason: String,
}

/// An account with its password, which is told this once and good for choosing another.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AccountMade {
    id: Uuid,
    login: String,
    /// Absent when the answer is given again.
    password: Option<String>,
}

/// Whether it may sign in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountUse {
    disabled: bool,
    reason: String,
}

/// Why.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordReset {
    reason: String,
}

impl From<Listed> for AccountLine {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.account.id.0,
            login: listed.account.login.into(),
            display_name: listed.account.display_name,
            role: listed.account.role.as_str(),
            unit_id: listed.account.unit.0,
            unit_name: listed.account.unit_name,
            grants: listed.grants.iter().map(GrantView::from).collect(),
            created_at: listed.created_at,
            disabled_at: listed.disabled_at,
            locked_until: listed.locked_until,
            last_seen_at: listed.last_seen_at,
        }
    }
}

/// The accounts of the scope, by login.
#[utoipa::path(get, path = "/accounts", operation_id = "list_accounts", tag = "accounts", params(Wanted),
    responses((status = 200, body = AccountPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(wanted): Asked<Wanted>,
) -> ApiResult<axum::Json<AccountPage>> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let role = wanted.role.as_deref().map(str::parse::<Role>).transpose();
    let filter = Filter {
        text: wanted.q,
        unit: wanted.unit_id.map(UnitId),
        role: role.map_err(|error: RoleError| ApiError::from(REQUEST_QUERY).detail(format!("role: {error}")))?,
        is_disabled: wanted.disabled,
    };
    let limit = wanted.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    let mut conn = app.conn(&scope).await?;
    let mut found = roll::list(&mut conn, &scope, &filter, &wanted.after.unwrap_or_default(), limit + 1, now).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.account.login.to_string());
    Ok(axum::Json(AccountPage { items: found.into_iter().map(AccountLine::from).collect(), next }))
}

/// One account with its grants, those in force and those that are over.
#[utoipa::path(get, path = "/accounts/{id}", operation_id = "read_account", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 200, body = AccountDetail),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<AccountDetail>> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut conn = app.conn(&scope).await?;
    let account = roll::load(&mut conn, &scope, AccountId(id), now).await?.into();
    let history = roll::grants(&mut conn, AccountId(id)).await?;
    Ok(axum::Json(AccountDetail { account, history: history.into_iter().map(HeldView::from).collect() }))
}

/// Opens an account with a password that is good for choosing another.
#[utoipa::path(post, path = "/accounts", operation_id = "open_account", tag = "accounts", request_body = AccountToOpen,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = AccountMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn open(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<AccountToOpen>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let login = wrong.take("login", once.body.login.parse::<Login>(), LoginError::code);
    let role = wrong.take("role", once.body.role.parse::<Role>(), RoleError::code);
    let display_name = once.body.display_name.trim().to_owned();
    if !(1..=NAME_LENGTH).contains(&display_name.chars().count()) {
        wrong.note("display_name", "account.name");
    }
    let reason = reason(&once.body.reason, &mut wrong);
    let (Some(login), Some(role), Some(reason)) = (login, role, reason.filter(|_| wrong.is_empty())) else {
        return Err(wrong.into_error());
    };
    let (password, password_hash) = temporary(&app).await?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let unit = UnitId(once.body.unit_id);
    fleet_db::unit::is_within(change.conn(), &scope, unit).await?;
    let new = NewAccount { id: AccountId(new_id(now)), login, display_name, password_hash, role, unit };
    account::open(change.conn(), &new, actor.account.id, &reason, now).await?;
    fleet_db::password::set(change.conn(), new.id, &new.password_hash, PasswordKind::Temporary, 0, now).await?;
    let entry = Entry::new(Action::Created, Subject::of(SubjectKind::Account, new.id.0, new.login.as_str()))
        .in_unit(unit)
        .after(json!({ "display_name": new.display_name, "role": role, "unit_id": unit }));
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    let made = AccountMade { id: new.id.0, login: new.login.into(), password: Some(password) };
    change.finish_keeping(told, StatusCode::CREATED, &made, &AccountMade { password: None, ..made.clone() }).await
}

/// Shuts an account, whose sessions end at once, or lets it in again.
#[utoipa::path(post, path = "/accounts/{id}/use", operation_id = "set_account_use", tag = "accounts", request_body = AccountUse,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = AccountDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_use(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<AccountUse>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let reason = reason(&once.body.reason, &mut wrong);
    if actor.account.id.0 == id {
        wrong.note("id", "grant.oneself");
    }
    let Some(reason) = reason.filter(|_| wrong.is_empty()) else { return Err(wrong.into_error()) };
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let id = AccountId(id);
    let was = roll::load(change.conn(), &scope, id, now).await?;
    roll::set_disabled(change.conn(), &scope, id, once.body.disabled.then_some(now)).await?;
    let found = roll::load(change.conn(), &scope, id, now).await?;
    let history = roll::grants(change.conn(), id).await?;
    let action = if once.body.disabled { Action::Disabled } else { Action::Enabled };
    let entry = Entry::new(action, subject(&found))
        .in_unit(found.account.unit)
        .before(json!({ "disabled_at": was.disabled_at }))
        .after(json!({ "disabled_at": found.disabled_at }));
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    let account = found.into();
    change
        .finish(told, StatusCode::OK, &AccountDetail { account, history: history.into_iter().map(HeldView::from).collect() })
        .await
}

/// Gives an account another password, good for choosing another, lifts its lock, and ends its sessions.
#[utoipa::path(post, path = "/accounts/{id}/password", operation_id = "reset_account_password", tag = "accounts", request_body = PasswordReset,
    params(("id" = Uuid, Path), ("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 201, body = AccountMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn reset_password(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    once: Once<PasswordReset>,
) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManageAccounts)?;
    let mut wrong = Wrong::default();
    let Some(reason) = reason(&once.body.reason, &mut wrong) else { return Err(wrong.into_error()) };
    let (password, hash) = temporary(&app).await?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let found = roll::load(change.conn(), &scope, AccountId(id), now).await?;
    if fleet_db::identity::of_account(change.conn(), found.account.id).await?.is_some() {
        return Err(PASSWORD_BOUND.into());
    }
    let keep = app.config.password.not_reused;
    fleet_db::password::set(change.conn(), found.account.id, &hash, PasswordKind::Temporary, keep, now).await?;
    let ended = fleet_db::session::delete_all(change.conn(), found.account.id, None, None).await?;
    let entry = Entry::new(Action::PasswordSet, subject(&found)).in_unit(found.account.unit);
    let told = audit::append(change.conn(), &actor.by(&reason), &entry, now).await?;
    let made = AccountMade { id, login: found.account.login.into(), password: Some(password) };
    let answer = change.finish_keeping(told, StatusCode::CREATED, &made, &AccountMade { password: None, ..made.clone() }).await?;
    app.tell_ended(ended);
    Ok(answer)
}

/// The account as the audit log names it.
pub(super) fn subject(listed: &Listed) -> Subject {
    Subject::of(SubjectKind::Account, listed.account.id.0, listed.account.login.as_str())
}

/// A password that somebody is told once, with its hash.
async fn temporary(app: &App) -> ApiResult<(String, String)> {
    let password = password::made_up();
    let hash = attempt::hash(app, password.clone()).await?;
    Ok((password, hash))
}
