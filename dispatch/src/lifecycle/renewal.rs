//! Whether a car may be renewed (更新条件): years to the day, kilometres where a place asks for them, compulsory scrap, and that what can
//! still be used is used on.

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::standard::VehicleBody;
use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::rule::value::{Cell, Row};
use crate::unit::UnitId;
use crate::word::words;

words! {
    /// In which state a car is found (车况鉴定).
    CarCondition, CarConditionError, "renewal.condition" {
        /// It can still be used.
        Usable = "usable", "可继续使用";
        /// It cannot be used on.
        Worn = "worn", "不能继续使用";
        /// It has failed its inspections for good.
        Failed = "failed", "检验不合格应当报废";
    }
}

words! {
    /// On what ground a car may be renewed (更新依据).
    RenewalGround, RenewalGroundError, "renewal.ground" {
        /// It has been used long enough.
        Years = "years", "达到更新年限";
        /// It must be scrapped.
        ForcedScrap = "forced_scrap", "达到强制报废";
        /// A document lets it go early.
        Early = "early", "提前更新批准";
    }
}

/// What is known of a car (待更新车辆).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgedCar {
    /// Day of its first registration.
    pub registered_on: NaiveDate,
    /// Kilometres it has been driven.
    pub odometer_km: u32,
    /// Its body.
    pub body: VehicleBody,
    /// How it was found.
    pub condition: CarCondition,
    /// Number of the document that approves an early renewal; empty where there is none.
    pub early_document: String,
}

/// Why a car is not renewed yet (不予更新原因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RenewalError {
    /// It has not been used long enough.
    #[error("the car may be renewed from {from} on")]
    Years {
        /// The first day on which it may.
        from: NaiveDate,
    },
    /// It has not been driven far enough.
    #[error("the car has to be driven {required} km, and was driven {found}")]
    Kilometres {
        /// What the place asks for.
        required: u32,
        /// What it was driven.
        found: u32,
    },
    /// It can still be used.
    #[error("a car that can still be used is used on")]
    Usable,
}

impl RenewalError {
    /// The stable code of the error; its words name the clause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Years { .. } => "renewal.years",
            Self::Kilometres { .. } => "renewal.kilometres",
            Self::Usable => "renewal.usable",
        }
    }
}

/// On what ground the car may be renewed on a day by the rules of its unit, or why it may not.
pub fn ground(
    car: &AgedCar,
    versions: &[RuleVersion],
    line: &[UnitId],
    on: NaiveDate,
    known_at: DateTime<Utc>,
) -> Result<RenewalGround, RenewalError> {
    let held = |key| resolve(versions, key, line, on, known_at);
    let number = |key| held(key).and_then(|held| held.value.number()).map(whole).unwrap_or_default();
    let is_scrap = car.condition == CarCondition::Failed
        || held(RuleKey::ForcedScrap).is_some_and(|held| is_beyond(car, held.value.rows(), on));
    if is_scrap {
        return Ok(RenewalGround::ForcedScrap);
    }
    if !car.early_document.trim().is_empty() {
        return Ok(RenewalGround::Early);
    }
    let (years, kilometres) = (number(RuleKey::RenewalYears), number(RuleKey::RenewalKilometres));
    let from = anniversary(car.registered_on, years);
    if on < from {
        return Err(RenewalError::Years { from });
    }
    if car.odometer_km < kilometres {
        return Err(RenewalError::Kilometres { required: kilometres, found: car.odometer_km });
    }
    if car.condition == CarCondition::Usable { Err(RenewalError::Usable) } else { Ok(RenewalGround::Years) }
}

/// The day so many years later; of 29 February the last of the month.
pub fn anniversary(day: NaiveDate, years: u32) -> NaiveDate {
    day.checked_add_months(Months::new(years.saturating_mul(12))).unwrap_or(NaiveDate::MAX)
}

