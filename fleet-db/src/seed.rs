//! A whole fleet at once, in four statements; what is there already stays as it is, so that it can be asked for again.

pub mod life;

use chrono::{DateTime, Utc};
use dispatch::unit::Unit;
use dispatch::vehicle::VehicleAsset;
use sqlx::PgConnection;
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, VehicleId, VehicleNo};
use uuid::Uuid;

use crate::error::DbError;
use crate::unit::history::{self, Recorded};

/// A vehicle with the device in it, both about to be registered.
#[derive(Clone, Debug)]
pub struct FittedVehicle {
    /// Key of the vehicle.
    pub id: VehicleId,
    /// The vehicle.
    pub asset: VehicleAsset,
    /// Key of the device.
    pub device: DeviceId,
    /// The name the device signs in with.
    pub terminal: TerminalId,
    /// What the device speaks.
    pub protocol: Protocol,
    /// Its model profile.
    pub profile: String,
    /// SHA-256 of the text of its secret, or of its code: it counts as registered.
    pub secret_sha256: [u8; 32],
    /// Make and model of the device.
    pub device_model: String,
}

/// Adds the units that are not there; those above come before those below.
pub async fn units(conn: &mut PgConnection, units: &[Unit], now: DateTime<Utc>) -> Result<u64, DbError> {
    history::write(conn, units, &Recorded::entered(now), now).await
}

/// Adds the vehicles and devices that are not there, each device bound to its vehicle since ever.
pub async fn fleet(conn: &mut PgConnection, fleet: &[FittedVehicle], now: DateTime<Utc>) -> Result<u64, DbError> {
    let added = vehicles(conn, fleet, now).await? + devices(conn, fleet, now).await?;
    let (device, vehicle): (Vec<Uuid>, Vec<Uuid>) = fleet.iter().map(|car| (car.device.0, car.id.0)).unzip();
    // A device that is in another vehicle by now stays there.
    let bound = sqlx::query!(
        "insert into device_binding (device_id, vehicle_id, during)
         select b.device_id, b.vehicle_id, '(,)'
         from unnest($1::uuid[], $2::uuid[]) as b (device_id, vehicle_id)
         where not exists (select from device_binding known where known.device_id = b.device_id or known.vehicle_id = b.vehicle_id)
           and exists (select from device where device.id = b.device_id)
           and exists (select from vehicle where vehicle.id = b.vehicle_id)",
        &device,
        &vehicle,
    )
    .execute(conn)
    .await?;
    Ok(added + bound.rows_affected())
}

/// The numbers of vehicles; one that is not there is absent.
pub async fn numbers(conn: &mut PgConnection, ids: &[VehicleId]) -> Result<Vec<(VehicleId, VehicleNo)>, DbError> {
    let keys: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!("select id, no from vehicle where id = any($1)", &keys).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (VehicleId(row.id), VehicleNo(row.no))).collect())
}

async fn vehicles(conn: &mut PgConnection, fleet: &[FittedVehicle], now: DateTime<Utc>) -> Result<u64, DbError> {
    let ids: Vec<Uuid> = fleet.iter().map(|car| car.id.0).collect();
    let plates: Vec<&str> = fleet.iter().map(|car| car.asset.plate.as_str()).collect();
    let vins: Vec<Option<&str>> = fleet.iter().map(|car| car.asset.vin.as_ref().map(dispatch::vin::Vin::as_str)).collect();
    let units: Vec<Uuid> = fleet.iter().map(|car| car.asset.unit.0).collect();
    let categories: Vec<&str> = fleet.iter().map(|car| car.asset.category.as_str()).collect();
    let powertrains: Vec<&str> = fleet.iter().map(|car| car.asset.powertrain.as_str()).collect();
    let models: Vec<&str> = fleet.iter().map(|car| car.asset.model.as_str()).collect();
    let seats: Vec<i16> = fleet.iter().map(|car| car.asset.seats.count()).collect();
    let status: Vec<&str> = fleet.iter().map(|car| car.asset.status.as_str()).collect();
    let aliases: Vec<Option<&str>> =
        fleet.iter().map(|car| car.asset.alias.as_ref().map(dispatch::vehicle::Alias::as_str)).collect();
    let added = sqlx::query!(
        "insert into vehicle (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, created_at)
         select v.id, v.plate, v.vin, v.unit_id, v.category, v.powertrain, v.model, v.seats, v.status, v.alias, $11
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int2[], $9::text[], $10::text[])
             with ordinality as v (id, plate, vin, unit_id, category, powertrain, model, seats, status, alias, n)
         where not exists (select from vehicle known where known.id = v.id)
         order by v.n
         on conflict do nothing",
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
    Ok(added.rows_affected())
}

async fn devices(conn: &mut PgConnection, fleet: &[FittedVehicle], now: DateTime<Utc>) -> Result<u64, DbError> {
    let ids: Vec<Uuid> = fleet.iter().map(|car| car.device.0).collect();
    let terminals: Vec<&str> = fleet.iter().map(|car| car.terminal.as_str()).collect();
    let secrets: Vec<&[u8]> = fleet.iter().map(|car| car.secret_sha256.as_slice()).collect();
    let models: Vec<&str> = fleet.iter().map(|car| car.device_model.as_str()).collect();
    let protocols: Vec<&str> = fleet.iter().map(|car| car.protocol.as_str()).collect();
    let profiles: Vec<&str> = fleet.iter().map(|car| car.profile.as_str()).collect();
    let units: Vec<Uuid> = fleet.iter().map(|car| car.asset.unit.0).collect();
    let added = sqlx::query!(
        "insert into device (id, terminal_id, secret_sha256, model, protocol, profile, unit_id, created_at, issued_on, registered_at, auth_used_at)
         select d.id, d.terminal_id, d.secret_sha256, d.model, d.protocol, d.profile, d.unit_id, $8,
                ($8 at time zone 'Asia/Shanghai')::date, $8, $8
         from unnest($1::uuid[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::uuid[])
             as d (id, terminal_id, secret_sha256, model, protocol, profile, unit_id)
         on conflict do nothing",
        &ids,
        &terminals as &[&str],
        &secrets as &[&[u8]],
        &models as &[&str],
        &protocols as &[&str],
        &profiles as &[&str],
        &units,
        now,
    )
    .execute(conn)
    .await?;
    Ok(added.rows_affected())
}
