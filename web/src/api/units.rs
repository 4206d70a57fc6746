//! The units that an account may see.

use axum::extract::State;
use dispatch::unit::Unit;
use serde::Serialize;
use telematics::place::LonLat;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Actor;
use crate::problem::{ApiResult, Problem};
use crate::state::App;

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
        }
    }
}

/// The units of the scope.
#[utoipa::path(get, path = "/units", operation_id = "list_units", tag = "units",
    responses((status = 200, body = UnitList), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<UnitList>> {
    let mut conn = app.conn().await?;
    let units = fleet_db::unit::list(&mut conn, actor.scope()).await?;
    Ok(axum::Json(UnitList { items: units.into_iter().map(UnitView::from).collect() }))
}
