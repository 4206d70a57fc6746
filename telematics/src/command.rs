//! What people ask of a terminal, in words of their own; each protocol says it in its own frames.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::device::Protocol;
use crate::id::CommandId;

/// Something asked of a terminal (指令). Stored as its kind and its arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "args", rename_all = "snake_case")]
pub enum Command {
    /// Show or speak a text (0x8300).
    Text(Text),
    /// Tell where you are, now (0x8201; `report_now`).
    Locate {},
    /// Report at this interval for this long, then as before (0x8202).
    Track {
        /// Seconds between reports; 0 ends it.
        interval_s: u16,
        /// Seconds that it lasts.
        for_s: u32,
    },
    /// Report at this interval from now on (parameter 0x0029; GB/T 32960 parameter 02; `interval`).
    ReportInterval {
        /// Seconds between reports.
        seconds: u16,
    },
    /// Tell your parameters (0x8104, 0x8106; GB/T 32960 command 80).
    QueryParameters {
        /// These alone, as `"0x0029"`; none: all.
        #[serde(default)]
        ids: Vec<String>,
    },
    /// Take these parameters (0x8103; GB/T 32960 command 81).
    SetParameters {
        /// By id, as `"0x0029"`: a number or a text.
        values: BTreeMap<String, Value>,
    },
    /// Tell what you are: maker, model, ICCID, versions (0x8107).
    QueryAttributes {},
    /// Start anew (0x8105 word 4; GB/T 32960 control 3; `restart`).
    Restart {},
    /// Forget everything set, as new from the works (0x8105 word 5; GB/T 32960 control 4).
    FactoryReset {},
    /// Take a newer program (`update`); ordered by a rollout alone.
    Update(Release),
    /// Write this much into your own log (`log_level`).
    LogLevel {
        /// error, warn, info, debug or trace.
        level: String,
    },
}

/// A signed program (固件版本); where it is fetched the device knows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// What it says it is.
    pub version: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Ed25519 over `motorpool-bridge VERSION SHA256`, hex.
    pub signature: String,
}

/// A text for a terminal (文本信息下发).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What is said.
    pub text: String,
    /// Before everything else.
    #[serde(default)]
    pub is_urgent: bool,
    /// On the terminal's display.
    #[serde(default)]
    pub on_display: bool,
    /// By its voice (TTS).
    #[serde(default)]
    pub by_voice: bool,
}

impl Command {
    /// Reads what the store has.
    pub fn from_parts(kind: &str, args: Value) -> Result<Self, serde_json::Error> {
        let mut whole = Map::new();
        whole.insert("kind".to_owned(), Value::String(kind.to_owned()));
        whole.insert("args".to_owned(), args);
        serde_json::from_value(Value::Object(whole))
    }

    /// The arguments as the store keeps them.
    pub fn args(&self) -> Value {
        let whole = serde_json::to_value(self).unwrap_or_default();
        whole.get("args").cloned().unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// The stable name of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Locate {} => "locate",
            Self::Track { .. } => "track",
            Self::ReportInterval { .. } => "report_interval",
            Self::QueryParameters { .. } => "query_parameters",
            Self::SetParameters { .. } => "set_parameters",
            Self::QueryAttributes {} => "query_attributes",
            Self::Restart {} => "restart",
            Self::FactoryReset {} => "factory_reset",
            Self::Update(_) => "update",
            Self::LogLevel { .. } => "log_level",
        }
    }

    /// As our own bridge reads it on its `cmd` topic; `None` for what it has no word for.
    pub fn for_bridge(&self, id: CommandId, expires_at: DateTime<Utc>) -> Option<Value> {
        let (kind, args) = match self {
            Self::Locate {} => ("report_now", json!({})),
            Self::ReportInterval { seconds } => ("interval", json!({ "secs": seconds })),
            Self::Restart {} => ("restart", json!({})),
            Self::LogLevel { level } => ("log_level", json!({ "level": level })),
            Self::Update(release) => ("update", json!(release)),
            _ => return None,
        };
        Some(json!({ "id": id, "kind": kind, "args": args, "expires": expires_at.timestamp_millis() }))
    }

    /// A terminal of the protocol can be asked this.
    pub fn is_known_to(&self, protocol: Protocol) -> bool {
        kinds_of(protocol).contains(&self.kind())
    }
}

/// The kinds of command that a protocol has frames for, in the order of the console's form.
pub const fn kinds_of(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Jt808 => &[
            "text",
            "locate",
            "track",
            "report_interval",
            "query_parameters",
            "set_parameters",
            "query_attributes",
            "restart",
            "factory_reset",
        ],
        // Other parameters than the interval belong to the maker of the vehicle.
        Protocol::Gb32960 => &["report_interval", "query_parameters", "restart", "factory_reset"],
        Protocol::Mqtt => &["locate", "report_interval", "restart", "log_level"],
        Protocol::Http | Protocol::Broker | Protocol::Jt809 => &[],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_is_read_back_as_it_was_stored() {
        let commands = [
            Command::Text(Text { text: "请回场".to_owned(), is_urgent: true, on_display: true, by_voice: false }),
            Command::Locate {},
            Command::Track { interval_s: 5, for_s: 600 },
            Command::ReportInterval { seconds: 10 },
            Command::QueryParameters { ids: vec!["0x0029".to_owned()] },
            Command::SetParameters { values: BTreeMap::from([("0x0029".to_owned(), json!(30))]) },
            Command::QueryAttributes {},
            Command::Restart {},
            Command::FactoryReset {},
            Command::LogLevel { level: "debug".to_owned() },
            Command::Update(Release {
                version: "0.2.0".to_owned(),
                sha256: "00".to_owned(),
                bytes: 1,
                signature: "00".to_owned(),
            }),
        ];
        for command in commands {
            assert!(command.args().is_object(), "{command:?}");
            assert_eq!(Command::from_parts(command.kind(), command.args()).unwrap(), command);
        }
    }

    #[test]
    fn the_bridge_is_asked_in_its_own_words() {
        let (id, at) = (CommandId(uuid::Uuid::nil()), "2026-03-02T04:00:00Z".parse().unwrap());
        let asked = Command::ReportInterval { seconds: 5 }.for_bridge(id, at).unwrap();
        assert_eq!(asked, json!({ "id": id, "kind": "interval", "args": { "secs": 5 }, "expires": 1_772_424_000_000_i64 }));
        for kind in kinds_of(Protocol::Mqtt) {
            let args = match *kind {
                "report_interval" => json!({ "seconds": 5 }),
                "log_level" => json!({ "level": "info" }),
                _ => json!({}),
            };
            assert!(Command::from_parts(kind, args).unwrap().for_bridge(id, at).is_some(), "{kind}");
        }
        assert!(Command::QueryAttributes {}.for_bridge(id, at).is_none());
    }

    #[test]
    fn a_protocol_is_asked_only_what_it_has_words_for() {
        assert!(Command::Locate {}.is_known_to(Protocol::Jt808));
        assert!(!Command::Locate {}.is_known_to(Protocol::Gb32960));
        assert!(!Command::Restart {}.is_known_to(Protocol::Http));
    }
}
