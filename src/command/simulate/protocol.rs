//! What simulated terminals speak.

use std::time::Duration;

use telematics::device;

/// A protocol of terminals (终端协议).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub(crate) enum Protocol {
    /// MQTT 3.1.1 with our own records.
    Mqtt,
    /// JT/T 808, editions of 2013 and 2019.
    Jt808,
    /// GB/T 32960.3, editions of 2016 and 2025.
    Gb32960,
}

impl Protocol {
    /// That of a terminal in the register, where simulated terminals speak it.
    pub(crate) const fn of(registered: device::Protocol) -> Option<Self> {
        match registered {
            device::Protocol::Mqtt => Some(Self::Mqtt),
            device::Protocol::Jt808 => Some(Self::Jt808),
            device::Protocol::Gb32960 => Some(Self::Gb32960),
            device::Protocol::Http | device::Protocol::Broker | device::Protocol::Jt809 => None,
        }
    }

    /// As the register and the summary name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Jt808 => "jt808",
            Self::Gb32960 => "gb32960",
        }
    }

    /// The shortest time between two reports: the Chinese standards tell whole seconds, and one second tells one report.
    pub(crate) const fn shortest_interval(self) -> Duration {
        match self {
            Self::Mqtt => Duration::from_millis(10),
            Self::Jt808 | Self::Gb32960 => Duration::from_secs(1),
        }
    }

    /// Reports of the backlog in one message, at most.
    pub(crate) const fn together(self) -> usize {
        match self {
            Self::Mqtt => 50,
            // Some 3,000 bytes: three or four sub-packages.
            Self::Jt808 => 40,
            // The standard has no batches: one packet, one instant.
            Self::Gb32960 => 1,
        }
    }
}
