//! The car may be used for the purpose of the trip (用途): a bit a purpose; an emergency asks for none.

use super::whether;
use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    whether((case.car.purposes >> case.need.purpose.min(63)) & 1 == 1 || case.need.is_emergency)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Purpose,
            &[
                ("may", |car, need| (car.purposes, need.purpose) = (0b100, 2), 0),
                ("may not", |car, need| (car.purposes, need.purpose) = (0b100, 3), -1),
                ("the last of the list", |car, need| (car.purposes, need.purpose) = (1 << 63, 63), 0),
                ("an emergency", |car, need| (car.purposes, need.is_emergency) = (0, true), 0),
            ],
        );
    }
}
