//! Tables by a vehicle's number: it is given by us, one after another, so nobody can choose numbers that collide.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashes by one multiplication, where the standard hash takes more time than the table.
pub(crate) type ByNumber = BuildHasherDefault<Spread>;

/// Spreads numbers over all bits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

/// 2^64 divided by the golden ratio: neighbours end up far apart.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_i32(&mut self, number: i32) {
        self.write_u64(u64::from(number.cast_unsigned()));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(GOLDEN);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::BuildHasher as _;

    use telematics::id::VehicleNo;

    use super::*;

    #[test]
    fn neighbours_are_far_apart() {
        let hashes: HashSet<u64> = (0..10_000).map(|no| ByNumber::default().hash_one(VehicleNo(no)) >> 48).collect();
        assert!(hashes.len() > 9_000, "{} of 10,000 differ in their upper bits", hashes.len());
    }
}
