//! Messages between platforms: how they are signed and what stands in them; who does what with them is in `api::exchange`.

pub(crate) mod code;
pub(crate) mod sign;
pub(crate) mod wire;

/// Where the other platform takes messages, below the address that stands in the register.
pub(crate) const PATH: &str = "/api/v1/exchange";
