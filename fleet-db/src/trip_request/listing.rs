//! Lists of requests: one's own, those one has to decide on, those that wait for a car, and all.

use std::ops::Bound;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::trip::request::{RequestId, RequestState};
use dispatch::trip::wish::{Spot, Wish};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;
use telematics::id::VehicleId;
use telematics::place::LonLat;
use uuid::Uuid;

use super::{Request, count, raw};
use crate::error::{DbError, unreadable};

/// Which requests are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In one of these states.
    pub states: Vec<RequestState>,
    /// Asked for by this person.
    pub applicant: Option<AccountId>,
    /// Waiting at this instant for a decision of the leaders of these units, or of this very person; who asked does not decide.
    pub decides: Option<(Scope, AccountId, DateTime<Utc>)>,
    /// Asking for cars of these units.
    pub fleet: Option<Scope>,
    /// Of these units.
    pub unit: Option<Scope>,
    /// Text in the number, the purpose, the places or the name of who asks.
    pub text: Option<String>,
    /// Carried out by another platform at this moment, or on the way to one.
    pub is_handed: bool,
    /// Those after this one, in the order of the list.
    pub after: Option<RequestId>,
}

#[expect(clippy::struct_excessive_bools, reason = "four boxes of the form, each by itself")]
struct Row {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    dispatch_unit_id: Uuid,
    applicant_id: Uuid,
    state: String,
    reason: String,
    purpose: String,
    is_confidential: bool,
    is_emergency: bool,
    is_poolable: bool,
    category: String,
    seats: i16,
    passengers: Value,
    passenger_count: i16,
    vehicle_count: i16,
    from_name: String,
    from_lon: f64,
    from_lat: f64,
    to_name: String,
    to_lon: f64,
    to_lat: f64,
    stops: Value,
    is_round_trip: bool,
    planned: PgRange<DateTime<Utc>>,
    wanted_vehicle_id: Option<Uuid>,
    note: String,
    distance_m: i32,
    estimate_fen: i64,
    steps: Value,
    step: i16,
    round: i16,
    ratify_by: Option<DateTime<Utc>>,
    ratified_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    applicant_name: Option<String>,
    unit_name: Option<String>,
    fleet_name: Option<String>,
    handed: Option<String>,
    is_guest: bool,
}

/// The end of a stored time; times of papers have both.
pub(crate) const fn end(bound: &Bound<DateTime<Utc>>) -> DateTime<Utc> {
    match bound {
        Bound::Included(at) | Bound::Excluded(at) => *at,
        Bound::Unbounded => DateTime::<Utc>::MAX_UTC,
    }
}

fn spot(name: String, lon: f64, lat: f64) -> Result<Spot, DbError> {
    Ok(Spot { name, place: LonLat::new(lon, lat).map_err(unreadable)? })
}

impl TryFrom<Row> for Request {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let wish = Wish {
            unit: UnitId(row.unit_id),
            fleet: UnitId(row.dispatch_unit_id),
            reason: row.reason,
            purpose: row.purpose,
            is_confidential: row.is_confidential,
            is_emergency: row.is_emergency,
            is_poolable: row.is_poolable,
            category: row.category.parse().map_err(unreadable)?,
            seats: count(row.seats),
            passengers: serde_json::from_value(row.passengers).map_err(unreadable)?,
            passenger_count: count(row.passenger_count),
            vehicle_count: count(row.vehicle_count),
            from: spot(row.from_name, row.from_lon, row.from_lat)?,
            to: spot(row.to_name, row.to_lon, row.to_lat)?,
            stops: serde_json::from_value(row.stops).map_err(unreadable)?,
            is_round_trip: row.is_round_trip,
            begins_at: end(&row.planned.start),
            ends_at: end(&row.planned.end),
            note: row.note,
        };
        Ok(Self {
            id: RequestId(row.id),
            number: row.number,
            applicant: AccountId(row.applicant_id),
            applicant_name: row.applicant_name.unwrap_or_default(),
            state: row.state.parse().map_err(unreadable)?,
            wish,
            wanted: row.wanted_vehicle_id.map(VehicleId),
            unit_name: row.unit_name.unwrap_or_default(),
            fleet_name: row.fleet_name.unwrap_or_default(),
            distance_m: row.distance_m,
            estimate_fen: row.estimate_fen,
            steps: serde_json::from_value(row.steps).map_err(unreadable)?,
            step: row.step,
            round: row.round,
            ratify_by: row.ratify_by,
            ratified_at: row.ratified_at,
            created_at: row.created_at,
            submitted_at: row.submitted_at,
            decided_at: row.decided_at,
            changed_at: row.changed_at,
            handed: row.handed.map(|state| state.parse()).transpose().map_err(unreadable)?,
            is_guest: row.is_guest,
        })
    }
}

