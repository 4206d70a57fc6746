//! Seals of cars (封存记录): put on, found, opened by two; and the cars that stay in use while others are sealed.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::scope::Scope;
use dispatch::seal::{SealId, SealKind};
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// What goes with a seal, whichever car it is put on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// Why cars are sealed.
    pub kind: SealKind,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; `None`: until it is opened.
    pub until: Option<DateTime<Utc>>,
    /// Where the car stands.
    pub place: String,
    /// Who has the keys.
    pub key_custodian: String,
    /// Why, in words.
    pub reason: String,
    /// Who approved it.
    pub approved_by: AccountId,
    /// Who carried it out.
    pub handled_by: AccountId,
}

/// A seal as it is kept (封存记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Key.
    pub id: SealId,
    /// Of which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Its unit.
    pub unit: UnitId,
    /// That unit's name.
    pub unit_name: String,
    /// Why cars are sealed.
    pub kind: SealKind,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; `None`: until it is opened.
    pub until: Option<DateTime<Utc>>,
    /// What the odometer said, in metres.
    pub odometer_m: Option<i64>,
    /// Where the car stands.
    pub place: String,
    /// Who has the keys.
    pub key_custodian: String,
    /// Why, in words.
    pub reason: String,
    /// Name of who approved it.
    pub approved_by: String,
    /// Name of who carried it out.
    pub handled_by: String,
    /// How it was opened; `None`: it was not.
    pub opening: Option<Opening>,
}

/// How a seal was opened (启封).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// When.
    pub at: DateTime<Utc>,
    /// Name of who approved it.
    pub approved_by: String,
    /// Name of who carried it out.
    pub handled_by: String,
    /// What the odometer said, in metres.
    pub odometer_m: Option<i64>,
    /// Why.
    pub reason: String,
}

impl Seal {
    /// It holds at the instant.
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

struct Row {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_id: Uuid,
    unit_name: String,
    kind: String,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    odometer_m: Option<i64>,
    place: String,
    key_custodian: String,
    reason: String,
    approved_by: String,
    handled_by: String,
    opened_at: Option<DateTime<Utc>>,
    open_approved_by: Option<String>,
    open_handled_by: Option<String>,
    open_odometer_m: Option<i64>,
    open_reason: Option<String>,
}

impl TryFrom<Row> for Seal {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let opening = match (row.opened_at, row.open_approved_by, row.open_handled_by, row.open_reason) {
            (Some(at), Some(approved_by), Some(handled_by), Some(reason)) => {
                Some(Opening { at, approved_by, handled_by, odometer_m: row.open_odometer_m, reason })
            }
            _ => None,
        };
        Ok(Self {
            id: SealId(row.id),
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            kind: row.kind.parse().map_err(unreadable)?,
            from: row.from,
            until: row.until,
            odometer_m: row.odometer_m,
            place: row.place,
            key_custodian: row.key_custodian,
            reason: row.reason,
            approved_by: row.approved_by,
            handled_by: row.handled_by,
            opening,
        })
    }
}

/// Seals a car that was found before; one that is sealed or ordered at that time is a conflict.
pub async fn insert(
    conn: &mut PgConnection,
    id: SealId,
    vehicle: VehicleId,
    odometer_m: Option<i64>,
    new: &Sealing,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into vehicle_seal (id, vehicle_id, kind, during, odometer_m, place, key_custodian, reason, approved_by, handled_by, created_at)
         values ($1, $2, $3, tstzrange($4, $5), $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        vehicle.0,
        new.kind.as_str(),
        new.from,
        new.until,
        odometer_m,
        new.place,
        new.key_custodian,
        new.reason,
        new.approved_by.0,
        new.handled_by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A seal of a car of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: SealId) -> Result<Seal, DbError> {
    let mut found = select(conn, scope, Some(id), &Filter::default(), None, 1).await?;
    found.pop().ok_or(DbError::NotFound)
}

/// Which seals of a scope are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this car.
    pub vehicle: Option<VehicleId>,
    /// Of cars of a unit and everything below it.
    pub unit: Option<UnitId>,
    /// Those that hold at this instant.
    pub at: Option<DateTime<Utc>>,
}

/// The next `limit` seals of the scope that fit `filter`, the newest first, behind the seal `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    after: Option<SealId>,
    limit: u32,
) -> Result<Vec<Seal>, DbError> {
    select(conn, scope, None, filter, after, i64::from(limit)).await
}

