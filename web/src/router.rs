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
use dispatch::{document, expense};
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
    account_sign_in, accounts, alarms, allowance_adjustments, allowances, annual, audit, audit_packs, calendar, cases, commands,
    configuration, data_handling, devices, documents, driver_scores, driver_terminal, drivers, exchange, exemptions, expenses,
    export, finding_steps, findings, firmware, firmware_fetch, frames, grants, history, holiday_seals, imports, incidents,
    ingest, lifecycle, lines, local_roles, map, message_preference, messages, oidc, order_checks, peers, platforms, receipts,
    renewal_plan, right_sizing, rule_changes, rules, running, seals, second_factor, sensitive_places, session, session_code,
    session_password, sessions, settlements, supplier_contracts, suppliers, terminal_options, terminal_steps, terminals, tiles,
    tokens, track, trips, unit_acts, unit_export, units, vehicles,
};
use crate::auth::signed::COOKIE;
use crate::ingest::Ingest;
use crate::live::routes as live;
use crate::state::App;
use crate::{console, described, edge, outside, problem, tagged};

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

/// The ways to say who asks.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(COOKIE, "changes also need the header x-csrf-token");
        let signature = ApiKeyValue::with_description("x-exchange-signature", "of another platform, over all of the message");
        components.add_security_scheme("signature", SecurityScheme::ApiKey(ApiKey::Header(signature)));
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        components.add_security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    }
}

/// People, their units and the cars.
#[expect(clippy::too_many_lines, reason = "one line a route")]
fn of_people(import_bytes: usize) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::signed_in, session::sign_out))
        .routes(routes!(tokens::create, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::security))
        .routes(routes!(session_code::give))
        .routes(routes!(session_password::change))
        .routes(routes!(second_factor::set_up))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::renew))
        .routes(routes!(second_factor::remove))
        .routes(routes!(oidc::begin))
        .routes(routes!(oidc::finish))
        .routes(routes!(account_sign_in::read))
        .routes(routes!(account_sign_in::end_sessions))
        .routes(routes!(account_sign_in::remove_second_factor))
        .routes(routes!(account_sign_in::bind, account_sign_in::unbind))
        .routes(routes!(grants::own))
        .routes(routes!(grants::colleagues))
        .routes(routes!(grants::delegate))
        .routes(routes!(grants::revoke))
        .routes(routes!(accounts::list, accounts::open))
        .routes(routes!(accounts::read))
        .routes(routes!(accounts::set_use))
        .routes(routes!(accounts::reset_password))
        .routes(routes!(grants::give))
        .routes(routes!(audit::list))
        .routes(routes!(audit::seals))
        .routes(routes!(audit::read))
        .routes(routes!(audit_packs::take))
        .routes(routes!(local_roles::list, local_roles::make))
        .routes(routes!(local_roles::retire))
        .routes(routes!(units::list, unit_acts::found))
        .routes(routes!(units::tree))
        .routes(routes!(units::search))
        .routes(routes!(unit_export::export))
        .routes(routes!(units::read))
        .routes(routes!(unit_acts::decide))
        .routes(routes!(unit_acts::preview))
        .routes(routes!(lines::list, lines::create))
        .routes(routes!(lines::members))
        .routes(routes!(lines::put, lines::take))
        .routes(routes!(imports::preview).layer(DefaultBodyLimit::max(import_bytes)))
        .routes(routes!(imports::bring).layer(DefaultBodyLimit::max(import_bytes)))
        .routes(routes!(imports::bad_rows).layer(DefaultBodyLimit::max(import_bytes)))
        .routes(routes!(imports::empty))
        .routes(routes!(vehicles::list, vehicles::create))
        .routes(routes!(vehicles::read))
        .routes(routes!(vehicles::set_obu))
        .routes(routes!(exemptions::list, exemptions::begin))
        .routes(routes!(exemptions::end))
        .routes(routes!(documents::list, documents::bring).layer(DefaultBodyLimit::max(document::FILE_BYTES)))
        .routes(routes!(documents::fetch, documents::delete))
        .routes(routes!(seals::of_vehicle, seals::put))
        .routes(routes!(seals::list))
        .routes(routes!(seals::open))
        .routes(routes!(holiday_seals::seal_all))
        .routes(routes!(drivers::list, drivers::enter))
        .routes(routes!(drivers::read, drivers::change))
        .routes(routes!(drivers::learn))
        .routes(routes!(driver_scores::read))
        .routes(routes!(driver_scores::items))
        .routes(routes!(data_handling::read))
        .routes(routes!(data_handling::export))
        .routes(routes!(order_checks::list))
        .routes(routes!(order_checks::close))
        .routes(routes!(history::days))
        .routes(routes!(track::read))
        .routes(routes!(export::export))
        .routes(routes!(history::trips))
        .routes(routes!(history::stops))
        .routes(routes!(history::events))
        .routes(routes!(alarms::list))
        .routes(routes!(findings::list))
        .routes(routes!(findings::read))
        .routes(routes!(finding_steps::explain))
        .routes(routes!(finding_steps::escalate))
        .routes(routes!(finding_steps::accept))
        .routes(routes!(finding_steps::condemn))
        .routes(routes!(sensitive_places::list, sensitive_places::enter))
        .routes(routes!(sensitive_places::remove))
        .routes(routes!(cases::list, cases::enter))
        .routes(routes!(cases::link))
        .routes(routes!(cases::close))
        .routes(routes!(messages::list))
        .routes(routes!(messages::counts))
        .routes(routes!(messages::read))
        .routes(routes!(messages::unread))
        .routes(routes!(messages::pin))
        .routes(routes!(messages::unpin))
        .routes(routes!(messages::read_all))
        .routes(routes!(message_preference::read, message_preference::save))
}

