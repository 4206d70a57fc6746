//! Its driver has rested when the car leaves (休息).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    i64::from(case.busy.from) - i64::from(case.car.rests_until)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use crate::nearby::tests::NOON;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Rest,
            &[
                ("just rested", |car, _| car.rests_until = NOON, 0),
                ("rests for another ten minutes", |car, _| car.rests_until = NOON + 600, -600),
            ],
        );
    }
}
