//! The car is not in the workshop while it would be away (维修保养期).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    -i64::from(case.car.workshop.overlap(case.busy))
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use crate::nearby::car::Spell;
    use crate::nearby::tests::NOON;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Workshop,
            &[
                ("afterwards", |car, _| car.workshop = Spell { from: NOON + 3600, to: u32::MAX }, 0),
                ("an hour from now", |car, _| car.workshop = Spell { from: NOON + 1800, to: u32::MAX }, -1800),
            ],
        );
    }
}
