//! Settings of the way in for phones.

use serde::{Deserialize, Serialize};

/// Section `gateway.http` (手机接入设置): what phones may send over HTTP; the port is that of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Requests a minute from one address. Generous, as a mobile operator puts thousands of phones behind one.
    pub per_address_per_minute: u32,
    /// Requests a minute from one device; a phone that sends what it kept while it had no network needs some room.
    pub per_device_per_minute: u32,
    /// Requests that may wait for the store at the same time; further ones are told to come again.
    pub waiting: usize,
    /// Seconds that a request waits for the store before it is told to come again.
    pub wait_secs: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self { per_address_per_minute: 60_000, per_device_per_minute: 600, waiting: 1024, wait_secs: 10 }
    }
}
