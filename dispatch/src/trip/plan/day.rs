//! What became of a day of a plan (趟次结果): driven, missed and why, left out on purpose, or still to come.

use chrono::{DateTime, Utc};

use crate::trip::order::OrderState;
use crate::trip::request::RequestState;
use crate::word::words;

words! {
    /// What became of it (趟次结果).
    DayOutcome, DayOutcomeError, "plan.outcome" {
        /// Is still to come, or its time is not over.
        Planned = "planned", "待执行";
        /// The car is on the road with it.
        Underway = "underway", "行程中";
        /// Was driven.
        Driven = "driven", "已执行";
        /// Was not.
        Missed = "missed", "缺趟";
        /// Was left out on purpose.
        Skipped = "skipped", "已跳过";
    }
}

words! {
    /// Why it was not driven (缺趟原因).
    MissedWhy, MissedWhyError, "plan.missed_why" {
        /// There was no request: the service was away, or a rule stood against it.
        NoRequest = "no_request", "未生成申请";
        /// Nobody gave it a car.
        NoCar = "no_car", "未派车";
        /// The driver did not take it, and nobody else got it.
        Declined = "declined", "拒单后未改派";
        /// The driver did not answer.
        NotAccepted = "not_accepted", "未接单";
        /// The driver took it and did not leave.
        NotDeparted = "not_departed", "已接单未出车";
        /// It was called off.
        CalledOff = "called_off", "已取消";
    }
}

/// What is known of a day (趟次材料).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFacts {
    /// Planned end.
    pub ends_at: DateTime<Utc>,
    /// It was left out on purpose.
    pub is_skipped: bool,
    /// Where its request stands.
    pub request: Option<RequestState>,
    /// Where the orders stand with which its people go.
    pub orders: Vec<OrderState>,
}

/// What became of a day at `now`, and why where it was missed. One that was called off is missed at once; every other when its time is over.
pub fn outcome(facts: &DayFacts, now: DateTime<Utc>) -> (DayOutcome, Option<MissedWhy>) {
    use DayOutcome::{Driven, Missed, Planned, Skipped, Underway};
    let stands = |wanted: OrderState| facts.orders.contains(&wanted);
    if stands(OrderState::Returned) || stands(OrderState::Settled) {
        return (Driven, None);
    }
    if facts.orders.iter().any(|state| state.is_on_the_road()) {
        return (Underway, None);
    }
    if facts.is_skipped {
        return (Skipped, None);
    }
    let why = match facts.request {
        None => MissedWhy::NoRequest,
        Some(RequestState::Cancelled | RequestState::Withdrawn | RequestState::Rejected) => {
            return (Missed, Some(MissedWhy::CalledOff));
        }
        Some(_) if stands(OrderState::Accepted) => MissedWhy::NotDeparted,
        Some(_) if stands(OrderState::Issued) => MissedWhy::NotAccepted,
        Some(_) if stands(OrderState::Declined) => MissedWhy::Declined,
        Some(_) => MissedWhy::NoCar,
    };
    if now < facts.ends_at { (Planned, None) } else { (Missed, Some(why)) }
}

#[cfg(test)]
mod tests {
    use DayOutcome::{Driven, Missed, Planned, Skipped, Underway};
    use OrderState as O;
    use RequestState as R;

    use super::*;

    #[test]
    fn a_day_is_driven_left_out_or_missed_for_a_reason() {
        let now: DateTime<Utc> = "2026-03-02T04:00:00Z".parse().unwrap();
        let (past, coming) = (now - chrono::Duration::minutes(1), now + chrono::Duration::hours(1));
        let cases: [(_, Option<R>, &[O], _, _); 12] = [
            (coming, Some(R::Approved), &[], Planned, None),
            (coming, Some(R::Ordered), &[O::Accepted], Planned, None),
            (coming, Some(R::Ordered), &[O::Underway], Underway, None),
            (past, Some(R::Ordered), &[O::Waiting], Underway, None),
            (past, Some(R::Ordered), &[O::Declined, O::Returned], Driven, None),
            (past, Some(R::Closed), &[O::Settled], Driven, None),
            (past, Some(R::Approved), &[], Missed, Some(MissedWhy::NoCar)),
            (past, Some(R::Approved), &[O::Declined], Missed, Some(MissedWhy::Declined)),
            (past, Some(R::Ordered), &[O::Declined, O::Issued], Missed, Some(MissedWhy::NotAccepted)),
            (past, Some(R::Ordered), &[O::Accepted], Missed, Some(MissedWhy::NotDeparted)),
            (coming, Some(R::Cancelled), &[O::Cancelled], Missed, Some(MissedWhy::CalledOff)),
            (past, None, &[], Missed, Some(MissedWhy::NoRequest)),
        ];
        for (ends_at, request, orders, expected, why) in cases {
            let facts = DayFacts { ends_at, is_skipped: false, request, orders: orders.to_vec() };
            assert_eq!(outcome(&facts, now), (expected, why), "{facts:?}");
        }
        let skipped = DayFacts { ends_at: past, is_skipped: true, request: Some(R::Cancelled), orders: Vec::new() };
        assert_eq!(outcome(&skipped, now), (Skipped, None));
        let gone_all_the_same = DayFacts { orders: vec![O::Returned], ..skipped };
        assert_eq!(outcome(&gone_all_the_same, now), (Driven, None));
    }
}
