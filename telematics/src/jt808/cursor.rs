//! Why a body is none of its message.

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
    #[expect(clippy::unused_self, reason = "errors of the codec are asked for their code, all in the same way")]
    pub const fn code(&self) -> &'static str {
        "jt808.body"
    }
}
