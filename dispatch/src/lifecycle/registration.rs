//! Registration (上牌登记): whose a car is by the police's register, its plates over time, and how it is marked.

use chrono::{Days, NaiveDate};
use telematics::uuid_id;

use crate::calendar::Calendar;
use crate::unit::UnitId;
use crate::word::words;

uuid_id! {
    /// Key of a marking (车辆标识).
    MarkingId
}

words! {
    /// In whose name a car is registered (登记所有人类型).
    OwnerKind, OwnerKindError, "registration.owner" {
        /// A unit.
        Unit = "unit", "单位";
        /// An enterprise.
        Enterprise = "enterprise", "企业";
        /// A person.
        Person = "person", "个人";
    }
}

words! {
    /// How a car is marked (标识方式).
    MarkingKind, MarkingKindError, "marking.kind" {
        /// A sticker with a code.
        Sticker = "sticker", "标识贴";
        /// Painted on, with a code.
        Paint = "paint", "喷涂标识";
        /// Not at all, by law.
        Exempt = "exempt", "依法免标识";
    }
}

/// The car is in the name of somebody else than who uses it: head 2 of Art. 26.
pub fn is_strangers(owner: OwnerKind, owner_unit: Option<UnitId>, user: UnitId) -> bool {
    owner != OwnerKind::Unit || owner_unit != Some(user)
}

/// The last day for a car registered on a day to stand on the platform.
pub fn platform_by(registered_on: NaiveDate, workdays: u32, calendar: &Calendar) -> NaiveDate {
    if workdays == 0 { registered_on + Days::new(0) } else { calendar.after_workdays(registered_on, workdays) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_car_is_in_the_name_of_who_uses_it() {
        let [user, other] = [1, 2].map(|n| UnitId(Uuid::from_u128(n)));
        for (owner, unit, expected) in [
            (OwnerKind::Unit, Some(user), false),
            (OwnerKind::Unit, Some(other), true),
            (OwnerKind::Unit, None, true),
            (OwnerKind::Enterprise, None, true),
            (OwnerKind::Person, Some(user), true),
        ] {
            assert_eq!(is_strangers(owner, unit, user), expected, "{owner} {unit:?}");
        }
    }

    #[test]
    fn ten_working_days_are_two_weeks() {
        let monday: NaiveDate = "2026-03-02".parse().unwrap();
        assert_eq!(platform_by(monday, 10, &Calendar::default()), "2026-03-16".parse().unwrap());
        assert_eq!(platform_by(monday, 0, &Calendar::default()), monday);
    }
}
