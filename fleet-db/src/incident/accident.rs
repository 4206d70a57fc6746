//! Accidents (事故案件): told from the road or entered at the desk, with order, driver, insurance and photographs.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::document::DocumentId;
use dispatch::driver::DriverId;
use dispatch::incident::accident::{AccidentFacts, AccidentId, AccidentState};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use telematics::place::LonLat;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_request::next_number;

/// An accident to be written down (事故登记).
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccident<'a> {
    /// Key.
    pub id: AccidentId,
    /// The car's unit.
    pub unit: UnitId,
    /// Which car.
    pub vehicle: VehicleId,
    /// On which order.
    pub order: Option<OrderId>,
    /// Who drove.
    pub driver: Option<DriverId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: Option<LonLat>,
    /// What is known.
    pub facts: &'a AccidentFacts,
    /// Who says so.
    pub by: AccountId,
    /// The device's own name of the report.
    pub key: Option<&'a str>,
}

/// An accident with what became of it (事故案件记录).
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Key.
    pub id: AccidentId,
    /// The number that people read.
    pub number: String,
    /// The car's unit.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// On which order.
    pub order: Option<OrderId>,
    /// Its number.
    pub order_number: Option<String>,
    /// Who drove.
    pub driver: Option<DriverId>,
    /// The same by name.
    pub driver_name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: Option<LonLat>,
    /// What is known.
    pub facts: AccidentFacts,
    /// Where it stands.
    pub state: AccidentState,
    /// Who told of it.
    pub reported_by: String,
    /// When.
    pub reported_at: DateTime<Utc>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
    /// Its photographs, the first first; those that were deleted are left out.
    pub photos: Vec<DocumentId>,
}

