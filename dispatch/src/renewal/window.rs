//! In which years of a plan the rules let a car be renewed (更新窗口), and by when it has to go; by `lifecycle::renewal`, day by day.

use chrono::{DateTime, NaiveDate, Utc};

use crate::lifecycle::renewal::{AgedCar, CarCondition, RenewalGround, ground};
use crate::rule::resolve::RuleVersion;
use crate::unit::UnitId;

/// What the rules say of the years ahead (更新窗口).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewalWindow {
    /// The first year in which the car may be renewed, should it be worn by then.
    pub may_from: Option<usize>,
    /// The year in which it has to go.
    pub must_by: Option<usize>,
}

/// Looks at the last day of each year, with the kilometres that it will have driven: what falls due in a year is planned for that year.
///
/// Whether a car can still be used is found when the day comes; until then a plan takes it that it cannot.
pub fn window(
    car: &AgedCar,
    km: u32,
    (versions, line): (&[RuleVersion], &[UnitId]),
    (first, years): (i32, usize),
    known_at: DateTime<Utc>,
) -> RenewalWindow {
    let on = |year: usize, condition: CarCondition| {
        let ahead = u32::try_from(year).unwrap_or(u32::MAX).saturating_add(1);
        let day = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(first.checked_add(year)?, 12, 31));
        let odometer_km = car.odometer_km.saturating_add(km.saturating_mul(ahead));
        let then = AgedCar { odometer_km, condition, ..car.clone() };
        ground(&then, versions, line, day.unwrap_or(NaiveDate::MAX), known_at)
    };
    let worn = if car.condition == CarCondition::Failed { CarCondition::Failed } else { CarCondition::Worn };
    let usable = if car.condition == CarCondition::Failed { CarCondition::Failed } else { CarCondition::Usable };
    RenewalWindow {
        may_from: (0..years).find(|year| on(*year, worn).is_ok()),
        must_by: (0..years).find(|year| on(*year, usable) == Ok(RenewalGround::ForcedScrap)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::standard::VehicleBody;
    use crate::rule::key::RuleKey;
    use crate::rule::tests::{builtin, version};
    use crate::rule::value::RuleValue;

    fn of(registered_on: &str, body: VehicleBody, odometer_km: u32, rules: &[RuleVersion]) -> (Option<usize>, Option<usize>) {
        let car = AgedCar {
            registered_on: registered_on.parse().unwrap(),
            odometer_km,
            body,
            condition: CarCondition::Usable,
            early_document: String::new(),
        };
        let known = "2026-12-31T00:00:00Z".parse().unwrap();
        let window = window(&car, 20_000, (rules, &[]), (2027, 5), known);
        (window.may_from, window.must_by)
    }

    #[test]
    fn eight_years_fall_into_their_year() {
        let rules = builtin();
        for (registered_on, expected) in [
            ("2015-01-01", Some(0)),
            ("2019-12-31", Some(0)),
            ("2020-01-01", Some(1)),
            ("2023-06-01", Some(4)),
            ("2024-01-01", None),
        ] {
            assert_eq!(of(registered_on, VehicleBody::Sedan, 0, &rules), (expected, None), "{registered_on}");
        }
    }

    #[test]
    fn a_bus_goes_when_its_twenty_years_are_over() {
        assert_eq!(of("2010-03-01", VehicleBody::LargeBus, 0, &builtin()), (Some(0), Some(3)));
    }

    #[test]
    fn kilometres_of_the_place_are_driven_first() {
        let mut rules = builtin();
        let recorded = "2020-01-01T00:00:00Z".parse().unwrap();
        rules.push(version(RuleKey::RenewalKilometres, None, "2020-01-01", recorded, RuleValue::Number(250_000.0)));
        // 190,000 + 20,000 a year: 250,000 at the end of the third.
        assert_eq!(of("2015-01-01", VehicleBody::Sedan, 190_000, &rules), (Some(2), None));
    }
}
