//! The register of in-vehicle devices: who may sign in, and which device was in which car when.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};
use telematics::device::{Protocol, TerminalId};
use telematics::id::{DeviceId, PlatformId, VehicleNo};
use tracing::warn;

use crate::DbError;
use crate::pool::listener;

pub mod identity;
pub mod registration;

pub use registration::{Claim, Registration, mark_authenticated, mark_registered, mark_unregistered};

/// A device that may sign in (已登记终端), with every vehicle it was ever bound to.
#[derive(Clone, Debug)]
pub struct RegisteredDevice {
    /// Its key.
    pub id: DeviceId,
    /// The name it signs in with: a terminal number of JT/T 808 without leading zeros, a VIN for GB/T 32960, else a free name.
    pub terminal: TerminalId,
    /// What it speaks; whoever comes by another protocol is not it.
    pub protocol: Protocol,
    /// Its model profile: the meaning of vendor items, and the datum.
    pub profile: String,
    /// SHA-256 of its secret, or of the code that its registration gave out.
    pub secret_sha256: [u8; 32],
    /// SIM cards it may use; empty: any.
    pub iccids: Vec<String>,
    /// The platform that speaks for it; `None`: it speaks for itself.
    pub platform: Option<PlatformId>,
    /// Keys of its signatures and payloads.
    pub keys: Keys,
    /// Since when it is registered with us (0x0100, or its first sign-in).
    pub registered_at: Option<DateTime<Utc>>,
    /// The vehicle it is in now.
    pub vehicle: Option<BoundVehicle>,
    /// Oldest first; they do not overlap.
    pub bindings: Vec<DeviceBinding>,
}

impl RegisteredDevice {
    /// The vehicle that it was in at `at`.
    pub fn vehicle_at(&self, at: DateTime<Utc>) -> Option<VehicleNo> {
        self.bindings.iter().rev().find(|binding| binding.covers(at)).map(|binding| binding.vehicle)
    }
}

/// The vehicle that a device is in now, as its own words about itself are checked against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundVehicle {
    /// The vehicle's small number.
    pub no: VehicleNo,
    /// Its plate.
    pub plate: String,
    /// Its VIN.
    pub vin: Option<String>,
}

/// What a sender's signatures are checked with and its payloads opened with (密钥).
#[derive(Clone, Default)]
pub struct Keys {
    /// Public key, PEM (RSA) or the 65 bytes of an SM2 point in hexadecimal.
    pub public: Option<String>,
    /// 16 bytes for AES-128 or SM4.
    pub payload: Option<Vec<u8>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("public", &self.public).field("payload", &self.payload.as_ref().map(|_| "***")).finish()
    }
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
        r#"select b.device_id, v.no, v.plate, v.vin, lower(b.during) as from_at, upper(b.during) as to_at
           from device_binding b
           join vehicle v on v.id = b.vehicle_id
           order by b.device_id, lower(b.during) nulls first"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let devices = sqlx::query!(
        "select id, terminal_id, secret_sha256, protocol, profile, iccids, platform_id, public_key, payload_key, registered_at
         from device
         where disabled_at is null
         order by id"
    )
    .fetch_all(conn)
    .await?;

    let mut bindings = bindings.into_iter().peekable();
    let mut register = Vec::with_capacity(devices.len());
    for device in devices {
        let (mut own, mut vehicle) = (Vec::new(), None);
        while let Some(binding) = bindings.next_if(|binding| binding.device_id <= device.id) {
            if binding.device_id == device.id {
                own.push(DeviceBinding { vehicle: VehicleNo(binding.no), from: binding.from_at, to: binding.to_at });
                vehicle = binding.to_at.is_none().then_some(BoundVehicle {
                    no: VehicleNo(binding.no),
                    plate: binding.plate,
                    vin: binding.vin,
                });
            }
        }
        let read = (device.terminal_id.parse(), device.protocol.parse(), <[u8; 32]>::try_from(device.secret_sha256));
        let (Ok(terminal), Ok(protocol), Ok(secret_sha256)) = read else {
            warn!(device.id = %device.id, "device {} has no valid terminal id, protocol or secret, it cannot sign in", device.id);
            continue;
        };
        register.push(RegisteredDevice {
            id: DeviceId(device.id),
            terminal,
            protocol,
            profile: device.profile,
            secret_sha256,
            iccids: device.iccids,
            platform: device.platform_id.map(PlatformId),
            keys: Keys { public: device.public_key, payload: device.payload_key },
            registered_at: device.registered_at,
            vehicle,
            bindings: own,
        });
    }
    Ok(register)
}

/// Tells of every change of the register (`listen device_changed`).
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        Ok(Self(listener(pool, "device_changed").await?))
    }

    /// Waits for the next change. Also answers after a lost connection was restored, as changes may have been missed.
    pub async fn next(&mut self) -> Result<(), DbError> {
        self.0.try_recv().await?;
        // One statement of an import is one notification; what has queued up is answered by one reload.
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
