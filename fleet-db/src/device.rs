//! The register of in-vehicle devices: who may sign in, and which device was in which car when.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};
use telematics::device::TerminalId;
use telematics::id::{DeviceId, VehicleNo};
use tracing::warn;

use crate::DbError;

/// A device that may sign in (已登记终端), with every vehicle it was ever bound to.
#[derive(Clone, Debug)]
pub struct RegisteredDevice {
    /// Its key.
    pub id: DeviceId,
    /// The name it signs in with.
    pub terminal: TerminalId,
    /// SHA-256 of its secret.
    pub secret_sha256: [u8; 32],
    /// Oldest first; they do not overlap.
    pub bindings: Vec<DeviceBinding>,
}

/// Which vehicle a device was in (设备绑定), and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceBinding {
    /// The vehicle's small number.
    pub vehicle: VehicleNo,
    /// First instant of the binding; `None`: since ever.
    pub from: Option<DateTime<Utc>>,
    /// First instant after the binding; `None`: until further notice.
    pub to: Option<DateTime<Utc>>,
}

impl DeviceBinding {
    /// The binding held at `at`.
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// The whole register, without devices that were disabled.
pub async fn load_register(conn: &mut PgConnection) -> Result<Vec<RegisteredDevice>, DbError> {
    let bindings = sqlx::query!(
        r#"select b.device_id, v.no, lower(b.during) as from_at, upper(b.during) as to_at
           from device_binding b
           join vehicle v on v.id = b.vehicle_id
           order by b.device_id, lower(b.during) nulls first"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let devices = sqlx::query!("select id, terminal_id, secret_sha256 from device where disabled_at is null order by id")
        .fetch_all(conn)
        .await?;

    let mut bindings = bindings.into_iter().peekable();
    let mut register = Vec::with_capacity(devices.len());
    for device in devices {
        let mut own = Vec::new();
        while let Some(binding) = bindings.next_if(|binding| binding.device_id <= device.id) {
            if binding.device_id == device.id {
                own.push(DeviceBinding { vehicle: VehicleNo(binding.no), from: binding.from_at, to: binding.to_at });
            }
        }
        let (Ok(terminal), Ok(secret_sha256)) = (device.terminal_id.parse(), <[u8; 32]>::try_from(device.secret_sha256)) else {
            warn!(device.id = %device.id, "device {} has no valid terminal id or secret, it cannot sign in", device.id);
            continue;
        };
        register.push(RegisteredDevice { id: DeviceId(device.id), terminal, secret_sha256, bindings: own });
    }
    Ok(register)
}

/// Tells of every change of the register (`listen device_changed`).
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("device_changed").await?;
        Ok(Self(listener))
    }

    /// Waits for the next change. Also answers after a lost connection was restored, as changes may have been missed.
    pub async fn next(&mut self) -> Result<(), DbError> {
        self.0.try_recv().await?;
        // One statement of an import is one notification; what has queued up is answered by one reload.
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
