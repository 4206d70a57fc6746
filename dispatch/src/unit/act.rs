//! What may be decided about a unit: founded, changed, moved, merged, closed; each on a day, by a document, for a reason.

use chrono::NaiveDate;
use thiserror::Error;

use super::{Level, Unit, UnitKind, UnitStatus};
use crate::word::words;

words! {
    /// What is decided about a unit (机构变动).
    UnitAct, UnitActError, "unit.act" {
        /// It begins.
        Found = "found", "设立";
        /// It gets another name, level, region, code or kind.
        Change = "change", "变更";
        /// It is put below another unit, with everything below it.
        Move = "move", "划转";
        /// Another unit takes over its people, vehicles, devices and parts.
        Merge = "merge", "并入";
        /// It is dissolved.
        Close = "close", "撤销";
        /// A dissolved unit works again.
        Restore = "restore", "恢复";
    }
}

/// Every legal act: what the unit is, what is decided, what it is then. The page offers what stands here.
const LEGAL: &[(UnitStatus, UnitAct, UnitStatus)] = &[
    (UnitStatus::Active, UnitAct::Change, UnitStatus::Active),
    (UnitStatus::Active, UnitAct::Move, UnitStatus::Active),
    (UnitStatus::Active, UnitAct::Merge, UnitStatus::Merged),
    (UnitStatus::Active, UnitAct::Close, UnitStatus::Closed),
    (UnitStatus::Closed, UnitAct::Restore, UnitStatus::Active),
];

/// Longest document number and reason.
const TEXT_LENGTH: usize = 200;

/// A decision about a unit (机构变动决定): what, from which day, by which document (批准文号), and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitDecision {
    /// What is decided.
    pub act: UnitAct,
    /// The day from which it counts.
    pub on: NaiveDate,
    /// Number of the document that decided it.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// What stands around a unit when something is decided about it (单位现状).
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// The unit; for a change as it is to be.
    pub unit: &'a Unit,
    /// The unit above, as long as it stays there.
    pub above: Option<&'a Unit>,
    /// The new superior of a move, the successor of a merger.
    pub target: Option<&'a Unit>,
    /// The target stands below the unit.
    pub target_is_below: bool,
    /// Level of the highest unit that still works directly below; none when there is none.
    pub highest_child: Option<Level>,
    /// A unit that still works directly below lies outside the region that is to be.
    pub child_is_outside: bool,
    /// Its own vehicles and devices, without those of units below.
    pub vehicles: u64,
    /// Its own accounts that are not disabled.
    pub accounts: u64,
    /// The day of the last decision about it.
    pub last_on: Option<NaiveDate>,
    /// Today.
    pub today: NaiveDate,
}

/// Why something may not be decided about a unit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActRefusal {
    /// The act does not belong to the unit's status.
    #[error("a unit that is {} cannot have this done: {}", .status.as_str(), .act.as_str())]
    Status {
        /// What it is.
        status: UnitStatus,
        /// What was asked for.
        act: UnitAct,
    },
    /// A move or a merger without the other unit.
    #[error("the other unit is not named")]
    NoTarget,
    /// The other unit is the unit itself, or stands below it.
    #[error("a unit cannot stand below itself")]
    Circle,
    /// The other unit was closed or merged.
    #[error("the other unit does not work any more")]
    TargetGone,
    /// It stands there already.
    #[error("the unit stands there already")]
    SamePlace,
    /// A superior of a lower level.
    #[error("a unit stands below none of a lower level")]
    LevelOrder,
    /// A department or a fleet of another level than its unit's.
    #[error("a department or a fleet has the level of its unit")]
    PartLevel,
    /// A region outside its superior's.
    #[error("the region lies outside that of the unit above")]
    RegionOutside,
    /// The unit at the top of the tree.
    #[error("the unit at the top can only be changed")]
    Top,
    /// There are units below that still work.
    #[error("units below it still work: move, merge or close them first")]
    Children,
    /// There are vehicles or devices.
    #[error("it still has {count} vehicles or devices: hand them over first, or merge it")]
    Vehicles {
        /// How many.
        count: u64,
    },
    /// There are accounts.
    #[error("it still has {count} accounts: move or disable them first, or merge it")]
    Accounts {
        /// How many.
        count: u64,
    },
    /// A day before the last decision.
    #[error("the day lies before the last decision about the unit, {last}")]
    Early {
        /// The day of the last decision.
        last: NaiveDate,
    },
    /// A day to come.
    #[error("the day is still to come")]
    Late,
    /// No document.
    #[error("the document that decided it has a number of 1 to {TEXT_LENGTH} characters")]
    Document,
    /// No reason, or too long a one.
    #[error("the reason has 1 to {TEXT_LENGTH} characters")]
    Reason,
}

impl ActRefusal {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Status { .. } => "unit.act_status",
            Self::NoTarget => "unit.no_target",
            Self::Circle => "unit.circle",
            Self::TargetGone => "unit.target_gone",
            Self::SamePlace => "unit.same_place",
            Self::LevelOrder => "unit.level_order",
            Self::PartLevel => "unit.part_level",
            Self::RegionOutside => "unit.region_outside",
            Self::Top => "unit.top",
            Self::Children => "unit.has_children",
            Self::Vehicles { .. } => "unit.has_vehicles",
            Self::Accounts { .. } => "unit.has_accounts",
            Self::Early { .. } => "unit.day_early",
            Self::Late => "unit.day_late",
            Self::Document => "unit.document",
            Self::Reason => "unit.reason",
        }
    }
}

