//! A car that is exempt from tracking goes on secret trips alone (免定位车辆): the platform may not say where it went.

use super::whether;
use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    whether(!case.car.is_exempt || case.need.is_confidential)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Exempt,
            &[
                ("not exempt", |_, need| need.is_confidential = true, 0),
                ("exempt", |car, _| car.is_exempt = true, -1),
                ("exempt, on a secret trip", |car, need| (car.is_exempt, need.is_confidential) = (true, true), 0),
            ],
        );
    }
}
