//! What a page needs to know before anybody is signed in.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::App;

/// How the product presents itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfigurationView {
    title_zh: String,
    title_en: String,
    /// The fleet is made up.
    demo: bool,
    version: &'static str,
    map: MapView,
}

/// Which map, and where it opens.
#[derive(Serialize, ToSchema)]
pub(crate) struct MapView {
    /// `embedded`: the map that comes with the program.
    kind: &'static str,
    /// Coordinates of the map: `wgs84`.
    crs: &'static str,
    /// Longitude and latitude.
    center: [f64; 2],
    zoom: f64,
}

/// How the product presents itself; needs no sign-in.
#[utoipa::path(get, path = "/config", operation_id = "read_configuration", tag = "meta", security(()), responses((status = 200, body = ConfigurationView)))]
pub(crate) async fn read(State(app): State<App>) -> axum::Json<ConfigurationView> {
    let config = &app.config;
    axum::Json(ConfigurationView {
        title_zh: config.title_zh.clone(),
        title_en: config.title_en.clone(),
        demo: config.demo,
        version: env!("CARGO_PKG_VERSION"),
        map: MapView { kind: "embedded", crs: "wgs84", center: config.map_center_deg, zoom: config.map_zoom },
    })
}
