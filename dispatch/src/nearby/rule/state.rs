//! The car is in use, or idle and usable (车辆状态).

use super::whether;
use crate::nearby::case::CarCase;
use crate::vehicle::VehicleStatus;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    whether(matches!(case.car.status, VehicleStatus::InService | VehicleStatus::Idle))
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use super::*;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::State,
            &[
                ("idle", |car, _| car.status = VehicleStatus::Idle, 0),
                ("in the workshop", |car, _| car.status = VehicleStatus::InRepair, -1),
                ("gone", |car, _| car.status = VehicleStatus::Disposed, -1),
            ],
        );
    }
}
