//! The audit log as it is read: who did what, one entry with before and after, and the seals that vouch for it.

use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::{AccountId, Permission, Role};
use dispatch::audit::seal::Seal;
use dispatch::audit::{Action, ActionError, Entry, Subject, SubjectKind, SubjectKindError};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::audit::keeping;
use fleet_db::audit::reading::{self, Filter, Read, Sight};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiError, ApiResult, Problem, REQUEST_QUERY};
use crate::state::App;

/// Rows of a page when the asker does not say.
const PAGE: u32 = 100;
/// Seals told at once: a good year of them.
const MOST_SEALS: usize = 400;

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditAsked {
    /// Since when, RFC 3339.
    from: Option<DateTime<Utc>>,
    /// Until when, that instant not included.
    to: Option<DateTime<Utc>>,
    /// What this account did.
    account_id: Option<Uuid>,
    /// Under a login that holds this text.
    login: Option<String>,
    /// What was done, such as `changed`.
    action: Option<String>,
    /// To what kind of thing, such as `vehicle`.
    kind: Option<String>,
    /// To this thing.
    subject_id: Option<Uuid>,
    /// To something whose name holds this text.
    q: Option<String>,
    /// In this unit and everything below it.
    unit_id: Option<Uuid>,
    /// What `next` of the page before was.
    after: Option<u64>,
    /// Rows of a page.
    limit: Option<u32>,
}

/// A page of the log, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPage {
    items: Vec<AuditLine>,
    /// Send it as `after` for the next page; absent on the last.
    next: Option<u64>,
    /// The last entry that a seal covers; 0: none.
    sealed_through: u64,
}

/// An entry of the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditLine {
    /// Its number: 1, 2, 3 and so on without a gap.
    seq: u64,
    at: DateTime<Utc>,
    /// Absent: the system, the server's command line, or somebody we do not know.
    account_id: Option<Uuid>,
    login: String,
    /// In which role.
    role: Option<&'static str>,
    /// From where.
    peer: String,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: Option<Uuid>,
    subject_name: String,
    /// Whose affair it is; absent: of the whole system.
    unit_id: Option<Uuid>,
    unit_name: Option<String>,
    /// Why.
    reason: String,
}

/// An entry with everything that it says.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditDetail {
    #[serde(flatten)]
    line: AuditLine,
    /// The fields that changed, as they were.
    before: Option<Value>,
    /// The same fields as they are; of a look or a copy, what was asked for.
    after: Option<Value>,
    /// SHA-256 that holds this entry and all before it.
    hash: String,
    /// The day whose seal covers it first; absent: not sealed yet.
    sealed_on: Option<NaiveDate>,
}

/// The seals of the log, the newest first, and the key that they are checked with.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditSeals {
    /// The newest entry.
    newest: u64,
    /// The first entry that is still there.
    oldest: u64,
    /// By which people compare keys.
    fingerprint: String,
    /// The public key (SM2) in PEM.
    public_key: String,
    items: Vec<AuditSeal>,
}

/// A seal.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditSeal {
    /// The last day that it covers, in Beijing time.
    day: NaiveDate,
    /// The last entry that it covers.
    last_seq: u64,
    hash: String,
    sealed_at: String,
    /// It was signed with the key of this service.
    is_ours: bool,
}

impl AuditLine {
    fn new(read: &Read) -> Self {
        let body = &read.body;
        Self {
            seq: read.seq,
            at: body.instant().unwrap_or_default(),
            account_id: body.account.map(|account| account.0),
            login: body.login.clone(),
            role: body.role.map(Role::as_str),
            peer: body.peer.clone(),
            action: body.action.as_str(),
            subject_kind: body.subject.kind.as_str(),
            subject_id: body.subject.id,
            subject_name: body.subject.name.clone(),
            unit_id: body.unit.map(|unit| unit.0),
            unit_name: read.unit_name.clone(),
            reason: body.reason.clone(),
        }
    }
}

/// Whose entries the actor may read. What belongs to no unit is for those of the three administrators who watch over the others.
pub(super) fn sight(actor: &Actor) -> ApiResult<Sight> {
    let scope = actor.scope(Permission::ReadAudit)?;
    let watches = |role: Role| matches!(role, Role::AuditAdmin | Role::SecurityAdmin);
    let whole = actor.grants.iter().filter(|grant| watches(grant.role) && grant.may(Permission::ReadAudit));
    Ok(Sight { scope, whole: Scope::of_all(whole.map(|grant| grant.unit)) })
}

