//! The three editions of the standard, and how far a message tells which one it is in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An edition of JT/T 808 (协议版本).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// JT/T 808-2011.
    V2011,
    /// JT/T 808-2013; what a header without the version flag is taken for, as 2011 has the same one.
    #[default]
    V2013,
    /// JT/T 808-2019, told by bit 14 of the body properties.
    V2019,
}

impl Edition {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::V2011, Self::V2013, Self::V2019];

    /// The year of the standard.
    pub const fn year(self) -> u16 {
        match self {
            Self::V2011 => 2011,
            Self::V2013 => 2013,
            Self::V2019 => 2019,
        }
    }

    /// How many bytes of BCD the terminal's number has.
    pub const fn terminal_bytes(self) -> usize {
        match self {
            Self::V2011 | Self::V2013 => 6,
            Self::V2019 => 10,
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.year())
    }
}
