//! Frames in a stream of bytes: delimiters, escapes, checksum; what is broken is told and the stream goes on.

use memchr::memchr;
use thiserror::Error;

use crate::jt808::header::Header;

/// Begins and ends a frame (标识位).
const FLAG: u8 = 0x7e;
/// Begins an escape: `7d 01` is a `7d`, `7d 02` is a `7e`.
const ESCAPE: u8 = 0x7d;

/// The longest body that a header can tell.
pub const BODY_MAX: usize = 1023;
/// The longest message between two flags, escapes undone.
const MESSAGE_MAX: usize = Header::MAX + BODY_MAX + 1;
/// The longest run of bytes between two flags: every byte of the message escaped.
pub const FRAME_MAX: usize = 2 * MESSAGE_MAX;

/// Why a run of bytes is no message; counted under its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Bytes outside of every frame that are no message either.
    #[error("{length} bytes outside of a frame")]
    Noise {
        /// How many.
        length: usize,
    },
    /// More than any message has, and still no flag.
    #[error("more than {limit} bytes without a flag")]
    TooLong {
        /// Bytes a frame may have.
        limit: usize,
    },
    /// An escape that stands for nothing.
    #[error("escape 7d {follows:02x} in byte {offset}")]
    Escape {
        /// Which byte of the frame, its flag being byte 0.
        offset: usize,
        /// What follows the `7d`; the flag when nothing does.
        follows: u8,
    },
    /// The checksum is another one.
    #[error("checksum {found:02x}, worked out {expected:02x}")]
    Checksum {
        /// As sent.
        found: u8,
        /// As it should be.
        expected: u8,
    },
    /// Too short for a header, or a number that is none.
    #[error("{length} bytes are no header")]
    Header {
        /// How many there were.
        length: usize,
    },
    /// The body has another length than the header says.
    #[error("a body of {found} bytes, where the header says {told}")]
    Length {
        /// As the header says.
        told: usize,
        /// As it is.
        found: usize,
    },
    /// The stream ended within the frame.
    #[error("the stream ends after {length} bytes of a frame")]
    Incomplete {
        /// How many there were.
        length: usize,
    },
}

impl FrameError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Noise { .. } => "jt808.noise",
            Self::TooLong { .. } => "jt808.too_long",
            Self::Escape { .. } => "jt808.escape",
            Self::Checksum { .. } => "jt808.checksum",
            Self::Header { .. } => "jt808.header",
            Self::Length { .. } => "jt808.length",
            Self::Incomplete { .. } => "jt808.incomplete",
        }
    }
}

/// One message between two flags (消息帧), escapes undone and checksum taken off; it borrows from the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its head.
    pub header: Header,
    /// The whole message, head and body.
    pub message: &'a [u8],
    /// The body alone.
    pub body: &'a [u8],
}

/// What stands between two flags, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framed<'a> {
    /// Offset of the flag before it in the stream.
    pub at: u64,
    /// The message, or why there is none.
    pub frame: Result<Frame<'a>, FrameError>,
}

/// Finds the frames of one stream (分帧器); one for each connection.
///
/// A flag separates: it ends what stands before it and begins what stands behind it. So one lost flag costs nothing, two
/// frames may share one, and broken bytes cost the frame that they are in alone.
#[derive(Debug, Default)]
pub struct Framer {
    /// Offset in the stream of the first byte that is not done with.
    at: u64,
    /// Whether the byte before that one is a flag, and what is behind it is within a frame unless a frame ended there.
    place: Place,
    /// Where escapes are undone; only used by frames that have one.
    plain: Vec<u8>,
    /// The stream is a capture that somebody wrote down.
    is_capture: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// No flag seen yet, or one that ended a good frame.
    #[default]
    Outside,
    /// A flag that opens a frame.
    Opened,
    /// Within a run that is too long, which was told.
    Overrun,
}

impl Framer {
    /// A framer for captures: bytes that are no frame by the rules, but one when nothing in them is an escape or a flag, are that
    /// one, as captures are often published with their escapes undone. Never for a link: one bad byte could swallow the next frame,
    /// and what is read would depend on where the network cuts.
    pub fn of_capture() -> Self {
        Self { is_capture: true, ..Self::default() }
    }

    /// The next frame of `input`, which continues the stream where the last call left it, and how many bytes of `input` are
    /// done with. Without a frame more bytes are needed, behind those that are not done with.
    pub fn next<'a>(&'a mut self, input: &'a [u8]) -> (usize, Option<Framed<'a>>) {
        let mut done = 0;
        loop {
            let rest = input.get(done..).unwrap_or_default();
            let length = match memchr(FLAG, rest) {
                Some(0) => {
                    (self.at, self.place, done) = (self.at + 1, Place::Opened, done + 1);
                    continue;
                }
                Some(length) if length <= FRAME_MAX => length,
                None if rest.len() <= FRAME_MAX && self.place != Place::Overrun => return (done, None),
                end => {
                    let told = self.place == Place::Overrun;
                    let start = self.at.saturating_sub(u64::from(self.place == Place::Opened));
                    let length = end.unwrap_or(rest.len());
                    self.at += length as u64;
                    self.place = Place::Overrun;
                    done += length;
                    if told {
                        if end.is_none() {
                            return (done, None);
                        }
                        continue;
                    }
                    return (done, Some(Framed { at: start, frame: Err(FrameError::TooLong { limit: FRAME_MAX }) }));
                }
            };
            // The flag behind it is done with too.
            done += length + 1;
            let (before, place) = (self.at, self.place);
            self.at += length as u64 + 1;
            if place == Place::Overrun {
                self.place = Place::Opened;
                continue;
            }
            let run = rest.get(..length).unwrap_or_default();
            let mut frame = read(run, &mut self.plain);
            if self.is_capture
                && frame.is_err()
                && place == Place::Opened
                && let Some(bare) = bare(rest)
            {
                // Its checksum and its flag are done with, too; the flag that ended the run was a byte of it.
                let more = bare.message.len() + 2 - (length + 1);
                (done, self.at) = (done + more, self.at + more as u64);
                frame = Ok(bare);
            }
            self.place = if frame.is_ok() { Place::Outside } else { Place::Opened };
            return match place {
                Place::Outside if frame.is_err() => (done, Some(Framed { at: before, frame: Err(FrameError::Noise { length }) })),
                _ => (done, Some(Framed { at: before.saturating_sub(1), frame })),
            };
        }
    }

    /// What the end of the stream cuts off: `rest` is what [`Self::next`] was not done with.
    pub fn finish(&self, rest: &[u8]) -> Option<Framed<'static>> {
        let (length, opened) = (rest.len(), self.place == Place::Opened);
        let error = if opened { FrameError::Incomplete { length } } else { FrameError::Noise { length } };
        let at = self.at.saturating_sub(u64::from(opened));
        (length > 0 && self.place != Place::Overrun).then_some(Framed { at, frame: Err(error) })
    }
}

