//! Vehicles in the register: added, found and searched within a scope.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Alias, ModelName, Seats, Vehicle, VehicleAsset};
use dispatch::vin::Vin;
use serde_json::json;
use sqlx::PgConnection;
use telematics::id::{DeviceId, VehicleId, VehicleNo};
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A vehicle with its unit's name, as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The vehicle.
    pub vehicle: Vehicle,
    /// Its unit's name.
    pub unit_name: String,
    /// It is exempt from tracking now.
    pub is_exempt: bool,
}

/// Which vehicles of a scope are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Text in the plate, alias, model, unit's name or terminal id, whatever the case.
    pub text: Option<String>,
    /// A unit and everything below it.
    pub unit: Option<UnitId>,
    /// These numbers alone.
    pub numbers: Option<Vec<VehicleNo>>,
}

impl Filter {
    /// The text folded as the register folds it; plates are stored without the dot that people write.
    fn folded(&self) -> Option<String> {
        let text = self.text.as_deref()?.trim().replace('·', "").to_lowercase();
        (!text.is_empty()).then_some(text)
    }

    fn raw_numbers(&self) -> Option<Vec<i32>> {
        self.numbers.as_ref().map(|numbers| numbers.iter().map(|no| no.0).collect())
    }
}

struct Row {
    id: Uuid,
    no: i32,
    plate: String,
    vin: Option<String>,
    unit_id: Uuid,
    unit_name: String,
    category: String,
    powertrain: String,
    model: String,
    seats: i16,
    status: String,
    alias: Option<String>,
    is_exempt: bool,
}

impl TryFrom<Row> for Listed {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let asset = VehicleAsset {
            plate: row.plate.parse().map_err(unreadable)?,
            vin: row.vin.as_deref().map(Vin::on_record).transpose().map_err(unreadable)?,
            unit: UnitId(row.unit_id),
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            model: ModelName::new(&row.model).map_err(unreadable)?,
            seats: Seats::new(row.seats.into()).map_err(unreadable)?,
            status: row.status.parse().map_err(unreadable)?,
            alias: row.alias.as_deref().map(Alias::new).transpose().map_err(unreadable)?,
        };
        Ok(Self {
            vehicle: Vehicle { id: VehicleId(row.id), no: VehicleNo(row.no), asset },
            unit_name: row.unit_name,
            is_exempt: row.is_exempt,
        })
    }
}

