//! Tank or battery last for the way there, the trip and the reserve (续航); in the cold a battery gives less.
//!
//! What nobody says of a car is not held against it: fuel that is not told is bought on the way.

use crate::nearby::case::CarCase;
use crate::vehicle::Powertrain;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    let Some(full_m) = case.car.full_range_m else { return 0 };
    let cold_milli = if case.car.powertrain == Powertrain::Electric { case.need.cold_milli.min(1000) } else { 1000 };
    let reach_m = i64::from(full_m) * i64::from(case.car.left_milli) / 1000 * i64::from(cold_milli) / 1000;
    reach_m - case.drives_m() - i64::from(case.need.reserve_m)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use super::*;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Range,
            &[
                ("just", |car, _| (car.full_range_m, car.left_milli) = (Some(140_000), 500), 0),
                ("18 km short", |car, _| (car.full_range_m, car.left_milli) = (Some(104_000), 500), -18_000),
                ("nobody says", |car, _| car.full_range_m = None, 0),
                (
                    "a battery in the cold",
                    |car, need| {
                        (car.powertrain, car.full_range_m, need.cold_milli) = (Powertrain::Electric, Some(80_000), 750);
                    },
                    -10_000,
                ),
                ("a tank in the cold", |car, need| (car.full_range_m, need.cold_milli) = (Some(80_000), 750), 10_000),
            ],
        );
    }
}
