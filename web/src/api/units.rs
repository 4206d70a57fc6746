//! The units that an account may see: as a list, as one tree, by what people type, one by one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use dispatch::account::Permission;
use dispatch::unit::act::allowed;
use dispatch::unit::{Unit, UnitId};
use fleet_db::unit::history::Chapter;
use fleet_db::unit::search::Found;
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::lines::LineView;
use crate::auth::Actor;
use crate::extract::{Asked, Path};
use crate::problem::{ApiError, ApiResult, Problem, SERVER_FAILED};
use crate::state::App;
use crate::tagged;

/// Units that a search gives when the asker does not say.
const FOUND: u32 = 20;
/// Most units that a search gives.
const FOUND_MOST: u32 = 100;

/// The units of the scope, those above before those below.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitList {
    items: Vec<UnitView>,
}

/// A unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitView {
    id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    /// 1 nation, 2 province, 3 city, 4 county.
    level: i16,
    region_code: String,
    /// WGS-84.
    lon: Option<f64>,
    lat: Option<f64>,
    /// `organ`, `institution`, `department`, `fleet` or `other`.
    kind: &'static str,
    /// Unified social credit code.
    credit_code: Option<String>,
    /// `active`, `merged` or `closed`.
    status: &'static str,
}

/// The tree of the scope, column by column; each unit stands behind the one above it, so its depth says where it belongs.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitTreeView {
    ids: Vec<Uuid>,
    names: Vec<String>,
    /// Steps below the top of the scope.
    depths: Vec<u8>,
    /// 1 nation, 2 province, 3 city, 4 county.
    levels: Vec<i16>,
    /// Positions in `kind_names`.
    kinds: Vec<usize>,
    kind_names: Vec<&'static str>,
    /// Positions in `status_names`.
    status: Vec<usize>,
    status_names: Vec<&'static str>,
}

/// A unit that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundUnit {
    #[serde(flatten)]
    unit: UnitView,
    /// Names of the units above it, the nearest first.
    above: Vec<String>,
}

/// Units that were found, the best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundUnits {
    items: Vec<FoundUnit>,
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchAsked {
    /// A part of the name, its pinyin or initials, the beginning of a credit code or a region code; several words must all fit.
    q: String,
    /// Most units of the answer.
    limit: Option<u32>,
}

/// A unit with everything about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitDetail {
    #[serde(flatten)]
    unit: UnitView,
    /// Names of the units above it, the nearest first.
    above: Vec<String>,
    counts: UnitCounts,
    /// What it was, the newest first.
    history: Vec<ChapterView>,
    /// The vertical lines in which it stands.
    lines: Vec<LineView>,
    /// What may be decided about it: `change`, `move`, `merge`, `close`, `restore`.
    acts: Vec<&'static str>,
}

/// What belongs to a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitCounts {
    children: i64,
    units_below: i64,
    vehicles: i64,
    devices: i64,
    accounts: i64,
    vehicles_with_below: i64,
    accounts_with_below: i64,
}

/// What a unit was from one decision to the next.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChapterView {
    /// `enter`, `found`, `change`, `move`, `merge`, `take_over`, `close` or `restore`.
    act: String,
    from_on: chrono::NaiveDate,
    to_on: Option<chrono::NaiveDate>,
    document: String,
    reason: String,
    name: String,
    parent_name: Option<String>,
    other_name: Option<String>,
    by: String,
    at: chrono::DateTime<chrono::Utc>,
}

impl From<Unit> for UnitView {
    fn from(unit: Unit) -> Self {
        Self {
            id: unit.id.0,
            parent_id: unit.parent.map(|parent| parent.0),
            name: unit.name,
            level: unit.level.into(),
            region_code: unit.region.into(),
            lon: unit.place.map(LonLat::lon),
            lat: unit.place.map(LonLat::lat),
            kind: unit.kind.as_str(),
            credit_code: unit.credit_code.map(String::from),
            status: unit.status.as_str(),
        }
    }
}

impl From<Found> for FoundUnit {
    fn from(found: Found) -> Self {
        Self { unit: found.unit.into(), above: found.above }
    }
}

impl From<Chapter> for ChapterView {
    fn from(chapter: Chapter) -> Self {
        Self {
            act: chapter.act,
            from_on: chapter.from,
            to_on: chapter.to,
            document: chapter.document,
            reason: chapter.reason,
            name: chapter.name,
            parent_name: chapter.parent_name,
            other_name: chapter.other_name,
            by: chapter.by_login,
            at: chapter.at,
        }
    }
}

