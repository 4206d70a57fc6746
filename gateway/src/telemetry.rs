//! Names of the gateway's metrics, so that they are the same wherever they are counted.

use std::fmt;

use metrics::Counter;

use crate::mqtt::topic::Topic;

/// Signed-in and not yet signed-in connections.
pub(crate) const CONNECTIONS: &str = "motorpool_gateway_connections";
/// Connections and sign-ins refused, by `code`.
pub(crate) const REFUSED: &str = "motorpool_gateway_refused_total";
/// Messages taken in, by `topic`; see `Messages`.
const MESSAGES: &str = "motorpool_gateway_messages_total";
/// Messages to or subscriptions of topics that are not the device's own.
pub(crate) const FOREIGN_TOPIC: &str = "motorpool_gateway_foreign_topic_total";
/// Sessions ended, by `reason`.
pub(crate) const ENDED: &str = "motorpool_gateway_sessions_ended_total";
/// Observations that became durable.
pub(crate) const OBSERVATIONS: &str = "motorpool_gateway_observations_total";
/// Observations that were durable already.
pub(crate) const DUPLICATES: &str = "motorpool_gateway_duplicates_total";
/// Observations not newer than what their vehicle sent before.
pub(crate) const LATE: &str = "motorpool_gateway_late_total";
/// Records kept aside, by `code`.
pub(crate) const QUARANTINED: &str = "motorpool_gateway_quarantined_total";
/// Messages taken from brokers, by `topic`.
pub(crate) const BROKER_MESSAGES: &str = "motorpool_gateway_broker_messages_total";
/// 1 while the subscription at a `broker` is up.
pub(crate) const BROKERS: &str = "motorpool_gateway_broker_up";
/// Seconds of a commit.
pub(crate) const COMMIT_SECONDS: &str = "motorpool_gateway_commit_seconds";
/// Records of a commit.
pub(crate) const COMMIT_ROWS: &str = "motorpool_gateway_commit_rows";
/// Commits that had to be tried again.
pub(crate) const COMMIT_RETRIES: &str = "motorpool_gateway_commit_retries_total";
/// Records waiting in a shard, by `shard`.
pub(crate) const QUEUED: &str = "motorpool_gateway_queued_records";
/// Vehicle events, by `kind`.
pub(crate) const EVENTS: &str = "motorpool_gateway_events_total";
/// Alarms of devices begun, by `kind`.
pub(crate) const ALARMS: &str = "motorpool_gateway_alarms_total";
/// Tracks worked out again.
pub(crate) const REVISED: &str = "motorpool_gateway_revised_total";
/// Days of positions turned into history.
pub(crate) const COMPACTED: &str = "motorpool_gateway_compacted_days_total";

/// Counters of messages by topic, looked up once: this is counted a hundred thousand times a second.
pub(crate) struct Messages(Vec<(Topic, Counter)>);

impl Messages {
    pub(crate) fn new() -> Self {
        Self(Topic::ALL.iter().map(|topic| (*topic, metrics::counter!(MESSAGES, "topic" => topic.name()))).collect())
    }

    pub(crate) fn count(&self, topic: Topic) {
        if let Some((_, counter)) = self.0.iter().find(|(known, _)| *known == topic) {
            counter.increment(1);
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}
