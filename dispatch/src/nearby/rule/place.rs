//! Somebody knows where the car is (位置): without that nothing can be said of when it is there.

use super::whether;
use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    whether(case.car.place.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(EligibilityRule::Place, &[("known", |_, _| (), 0), ("unknown", |car, _| car.place = None, -1)]);
    }
}