impl AuditAsked {
    fn filter(&self) -> ApiResult<Filter> {
        let wrong = |error: String| ApiError::from(REQUEST_QUERY).detail(error);
        let action = self.action.as_deref().filter(|name| !name.is_empty()).map(str::parse::<Action>).transpose();
        let kind = self.kind.as_deref().filter(|name| !name.is_empty()).map(str::parse::<SubjectKind>).transpose();
        Ok(Filter {
            from: self.from,
            to: self.to,
            account: self.account_id.map(AccountId),
            login: self.login.clone(),
            action: action.map_err(|error: ActionError| wrong(format!("action: {error}")))?,
            kind: kind.map_err(|error: SubjectKindError| wrong(format!("kind: {error}")))?,
            subject: self.subject_id,
            text: self.q.clone(),
            unit: self.unit_id.map(UnitId),
        })
    }

    /// What is written down of the question: what was asked for, and not what was left open.
    fn told(&self) -> Value {
        let mut told = json!({
            "from": self.from, "to": self.to, "account_id": self.account_id, "login": self.login, "action": self.action,
            "kind": self.kind, "subject_id": self.subject_id, "q": self.q, "unit_id": self.unit_id,
        });
        if let Some(fields) = told.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        told
    }
}

/// Writes down that the log is read, before it is shown: whoever watches is watched.
async fn look(app: &App, actor: &Actor, what: &str, asked: Value, now: DateTime<Utc>) -> ApiResult<()> {
    let entry = Entry::new(Action::Viewed, Subject::named(SubjectKind::AuditLog, what)).in_unit(actor.account.unit).after(asked);
    Ok(app.tell(&actor.by(""), &entry, now).await?)
}

/// The log, the newest entry first. Reading its first page is itself written down.
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit", params(AuditAsked),
    responses((status = 200, body = AuditPage),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<AuditAsked>,
) -> ApiResult<axum::Json<AuditPage>> {
    let sight = sight(&actor)?;
    let filter = asked.filter()?;
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, app.config.page_limit);
    if asked.after.is_none() {
        look(&app, &actor, "list", asked.told(), now).await?;
    }
    let mut conn = app.conn(&sight.scope).await?;
    let mut found = reading::list(&mut conn, &sight, &filter, asked.after, limit + 1).await?;
    let sealed_through = keeping::sealed_through(&mut conn).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    Ok(axum::Json(AuditPage {
        next: found.last().filter(|_| has_more).map(|last| last.seq),
        items: found.iter().map(AuditLine::new).collect(),
        sealed_through,
    }))
}

/// One entry with before and after. Reading it is itself written down.
#[utoipa::path(get, path = "/audit/{seq}", operation_id = "read_audit", tag = "audit", params(("seq" = u64, Path)),
    responses((status = 200, body = AuditDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(seq): Path<u64>,
) -> ApiResult<axum::Json<AuditDetail>> {
    let sight = sight(&actor)?;
    look(&app, &actor, "entry", json!({ "seq": seq }), now).await?;
    let mut conn = app.conn(&sight.scope).await?;
    let found = reading::load(&mut conn, &sight, seq).await?;
    Ok(axum::Json(AuditDetail {
        line: AuditLine::new(&found),
        hash: found.hash.to_string(),
        sealed_on: keeping::sealed_on(&mut conn, seq).await?,
        before: found.body.before,
        after: found.body.after,
    }))
}

/// The seals and the key: nothing in them tells what anybody did.
#[utoipa::path(get, path = "/audit/seals", operation_id = "list_audit_seals", tag = "audit",
    responses((status = 200, body = AuditSeals),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn seals(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<AuditSeals>> {
    let sight = sight(&actor)?;
    let mut conn = app.conn(&sight.scope).await?;
    let public = app.signing.public();
    let seal = |seal: &Seal| AuditSeal {
        day: seal.day,
        last_seq: seal.position.seq,
        hash: seal.position.hash.to_string(),
        sealed_at: seal.sealed_at.clone(),
        is_ours: seal.is_signed(Some(&public)),
    };
    let seals = keeping::seals(&mut conn).await?;
    Ok(axum::Json(AuditSeals {
        newest: keeping::head(&mut conn).await?.seq,
        oldest: keeping::begins(&mut conn).await?.seq + 1,
        fingerprint: public.fingerprint(),
        public_key: public.to_pem().unwrap_or_default(),
        items: seals.iter().rev().take(MOST_SEALS).map(seal).collect(),
    }))
}
