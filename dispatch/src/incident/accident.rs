//! An accident (事故案件): what happened to which car, who was at fault, and what the insurance pays.

use serde::{Deserialize, Serialize};
use telematics::uuid_id;

use super::{IncidentError, NAME, TEXT, fits};
use crate::word::words;

/// Most that any damage comes to, in fen: a hundred million yuan.
const MOST_FEN: i64 = 10_000_000_000;
/// Most people who are hurt.
const MOST_INJURED: u32 = 999;

uuid_id! {
    /// Key of an accident (事故案件).
    AccidentId
}

words! {
    /// What kind of accident it is (事故类型).
    AccidentKind, AccidentKindError, "accident.kind" {
        /// With another vehicle.
        Collision = "collision", "车辆碰撞";
        /// One car ran into the one before it.
        RearEnd = "rear_end", "追尾";
        /// They touched.
        Scrape = "scrape", "剐蹭";
        /// Nobody else was in it.
        Single = "single", "单方事故";
        /// With somebody on foot or on two wheels.
        Person = "person", "涉及行人或非机动车";
        /// Anything else.
        Other = "other", "其他事故";
    }
}

words! {
    /// Whose fault it was, of the own driver (事故责任), by 《道路交通事故处理程序规定》 article 60.
    Liability, LiabilityError, "accident.liability" {
        /// Not found yet.
        Pending = "pending", "待认定";
        /// All of it.
        Full = "full", "全部责任";
        /// Most of it.
        Main = "main", "主要责任";
        /// Half.
        Equal = "equal", "同等责任";
        /// Less than half.
        Minor = "minor", "次要责任";
        /// None.
        None = "none", "无责任";
    }
}

words! {
    /// Where an accident stands (事故案件状态).
    AccidentState, AccidentStateError, "accident.state" {
        /// The driver told of it; nobody has taken it up.
        Reported = "reported", "已报告";
        /// Somebody sees to it.
        Open = "open", "处理中";
        /// The insurer was told.
        Claimed = "claimed", "理赔中";
        /// It is settled, and whose fault it was is known.
        Closed = "closed", "已结案";
        /// There was none.
        Dismissed = "dismissed", "不成立";
    }
}

words! {
    /// What is done to an accident (事故案件操作).
    AccidentAction, AccidentActionError, "accident.action" {
        /// Takes it up.
        Take = "take", "受理";
        /// There was none.
        Dismiss = "dismiss", "不成立";
        /// Tells the insurer.
        Claim = "claim", "报保险";
        /// Closes it with its result.
        Close = "close", "结案";
        /// Opens it again.
        Reopen = "reopen", "重新处理";
    }
}

use AccidentAction as A;
use AccidentState as S;

/// Every legal move.
pub const LEGAL: &[(S, A, S)] = &[
    (S::Reported, A::Take, S::Open),
    (S::Reported, A::Dismiss, S::Dismissed),
    (S::Open, A::Claim, S::Claimed),
    (S::Open, A::Close, S::Closed),
    (S::Open, A::Dismiss, S::Dismissed),
    (S::Claimed, A::Close, S::Closed),
    (S::Closed, A::Reopen, S::Open),
];

/// What is known of an accident beside its place and time (事故情况).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccidentFacts {
    /// Which kind.
    pub kind: AccidentKind,
    /// What people call the place; may be empty.
    pub place_name: String,
    /// How many people were hurt.
    pub injured: u32,
    /// What happened, in words.
    pub what: String,
    /// Whose fault it was.
    pub liability: Liability,
    /// Who insures the car.
    pub insurer: String,
    /// Number of the policy.
    pub policy_number: String,
    /// Number that the insurer gave the case.
    pub claim_number: String,
    /// Damage to the own car, in fen.
    pub damage_fen: Option<i64>,
    /// Damage to others, in fen.
    pub third_party_fen: Option<i64>,
    /// What the insurer paid, in fen.
    pub paid_fen: Option<i64>,
}

impl AccidentFacts {
    /// Of what is known so far: a report from the road.
    pub fn reported(kind: AccidentKind, place_name: &str, injured: u32, what: &str) -> Self {
        Self {
            kind,
            place_name: place_name.trim().to_owned(),
            injured,
            what: what.trim().to_owned(),
            liability: Liability::Pending,
            insurer: String::new(),
            policy_number: String::new(),
            claim_number: String::new(),
            damage_fen: None,
            third_party_fen: None,
            paid_fen: None,
        }
    }

