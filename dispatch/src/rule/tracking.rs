//! The values that the tracker reads: which keys of the register are which thresholds of its policy.

use chrono::{DateTime, NaiveDate, Utc};
use telematics::policy::Policy;

use super::key::RuleKey;
use super::resolve::{RuleVersion, resolve};
use crate::unit::UnitId;

/// One connected value.
type Connection = (RuleKey, fn(&mut Policy, f64));

/// What is connected; the register says times in the unit that people use, the policy in seconds.
const CONNECTED: &[Connection] = &[
    (RuleKey::IdleTooLong, |policy, minutes| policy.idle_too_long_secs = whole(minutes * 60.0)),
    (RuleKey::OfflineAfter, |policy, minutes| policy.offline_after_secs = whole(minutes * 60.0)),
    (RuleKey::OfflineParkedAfter, |policy, minutes| policy.offline_parked_after_secs = whole(minutes * 60.0)),
    (RuleKey::SpeedLimit, |policy, kmh| policy.speed_limit_kmh = Some(kmh)),
    (RuleKey::SpeedingFor, |policy, seconds| policy.speeding_secs = whole(seconds)),
    (RuleKey::StopAfter, |policy, minutes| policy.stop_min_secs = whole(minutes * 60.0)),
];

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the register's bounds are two days at most")]
fn whole(seconds: f64) -> u32 {
    seconds.round() as u32
}

/// The keys that the tracker reads.
pub fn keys() -> impl Iterator<Item = RuleKey> {
    CONNECTED.iter().map(|(key, _)| *key)
}

/// The tracker's policy for the unit with this line of superiors: `base` where the register says nothing.
pub fn policy(versions: &[RuleVersion], base: &Policy, line: &[UnitId], on: NaiveDate, known_at: DateTime<Utc>) -> Policy {
    let mut policy = base.clone();
    for (key, set) in CONNECTED {
        if let Some(number) = resolve(versions, *key, line, on, known_at).and_then(|resolved| resolved.value.number()) {
            set(&mut policy, number);
        }
    }
    policy
}
