//! Rolling a program out (固件灰度升级): a few devices first, the rest only when those came through.

use thiserror::Error;

use crate::word::words;

words! {
    /// Where a rollout stands (升级批次状态).
    RolloutState, RolloutStateError, "firmware.state" {
        /// Orders of the stage are out.
        Running = "running", "进行中";
        /// Too many failed, or somebody stopped to look.
        Paused = "paused", "已暂停";
        /// Given up; devices that have the program keep it.
        Stopped = "stopped", "已终止";
        /// All devices are done.
        Finished = "finished", "已完成";
    }
}

words! {
    /// Where one device stands in a rollout (单台升级状态).
    TargetState, TargetStateError, "firmware.target_state" {
        /// Its stage has not begun.
        Waiting = "waiting", "待升级";
        /// The order waits for it, or it is fetching.
        Ordered = "ordered", "已下发";
        /// The new program runs and has to prove itself.
        Trial = "trial", "试运行";
        /// It has the program.
        Confirmed = "confirmed", "已升级";
        /// The program did not work there; the one before runs.
        RolledBack = "rolled_back", "已回退";
        /// It never came to a trial.
        Failed = "failed", "失败";
    }
}

words! {
    /// What a person does with a rollout (升级批次操作).
    RolloutAction, RolloutActionError, "firmware.action" {
        /// Begin the next stage.
        Advance = "advance", "下一阶段";
        /// Wait.
        Pause = "pause", "暂停";
        /// Go on.
        Resume = "resume", "继续";
        /// Give up.
        Stop = "stop", "终止";
    }
}

/// What may be done when, and what follows; the page's buttons read the same table.
const LEGAL: &[(RolloutState, RolloutAction, RolloutState)] = &[
    (RolloutState::Running, RolloutAction::Advance, RolloutState::Running),
    (RolloutState::Running, RolloutAction::Pause, RolloutState::Paused),
    (RolloutState::Paused, RolloutAction::Resume, RolloutState::Running),
    (RolloutState::Running, RolloutAction::Stop, RolloutState::Stopped),
    (RolloutState::Paused, RolloutAction::Stop, RolloutState::Stopped),
];

/// How the devices of the stages that have begun stand (阶段统计).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// They have it.
    pub confirmed: u32,
    /// They went back, or never came to a trial.
    pub failed: u32,
    /// Not done yet.
    pub open: u32,
}

/// Why a rollout does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RolloutRefusal {
    /// Not in this state.
    #[error("a rollout that is {} cannot {}", .state.as_str(), .action.as_str())]
    State {
        /// Where it stands.
        state: RolloutState,
        /// What was asked.
        action: RolloutAction,
    },
    /// The stage has no success yet, so nothing speaks for the next one.
    #[error("no device of this stage has the new program yet, {open} are open")]
    Unproved {
        /// Devices not done.
        open: u32,
    },
    /// More failed than may.
    #[error("{failed} of {done} devices failed, the limit is {limit_pct} %")]
    Failures {
        /// Devices that failed.
        failed: u32,
        /// Devices done.
        done: u32,
        /// The limit.
        limit_pct: u8,
    },
    /// All stages have begun.
    #[error("the last stage has begun")]
    LastStage,
}

impl RolloutRefusal {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "firmware.state",
            Self::Unproved { .. } => "firmware.unproved",
            Self::Failures { .. } => "firmware.failures",
            Self::LastStage => "firmware.last_stage",
        }
    }
}

impl RolloutState {
    /// What can be done now.
    pub fn actions(self) -> impl Iterator<Item = RolloutAction> {
        LEGAL.iter().filter(move |(state, ..)| *state == self).map(|(_, action, _)| *action)
    }

    /// What follows.
    pub fn after(self, action: RolloutAction) -> Result<Self, RolloutRefusal> {
        let found = LEGAL.iter().find(|(state, legal, _)| *state == self && *legal == action);
        found.map(|(.., next)| *next).ok_or(RolloutRefusal::State { state: self, action })
    }
}

impl Tally {
    /// More failed than `limit_pct` of those done.
    pub const fn exceeds(self, limit_pct: u8) -> bool {
        self.failed as u64 * 100 > limit_pct as u64 * (self.failed as u64 + self.confirmed as u64)
    }

    /// The next stage may begin.
    pub const fn may_advance(self, limit_pct: u8, is_last: bool) -> Result<(), RolloutRefusal> {
        if is_last {
            Err(RolloutRefusal::LastStage)
        } else if self.exceeds(limit_pct) {
            Err(RolloutRefusal::Failures { failed: self.failed, done: self.failed + self.confirmed, limit_pct })
        } else if self.confirmed == 0 && self.open > 0 {
            Err(RolloutRefusal::Unproved { open: self.open })
        } else {
            Ok(())
        }
    }
}

/// Stages that can be: rising shares, the last of them all.
pub fn are_stages(stages_pct: &[u8]) -> bool {
    stages_pct.last() == Some(&100) && stages_pct.first().is_some_and(|first| *first > 0) && stages_pct.is_sorted_by(|a, b| a < b)
}

/// The stage of the device with this rank among so many; the first stage has at least one device.
pub fn stage_of(rank: usize, count: usize, stages_pct: &[u8]) -> usize {
    let end = |pct: u8| (count * usize::from(pct)).div_ceil(100);
    stages_pct.iter().position(|pct| rank < end(*pct)).unwrap_or_else(|| stages_pct.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_rise_to_all() {
        assert!(are_stages(&[1, 10, 50, 100]) && are_stages(&[100]));
        for wrong in [&[][..], &[10, 50], &[0, 100], &[50, 10, 100], &[50, 50, 100]] {
            assert!(!are_stages(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn every_device_is_in_one_stage_and_the_first_has_one_at_least() {
        let stages = [1, 10, 50, 100];
        let of = |count: usize| (0..count).map(|rank| stage_of(rank, count, &stages)).collect::<Vec<_>>();
        assert_eq!(of(1), [0]);
        assert_eq!(of(3), [0, 1, 3].map(|stage| if stage == 1 { 2 } else { stage }));
        let thousand = of(1000);
        let counts = [0, 1, 2, 3].map(|stage| thousand.iter().filter(|found| **found == stage).count());
        assert_eq!(counts, [10, 90, 400, 500]);
    }

    #[test]
    fn the_next_stage_waits_for_a_success_and_for_few_failures() {
        let tally = |confirmed, failed, open| Tally { confirmed, failed, open };
        assert_eq!(tally(0, 0, 3).may_advance(5, false).unwrap_err().code(), "firmware.unproved");
        assert_eq!(tally(9, 1, 0).may_advance(5, false).unwrap_err().code(), "firmware.failures");
        assert_eq!(tally(19, 1, 4).may_advance(5, false), Ok(()));
        assert_eq!(tally(20, 0, 0).may_advance(5, true).unwrap_err().code(), "firmware.last_stage");
    }

    #[test]
    fn what_is_over_stays_over() {
        for state in [RolloutState::Stopped, RolloutState::Finished] {
            assert_eq!(state.actions().count(), 0);
            assert_eq!(state.after(RolloutAction::Resume).unwrap_err().code(), "firmware.state");
        }
        assert_eq!(RolloutState::Paused.after(RolloutAction::Resume), Ok(RolloutState::Running));
        assert!(RolloutState::Paused.after(RolloutAction::Advance).is_err());
    }
}
