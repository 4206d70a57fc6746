//! The car has what is asked for (所需配置); short by so many things.

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    -i64::from((case.need.tags & !case.car.tags).count_ones())
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Tags,
            &[
                ("asks for nothing", |car, _| car.tags = 0b11, 0),
                ("has it", |car, need| (car.tags, need.tags) = (0b111, 0b101), 0),
                ("lacks two", |car, need| (car.tags, need.tags) = (0b010, 0b111), -2),
            ],
        );
    }
}
