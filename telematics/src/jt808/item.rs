//! Additional items of a position report: id, length, value, one behind the other to the end of the body.

use thiserror::Error;

use crate::jt808::reader::Reader;
use crate::jt808::standard;

/// One additional item (位置附加信息项).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// What it is; from 0xe1 on the maker decides.
    pub id: u8,
    /// Its value as sent.
    pub value: &'a [u8],
}

/// Why the list of items ends before the body does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ItemError {
    /// An item tells more bytes than are left.
    #[error("item 0x{id:02x} of {told} bytes is cut after {left}")]
    Cut {
        /// The item.
        id: u8,
        /// Bytes that it should have.
        told: u8,
        /// Bytes that are there.
        left: usize,
    },
    /// A single byte behind the last item.
    #[error("byte {byte:02x} behind the last item")]
    Stray {
        /// The byte.
        byte: u8,
    },
}

impl ItemError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cut { .. } => "jt808.item_cut",
            Self::Stray { .. } => "jt808.item_stray",
        }
    }
}

/// The items of a report, one after the other; what is cut off is told once and ends the list.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// The items in these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The value of the first item with this id.
    pub fn value(&self, id: u8) -> Option<&'a [u8]> {
        self.clone().flatten().find(|item| item.id == id).map(|item| item.value)
    }

    /// The fields of the items that are left, for the inspector.
    pub(crate) fn pass(reader: &mut Reader<'_>) {
        while let Some(&[id, told]) = reader.peek().first_chunk() {
            let whole = reader.left() >= usize::from(told) + 2;
            if !whole || reader.u8("item_id").is_err() {
                break;
            }
            reader.say(|| format!("{id:#04x}"));
            // The item is whole, so its bytes are there.
            let _ = reader.u8("item_length");
            let value = reader.take(standard::name(id), told.into()).unwrap_or_default();
            reader.say(|| standard::said(id, value));
        }
        reader.rest("tail");
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>, ItemError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&id, rest) = self.rest.split_first()?;
        self.rest = &[];
        let Some((&told, rest)) = rest.split_first() else { return Some(Err(ItemError::Stray { byte: id })) };
        let Some((value, rest)) = rest.split_at_checked(told.into()) else {
            return Some(Err(ItemError::Cut { id, told, left: rest.len() }));
        };
        self.rest = rest;
        Some(Ok(Item { id, value }))
    }
}