async fn select(
    conn: &mut PgConnection,
    scope: &Scope,
    id: Option<SealId>,
    filter: &Filter,
    after: Option<SealId>,
    limit: i64,
) -> Result<Vec<Seal>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.id, s.vehicle_id, v.plate, v.unit_id, unit.name as unit_name, s.kind, lower(s.during) as "from!",
                  upper(s.during) as "until?", s.odometer_m, s.place, s.key_custodian, s.reason, account_name(s.approved_by) as "approved_by!",
                  account_name(s.handled_by) as "handled_by!", s.opened_at, account_name(s.open_approved_by) as "open_approved_by?",
                  account_name(s.open_handled_by) as "open_handled_by?", s.open_odometer_m, s.open_reason
           from vehicle_seal s
           join vehicle v on v.id = s.vehicle_id
           join unit on unit.id = v.unit_id
           where v.unit_id in (select unit_id from unit_within($1))
             and ($2::uuid is null or s.id = $2)
             and ($3::uuid is null or s.vehicle_id = $3)
             and ($4::uuid is null or v.unit_id in (select unit_id from unit_within(array[$4::uuid])))
             and ($5::timestamptz is null or s.during @> $5)
             and ($6::uuid is null or s.id < $6)
           order by s.id desc
           limit $7"#,
        scope.units(),
        id.map(|id| id.0),
        filter.vehicle.map(|vehicle| vehicle.0),
        filter.unit.map(|unit| unit.0),
        filter.at,
        after.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Seal::try_from).collect()
}

/// Opens a seal that was found before: it ends at `now`. [`DbError::NotFound`] when it was opened or has ended meanwhile.
pub async fn open(
    conn: &mut PgConnection,
    id: SealId,
    (approved_by, handled_by): (AccountId, AccountId),
    odometer_m: Option<i64>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    // One that is opened before it begins lasts a moment: an empty time would say that it never was.
    sqlx::query_scalar!(
        "update vehicle_seal
         set during = tstzrange(lower(during), greatest($2, lower(during) + interval '1 microsecond')),
             opened_at = $2, open_approved_by = $3, open_handled_by = $4, open_odometer_m = $5, open_reason = $6
         where id = $1 and opened_at is null and (upper_inf(during) or upper(during) > $2)
         returning id",
        id.0,
        now,
        approved_by.0,
        handled_by.0,
        odometer_m,
        reason,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// A car of a unit as a holiday finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// It is sealed already for some of the time.
    pub is_sealed: bool,
    /// It is ordered for some of the time.
    pub is_ordered: bool,
}

/// The cars in use of a unit of the scope and everything below it, by plate, as they stand from `from` to `until`.
pub async fn parked(
    conn: &mut PgConnection,
    scope: &Scope,
    unit: UnitId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Parked>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id, v.plate,
                  exists (select from vehicle_seal s where s.vehicle_id = v.id and s.during && tstzrange($3, $4)) as "is_sealed!",
                  exists (select from dispatch_order o
                          where o.vehicle_id = v.id and o.state in ('issued', 'accepted', 'underway', 'waiting')
                            and o.taken && tstzrange($3, $4)) as "is_ordered!"
           from vehicle v
           where v.unit_id in (select unit_id from unit_within($1))
             and v.unit_id in (select unit_id from unit_within(array[$2::uuid]))
             and v.status in ('in_service', 'idle')
           order by v.id"#,
        scope.units(),
        unit.0,
        from,
        until,
    )
    .fetch_all(conn)
    .await?;
    let parked = rows.into_iter().map(|row| Parked {
        vehicle: VehicleId(row.id),
        plate: row.plate,
        is_sealed: row.is_sealed,
        is_ordered: row.is_ordered,
    });
    Ok(parked.collect())
}

/// Writes down that a car stays in use while others are sealed, and why (用车报备).
pub async fn keep_in_use(
    conn: &mut PgConnection,
    id: Uuid,
    vehicle: VehicleId,
    reason: &str,
    of: &Sealing,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into holiday_use (id, vehicle_id, during, reason, approved_by, handled_by, created_at)
         values ($1, $2, tstzrange($3, $4), $5, $6, $7, $8)",
        id,
        vehicle.0,
        of.from,
        of.until,
        reason,
        of.approved_by.0,
        of.handled_by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
