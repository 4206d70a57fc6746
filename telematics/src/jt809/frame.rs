//! Frames in a stream of bytes: `5b` begins, `5d` ends, escapes and a checksum between; what is broken is told and the stream goes on.

use memchr::{memchr, memchr2};
use thiserror::Error;

/// Begins a frame (头标识).
const BEGIN: u8 = 0x5b;
/// Ends a frame (尾标识).
const END: u8 = 0x5d;
/// Begins an escape of [`BEGIN`] (`5a 01`) or of itself (`5a 02`).
const ESCAPE_BEGIN: u8 = 0x5a;
/// Begins an escape of [`END`] (`5e 01`) or of itself (`5e 02`).
const ESCAPE_END: u8 = 0x5e;

/// The longest frame that is waited for, escapes and all: the longest messages hold a picture.
pub const FRAME_MAX: usize = 512 * 1024;

/// Why a run of bytes is no message; counted under its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Bytes outside of every frame.
    #[error("{length} bytes outside of a frame")]
    Noise {
        /// How many.
        length: u64,
    },
    /// More than a frame may have, and still no end.
    #[error("more than {limit} bytes without an end")]
    TooLong {
        /// Bytes a frame may have.
        limit: usize,
    },
    /// An escape that stands for nothing.
    #[error("escape {escape:02x} {follows:02x}")]
    Escape {
        /// Its first byte.
        escape: u8,
        /// What follows; the end of the frame when nothing does.
        follows: u8,
    },
    /// The checksum is another one.
    #[error("checksum {found:04x}, worked out {expected:04x}")]
    Checksum {
        /// As sent.
        found: u16,
        /// As it should be.
        expected: u16,
    },
    /// Too short for a checksum.
    #[error("{length} bytes are no message")]
    Short {
        /// How many there were.
        length: usize,
    },
    /// The next frame began, or the stream ended, within the frame.
    #[error("cut off after {length} bytes of a frame")]
    Incomplete {
        /// How many there were.
        length: usize,
    },
}

impl FrameError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Noise { .. } => "jt809.noise",
            Self::TooLong { .. } => "jt809.too_long",
            Self::Escape { .. } => "jt809.escape",
            Self::Checksum { .. } => "jt809.checksum",
            Self::Short { .. } => "jt809.short",
            Self::Incomplete { .. } => "jt809.incomplete",
        }
    }
}

/// What stands between begin and end, 数据包, escapes undone and checksum taken off; it borrows from the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Head and body.
    pub message: &'a [u8],
}

/// A frame, or why there is none, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framed<'a> {
    /// Offset of its first byte in the stream.
    pub at: u64,
    /// The frame.
    pub frame: Result<Frame<'a>, FrameError>,
}

/// Finds the frames of one stream (分帧器); one for each connection.
#[derive(Debug)]
pub struct Framer {
    /// Offset in the stream of the first byte that is not done with.
    at: u64,
    /// Bytes outside of every frame, not told yet.
    noise: u64,
    /// Within a frame that is too long, which was told.
    is_overrun: bool,
    limit: usize,
    /// Where escapes are undone; only used by frames that have one.
    plain: Vec<u8>,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new(FRAME_MAX)
    }
}

impl Framer {
    /// A framer that takes frames of at most so many bytes.
    pub const fn new(limit: usize) -> Self {
        Self { at: 0, noise: 0, is_overrun: false, limit, plain: Vec::new() }
    }

    /// The next frame of `input`, which continues the stream where the last call left it, and how many bytes of `input` are
    /// done with. Without a frame more bytes are needed, behind those that are not done with.
    pub fn next<'a>(&'a mut self, input: &'a [u8]) -> (usize, Option<Framed<'a>>) {
        let mut done = 0;
        loop {
            let rest = input.get(done..).unwrap_or_default();
            let outside = memchr(BEGIN, rest).unwrap_or(rest.len());
            if outside > 0 {
                done += outside;
                self.pass(outside);
                if !self.is_overrun {
                    self.noise += outside as u64;
                }
                continue;
            }
            if rest.is_empty() {
                return (done, None);
            }
            self.is_overrun = false;
            if self.noise > 0 {
                let length = std::mem::take(&mut self.noise);
                return (done, Some(Framed { at: self.at - length, frame: Err(FrameError::Noise { length }) }));
            }
            let within = rest.get(1..).unwrap_or_default();
            let at = self.at;
            let length = match memchr2(BEGIN, END, within) {
                Some(length) if length <= self.limit => length,
                None if within.len() <= self.limit => return (done, None),
                _ => {
                    self.is_overrun = true;
                    self.pass(self.limit + 1);
                    let error = FrameError::TooLong { limit: self.limit };
                    return (done + self.limit + 1, Some(Framed { at, frame: Err(error) }));
                }
            };
            done += length + 1;
            self.pass(length + 1);
            if within.get(length) == Some(&BEGIN) {
                return (done, Some(Framed { at, frame: Err(FrameError::Incomplete { length: length + 1 }) }));
            }
            done += 1;
            self.pass(1);
            return (done, Some(Framed { at, frame: read(within.get(..length).unwrap_or_default(), &mut self.plain) }));
        }
    }

    /// What the end of the stream cuts off: `rest` is what [`Self::next`] was not done with.
    pub fn finish(&self, rest: &[u8]) -> Option<Framed<'static>> {
        if self.noise > 0 {
            return Some(Framed { at: self.at - self.noise, frame: Err(FrameError::Noise { length: self.noise }) });
        }
        let length = rest.len();
        (length > 0).then_some(Framed { at: self.at, frame: Err(FrameError::Incomplete { length }) })
    }

    fn pass(&mut self, bytes: usize) {
        self.at += bytes as u64;
    }
}

