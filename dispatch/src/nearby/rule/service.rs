//! The car is back before its next service is due by mileage (保养里程).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    i64::from(case.car.service_left_m) - case.drives_m()
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Service,
            &[
                ("just", |car, _| car.service_left_m = 40_000, 0),
                ("two kilometres past it", |car, _| car.service_left_m = 38_000, -2_000),
            ],
        );
    }
}
