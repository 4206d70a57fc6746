//! Fuel taken in and taken out (加油、油量骤降): the level at a standstill, compared with the level that it began with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Events, Moment, seconds};
use crate::event::{EventKind, FuelChange};
use crate::policy::Policy;
use crate::quantity::{Share, Volume};

/// The level before, the last readings, and a change that has not settled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The level is in litres, not per cent.
    pub(super) in_litres: bool,
    /// Level while moving, or when the standstill began.
    pub(super) base: Option<f64>,
    /// The two readings before this one, for a median of three: one wild reading says nothing.
    pub(super) before: (Option<f64>, Option<f64>),
    /// The changed level and since when it has rested.
    pub(super) changed: Option<(f64, DateTime<Utc>)>,
    /// At the reading before this one the vehicle was under way.
    pub(super) was_moving: bool,
    /// When the standstill of `base` began, and whether the vehicle was seen moving since.
    pub(super) stood_since: Option<DateTime<Utc>>,
    pub(super) has_moved: bool,
}

pub(super) fn apply(
    memory: &mut Memory,
    moment: &Moment<'_>,
    stood_since: Option<DateTime<Utc>>,
    policy: &Policy,
    events: &mut Events,
) {
    let reading = &moment.seen.reading;
    let (level, in_litres) = match (reading.fuel.map(Volume::litres), reading.fuel_share.map(Share::pct)) {
        (Some(litres), _) => (litres, true),
        (None, Some(pct)) if !memory.in_litres => (pct, false),
        _ => return,
    };
    if in_litres != memory.in_litres {
        *memory = Memory { in_litres, ..Memory::default() };
    }
    let Some(level) = memory.median(level) else { return };
    memory.begin_standstill(stood_since);
    memory.has_moved |= moment.moving;
    let Some(base) = memory.base else {
        memory.base = Some(level);
        return;
    };
    let least = if in_litres { policy.fuel_change_l } else { policy.fuel_change_pct };
    // What differs when the vehicle is already under way slopped there; what differs as it sets out came before.
    let was_moving = std::mem::replace(&mut memory.was_moving, moment.moving);
    let settled = if was_moving { None } else { memory.settle(base, level, least, moment, policy) };
    if let Some(to) = settled {
        let kind = if to > base { EventKind::Refuelled } else { EventKind::FuelDropped };
        events.push(moment.now, kind(change(in_litres, base, to)));
        memory.base = Some(to);
        memory.changed = None;
    } else if moment.moving {
        memory.base = Some(level);
        memory.changed = None;
    }
}

impl Memory {
    /// The middle of the last three readings, once there are three.
    fn median(&mut self, level: f64) -> Option<f64> {
        let (first, second) = self.before;
        self.before = (second, Some(level));
        let (first, second) = first.zip(second)?;
        Some(first.min(second).max(first.max(second).min(level)))
    }

    /// At another place without having been seen on the way there: what was used on it is not known.
    fn begin_standstill(&mut self, stood_since: Option<DateTime<Utc>>) {
        if stood_since.is_none() || stood_since == self.stood_since {
            return;
        }
        if !self.has_moved {
            (self.base, self.changed) = (None, None);
        }
        (self.stood_since, self.has_moved) = (stood_since, false);
    }

    /// The new level, once it differs enough from `base` and rests, or the vehicle drives off with it.
    fn settle(&mut self, base: f64, level: f64, least: f64, moment: &Moment<'_>, policy: &Policy) -> Option<f64> {
        if (level - base).abs() < least {
            self.changed = None;
            return None;
        }
        let (resting, since) = *self.changed.get_or_insert((level, moment.now));
        // Still running in or out: a tenth of what counts as a change.
        if (level - resting).abs() > least / 10.0 {
            self.changed = Some((level, moment.now));
        } else if seconds(since, moment.now) >= f64::from(policy.fuel_settle_secs) {
            return Some(level);
        }
        moment.moving.then_some(level)
    }
}

const fn change(in_litres: bool, from: f64, to: f64) -> FuelChange {
    if in_litres { FuelChange::Litres { from_l: from, to_l: to } } else { FuelChange::Percent { from_pct: from, to_pct: to } }
}
