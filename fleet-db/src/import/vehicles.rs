//! Registers of cars: what must be known to look one through, and its good rows in three statements, however many they are.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::calendar::day_of;
use dispatch::import::{BroughtCar, BroughtFile, BroughtMarking, KnownStock, Places, RegisteredCar};
use dispatch::money::Money;
use dispatch::rule::key::RuleKey;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::Alias;
use dispatch::vin::Vin;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// What a register with these plates, identification numbers and codes of markings is held against.
pub async fn known_stock(
    conn: &mut PgConnection,
    scope: &Scope,
    (plates, vins, codes): (&[String], &[String], &[String]),
) -> Result<KnownStock, DbError> {
    let taken = sqlx::query_scalar!(r#"select taken_plates($1) as "plate!""#, plates).fetch_all(&mut *conn).await?;
    let mut cars: HashMap<String, Option<RegisteredCar>> = taken.into_iter().map(|plate| (plate, None)).collect();
    let rows = sqlx::query!(
        "select plate, vin, unit_id, category, powertrain
         from vehicle
         where plate = any($2) and unit_id in (select unit_id from unit_within($1))",
        scope.units(),
        plates,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        let car = RegisteredCar {
            vin: row.vin,
            unit: UnitId(row.unit_id),
            category: row.category.parse().map_err(unreadable)?,
            powertrain: row.powertrain.parse().map_err(unreadable)?,
        };
        cars.insert(row.plate, Some(car));
    }
    let vins = sqlx::query_scalar!(r#"select taken_vins($1) as "vin!""#, vins).fetch_all(&mut *conn).await?;
    let codes = sqlx::query_scalar!(r#"select taken_markings($1) as "code!""#, codes).fetch_all(&mut *conn).await?;
    Ok(KnownStock {
        cars,
        vins: vins.into_iter().collect::<HashSet<String>>(),
        codes: codes.into_iter().collect::<HashSet<String>>(),
        places: places(&mut *conn, scope).await?,
        above: above(&mut *conn, scope).await?,
        rules: crate::rule::versions(conn, &[RuleKey::EquipmentCeiling, RuleKey::NevPowertrains]).await?,
        ..KnownStock::default()
    })
}

/// Places that each unit has left, of those whose establishment is recorded.
async fn places(conn: &mut PgConnection, scope: &Scope) -> Result<HashMap<UnitId, Places>, DbError> {
    let rows = sqlx::query!(
        r#"with recorded as (
               select distinct e.unit_id from establishment_entry e
               where e.unit_id in (select w.unit_id from unit_within($1) w)
           ), line as (
               select e.unit_id, e.category, e.authorised from establishment e join recorded r on r.unit_id = e.unit_id
               union all
               select h.unit_id, h.category, -1 from establishment_held($1) h join recorded r on r.unit_id = h.unit_id
           )
           select unit_id as "unit_id!", category as "category!", sum(authorised)::bigint as "left!" from line group by unit_id, category"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let mut places: HashMap<UnitId, Places> = HashMap::new();
    for row in rows {
        let category = row.category.parse().map_err(unreadable)?;
        places.entry(UnitId(row.unit_id)).or_default().insert(category, row.left);
    }
    Ok(places)
}

/// The superiors of the units at the top of the scope.
async fn above(conn: &mut PgConnection, scope: &Scope) -> Result<HashMap<UnitId, Vec<UnitId>>, DbError> {
    let rows = sqlx::query!(
        "select unit_id, ancestor_id from unit_closure where unit_id = any($1) and depth > 0 order by unit_id, depth",
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let mut above: HashMap<UnitId, Vec<UnitId>> = HashMap::new();
    for row in rows {
        above.entry(UnitId(row.unit_id)).or_default().push(UnitId(row.ancestor_id));
    }
    Ok(above)
}

/// Adds cars with what is known of their registrations and markings; their numbers are given by the store. `by` is nobody for the command
/// line.
pub async fn vehicles(
    conn: &mut PgConnection,
    new: &[(VehicleId, BroughtCar)],
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    assets(&mut *conn, new, now).await?;
    let filed: Vec<(VehicleId, &BroughtFile)> =
        new.iter().filter_map(|(id, car)| car.file.as_ref().map(|file| (*id, file))).collect();
    let marked: Vec<(VehicleId, &BroughtMarking)> =
        new.iter().filter_map(|(id, car)| car.marking.as_ref().map(|marking| (*id, marking))).collect();
    if !filed.is_empty() {
        files(&mut *conn, &filed, by, now).await?;
    }
    if !marked.is_empty() {
        markings(conn, &marked, by, now).await?;
    }
    Ok(())
}

async fn assets(conn: &mut PgConnection, new: &[(VehicleId, BroughtCar)], now: DateTime<Utc>) -> Result<(), DbError> {
    let cars = || new.iter().map(|(_, car)| &car.asset);
    let ids: Vec<Uuid> = new.iter().map(|(id, _)| id.0).collect();
    let plates: Vec<&str> = cars().map(|car| car.plate.as_str()).collect();
    let vins: Vec<Option<&str>> = cars().map(|car| car.vin.as_ref().map(Vin::as_str)).collect();
    let units: Vec<Uuid> = cars().map(|car| car.unit.0).collect();
    let categories: Vec<&str> = cars().map(|car| car.category.as_str()).collect();
    let powertrains: Vec<&str> = cars().map(|car| car.powertrain.as_str()).collect();
    let models: Vec<&str> = cars().map(|car| car.model.as_str()).collect();
    let seats: Vec<i16> = cars().map(|car| car.seats.count()).collect();
    let status: Vec<&str> = cars().map(|car| car.status.as_str()).collect();
    let aliases: Vec<Option<&str>> = cars().map(|car| car.alias.as_ref().map(Alias::as_str)).collect();
    sqlx::query!(
        "insert into vehicle (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, created_at)
         select v.id, v.plate, v.vin, v.unit_id, v.category, v.powertrain, v.model, v.seats, v.status, v.alias, $11
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int2[], $9::text[], $10::text[])
             with ordinality as v (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, n)
         order by v.n",
        &ids,
        &plates as &[&str],
        &vins as &[Option<&str>],
        &units,
        &categories as &[&str],
        &powertrains as &[&str],
        &models as &[&str],
        &seats,
        &status as &[&str],
        &aliases as &[Option<&str>],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was bought before the platform was there is never late on it: it has no last day.
async fn files(
    conn: &mut PgConnection,
    known: &[(VehicleId, &BroughtFile)],
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let files = || known.iter().map(|(_, file)| file);
    let whole = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let ids: Vec<Uuid> = known.iter().map(|(id, _)| id.0).collect();
    let kinds: Vec<&str> = files().map(|file| file.owner.as_str()).collect();
    let owners: Vec<Option<Uuid>> = files().map(|file| file.owner_unit.map(|unit| unit.0)).collect();
    let names: Vec<&str> = files().map(|file| file.owner_name.as_str()).collect();
    let certificates: Vec<&str> = files().map(|file| file.certificate.as_str()).collect();
    let days: Vec<chrono::NaiveDate> = files().map(|file| file.registered_on).collect();
    let bodies: Vec<&str> = files().map(|file| file.body.as_str()).collect();
    let cases: Vec<&str> = files().map(|file| file.case.as_str()).collect();
    let documents: Vec<&str> = files().map(|file| file.case_document.as_str()).collect();
    let displacements: Vec<Option<i32>> = files().map(|file| whole(file.displacement_ml)).collect();
    let engines: Vec<&str> = files().map(|file| file.engine_number.as_str()).collect();
    let prices: Vec<Option<i64>> = files().map(|file| file.price.map(Money::fen)).collect();
    let taxes: Vec<Option<i64>> = files().map(|file| file.tax.map(Money::fen)).collect();
    let domestic: Vec<bool> = files().map(|file| file.is_domestic).collect();
    let odometers: Vec<Option<i32>> = files().map(|file| whole(file.odometer_km)).collect();
    sqlx::query!(
        "insert into vehicle_registration (vehicle_id, owner_kind, owner_unit_id, owner_name, certificate, registered_on, entered_on, body,
             standard_case, standard_document, displacement_ml, engine_number, price_fen, tax_fen, is_domestic, odometer_km, recorded_by,
             recorded_at)
         select r.vehicle_id, r.owner_kind, r.owner_unit_id, r.owner_name, r.certificate, r.registered_on, $16, r.body, r.standard_case,
                r.standard_document, r.displacement_ml, r.engine_number, r.price_fen, r.tax_fen, r.is_domestic, r.odometer_km, $17, $18
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[], $10::integer[],
                     $11::text[], $12::bigint[], $13::bigint[], $14::boolean[], $15::integer[])
             as r (vehicle_id, owner_kind, owner_unit_id, owner_name, certificate, registered_on, body, standard_case, standard_document,
                   displacement_ml, engine_number, price_fen, tax_fen, is_domestic, odometer_km)",
        &ids,
        &kinds as &[&str],
        &owners as &[Option<Uuid>],
        &names as &[&str],
        &certificates as &[&str],
        &days,
        &bodies as &[&str],
        &cases as &[&str],
        &documents as &[&str],
        &displacements as &[Option<i32>],
        &engines as &[&str],
        &prices as &[Option<i64>],
        &taxes as &[Option<i64>],
        &domestic,
        &odometers as &[Option<i32>],
        day_of(now),
        by.map(|by| by.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn markings(
    conn: &mut PgConnection,
    marked: &[(VehicleId, &BroughtMarking)],
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let markings = || marked.iter().map(|(_, marking)| marking);
    let keys: Vec<Uuid> = marked.iter().map(|_| crate::terminal::log::key(now)).collect();
    let ids: Vec<Uuid> = marked.iter().map(|(id, _)| id.0).collect();
    let kinds: Vec<&str> = markings().map(|marking| marking.kind.as_str()).collect();
    let codes: Vec<Option<&str>> = markings().map(|marking| marking.code.as_deref()).collect();
    let documents: Vec<&str> = markings().map(|marking| marking.document.as_str()).collect();
    sqlx::query!(
        "insert into vehicle_marking (id, vehicle_id, kind, code, document, from_on, recorded_by, recorded_at)
         select m.id, m.vehicle_id, m.kind, m.code, m.document, $6, $7, $8
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as m (id, vehicle_id, kind, code, document)",
        &keys,
        &ids,
        &kinds as &[&str],
        &codes as &[Option<&str>],
        &documents as &[&str],
        day_of(now),
        by.map(|by| by.0),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
