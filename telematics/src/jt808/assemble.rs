//! Messages in packages (分包): put together in any order, asked for again where one is missing, given up in time.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::jt808::header::{Header, Package, TerminalNo};

/// What a package costs beside its bytes; so many small ones are bounded too.
const PACKAGE_OVERHEAD: usize = 64;
/// Messages that became whole last and are remembered: one more package of them is an echo.
const REMEMBERED: usize = 8;

/// How much is kept, and for how long (分包重组参数).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all packages that wait.
    pub bytes: usize,
    /// Messages that wait.
    pub messages: usize,
    /// Silence after which the missing packages are asked for.
    pub ask_after: TimeDelta,
    /// How often they are asked for.
    pub asks: u8,
    /// Silence after which a message is given up.
    pub patience: TimeDelta,
}

impl Default for Limits {
    /// A megabyte holds the largest picture that terminals send, and the messages between its packages.
    fn default() -> Self {
        Self { bytes: 1 << 20, messages: 8, ask_after: TimeDelta::seconds(5), asks: 3, patience: TimeDelta::seconds(60) }
    }
}

/// Why a package is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PackageError {
    /// Its number is not one of 1 to the number of all.
    #[error("package {index} of {total}")]
    Index {
        /// Which one.
        index: u16,
        /// Of how many.
        total: u16,
    },
    /// The message would be larger than all that may wait.
    #[error("a message in packages of more than {limit} bytes")]
    TooLarge {
        /// Bytes that may wait.
        limit: usize,
    },
}

impl PackageError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Index { .. } => "jt808.package",
            Self::TooLarge { .. } => "jt808.package_too_large",
        }
    }
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assembled {
    /// The message is whole: its head, which is that of the first package without the package, and its body.
    Whole(Header, Vec<u8>),
    /// It waits for others.
    Waits,
    /// It had come before, in a message that waits or in one that is whole already.
    Duplicate,
}

/// Packages that are to be sent again (0x8003 补传分包请求).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Whose message.
    pub terminal: TerminalNo,
    /// Which message.
    pub message_id: u16,
    /// Serial of its first package.
    pub first_serial: u16,
    /// The packages that did not come, from 1.
    pub indexes: Vec<u16>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages put together.
    pub whole: u64,
    /// Packages that came twice.
    pub duplicates: u64,
    /// Messages given up because the rest did not come.
    pub timed_out: u64,
    /// Messages given up to make room.
    pub evicted: u64,
}

/// Puts the messages of one connection together (分包重组).
#[derive(Debug)]
pub struct Assembler {
    limits: Limits,
    /// The one that has waited longest is the first.
    open: Vec<Open>,
    /// What became whole, the oldest first.
    whole: VecDeque<Known>,
    bytes: usize,
    counters: Counters,
}

/// What the packages of a message have in common, and when it became whole.
#[derive(Debug)]
struct Known {
    terminal: TerminalNo,
    message_id: u16,
    total: u16,
    first_serial: u16,
    at: DateTime<Utc>,
}

#[derive(Debug)]
struct Open {
    terminal: TerminalNo,
    message_id: u16,
    total: u16,
    first_serial: u16,
    /// The head of the first package, or of another one as long as that is missing.
    head: Header,
    packages: BTreeMap<u16, (u16, Vec<u8>)>,
    bytes: usize,
    heard_at: DateTime<Utc>,
    asked_at: Option<DateTime<Utc>>,
    asked: u8,
    /// The message was whole before: it counts when all of it comes again, and nothing of it is missed.
    echo: bool,
}

impl Assembler {
    /// Nothing waits yet.
    pub const fn new(limits: Limits) -> Self {
        let counters = Counters { whole: 0, duplicates: 0, timed_out: 0, evicted: 0 };
        Self { limits, open: Vec::new(), whole: VecDeque::new(), bytes: 0, counters }
    }

    /// What was counted so far.
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// Bytes of all packages that wait.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many messages wait.
    pub const fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Takes a message: one that is not in packages is whole at once.
    pub fn push(&mut self, header: &Header, body: &[u8], now: DateTime<Utc>) -> Result<Assembled, PackageError> {
        let Some(Package { total, index }) = header.package else {
            return Ok(Assembled::Whole(*header, body.to_vec()));
        };
        if index == 0 || index > total {
            return Err(PackageError::Index { index, total });
        }
        if total == 1 {
            self.counters.whole += 1;
            return Ok(Assembled::Whole(Header { package: None, ..*header }, body.to_vec()));
        }
        self.expire(now);
        let place = self.find(header, total, index);
        let known = place.and_then(|at| self.open.get(at));
        if known.is_some_and(|open| open.packages.contains_key(&index)) {
            self.counters.duplicates += 1;
            return Ok(Assembled::Duplicate);
        }
        let cost = body.len() + PACKAGE_OVERHEAD;
        if known.map_or(0, |open| open.bytes) + cost > self.limits.bytes {
            if let Some(at) = place {
                self.close(at);
            }
            self.counters.evicted += u64::from(place.is_some());
            return Err(PackageError::TooLarge { limit: self.limits.bytes });
        }
        let mut open = match place {
            Some(at) => self.close_and_take(at),
            None => Open { echo: self.was_whole(header, total, index, now), ..Open::new(header, total, index, now) },
        };
        open.take(header, index, body, now);
        if open.packages.len() == usize::from(total) {
            self.counters.whole += 1;
            self.remember(&open, now);
            return Ok(open.into_whole());
        }
        let echo = open.echo;
        self.counters.duplicates += u64::from(echo);
        self.bytes += open.bytes;
        self.open.push(open);
        self.make_room();
        Ok(if echo { Assembled::Duplicate } else { Assembled::Waits })
    }

