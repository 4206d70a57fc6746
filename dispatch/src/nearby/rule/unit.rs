//! The car is the unit's own, or shared within a unit of which this one is a part (共享范围).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    // All of the line is looked at: where it would end is anybody's guess, which costs the processor more than the rest of the line.
    let found: i64 = case.need.line.iter().map(|unit| i64::from(*unit == case.car.shared_within)).sum();
    (found - 1).min(0)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use crate::nearby::tests::unit;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Unit,
            &[
                ("its own", |_, _| (), 0),
                ("shared within the county", |car, _| (car.unit, car.shared_within) = (unit(9), unit(2)), 0),
                ("another's", |car, _| (car.unit, car.shared_within) = (unit(9), unit(9)), -1),
                ("its own, though shared no wider", |car, _| car.shared_within = unit(1), 0),
            ],
        );
    }
}