/// What trips cost, and the money of units for them.
fn of_trip_money() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(expenses::list, expenses::enter))
        .routes(routes!(expenses::reverse))
        .routes(routes!(receipts::bring, receipts::fetch).layer(DefaultBodyLimit::max(expense::RECEIPT_BYTES)))
        .routes(routes!(settlements::preview))
        .routes(routes!(settlements::settle, settlements::read))
        .routes(routes!(allowances::list, allowances::give))
        .routes(routes!(allowance_adjustments::list, allowance_adjustments::propose))
        .routes(routes!(allowance_adjustments::step))
        .routes(routes!(allowances::entries))
}

/// Repairs, papers with a last day, cards, costs and figures of cars.
fn of_running(import_bytes: usize) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(running::vendors::list, running::vendors::name))
        .routes(routes!(running::repairs::list, running::repairs::propose))
        .routes(routes!(running::repairs::read))
        .routes(routes!(running::repairs::quote))
        .routes(routes!(running::repair_steps::step))
        .routes(routes!(running::repair_steps::settle))
        .routes(routes!(running::plans::list, running::plans::plan))
        .routes(routes!(running::plans::end))
        .routes(routes!(running::plans::due))
        .routes(routes!(running::papers::policies, running::papers::keep_policy))
        .routes(routes!(running::papers::inspections, running::papers::keep_inspection))
        .routes(routes!(running::cards::list, running::cards::give))
        .routes(routes!(running::cards::change))
        .routes(routes!(running::uses::list, running::uses::enter))
        .routes(routes!(running::feeds::cards).layer(DefaultBodyLimit::max(import_bytes)))
        .routes(routes!(running::costs::list, running::costs::enter))
        .routes(routes!(running::costs::reverse))
        .routes(routes!(running::feeds::costs).layer(DefaultBodyLimit::max(import_bytes)))
        .routes(routes!(running::costs::years, running::costs::close))
        .routes(routes!(running::exceptions::list))
        .routes(routes!(running::exceptions::link))
        .routes(routes!(running::exceptions::dismiss))
        .routes(routes!(running::figures::read))
        .routes(routes!(running::figures::rows))
}

/// Suppliers of cars, their contracts, and their cars for a trip.
fn of_suppliers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(suppliers::list, suppliers::enter))
        .routes(routes!(suppliers::retire))
        .routes(routes!(supplier_contracts::sign))
        .routes(routes!(supplier_contracts::end))
        .routes(routes!(supplier_contracts::add_car))
        .routes(routes!(supplier_contracts::give_back))
        .routes(routes!(trips::rentals::list))
}

/// Annual statistics reports.
fn of_reports() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(annual::reading::list))
        .routes(routes!(annual::reading::read))
        .routes(routes!(annual::stepping::step))
        .routes(routes!(annual::workbook::export))
}

/// The life of cars: establishment, indicators, budgets, purchases, registrations, renewals, disposals, transfers.
fn of_lifecycle() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lifecycle::establishment::board))
        .routes(routes!(lifecycle::establishment::place))
        .routes(routes!(lifecycle::establishment::list, lifecycle::establishment::propose))
        .routes(routes!(lifecycle::establishment::step))
        .routes(routes!(lifecycle::breaches::list))
        .routes(routes!(lifecycle::indicators::check))
        .routes(routes!(lifecycle::indicators::list, lifecycle::indicators::propose))
        .routes(routes!(lifecycle::indicators::step))
        .routes(routes!(lifecycle::budgets::list, lifecycle::budgets::propose))
        .routes(routes!(lifecycle::budgets::share))
        .routes(routes!(lifecycle::budgets::step))
        .routes(routes!(lifecycle::purchases::list, lifecycle::purchases::propose))
        .routes(routes!(lifecycle::purchases::step))
        .routes(routes!(lifecycle::registering::register))
        .routes(routes!(lifecycle::registrations::read))
        .routes(routes!(lifecycle::life_line::read))
        .routes(routes!(lifecycle::registrations::record))
        .routes(routes!(lifecycle::registrations::change_plate))
        .routes(routes!(lifecycle::registrations::mark))
        .routes(routes!(lifecycle::renewals::list))
        .routes(routes!(lifecycle::disposals::list, lifecycle::disposals::propose))
        .routes(routes!(lifecycle::disposals::step))
        .routes(routes!(lifecycle::transfers::list, lifecycle::transfers::propose))
        .routes(routes!(lifecycle::transfers::step))
}

