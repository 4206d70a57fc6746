//! The car is promised to nothing else while it is away (时段内任务); short by the smallest move that would do.

use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    -case.car.promised.iter().map(|promised| i64::from(promised.overlap(case.busy))).max().unwrap_or(0)
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
            EligibilityRule::Slot,
            &[
                (
                    "promised before and after",
                    |car, _| car.promised = [Spell { from: 0, to: NOON }, Spell { from: NOON + 3600, to: u32::MAX }].into(),
                    0,
                ),
                ("back ten minutes too late", |car, _| car.promised = [Spell { from: NOON + 3000, to: u32::MAX }].into(), -600),
                ("the other still out", |car, _| car.promised = [Spell { from: 0, to: NOON + 60 }, Spell::NEVER].into(), -60),
            ],
        );
    }
}