/// Adds a vehicle to a unit of the scope; its number is given by the store. [`DbError::NotFound`] for a unit outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    id: VehicleId,
    asset: &VehicleAsset,
    now: DateTime<Utc>,
) -> Result<VehicleNo, DbError> {
    let no = sqlx::query_scalar!(
        "insert into vehicle (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, created_at)
         select $1, $2, $3, unit.id, $5, $6, $7, $8, $9, $10, $11
         from unit
         where unit.id = $4 and unit.id in (select unit_id from unit_within($12))
         returning no",
        id.0,
        asset.plate.as_str(),
        asset.vin.as_ref().map(Vin::as_str),
        asset.unit.0,
        asset.category.as_str(),
        asset.powertrain.as_str(),
        asset.model.as_str(),
        asset.seats.count(),
        asset.status.as_str(),
        asset.alias.as_ref().map(Alias::as_str),
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(VehicleNo(no))
}

/// One vehicle of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: VehicleId) -> Result<Listed, DbError> {
    sqlx::query_as!(
        Row,
        r#"select v.id, v.no, v.plate, v.vin, v.unit_id, unit.name as unit_name, v.category, v.powertrain, v.model, v.seats, v.status, v.alias,
                v.no = any ((select motorpool_exempt())::integer[]) as "is_exempt!"
         from vehicle v
         join unit on unit.id = v.unit_id
         where v.id = $2 and v.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The toll unit (OBU) of a vehicle that was found before.
pub async fn obu(conn: &mut PgConnection, id: VehicleId) -> Result<Option<String>, DbError> {
    Ok(sqlx::query_scalar!("select obu_id from vehicle where id = $1", id.0).fetch_one(conn).await?)
}

/// Says which toll unit a vehicle of the scope has, and checks what its terminal says against it. With the entry for the audit log.
pub async fn set_obu(
    conn: &mut PgConnection,
    scope: &Scope,
    id: VehicleId,
    obu: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    let changed = sqlx::query!(
        "with before as (select id, obu_id from vehicle where id = $1)
         update vehicle v
         set obu_id = $2
         from before
         where v.id = before.id and v.unit_id in (select unit_id from unit_within($3))
         returning v.plate, v.unit_id, before.obu_id",
        id.0,
        obu,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    let fitted = sqlx::query_scalar!("select device_id from device_binding where vehicle_id = $1 and upper_inf(during)", id.0)
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(device) = fitted {
        crate::device::identity::check(conn, DeviceId(device), now).await?;
    }
    let entry =
        Entry::new(Action::Changed, Subject::of(SubjectKind::Vehicle, id.0, changed.plate)).in_unit(UnitId(changed.unit_id));
    Ok(entry.before(json!({ "obu_id": changed.obu_id })).after(json!({ "obu_id": obu })))
}

/// The number of a vehicle of the scope: the one check before its history is read, and the door to it: without having passed here,
/// a transaction of a scope sees none of it.
pub async fn number(conn: &mut PgConnection, scope: &Scope, id: VehicleId) -> Result<VehicleNo, DbError> {
    let no = sqlx::query_scalar!(
        r#"select motorpool_open(v.id) as "no!"
           from vehicle v
           where v.id = $2 and v.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(VehicleNo(no))
}

/// The next `limit` vehicles of the scope that fit `filter`, by plate, behind the plate `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    after: &str,
    limit: u32,
) -> Result<Vec<Listed>, DbError> {
    let numbers = filter.raw_numbers();
    let rows = sqlx::query_as!(
        Row,
        r#"with found as materialized (select id from device where $2::text is not null and strpos(lower(terminal_id), $2) > 0)
         select v.id, v.no, v.plate, v.vin, v.unit_id, unit.name as unit_name, v.category, v.powertrain, v.model, v.seats, v.status, v.alias,
                v.no = any ((select motorpool_exempt())::integer[]) as "is_exempt!"
         from vehicle v
         join unit on unit.id = v.unit_id
         where v.unit_id in (select unit_id from unit_within($1))
           and ($2::text is null
                or strpos(v.search, $2) > 0
                or v.unit_id in (select id from unit where strpos(lower(name), $2) > 0)
                or v.id in (select b.vehicle_id
                            from found
                            cross join lateral (select vehicle_id from device_binding
                                                where device_id = found.id and upper_inf(during) limit 1) b))
           and ($3::uuid is null or v.unit_id in (select unit_id from unit_within(array[$3::uuid])))
           and ($4::integer[] is null or v.no = any($4))
           and v.plate > $5
         order by v.plate
         limit $6"#,
        scope.units(),
        filter.folded(),
        filter.unit.map(|unit| unit.0),
        numbers.as_deref(),
        after,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// The numbers of all vehicles of the scope that fit `filter`, for counting them by what they are doing.
pub async fn numbers(conn: &mut PgConnection, scope: &Scope, filter: &Filter) -> Result<Vec<VehicleNo>, DbError> {
    let numbers = filter.raw_numbers();
    let rows = sqlx::query_scalar!(
        "with found as materialized (select id from device where $2::text is not null and strpos(lower(terminal_id), $2) > 0)
         select v.no
         from vehicle v
         where v.unit_id in (select unit_id from unit_within($1))
           and ($2::text is null
                or strpos(v.search, $2) > 0
                or v.unit_id in (select id from unit where strpos(lower(name), $2) > 0)
                or v.id in (select b.vehicle_id
                            from found
                            cross join lateral (select vehicle_id from device_binding
                                                where device_id = found.id and upper_inf(during) limit 1) b))
           and ($3::uuid is null or v.unit_id in (select unit_id from unit_within(array[$3::uuid])))
           and ($4::integer[] is null or v.no = any($4))",
        scope.units(),
        filter.folded(),
        filter.unit.map(|unit| unit.0),
        numbers.as_deref(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(VehicleNo).collect())
}