/// What may be decided about a unit that is `status`.
pub fn allowed(status: UnitStatus) -> impl Iterator<Item = UnitAct> {
    LEGAL.iter().filter(move |(from, ..)| *from == status).map(|(_, act, _)| *act)
}

/// `unit` may stand below `above`: no higher in level, within its region, a part with its unit's level.
pub fn may_stand_below(unit: &Unit, above: &Unit) -> Vec<ActRefusal> {
    let mut refused = Vec::new();
    if matches!(unit.kind, UnitKind::Department | UnitKind::Fleet) {
        if unit.level != above.level {
            refused.push(ActRefusal::PartLevel);
        }
    } else if unit.level < above.level {
        refused.push(ActRefusal::LevelOrder);
    }
    if !above.region.covers(&unit.region) {
        refused.push(ActRefusal::RegionOutside);
    }
    refused
}

/// What the unit is after `decision`, or everything that stands against it.
pub fn decide(decision: &UnitDecision, around: &Surroundings<'_>) -> Result<UnitStatus, Vec<ActRefusal>> {
    let (unit, act) = (around.unit, decision.act);
    let mut refused = paper(decision, around);
    let becomes = match act {
        UnitAct::Found => Some(UnitStatus::Active),
        _ => LEGAL.iter().find(|(from, legal, _)| *from == unit.status && *legal == act).map(|(.., becomes)| *becomes),
    };
    if becomes.is_none() {
        refused.push(ActRefusal::Status { status: unit.status, act });
    }
    match act {
        UnitAct::Found | UnitAct::Change | UnitAct::Restore => refused.extend(standing(around)),
        UnitAct::Move => refused.extend(moved(around)),
        UnitAct::Merge => refused.extend(merged(around)),
        UnitAct::Close => refused.extend(closed(around)),
    }
    match becomes {
        Some(becomes) if refused.is_empty() => Ok(becomes),
        _ => Err(refused),
    }
}

/// The day and the papers.
fn paper(decision: &UnitDecision, around: &Surroundings<'_>) -> Vec<ActRefusal> {
    let mut refused = Vec::new();
    if let Some(last) = around.last_on.filter(|last| decision.on < *last) {
        refused.push(ActRefusal::Early { last });
    }
    if decision.on > around.today {
        refused.push(ActRefusal::Late);
    }
    let is_filled = |text: &str| (1..=TEXT_LENGTH).contains(&text.trim().chars().count());
    if !is_filled(&decision.document) {
        refused.push(ActRefusal::Document);
    }
    if !is_filled(&decision.reason) {
        refused.push(ActRefusal::Reason);
    }
    refused
}

/// As it is to be, it fits between the unit above and those below.
fn standing(around: &Surroundings<'_>) -> Vec<ActRefusal> {
    let mut refused = around.above.map(|above| may_stand_below(around.unit, above)).unwrap_or_default();
    if around.above.is_some_and(|above| above.status != UnitStatus::Active) {
        refused.push(ActRefusal::TargetGone);
    }
    if around.highest_child.is_some_and(|child| child < around.unit.level) {
        refused.push(ActRefusal::LevelOrder);
    }
    if around.child_is_outside {
        refused.push(ActRefusal::RegionOutside);
    }
    refused
}

/// The other unit, if it can be one.
fn other<'a>(around: &Surroundings<'a>, refused: &mut Vec<ActRefusal>) -> Option<&'a Unit> {
    if around.unit.parent.is_none() {
        refused.push(ActRefusal::Top);
    }
    let Some(target) = around.target else {
        refused.push(ActRefusal::NoTarget);
        return None;
    };
    if target.id == around.unit.id || around.target_is_below {
        refused.push(ActRefusal::Circle);
    }
    if target.status != UnitStatus::Active {
        refused.push(ActRefusal::TargetGone);
    }
    Some(target)
}

fn moved(around: &Surroundings<'_>) -> Vec<ActRefusal> {
    let mut refused = Vec::new();
    if let Some(target) = other(around, &mut refused) {
        if around.unit.parent == Some(target.id) {
            refused.push(ActRefusal::SamePlace);
        }
        refused.extend(may_stand_below(around.unit, target));
    }
    refused
}

/// The successor takes everything over, parts included, so it must be able to stand above them.
fn merged(around: &Surroundings<'_>) -> Vec<ActRefusal> {
    let mut refused = Vec::new();
    if let Some(target) = other(around, &mut refused) {
        if around.highest_child.is_some_and(|child| child < target.level) {
            refused.push(ActRefusal::LevelOrder);
        }
        if around.child_is_outside {
            refused.push(ActRefusal::RegionOutside);
        }
    }
    refused
}

fn closed(around: &Surroundings<'_>) -> Vec<ActRefusal> {
    let mut refused = Vec::new();
    if around.unit.parent.is_none() {
        refused.push(ActRefusal::Top);
    }
    if around.highest_child.is_some() {
        refused.push(ActRefusal::Children);
    }
    if around.vehicles > 0 {
        refused.push(ActRefusal::Vehicles { count: around.vehicles });
    }
    if around.accounts > 0 {
        refused.push(ActRefusal::Accounts { count: around.accounts });
    }
    refused
}

#[cfg(test)]
mod tests;