    /// Everything that is wrong with it: field and code.
    pub fn check(&self) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        let names = [
            ("place_name", &self.place_name),
            ("insurer", &self.insurer),
            ("policy_number", &self.policy_number),
            ("claim_number", &self.claim_number),
        ];
        wrong.extend(names.into_iter().filter(|(_, text)| !fits(text, NAME)).map(|(field, _)| (field, "incident.name")));
        if self.what.is_empty() || !fits(&self.what, TEXT) {
            wrong.push(("what", "incident.text"));
        }
        if self.injured > MOST_INJURED {
            wrong.push(("injured", "accident.injured"));
        }
        let amounts = [("damage_fen", self.damage_fen), ("third_party_fen", self.third_party_fen), ("paid_fen", self.paid_fen)];
        let is_none = |fen: Option<i64>| fen.is_some_and(|fen| !(0..=MOST_FEN).contains(&fen));
        wrong.extend(amounts.into_iter().filter(|(_, fen)| is_none(*fen)).map(|(field, _)| (field, "incident.amount")));
        wrong
    }
}

impl AccidentState {
    /// Where the action leads, or why it does not: a claim has its insurer and number, and a closed case says whose fault it was.
    pub fn after(self, action: AccidentAction, facts: &AccidentFacts) -> Result<Self, IncidentError> {
        let to = LEGAL.iter().find(|(from, done, _)| *from == self && *done == action).map(|(_, _, to)| *to);
        let to = to.ok_or(IncidentError::State { state: self.as_str(), action: action.as_str() })?;
        match to {
            Self::Claimed if facts.insurer.is_empty() => Err(IncidentError::Lacks { field: "insurer", code: "accident.insurer" }),
            Self::Claimed if facts.policy_number.is_empty() => {
                Err(IncidentError::Lacks { field: "policy_number", code: "accident.policy" })
            }
            Self::Claimed if facts.claim_number.is_empty() => {
                Err(IncidentError::Lacks { field: "claim_number", code: "accident.claim" })
            }
            Self::Closed if facts.liability == Liability::Pending => {
                Err(IncidentError::Lacks { field: "liability", code: "accident.liability_open" })
            }
            to => Ok(to),
        }
    }

    /// What may be done here, in the order of the table.
    pub fn moves(self) -> Vec<AccidentAction> {
        LEGAL.iter().filter(|(from, ..)| *from == self).map(|(_, action, _)| *action).collect()
    }

    /// What is known of it may be corrected.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Reported | Self::Open | Self::Claimed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> AccidentFacts {
        AccidentFacts::reported(AccidentKind::Scrape, "文三路", 0, "右前门剐蹭")
    }

    #[test]
    fn a_case_is_taken_up_claimed_and_closed_by_the_table_alone() {
        let whole = AccidentFacts {
            insurer: "人保财险".to_owned(),
            policy_number: "PDAA202633010000001".to_owned(),
            claim_number: "RDAA202633010000009".to_owned(),
            liability: Liability::Main,
            ..facts()
        };
        let mut state = S::Reported;
        for (action, to) in [(A::Take, S::Open), (A::Claim, S::Claimed), (A::Close, S::Closed), (A::Reopen, S::Open)] {
            assert!(state.moves().contains(&action), "{state} {action}");
            state = state.after(action, &whole).unwrap();
            assert_eq!(state, to);
        }
        for (from, action, to) in LEGAL {
            assert_eq!(from.after(*action, &whole), Ok(*to));
        }
        assert_eq!(S::Reported.after(A::Close, &whole).unwrap_err().code(), "incident.state");
        assert!(S::Dismissed.moves().is_empty());
    }

    #[test]
    fn a_claim_has_its_insurance_and_a_closed_case_says_whose_fault_it_was() {
        let lacks = |state: S, action: A, facts: &AccidentFacts| state.after(action, facts).unwrap_err().field();
        assert_eq!(lacks(S::Open, A::Claim, &facts()), Some("insurer"));
        let insured = AccidentFacts { insurer: "人保财险".to_owned(), ..facts() };
        assert_eq!(lacks(S::Open, A::Claim, &insured), Some("policy_number"));
        let held = AccidentFacts { policy_number: "P".to_owned(), ..insured };
        assert_eq!(lacks(S::Open, A::Claim, &held), Some("claim_number"));
        assert_eq!(lacks(S::Open, A::Close, &facts()), Some("liability"));
    }

    #[test]
    fn what_is_wrong_is_told_whole() {
        assert_eq!(facts().check(), []);
        let wrong = AccidentFacts {
            what: String::new(),
            insurer: "保".repeat(81),
            injured: 1000,
            damage_fen: Some(-1),
            paid_fen: Some(MOST_FEN + 1),
            ..facts()
        };
        let codes = [
            ("insurer", "incident.name"),
            ("what", "incident.text"),
            ("injured", "accident.injured"),
            ("damage_fen", "incident.amount"),
            ("paid_fen", "incident.amount"),
        ];
        assert_eq!(wrong.check(), codes);
    }
}
