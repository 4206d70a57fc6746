//! Registrations of cars (登记档案), their plates over time and their markings, as they are stored.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::lifecycle::facts::PaperId;
use dispatch::lifecycle::registration::{MarkingId, MarkingKind, OwnerKind};
use dispatch::lifecycle::standard::{EquipmentCase, VehicleBody};
use dispatch::money::Money;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::{Powertrain, VehicleCategory};
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// What a car's registration says (登记档案).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The purchase that it came of.
    pub purchase: Option<PaperId>,
    /// In whose name.
    pub owner: OwnerKind,
    /// Which unit that is.
    pub owner_unit: Option<UnitId>,
    /// By name.
    pub owner_name: String,
    /// Number of the certificate.
    pub certificate: String,
    /// First registration.
    pub registered_on: NaiveDate,
    /// By when it is on the platform.
    pub platform_by: Option<NaiveDate>,
    /// Since when it is.
    pub entered_on: NaiveDate,
    /// Its body.
    pub body: VehicleBody,
    /// By which ceiling it was bought.
    pub case: EquipmentCase,
    /// By which document, where that was out of the ordinary.
    pub case_document: String,
    /// Its engine.
    pub displacement_ml: Option<u32>,
    /// Number of the engine or the motor.
    pub engine_number: String,
    /// What it cost before tax.
    pub price: Option<Money>,
    /// The purchase tax.
    pub tax: Option<Money>,
    /// It was made in the country.
    pub is_domestic: bool,
}

/// A plate for a time (号牌记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plate {
    /// The plate.
    pub plate: String,
    /// First day.
    pub from: NaiveDate,
    /// The day of the next one.
    pub until: Option<NaiveDate>,
    /// Why it came.
    pub reason: String,
    /// By which document.
    pub document: String,
}

/// A marking (标识记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marking {
    /// Key.
    pub id: MarkingId,
    /// How.
    pub kind: MarkingKind,
    /// Its code; nothing where the car is exempt.
    pub code: Option<String>,
    /// By which document.
    pub document: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub ended_on: Option<NaiveDate>,
}

/// A car of which something is not as it should be (问题车辆).
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Whose it is.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// It is marked, or exempt from it.
    pub is_marked: bool,
    /// What its registration says.
    pub registration: Option<Registration>,
}

/// Writes down what a car's registration says, over what was said before.
pub async fn record(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    said: &Registration,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into vehicle_registration (vehicle_id, purchase_id, owner_kind, owner_unit_id, owner_name, certificate, registered_on,
             platform_by, entered_on, body, standard_case, standard_document, displacement_ml, engine_number, price_fen, tax_fen, is_domestic,
             recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         on conflict (vehicle_id) do update
         set owner_kind = excluded.owner_kind, owner_unit_id = excluded.owner_unit_id, owner_name = excluded.owner_name,
             certificate = excluded.certificate, registered_on = excluded.registered_on, body = excluded.body,
             standard_case = excluded.standard_case, standard_document = excluded.standard_document,
             displacement_ml = excluded.displacement_ml, engine_number = excluded.engine_number, price_fen = excluded.price_fen,
             tax_fen = excluded.tax_fen, is_domestic = excluded.is_domestic, recorded_by = excluded.recorded_by,
             recorded_at = excluded.recorded_at",
        vehicle.0,
        said.purchase.map(|purchase| purchase.0),
        said.owner.as_str(),
        said.owner_unit.map(|unit| unit.0),
        said.owner_name,
        said.certificate,
        said.registered_on,
        said.platform_by,
        said.entered_on,
        said.body.as_str(),
        said.case.as_str(),
        said.case_document,
        said.displacement_ml.and_then(|displacement| i32::try_from(displacement).ok()),
        said.engine_number,
        said.price.map(Money::fen),
        said.tax.map(Money::fen),
        said.is_domestic,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct Row {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    unit_id: Uuid,
    unit_name: String,
    category: String,
    powertrain: String,
    is_marked: bool,
    purchase_id: Option<Uuid>,
    owner_kind: Option<String>,
    owner_unit_id: Option<Uuid>,
    owner_name: Option<String>,
    certificate: Option<String>,
    registered_on: Option<NaiveDate>,
    platform_by: Option<NaiveDate>,
    entered_on: Option<NaiveDate>,
    body: Option<String>,
    standard_case: Option<String>,
    standard_document: Option<String>,
    displacement_ml: Option<i32>,
    engine_number: Option<String>,
    price_fen: Option<i64>,
    tax_fen: Option<i64>,
    is_domestic: Option<bool>,
}

impl Row {
    fn registration(&self) -> Result<Option<Registration>, DbError> {
        let (Some(owner), Some(registered_on), Some(entered_on)) = (&self.owner_kind, self.registered_on, self.entered_on) else {
            return Ok(None);
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(Some(Registration {
            purchase: self.purchase_id.map(PaperId),
            owner: owner.parse().map_err(unreadable)?,
            owner_unit: self.owner_unit_id.map(UnitId),
            owner_name: text(&self.owner_name),
            certificate: text(&self.certificate),
            registered_on,
            platform_by: self.platform_by,
            entered_on,
            body: text(&self.body).parse().map_err(unreadable)?,
            case: text(&self.standard_case).parse().map_err(unreadable)?,
            case_document: text(&self.standard_document),
            displacement_ml: self.displacement_ml.and_then(|displacement| u32::try_from(displacement).ok()),
            engine_number: text(&self.engine_number),
            price: self.price_fen.map(Money::from_fen),
            tax: self.tax_fen.map(Money::from_fen),
            is_domestic: self.is_domestic.unwrap_or(true),
        }))
    }
}

impl TryFrom<Row> for Looked {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            registration: row.registration()?,
            vehicle: VehicleId(row.vehicle_id),
            plate: row.plate,
            model: row.model,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
            is_marked: row.is_marked,
        })
    }
}

