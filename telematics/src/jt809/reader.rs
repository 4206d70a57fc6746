//! Fields of a body, one after the other; what is missing is told with its place.

use crate::jt808::text;
use crate::jt809::message::MessageError;

/// What is left of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(body: &'a [u8]) -> Self {
        Self { rest: body, at: 0 }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], MessageError> {
        let short = MessageError::Short { at: self.at + self.rest.len(), needed: length.saturating_sub(self.rest.len()) };
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(short)?;
        (self.rest, self.at) = (rest, self.at + length);
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, MessageError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, MessageError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, MessageError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, MessageError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A text of so many bytes, without what it is filled up with.
    pub(super) fn text(&mut self, length: usize) -> Result<String, MessageError> {
        self.take(length).map(text::read)
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        self.at += self.rest.len();
        std::mem::take(&mut self.rest)
    }

    /// There is nothing left.
    pub(super) const fn end(self) -> Result<(), MessageError> {
        if self.rest.is_empty() { Ok(()) } else { Err(MessageError::Long { at: self.at, count: self.rest.len() }) }
    }
}
