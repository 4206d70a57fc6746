//! The tracker as bytes.

use thiserror::Error;

use super::Tracker;

/// Why bytes are no tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PackError {
    /// Written by another layout.
    #[error("tracker bytes have layout {found:?}, not {expected}")]
    Layout {
        /// First byte found.
        found: Option<u8>,
        /// The layout that this program writes.
        expected: u8,
    },
    /// Cut short, or a value that cannot be.
    #[error("tracker bytes are broken")]
    Broken,
}

impl PackError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Layout { .. } => "tracker.layout",
            Self::Broken => "tracker.broken",
        }
    }
}

const LAYOUT: u8 = 1;

pub(super) fn to_bytes(tracker: &Tracker) -> Vec<u8> {
    let mut bytes = vec![LAYOUT];
    if ciborium::into_writer(tracker, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Tracker, PackError> {
    let (&LAYOUT, rest) = bytes.split_first().ok_or(PackError::Layout { found: None, expected: LAYOUT })? else {
        return Err(PackError::Layout { found: bytes.first().copied(), expected: LAYOUT });
    };
    ciborium::from_reader(rest).map_err(|_cause| PackError::Broken)
}