/// Writes an accident down, and gives its number.
pub async fn insert(conn: &mut PgConnection, new: &NewAccident<'_>, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, new.unit, "SG", now).await?;
    let facts = new.facts;
    sqlx::query!(
        "insert into accident_case (id, number, unit_id, vehicle_id, order_id, driver_id, at, place, place_name, kind, injured, what, liability,
             insurer, policy_number, claim_number, damage_fen, third_party_fen, paid_fen, state, reported_by, reported_at, changed_at, key)
         values ($1, $2, $3, $4, $5, $6, $7, case when $8::float8 is not null then st_setsrid(st_makepoint($8, $9), 4326) end, $10, $11, $12,
             $13, $14, $15, $16, $17, $18, $19, $20, 'reported', $21, $22, $22, $23)",
        new.id.0,
        number,
        new.unit.0,
        new.vehicle.0,
        new.order.map(|order| order.0),
        new.driver.map(|driver| driver.0),
        new.at,
        new.place.map(LonLat::lon),
        new.place.map(LonLat::lat),
        facts.place_name,
        facts.kind.as_str(),
        i16::try_from(facts.injured).unwrap_or(i16::MAX),
        facts.what,
        facts.liability.as_str(),
        facts.insurer,
        facts.policy_number,
        facts.claim_number,
        facts.damage_fen,
        facts.third_party_fen,
        facts.paid_fen,
        new.by.0,
        now,
        new.key,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

/// Corrects what is known of an accident that is not over. [`DbError::NotFound`] when it has moved meanwhile.
pub async fn correct(
    conn: &mut PgConnection,
    id: AccidentId,
    from: AccidentState,
    facts: &AccidentFacts,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update accident_case
         set place_name = $3, kind = $4, injured = $5, what = $6, liability = $7, insurer = $8, policy_number = $9, claim_number = $10,
             damage_fen = $11, third_party_fen = $12, paid_fen = $13, changed_at = $14
         where id = $1 and state = $2
         returning id",
        id.0,
        from.as_str(),
        facts.place_name,
        facts.kind.as_str(),
        i16::try_from(facts.injured).unwrap_or(i16::MAX),
        facts.what,
        facts.liability.as_str(),
        facts.insurer,
        facts.policy_number,
        facts.claim_number,
        facts.damage_fen,
        facts.third_party_fen,
        facts.paid_fen,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Moves an accident. [`DbError::NotFound`] when somebody was faster.
pub async fn step(
    conn: &mut PgConnection,
    id: AccidentId,
    (from, to): (AccidentState, AccidentState),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update accident_case set state = $3, changed_at = $4 where id = $1 and state = $2 returning id",
        id.0,
        from.as_str(),
        to.as_str(),
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Which accidents; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<AccidentId>,
    /// In this state.
    pub state: Option<AccidentState>,
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// Told on this order under the device's own name of it.
    pub report: Option<(OrderId, String)>,
    /// Of cars of these units; of any that the connection may see when absent.
    pub unit: Option<Scope>,
    /// Those after this one, in the order of the list.
    pub after: Option<AccidentId>,
}

struct Row {
    id: Uuid,
    number: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    vehicle_id: Uuid,
    plate: Option<String>,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    driver_id: Option<Uuid>,
    driver_name: Option<String>,
    at: DateTime<Utc>,
    lon: Option<f64>,
    lat: Option<f64>,
    place_name: String,
    kind: String,
    injured: i16,
    what: String,
    liability: String,
    insurer: String,
    policy_number: String,
    claim_number: String,
    damage_fen: Option<i64>,
    third_party_fen: Option<i64>,
    paid_fen: Option<i64>,
    state: String,
    reported_by: String,
    reported_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    photos: Option<Vec<Uuid>>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let facts = AccidentFacts {
            kind: row.kind.parse().map_err(unreadable)?,
            place_name: row.place_name,
            injured: u32::try_from(row.injured).unwrap_or_default(),
            what: row.what,
            liability: row.liability.parse().map_err(unreadable)?,
            insurer: row.insurer,
            policy_number: row.policy_number,
            claim_number: row.claim_number,
            damage_fen: row.damage_fen,
            third_party_fen: row.third_party_fen,
            paid_fen: row.paid_fen,
        };
        Ok(Self {
            id: AccidentId(row.id),
            number: row.number,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name.unwrap_or_default(),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate.unwrap_or_default(),
            order: row.order_id.map(OrderId),
            order_number: row.order_number,
            driver: row.driver_id.map(DriverId),
            driver_name: row.driver_name,
            at: row.at,
            place: row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose().map_err(unreadable)?,
            facts,
            state: row.state.parse().map_err(unreadable)?,
            reported_by: row.reported_by,
            reported_at: row.reported_at,
            changed_at: row.changed_at,
            photos: row.photos.unwrap_or_default().into_iter().map(DocumentId).collect(),
        })
    }
}

/// Accidents of the filter, at most `most`, the newest first.
pub async fn list(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.number, a.unit_id, unit_label(a.unit_id) as unit_name, a.vehicle_id, car.plate, a.order_id,
                  (select o.number from dispatch_order o where o.id = a.order_id) as order_number, a.driver_id,
                  (select d.name from driver_label(a.driver_id) d) as driver_name, a.at, st_x(a.place) as "lon?", st_y(a.place) as "lat?",
                  a.place_name, a.kind, a.injured, a.what, a.liability, a.insurer, a.policy_number, a.claim_number, a.damage_fen,
                  a.third_party_fen, a.paid_fen, a.state, account_name(a.reported_by) as "reported_by!", a.reported_at, a.changed_at,
                  (select array_agg(p.document_id order by d.uploaded_at, d.id)
                   from accident_photo p
                   join vehicle_document d on d.id = p.document_id and d.deleted_at is null
                   where p.accident_id = a.id) as photos
           from accident_case a
           cross join lateral vehicle_label(a.vehicle_id) as car
           where ($1::uuid is null or a.id = $1)
             and ($2::text is null or a.state = $2)
             and ($3::uuid is null or a.vehicle_id = $3)
             and ($4::uuid is null or a.order_id = $4 and a.key = $5)
             and ($6::uuid[] is null or a.unit_id in (select unit_id from unit_within($6)))
             and ($7::uuid is null or a.id < $7)
           order by a.id desc
           limit $8"#,
        filter.id.map(|id| id.0),
        filter.state.map(AccidentState::as_str),
        filter.vehicle.map(|vehicle| vehicle.0),
        filter.report.as_ref().map(|(order, _)| order.0),
        filter.report.as_ref().map(|(_, key)| key.as_str()),
        filter.unit.as_ref().map(|scope| scope.units().to_vec()) as Option<Vec<Uuid>>,
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, filter: &Filter) -> Result<Kept, DbError> {
    list(conn, filter, 1).await?.into_iter().next().ok_or(DbError::NotFound)
}

/// Links a photograph with its accident; the paper itself is kept within the same transaction. `false` when the device brought it before.
pub async fn link_photo(conn: &mut PgConnection, accident: AccidentId, document: DocumentId, key: &str) -> Result<bool, DbError> {
    let linked = sqlx::query_scalar!(
        "insert into accident_photo (document_id, accident_id, key) values ($1, $2, $3)
         on conflict on constraint accident_photo_key do nothing
         returning document_id",
        document.0,
        accident.0,
        key,
    );
    Ok(linked.fetch_optional(conn).await?.is_some())
}
