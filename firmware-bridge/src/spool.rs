//! The spool: every record on disk, until the gateway has acknowledged it.

mod answers;
mod thin;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use redb::{Database, Durability, ReadableDatabase as _, TableDefinition};
use serde::{Deserialize, Serialize};
use telematics::record::Record;
use thiserror::Error;

use crate::clock::Stamp;

pub use answers::Answer;

const QUEUE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("queue");
const FACTS: TableDefinition<'_, &str, u64> = TableDefinition::new("facts");

const NEXT: &str = "next_seq";
const BYTES: &str = "bytes";
const LENGTH: &str = "length";
const THINNED: &str = "thinned";
const ODOMETER: &str = "odometer_mm";

/// Why a record may or may not be thinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weight {
    /// One of many points along the way.
    Periodic,
    /// Something happened; never dropped.
    Event,
}

/// One record in the spool (缓存记录).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Point or event.
    pub weight: Weight,
    /// When.
    pub stamp: Stamp,
    /// What is sent; its `seq` and `t` are filled in from the key and the stamp.
    pub record: Record,
}

impl Entry {
    /// The record as it is sent; `None` while its time is not known.
    pub fn to_record(&self, seq: u64) -> Option<Record> {
        let Stamp::Known(t) = self.stamp else { return None };
        Some(Record { seq: i64::try_from(seq).unwrap_or(i64::MAX), t, ..self.record.clone() })
    }
}

/// How full the spool is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// The number that the next record gets; numbers are never used again.
    pub next_seq: u64,
    /// Records that wait.
    pub length: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Periodic points given up for want of room, ever.
    pub thinned: u64,
}

/// Why the spool failed.
#[derive(Debug, Error)]
pub enum SpoolError {
    /// The file cannot be opened.
    #[error("cannot open the spool {}", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: redb::DatabaseError,
    },
    /// Another process holds the file.
    #[error("the spool {} is in use by another process", path.display())]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// Reading or writing failed.
    #[error("cannot read or write the spool")]
    Store(#[source] redb::Error),
}

impl SpoolError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "bridge.spool.open",
            Self::InUse { .. } => "bridge.spool.in_use",
            Self::Store(_) => "bridge.spool.store",
        }
    }

    /// The file itself is broken, and not the way to it.
    fn is_damage(&self) -> bool {
        let Self::Open { source, .. } = self else { return false };
        match source {
            redb::DatabaseError::Storage(redb::StorageError::Corrupted(_)) => true,
            redb::DatabaseError::Storage(redb::StorageError::Io(error)) => error.kind() == std::io::ErrorKind::InvalidData,
            _ => false,
        }
    }

    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Open { .. } => "check that the folder exists and can be written; set spool.path to another file",
            Self::InUse { .. } => "stop the other motorpool-bridge, or give this one a spool.path of its own",
            Self::Store(_) => "check that the disk is neither full nor broken",
        }
    }
}

fn store(error: impl Into<redb::Error>) -> SpoolError {
    SpoolError::Store(error.into())
}

/// The queue on disk; calls block for as long as the disk takes.
#[derive(Debug)]
pub struct Spool {
    database: Database,
    limit_bytes: u64,
}

impl Spool {
    /// Opens or creates the file.
    pub fn open(path: &Path, limit_bytes: u64) -> Result<Self, SpoolError> {
        let database = Database::builder().set_cache_size(4 << 20).create(path).map_err(|source| match source {
            redb::DatabaseError::DatabaseAlreadyOpen => SpoolError::InUse { path: path.to_owned() },
            source => SpoolError::Open { path: path.to_owned(), source },
        })?;
        let transaction = database.begin_write().map_err(store)?;
        transaction.open_table(QUEUE).map_err(store)?;
        transaction.open_table(FACTS).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(Self { database, limit_bytes })
    }

    /// Opens the file; one that is damaged is put aside under `.broken`, and a new one begun: a car must go on recording.
    pub fn open_or_renew(path: &Path, limit_bytes: u64) -> Result<Self, SpoolError> {
        match Self::open(path, limit_bytes) {
            Err(error) if error.is_damage() => {
                let aside = path.with_added_extension("broken");
                tracing::error!(
                    code = error.code(),
                    error = &error as &dyn std::error::Error,
                    "the spool is damaged and put aside as {}",
                    aside.display()
                );
                let moved = std::fs::rename(path, &aside).map_err(redb::StorageError::Io);
                moved.map_err(|source| SpoolError::Open { path: path.to_owned(), source: source.into() })?;
                Self::open(path, limit_bytes)
            }
            opened => opened,
        }
    }

    /// Stores the entries for good and says which numbers they got; `None` when there were none.
    pub fn append(&self, entries: &[Entry]) -> Result<Option<RangeInclusive<u64>>, SpoolError> {
        let transaction = self.database.begin_write().map_err(store)?;
        let mut state;
        let first;
        {
            let mut queue = transaction.open_table(QUEUE).map_err(store)?;
            let mut facts = transaction.open_table(FACTS).map_err(store)?;
            state = read_state(&facts)?;
            first = state.next_seq;
            for entry in entries {
                let bytes = encode(entry);
                state.bytes += bytes.len() as u64;
                state.length += 1;
                queue.insert(state.next_seq, bytes.as_slice()).map_err(store)?;
                state.next_seq += 1;
            }
            if state.bytes > self.limit_bytes {
                thin::thin(&mut queue, &mut state, self.limit_bytes)?;
            }
            write_state(&mut facts, state)?;
        }
        transaction.commit().map_err(store)?;
        Ok((state.next_seq > first).then(|| first..=state.next_seq - 1))
    }