/// What a driver's telephone sends beside the moves of an order.
fn of_drivers() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(order_checks::car))
        .routes(routes!(order_checks::keep))
        .routes(routes!(driver_terminal::call))
        .routes(routes!(driver_terminal::positions))
        .routes(routes!(incidents::reports::report))
        .routes(routes!(incidents::reports::photograph).layer(DefaultBodyLimit::max(document::FILE_BYTES)))
}

/// What goes wrong on the road.
fn of_incidents() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(incidents::accidents::list, incidents::accidents::enter))
        .routes(routes!(incidents::accidents::read, incidents::accidents::correct))
        .routes(routes!(incidents::accidents::step))
        .routes(routes!(incidents::photographs::add).layer(DefaultBodyLimit::max(document::FILE_BYTES)))
        .routes(routes!(incidents::violations::list, incidents::violations::enter))
        .routes(routes!(incidents::violations::read))
        .routes(routes!(incidents::violations::step))
}

/// Terminals, rules, and what is live.
fn of_things() -> OpenApiRouter<App> {
    OpenApiRouter::new()
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
        .routes(routes!(rules::list))
        .routes(routes!(rule_changes::preview))
        .routes(routes!(rule_changes::list, rule_changes::propose))
        .routes(routes!(rule_changes::step))
        .routes(routes!(rules::read))
        .routes(routes!(calendar::read))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::live))
        .routes(routes!(map::roads))
        .routes(routes!(configuration::read))
}

/// Trips, from the request to the car that is back.
fn of_trips() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(trips::requests::options))
        .routes(routes!(trips::requests::check))
        .routes(routes!(trips::requests::list, trips::requests::create))
        .routes(routes!(trips::requests::counts))
        .routes(routes!(trips::decisions::batch))
        .routes(routes!(trips::requests::read, trips::requests::rewrite))
        .routes(routes!(trips::decisions::act))
        .routes(routes!(trips::candidates::list))
        .routes(routes!(trips::orders::issue))
        .routes(routes!(trips::pool::list))
        .routes(routes!(trips::pool::join))
        .routes(routes!(trips::orders::list))
        .routes(routes!(trips::orders::read))
        .routes(routes!(trips::order_steps::act))
        .routes(routes!(trips::orders::tasks))
        .routes(routes!(trips::board::read))
        .routes(routes!(trips::proposal::propose))
        .routes(routes!(trips::figures::read))
        .routes(routes!(renewal_plan::attempt))
        .routes(routes!(right_sizing::attempt))
        .routes(routes!(trips::figures::rows))
        .routes(routes!(trips::ratings::rate, trips::ratings::read))
        .routes(routes!(trips::notices::list, trips::notices::publish))
        .routes(routes!(trips::notices::take_back))
        .routes(routes!(trips::notices::public))
        .routes(routes!(trips::notices::public_units))
        .routes(routes!(trips::notice_feed::read))
        .routes(routes!(trips::flows::list, trips::flows::make))
        .routes(routes!(trips::flows::retire))
        .routes(routes!(trips::routes::list, trips::routes::make))
        .routes(routes!(trips::routes::retire))
        .routes(routes!(trips::plans::list, trips::plans::write))
        .routes(routes!(trips::plans::read))
        .routes(routes!(trips::plans::change))
        .routes(routes!(trips::plans::steps::act))
        .routes(routes!(trips::plans::days::list))
}

/// Other platforms, and requests on their way to and from them.
fn of_exchange() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(trips::hand_over::choices))
        .routes(routes!(trips::hand_over::hand_over))
        .routes(routes!(trips::hand_over::call_back))
        .routes(routes!(peers::list, peers::enter))
        .routes(routes!(peers::change))
        .routes(routes!(peers::renew_key))
        .routes(routes!(peers::enter_key))
        .routes(routes!(peers::set_use))
        .routes(routes!(peers::reach::set))
        .routes(routes!(peers::reach::records))
        .routes(routes!(exchange::receive).layer(DefaultBodyLimit::max(exchange::MESSAGE_BYTES)))
}

fn api(import_bytes: usize) -> OpenApiRouter<App> {
    let routes = of_people(import_bytes)
        .merge(of_things())
        .merge(of_trips())
        .merge(of_trip_money())
        .merge(of_suppliers())
        .merge(of_lifecycle())
        .merge(of_reports())
        .merge(of_running(import_bytes))
        .merge(of_drivers())
        .merge(of_incidents())
        .merge(of_exchange());
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", routes)
}

/// The API's description (`OpenAPI` 3.1), as it is served at `/api/v1/openapi.json`.
pub fn openapi() -> String {
    let (_, mut description) = api(0).split_for_parts();
    described::common_answers(&mut description);
    description.to_pretty_json().map(|text| text + "\n").unwrap_or_default()
}

/// Everything that people's port answers; what devices report there goes to `ingest`.
pub fn router(app: &App, ingest: Option<&Ingest>) -> Router {
    let (routes, _) = api(app.config.import_file_bytes).split_for_parts();
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
        .layer(from_fn_with_state(app.clone(), outside::refuse))
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
