//! Which device is fitted in which vehicle, as fleet managers keep it; what the gateway reads of it is in `device`.

use chrono::{DateTime, Utc};
use dispatch::scope::Scope;
use sqlx::PgConnection;
use telematics::device::TerminalId;
use telematics::id::{DeviceId, VehicleId};
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A new device (车载终端); its secret is kept as a hash alone.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Key.
    pub id: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// SHA-256 of the secret's text.
    pub secret_sha256: [u8; 32],
    /// Make and model.
    pub model: String,
}

/// A device in the list, with the vehicle it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// Key.
    pub id: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// Make and model.
    pub model: String,
    /// Since when it is registered.
    pub created_at: DateTime<Utc>,
    /// The vehicle it is in now.
    pub vehicle: Option<(VehicleId, String)>,
}

/// A device that is or was in a vehicle (设备绑定).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// The device.
    pub device: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// Make and model.
    pub model: String,
    /// Since when; `None` is since ever.
    pub from: Option<DateTime<Utc>>,
    /// Until when; `None` is still.
    pub to: Option<DateTime<Utc>>,
}

/// Registers a device.
pub async fn insert_device(conn: &mut PgConnection, new: &NewDevice, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "insert into device (id, terminal_id, secret_sha256, protocol, model, created_at) values ($1, $2, $3, 'mqtt', $4, $5)",
        new.id.0,
        new.terminal.as_str(),
        new.secret_sha256.as_slice(),
        new.model,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The devices in vehicles of the scope and those that are in none, by terminal id, behind `after`.
pub async fn list_devices(conn: &mut PgConnection, scope: Scope, after: &str, limit: u32) -> Result<Vec<DeviceLine>, DbError> {
    let rows = sqlx::query!(
        r#"select d.id, d.terminal_id, d.model, d.created_at, v.id as "vehicle_id?", v.plate as "plate?"
           from device d
           left join device_binding b on b.device_id = d.id and upper_inf(b.during)
           left join vehicle v on v.id = b.vehicle_id
           where (v.id is null or v.unit_id in (select unit_within($1)))
             and d.terminal_id > $2
           order by d.terminal_id
           limit $3"#,
        scope.top().0,
        after,
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let line = rows.into_iter().map(|row| {
        Ok(DeviceLine {
            id: DeviceId(row.id),
            terminal: row.terminal_id.parse().map_err(unreadable)?,
            model: row.model,
            created_at: row.created_at,
            vehicle: row.vehicle_id.map(VehicleId).zip(row.plate),
        })
    });
    line.collect()
}

/// The devices that are and were in a vehicle, the present one first.
pub async fn list_of_vehicle(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Vec<Fitting>, DbError> {
    let rows = sqlx::query!(
        r#"select d.id, d.terminal_id, d.model, lower(b.during) as "from_at?", upper(b.during) as "to_at?"
           from device_binding b
           join device d on d.id = b.device_id
           where b.vehicle_id = $1
           order by b.during desc"#,
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    let fitting = rows.into_iter().map(|row| {
        Ok(Fitting {
            device: DeviceId(row.id),
            terminal: row.terminal_id.parse().map_err(unreadable)?,
            model: row.model,
            from: row.from_at,
            to: row.to_at,
        })
    });
    fitting.collect()
}

/// Gives a device another secret; whoever has the old one is refused from the next sign-in on.
/// [`DbError::NotFound`] when it is not there, not in use any more, or in a vehicle outside the scope.
pub async fn renew_secret(
    conn: &mut PgConnection,
    scope: Scope,
    device: DeviceId,
    secret_sha256: [u8; 32],
) -> Result<TerminalId, DbError> {
    let terminal = sqlx::query_scalar!(
        "update device d
         set secret_sha256 = $2
         where d.id = $1
           and d.disabled_at is null
           and not exists (select from device_binding b
                           join vehicle v on v.id = b.vehicle_id
                           where b.device_id = d.id and upper_inf(b.during) and v.unit_id not in (select unit_within($3)))
         returning d.terminal_id",
        device.0,
        secret_sha256.as_slice(),
        scope.top().0,
    )
    .fetch_one(conn)
    .await?;
    terminal.parse().map_err(unreadable)
}

/// Fits a device into a vehicle of the scope from `from` on.
///
/// Without `from`: since ever when neither had a binding before, so that a recorded journey finds its car; else since `now`.
/// [`DbError::NotFound`] when the device, or the vehicle in the scope, is not there; a device now in a vehicle outside the
/// scope is not there either.
pub async fn bind(
    conn: &mut PgConnection,
    scope: Scope,
    device: DeviceId,
    vehicle: VehicleId,
    from: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbError> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from vehicle where id = $1 and unit_id in (select unit_within($3)))
              and exists (select from device where id = $2 and disabled_at is null)
              and not exists (select from device_binding b
                              join vehicle v on v.id = b.vehicle_id
                              where b.device_id = $2 and upper_inf(b.during) and v.unit_id not in (select unit_within($3)))
              as "known!""#,
        vehicle.0,
        device.0,
        scope.top().0,
    )
    .fetch_one(&mut *conn)
    .await?;
    if !known {
        return Err(DbError::NotFound);
    }
    let had_one = sqlx::query_scalar!(
        r#"select exists (select from device_binding where device_id = $1 or vehicle_id = $2) as "had!""#,
        device.0,
        vehicle.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    let from = from.or_else(|| had_one.then_some(now));
    sqlx::query!(
        "insert into device_binding (device_id, vehicle_id, during) values ($1, $2, tstzrange($3, null))",
        device.0,
        vehicle.0,
        from,
    )
    .execute(conn)
    .await?;
    Ok(from)
}

/// Takes a device out of the vehicle of the scope that it is in; which vehicle that was.
pub async fn unbind(conn: &mut PgConnection, scope: Scope, device: DeviceId, now: DateTime<Utc>) -> Result<VehicleId, DbError> {
    let vehicle: Uuid = sqlx::query_scalar!(
        "update device_binding b
         set during = tstzrange(lower(b.during), greatest($2, lower(b.during)))
         from vehicle v
         where b.device_id = $1
           and upper_inf(b.during)
           and v.id = b.vehicle_id
           and v.unit_id in (select unit_within($3))
         returning v.id",
        device.0,
        now,
        scope.top().0,
    )
    .fetch_one(conn)
    .await?;
    Ok(VehicleId(vehicle))
}