/// The cars of the scope that take a place, or one of them, with what their registrations say; by plate.
pub async fn looked(conn: &mut PgConnection, scope: &Scope, only: Option<VehicleId>) -> Result<Vec<Looked>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select v.id as vehicle_id, v.plate, v.model, v.unit_id, u.name as unit_name, v.category, v.powertrain,
                  exists (select from vehicle_marking m where m.vehicle_id = v.id and m.ended_on is null) as "is_marked!",
                  r.purchase_id as "purchase_id?", r.owner_kind as "owner_kind?", r.owner_unit_id as "owner_unit_id?",
                  r.owner_name as "owner_name?", r.certificate as "certificate?", r.registered_on as "registered_on?",
                  r.platform_by as "platform_by?", r.entered_on as "entered_on?", r.body as "body?", r.standard_case as "standard_case?",
                  r.standard_document as "standard_document?", r.displacement_ml as "displacement_ml?", r.engine_number as "engine_number?",
                  r.price_fen as "price_fen?", r.tax_fen as "tax_fen?", r.is_domestic as "is_domestic?"
           from vehicle v
           join unit u on u.id = v.unit_id
           left join vehicle_registration r on r.vehicle_id = v.id
           where v.unit_id in (select w.unit_id from unit_within($1) w)
             and case when $2::uuid is null
                      then v.status <> 'disposed' and not exists (select from supplier_car s where s.vehicle_id = v.id)
                      else v.id = $2 end
           order by v.plate"#,
        scope.units(),
        only.map(|vehicle| vehicle.0),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Looked::try_from).collect()
}

/// Gives a car of the scope another plate from a day on; it stays the same car. [`DbError::NotFound`] for one outside.
pub async fn change_plate(
    conn: &mut PgConnection,
    scope: &Scope,
    vehicle: VehicleId,
    next: &Plate,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update vehicle set plate = $2 where id = $1 and status <> 'disposed' and unit_id in (select unit_id from unit_within($3)) returning id",
        vehicle.0,
        next.plate,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update vehicle_plate set during = daterange(lower(during), $2) where vehicle_id = $1 and upper_inf(during)",
        vehicle.0,
        next.from
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_plate (vehicle_id, plate, during, reason, document, recorded_by, recorded_at)
         values ($1, $2, daterange($3, null), $4, $5, $6, $7)",
        vehicle.0,
        next.plate,
        next.from,
        next.reason,
        next.document,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The plates of a car that the asker sees, the present one first.
pub async fn plates(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Vec<Plate>, DbError> {
    let rows = sqlx::query!(
        r#"select plate, lower(during) as "from!", upper(during) as until, reason, document
           from vehicle_plate where vehicle_id = $1 order by lower(during) desc"#,
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    let plates = rows.into_iter().map(|row| Plate {
        plate: row.plate,
        from: row.from,
        until: row.until,
        reason: row.reason,
        document: row.document,
    });
    Ok(plates.collect())
}

/// Marks a car, or says by which law it is not; the marking before ends.
pub async fn mark(
    conn: &mut PgConnection,
    vehicle: VehicleId,
    marking: &Marking,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!("update vehicle_marking set ended_on = $2 where vehicle_id = $1 and ended_on is null", vehicle.0, marking.from)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into vehicle_marking (id, vehicle_id, kind, code, document, from_on, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        marking.id.0,
        vehicle.0,
        marking.kind.as_str(),
        marking.code,
        marking.document,
        marking.from,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The markings of a car that the asker sees, the present one first.
pub async fn markings(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Vec<Marking>, DbError> {
    let rows = sqlx::query!(
        "select id, kind, code, document, from_on, ended_on from vehicle_marking where vehicle_id = $1 order by recorded_at desc",
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    let markings = rows.into_iter().map(|row| {
        Ok(Marking {
            id: MarkingId(row.id),
            kind: row.kind.parse().map_err(unreadable)?,
            code: row.code,
            document: row.document,
            from: row.from_on,
            ended_on: row.ended_on,
        })
    });
    markings.collect()
}
