//! Money (金额): whole fen, added and split without a remainder; there is no fraction of a fen anywhere.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

/// An amount of money (金额), in fen inside; below nothing where something is taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// None of it.
    pub const ZERO: Self = Self(0);

    /// That many fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// How many fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// This much for each of `count`. A price of the register (10⁷ fen at most) times any `u32` stays far below the limit.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        // `From` is not const; a `u32` always fits.
        Self(self.0.saturating_mul(count as i64))
    }

    /// What `metres` cost at this price a kilometre: half a fen and more counts as one.
    #[must_use]
    pub fn for_metres(self, metres: u32) -> Self {
        Self((self.0.saturating_mul(i64::from(metres)) + 500).div_euclid(1000))
    }

    /// The smaller of the two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_fen_counts_as_one() {
        let price = Money::from_fen(130);
        assert_eq!(price.for_metres(1000).fen(), 130);
        assert_eq!(price.for_metres(4).fen(), 1, "0.52 fen");
        assert_eq!(price.for_metres(3).fen(), 0, "0.39 fen");
        assert_eq!(Money::from_fen(100).for_metres(5).fen(), 1, "0.5 fen");
    }
}
