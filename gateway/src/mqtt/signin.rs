//! Signing in: the first packet of a connection names a registered device and its secret, or the connection ends.

use std::sync::Arc;

use fleet_db::device::RegisteredDevice;
use telematics::device::Protocol;

use super::say::Welcome;
use super::topic::Topic;
use super::wire::Connect;
use crate::register::Register;

/// Why a device was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Unknown name or wrong secret: not told apart.
    BadSecret,
    /// Client id and user name name two devices.
    TwoNames,
    /// A last will on a topic that is not its own `st`.
    ForeignWill,
}

impl Refusal {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::BadSecret => "device.bad_secret",
            Self::TwoNames => "device.two_names",
            Self::ForeignWill => "device.foreign_will",
        }
    }

    pub(crate) const fn welcome(self) -> Welcome {
        match self {
            Self::BadSecret => Welcome::BadSecret,
            Self::TwoNames | Self::ForeignWill => Welcome::NotAuthorized,
        }
    }
}

/// The device that may come in with this request.
pub(crate) fn admit(register: &Register, connect: &Connect) -> Result<Arc<RegisteredDevice>, Refusal> {
    let user = connect.user.as_deref().filter(|user| !user.is_empty());
    // A program that leaves the client id to the server is known by its user name.
    let terminal = if connect.client_id.is_empty() { user.unwrap_or_default() } else { connect.client_id.as_str() };
    let device = register.authenticate(terminal, connect.secret.as_deref().unwrap_or_default());
    let device = device.filter(|device| device.protocol == Protocol::Mqtt).ok_or(Refusal::BadSecret)?;
    if user.is_some_and(|user| user != terminal) {
        return Err(Refusal::TwoNames);
    }
    match &connect.will {
        Some((topic, _)) if Topic::of(topic, terminal) != Some(Topic::Status) => Err(Refusal::ForeignWill),
        _ => Ok(device),
    }
}
