//! Which value holds: for a unit, on a day, as far as was known at an instant.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use telematics::uuid_id;

use super::key::RuleKey;
use super::spec::Local;
use super::value::RuleValue;
use crate::account::AccountId;
use crate::unit::UnitId;

uuid_id! {
    /// Key of a version of a rule's value (规则版本).
    RuleVersionId
}

/// A value from a day on (规则版本): never edited; a correction is another version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleVersion {
    /// Key.
    pub id: RuleVersionId,
    /// Of what.
    pub key: RuleKey,
    /// Whose rule; `None` for what the product brings along, which holds for all.
    pub unit: Option<UnitId>,
    /// First day on which it holds, in Beijing time.
    pub from: NaiveDate,
    /// What holds; `None`: from that day on, what the unit above says.
    pub value: Option<RuleValue>,
    /// Where it stands: law, document, page.
    pub source: String,
    /// Number of the document that decided it.
    pub document: Option<String>,
    /// Who proposed it; nobody for what the product brings along.
    pub proposed_by: Option<AccountId>,
    /// Who approved it.
    pub approved_by: Option<AccountId>,
    /// Since when it is known here.
    pub recorded_at: DateTime<Utc>,
}

/// The value that holds, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved<'a> {
    /// What holds.
    pub value: RuleValue,
    /// The version that decided it: the nearest one that changed the outcome.
    pub version: &'a RuleVersion,
}

/// The value of `key` for the unit whose line of superiors, itself first, is `line`.
///
/// It is the newest version effective on `on` among those recorded by `known_at`, the nearest unit's before a farther one's. The
/// topmost unit speaks for the whole; below it a value counts as far as the key lets units go their own way. Where only stricter
/// is allowed and the unit above has become stricter meanwhile, the stricter one holds.
pub fn resolve<'a>(
    versions: &'a [RuleVersion],
    key: RuleKey,
    line: &[UnitId],
    on: NaiveDate,
    known_at: DateTime<Utc>,
) -> Option<Resolved<'a>> {
    let newest = |unit: Option<UnitId>| {
        let known = versions.iter().filter(|version| version.key == key && version.unit == unit);
        let effective = known.filter(|version| version.from <= on && version.recorded_at <= known_at);
        effective.max_by_key(|version| (version.from, version.recorded_at, version.id))
    };
    let stated = |unit: Option<UnitId>| newest(unit).and_then(|version| Some((version, version.value.as_ref()?)));
    let spec = key.spec();
    let mut held: Option<Resolved<'a>> = stated(None).map(|(version, value)| Resolved { value: value.clone(), version });
    for (depth, unit) in line.iter().rev().enumerate() {
        let Some((version, value)) = stated(Some(*unit)) else { continue };
        let local = if depth == 0 { Local::Free } else { spec.local };
        held = Some(match held {
            None => Resolved { value: value.clone(), version },
            Some(above) => {
                let value = value.under(&above.value, local, &spec.kind);
                if value == above.value { above } else { Resolved { value, version } }
            }
        });
    }
    held
}
