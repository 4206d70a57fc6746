//! A recurring plan (周期用车): decided on once by the flow of its unit, and made into a request on each of its days.

pub mod day;
pub mod schedule;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;

use self::schedule::Schedule;
use super::TransitionError;
use super::request::Mover;
use super::wish::{Spot, Wish};
use crate::account::Permission;
use crate::calendar::Calendar;
use crate::unit::UnitId;
use crate::vehicle::VehicleCategory;
use crate::word::words;

uuid_id! {
    /// Key of a plan (周期用车计划).
    PlanId
}

uuid_id! {
    /// Key of a way with a name (固定路线).
    RouteId
}

words! {
    /// Where a plan stands (计划状态).
    PlanState, PlanStateError, "plan.state" {
        /// Waits for a decision; nothing comes of it yet.
        Submitted = "submitted", "待审批";
        /// Its days become requests.
        Running = "running", "执行中";
        /// The same, and a change of it waits for a decision.
        Changing = "changing", "变更待审批";
        /// Rests from a day on.
        Paused = "paused", "已暂停";
        /// Is over from a day on.
        Ended = "ended", "已终止";
        /// Was refused.
        Rejected = "rejected", "驳回";
        /// Was taken back before the decision.
        Withdrawn = "withdrawn", "撤回";
    }
}

words! {
    /// What is done to a plan (计划操作).
    PlanAction, PlanActionError, "plan.action" {
        /// Agrees at a step that is not the last.
        Pass = "pass", "同意";
        /// Agrees at the last step.
        Approve = "approve", "批准";
        /// Refuses the plan, or the change of it.
        Reject = "reject", "驳回";
        /// Takes it back, or the change of it.
        Withdraw = "withdraw", "撤回";
        /// Hands in another version that holds from a day on.
        Change = "change", "变更";
        /// Leaves one day out.
        Skip = "skip", "跳过一日";
        /// Leaves out every day from one on.
        Pause = "pause", "暂停";
        /// Goes on.
        Resume = "resume", "恢复";
        /// Ends it from a day on.
        End = "end", "终止";
    }
}

words! {
    /// Where a version of a plan stands (计划版本状态).
    VersionState, VersionStateError, "plan.version_state" {
        /// Waits for a decision.
        Submitted = "submitted", "待审批";
        /// Holds from its day on.
        Approved = "approved", "已批准";
        /// Was refused.
        Rejected = "rejected", "驳回";
        /// Was taken back.
        Withdrawn = "withdrawn", "撤回";
    }
}

use Mover::{Applicant, Holder};
use PlanAction as A;
use PlanState as S;

/// Every legal move. Who asked for the plan keeps it; who dispatches its fleet may leave days out and end it too.
pub const LEGAL: &[(S, A, S, Mover)] = &[
    (S::Submitted, A::Pass, S::Submitted, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Approve, S::Running, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Reject, S::Rejected, Holder(Permission::ApproveTrips)),
    (S::Submitted, A::Withdraw, S::Withdrawn, Applicant),
    (S::Running, A::Change, S::Changing, Applicant),
    (S::Changing, A::Pass, S::Changing, Holder(Permission::ApproveTrips)),
    (S::Changing, A::Approve, S::Running, Holder(Permission::ApproveTrips)),
    (S::Changing, A::Reject, S::Running, Holder(Permission::ApproveTrips)),
    (S::Changing, A::Withdraw, S::Running, Applicant),
    (S::Running, A::Skip, S::Running, Applicant),
    (S::Running, A::Skip, S::Running, Holder(Permission::DispatchTrips)),
    (S::Changing, A::Skip, S::Changing, Applicant),
    (S::Changing, A::Skip, S::Changing, Holder(Permission::DispatchTrips)),
    (S::Running, A::Pause, S::Paused, Applicant),
    (S::Running, A::Pause, S::Paused, Holder(Permission::DispatchTrips)),
    (S::Paused, A::Resume, S::Running, Applicant),
    (S::Paused, A::Resume, S::Running, Holder(Permission::DispatchTrips)),
    (S::Running, A::End, S::Ended, Applicant),
    (S::Running, A::End, S::Ended, Holder(Permission::DispatchTrips)),
    (S::Changing, A::End, S::Ended, Applicant),
    (S::Changing, A::End, S::Ended, Holder(Permission::DispatchTrips)),
    (S::Paused, A::End, S::Ended, Applicant),
    (S::Paused, A::End, S::Ended, Holder(Permission::DispatchTrips)),
];