/// Rows of requests that fit `condition`. A condition of its own makes a statement of its own: the server plans one by its key once a
/// connection, and a filter each time.
macro_rules! rows {
    ($condition:literal $(, $value:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select r.id, r.number, r.unit_id, r.dispatch_unit_id, r.applicant_id, r.state, r.reason, r.purpose, r.is_confidential, r.is_emergency,
                      r.is_poolable, r.category, r.seats, r.passengers, r.passenger_count, r.vehicle_count,
                      r.from_name, st_x(r.from_place) as "from_lon!", st_y(r.from_place) as "from_lat!",
                      r.to_name, st_x(r.to_place) as "to_lon!", st_y(r.to_place) as "to_lat!",
                      r.stops, r.is_round_trip, r.planned, r.wanted_vehicle_id, r.note, r.distance_m, r.estimate_fen, r.steps, r.step, r.round,
                      r.ratify_by, r.ratified_at, r.created_at, r.submitted_at, r.decided_at, r.changed_at,
                      account_name(r.applicant_id) as applicant_name, unit_label(r.unit_id) as unit_name, unit_label(r.dispatch_unit_id) as fleet_name,
                      (select h.state from hand_over h where h.request_id = r.id and h.direction = 'out' and h.state not in ('refused', 'cancelled')) as handed,
                      exists (select from hand_over h where h.request_id = r.id and h.direction = 'in') as "is_guest!"
               from trip_request r
               "# + $condition
            $(, $value)*
        )
    };
}

/// One request.
pub(super) async fn one(conn: &mut PgConnection, id: RequestId) -> Result<Option<Request>, DbError> {
    let row = rows!("where r.id = $1", id.0).fetch_optional(conn).await?;
    row.map(Request::try_from).transpose()
}

/// Requests of the filter, at most `most`, the newest first. A step waits for the nearest leaders of its unit, or for one person where
/// it was handed to somebody.
pub async fn select(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<Vec<Request>, DbError> {
    let states: Vec<&str> = filter.states.iter().map(|state| state.as_str()).collect();
    let text = filter.text.as_deref().map(|text| format!("%{}%", text.trim().replace(['%', '_', '\\'], "")));
    let rows = rows!(
        "where (cardinality($1::text[]) = 0 or r.state = any ($1))
           and ($2::uuid is null or r.applicant_id = $2)
           and ($3::uuid[] is null
                or (r.applicant_id <> $4::uuid
                    and ((r.state = 'submitted'
                          and case when r.steps -> r.step::integer ->> 'only' is not null
                              then (r.steps -> r.step::integer ->> 'only')::uuid = $4
                              else trip_decider((r.steps -> r.step::integer ->> 'unit')::uuid, r.applicant_id, $10) = any ($3) end)
                         or (r.ratify_by is not null and r.ratified_at is null and r.state in ('approved', 'ordered', 'closed')
                             and trip_decider(r.unit_id, r.applicant_id, $10) = any ($3)))))
           and ($5::uuid[] is null or r.dispatch_unit_id in (select unit_id from unit_within($5)))
           and ($6::uuid[] is null
                or r.unit_id in (select unit_id from unit_within($6))
                or r.dispatch_unit_id in (select unit_id from unit_within($6)))
           and ($7::text is null
                or r.number ilike $7 or account_name(r.applicant_id) ilike $7
                or (not r.is_confidential and (r.purpose ilike $7 or r.from_name ilike $7 or r.to_name ilike $7)))
           and ($8::uuid is null
                or (r.created_at, r.id) < (select l.created_at, l.id from trip_request l where l.id = $8))
           and (not $11::boolean
                or exists (select from hand_over h
                           where h.request_id = r.id and h.direction = 'out' and h.state not in ('settled', 'refused', 'cancelled')))
         order by r.created_at desc, r.id desc
         limit $9",
        &states as &[&str],
        filter.applicant.map(|account| account.0),
        filter.decides.as_ref().map(|(scope, ..)| scope.units().to_vec()) as Option<Vec<Uuid>>,
        filter.decides.as_ref().map(|(_, account, _)| account.0),
        filter.fleet.as_ref().map(|scope| scope.units().to_vec()) as Option<Vec<Uuid>>,
        filter.unit.as_ref().map(|scope| scope.units().to_vec()) as Option<Vec<Uuid>>,
        text,
        raw(filter.after),
        most,
        filter.decides.as_ref().map(|(.., at)| *at),
        filter.is_handed,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Request::try_from).collect()
}

/// How many there are, counted up to `most`.
pub async fn tally(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<usize, DbError> {
    Ok(select(conn, filter, most).await?.len())
}
