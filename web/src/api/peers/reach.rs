//! What another platform is told, may read and may tell, as the system administrator of the unit has it agreed; and what it told.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use dispatch::account::Permission;
use dispatch::exchange::PeerId;
use dispatch::exchange::record::{ExchangeInterface, ExchangeInterfaceError};
use dispatch::unit::UnitId;
use fleet_db::peer::reach::{self, PeerReach};
use fleet_db::{PgConnection, audit, exchange, peer, unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::PeerView;
use crate::auth::Actor;
use crate::extract::{Asked, Json, Now, Path};
use crate::problem::{ApiResult, NOT_FOUND, Problem, Wrong};
use crate::state::{App, commit};

/// Records of a page.
const PAGE: i64 = 100;

/// What a platform is told, may read and may tell.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PeerReachToSet {
    /// The unit whose annual reports go up to it.
    up_unit_id: Option<Uuid>,
    /// The unit whose annual reports it hands up to us.
    down_unit_id: Option<Uuid>,
    /// The unit of which it reads, with all below it.
    open_unit_id: Option<Uuid>,
    /// Interfaces by which it reads, such as `vehicle`.
    #[serde(default)]
    pulls: Vec<String>,
    /// Interfaces by which it tells us.
    #[serde(default)]
    pushes: Vec<String>,
}

/// What a platform is told, may read and may tell.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct PeerReachView {
    up_unit_id: Option<Uuid>,
    up_unit_name: Option<String>,
    down_unit_id: Option<Uuid>,
    down_unit_name: Option<String>,
    open_unit_id: Option<Uuid>,
    open_unit_name: Option<String>,
    pulls: Vec<&'static str>,
    pushes: Vec<&'static str>,
}

/// What went over an interface.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerTrafficView {
    interface: &'static str,
    term: &'static str,
    /// `push`: it told us; `pull`: it read.
    kind: &'static str,
    messages: i64,
    records: i64,
    last_at: DateTime<Utc>,
}

/// An interface by which records go.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExchangeInterfaceView {
    interface: &'static str,
    /// That of the standard.
    number: String,
    term: &'static str,
    /// Anybody may ask, and nobody tells: it is about the partner itself.
    is_of_the_partner: bool,
}

impl From<(ExchangeInterface, String)> for ExchangeInterfaceView {
    fn from((interface, number): (ExchangeInterface, String)) -> Self {
        Self { interface: interface.as_str(), number, term: interface.term(), is_of_the_partner: interface.is_of_the_partner() }
    }
}

/// Which of the records that a platform told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeerRecordsAsked {
    /// By which interface, such as `vehicle`.
    interface: String,
    /// Behind which number.
    #[serde(default)]
    after: String,
}

/// Records that a platform told.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerRecordList {
    /// By number.
    items: Vec<PeerRecordView>,
    /// Behind which number the next page begins; null on the last.
    next: Option<String>,
}

/// A record that a platform told.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerRecordView {
    /// Its number there.
    key: String,
    #[schema(value_type = Object)]
    content: Value,
    changed_at: DateTime<Utc>,
}

/// Says beside each platform what it may do and what it did.
pub(super) async fn fill(conn: &mut PgConnection, peers: &mut [PeerView]) -> ApiResult<()> {
    let reaches = reach::list(conn).await?;
    let traffic = exchange::traffic(conn).await?;
    for view in peers {
        let own = traffic.iter().filter(|one| one.peer.0 == view.id).map(|one| PeerTrafficView {
            interface: one.interface.as_str(),
            term: one.interface.term(),
            kind: one.kind.as_str(),
            messages: one.messages,
            records: one.records,
            last_at: one.last_at,
        });
        view.traffic = own.collect();
        let Some((_, reach, names)) = reaches.iter().find(|(peer, ..)| peer.0 == view.id) else { continue };
        let listed = |interfaces: &[ExchangeInterface]| interfaces.iter().map(|interface| interface.as_str()).collect();
        view.reach = PeerReachView {
            up_unit_id: reach.up.map(|unit| unit.0),
            up_unit_name: names.up.clone(),
            down_unit_id: reach.down.map(|unit| unit.0),
            down_unit_name: names.down.clone(),
            open_unit_id: reach.open.map(|unit| unit.0),
            open_unit_name: names.open.clone(),
            pulls: listed(&reach.pulls),
            pushes: listed(&reach.pushes),
        };
    }
    Ok(())
}

/// Writes anew what a platform is told, may read and may tell.
#[utoipa::path(put, path = "/peers/{id}/reach", operation_id = "set_peer_reach", tag = "exchange", request_body = PeerReachToSet,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<PeerReachToSet>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let reach = read(&wanted)?;
    let mut tx = app.begin(&scope).await?;
    for unit in [reach.up, reach.down, reach.open].into_iter().flatten() {
        unit::is_within(&mut tx, &scope, unit).await?;
    }
    let entry = reach::save(&mut tx, &scope, PeerId(id), &reach, now).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(wanted: &PeerReachToSet) -> ApiResult<PeerReach> {
    let mut wrong = Wrong::default();
    let mut listed = |field: &str, names: &[String]| {
        let mut found = Vec::new();
        for name in names {
            match wrong.take(field, name.parse::<ExchangeInterface>(), ExchangeInterfaceError::code) {
                Some(interface) if interface.is_of_the_partner() => wrong.note(field, "exchange.interface"),
                Some(interface) => found.push(interface),
                None => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    };
    let (pulls, pushes) = (listed("pulls", &wanted.pulls), listed("pushes", &wanted.pushes));
    let (up, down) = (wanted.up_unit_id.map(UnitId), wanted.down_unit_id.map(UnitId));
    if up.is_some() && up == down {
        wrong.note("down_unit_id", "peer.reach_same");
    }
    if wanted.open_unit_id.is_none() && !pulls.is_empty() {
        wrong.note("open_unit_id", "peer.reach_open");
    }
    if !wrong.is_empty() {
        return Err(wrong.into_error());
    }
    Ok(PeerReach { up, down, open: wanted.open_unit_id.map(UnitId), pulls, pushes })
}

/// What a platform has told by an interface.
#[utoipa::path(get, path = "/peers/{id}/records", operation_id = "list_peer_records", tag = "exchange",
    params(("id" = Uuid, Path), PeerRecordsAsked),
    responses((status = 200, body = PeerRecordList),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn records(
    actor: Actor,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Asked(asked): Asked<PeerRecordsAsked>,
) -> ApiResult<axum::Json<PeerRecordList>> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let mut wrong = Wrong::default();
    let interface = wrong.take("interface", asked.interface.parse::<ExchangeInterface>(), ExchangeInterfaceError::code);
    let Some(interface) = interface else { return Err(wrong.into_error()) };
    let mut conn = app.conn(&scope).await?;
    let peers = peer::list(&mut conn, &scope).await?;
    let peer = peers.into_iter().find(|peer| peer.id.0 == id).ok_or(NOT_FOUND)?;
    unit::is_within(&mut conn, &scope, peer.unit.0).await?;
    let mut found = exchange::received(&mut conn, (peer.id, interface), &asked.after, PAGE + 1).await?;
    let is_last = i64::try_from(found.len()).unwrap_or_default() <= PAGE;
    found.truncate(usize::try_from(PAGE).unwrap_or_default());
    let next = found.last().filter(|_| !is_last).map(|record| record.key.clone());
    let view =
        |record: exchange::Received| PeerRecordView { key: record.key, content: record.content, changed_at: record.changed_at };
    Ok(axum::Json(PeerRecordList { items: found.into_iter().map(view).collect(), next }))
}