/// The years that the compulsory scrap of the body allows are over.
fn is_beyond(car: &AgedCar, rows: &[Row], on: NaiveDate) -> bool {
    let row = rows.iter().find(|row| row.get("body").and_then(Cell::text) == Some(car.body.as_str()));
    let years = row.and_then(|row| row.get("years")).and_then(Cell::number).map(whole);
    years.is_some_and(|years| on >= anniversary(car.registered_on, years))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "years and kilometres, by the register's bounds")]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::tests::{builtin, version};
    use crate::rule::value::RuleValue;

    fn car(registered_on: &str) -> AgedCar {
        AgedCar {
            registered_on: registered_on.parse().unwrap(),
            odometer_km: 180_000,
            body: VehicleBody::Sedan,
            condition: CarCondition::Worn,
            early_document: String::new(),
        }
    }

    fn asked(car: &AgedCar, versions: &[RuleVersion], on: &str) -> Result<RenewalGround, &'static str> {
        let known = "2026-12-31T00:00:00Z".parse().unwrap();
        ground(car, versions, &[], on.parse().unwrap(), known).map_err(|error| error.code())
    }

    #[test]
    fn eight_years_are_eight_years_to_the_day() {
        let (old, rules) = (car("2018-03-02"), builtin());
        for (on, expected) in [
            ("2026-03-01", Err("renewal.years")),
            ("2026-03-02", Ok(RenewalGround::Years)),
            ("2030-01-01", Ok(RenewalGround::Years)),
        ] {
            assert_eq!(asked(&old, &rules, on), expected, "{on}");
        }
        assert_eq!(asked(&car("2016-02-29"), &rules, "2024-02-28"), Err("renewal.years"));
        assert_eq!(asked(&car("2016-02-29"), &rules, "2024-02-29"), Ok(RenewalGround::Years));
        let refused = ground(&old, &rules, &[], "2026-03-01".parse().unwrap(), "2026-12-31T00:00:00Z".parse().unwrap());
        assert_eq!(refused, Err(RenewalError::Years { from: "2026-03-02".parse().unwrap() }), "and says from when on");
    }

    #[test]
    fn what_can_still_be_used_is_used_on() {
        let usable = AgedCar { condition: CarCondition::Usable, ..car("2010-01-01") };
        assert_eq!(asked(&usable, &builtin(), "2026-03-02"), Err("renewal.usable"));
    }

    #[test]
    fn a_place_may_ask_for_kilometres_too() {
        let mut rules = builtin();
        let recorded = "2020-01-01T00:00:00Z".parse().unwrap();
        rules.push(version(RuleKey::RenewalKilometres, None, "2020-01-01", recorded, RuleValue::Number(250_000.0)));
        let driven = |odometer_km| AgedCar { odometer_km, ..car("2010-01-01") };
        assert_eq!(asked(&driven(249_999), &rules, "2026-03-02"), Err("renewal.kilometres"));
        assert_eq!(asked(&driven(250_000), &rules, "2026-03-02"), Ok(RenewalGround::Years));
        assert_eq!(asked(&driven(0), &builtin(), "2026-03-02"), Ok(RenewalGround::Years), "the nation does not");
    }

    #[test]
    fn early_needs_a_document_and_forced_scrap_nothing_more() {
        let young =
            AgedCar {
                early_document: "浙事管〔2026〕9号".to_owned(), condition: CarCondition::Usable, ..car("2024-01-01")
            };
        assert_eq!(asked(&young, &builtin(), "2026-03-02"), Ok(RenewalGround::Early));
        assert_eq!(asked(&AgedCar { early_document: " ".to_owned(), ..young }, &builtin(), "2026-03-02"), Err("renewal.years"));
        let failed = AgedCar { condition: CarCondition::Failed, ..car("2024-01-01") };
        assert_eq!(asked(&failed, &builtin(), "2026-03-02"), Ok(RenewalGround::ForcedScrap));
        let bus = AgedCar { body: VehicleBody::MediumBus, condition: CarCondition::Usable, ..car("2006-03-02") };
        assert_eq!(asked(&bus, &builtin(), "2026-03-02"), Ok(RenewalGround::ForcedScrap), "20 years of a medium bus");
        assert_eq!(asked(&bus, &builtin(), "2026-03-01"), Err("renewal.usable"));
    }
}
