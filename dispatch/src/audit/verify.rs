//! Proves a chain entry by entry, and finds out of the first one that does not fit what was done to it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::chain::{Digest, Position, step};
use super::fault::{Fault, FaultKind};
use super::seal::{PublicKey, Seal};

/// How many numbers back an entry is looked for that was given a smaller one.
const SHIFT: u64 = 1000;

/// An entry as it is stored, in what its proof needs (存储记录).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its number.
    pub seq: u64,
    /// The hash of the one before it, as it says.
    pub prev: Digest,
    /// Its own hash, as it says.
    pub hash: Digest,
    /// The hash of its text, as the text is now.
    pub body: Digest,
}

impl Stored {
    /// It would fit if it were entry `seq` behind `prev`.
    fn fits(&self, prev: Digest, seq: u64) -> bool {
        self.prev == prev && step(prev, seq, self.body) == self.hash
    }
}

/// What was proved (校验结果).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// How many entries were read.
    pub entries: u64,
    /// Where the reading began: the start, or what was pruned or left out before.
    pub from: Position,
    /// The newest entry.
    pub to: Position,
    /// The newest seal that the chain was held against.
    pub sealed: Option<Seal>,
}

/// The first entry that does not fit, and what was learnt about it from those behind it.
#[derive(Debug)]
struct Suspect {
    entry: Stored,
    finding: Option<Fault>,
    /// What the next one takes for this one's hash.
    next_prev: Option<Digest>,
}

/// Reads a chain in the order of its numbers.
#[derive(Debug)]
pub struct Verifier {
    from: Position,
    /// The newest entry that fits.
    at: Position,
    /// The hash of the one before that.
    before: Option<Digest>,
    seals: BTreeMap<u64, Seal>,
    sealed: Option<Seal>,
    entries: u64,
    suspect: Option<Suspect>,
    fault: Option<Fault>,
}

impl Verifier {
    /// Begins behind `from`, and will hold the chain against `seals`. A seal that is not signed, by `trusted` if somebody knows
    /// whom to trust, is a fault itself.
    pub fn new(from: Position, seals: impl IntoIterator<Item = Seal>, trusted: Option<&PublicKey>) -> Self {
        let seals: Vec<Seal> = seals.into_iter().collect();
        let forged = seals.iter().find(|seal| !seal.is_signed(trusted));
        let fault = forged.map(|seal| Fault::new(FaultKind::Unsigned, seal.position.seq).by_seal(seal.day));
        // What a seal covers is gone from the chain with what was pruned; where the reading begins, both must say the same.
        let other = seals.iter().find(|seal| seal.position.seq == from.seq && seal.position.hash != from.hash);
        let fault = fault.or_else(|| other.map(|seal| rewritten(from.seq, seal.day)));
        let sealed = seals.iter().filter(|seal| seal.position == from).max_by_key(|seal| seal.day).cloned();
        let seals = seals.into_iter().filter(|seal| seal.position.seq > from.seq);
        let mut by_seq: BTreeMap<u64, Seal> = BTreeMap::new();
        let mut twice = None;
        for seal in seals {
            if let Some(known) = by_seq.get(&seal.position.seq)
                && known.position.hash != seal.position.hash
            {
                twice.get_or_insert_with(|| rewritten(seal.position.seq, seal.day));
            }
            by_seq.insert(seal.position.seq, seal);
        }
        Self { from, at: from, before: None, seals: by_seq, sealed, entries: 0, suspect: None, fault: fault.or(twice) }
    }

