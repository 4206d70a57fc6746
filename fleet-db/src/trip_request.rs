//! Requests for cars (用车申请): written, found, and moved under a lock by whoever holds the transaction.

pub mod approval;
pub mod flow;
pub mod listing;

use chrono::{DateTime, Datelike as _, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::day_of;
use dispatch::exchange::HandOverState;
use dispatch::scope::Scope;
use dispatch::trip::flow::Step;
use dispatch::trip::request::{RequestId, RequestState};
use dispatch::trip::wish::{Spot, Wish};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use std::ops::Bound;
use telematics::id::VehicleId;
use telematics::place::LonLat;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A request with all that is known of it (用车申请).
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Key.
    pub id: RequestId,
    /// The number that people read.
    pub number: String,
    /// Who asks.
    pub applicant: AccountId,
    /// The same by name.
    pub applicant_name: String,
    /// Where it stands.
    pub state: RequestState,
    /// What is asked for.
    pub wish: Wish,
    /// A car that is asked for by name.
    pub wanted: Option<VehicleId>,
    /// Name of the unit that travels.
    pub unit_name: String,
    /// Name of the unit whose cars are asked for.
    pub fleet_name: String,
    /// Length of the way, as reckoned.
    pub distance_m: i32,
    /// What it will cost, as reckoned.
    pub estimate_fen: i64,
    /// Who decides; empty while it is a draft.
    pub steps: Vec<Step>,
    /// The step that is waited for, from 0.
    pub step: i16,
    /// How often it was handed in.
    pub round: i16,
    /// Until when an emergency is to be ratified.
    pub ratify_by: Option<DateTime<Utc>>,
    /// When it was.
    pub ratified_at: Option<DateTime<Utc>>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was handed in last.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the last decision fell.
    pub decided_at: Option<DateTime<Utc>>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
    /// Where it stands with another platform that carries it out.
    pub handed: Option<HandOverState>,
    /// It came from another platform.
    pub is_guest: bool,
}

/// A request to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRequest<'a> {
    /// Key.
    pub id: RequestId,
    /// Who asks.
    pub applicant: AccountId,
    /// What is asked for.
    pub wish: &'a Wish,
    /// A car that is asked for by name.
    pub wanted: Option<VehicleId>,
    /// Length of the way, as reckoned.
    pub distance_m: i32,
    /// What it will cost, as reckoned.
    pub estimate_fen: i64,
}

/// A time from its beginning up to its end.
pub(crate) const fn during(from: DateTime<Utc>, to: DateTime<Utc>) -> PgRange<DateTime<Utc>> {
    PgRange { start: Bound::Included(from), end: Bound::Excluded(to) }
}

