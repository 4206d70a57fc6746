//! The router: every route of the API with its description, the console behind it, and what all of it goes through.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::api::{
    alarms, commands, configuration, devices, export, firmware, firmware_fetch, frames, history, ingest, map, platforms, session,
    terminal_options, terminal_steps, terminals, tiles, tokens, track, units, vehicles,
};
use crate::auth::actor::COOKIE;
use crate::ingest::Ingest;
use crate::live::routes as live;
use crate::state::App;
use crate::{console, edge, problem, tagged};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The head of the API's description.
#[derive(OpenApi)]
#[openapi(
    info(title = "Motorpool", description = "Official-car management with vehicle telematics (公务用车管理). Places are WGS-84, instants RFC 3339.",
         license(name = "Apache-2.0")),
    security(("session" = []), ("token" = [])),
    modifiers(&Schemes),
)]
struct Description;

/// The two ways to say who asks.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(COOKIE, "changes also need the header x-csrf-token");
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    }
}

fn api() -> OpenApiRouter<App> {
    let routes = OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::signed_in, session::sign_out))
        .routes(routes!(tokens::create, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(tokens::list_browsers))
        .routes(routes!(units::list))
        .routes(routes!(vehicles::list, vehicles::create))
        .routes(routes!(vehicles::read))
        .routes(routes!(vehicles::set_obu))
        .routes(routes!(history::days))
        .routes(routes!(track::read))
        .routes(routes!(export::export))
        .routes(routes!(history::trips))
        .routes(routes!(history::stops))
        .routes(routes!(history::events))
        .routes(routes!(alarms::list))
        .routes(routes!(devices::list, devices::create))
        .routes(routes!(devices::renew_secret))
        .routes(routes!(devices::bind, devices::unbind))
        .routes(routes!(terminals::list, terminals::enter))
        .routes(routes!(terminals::read, terminals::correct))
        .routes(routes!(terminal_steps::bind))
        .routes(routes!(terminal_steps::unbind))
        .routes(routes!(terminal_steps::allow_registration))
        .routes(routes!(terminal_steps::renew_secret))
        .routes(routes!(terminal_steps::set_use))
        .routes(routes!(commands::list, commands::create))
        .routes(routes!(commands::cancel))
        .routes(routes!(frames::watch))
        .routes(routes!(frames::list))
        .routes(routes!(frames::inspect))
        .routes(routes!(terminal_options::read))
        .routes(routes!(platforms::list, platforms::enter))
        .routes(routes!(platforms::renew_secret))
        .routes(routes!(platforms::set_use))
        .routes(routes!(firmware::read))
        .routes(routes!(firmware::bring).layer(DefaultBodyLimit::max(firmware::IMAGE_BYTES / 3 * 4 + (1 << 20))))
        .routes(routes!(firmware::begin))
        .routes(routes!(firmware::step))
        .routes(routes!(firmware::targets))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::live))
        .routes(routes!(map::roads))
        .routes(routes!(configuration::read));
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", routes)
}

/// The API's description (`OpenAPI` 3.1), as it is served at `/api/v1/openapi.json`.
pub fn openapi() -> String {
    let (_, description) = api().split_for_parts();
    description.to_pretty_json().map(|text| text + "\n").unwrap_or_default()
}

/// Everything that people's port answers; what devices report there goes to `ingest`.
pub fn router(app: &App, ingest: Option<&Ingest>) -> Router {
    let (routes, _) = api().split_for_parts();
    let description = Bytes::from(openapi());
    let tag: Arc<str> = tagged::of_content(&description).into();
    let describe = move |headers: HeaderMap| async move { describe(&headers, &tag, description) };
    let config = Arc::new(app.config.clone());
    let timeout = Duration::from_secs(u64::from(config.request_timeout_secs));
    // From the outside in.
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(from_fn(edge::observe))
        .layer(from_fn_with_state(Arc::clone(&config), edge::protect))
        .layer(CompressionLayer::new())
        .layer(from_fn(problem::render))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, timeout))
        .layer(DefaultBodyLimit::max(config.body_limit_bytes));
    routes
        .route("/api/v1/openapi.json", get(describe))
        .route(tiles::ROUTE, get(tiles::read))
        .merge(ingest::routes(ingest))
        .merge(firmware_fetch::routes())
        .fallback(console::fallback)
        .layer(layers)
        .with_state(app.clone())
}

fn describe(headers: &HeaderMap, tag: &str, description: Bytes) -> Response {
    tagged::answer(headers, tag, "application/json", "no-cache", description)
}