/// What stands between two flags; `plain` takes the message when it has escapes.
fn read<'a>(run: &'a [u8], plain: &'a mut Vec<u8>) -> Result<Frame<'a>, FrameError> {
    let message = match memchr(ESCAPE, run) {
        None => run,
        Some(first) => {
            unescape(run, first, plain)?;
            plain.as_slice()
        }
    };
    let sum = message.iter().fold(0, |sum, byte| sum ^ byte);
    let (&found, message) = message.split_last().ok_or(FrameError::Header { length: 0 })?;
    if sum != 0 {
        return Err(FrameError::Checksum { found, expected: sum ^ found });
    }
    let (header, body) = Header::read(message)?;
    Ok(Frame { header, message, body })
}

/// A message with nothing escaped in it at the beginning of `rest`: it has the length that it says, a flag behind it and the
/// right checksum. A flag where the checksum should be is a flag, and what holds a message by the rules is a cut one, whose
/// checksum is right by chance.
fn bare(rest: &[u8]) -> Option<Frame<'_>> {
    let &[_, _, high, low] = rest.first_chunk()?;
    let length = Header::told(u16::from_be_bytes([high, low]));
    let [.., found, FLAG] = rest.get(..length + 2)? else { return None };
    let run = rest.get(..=length).filter(|_| *found != FLAG)?;
    let mut scratch = Vec::new();
    let holds_another = run.split(|byte| *byte == FLAG).any(|run| read(run, &mut scratch).is_ok());
    if holds_another { None } else { plain(run) }
}

/// A message and its checksum as they are.
fn plain(message: &[u8]) -> Option<Frame<'_>> {
    let sum = message.iter().fold(0, |sum, byte| sum ^ byte);
    let (_, message) = message.split_last().filter(|_| sum == 0)?;
    let (header, body) = Header::read(message).ok()?;
    Some(Frame { header, message, body })
}

fn unescape(run: &[u8], first: usize, plain: &mut Vec<u8>) -> Result<(), FrameError> {
    plain.clear();
    let (mut rest, mut next) = (run, Some(first));
    while let Some(escape) = next {
        let (before, behind) = rest.split_at_checked(escape).unwrap_or((rest, &[]));
        plain.extend_from_slice(before);
        plain.push(match behind.get(1) {
            Some(1) => ESCAPE,
            Some(2) => FLAG,
            other => {
                let offset = run.len() - behind.len() + 1;
                return Err(FrameError::Escape { offset, follows: *other.unwrap_or(&FLAG) });
            }
        });
        rest = behind.get(2..).unwrap_or_default();
        next = memchr(ESCAPE, rest);
    }
    plain.extend_from_slice(rest);
    Ok(())
}

/// The bytes of one frame between its flags, escapes undone and checksum right; the flags may be missing.
pub(crate) fn unwrap(frame: &[u8]) -> Result<Vec<u8>, FrameError> {
    let run = frame.strip_prefix(&[FLAG]).unwrap_or(frame);
    let run = run.strip_suffix(&[FLAG]).unwrap_or(run);
    let mut plain = Vec::with_capacity(run.len());
    let message = match read(run, &mut plain).map(|frame| frame.message.len()) {
        Ok(message) => message,
        Err(error) => return self::plain(run).map(|_| run.to_vec()).ok_or(error),
    };
    // Without an escape nothing was copied.
    let whole = if plain.is_empty() { run } else { &plain };
    Ok(whole.get(..=message).unwrap_or(whole).to_vec())
}

/// Appends the frame of a message: flags, escapes and checksum. A body of more than [`BODY_MAX`] bytes needs packages.
pub fn put(out: &mut Vec<u8>, header: &Header, body: &[u8]) -> Result<(), FrameError> {
    let too_long = FrameError::TooLong { limit: BODY_MAX };
    let length = u16::try_from(body.len()).ok().filter(|length| usize::from(*length) <= BODY_MAX).ok_or(too_long)?;
    let mut head = Vec::with_capacity(Header::MAX);
    header.put(&mut head, length);
    let sum = head.iter().chain(body).fold(0, |sum, byte| sum ^ byte);
    out.reserve(head.len() + body.len() + 3);
    out.push(FLAG);
    for &byte in head.iter().chain(body).chain([&sum]) {
        match byte {
            FLAG => out.extend_from_slice(&[ESCAPE, 2]),
            ESCAPE => out.extend_from_slice(&[ESCAPE, 1]),
            plain => out.push(plain),
        }
    }
    out.push(FLAG);
    Ok(())
}

#[cfg(test)]
mod tests;
