//! The establishment (编制): how many cars of a category a unit may hold; a ledger of movements, each by its document.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::LifecycleMover::{Decider, Proposer};
use super::{LifecycleMover, LifecyclePaper, paper};
use crate::word::words;

/// Most cars of one movement.
const MOST: i32 = 10_000;

words! {
    /// What a movement of the ledger is (编制变动).
    EstablishmentKind, EstablishmentKindError, "establishment.kind" {
        /// As it was when the ledger was opened.
        Opening = "opening", "期初";
        /// More were granted.
        Grant = "grant", "核增";
        /// Some were taken off.
        Reduce = "reduce", "核减";
        /// What was not used was taken back.
        Withdraw = "withdraw", "收回";
        /// Came with a car of another unit.
        TransferIn = "transfer_in", "调入";
        /// Went with a car to another unit.
        TransferOut = "transfer_out", "调出";
    }
}

words! {
    /// Where a change stands (编制调整状态).
    ChangeStage, ChangeStageError, "establishment.state" {
        /// Waits for a decision.
        Applied = "applied", "申请";
        /// Was looked through.
        Reviewed = "reviewed", "审核";
        /// Stands in the ledger.
        Approved = "approved", "核定";
        /// Was refused.
        Rejected = "rejected", "驳回";
        /// Was taken back.
        Withdrawn = "withdrawn", "撤回";
    }
}

words! {
    /// What is done to a change (编制调整操作).
    ChangeMove, ChangeMoveError, "establishment.action" {
        /// Looks it through.
        Review = "review", "审核";
        /// Decides, by a document.
        Approve = "approve", "核定";
        /// Refuses.
        Reject = "reject", "驳回";
        /// Takes it back.
        Withdraw = "withdraw", "撤回";
    }
}

use ChangeMove as A;
use ChangeStage as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S, LifecycleMover)] = &[
    (S::Applied, A::Review, S::Reviewed, Decider),
    (S::Applied, A::Reject, S::Rejected, Decider),
    (S::Applied, A::Withdraw, S::Withdrawn, Proposer),
    (S::Reviewed, A::Approve, S::Approved, Decider),
    (S::Reviewed, A::Reject, S::Rejected, Decider),
];

paper!(ChangeStage, ChangeMove, LifecyclePaper::Establishment);

/// A movement of the ledger (编制变动).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// What it is.
    pub kind: EstablishmentKind,
    /// How many more, or below nothing how many fewer.
    pub count: i32,
}

/// How a unit stands in a category (编制情况).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceStanding {
    /// How many it may hold: the sum of its movements.
    pub authorised: i32,
    /// How many it holds.
    pub held: i32,
    /// Indicators for more that are out and not used.
    pub promised: i32,
}

/// Why a movement is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EstablishmentError {
    /// No cars, too many, or the wrong way round.
    #[error("a movement is of 1 to {MOST} cars")]
    Count,
    /// There are not so many.
    #[error("of {authorised} no {wanted} can be taken")]
    Short {
        /// What there is.
        authorised: i32,
        /// What was to be taken.
        wanted: i32,
    },
    /// Every place is held or promised.
    #[error("{held} of {authorised} are held, and {promised} promised")]
    Full {
        /// What there is.
        authorised: i32,
        /// What is held.
        held: i32,
        /// What is promised.
        promised: i32,
    },
}

impl EstablishmentError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Count => "establishment.count",
            Self::Short { .. } => "establishment.short",
            Self::Full { .. } => "establishment.full",
        }
    }
}

impl Movement {
    /// A movement of `count` cars; which way, says its kind.
    pub const fn of(kind: EstablishmentKind, count: i32) -> Result<Self, EstablishmentError> {
        if count < 1 || count > MOST {
            return Err(EstablishmentError::Count);
        }
        let is_less = matches!(kind, EstablishmentKind::Reduce | EstablishmentKind::Withdraw | EstablishmentKind::TransferOut);
        Ok(Self { kind, count: if is_less { -count } else { count } })
    }
}

impl PlaceStanding {
    /// Places that nobody holds and nobody was promised.
    pub const fn vacant(self) -> i32 {
        let left = self.authorised - self.held - self.promised;
        if left > 0 { left } else { 0 }
    }

    /// Cars beyond what it may hold (超编数): head 1 of Art. 26.
    pub const fn over(self) -> i32 {
        let over = self.held - self.authorised;
        if over > 0 { over } else { 0 }
    }

    /// The same after a movement.
    pub const fn after(self, movement: Movement) -> Result<Self, EstablishmentError> {
        let authorised = self.authorised + movement.count;
        if authorised < 0 {
            return Err(EstablishmentError::Short { authorised: self.authorised, wanted: -movement.count });
        }
        Ok(Self { authorised, ..self })
    }

    /// There is a place for one more.
    pub const fn admit(self) -> Result<(), EstablishmentError> {
        if self.vacant() > 0 {
            return Ok(());
        }
        Err(EstablishmentError::Full { authorised: self.authorised, held: self.held, promised: self.promised })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_place_is_vacant_or_held_or_promised_and_the_rest_is_over() {
        for (authorised, held, promised, vacant, over) in
            [(3, 1, 1, 1, 0), (3, 2, 1, 0, 0), (3, 4, 0, 0, 1), (0, 2, 0, 0, 2), (0, 0, 0, 0, 0)]
        {
            let standing = PlaceStanding { authorised, held, promised };
            assert_eq!((standing.vacant(), standing.over()), (vacant, over), "{standing:?}");
            assert_eq!(standing.admit().is_ok(), vacant > 0);
        }
    }

    #[test]
    fn what_is_not_there_is_not_taken() {
        let two = PlaceStanding { authorised: 2, ..PlaceStanding::default() };
        let taken = |count| two.after(Movement::of(EstablishmentKind::Withdraw, count).unwrap()).map_err(|error| error.code());
        assert_eq!(taken(2).unwrap().authorised, 0);
        assert_eq!(taken(3), Err("establishment.short"));
        assert_eq!(Movement::of(EstablishmentKind::Grant, 0).unwrap_err().code(), "establishment.count");
        assert_eq!(Movement::of(EstablishmentKind::TransferOut, 1).unwrap().count, -1);
    }

    proptest! {
        #[test]
        fn whatever_moves_the_ledger_is_the_sum_of_its_movements(kinds in prop::collection::vec((0_usize..6, 1_i32..5), 0..60)) {
            let mut standings = [PlaceStanding::default(); 2];
            let mut kept: [Vec<Movement>; 2] = [Vec::new(), Vec::new()];
            for (kind, count) in kinds {
                let movement = Movement::of(EstablishmentKind::ALL[kind], count).unwrap();
                // A transfer is two movements or none.
                let other = match movement.kind {
                    EstablishmentKind::TransferOut => Some(Movement::of(EstablishmentKind::TransferIn, count).unwrap()),
                    EstablishmentKind::TransferIn => continue,
                    _ => None,
                };
                let Ok(next) = standings[0].after(movement) else { continue };
                standings[0] = next;
                kept[0].push(movement);
                if let Some(other) = other {
                    standings[1] = standings[1].after(other).unwrap();
                    kept[1].push(other);
                }
            }
            for (standing, movements) in standings.iter().zip(&kept) {
                prop_assert_eq!(standing.authorised, movements.iter().map(|movement| movement.count).sum::<i32>());
                prop_assert!(standing.authorised >= 0);
            }
        }
    }
}
