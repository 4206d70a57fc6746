//! Approval flows (审批流程): 1 to 5 steps, chosen by unit, category, distance, amount, holiday and emergency.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::unit::UnitId;
use crate::vehicle::VehicleCategory;
use crate::word::words;

/// Most steps of a flow; features.md D02.
const STEPS: usize = 5;
/// Longest name of a flow or a step, in characters.
const NAME: usize = 40;

uuid_id! {
    /// Key of a flow (审批流程).
    FlowId
}

words! {
    /// Who decides at a step (审批层级).
    Signer, SignerError, "flow.signer" {
        /// A leader of the unit that travels.
        Own = "own_leader", "本单位领导";
        /// A leader of the unit above it.
        Superior = "superior_leader", "上级单位领导";
        /// A leader of the unit whose cars are asked for.
        Fleet = "fleet_leader", "车队所属单位领导";
    }
}

/// A step (审批节点).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowStep {
    /// What people call it.
    pub name: String,
    /// Who decides.
    pub signer: Signer,
    /// Minutes after which it goes to the unit above; without one it waits.
    pub escalate_after_minutes: Option<u32>,
}

/// When a flow is meant (适用条件): each that is stated has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The car is of one of these; of any when empty.
    pub categories: Vec<VehicleCategory>,
    /// The way is at least so long, in metres.
    pub at_least_m: Option<u32>,
    /// The estimate is at least so high, in fen.
    pub at_least_fen: Option<i64>,
    /// The trip falls on a day without work, or does not.
    pub on_holiday: Option<bool>,
}

/// A flow (审批流程): its condition and its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// When it is meant.
    pub when: Condition,
    /// Who decides, one after the other.
    pub steps: Vec<FlowStep>,
}

/// What flows look at of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which cars are asked for.
    pub category: VehicleCategory,
    /// Length of the way, in metres.
    pub distance_m: u32,
    /// Estimate, in fen.
    pub estimate_fen: i64,
    /// The trip falls on a day without work.
    pub is_holiday: bool,
}

/// A step of a request that was handed in (审批进度): who has to decide, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What people call it.
    pub name: String,
    /// A leader of this unit decides.
    pub unit: UnitId,
    /// This person alone, where the step was handed to somebody.
    pub only: Option<AccountId>,
    /// Minutes after which it goes to the unit above.
    pub escalate_after_minutes: Option<u32>,
    /// When that is, once it is the step's turn.
    pub due_at: Option<DateTime<Utc>>,
}

/// What is wrong with a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FlowError {
    /// No step, or too many.
    #[error("a flow has 1 to {STEPS} steps")]
    Steps,
    /// A name is empty or too long.
    #[error("a name has 1 to {NAME} characters")]
    Name,
    /// An escalation at once, or after more than a month.
    #[error("a step escalates after 1 to 43200 minutes")]
    Escalation,
}

impl FlowError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Steps => "flow.steps",
            Self::Name => "flow.name",
            Self::Escalation => "flow.escalation",
        }
    }
}

impl Flow {
    /// Where a unit has no flow that fits: its own leader decides, alone.
    pub fn plain() -> Self {
        let step = FlowStep { name: "单位领导审批".to_owned(), signer: Signer::Own, escalate_after_minutes: None };
        Self { when: Condition::default(), steps: vec![step] }
    }

    /// May be used.
    pub fn check(&self) -> Result<(), FlowError> {
        if !(1..=STEPS).contains(&self.steps.len()) {
            return Err(FlowError::Steps);
        }
        for step in &self.steps {
            check_name(&step.name)?;
            if step.escalate_after_minutes.is_some_and(|minutes| !(1..=43_200).contains(&minutes)) {
                return Err(FlowError::Escalation);
            }
        }
        Ok(())
    }

    /// It is meant for the case.
    pub fn fits(&self, case: &Case) -> bool {
        let when = &self.when;
        (when.categories.is_empty() || when.categories.contains(&case.category))
            && when.at_least_m.is_none_or(|least| case.distance_m >= least)
            && when.at_least_fen.is_none_or(|least| case.estimate_fen >= least)
            && when.on_holiday.is_none_or(|wanted| wanted == case.is_holiday)
    }

    /// The steps for a request of `line[0]`, whose superiors follow it, asking for cars of `fleet`; the topmost unit is its own superior.
    pub fn steps_for(&self, line: &[UnitId], fleet: UnitId) -> Vec<Step> {
        let own = line.first().copied().unwrap_or(fleet);
        let superior = line.get(1).copied().unwrap_or(own);
        let step = |step: &FlowStep| Step {
            name: step.name.clone(),
            unit: match step.signer {
                Signer::Own => own,
                Signer::Superior => superior,
                Signer::Fleet => fleet,
            },
            only: None,
            escalate_after_minutes: step.escalate_after_minutes,
            due_at: None,
        };
        self.steps.iter().map(step).collect()
    }
}

