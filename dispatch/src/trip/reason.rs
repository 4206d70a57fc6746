//! Reasons for a trip (用车事由): the positive list that one may choose from, the negative one with its clauses.

use serde::Serialize;

use crate::rule::value::RuleValue;

/// A line of the list (正负面清单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What the car is for; names the line.
    pub reason: String,
    /// Cars may be used for it.
    pub is_allowed: bool,
    /// The clause that says so.
    pub clause: String,
}

/// The list in force, as the register has it (`trip_reasons`).
pub fn list(value: &RuleValue) -> Vec<Reason> {
    let rows = value.rows().iter().filter_map(|row| {
        let text = |column: &str| row.get(column).and_then(|cell| cell.text()).map(str::to_owned);
        Some(Reason { reason: text("reason")?, is_allowed: text("allowed")? == "positive", clause: text("clause")? })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::key::RuleKey;

    #[test]
    fn the_built_in_list_allows_public_business_and_names_the_clause_of_what_is_not() {
        let (_, value) = RuleKey::TripReasons.spec().builtin_values().next().unwrap();
        let list = list(&value);
        let meeting = list.iter().find(|line| line.reason == "参加会议、集体公务活动").unwrap();
        assert!(meeting.is_allowed);
        let wedding = list.iter().find(|line| line.reason == "婚丧喜庆").unwrap();
        assert!(!wedding.is_allowed && wedding.clause.contains("第二十六条"));
    }
}
