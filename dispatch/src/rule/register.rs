//! The register itself: one entry a key, by chapter, with what the product brings along.

mod calendar;
mod energy;
mod equipment;
mod law;
mod money;
mod renewal;
mod renewal_plan;
mod security;
mod supervision;
mod tracking;
mod trips;

use super::key::RuleKey;
use super::spec::{Builtin, RuleSpec};
use super::value::RuleValue;

/// The chapters, in the order of the page.
const CHAPTERS: &[&[RuleSpec]] = &[
    equipment::SPECS,
    renewal::SPECS,
    renewal_plan::SPECS,
    supervision::SPECS,
    tracking::SPECS,
    trips::SPECS,
    money::SPECS,
    energy::SPECS,
    calendar::SPECS,
    security::SPECS,
    law::SPECS,
];

/// Every entry, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static RuleSpec> {
    CHAPTERS.iter().flat_map(|chapter| chapter.iter())
}

impl RuleKey {
    /// What the register says of it.
    pub fn spec(self) -> &'static RuleSpec {
        all().find(|spec| spec.key == self).expect("every key has an entry, by test")
    }
}

impl RuleSpec {
    /// The versions that the product brings along, as values of the register.
    pub fn builtin_values(&self) -> impl Iterator<Item = (&'static Builtin, RuleValue)> + '_ {
        self.builtin.iter().map(|builtin| (builtin, RuleValue::of_builtin(&builtin.value, &self.kind)))
    }
}
