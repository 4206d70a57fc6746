//! What one terminal has recorded and nobody has acknowledged yet: waiting, or on the way.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU16;

use telematics::record::Record;
use tokio::time::Instant;

/// Records that wait at most; of more the oldest is lost, and counted.
const MOST_WAITING: usize = 50_000;
/// Messages on the way at most.
const MOST_ON_THE_WAY: usize = 8;
/// Records of the backlog in one message.
const TOGETHER: usize = 50;

/// Records between the instruments and the acknowledgement (缓存队列).
#[derive(Debug, Default)]
pub(crate) struct Spool {
    waiting: VecDeque<Record>,
    on_the_way: HashMap<NonZeroU16, Sent>,
    last_id: u16,
}

/// A message on the way.
#[derive(Debug)]
pub(crate) struct Sent {
    /// When it was sent.
    pub(crate) at: Instant,
    /// What is in it.
    pub(crate) records: Vec<Record>,
}

/// A message to be sent.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    /// Its number.
    pub(crate) id: NonZeroU16,
    /// The backlog, not the present.
    pub(crate) is_replay: bool,
    /// What is in it.
    pub(crate) records: &'a [Record],
}

impl Spool {
    /// Takes a record in; `false` when the oldest had to go for it.
    pub(crate) fn push(&mut self, record: Record) -> bool {
        self.waiting.push_back(record);
        if self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
            return false;
        }
        true
    }

    /// Nothing waits and nothing is on the way.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.on_the_way.is_empty()
    }

    /// The next message: the present first, the backlog beside it, newest part first. `None`: nothing to send, or enough on the way.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Outgoing<'_>> {
        if self.waiting.is_empty() || self.on_the_way.len() >= MOST_ON_THE_WAY {
            return None;
        }
        let is_replay = self.waiting.len() > TOGETHER || (self.waiting.len() > 1 && !self.on_the_way.is_empty());
        let count = if is_replay { TOGETHER.min(self.waiting.len()) } else { 1 };
        let records: Vec<Record> = self.waiting.split_off(self.waiting.len() - count).into();
        let id = self.free_id();
        let sent = self.on_the_way.entry(id).or_insert(Sent { at: now, records });
        Some(Outgoing { id, is_replay, records: &sent.records })
    }

    /// The message of that number has arrived.
    pub(crate) fn acknowledged(&mut self, id: NonZeroU16) -> Option<Sent> {
        self.on_the_way.remove(&id)
    }

    /// The connection is gone: what was on the way waits again, in its order.
    pub(crate) fn connection_lost(&mut self) {
        let mut again: Vec<Record> = self.on_the_way.drain().flat_map(|(_, sent)| sent.records).collect();
        again.extend(self.waiting.drain(..));
        again.sort_by_key(|record| record.seq);
        self.waiting = again.into();
    }

    fn free_id(&mut self) -> NonZeroU16 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last_id).filter(|id| !self.on_the_way.contains_key(id)) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(seq: i64) -> Record {
        Record { seq, ..Record::default() }
    }

    fn seqs(records: &[Record]) -> Vec<i64> {
        records.iter().map(|record| record.seq).collect()
    }

    #[test]
    fn the_present_goes_first_and_the_backlog_beside_it() {
        let mut spool = Spool::default();
        assert!((1..=3).all(|seq| spool.push(record(seq))));
        let first = spool.next(Instant::now()).unwrap();
        assert_eq!((first.is_replay, seqs(first.records)), (false, vec![3]));
        let second = spool.next(Instant::now()).unwrap();
        assert_eq!((second.is_replay, seqs(second.records)), (true, vec![1, 2]));
        assert!(spool.next(Instant::now()).is_none());
        assert!(!spool.is_empty());
    }

    #[test]
    fn what_was_on_the_way_waits_again_in_its_order() {
        let mut spool = Spool::default();
        assert!((1..=120).all(|seq| spool.push(record(seq))));
        let id = spool.next(Instant::now()).unwrap().id;
        spool.next(Instant::now()).unwrap();
        assert_eq!(spool.acknowledged(id).unwrap().records.len(), 50);
        assert!(spool.acknowledged(id).is_none());
        spool.connection_lost();
        assert_eq!(seqs(spool.waiting.make_contiguous()), (1..=70).collect::<Vec<_>>());
    }
}
