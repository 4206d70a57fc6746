//! Its driver does not drive for longer than a day's work allows (驾驶时长).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    i64::from(case.car.duty_left_s) - i64::from(case.busy.to - case.busy.from)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Duty,
            &[
                ("just enough", |car, _| car.duty_left_s = 3600, 0),
                ("a quarter of an hour short", |car, _| car.duty_left_s = 2700, -900),
            ],
        );
    }
}
