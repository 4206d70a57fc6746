//! Settings of GB/T 32960.

use serde::{Deserialize, Serialize};

/// Section `gateway.gb32960` (电动汽车接入设置).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gb32960 {
    /// `verify`: a signature is checked when the register has a key for it, and a wrong one is refused. `require`: a report
    /// without a right signature is refused, so that vehicles of 2016, which cannot sign, stay out.
    pub signature: Signatures,
    /// `any`, or `encrypted`: reports whose data unit is not encrypted are refused, by TLS too.
    pub payload: Payloads,
    /// Seconds of silence after which a vehicle or a platform is disconnected.
    pub idle_secs: u64,
    /// Seconds for which a link that was heard keeps a second one of the same VIN out (应答 03); later the new one takes over.
    pub taken_secs: u64,
}

/// What is asked of signatures (签名要求).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signatures {
    /// Checked when a key is known.
    Verify,
    /// Right, or refused.
    Require,
}

/// What is asked of data units (数据单元加密要求).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payloads {
    /// In the clear or encrypted.
    Any,
    /// Encrypted.
    Encrypted,
}

impl Default for Gb32960 {
    fn default() -> Self {
        Self { signature: Signatures::Verify, payload: Payloads::Any, idle_secs: 180, taken_secs: 60 }
    }
}
