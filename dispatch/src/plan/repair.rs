//! A standing plan when something happens: a car fails, a request is withdrawn or comes in, a journey takes longer.
//!
//! What has left by then stays as it is. Everything else may be given another car, but every other journey that moves has to be told
//! to somebody: whoever is touched by what happened goes to the cheapest car that has room, and only where none has, one other
//! journey is moved to make room, then two, up to as many as are allowed. An emergency may at last take the place of a request that is
//! none. The answer is a problem as it now is and a plan for it, which the judge holds to the same rules as any.

mod chain;
mod line;
mod places;
mod standing;
mod tell;

use chrono::{DateTime, Utc};
use serde::Serialize;
use thiserror::Error;

use super::problem::{Problem, Request};
use super::solution::Plan;
use crate::word::words;

use self::standing::Standing;

/// Something that happens to a plan (突发情况).
#[derive(Clone, Debug, PartialEq)]
pub enum PlanEvent {
    /// The car stands still from then on: an index of the cars.
    CarFails(usize),
    /// Nobody wants this request any more: an index of the requests.
    Cancelled(usize),
    /// Somebody else wants to be driven.
    Asked(Box<Request>),
    /// The journey of this request takes so many seconds longer.
    Late {
        /// An index of the requests.
        request: usize,
        /// Seconds.
        seconds: u32,
    },
}

/// What is allowed to a repair (调整限度).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepairLimits {
    /// Journeys that may be moved besides those that are touched by what happened.
    pub others: usize,
}

words! {
    /// Why a journey is no longer where it was (调整原因).
    Why, WhyError, "plan.moved_why" {
        /// Its car failed.
        CarFailed = "car_failed", "原车故障";
        /// Its car failed with the passengers on board: they have to be asked where they stand.
        OnBoard = "on_board", "行程中车辆故障";
        /// The journey before it in the same car takes too long.
        CarLate = "car_late", "前序行程晚点";
        /// It is new.
        Asked = "asked", "新增申请";
        /// It made room for another.
        MadeRoom = "made_room", "为其他行程让车";
        /// It was left out, and there is room now.
        RoomNow = "room_now", "已有空余车辆";
    }
}

/// A request that changed its car (调整明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MovedRequest {
    /// The request.
    pub request: String,
    /// The car that it had; nothing: none.
    pub from: Option<String>,
    /// The car that it has now; nothing: none.
    pub to: Option<String>,
    /// Why.
    pub why: Why,
}

/// A plan that is whole again (调整后的计划).
#[derive(Clone, Debug, PartialEq)]
pub struct RepairedPlan {
    /// The problem as it now is.
    pub problem: Problem,
    /// The plan for it.
    pub plan: Plan,
    /// Every request that changed its car, in order of the problem.
    pub moved: Vec<MovedRequest>,
}

/// Why a plan is not repaired.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepairError {
    /// An index that leads nowhere.
    #[error("there is no such request or car")]
    Unknown,
    /// Who is on the way cannot withdraw.
    #[error("the journey has begun")]
    Begun,
    /// The plan is none for the problem.
    #[error("the plan names what the problem does not know: {0}")]
    NoPlan(String),
}

impl RepairError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "plan.repair_unknown",
            Self::Begun => "plan.repair_begun",
            Self::NoPlan(_) => "plan.repair_no_plan",
        }
    }
}

/// The plan after something happened at the moment `at`. It depends on nothing but what is given.
pub fn repair(
    problem: &Problem,
    plan: &Plan,
    event: &PlanEvent,
    at: DateTime<Utc>,
    limits: RepairLimits,
) -> Result<RepairedPlan, RepairError> {
    let mut standing = Standing::of(problem, plan, at)?;
    let touched = match event {
        PlanEvent::CarFails(car) => standing.fail(*car)?,
        PlanEvent::Cancelled(request) => standing.cancel(*request)?,
        PlanEvent::Asked(request) => standing.ask(request)?,
        PlanEvent::Late { request, seconds } => standing.delay(*request, *seconds)?,
    };
    let mut others = limits.others;
    for (journey, why) in touched {
        chain::place(&mut standing, journey, why, &mut others);
    }
    if matches!(event, PlanEvent::Cancelled(_)) {
        chain::fill(&mut standing);
    }
    Ok(tell::tell(problem, plan, standing))
}