    /// Takes the next entry.
    pub fn push(&mut self, entry: Stored) {
        self.entries += 1;
        if self.fault.is_some() {
            return;
        }
        if let Some(suspect) = &mut self.suspect {
            suspect.learn(self.at, entry);
            return;
        }
        let next = self.at.seq + 1;
        if entry.seq < next {
            self.fault = Some(Fault::new(FaultKind::Inserted, entry.seq));
        } else if entry.seq > next {
            self.fault = Some(Fault::new(FaultKind::Missing, next).with(entry.seq - 1));
        } else if entry.fits(self.at.hash, next) {
            self.accept(&entry);
        } else if self.before.is_some_and(|before| entry.fits(before, next - 1)) {
            // It follows the one before the last: the last one came between them.
            self.fault = Some(Fault::new(FaultKind::Inserted, next - 1));
        } else {
            self.suspect = Some(Suspect { entry, finding: None, next_prev: None });
        }
    }

    fn accept(&mut self, entry: &Stored) {
        self.before = Some(self.at.hash);
        self.at = Position { seq: entry.seq, hash: entry.hash };
        if let Some(seal) = self.seals.remove(&entry.seq) {
            if seal.position.hash == entry.hash {
                self.sealed = Some(seal);
            } else {
                self.fault = Some(rewritten(entry.seq, seal.day));
            }
        }
    }

    /// The chain has ended; `head` is where the store says that it ends.
    pub fn finish(self, head: Option<Position>) -> Result<Proof, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if let Some(suspect) = self.suspect {
            return Err(suspect.judge(self.at, self.from));
        }
        if let Some(head) = head {
            if head.seq > self.at.seq {
                return Err(Fault::new(FaultKind::Missing, self.at.seq + 1).with(head.seq));
            }
            if head.seq < self.at.seq {
                return Err(Fault::new(FaultKind::Inserted, head.seq + 1));
            }
            if head.hash != self.at.hash {
                return Err(Fault::new(FaultKind::Changed, head.seq));
            }
        }
        if let Some(seal) = self.seals.values().next() {
            return Err(Fault::new(FaultKind::Truncated, self.at.seq + 1).by_seal(seal.day));
        }
        Ok(Proof { entries: self.entries, from: self.from, to: self.at, sealed: self.sealed })
    }
}

const fn rewritten(seq: u64, day: NaiveDate) -> Fault {
    Fault::new(FaultKind::Rewritten, seq).by_seal(day)
}

impl Suspect {
    /// Looks whether `later` tells what became of this one, which should stand behind `at`.
    fn learn(&mut self, at: Position, later: Stored) {
        let seq = self.entry.seq;
        self.next_prev.get_or_insert(later.prev);
        if self.finding.is_some() {
            return;
        }
        let texts_changed_places = step(at.hash, seq, later.body) == self.entry.hash;
        let is_the_true_one = later.fits(at.hash, seq);
        if texts_changed_places || is_the_true_one && self.entry.fits(self.entry.prev, later.seq) {
            self.finding = Some(Fault::new(FaultKind::Reordered, seq).with(later.seq));
        } else if is_the_true_one && later.seq == seq + 1 {
            self.finding = Some(Fault::new(FaultKind::Inserted, seq));
        } else if is_the_true_one {
            self.finding = Some(Fault::new(FaultKind::Reordered, seq));
        }
    }

    /// What was done to it, as far as the chain tells.
    fn judge(self, at: Position, from: Position) -> Fault {
        let Self { entry, finding, next_prev } = self;
        if let Some(finding) = finding {
            return finding;
        }
        let seq = entry.seq;
        let follows = entry.prev == at.hash;
        if follows && next_prev == Some(entry.prev) {
            return Fault::new(FaultKind::Inserted, seq);
        }
        if !follows && entry.fits(entry.prev, seq) && at.seq > from.seq {
            // It is as it was, and knows the one before it by another hash: that one was written anew, with its hash.
            return Fault::new(FaultKind::Changed, at.seq);
        }
        if !follows && let Some(was) = (seq + 1..=seq + SHIFT).find(|was| entry.fits(entry.prev, *was)) {
            return Fault::new(FaultKind::Missing, seq).with(was - 1);
        }
        Fault::new(FaultKind::Changed, seq)
    }
}

#[cfg(test)]
mod tests;