/// What stands between begin and end; `plain` takes the message when it has escapes.
fn read<'a>(run: &'a [u8], plain: &'a mut Vec<u8>) -> Result<Frame<'a>, FrameError> {
    let whole = if memchr2(ESCAPE_BEGIN, ESCAPE_END, run).is_some() {
        unescape(run, plain)?;
        plain.as_slice()
    } else {
        run
    };
    let (message, sum) = whole.split_last_chunk::<2>().ok_or(FrameError::Short { length: whole.len() })?;
    let (found, expected) = (u16::from_be_bytes(*sum), crc(message));
    if found != expected {
        return Err(FrameError::Checksum { found, expected });
    }
    Ok(Frame { message })
}

fn unescape(run: &[u8], plain: &mut Vec<u8>) -> Result<(), FrameError> {
    plain.clear();
    let mut bytes = run.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(match byte {
            ESCAPE_BEGIN | ESCAPE_END => match (byte, bytes.next()) {
                (ESCAPE_BEGIN, Some(1)) => BEGIN,
                (_, Some(1)) => END,
                (_, Some(2)) => byte,
                (_, follows) => return Err(FrameError::Escape { escape: byte, follows: follows.copied().unwrap_or(END) }),
            },
            _ => byte,
        });
    }
    Ok(())
}

/// Puts a message into a frame behind what `out` has.
pub fn put(out: &mut Vec<u8>, message: &[u8]) {
    out.push(BEGIN);
    for &byte in message.iter().chain(&crc(message).to_be_bytes()) {
        match byte {
            BEGIN => out.extend_from_slice(&[ESCAPE_BEGIN, 1]),
            END => out.extend_from_slice(&[ESCAPE_END, 1]),
            ESCAPE_BEGIN | ESCAPE_END => out.extend_from_slice(&[byte, 2]),
            _ => out.push(byte),
        }
    }
    out.push(END);
}

/// The checksum over head and body: CRC-16 with the polynomial 0x1021 of CCITT, begun with all ones, nothing turned round.
pub fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| (sum << 1) ^ if sum & 0x8000 == 0 { 0 } else { 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a stream: where, and the message in hexadecimal or the code of what is wrong.
    fn found(pieces: &[&[u8]]) -> Vec<(u64, String)> {
        let (mut framer, mut buffer, mut said) = (Framer::new(32), Vec::new(), Vec::new());
        let told = |framed: &Framed<'_>| {
            (framed.at, framed.frame.map_or_else(|error| error.code().to_owned(), |frame| hex::encode(frame.message)))
        };
        for piece in pieces {
            buffer.extend_from_slice(piece);
            loop {
                let (used, next) = framer.next(&buffer);
                let is_over = next.is_none();
                said.extend(next.iter().map(told));
                buffer.drain(..used);
                if is_over {
                    break;
                }
            }
        }
        said.extend(framer.finish(&buffer).iter().map(told));
        said
    }

    #[test]
    fn the_checksum_is_that_of_the_published_check_word() {
        assert_eq!(crc(b"123456789"), 0x29b1);
    }

    #[test]
    fn every_byte_that_means_something_is_escaped() {
        let mut out = Vec::new();
        put(&mut out, &[0x5a, 0x5b, 0x5c, 0x5d, 0x5e]);
        let sum = hex::encode(crc(&[0x5a, 0x5b, 0x5c, 0x5d, 0x5e]).to_be_bytes());
        assert_eq!(hex::encode(&out), format!("5b5a025a015c5e015e02{sum}5d"));
        assert_eq!(found(&[&out]), [(0, "5a5b5c5d5e".to_owned())]);
    }

    #[test]
    fn a_broken_frame_costs_nothing_but_itself() {
        let mut good = Vec::new();
        put(&mut good, b"ab");
        let mut stream = b"xy".to_vec();
        stream.extend_from_slice(&good);
        stream.extend_from_slice(b"[cut");
        stream.extend_from_slice(&good);
        stream.extend_from_slice(b"[\x5a\x03\x00\x00][]");
        stream.extend_from_slice(&[b'[', 0, 1, 2, b']']);
        stream.push(b'[');
        stream.extend_from_slice(&[0; 50]);
        stream.extend_from_slice(b"]");
        stream.extend_from_slice(&good);
        stream.extend_from_slice(b"[end");
        let codes: Vec<String> = found(&[&stream]).into_iter().map(|(_, code)| code).collect();
        let expected = [
            "jt809.noise",
            "6162",
            "jt809.incomplete",
            "6162",
            "jt809.escape",
            "jt809.short",
            "jt809.checksum",
            "jt809.too_long",
            "6162",
            "jt809.incomplete",
        ];
        assert_eq!(codes, expected);
        for cut in 1..stream.len() {
            let (one, other) = stream.split_at(cut);
            assert_eq!(found(&[one, other]), found(&[&stream]), "cut at {cut}");
        }
    }
}