    /// Whether a package belongs to a message that became whole a moment ago: terminals send packages twice, and all of a message
    /// again when the answer is late.
    fn was_whole(&self, header: &Header, total: u16, index: u16, now: DateTime<Utc>) -> bool {
        let first = first_serial(header.serial, index);
        self.whole.iter().any(|known| {
            let same = (known.terminal, known.message_id, known.total) == (header.terminal, header.message_id, total);
            same && [first, header.serial].contains(&known.first_serial) && now - known.at < self.limits.patience
        })
    }

    fn remember(&mut self, open: &Open, at: DateTime<Utc>) {
        let Open { terminal, message_id, total, first_serial, .. } = *open;
        let same = |known: &Known| (known.terminal, known.message_id, known.first_serial) == (terminal, message_id, first_serial);
        self.whole.retain(|known| !same(known));
        if self.whole.len() == REMEMBERED {
            self.whole.pop_front();
        }
        self.whole.push_back(Known { terminal, message_id, total, first_serial, at });
    }

    /// What is to be asked for now; what was silent for too long is given up first.
    pub fn overdue(&mut self, now: DateTime<Utc>) -> Vec<Missing> {
        self.expire(now);
        let limits = self.limits;
        let due = |open: &&mut Open| {
            let since = open.asked_at.map_or(open.heard_at, |asked| asked.max(open.heard_at));
            !open.echo && now - since >= limits.ask_after && open.asked < limits.asks
        };
        let ask = |open: &mut Open| {
            (open.asked_at, open.asked) = (Some(now), open.asked + 1);
            open.missing()
        };
        self.open.iter_mut().filter(due).map(ask).collect()
    }

    /// What is missing, asked for or not.
    pub fn missing(&self) -> Vec<Missing> {
        self.open.iter().filter(|open| !open.echo).map(Open::missing).collect()
    }

    /// The message that a package belongs to. The packages of one have serials that follow each other; there are terminals that
    /// give all of them the same, and such that give a package which they were asked for a new one.
    fn find(&self, header: &Header, total: u16, index: u16) -> Option<usize> {
        let same = |open: &Open| open.terminal == header.terminal && open.message_id == header.message_id && open.total == total;
        let mut candidates = self.open.iter().enumerate().filter(|(_, open)| same(open));
        let exact = |open: &Open| open.first_serial == first_serial(header.serial, index);
        let same_serial = |open: &Open| {
            let others = |(at, (serial, _)): (&u16, &(u16, Vec<u8>))| *at != index && *serial == header.serial;
            open.packages.iter().any(others)
        };
        let asked = |open: &Open| open.asked > 0 && !open.packages.contains_key(&index);
        let find = |rule: &dyn Fn(&Open) -> bool| candidates.clone().find(|(_, open)| rule(open)).map(|(at, _)| at);
        find(&exact).or_else(|| find(&same_serial)).or_else(|| candidates.find(|(_, open)| asked(open)).map(|(at, _)| at))
    }

    fn expire(&mut self, now: DateTime<Utc>) {
        let patience = self.limits.patience;
        let timed_out = &mut self.counters.timed_out;
        self.open.retain(|open| {
            let waits = now - open.heard_at < patience;
            *timed_out += u64::from(!waits && !open.echo);
            waits
        });
        self.bytes = self.open.iter().map(|open| open.bytes).sum();
    }

    /// Gives up what has been silent longest until the rest fits.
    fn make_room(&mut self) {
        while self.open.len() > self.limits.messages || self.bytes > self.limits.bytes {
            // An echo that goes is no loss.
            self.counters.evicted += u64::from(self.open.first().is_none_or(|open| !open.echo));
            self.close(0);
        }
    }

    fn close(&mut self, at: usize) {
        if at < self.open.len() {
            self.close_and_take(at);
        }
    }

    /// Whoever calls found the place in the list.
    fn close_and_take(&mut self, at: usize) -> Open {
        let open = self.open.remove(at);
        self.bytes -= open.bytes;
        open
    }
}

impl Default for Assembler {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Open {
    fn new(header: &Header, total: u16, index: u16, now: DateTime<Utc>) -> Self {
        Self {
            terminal: header.terminal,
            message_id: header.message_id,
            total,
            first_serial: first_serial(header.serial, index),
            head: *header,
            packages: BTreeMap::new(),
            bytes: 0,
            heard_at: now,
            asked_at: None,
            asked: 0,
            echo: false,
        }
    }

    fn take(&mut self, header: &Header, index: u16, body: &[u8], now: DateTime<Utc>) {
        if index == 1 {
            (self.head, self.first_serial) = (*header, header.serial);
        }
        self.bytes += body.len() + PACKAGE_OVERHEAD;
        self.packages.insert(index, (header.serial, body.to_vec()));
        self.heard_at = now;
    }

    fn missing(&self) -> Missing {
        let indexes = (1..=self.total).filter(|index| !self.packages.contains_key(index)).collect();
        Missing { terminal: self.terminal, message_id: self.message_id, first_serial: self.first_serial, indexes }
    }

    fn into_whole(self) -> Assembled {
        let header = Header { package: None, serial: self.first_serial, ..self.head };
        let body = self.packages.into_values().flat_map(|(_, body)| body).collect();
        Assembled::Whole(header, body)
    }
}

/// Serial of the first package of the message that this one belongs to.
const fn first_serial(serial: u16, index: u16) -> u16 {
    serial.wrapping_sub(index.wrapping_sub(1))
}

#[cfg(test)]
mod tests;
