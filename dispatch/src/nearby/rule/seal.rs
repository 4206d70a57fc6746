//! The car is not under seal while it would be away (封存).

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    -i64::from(case.car.sealed.overlap(case.busy))
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
            EligibilityRule::Seal,
            &[
                ("never", |_, _| (), 0),
                ("until noon", |car, _| car.sealed = Spell { from: 0, to: NOON }, 0),
                ("for the evening", |car, _| car.sealed = Spell { from: NOON + 3540, to: u32::MAX }, -60),
            ],
        );
    }
}
