//! The plate may drive that day (尾号限行); new energy where the ban spares it, and emergencies, always may.

use super::whether;
use crate::nearby::case::CarCase;
use crate::nearby::need::PlateBan;

/// What there is to spare.
#[inline]
pub(super) fn slack(case: &CarCase<'_>) -> i64 {
    let is_banned = |ban: &PlateBan| {
        let is_meant = case.car.plate_digit.is_some_and(|digit| (ban.digits >> digit.min(15)) & 1 == 1);
        let is_spared = ban.spares_new_energy && case.car.powertrain.is_new_energy();
        is_meant && !is_spared && ban.during.overlap(case.busy) > 0
    };
    whether(case.need.is_emergency || !case.need.bans.iter().any(is_banned))
}

#[cfg(test)]
mod tests {
    use super::super::EligibilityRule;
    use super::super::testing::check;
    use super::*;
    use crate::nearby::car::Spell;
    use crate::nearby::tests::NOON;
    use crate::vehicle::Powertrain;

    const BAN: PlateBan = PlateBan { during: Spell::ALWAYS, digits: 0b10_0001, spares_new_energy: true };

    #[test]
    fn it_is_kept_and_broken_by_its_measure() {
        check(
            EligibilityRule::PlateDay,
            &[
                ("another digit", |car, need| (car.plate_digit, need.bans) = (Some(4), vec![BAN]), 0),
                ("its digit", |car, need| (car.plate_digit, need.bans) = (Some(5), vec![BAN]), -1),
                ("a letter", |car, need| (car.plate_digit, need.bans) = (None, vec![BAN]), 0),
                (
                    "a battery",
                    |car, need| (car.plate_digit, car.powertrain, need.bans) = (Some(5), Powertrain::Electric, vec![BAN]),
                    0,
                ),
                (
                    "at another hour",
                    |car, need| {
                        (car.plate_digit, need.bans) = (Some(5), vec![PlateBan { during: Spell { from: 0, to: NOON }, ..BAN }]);
                    },
                    0,
                ),
                ("an emergency", |car, need| (car.plate_digit, need.is_emergency, need.bans) = (Some(5), true, vec![BAN]), 0),
            ],
        );
    }
}