    /// Forgets what the gateway has acknowledged. Not forced to disk by itself: after a power cut a record may be sent twice.
    pub fn remove(&self, seqs: &[u64]) -> Result<State, SpoolError> {
        let mut transaction = self.database.begin_write().map_err(store)?;
        let mut state;
        {
            let mut queue = transaction.open_table(QUEUE).map_err(store)?;
            let mut facts = transaction.open_table(FACTS).map_err(store)?;
            state = read_state(&facts)?;
            for seq in seqs {
                if let Some(bytes) = queue.remove(seq).map_err(store)? {
                    state.bytes = state.bytes.saturating_sub(bytes.value().len() as u64);
                    state.length = state.length.saturating_sub(1);
                }
            }
            write_state(&mut facts, state)?;
        }
        let durability = if state.length == 0 { Durability::Immediate } else { Durability::None };
        transaction.set_durability(durability).map_err(store)?;
        transaction.commit().map_err(store)?;
        Ok(state)
    }

    /// Up to `count` entries from number `from` on, oldest first.
    pub fn read(&self, from: u64, count: usize) -> Result<Vec<(u64, Entry)>, SpoolError> {
        let transaction = self.database.begin_read().map_err(store)?;
        let queue = transaction.open_table(QUEUE).map_err(store)?;
        let mut entries = Vec::new();
        for pair in queue.range(from..).map_err(store)?.take(count) {
            let (seq, bytes) = pair.map_err(store)?;
            let seq = seq.value();
            if let Some(entry) = decode(bytes.value()) {
                entries.push((seq, entry));
            } else {
                // It stays where it is, for whoever looks at the file; the rest goes on.
                tracing::debug!(seq, "record {seq} of the spool cannot be read");
            }
        }
        Ok(entries)
    }

    /// Gives every record its time that `resolve` now knows; says how many.
    pub fn restamp(&self, resolve: impl Fn(&Stamp) -> Option<i64>) -> Result<usize, SpoolError> {
        let undated: Vec<(u64, Entry)> =
            self.read(0, usize::MAX)?.into_iter().filter(|(_, entry)| !matches!(entry.stamp, Stamp::Known(_))).collect();
        if undated.is_empty() {
            return Ok(0);
        }
        let transaction = self.database.begin_write().map_err(store)?;
        let mut count = 0;
        {
            let mut queue = transaction.open_table(QUEUE).map_err(store)?;
            let mut facts = transaction.open_table(FACTS).map_err(store)?;
            let mut state = read_state(&facts)?;
            for (seq, mut entry) in undated {
                let Some(at_ms) = resolve(&entry.stamp) else { continue };
                entry.stamp = Stamp::Known(at_ms);
                let bytes = encode(&entry);
                let before = queue.insert(seq, bytes.as_slice()).map_err(store)?.map_or(0, |old| old.value().len() as u64);
                state.bytes = (state.bytes + bytes.len() as u64).saturating_sub(before);
                count += 1;
            }
            write_state(&mut facts, state)?;
        }
        transaction.commit().map_err(store)?;
        Ok(count)
    }

    /// How full it is.
    pub fn state(&self) -> Result<State, SpoolError> {
        let transaction = self.database.begin_read().map_err(store)?;
        read_state(&transaction.open_table(FACTS).map_err(store)?)
    }

    /// The odometer that was kept, millimetres.
    pub fn odometer_mm(&self) -> Result<Option<u64>, SpoolError> {
        let transaction = self.database.begin_read().map_err(store)?;
        let facts = transaction.open_table(FACTS).map_err(store)?;
        Ok(facts.get(ODOMETER).map_err(store)?.map(|mm| mm.value()))
    }

    /// Keeps the odometer; forced to disk with the next append.
    pub fn keep_odometer_mm(&self, mm: u64) -> Result<(), SpoolError> {
        let mut transaction = self.database.begin_write().map_err(store)?;
        transaction.open_table(FACTS).map_err(store)?.insert(ODOMETER, mm).map_err(store)?;
        transaction.set_durability(Durability::None).map_err(store)?;
        transaction.commit().map_err(store)
    }
}

fn read_state(facts: &impl redb::ReadableTable<&'static str, u64>) -> Result<State, SpoolError> {
    let fact = |name: &'static str| Ok(facts.get(name).map_err(store)?.map_or(0, |value| value.value()));
    Ok(State { next_seq: fact(NEXT)?.max(1), length: fact(LENGTH)?, bytes: fact(BYTES)?, thinned: fact(THINNED)? })
}

fn write_state(facts: &mut redb::Table<'_, &'static str, u64>, state: State) -> Result<(), SpoolError> {
    for (name, value) in [(NEXT, state.next_seq), (LENGTH, state.length), (BYTES, state.bytes), (THINNED, state.thinned)] {
        facts.insert(name, value).map_err(store)?;
    }
    Ok(())
}

fn encode(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(192);
    // Writing into a Vec cannot fail, and an entry has no map with other keys than text.
    let _ = ciborium::into_writer(entry, &mut bytes);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    ciborium::from_reader(bytes).ok()
}
