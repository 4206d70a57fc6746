//! The car is there before the latest time (最晚到达).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    i64::from(case.need.latest_at) - i64::from(case.arrives_at)
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use crate::nearby::tests::NOON;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Late,
            &[
                ("in time", |_, _| (), 900),
                ("at the last moment", |_, need| (need.now, need.latest_at) = (NOON, NOON), 0),
                ("seven minutes late", |_, need| (need.begins_at, need.latest_at) = (NOON - 800, NOON - 420), -420),
            ],
        );
    }
}