/// Draws the next number of a unit's division for the year of `now`, such as `YC-330106-2026-17`.
pub(crate) async fn next_number(
    conn: &mut PgConnection,
    unit: UnitId,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<String, DbError> {
    let year = day_of(now).year();
    let number = sqlx::query_scalar!("select paper_number_next($1, $2, $3)", unit.0, year, kind).fetch_one(conn).await?;
    number.ok_or(DbError::NotFound)
}

/// Writes a draft, and gives its number. [`DbError::NotFound`] for a unit that there is not.
pub async fn insert(conn: &mut PgConnection, new: &NewRequest<'_>, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, new.wish.unit, "YC", now).await?;
    let wish = new.wish;
    sqlx::query!(
        "insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential, is_emergency,
             is_poolable, category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name, to_place, stops,
             is_round_trip, planned, wanted_vehicle_id, note, distance_m, estimate_fen, steps, step, round, created_at, changed_at)
         values ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
             $16, st_setsrid(st_makepoint($17, $18), 4326), $19, st_setsrid(st_makepoint($20, $21), 4326), $22, $23, $24, $25, $26, $27, $28,
             '[]', 0, 0, $29, $29)",
        new.id.0,
        number,
        wish.unit.0,
        wish.fleet.0,
        new.applicant.0,
        wish.reason,
        wish.purpose.trim(),
        wish.is_confidential,
        wish.is_emergency,
        wish.is_poolable,
        wish.category.as_str(),
        small(wish.seats),
        serde_json::to_value(&wish.passengers).map_err(unreadable)?,
        small(wish.passenger_count),
        small(wish.vehicle_count),
        wish.from.name.trim(),
        wish.from.place.lon(),
        wish.from.place.lat(),
        wish.to.name.trim(),
        wish.to.place.lon(),
        wish.to.place.lat(),
        serde_json::to_value(&wish.stops).map_err(unreadable)?,
        wish.is_round_trip,
        during(wish.begins_at, wish.ends_at),
        new.wanted.map(|vehicle| vehicle.0),
        wish.note.trim(),
        new.distance_m,
        new.estimate_fen,
        now,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

/// Writes a draft anew.
pub async fn rewrite(conn: &mut PgConnection, new: &NewRequest<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let wish = new.wish;
    sqlx::query_scalar!(
        "update trip_request
         set unit_id = $2, dispatch_unit_id = $3, reason = $4, purpose = $5, is_confidential = $6, is_emergency = $7, is_poolable = $8,
             category = $9, seats = $10, passengers = $11, passenger_count = $12, vehicle_count = $13, from_name = $14,
             from_place = st_setsrid(st_makepoint($15, $16), 4326), to_name = $17, to_place = st_setsrid(st_makepoint($18, $19), 4326),
             stops = $20, is_round_trip = $21, planned = $22, wanted_vehicle_id = $23, note = $24, distance_m = $25, estimate_fen = $26,
             changed_at = $27
         where id = $1 and state = 'draft'
         returning id",
        new.id.0,
        wish.unit.0,
        wish.fleet.0,
        wish.reason,
        wish.purpose.trim(),
        wish.is_confidential,
        wish.is_emergency,
        wish.is_poolable,
        wish.category.as_str(),
        small(wish.seats),
        serde_json::to_value(&wish.passengers).map_err(unreadable)?,
        small(wish.passenger_count),
        small(wish.vehicle_count),
        wish.from.name.trim(),
        wish.from.place.lon(),
        wish.from.place.lat(),
        wish.to.name.trim(),
        wish.to.place.lon(),
        wish.to.place.lat(),
        serde_json::to_value(&wish.stops).map_err(unreadable)?,
        wish.is_round_trip,
        during(wish.begins_at, wish.ends_at),
        new.wanted.map(|vehicle| vehicle.0),
        wish.note.trim(),
        new.distance_m,
        new.estimate_fen,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// A request that the connection may see: by its unit, by the fleet it asks, by who asks, by who drives.
pub async fn load(conn: &mut PgConnection, id: RequestId) -> Result<Request, DbError> {
    listing::one(conn, id).await?.ok_or(DbError::NotFound)
}

/// The same, locked until the transaction ends: of two who move it, the second sees what the first has done.
pub async fn load_to_move(conn: &mut PgConnection, id: RequestId) -> Result<Request, DbError> {
    sqlx::query_scalar!("select id from trip_request where id = $1 for update", id.0).fetch_one(&mut *conn).await?;
    load(conn, id).await
}

/// Stores where a request stands after a move; what is asked for stays as it is.
pub async fn save(conn: &mut PgConnection, request: &Request, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update trip_request
         set state = $2, steps = $3, step = $4, round = $5, ratify_by = $6, ratified_at = $7, submitted_at = $8, decided_at = $9,
             distance_m = $10, estimate_fen = $11, changed_at = $12
         where id = $1
         returning id",
        request.id.0,
        request.state.as_str(),
        serde_json::to_value(&request.steps).map_err(unreadable)?,
        request.step,
        request.round,
        request.ratify_by,
        request.ratified_at,
        request.submitted_at,
        request.decided_at,
        request.distance_m,
        request.estimate_fen,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The units over which an actor of this scope may ask for cars, those at the top first; for a choice.
pub async fn units(conn: &mut PgConnection, scope: &Scope, most: i64) -> Result<Vec<(UnitId, String)>, DbError> {
    let rows = sqlx::query!(
        r#"select u.id, u.name
           from unit u
           join unit_closure c on c.unit_id = u.id and c.ancestor_id = any ($1)
           where u.status = 'active'
           group by u.id, u.name
           order by min(c.depth), u.name, u.id
           limit $2"#,
        scope.units(),
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.id), row.name)).collect())
}

/// Units that may be asked for a car of theirs, those nearest to `unit` in the tree first; it and the units below it left out.
///
/// They are its superiors with cars in use, and fleets (车队), which are there for others: what else the units beside have is not told.
/// On a connection that is not bound to a scope, because fleets serve units that are not below them.
pub async fn fleets(conn: &mut PgConnection, unit: UnitId, most: i64) -> Result<Vec<(UnitId, String)>, DbError> {
    let rows = sqlx::query!(
        r#"select u.id, u.name
           from (select distinct unit_id from vehicle where status in ('in_service', 'idle')) fleet
           join unit u on u.id = fleet.unit_id and u.status = 'active'
           join unit_closure down on down.unit_id = fleet.unit_id
           join unit_closure up on up.ancestor_id = down.ancestor_id and up.unit_id = $1
           where u.kind = 'fleet' or exists (select from unit_closure c where c.unit_id = $1 and c.ancestor_id = u.id)
           group by u.id, u.name
           having min(up.depth) > 0
           order by min(up.depth + down.depth), u.name, u.id
           limit $2"#,
        unit.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (UnitId(row.id), row.name)).collect())
}

/// Places to which somebody has travelled, the newest first, each once.
pub async fn places(conn: &mut PgConnection, applicant: AccountId, most: i64) -> Result<Vec<Spot>, DbError> {
    let rows = sqlx::query!(
        r#"select name as "name!", lon as "lon!", lat as "lat!"
           from (select distinct on (p.name) p.name, st_x(p.place) as lon, st_y(p.place) as lat, p.at
                 from (select from_name as name, from_place as place, created_at as at from trip_request where applicant_id = $1
                       union all
                       select to_name, to_place, created_at from trip_request where applicant_id = $1) p
                 order by p.name, p.at desc) recent
           order by at desc
           limit $2"#,
        applicant.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok(Spot { name: row.name, place: LonLat::new(row.lon, row.lat).map_err(unreadable)? })).collect()
}

/// A count that the wish has held within what fits.
fn small(count: u32) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

/// A count as it is stored.
pub(crate) fn count(stored: i16) -> u32 {
    u32::try_from(stored).unwrap_or_default()
}

/// Key as it is stored.
pub(crate) const fn raw(id: Option<RequestId>) -> Option<Uuid> {
    match id {
        Some(RequestId(id)) => Some(id),
        None => None,
    }
}
