//! The numbers of the register that the comparison uses, as they hold for a unit on a day.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::rule::spec::{Kind, Measure};
use crate::rule::value::RuleValue;
use crate::unit::UnitId;

/// What is read.
const KEYS: &[RuleKey] = &[
    RuleKey::UnorderedMove,
    RuleKey::OrderTolerance,
    RuleKey::Detour,
    RuleKey::OffRoute,
    RuleKey::ReturnBy,
    RuleKey::BaseRadius,
    RuleKey::SensitiveStop,
    RuleKey::OverdueReturn,
    RuleKey::MileageMismatch,
    RuleKey::AlarmHandling,
    RuleKey::ExplainWithin,
];

/// What is allowed (比对限值). Where the register says nothing, nothing is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingLimits {
    numbers: Vec<(RuleKey, f64)>,
    classes: Vec<String>,
}

impl FindingLimits {
    /// The limits that hold for the unit with this line of superiors, itself first.
    pub fn of(versions: &[RuleVersion], line: &[UnitId], on: NaiveDate, known_at: DateTime<Utc>) -> Self {
        let value = |key: RuleKey| resolve(versions, key, line, on, known_at).map(|resolved| resolved.value);
        let numbers = KEYS.iter().filter_map(|key| Some((*key, value(*key)?.number()?))).collect();
        let classes = match value(RuleKey::SensitivePlaces) {
            Some(RuleValue::Texts(classes)) => classes,
            _ => Vec::new(),
        };
        Self { numbers, classes }
    }

    /// The keys that are read.
    pub fn keys() -> impl Iterator<Item = RuleKey> {
        KEYS.iter().copied().chain([RuleKey::SensitivePlaces])
    }

    /// The number, in the measure of its key.
    pub fn number(&self, key: RuleKey) -> Option<f64> {
        self.numbers.iter().find(|(known, _)| *known == key).map(|(_, number)| *number)
    }

    /// The number as a time, for a key that is one.
    #[expect(clippy::cast_possible_truncation, reason = "the register's bounds are some days at most")]
    pub fn time(&self, key: RuleKey) -> Option<TimeDelta> {
        let Kind::Number(bounds) = key.spec().kind else { return None };
        let secs = match bounds.measure {
            Measure::Second => 1.0,
            Measure::Minute | Measure::TimeOfDay => 60.0,
            Measure::Hour => 3600.0,
            _ => return None,
        };
        Some(TimeDelta::seconds((self.number(key)? * secs) as i64))
    }

    /// Places of that kind are sensitive.
    pub fn is_sensitive(&self, class: &str) -> bool {
        self.classes.iter().any(|listed| listed == class)
    }

    /// The kinds of sensitive place.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::tests::{builtin, unit, version};

    #[test]
    fn every_number_has_a_value_and_a_stricter_unit_has_its_own() {
        let (on, at) = ("2026-03-02".parse().unwrap(), "2026-03-02T04:00:00Z".parse().unwrap());
        let mut versions = builtin();
        let limits = FindingLimits::of(&versions, &[unit(1)], on, at);
        assert!(KEYS.iter().all(|key| limits.number(*key).is_some()), "{limits:?}");
        assert_eq!(limits.time(RuleKey::OrderTolerance), Some(TimeDelta::minutes(15)));
        assert_eq!(limits.time(RuleKey::ReturnBy), Some(TimeDelta::hours(22)));
        assert_eq!(limits.time(RuleKey::ExplainWithin), Some(TimeDelta::hours(24)));
        assert_eq!(limits.time(RuleKey::Detour), None, "a share is no time");
        assert!(limits.is_sensitive("宾馆酒店") && !limits.is_sensitive("机关"));
        versions.push(version(RuleKey::Detour, Some(2), "2026-01-01", at, RuleValue::Number(10.0)));
        assert_eq!(FindingLimits::of(&versions, &[unit(2), unit(1)], on, at).number(RuleKey::Detour), Some(10.0));
        assert_eq!(FindingLimits::of(&versions, &[unit(1)], on, at).number(RuleKey::Detour), Some(20.0));
        assert_eq!(FindingLimits::of(&[], &[], on, at), FindingLimits::default());
    }
}