impl Step {
    /// It is its turn from `now` on.
    pub fn begin(&mut self, now: DateTime<Utc>) {
        self.due_at = self.escalate_after_minutes.map(|minutes| now + Duration::minutes(i64::from(minutes)));
    }
}

/// A name of a flow or a step.
pub fn check_name(name: &str) -> Result<(), FlowError> {
    let fits = (1..=NAME).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(FlowError::Name) }
}

/// The flow for a case: of the nearest unit that has one that fits, the first by rank; `flows` are ordered so.
pub fn choose<'a>(flows: impl IntoIterator<Item = &'a Flow>, case: &Case) -> Option<&'a Flow> {
    flows.into_iter().find(|flow| flow.fits(case))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn step(name: &str, signer: Signer) -> FlowStep {
        FlowStep { name: name.to_owned(), signer, escalate_after_minutes: Some(30) }
    }

    fn case() -> Case {
        Case { category: VehicleCategory::Other, distance_m: 20_000, estimate_fen: 5_000, is_holiday: false }
    }

    #[test]
    fn the_first_flow_that_fits_is_taken() {
        let far = Flow {
            when: Condition { at_least_m: Some(100_000), ..Condition::default() },
            steps: vec![step("科室", Signer::Own), step("上级", Signer::Superior)],
        };
        let holiday = Flow { when: Condition { on_holiday: Some(true), ..Condition::default() }, ..far.clone() };
        let courier = Flow {
            when: Condition { categories: vec![VehicleCategory::ConfidentialCourier], ..Condition::default() },
            ..far.clone()
        };
        let dear = Flow { when: Condition { at_least_fen: Some(50_000), ..Condition::default() }, ..far.clone() };
        let plain = Flow::plain();
        let all = [&far, &holiday, &courier, &dear, &plain];
        assert_eq!(choose(all, &case()), Some(&plain));
        assert_eq!(choose(all, &Case { distance_m: 100_000, ..case() }), Some(&far));
        assert_eq!(choose(all, &Case { is_holiday: true, ..case() }), Some(&holiday));
        assert_eq!(choose(all, &Case { category: VehicleCategory::ConfidentialCourier, ..case() }), Some(&courier));
        assert_eq!(choose(all, &Case { estimate_fen: 50_000, ..case() }), Some(&dear));
        assert_eq!(choose([&far], &case()), None);
    }

    #[test]
    fn steps_are_signed_where_the_flow_says() {
        let [county, city, pool] = [1, 2, 3].map(|n| UnitId(Uuid::from_u128(n)));
        let flow = Flow {
            when: Condition::default(),
            steps: vec![step("本级", Signer::Own), step("上级", Signer::Superior), step("车队", Signer::Fleet)],
        };
        let units = |line: &[UnitId]| flow.steps_for(line, pool).iter().map(|step| step.unit).collect::<Vec<_>>();
        assert_eq!(units(&[county, city]), [county, city, pool]);
        assert_eq!(units(&[city]), [city, city, pool], "nobody is above the topmost");
    }

    #[test]
    fn a_flow_has_one_to_five_steps_with_names() {
        let flow = |count: usize| Flow { when: Condition::default(), steps: vec![step("审批", Signer::Own); count] };
        assert_eq!(flow(0).check().unwrap_err().code(), "flow.steps");
        assert!((1..=5).all(|count| flow(count).check().is_ok()));
        assert_eq!(flow(6).check().unwrap_err().code(), "flow.steps");
        let mut unnamed = flow(1);
        unnamed.steps[0].name = " ".to_owned();
        assert_eq!(unnamed.check().unwrap_err().code(), "flow.name");
        let mut hasty = flow(1);
        hasty.steps[0].escalate_after_minutes = Some(0);
        assert_eq!(hasty.check().unwrap_err().code(), "flow.escalation");
    }

    #[test]
    fn a_step_is_due_from_the_moment_it_is_its_turn() {
        let now: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
        let mut steps = Flow { when: Condition::default(), steps: vec![step("审批", Signer::Own)] }
            .steps_for(&[UnitId(Uuid::from_u128(1))], UnitId(Uuid::from_u128(1)));
        assert_eq!(steps[0].due_at, None);
        steps[0].begin(now);
        assert_eq!(steps[0].due_at, Some(now + Duration::minutes(30)));
    }
}
