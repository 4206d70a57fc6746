//! Somebody is on duty to drive it from the first minute to the last (班次).

use crate::nearby::car::Spell;
use crate::nearby::case::CarCase;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    let Spell { from, to } = case.car.shift;
    (i64::from(case.busy.from) - i64::from(from)).min(i64::from(to) - i64::from(case.busy.to))
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use super::*;
    use crate::nearby::tests::NOON;

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::Shift,
            &[
                ("just fits", |car, _| car.shift = Spell { from: NOON, to: NOON + 3600 }, 0),
                ("begins later", |car, _| car.shift = Spell { from: NOON + 300, to: u32::MAX }, -300),
                ("ends earlier", |car, _| car.shift = Spell { from: 0, to: NOON + 3000 }, -600),
                ("nobody at all", |car, _| car.shift = Spell::NEVER, -i64::from(NOON) - 3600),
            ],
        );
    }
}
