//! NMEA 0183: bytes of a GNSS receiver's serial line in, one fix an epoch out; never panics, counts what it drops.

pub mod canonical;
pub mod epoch;
pub mod line;
pub mod sentence;

use serde::Serialize;
use thiserror::Error;

use crate::nmea::epoch::{EpochFix, Epochs};
use crate::nmea::line::Framer;

/// Why a piece of the line was dropped; counted under its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NmeaError {
    /// More than the framer takes without an end of line.
    #[error("a line of more than {limit} bytes")]
    Overlong {
        /// Bytes a line may have.
        limit: usize,
    },
    /// A new `$` before the end of the line.
    #[error("a line broken off after {length} bytes")]
    Truncated {
        /// Bytes seen of it.
        length: usize,
    },
    /// A byte no sentence has.
    #[error("byte 0x{byte:02x} inside a line")]
    Binary {
        /// The byte.
        byte: u8,
    },
    /// No `*hh` at the end.
    #[error("a line without a checksum")]
    ChecksumMissing,
    /// The checksum is another one.
    #[error("checksum {found:02X}, worked out {expected:02X}")]
    Checksum {
        /// As sent.
        found: u8,
        /// As it should be.
        expected: u8,
    },
    /// The sentence's fields make no sense.
    #[error("a sentence whose fields do not parse")]
    Fields,
}

impl NmeaError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Overlong { .. } => "nmea.overlong",
            Self::Truncated { .. } => "nmea.truncated",
            Self::Binary { .. } => "nmea.binary",
            Self::ChecksumMissing => "nmea.checksum_missing",
            Self::Checksum { .. } => "nmea.checksum",
            Self::Fields => "nmea.fields",
        }
    }
}

/// What was read and what was dropped, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Sentences with a right checksum.
    pub sentences: u64,
    /// Right sentences of a kind that a fix does not need (`GSV`, `TXT`, `$P…`).
    pub unused: u64,
    /// Bytes outside every sentence, line ends not counted.
    pub noise_bytes: u64,
    /// Lines dropped as too long.
    pub overlong: u64,
    /// Lines broken off by the next `$`.
    pub truncated: u64,
    /// Lines dropped for a byte no sentence has.
    pub binary: u64,
    /// Lines without a checksum.
    pub checksum_missing: u64,
    /// Lines with a wrong checksum.
    pub checksum_wrong: u64,
    /// Sentences whose fields do not parse.
    pub fields: u64,
    /// Epochs that gave a fix.
    pub fixes: u64,
    /// Epochs that the receiver itself called invalid.
    pub invalid: u64,
    /// Sentences that came after their epoch was closed.
    pub late: u64,
}

impl Counters {
    fn count(&mut self, error: NmeaError) {
        let counter = match error {
            NmeaError::Overlong { .. } => &mut self.overlong,
            NmeaError::Truncated { .. } => &mut self.truncated,
            NmeaError::Binary { .. } => &mut self.binary,
            NmeaError::ChecksumMissing => &mut self.checksum_missing,
            NmeaError::Checksum { .. } => &mut self.checksum_wrong,
            NmeaError::Fields => &mut self.fields,
        };
        *counter += 1;
    }
}

/// What the decoder has to say, with the offset of its first byte in the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// A fix, complete.
    Fix(EpochFix),
    /// Something was dropped.
    Dropped {
        /// Offset of the line's first byte.
        at: u64,
        /// Why.
        error: NmeaError,
    },
}

/// Bytes in, fixes out (NMEA 解码器); one for each serial line.
#[derive(Debug, Default)]
pub struct Decoder {
    framer: Framer,
    epochs: Epochs,
    counters: Counters,
}

impl Decoder {
    /// Takes the next bytes and appends what they complete to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) {
        for byte in bytes {
            match self.framer.push(*byte) {
                None => {}
                Some(Ok(line)) => self.line(line.at, &line.bytes, out),
                Some(Err((at, error))) => self.drop_line(at, error, out),
            }
        }
        self.counters.noise_bytes = self.framer.noise_bytes();
    }

    /// Closes the open epoch: the line fell silent, or the stream ended.
    pub fn finish(&mut self) -> Option<EpochFix> {
        self.epochs.finish(&mut self.counters)
    }

    /// What was read and dropped so far.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    fn line(&mut self, at: u64, line: &[u8], out: &mut Vec<Decoded>) {
        match sentence::parse(line) {
            Ok(None) => {
                self.counters.sentences += 1;
                self.counters.unused += 1;
            }
            Ok(Some(sentence)) => {
                self.counters.sentences += 1;
                let done = self.epochs.push(at, &sentence, &mut self.counters);
                out.extend(done.map(Decoded::Fix));
            }
            Err(error) => self.drop_line(at, error, out),
        }
    }

    fn drop_line(&mut self, at: u64, error: NmeaError, out: &mut Vec<Decoded>) {
        self.counters.count(error);
        out.push(Decoded::Dropped { at, error });
    }
}
