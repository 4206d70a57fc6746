//! What a page needs to know before anybody is signed in.

use axum::extract::State;
use serde::Serialize;
use telematics::datum::Datum;
use utoipa::ToSchema;

use crate::config::{BindBy, MapKind};
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
    /// The identity provider that may vouch for people, if one is configured.
    provider: Option<ProviderView>,
}

/// What the button of the identity provider says.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderView {
    title_zh: String,
    title_en: String,
    /// How accounts are bound: by `subject`, or by `preferred_username`.
    #[schema(value_type = String)]
    bind_by: BindBy,
}

/// Which map, and where it opens.
#[derive(Serialize, ToSchema)]
pub(crate) struct MapView {
    /// `embedded`: the map that comes with the program; `tiles` and `proxy`: `layers` of pictures.
    #[schema(value_type = String)]
    kind: MapKind,
    /// What the map is drawn in: `wgs84` or `gcj02`. All coordinates of this API are WGS-84 where they say nothing else.
    #[schema(value_type = String)]
    crs: Datum,
    /// Longitude and latitude, WGS-84.
    center: [f64; 2],
    zoom: f64,
    /// From the lowest to the highest; none for `embedded`.
    layers: Vec<MapLayerView>,
    /// Whose map it is.
    attribution: String,
    /// The map's approval number (审图号), if it has one.
    approval_number: Option<String>,
    /// The nearest zoom level that has tiles.
    max_zoom: u8,
}

/// A layer of pictures.
#[derive(Serialize, ToSchema)]
pub(crate) struct MapLayerView {
    /// `base` or `labels`.
    name: &'static str,
    /// The address of its tiles on this server, with `{z}`, `{x}` and `{y}`.
    url: String,
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
        map: map(&app),
        provider: app.provider.is_some().then(|| ProviderView {
            title_zh: config.oidc.title_zh.clone(),
            title_en: config.oidc.title_en.clone(),
            bind_by: config.oidc.bind_by,
        }),
    })
}

fn map(app: &App) -> MapView {
    let config = &app.config.map;
    let layer = |name: &'static str| MapLayerView { name, url: format!("/tiles/{name}/{{z}}/{{x}}/{{y}}") };
    MapView {
        kind: config.kind,
        crs: config.crs,
        center: app.config.map_center_deg,
        zoom: app.config.map_zoom,
        layers: app.tiles.layers().iter().map(|one| layer(one.name())).collect(),
        attribution: config.attribution.clone(),
        approval_number: Some(config.approval_number.clone()).filter(|number| !number.is_empty()),
        max_zoom: config.max_zoom,
    }
}