/// The units of the scope.
#[utoipa::path(get, path = "/units", operation_id = "list_units", tag = "units",
    responses((status = 200, body = UnitList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<UnitList>> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let units = fleet_db::unit::list(&mut conn, &scope).await?;
    Ok(axum::Json(UnitList { items: units.into_iter().map(UnitView::from).collect() }))
}

/// The tree of the scope in one answer; whoever has it is told that it has not changed.
#[utoipa::path(get, path = "/units/tree", operation_id = "unit_tree", tag = "units",
    responses((status = 200, body = UnitTreeView), (status = 304, description = "as before"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn tree(actor: Actor, State(app): State<App>, headers: HeaderMap) -> ApiResult<Response> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let revision = fleet_db::unit::revision(&mut conn).await?;
    let tree = if let Some(tree) = app.trees.get(&scope, revision) {
        tree
    } else {
        let units = fleet_db::unit::list(&mut conn, &scope).await?;
        let tree = super::unit_tree::of(units);
        let body = serde_json::to_vec(&tree).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
        app.trees.keep(&scope, revision, body.into())
    };
    Ok(tagged::answer(&headers, &tree.tag, "application/json", "private, no-cache", tree.body))
}

/// The units of the scope that fit what is typed.
#[utoipa::path(get, path = "/units/search", operation_id = "search_units", tag = "units", params(SearchAsked),
    responses((status = 200, body = FoundUnits),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn search(
    actor: Actor,
    State(app): State<App>,
    Asked(asked): Asked<SearchAsked>,
) -> ApiResult<axum::Json<FoundUnits>> {
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let limit = asked.limit.unwrap_or(FOUND).clamp(1, FOUND_MOST);
    let found = fleet_db::unit::search::search(&mut conn, &scope, &asked.q, limit).await?;
    Ok(axum::Json(FoundUnits { items: found.into_iter().map(FoundUnit::from).collect() }))
}

/// One unit with what it has, what it was, and what may be decided about it.
#[utoipa::path(get, path = "/units/{id}", operation_id = "read_unit", tag = "units", params(("id" = Uuid, Path)),
    responses((status = 200, body = UnitDetail),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>, Path(id): Path<Uuid>) -> ApiResult<axum::Json<UnitDetail>> {
    let id = UnitId(id);
    let scope = actor.reach();
    let mut conn = app.conn(&scope).await?;
    let unit = fleet_db::unit::load(&mut conn, &scope, id).await?;
    let counts = fleet_db::unit::act::counts(&mut conn, id).await?;
    let may_decide = match actor.scope(Permission::ManageUnits) {
        Ok(decides) => fleet_db::unit::is_within(&mut conn, &decides, id).await.is_ok(),
        Err(_) => false,
    };
    Ok(axum::Json(UnitDetail {
        above: fleet_db::unit::search::above(&mut conn, id).await?,
        counts: UnitCounts {
            children: counts.children,
            units_below: counts.units,
            vehicles: counts.vehicles,
            devices: counts.devices,
            accounts: counts.accounts,
            vehicles_with_below: counts.vehicles_below,
            accounts_with_below: counts.accounts_below,
        },
        history: fleet_db::unit::history::list(&mut conn, &scope, id).await?.into_iter().map(ChapterView::from).collect(),
        lines: fleet_db::line::of_unit(&mut conn, id).await?.into_iter().map(LineView::from).collect(),
        acts: allowed(unit.status).filter(|_| may_decide).map(dispatch::unit::act::UnitAct::as_str).collect(),
        unit: unit.into(),
    }))
}

impl UnitTreeView {
    /// An empty tree with the words that its numbers stand for.
    pub(super) fn begin() -> Self {
        Self {
            ids: Vec::new(),
            names: Vec::new(),
            depths: Vec::new(),
            levels: Vec::new(),
            kinds: Vec::new(),
            kind_names: dispatch::unit::UnitKind::ALL.map(dispatch::unit::UnitKind::as_str).to_vec(),
            status: Vec::new(),
            status_names: dispatch::unit::UnitStatus::ALL.map(dispatch::unit::UnitStatus::as_str).to_vec(),
        }
    }

    /// Adds a unit behind the others.
    pub(super) fn push(&mut self, unit: Unit, depth: u8) {
        let position = |all: &[&str], name: &str| all.iter().position(|one| *one == name).unwrap_or(0);
        self.kinds.push(position(&self.kind_names, unit.kind.as_str()));
        self.status.push(position(&self.status_names, unit.status.as_str()));
        self.ids.push(unit.id.0);
        self.names.push(unit.name);
        self.depths.push(depth);
        self.levels.push(unit.level.into());
    }
}