impl PlanState {
    /// Where the action leads, or why it does not.
    pub fn after(self, action: PlanAction) -> Result<Self, TransitionError> {
        LEGAL.iter().find(|(from, done, ..)| *from == self && *done == action).map(|(_, _, to, _)| *to).ok_or(TransitionError {
            paper: "plan",
            state: self.as_str(),
            action: action.as_str(),
        })
    }

    /// What may be done here by the mover, in the order of the table.
    pub fn moves(self, is_mine: impl Fn(Mover) -> bool) -> Vec<PlanAction> {
        let mut moves: Vec<PlanAction> = Vec::new();
        for (from, action, _, mover) in LEGAL {
            if *from == self && is_mine(*mover) && !moves.contains(action) {
                moves.push(*action);
            }
        }
        moves
    }

    /// Something waits for a decision.
    pub const fn awaits(self) -> bool {
        matches!(self, Self::Submitted | Self::Changing)
    }
}

/// A way with its places (路线).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// Where it begins.
    pub from: Spot,
    /// What lies between, in order.
    pub stops: Vec<Spot>,
    /// Where it leads.
    pub to: Spot,
    /// Ends where it began.
    pub is_round_trip: bool,
}

/// What a plan asks for each time (每趟用车).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanTrip {
    /// A line of the list of reasons.
    pub reason: String,
    /// In words.
    pub purpose: String,
    /// Which cars may be used.
    pub category: VehicleCategory,
    /// Seats of the car, the driver's included.
    pub seats: u32,
    /// How many ride.
    pub passenger_count: u32,
    /// Others who go the same way may ride along.
    pub is_poolable: bool,
    /// Where it goes.
    pub way: Way,
    /// Anything else.
    pub note: String,
}

impl PlanTrip {
    /// The wish of one time: neither confidential nor an emergency, for neither comes round.
    pub fn wish(&self, unit: UnitId, fleet: UnitId, (begins_at, ends_at): (DateTime<Utc>, DateTime<Utc>)) -> Wish {
        Wish {
            unit,
            fleet,
            reason: self.reason.clone(),
            purpose: self.purpose.clone(),
            is_confidential: false,
            is_emergency: false,
            is_poolable: self.is_poolable,
            category: self.category,
            seats: self.seats,
            passengers: Vec::new(),
            passenger_count: self.passenger_count,
            vehicle_count: 1,
            from: self.way.from.clone(),
            to: self.way.to.clone(),
            stops: self.way.stops.clone(),
            is_round_trip: self.way.is_round_trip,
            begins_at,
            ends_at,
            note: self.note.clone(),
        }
    }
}

/// A version that was approved, as far as its days go (计划版本).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// Its number; a later one goes before an earlier one.
    pub version: i16,
    /// On which days.
    pub schedule: Schedule,
    /// When the last of its steps was decided.
    pub at: DateTime<Utc>,
}

/// Which days of a plan count (计划期间).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Versions that were approved.
    pub versions: Vec<Approved>,
    /// A trip that begins before this is not expected.
    pub counts_from: DateTime<Utc>,
    /// Paused from that day on.
    pub paused_from: Option<NaiveDate>,
    /// Over from that day on.
    pub ended_from: Option<NaiveDate>,
}

/// One time of a plan (计划趟次).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The day in Beijing on which it begins.
    pub day: NaiveDate,
    /// By which version.
    pub version: i16,
    /// When the car is to be there.
    pub begins_at: DateTime<Utc>,
    /// When it is free again.
    pub ends_at: DateTime<Utc>,
}

impl Course {
    /// The times of the plan from `first` to `last`, both included, by the days on which people work.
    pub fn due(&self, first: NaiveDate, last: NaiveDate, calendar: &Calendar) -> Vec<Occurrence> {
        first.iter_days().take_while(|day| *day <= last).filter_map(|day| self.on(day, calendar)).collect()
    }

    fn on(&self, day: NaiveDate, calendar: &Calendar) -> Option<Occurrence> {
        let is_out = [self.paused_from, self.ended_from].into_iter().flatten().any(|from| day >= from);
        if is_out {
            return None;
        }
        let holding = self.versions.iter().filter(|approved| approved.schedule.from_on <= day);
        let approved = holding.max_by_key(|approved| approved.version)?;
        if !approved.schedule.falls_on(day, calendar) {
            return None;
        }
        let (begins_at, ends_at) = approved.schedule.span(day);
        let counts = begins_at >= self.counts_from && begins_at >= approved.at;
        counts.then_some(Occurrence { day, version: approved.version, begins_at, ends_at })
    }
}

#[cfg(test)]
mod tests;
