//! What one terminal has recorded and nobody has acknowledged yet: waiting, or on the way.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use super::entry::Entry;
use super::tally::Kept;

/// Reports that wait at most; of more the oldest is lost, and counted.
const MOST_WAITING: usize = 50_000;
/// Messages on the way at most.
const MOST_ON_THE_WAY: usize = 8;
/// From here on what waits is a backlog, whenever it was recorded.
const BACKLOG: usize = 50;

/// Names a message on the way, until it is acknowledged.
pub(crate) type Ticket = u64;

/// Reports between the instruments and the acknowledgement (缓存队列).
#[derive(Debug, Default)]
pub(crate) struct Spool {
    waiting: VecDeque<Entry>,
    on_the_way: HashMap<Ticket, Sent>,
    /// What is to be sent once more, although it may have arrived.
    again: VecDeque<Vec<Entry>>,
    last: Ticket,
}

/// A message on the way.
#[derive(Debug)]
pub(crate) struct Sent {
    /// When it was sent.
    pub(crate) at: Instant,
    /// What is in it.
    pub(crate) entries: Vec<Entry>,
    /// It has been sent before.
    pub(crate) is_repeat: bool,
}

/// A message to be sent.
#[derive(Debug)]
pub(crate) struct Outgoing<'a> {
    /// Its name.
    pub(crate) ticket: Ticket,
    /// The backlog, not the present.
    pub(crate) is_replay: bool,
    /// What is in it.
    pub(crate) entries: &'a [Entry],
}

impl Spool {
    /// Takes a report in.
    pub(crate) fn push(&mut self, entry: Entry) -> Kept {
        self.waiting.push_back(entry);
        if self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
            return Kept::InsteadOfAnother;
        }
        Kept::Beside
    }

    /// Sends these once more.
    pub(crate) fn repeat(&mut self, entries: Vec<Entry>) {
        self.again.push_back(entries);
    }

    /// Nothing waits and nothing is on the way.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.on_the_way.is_empty() && self.again.is_empty()
    }

    /// The next message, of at most so many reports: the present first, the backlog beside it, newest part first. `None`:
    /// nothing to send, or enough on the way.
    pub(crate) fn next(&mut self, now: Instant, together: usize) -> Option<Outgoing<'_>> {
        if self.on_the_way.len() >= MOST_ON_THE_WAY {
            return None;
        }
        let repeated = self.again.pop_front();
        let is_repeat = repeated.is_some();
        let (entries, is_replay) = match repeated {
            Some(entries) => {
                let is_replay = entries.len() > 1 || !entries.first()?.is_live;
                (entries, is_replay)
            }
            None => self.newest(together)?,
        };
        self.last += 1;
        let ticket = self.last;
        let sent = self.on_the_way.entry(ticket).or_insert(Sent { at: now, entries, is_repeat });
        Some(Outgoing { ticket, is_replay, entries: &sent.entries })
    }

    /// The message of that name has arrived, or is given up.
    pub(crate) fn done(&mut self, ticket: Ticket) -> Option<Sent> {
        self.on_the_way.remove(&ticket)
    }

    /// The connection is gone: what was on the way waits again, in its order, and none of it is the present any more.
    pub(crate) fn connection_lost(&mut self) {
        let mut again: Vec<Entry> =
            self.on_the_way.drain().filter(|(_, sent)| !sent.is_repeat).flat_map(|(_, sent)| sent.entries).collect();
        again.extend(self.waiting.drain(..));
        again.sort_by_key(|entry| entry.number);
        for entry in &mut again {
            entry.is_live = false;
        }
        self.waiting = again.into();
        self.again.clear();
    }

    fn newest(&mut self, together: usize) -> Option<(Vec<Entry>, bool)> {
        let newest = self.waiting.back()?;
        if newest.is_live && self.waiting.len() <= BACKLOG {
            return self.waiting.pop_back().map(|entry| (vec![entry], false));
        }
        let behind = self.waiting.len() <= BACKLOG;
        let fitting = self.waiting.iter().rev().take(together.max(1)).take_while(|entry| !(behind && entry.is_live)).count();
        let entries = self.waiting.split_off(self.waiting.len() - fitting);
        Some((entries.into(), true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: i64) -> Entry {
        Entry::plain(number)
    }

    fn old(number: i64) -> Entry {
        Entry { is_live: false, ..entry(number) }
    }

    fn numbers(entries: &[Entry]) -> Vec<i64> {
        entries.iter().map(|entry| entry.number).collect()
    }

    #[test]
    fn the_present_goes_first_and_the_backlog_beside_it() {
        let mut spool = Spool::default();
        for entry in [old(1), old(2), entry(3)] {
            assert_eq!(spool.push(entry), Kept::Beside);
        }
        let first = spool.next(Instant::now(), 50).unwrap();
        assert_eq!((first.is_replay, numbers(first.entries)), (false, vec![3]));
        let second = spool.next(Instant::now(), 50).unwrap();
        assert_eq!((second.is_replay, numbers(second.entries)), (true, vec![1, 2]));
        assert!(spool.next(Instant::now(), 50).is_none());
        assert!(!spool.is_empty());
    }

    #[test]
    fn what_was_on_the_way_waits_again_in_its_order() {
        let mut spool = Spool::default();
        (1..=120).for_each(|number| assert_eq!(spool.push(entry(number)), Kept::Beside));
        let ticket = spool.next(Instant::now(), 50).unwrap().ticket;
        spool.next(Instant::now(), 50).unwrap();
        assert_eq!(spool.done(ticket).unwrap().entries.len(), 50);
        assert!(spool.done(ticket).is_none());
        spool.connection_lost();
        assert_eq!(numbers(spool.waiting.make_contiguous()), (1..=70).collect::<Vec<_>>());
        assert!(spool.next(Instant::now(), 20).unwrap().is_replay, "none of it is the present");
    }

    #[test]
    fn what_is_sent_again_is_not_counted_on() {
        let mut spool = Spool::default();
        assert_eq!(spool.push(entry(1)), Kept::Beside);
        let first = spool.next(Instant::now(), 1).unwrap();
        let copy = first.entries.to_vec();
        spool.repeat(copy);
        let second = spool.next(Instant::now(), 1).unwrap().ticket;
        assert!(spool.done(second).unwrap().is_repeat);
        spool.connection_lost();
        assert_eq!(numbers(spool.waiting.make_contiguous()), [1]);
    }
}
