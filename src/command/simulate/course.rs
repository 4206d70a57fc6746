//! What all terminals of a run have in common: where to, when, what goes wrong, and the figures.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::disorder::Disorder;
use super::outage::Outage;
use super::protocol::Protocol;
use super::tally::Tally;

/// A run of terminals (运行参数).
#[derive(Debug)]
pub(crate) struct Course {
    /// Where the service is.
    pub(crate) to: Destinations,
    /// Own addresses to connect from, one after the other; none: as the system chooses.
    pub(crate) from: Vec<IpAddr>,
    /// When it began.
    pub(crate) begin: Instant,
    /// The same instant by the clock.
    pub(crate) begin_at: DateTime<Utc>,
    /// When the network is cut.
    pub(crate) outages: Vec<Outage>,
    /// What comes late, twice, or with a wrong clock.
    pub(crate) disorder: Disorder,
    /// How long what has been recorded may still be sent after the end.
    pub(crate) drain: Duration,
    /// The figures.
    pub(crate) tally: Arc<Tally>,
    /// No more records.
    pub(crate) stop: CancellationToken,
}

/// Where the service takes each protocol in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Destinations {
    /// MQTT.
    pub(crate) mqtt: Option<SocketAddr>,
    /// JT/T 808.
    pub(crate) jt808: Option<SocketAddr>,
    /// GB/T 32960.3.
    pub(crate) gb32960: Option<SocketAddr>,
}

impl Destinations {
    /// One protocol there, no other.
    pub(crate) fn only(protocol: Protocol, address: SocketAddr) -> Self {
        let of = |one| (one == protocol).then_some(address);
        Self { mqtt: of(Protocol::Mqtt), jt808: of(Protocol::Jt808), gb32960: of(Protocol::Gb32960) }
    }

    /// Where that protocol goes.
    pub(crate) const fn of(&self, protocol: Protocol) -> Option<SocketAddr> {
        match protocol {
            Protocol::Mqtt => self.mqtt,
            Protocol::Jt808 => self.jt808,
            Protocol::Gb32960 => self.gb32960,
        }
    }
}

impl Course {
    /// The network is cut.
    pub(crate) fn is_cut(&self, now: Instant) -> bool {
        self.outages.iter().any(|outage| outage.covers(now - self.begin))
    }

    /// When the network is next cut or restored.
    pub(crate) fn next_turn(&self, now: Instant) -> Option<Instant> {
        self.outages.iter().filter_map(|outage| outage.next_turn(now - self.begin)).min().map(|turn| self.begin + turn)
    }

    /// What the clock says at an instant of the run.
    pub(crate) fn clock(&self, at: Instant) -> DateTime<Utc> {
        self.begin_at + TimeDelta::from_std(at - self.begin).unwrap_or_default()
    }
}
