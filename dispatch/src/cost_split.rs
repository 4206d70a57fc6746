//! Who pays what of a pooled trip (拼车分摊): by seats times kilometres, to the fen.

use crate::money::Money;

/// What one of those who travel together takes of the car (分摊份额).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PooledShare {
    /// Seats.
    pub seats: u32,
    /// Metres on which they are taken.
    pub distance_m: u32,
}

/// The cost in the order of the shares; the parts sum to `cost` exactly.
///
/// Each gets the whole fen of its share, and what is left over
/// goes fen by fen to those that lost most by that (largest remainder), the first one first. Where nobody took anything, all pay alike.
pub fn split(cost: Money, shares: &[PooledShare]) -> Vec<Money> {
    let weight = |share: &PooledShare| i128::from(share.seats) * i128::from(share.distance_m);
    let taken: i128 = shares.iter().map(weight).sum();
    let weights: Vec<i128> = shares.iter().map(|share| if taken == 0 { 1 } else { weight(share) }).collect();
    let whole = weights.iter().sum::<i128>().max(1);
    let exact: Vec<i128> = weights.iter().map(|weight| i128::from(cost.fen()) * weight).collect();
    let mut parts: Vec<i128> = exact.iter().map(|exact| exact.div_euclid(whole)).collect();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(exact.get(*index).map(|exact| exact.rem_euclid(whole))));
    let left = i128::from(cost.fen()) - parts.iter().sum::<i128>();
    for index in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts.into_iter().map(|fen| Money::from_fen(i64::try_from(fen).expect("no part is more than the whole"))).collect()
}

/// The parts added up by who pays them, the first payer first.
pub fn by_payer<P: Copy + PartialEq>(parts: impl IntoIterator<Item = (P, Money)>) -> Vec<(P, Money)> {
    let mut sums: Vec<(P, Money)> = Vec::new();
    for (payer, part) in parts {
        match sums.iter_mut().find(|(known, _)| *known == payer) {
            Some((_, sum)) => *sum += part,
            None => sums.push((payer, part)),
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(cost: i64, shares: &[(u32, u32)]) -> Vec<i64> {
        let shares: Vec<_> = shares.iter().map(|&(seats, distance_m)| PooledShare { seats, distance_m }).collect();
        split(Money::from_fen(cost), &shares).into_iter().map(Money::fen).collect()
    }

    #[test]
    fn the_cost_goes_by_seats_and_kilometres() {
        assert_eq!(fen(12_000, &[(1, 60_000), (2, 60_000), (1, 60_000)]), [3_000, 6_000, 3_000]);
        assert_eq!(fen(10_000, &[(1, 40_000), (1, 60_000)]), [4_000, 6_000]);
        assert_eq!(fen(100, &[(1, 1), (1, 1), (1, 1)]), [34, 33, 33], "the fen left over goes to the first");
        assert_eq!(fen(100, &[(1, 1), (5, 1)]), [17, 83], "16.67 and 83.33");
        assert_eq!(fen(5, &[(0, 0), (0, 0)]), [3, 2], "nobody took anything");
        assert_eq!(fen(5, &[]), Vec::<i64>::new());
    }

    #[test]
    fn who_has_two_parts_pays_both() {
        let parts = [('a', 3), ('b', 4), ('a', 5)].map(|(payer, part)| (payer, Money::from_fen(part)));
        let sums: Vec<_> = by_payer(parts).into_iter().map(|(payer, sum)| (payer, sum.fen())).collect();
        assert_eq!(sums, [('a', 8), ('b', 4)]);
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_cost_and_none_is_off_by_a_fen(
            cost in 0_i64..1_000_000_000, shares in proptest::collection::vec((0_u32..60, 0_u32..2_000_000), 1..12),
        ) {
            let parts = fen(cost, &shares);
            prop_assert_eq!(parts.iter().sum::<i64>(), cost);
            let weight = |&(seats, metres): &(u32, u32)| i128::from(seats) * i128::from(metres);
            let whole: i128 = shares.iter().map(weight).sum();
            for (part, share) in parts.iter().zip(&shares) {
                prop_assert!(*part >= 0);
                prop_assert!(whole == 0 || (i128::from(*part) * whole - i128::from(cost) * weight(share)).abs() < whole);
            }
        }
    }
}
