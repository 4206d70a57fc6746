//! The car is for what the trip is for (车辆类别); an emergency takes what there is, as `trip::candidate` says.

use super::whether;
use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    whether(case.car.category == case.need.category || case.need.is_emergency)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use crate::vehicle::VehicleCategory;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Category,
            &[
                ("the same", |_, _| (), 0),
                ("a courier's car", |car, _| car.category = VehicleCategory::ConfidentialCourier, -1),
                (
                    "an emergency",
                    |car, need| {
                        car.category = VehicleCategory::LawEnforcement;
                        need.is_emergency = true;
                    },
                    0,
                ),
            ],
        );
    }
}
