//! One report as a terminal keeps it: what goes over the wire, and under which key the service stores it.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use telematics::fix::Observation;
use telematics::record::Record;
use telematics::sequence;
use telematics::simulate::chance::Chance;

use super::protocol::Protocol;
use super::{gb32960, jt808};

/// Reports after which an alarm begins, on average, and how long it lasts at most.
const ALARM_EVERY: f64 = 500.0;
const ALARM_LASTS: usize = 12;
/// JT/T 808 alarm bits that a car may raise without anybody being hurt: speed, fatigue, power, antenna.
const ALARM_BITS: &[u8] = &[1, 2, 5, 7, 13];

/// A report (上报).
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The running number of the terminal.
    pub(crate) number: i64,
    /// The instant that it is about.
    pub(crate) fixed_at: DateTime<Utc>,
    /// The sequence that the service stores it under.
    pub(crate) sequence: i64,
    /// Recorded now, with a connection at hand.
    pub(crate) is_live: bool,
    /// Its clock runs ahead, so that the service keeps it aside.
    pub(crate) is_ahead: bool,
    /// What goes over the wire.
    pub(crate) body: Body,
}

/// The content of a report in its protocol.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A record of our own.
    Record(Box<Record>),
    /// The location body of JT/T 808; the information bytes behind the time of GB/T 32960.
    Bytes(Vec<u8>),
}

/// Makes reports out of what instruments say (报文记录器).
#[derive(Debug)]
pub(crate) struct Recorder {
    protocol: Protocol,
    is_new_edition: bool,
    chance: Chance,
    /// The alarm bits that are on, and for how many more reports.
    alarm: (u32, usize),
}

impl Recorder {
    pub(crate) const fn new(protocol: Protocol, is_new_edition: bool, chance: Chance) -> Self {
        Self { protocol, is_new_edition, chance, alarm: (0, 0) }
    }

    /// What is reported; `ahead`: with a clock that runs ahead by that much.
    pub(crate) fn entry(&mut self, mut seen: Observation, ahead: Option<TimeDelta>) -> Entry {
        seen.fixed_at += ahead.unwrap_or_default();
        let (number, is_ahead) = (seen.sequence, ahead.is_some());
        let alarm_bits = self.alarm_bits();
        let body = match self.protocol {
            Protocol::Mqtt => {
                let record = Record::of(&seen);
                let fixed_at = DateTime::from_timestamp_millis(record.t).unwrap_or_default();
                let body = Body::Record(Box::new(record));
                return Entry { number, fixed_at, sequence: number, is_live: true, is_ahead, body };
            }
            Protocol::Jt808 => jt808::location(&seen, alarm_bits),
            Protocol::Gb32960 => gb32960::information(&seen, alarm_bits, self.is_new_edition),
        };
        // Both tell whole seconds.
        let fixed_at = seen.fixed_at.trunc_subsecs(0);
        Entry { number, fixed_at, sequence: sequence::of(&body), is_live: true, is_ahead, body: Body::Bytes(body) }
    }

    /// Alarms come at times, last for some reports, and go.
    fn alarm_bits(&mut self) -> u32 {
        let (bits, left) = self.alarm;
        self.alarm = if left > 0 {
            (bits, left - 1)
        } else if self.chance.happens(1.0 / ALARM_EVERY) {
            let bit = self.chance.pick(ALARM_BITS).copied().unwrap_or_default();
            (1 << bit, 1 + self.chance.below(ALARM_LASTS))
        } else {
            (0, 0)
        };
        self.alarm.0
    }
}

#[cfg(test)]
impl Entry {
    /// A report of that number.
    pub(crate) fn plain(number: i64) -> Self {
        let body = Body::Record(Box::default());
        Self { number, fixed_at: DateTime::UNIX_EPOCH, sequence: number, is_live: true, is_ahead: false, body }
    }
}
