//! The register of rules: what holds for a unit on a day, as far as was known at an instant, and how it came to be.

use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::rule::key::RuleKey;
use dispatch::rule::register;
use dispatch::rule::resolve::{RuleVersion, resolve};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::rule::{self, Told};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::rule_views::{RuleDetail, RuleList, RuleView, VersionView};
use crate::auth::Actor;
use crate::extract::{Asked, Now, Path};
use crate::problem::{ApiResult, Problem, RULE_UNKNOWN};
use crate::state::App;

/// For whom, when, and as known when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RulesAsked {
    /// A unit of the scope; the asker's own when left out.
    unit_id: Option<Uuid>,
    /// The day, in Beijing time; today when left out.
    on: Option<NaiveDate>,
    /// As it was known at that instant, RFC 3339: an old check gives the old answer. Now when left out.
    known_at: Option<DateTime<Utc>>,
}

/// The question with its blanks filled in, and all that is needed to answer it.
struct Question {
    unit: UnitId,
    line: Vec<UnitId>,
    on: NaiveDate,
    known_at: DateTime<Utc>,
}

impl RulesAsked {
    async fn question(&self, conn: &mut PgConnection, actor: &Actor, scope: &Scope, now: DateTime<Utc>) -> ApiResult<Question> {
        let unit = unit_asked(self.unit_id, actor, scope);
        let line = rule::line(conn, scope, unit).await?;
        Ok(Question { unit, line, on: self.on.unwrap_or_else(|| day_of(now)), known_at: self.known_at.unwrap_or(now) })
    }
}

/// The unit asked for; otherwise the asker's own, or the first that it may look at.
pub(super) fn unit_asked(asked: Option<Uuid>, actor: &Actor, scope: &Scope) -> UnitId {
    let own = Some(actor.account.unit.0).filter(|own| scope.units().contains(own));
    UnitId(asked.or(own).or_else(|| scope.units().first().copied()).unwrap_or(actor.account.unit.0))
}

/// The versions without their names.
pub(super) fn versions(told: &[Told]) -> Vec<RuleVersion> {
    told.iter().map(|told| told.version.clone()).collect()
}

/// Every value of the register, as it holds for a unit on a day.
#[utoipa::path(get, path = "/rules", operation_id = "list_rules", tag = "rules", params(RulesAsked),
    responses((status = 200, body = RuleList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Asked(asked): Asked<RulesAsked>,
) -> ApiResult<axum::Json<RuleList>> {
    let scope = actor.scope(Permission::ReadRules)?;
    let mut conn = app.conn(&scope).await?;
    let question = asked.question(&mut conn, &actor, &scope, now).await?;
    let told = rule::told(&mut conn, &scope, None).await?;
    let versions = versions(&told);
    let items = register::all().map(|spec| {
        let resolved = resolve(&versions, spec.key, &question.line, question.on, question.known_at);
        RuleView::new(spec, resolved.as_ref(), &told)
    });
    Ok(axum::Json(RuleList {
        unit_id: question.unit.0,
        on: question.on,
        items: items.collect(),
        may_propose: actor.may(Permission::ProposeRules),
        may_approve: actor.may(Permission::ApproveRules),
    }))
}

/// One value with its history.
#[utoipa::path(get, path = "/rules/{key}", operation_id = "read_rule", tag = "rules",
    params(("key" = String, Path, description = "name of the value, such as `nev_share`"), RulesAsked),
    responses((status = 200, body = RuleDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(key): Path<String>,
    Asked(asked): Asked<RulesAsked>,
) -> ApiResult<axum::Json<RuleDetail>> {
    let scope = actor.scope(Permission::ReadRules)?;
    let Ok(key) = key.parse::<RuleKey>() else { return Err(RULE_UNKNOWN.into()) };
    let mut conn = app.conn(&scope).await?;
    let question = asked.question(&mut conn, &actor, &scope, now).await?;
    let told = rule::told(&mut conn, &scope, Some(key)).await?;
    let versions = versions(&told);
    let resolved = resolve(&versions, key, &question.line, question.on, question.known_at);
    let rule = RuleView::new(key.spec(), resolved.as_ref(), &told);
    Ok(axum::Json(RuleDetail { rule, versions: told.iter().map(VersionView::from).collect() }))
}
