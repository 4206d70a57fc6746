//! Which device is fitted in which vehicle, as fleet managers keep it; what the gateway reads of it is in `device`.

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, Entry};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::json;
use sqlx::PgConnection;
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, VehicleId};

use crate::device::identity;
use crate::error::{DbError, unreadable};
use crate::terminal::paper::{self, NewTerminal, Paper};
use crate::terminal::{By, log};

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

/// Registers a device of our own protocol, in the store room of a unit of the scope.
pub async fn insert_device(
    conn: &mut PgConnection,
    scope: &Scope,
    unit: UnitId,
    new: &NewDevice,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Entry, DbError> {
    let paper = Paper { profile: "standard".to_owned(), model: new.model.clone(), unit: Some(unit), ..Paper::default() };
    let terminal = NewTerminal {
        id: new.id,
        terminal: new.terminal.clone(),
        protocol: Protocol::Mqtt,
        secret_sha256: new.secret_sha256,
        paper,
    };
    paper::insert(conn, scope, &terminal, by, now).await
}

/// The devices in vehicles of the scope and in its store rooms, by terminal id, behind `after`.
pub async fn list_devices(
    conn: &mut PgConnection,
    scope: &Scope,
    after: &str,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Vec<DeviceLine>, DbError> {
    let found = crate::terminal::list(conn, scope, &crate::terminal::Filter::default(), after, limit, now).await?;
    let line = found.into_iter().map(|found| DeviceLine {
        id: found.id,
        terminal: found.terminal,
        model: found.model,
        created_at: found.created_at,
        vehicle: found.vehicle,
    });
    Ok(line.collect())
}

/// The devices that are and were in a vehicle, the present one first.
pub async fn list_of_vehicle(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Vec<Fitting>, DbError> {
    let rows = sqlx::query!(
        r#"select b.device_id as id, d.terminal_id as "terminal_id!", d.model as "model!", lower(b.during) as "from_at?",
                  upper(b.during) as "to_at?"
           from device_binding b, device_label(b.device_id) d
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

/// Gives a device another secret; whoever has the old one is refused from the next sign-in on. With the entry for the audit log.
/// [`DbError::NotFound`] when it is not in the scope, or not in use any more.
pub async fn renew_secret(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    secret_sha256: [u8; 32],
    by: &By,
    now: DateTime<Utc>,
) -> Result<(TerminalId, Entry), DbError> {
    let found = crate::terminal::load(conn, scope, device, now).await?;
    if found.disabled_at.is_some() {
        return Err(DbError::NotFound);
    }
    sqlx::query!("update device set secret_sha256 = $2 where id = $1", device.0, secret_sha256.as_slice())
        .execute(&mut *conn)
        .await?;
    log::note(conn, device, Some(by), "secret_renewed", json!({}), now).await?;
    let entry = log::entry_of(Action::SecretRenewed, &found);
    Ok((found.terminal, entry))
}

/// Fits a device of the scope into a vehicle of the scope from `from` on. With the entry for the audit log.
///
/// Without `from`: since ever when neither had a binding before, so that a recorded journey finds its car; else since `now`.
/// [`DbError::NotFound`] when either is not there or not in the scope.
pub async fn bind(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    vehicle: VehicleId,
    from: Option<DateTime<Utc>>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(Option<DateTime<Utc>>, Entry), DbError> {
    let found = crate::terminal::load(conn, scope, device, now).await?;
    if found.disabled_at.is_some() {
        return Err(DbError::NotFound);
    }
    let asset = crate::vehicle::load(conn, scope, vehicle).await?.vehicle.asset;
    let plate = asset.plate;
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
    .execute(&mut *conn)
    .await?;
    log::note(conn, device, Some(by), "bound", json!({ "plate": plate, "vehicle_id": vehicle }), now).await?;
    identity::check(conn, device, now).await?;
    let entry = log::entry(Action::Bound, device, &found.terminal, Some(asset.unit));
    let after = json!({ "vehicle_id": vehicle, "plate": plate, "from": from });
    Ok((from, entry.before(json!({ "vehicle_id": null, "plate": null, "from": null })).after(after)))
}

/// Takes a device out of the vehicle of the scope that it is in; which vehicle that was, and the entry for the audit log. It lies with
/// that vehicle's unit then.
pub async fn unbind(
    conn: &mut PgConnection,
    scope: &Scope,
    device: DeviceId,
    by: &By,
    now: DateTime<Utc>,
) -> Result<(VehicleId, Entry), DbError> {
    let left = sqlx::query!(
        "select v.id, v.plate, v.unit_id, d.terminal_id
         from device_binding b
         join vehicle v on v.id = b.vehicle_id
         join device d on d.id = b.device_id
         where b.device_id = $1 and upper_inf(b.during) and v.unit_id in (select unit_id from unit_within($2))
         for update of b",
        device.0,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    // Where it will lie comes first: taken out of the car it might lie where the scope does not reach.
    sqlx::query!("update device set unit_id = $2 where id = $1", device.0, left.unit_id).execute(&mut *conn).await?;
    sqlx::query!(
        "update device_binding
         set during = tstzrange(lower(during), greatest($2, lower(during)))
         where device_id = $1 and upper_inf(during)",
        device.0,
        now,
    )
    .execute(&mut *conn)
    .await?;
    log::note(conn, device, Some(by), "unbound", json!({ "plate": left.plate, "vehicle_id": left.id }), now).await?;
    identity::check(conn, device, now).await?;
    let number: TerminalId = left.terminal_id.parse().map_err(unreadable)?;
    let entry = log::entry(Action::Unbound, device, &number, Some(UnitId(left.unit_id)));
    let before = json!({ "vehicle_id": left.id, "plate": left.plate });
    Ok((VehicleId(left.id), entry.before(before).after(json!({ "vehicle_id": null, "plate": null }))))
}
