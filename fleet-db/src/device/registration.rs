//! The registration of a terminal (终端注册): asked for by 0x0100, proved by 0x0102, ended by 0x0003 or by people.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;
use telematics::id::DeviceId;

use crate::DbError;
use crate::terminal::log;

/// What a terminal says when it asks to be registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The plate it says it is in, with or without the dot; `None` where it says none.
    pub plate: Option<String>,
    /// The VIN it says instead of a plate.
    pub vin: Option<String>,
}

/// How a request to be registered ended; each has its result code in JT/T 808 (0x8100).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Registered; the code may be given out once this is committed. Result 0.
    Done,
    /// The vehicle has another terminal that is registered. Result 1.
    VehicleTaken,
    /// There is no such vehicle. Result 2.
    NoSuchVehicle,
    /// It is registered, and its code has been used. Result 3.
    AlreadyRegistered,
    /// There is no such terminal, or it was disabled. Result 4.
    NoSuchTerminal,
}

impl Registration {
    /// The result of 0x8100.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::VehicleTaken => 1,
            Self::NoSuchVehicle => 2,
            Self::AlreadyRegistered => 3,
            Self::NoSuchTerminal => 4,
        }
    }
}

/// Registers a terminal and keeps the hash of the code that it will be given.
///
/// The store decides, so that two gateways cannot both say yes. A registration whose code was never used may be made again:
/// a terminal that lost the answer is not locked out. Where a claim names another vehicle than the one it is bound to, the
/// binding stands; `identity::note` raises the alarm.
pub async fn mark_registered(
    conn: &mut PgConnection,
    device: DeviceId,
    claim: &Claim,
    secret_sha256: [u8; 32],
    at: DateTime<Utc>,
) -> Result<Registration, DbError> {
    let found =
        sqlx::query!("select registered_at, auth_used_at from device where id = $1 and disabled_at is null for update", device.0)
            .fetch_optional(&mut *conn)
            .await?;
    let Some(found) = found else { return Ok(Registration::NoSuchTerminal) };
    if found.registered_at.is_some() && found.auth_used_at.is_some() {
        return Ok(Registration::AlreadyRegistered);
    }
    let plate = claim.plate.as_deref().map(super::identity::folded);
    let vin = claim.vin.as_deref().map(super::identity::folded);
    if plate.is_some() || vin.is_some() {
        let vehicle = sqlx::query!(
            r#"select exists (select from device_binding b
                              join device d on d.id = b.device_id
                              where b.vehicle_id = v.id and upper_inf(b.during) and d.id <> $3
                                and d.registered_at is not null and d.disabled_at is null) as "is_taken!"
               from vehicle v
               where ($1::text is not null and v.plate = $1) or ($1::text is null and v.vin = $2)"#,
            plate,
            vin,
            device.0,
        )
        .fetch_optional(&mut *conn)
        .await?;
        match vehicle {
            None => return Ok(Registration::NoSuchVehicle),
            Some(vehicle) if vehicle.is_taken => return Ok(Registration::VehicleTaken),
            Some(_) => {}
        }
    }
    sqlx::query!(
        "update device set secret_sha256 = $2, registered_at = $3, auth_used_at = null where id = $1",
        device.0,
        secret_sha256.as_slice(),
        at,
    )
    .execute(&mut *conn)
    .await?;
    log::note(conn, device, None, "registered", json!({ "plate": claim.plate, "vin": claim.vin }), at).await?;
    Ok(Registration::Done)
}

/// Notes the first use of a code, or the first sign-in of a terminal that needs none; later ones write nothing.
pub async fn mark_authenticated(conn: &mut PgConnection, device: DeviceId, at: DateTime<Utc>) -> Result<(), DbError> {
    // Two statements: the second alone tells the gateways, as it changes what the register says.
    sqlx::query!("update device set auth_used_at = $2 where id = $1 and auth_used_at is null", device.0, at)
        .execute(&mut *conn)
        .await?;
    let is_first = sqlx::query_scalar!(r#"select registered_at is null as "is_first!" from device where id = $1"#, device.0)
        .fetch_optional(&mut *conn)
        .await?;
    if is_first == Some(true) {
        sqlx::query!("update device set registered_at = $2 where id = $1 and registered_at is null", device.0, at)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Ends a registration: the code is worth nothing any more, and the terminal may register again.
pub async fn mark_unregistered(conn: &mut PgConnection, device: DeviceId, at: DateTime<Utc>) -> Result<(), DbError> {
    // SHA-256 of nothing that anybody could know: 32 zero bytes are no hash of a known text.
    let ended = sqlx::query!(
        "update device set registered_at = null, auth_used_at = null, secret_sha256 = $2
         where id = $1 and registered_at is not null",
        device.0,
        [0_u8; 32].as_slice(),
    )
    .execute(&mut *conn)
    .await?;
    if ended.rows_affected() > 0 {
        log::note(conn, device, None, "unregistered", json!({}), at).await?;
    }
    Ok(())
}
