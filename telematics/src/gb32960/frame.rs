//! Frames out of a stream: by their length while all is well, by their look once the place is lost.

use thiserror::Error;

use crate::gb32960::header::{DATA_LIMIT, Edition, HEADER_BYTES, Header, check_code};

/// One whole frame, 数据包, whose check code is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What stands before the data unit.
    pub header: Header,
    /// The data unit, still encrypted if it is.
    pub data: &'a [u8],
    /// All of it, start symbol and check code included.
    pub bytes: &'a [u8],
}

/// Why bytes are no frame; counted under its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Bytes between two frames.
    #[error("bytes that begin no frame")]
    Junk,
    /// The check code is another one.
    #[error("check code {found:02X}, worked out {expected:02X}")]
    Checksum {
        /// As sent.
        found: u8,
        /// As it should be.
        expected: u8,
    },
    /// A data unit longer than is taken.
    #[error("a data unit of {length} bytes, {limit} at most")]
    TooLong {
        /// As sent.
        length: usize,
        /// As taken.
        limit: usize,
    },
    /// The stream ends inside the frame.
    #[error("{there} of {needed} bytes, then nothing more")]
    Cut {
        /// Bytes that came.
        there: usize,
        /// Bytes that the frame should have.
        needed: usize,
    },
}

impl FrameError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Junk => "gb32960.junk",
            Self::Checksum { .. } => "gb32960.checksum",
            Self::TooLong { .. } | Self::Cut { .. } => "gb32960.length",
        }
    }
}

/// Bytes that are no frame, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken<'a> {
    /// Why.
    pub error: FrameError,
    /// What would have been the frame, as far as it is there.
    pub bytes: &'a [u8],
}

/// What was found at the front of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// Bytes that are done with and may leave the buffer.
    pub used: usize,
    /// Where in the buffer the item begins.
    pub begins: usize,
    /// What was found; `None` when more bytes are needed.
    pub item: Option<Result<Frame<'a>, Broken<'a>>>,
}

impl<'a> Taken<'a> {
    const fn waiting(used: usize) -> Self {
        Self { used, begins: used, item: None }
    }

    /// Leaves all but the first byte to be searched again: the frame that follows may have begun inside.
    const fn broken(begins: usize, error: FrameError, bytes: &'a [u8]) -> Self {
        Self { used: begins + 1, begins, item: Some(Err(Broken { error, bytes })) }
    }
}

/// Whether the stream goes on behind the buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    More,
    Nothing,
}

/// Finds the frames of one stream; all it remembers is whether it knows where a frame begins.
#[derive(Clone, Copy, Debug)]
pub struct Framer {
    limit: usize,
    lost: bool,
}

impl Default for Framer {
    fn default() -> Self {
        Self::new(DATA_LIMIT)
    }
}

impl Framer {
    /// A framer that takes data units of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.min(DATA_LIMIT), lost: false }
    }

    /// The next frame at the front of `buffer`, or what is wrong there. Call it until it finds nothing; drop `used` bytes each time.
    pub fn next<'a>(&mut self, buffer: &'a [u8]) -> Taken<'a> {
        self.take(buffer, Behind::More)
    }

    /// The same once the stream has ended: a frame that is not whole is an error, and others may have begun inside it.
    pub fn last<'a>(&mut self, buffer: &'a [u8]) -> Taken<'a> {
        self.take(buffer, Behind::Nothing)
    }

    fn take<'a>(&mut self, buffer: &'a [u8], behind: Behind) -> Taken<'a> {
        let mut begins = 0;
        loop {
            let rest = buffer.get(begins..).unwrap_or_default();
            if self.lost {
                begins += start(rest, behind);
            } else if start(rest, behind) > 0 {
                self.lost = true;
                let until = start(rest, behind);
                let item = Some(Err(Broken { error: FrameError::Junk, bytes: rest.get(..until).unwrap_or_default() }));
                return Taken { used: begins + until, begins, item };
            }
            let rest = buffer.get(begins..).unwrap_or_default();
            let Some(header) = Header::read(rest) else {
                return self.unfinished(rest, begins, HEADER_BYTES + 1, behind);
            };
            let length = usize::from(header.length);
            if self.lost && !(header.is_plausible() && length <= self.limit) {
                begins += 1;
                continue;
            }
            if length > self.limit {
                self.lost = true;
                return Taken::broken(begins, FrameError::TooLong { length, limit: self.limit }, rest);
            }
            let whole = HEADER_BYTES + length + 1;
            return match rest.get(..whole) {
                Some(bytes) => self.check(header, bytes, begins),
                None => self.unfinished(rest, begins, whole, behind),
            };
        }
    }

    fn check<'a>(&mut self, header: Header, bytes: &'a [u8], begins: usize) -> Taken<'a> {
        let (code, checked) = bytes.split_last().unwrap_or((&0, &[]));
        let expected = check_code(checked.get(2..).unwrap_or_default());
        self.lost = *code != expected;
        if self.lost {
            return Taken::broken(begins, FrameError::Checksum { found: *code, expected }, bytes);
        }
        let data = checked.get(HEADER_BYTES..).unwrap_or_default();
        Taken { used: begins + bytes.len(), begins, item: Some(Ok(Frame { header, data, bytes })) }
    }

    fn unfinished<'a>(&mut self, rest: &'a [u8], begins: usize, needed: usize, behind: Behind) -> Taken<'a> {
        if behind == Behind::More || rest.is_empty() {
            return Taken::waiting(begins);
        }
        // A start symbol alone, found while searching, is no sign of a frame.
        if self.lost && rest.len() < HEADER_BYTES {
            return Taken::waiting(begins + rest.len());
        }
        self.lost = true;
        Taken::broken(begins, FrameError::Cut { there: rest.len(), needed }, rest)
    }
}

/// Where the first start symbol of `bytes` begins, or may begin when the stream goes on; the end when there is none.
fn start(bytes: &[u8], behind: Behind) -> usize {
    let found = bytes.windows(2).position(|pair| pair.try_into().is_ok_and(|pair| Edition::of(pair).is_some()));
    found.unwrap_or_else(|| match bytes.last() {
        Some(0x23 | 0x24) if behind == Behind::More => bytes.len() - 1,
        _ => bytes.len(),
    })
}

#[cfg(test)]
mod tests;
