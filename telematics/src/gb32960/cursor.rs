//! Takes numbers off the front of a body, for the few of them that are wanted at speed.

use crate::gb32960::layout::Number;

/// A place in a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn skip(&mut self, length: usize) -> Option<()> {
        self.take(length).map(|_skipped| ())
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    pub(crate) fn word(&mut self) -> Option<u16> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*word))
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    /// A number as it is on the wire; `None` when it is abnormal, invalid or not there.
    pub(crate) fn raw(&mut self, number: Number) -> Option<u32> {
        let raw = number.width.raw(self.take(number.width.bytes())?)?;
        number.width.told(raw)
    }

    /// A quantity; `None` when it is abnormal, invalid or not there.
    pub(crate) fn number(&mut self, number: Number) -> Option<f64> {
        let raw = number.width.raw(self.take(number.width.bytes())?)?;
        number.of(raw)
    }

    /// What is left.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }
}
