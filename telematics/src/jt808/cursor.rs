//! A place within a body: every value is taken from the front, and what is not there is an error, not a panic.

use thiserror::Error;

/// Why a body is none of its message (消息体错误).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyError {
    /// It ends where a value should be.
    #[error("the body ends at byte {at}, {needed} more are needed")]
    Short {
        /// Where it ends, from 0.
        at: usize,
        /// Bytes that the value needs beyond it.
        needed: usize,
    },
    /// There is more than the message has.
    #[error("{count} bytes too many, from byte {at}")]
    Long {
        /// Where they begin.
        at: usize,
        /// How many.
        count: usize,
    },
    /// A value that has no meaning.
    #[error("{what} at byte {at} is {found}")]
    Value {
        /// Which value.
        what: &'static str,
        /// Where it is.
        at: usize,
        /// What it is.
        found: String,
    },
}

impl BodyError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        "jt808.body"
    }
}

/// The part of a body that is still to be read (读取位置).
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    whole: usize,
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// At the beginning of a body.
    pub const fn new(body: &'a [u8]) -> Self {
        Self { whole: body.len(), rest: body }
    }

    /// How many bytes were taken.
    pub const fn at(&self) -> usize {
        self.whole - self.rest.len()
    }

    /// How many bytes are left.
    pub const fn left(&self) -> usize {
        self.rest.len()
    }

    /// Takes so many bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], BodyError> {
        let short = BodyError::Short { at: self.whole, needed: count.saturating_sub(self.rest.len()) };
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(short)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Takes so many bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], BodyError> {
        let short = BodyError::Short { at: self.whole, needed: N.saturating_sub(self.rest.len()) };
        let (taken, rest) = self.rest.split_first_chunk().ok_or(short)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Takes one byte.
    pub fn u8(&mut self) -> Result<u8, BodyError> {
        self.array().map(|[byte]| byte)
    }

    /// Takes two bytes, the higher first.
    pub fn u16(&mut self) -> Result<u16, BodyError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Takes four bytes, the highest first.
    pub fn u32(&mut self) -> Result<u32, BodyError> {
        self.array().map(u32::from_be_bytes)
    }

    /// The body ends here.
    pub fn end(&self) -> Result<(), BodyError> {
        if self.rest.is_empty() { Ok(()) } else { Err(BodyError::Long { at: self.at(), count: self.rest.len() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_from_the_front_and_the_end_is_told() {
        let mut body = Cursor::new(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!((body.u8(), body.u16(), body.u32()), (Ok(1), Ok(0x0203), Ok(0x0405_0607)));
        assert_eq!(body.end(), Err(BodyError::Long { at: 7, count: 1 }));
        assert_eq!(body.u16(), Err(BodyError::Short { at: 8, needed: 1 }));
        assert_eq!((body.at(), body.left(), body.rest()), (7, 1, &[8][..]));
        assert_eq!(body.end(), Ok(()));
        assert_eq!(body.take(2), Err(BodyError::Short { at: 8, needed: 2 }));
    }
}
