//! What a platform says to a terminal by itself: parameters queried and set (0x80, 0x81), control (0x82).

use chrono::{DateTime, Utc};

use crate::gb32960::time;
use crate::gb32960::{Ack, Command, Edition, Encryption, Header, Vin};

/// Seconds between two reports (table B.12 of 2016, B.8 of 2025).
const REPORT_PERIOD: u8 = 0x02;
/// Every parameter of the standard.
const ALL_PARAMETERS: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10];
/// Control ids (tables B.15 of 2016 and B.11 of 2025).
const RESET: u8 = 3;
const FACTORY_RESET: u8 = 4;

/// Something said to a terminal (下行消息).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Down {
    /// Tell these parameters; none named: all of the standard.
    Query(Vec<u8>),
    /// Report at this interval, seconds: two bytes in 2016, one since 2025.
    SetReportPeriod(u16),
    /// Start anew.
    Reset,
    /// Forget everything set.
    FactoryReset,
}

impl Down {
    /// The command that says it; its answer has the same one.
    pub const fn command(&self) -> Command {
        match self {
            Self::Query(_) => Command::Query,
            Self::SetReportPeriod(_) => Command::Set,
            Self::Reset | Self::FactoryReset => Command::Control,
        }
    }

    /// The frame for a vehicle; `None` for what the edition has no room for.
    pub fn frame(&self, vin: Vin, edition: Edition, at: DateTime<Utc>) -> Option<Vec<u8>> {
        let mut data = time::bytes(at).to_vec();
        match self {
            Self::Query(ids) => {
                let ids = if ids.is_empty() { ALL_PARAMETERS.as_slice() } else { ids };
                data.push(u8::try_from(ids.len()).ok()?);
                data.extend(ids);
            }
            Self::SetReportPeriod(seconds) => {
                data.extend([1, REPORT_PERIOD]);
                match edition {
                    Edition::V2016 => data.extend(seconds.to_be_bytes()),
                    Edition::V2025 => data.push(u8::try_from(*seconds).ok()?),
                }
            }
            Self::Reset => data.push(RESET),
            Self::FactoryReset => data.push(FACTORY_RESET),
        }
        let header = Header { edition, command: self.command(), ack: Ack::Command, vin, encryption: Encryption::None, length: 0 };
        header.frame(&data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gb32960::frame::Framer;
    use crate::gb32960::{KeyRing, Message, Verdict, explain, open};

    fn said(down: &Down, edition: Edition) -> serde_json::Value {
        let bytes = down.frame(Vin(*b"LSVAA49J132047371"), edition, "2026-03-02T04:00:00Z".parse().unwrap()).unwrap();
        let mut framer = Framer::default();
        let frame = framer.next(&bytes).item.unwrap().unwrap();
        let data = open(&frame, &KeyRing::default()).unwrap();
        let message = Message::read(frame.header, &data).unwrap();
        explain::message(&message, Verdict::Unsigned).into()
    }

    #[test]
    fn what_is_said_reads_as_it_was_meant() {
        let asked = said(&Down::Query(vec![2, 9]), Edition::V2016);
        assert_eq!((&asked["time"], &asked["parameter_ids"]), (&"2026-03-02T04:00:00Z".into(), &serde_json::json!([2, 9])));
        assert_eq!(said(&Down::Query(Vec::new()), Edition::V2025)["parameter_ids"].as_array().unwrap().len(), 16);
        for edition in [Edition::V2016, Edition::V2025] {
            assert_eq!(said(&Down::SetReportPeriod(5), edition)["parameters"]["report_period_s"], 5);
            assert_eq!(said(&Down::Reset, edition)["control"]["name"], "reset");
            assert_eq!(said(&Down::FactoryReset, edition)["control"]["name"], "factory_reset");
        }
        let too_long = Down::SetReportPeriod(600);
        assert_eq!(too_long.frame(Vin(*b"LSVAA49J132047371"), Edition::V2025, DateTime::UNIX_EPOCH), None);
    }
}
