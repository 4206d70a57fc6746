//! Which records go next: the newest at once on `pos`, the backlog beside it, oldest first, on `pos/replay`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use telematics::record::Record;

use crate::spool::{Spool, SpoolError};

/// Order of upload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Where the vehicle is now comes first, what it did meanwhile beside it.
    #[default]
    NewestFirst,
    /// All in the order of recording; for replay, where nobody waits for the newest.
    OldestFirst,
}

/// The topic's last part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// `pos`.
    Live,
    /// `pos/replay`.
    Backlog,
}

impl Lane {
    /// The part of the topic after the device.
    pub const fn topic(self) -> &'static str {
        match self {
            Self::Live => "pos",
            Self::Backlog => "pos/replay",
        }
    }
}

/// One message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Where to.
    pub lane: Lane,
    /// The records' numbers, which leave the spool with the acknowledgement.
    pub seqs: Vec<u64>,
    /// JSON: one record, or an array.
    pub payload: Vec<u8>,
}

/// How large a message may be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Records.
    pub records: usize,
    /// Bytes.
    pub bytes: usize,
}

/// What was sent and waits for its acknowledgement, on one connection.
#[derive(Debug)]
pub struct Lanes {
    order: Order,
    size: Size,
    in_flight: BTreeSet<u64>,
    /// Everything newer is live.
    live_from: u64,
    /// Everything older was looked at.
    cursor: u64,
}

impl Lanes {
    /// A new connection: only the newest record of all is live, the rest is backlog.
    pub fn new(order: Order, size: Size, next_seq: u64) -> Self {
        Self { order, size, in_flight: BTreeSet::new(), live_from: next_seq.saturating_sub(1), cursor: 0 }
    }

    /// Records may be sent that could not be before: looks again from the oldest on.
    pub const fn rewind(&mut self) {
        self.cursor = 0;
    }

    /// The next message, if there is something to send.
    pub fn next(&mut self, spool: &Spool, next_seq: u64, lane: Lane) -> Result<Option<Parcel>, SpoolError> {
        match (self.order, lane) {
            (Order::NewestFirst, Lane::Live) if next_seq > self.live_from => {
                // What was committed together is sent together; more than one message full is backlog.
                let from = self.live_from.max(next_seq.saturating_sub(self.size.records as u64));
                self.live_from = next_seq;
                self.parcel(spool, from, next_seq, Lane::Live)
            }
            (Order::NewestFirst, Lane::Backlog) => self.backlog(spool, self.live_from, Lane::Backlog),
            (Order::OldestFirst, Lane::Live) => self.backlog(spool, next_seq, Lane::Live),
            (Order::NewestFirst, Lane::Live) | (Order::OldestFirst, Lane::Backlog) => Ok(None),
        }
    }

    /// The gateway has acknowledged these.
    pub fn acknowledged(&mut self, seqs: &[u64]) {
        for seq in seqs {
            self.in_flight.remove(seq);
        }
    }

    fn backlog(&mut self, spool: &Spool, until: u64, lane: Lane) -> Result<Option<Parcel>, SpoolError> {
        let parcel = self.parcel(spool, self.cursor, until, lane)?;
        if let Some(last) = parcel.as_ref().and_then(|parcel| parcel.seqs.last()) {
            self.cursor = last + 1;
        } else {
            self.cursor = self.cursor.max(until);
        }
        Ok(parcel)
    }

    fn parcel(&mut self, spool: &Spool, from: u64, until: u64, lane: Lane) -> Result<Option<Parcel>, SpoolError> {
        let mut seqs = Vec::new();
        let mut payload = Vec::new();
        let mut from = from;
        while seqs.is_empty() && from < until {
            let entries = spool.read(from, self.size.records)?;
            let Some((last, _)) = entries.last() else { break };
            from = last + 1;
            for (seq, entry) in entries {
                if seq >= until || self.in_flight.contains(&seq) {
                    continue;
                }
                let Some(record) = entry.to_record(seq) else { continue };
                let text = json(&record);
                if !seqs.is_empty() && payload.len() + text.len() + 2 > self.size.bytes {
                    break;
                }
                payload.push(if seqs.is_empty() { b'[' } else { b',' });
                payload.extend(text);
                seqs.push(seq);
            }
        }
        if seqs.is_empty() {
            return Ok(None);
        }
        if seqs.len() == 1 {
            payload.remove(0);
        } else {
            payload.push(b']');
        }
        self.in_flight.extend(&seqs);
        Ok(Some(Parcel { lane, seqs, payload }))
    }
}

fn json(record: &Record) -> Vec<u8> {
    // A record has no key that is not text; numbers that are not finite never get into it.
    serde_json::to_vec(record).unwrap_or_default()
}
