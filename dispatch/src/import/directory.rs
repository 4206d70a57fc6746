//! The units that a table may name: by credit code, by name, or by a path of names where the name alone is not enough.

use std::collections::{HashMap, HashSet};

use crate::unit::spelling::folded;
use crate::unit::{CreditCode, Unit, UnitId, UnitStatus};

/// The units that a table may name (单位目录).
#[derive(Clone, Debug, Default)]
pub struct Directory {
    units: HashMap<UnitId, Unit>,
    by_code: HashMap<CreditCode, UnitId>,
    by_name: HashMap<String, Vec<UnitId>>,
    by_place: HashMap<(Option<UnitId>, String), UnitId>,
    /// Names of units that were closed or merged.
    gone: HashSet<String>,
}

/// What a text that should name a unit turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// This one.
    One(UnitId),
    /// Several.
    Many,
    /// None.
    None,
}

/// The names of a path, the nearest last.
pub(super) fn path(text: &str) -> Vec<String> {
    text.split(['/', '／', '>', '＞', '→']).map(folded).filter(|name| !name.is_empty()).collect()
}

impl FromIterator<Unit> for Directory {
    fn from_iter<I: IntoIterator<Item = Unit>>(units: I) -> Self {
        let mut directory = Self::default();
        for unit in units {
            directory.add(unit);
        }
        directory
    }
}

impl Directory {
    /// Adds a unit. One that was closed or merged keeps its code and is found by nothing else.
    pub fn add(&mut self, unit: Unit) {
        if let Some(code) = &unit.credit_code {
            self.by_code.insert(code.clone(), unit.id);
        }
        if unit.status == UnitStatus::Active {
            let name = folded(&unit.name);
            self.by_name.entry(name.clone()).or_default().push(unit.id);
            self.by_place.insert((unit.parent, name), unit.id);
        } else {
            self.gone.insert(folded(&unit.name));
        }
        self.units.insert(unit.id, unit);
    }

    pub(super) fn get(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    pub(super) fn by_code(&self, code: &CreditCode) -> Option<&Unit> {
        self.by_code.get(code).and_then(|id| self.units.get(id))
    }

    pub(super) fn by_place(&self, parent: Option<UnitId>, name: &str) -> Option<&Unit> {
        self.by_place.get(&(parent, folded(name))).and_then(|id| self.units.get(id))
    }

    /// The unit that `text` names: its credit code, its name, or names from somewhere above down to it, with `/` between.
    pub(super) fn find(&self, text: &str) -> Named {
        if let Some(unit) = text.parse::<CreditCode>().ok().and_then(|code| self.by_code(&code)) {
            return Named::One(unit.id);
        }
        let path = path(text);
        let Some(last) = path.last() else { return Named::None };
        let candidates = self.by_name.get(last).map(Vec::as_slice).unwrap_or_default();
        let mut fitting = candidates.iter().copied().filter(|id| self.ends_with(*id, &path));
        match (fitting.next(), fitting.next()) {
            (None, _) => Named::None,
            (Some(one), None) => Named::One(one),
            (Some(_), Some(_)) => Named::Many,
        }
    }

    /// The unit that a cell names, or what is wrong with it.
    pub(super) fn named(&self, text: &str) -> Result<UnitId, &'static str> {
        match self.find(text) {
            Named::One(unit) if self.get(unit).is_some_and(|unit| unit.status != UnitStatus::Active) => Err("import.unit_gone"),
            Named::One(unit) => Ok(unit),
            Named::Many => Err("import.unit_ambiguous"),
            Named::None if text.is_empty() => Err("import.empty"),
            Named::None => Err("import.unit_unknown"),
        }
    }

    /// The unit is called so.
    pub(super) fn is_called(&self, unit: UnitId, text: &str) -> bool {
        self.units.get(&unit).is_some_and(|unit| folded(&unit.name) == folded(text))
    }

    /// A unit of that name or credit code was closed or merged.
    pub(super) fn is_gone(&self, text: &str) -> bool {
        self.gone.contains(&folded(text))
    }

    /// A unit and its superiors, itself first: those of the directory, and `above` what it is cut off at.
    pub(super) fn line(&self, unit: UnitId, above: &HashMap<UnitId, Vec<UnitId>>) -> Vec<UnitId> {
        let mut line = vec![unit];
        let mut at = self.units.get(&unit);
        while let Some(parent) = at.and_then(|unit| unit.parent).and_then(|parent| self.units.get(&parent)) {
            // A tree has no circle; what the store says is not followed further than it has units all the same.
            if line.len() > self.units.len() {
                break;
            }
            line.push(parent.id);
            at = Some(parent);
        }
        let top = line.last().copied().unwrap_or(unit);
        line.extend(above.get(&top).into_iter().flatten().copied());
        line
    }

    /// The unit's line of names ends with `path`.
    fn ends_with(&self, id: UnitId, path: &[String]) -> bool {
        let mut at = Some(id);
        path.iter().rev().all(|name| {
            let unit = at.and_then(|id| self.units.get(&id));
            at = unit.and_then(|unit| unit.parent);
            unit.is_some_and(|unit| folded(&unit.name) == *name)
        })
    }
}
