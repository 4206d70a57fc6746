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
/// What was left out of vehicles that are exempt from tracking, by `what`: `position`, `aside`, `report` or `frame`.
pub(crate) const EXEMPT: &str = "motorpool_gateway_exempt_total";
/// Messages taken from brokers, by `topic`.
pub(crate) const BROKER_MESSAGES: &str = "motorpool_gateway_broker_messages_total";
/// 1 while the subscription at a `broker` is up.
pub(crate) const BROKERS: &str = "motorpool_gateway_broker_up";
/// Frames of watched terminals that were left out, as the store was behind.
pub(crate) const FRAMES_LOST: &str = "motorpool_gateway_frames_lost_total";
/// Messages of JT/T 808 taken in, by `id`.
pub(crate) const JT808_MESSAGES: &str = "motorpool_gateway_jt808_messages_total";
/// Frames and messages of JT/T 808 that were not taken, by `code`.
pub(crate) const JT808_ERRORS: &str = "motorpool_gateway_jt808_errors_total";
/// Bytes of packages that wait for the rest of their message.
pub(crate) const JT808_PACKAGE_BYTES: &str = "motorpool_gateway_jt808_package_bytes";
/// Terminals whose clock was found to be off.
pub(crate) const DRIFTS: &str = "motorpool_gateway_clock_drift_total";
/// Commands to terminals that ended, by `result`.
pub(crate) const COMMANDS: &str = "motorpool_gateway_commands_total";
/// Things to note down that were left out, as the store was behind.
pub(crate) const ERRANDS_LOST: &str = "motorpool_gateway_errands_lost_total";
/// Sessions slowed down because more came than a terminal may send.
pub(crate) const PACED: &str = "motorpool_gateway_paced_total";
/// Frames of GB/T 32960 that were not taken, by `code`.
pub(crate) const GB32960_ERRORS: &str = "motorpool_gateway_gb32960_errors_total";
/// Frames and messages of JT/T 809 that were not taken, by `code`.
pub(crate) const JT809_ERRORS: &str = "motorpool_gateway_jt809_errors_total";
/// Positions told to a platform above us, by `superior` and `how`: `live` or `later`.
pub(crate) const JT809_TOLD: &str = "motorpool_gateway_jt809_told_total";
/// Positions that a platform above us has confirmed, by `superior`.
pub(crate) const JT809_CONFIRMED: &str = "motorpool_gateway_jt809_confirmed_total";
/// 1 while the link to a `superior` is up.
pub(crate) const JT809_LINKS: &str = "motorpool_gateway_jt809_link_up";
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
pub(crate) struct Messages {
    topics: Vec<(Topic, Counter)>,
    /// By message id, in order; the last is for all others.
    jt808: Vec<(u16, Counter)>,
}

/// Ids of JT/T 808 that have a counter of their own.
const IDS: [u16; 19] = [
    0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0100, 0x0102, 0x0104, 0x0107, 0x0108, 0x0200, 0x0201, 0x0500, 0x0702, 0x0704,
    0x0705, 0x0800, 0x0801, 0x0900,
];

impl Messages {
    pub(crate) fn new() -> Self {
        let jt808 = |id: &u16| (*id, metrics::counter!(JT808_MESSAGES, "id" => format!("{id:#06x}")));
        let other = (u16::MAX, metrics::counter!(JT808_MESSAGES, "id" => "other"));
        Self {
            topics: Topic::ALL.iter().map(|topic| (*topic, metrics::counter!(MESSAGES, "topic" => topic.name()))).collect(),
            jt808: IDS.iter().map(jt808).chain([other]).collect(),
        }
    }

    pub(crate) fn count_jt808(&self, id: u16) {
        let at = self.jt808.binary_search_by_key(&id, |(known, _)| *known).unwrap_or(IDS.len());
        if let Some((_, counter)) = self.jt808.get(at) {
            counter.increment(1);
        }
    }

    pub(crate) fn count(&self, topic: Topic) {
        if let Some((_, counter)) = self.topics.iter().find(|(known, _)| *known == topic) {
            counter.increment(1);
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").finish_non_exhaustive()
    }
}
