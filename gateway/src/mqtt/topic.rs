//! Topics of our own terminals: `v1/d/{terminal}/{lane}`.

/// What a message on a topic is about (主题通道).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Positions as they happen.
    Position,
    /// Positions sent again after an outage.
    Replay,
    /// Readings of the vehicle.
    Obd,
    /// Events noticed by the device.
    Event,
    /// The state of the device itself; also its last will.
    Status,
    /// The answer to a command.
    Answer,
}

impl Topic {
    /// Every topic that a device may publish to.
    pub const ALL: [Self; 6] = [Self::Position, Self::Replay, Self::Obd, Self::Event, Self::Status, Self::Answer];

    /// The topic, if it is one that `terminal` may publish to.
    pub fn of(topic: &str, terminal: &str) -> Option<Self> {
        match own(topic, terminal)? {
            "pos" => Some(Self::Position),
            "pos/replay" => Some(Self::Replay),
            "obd" => Some(Self::Obd),
            "evt" => Some(Self::Event),
            "st" => Some(Self::Status),
            "ack" => Some(Self::Answer),
            _ => None,
        }
    }

    /// Name in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Position => "pos",
            Self::Replay => "pos_replay",
            Self::Obd => "obd",
            Self::Event => "evt",
            Self::Status => "st",
            Self::Answer => "ack",
        }
    }
}

/// `filter` asks for the commands of `terminal` and for nothing else.
pub fn is_own_command_filter(filter: &str, terminal: &str) -> bool {
    own(filter, terminal) == Some("cmd")
}

/// The topic on which `terminal` gets its commands.
pub fn command_topic(terminal: &str) -> String {
    format!("v1/d/{terminal}/cmd")
}

fn own<'a>(topic: &'a str, terminal: &str) -> Option<&'a str> {
    topic.strip_prefix("v1/d/")?.strip_prefix(terminal)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminals_own_topics_are_its_own() {
        assert_eq!(Topic::of("v1/d/MP-1/pos", "MP-1"), Some(Topic::Position));
        assert_eq!(Topic::of("v1/d/MP-1/pos/replay", "MP-1"), Some(Topic::Replay));
        for foreign in ["v1/d/MP-10/pos", "v1/d/MP-1", "v1/d/MP-1/cmd", "v1/d/MP-1/pos/x", "pos", "", "v1/d/+/pos"] {
            assert_eq!(Topic::of(foreign, "MP-1"), None, "{foreign}");
        }
        assert!(is_own_command_filter("v1/d/MP-1/cmd", "MP-1"));
        assert!(!is_own_command_filter("v1/d/MP-1/#", "MP-1"));
        assert!(!is_own_command_filter("#", "MP-1"));
    }
}
