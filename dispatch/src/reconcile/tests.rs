//! Whatever is compared: the same again gives the same, a finding has one name, and what is in order is found nowhere.

use proptest::prelude::*;
use uuid::Uuid;

use super::testing::{evidence, limits, order, stood, trip};
use super::*;

#[test]
fn every_kind_has_one_name_and_one_term() {
    for kind in FindingKind::ALL {
        assert_eq!(kind.as_str().parse::<FindingKind>().unwrap(), kind);
        assert_eq!(FindingKind::ALL.iter().filter(|other| other.term() == kind.term()).count(), 1, "{kind}");
    }
    assert_eq!("boredom".parse::<FindingKind>().unwrap_err().code(), "finding.kind");
    let urgent: Vec<_> = FindingKind::ALL.into_iter().filter(|kind| kind.is_urgent()).collect();
    assert_eq!(urgent, [FindingKind::UseWithoutOrder, FindingKind::HolidayUse]);
}

#[test]
fn a_detail_is_stored_by_name() {
    let detail = FindingDetail::Lengths { ordered_m: 25_000, seen_m: 30_100 };
    let stored = serde_json::to_string(&detail).unwrap();
    assert_eq!(stored, r#"{"about":"lengths","ordered_m":25000,"seen_m":30100}"#);
    assert_eq!(serde_json::from_str::<FindingDetail>(&stored).unwrap(), detail);
    assert_eq!(serde_json::to_string(&FindingDetail::Nothing {}).unwrap(), r#"{"about":"nothing"}"#);
}

fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Orders and trips of a day, one after the other as they are in life, with returns here and there.
fn day() -> impl Strategy<Value = Evidence> {
    let orders = proptest::collection::vec((30_u32..400, 5_u32..200, any::<bool>(), any::<bool>()), 0..5);
    let trips = proptest::collection::vec((5_u32..200, 2_u32..90, 0_u32..40_000), 0..8);
    (orders, trips, any::<bool>()).prop_map(|(orders, trips, is_monday)| {
        let mut seen = evidence(if is_monday { "2026-03-02" } else { "2026-03-07" });
        let by = seen.span.from - evidence("2026-03-02").span.from;
        let mut minute = 0;
        for (number, (pause, length, is_driven, off_duty)) in (1_u128..).zip(orders) {
            let (from, to) = (minute + pause, minute + pause + length);
            minute = to;
            if to >= 22 * 60 {
                break;
            }
            let mut made = Ordered { id: OrderId(Uuid::from_u128(number)), off_duty, ..order(&clock(from), &clock(to)) };
            made.planned = TimeSpan { from: made.planned.from + by, to: made.planned.to + by };
            if is_driven {
                (made.departed_at, made.returned_at) = (Some(made.planned.from), Some(made.planned.to));
            }
            seen.orders.push(made);
        }
        let mut minute = 0;
        for (pause, length, metres) in trips {
            let (from, to) = (minute + pause, minute + pause + length);
            let stop = stood(&clock(minute.min(1439)), Some(&clock(from.min(1439))));
            minute = to;
            if to >= 22 * 60 {
                break;
            }
            let mut made = trip(&clock(from), &clock(to), f64::from(metres));
            made.started_at += by;
            made.ended_at = made.ended_at.map(|at| at + by);
            seen.trips.push(made);
            seen.stops.push(Stood { from: stop.from + by, to: stop.to.map(|at| at + by), ..stop });
        }
        seen
    })
}

proptest! {
    #[test]
    fn a_finding_has_one_name_within_the_span_and_is_over_its_limit(seen in day()) {
        let found = compare(&seen, &limits());
        let names: std::collections::BTreeSet<_> = found.iter().map(|finding| (finding.kind, finding.at)).collect();
        prop_assert_eq!(names.len(), found.len());
        for finding in &found {
            prop_assert!(seen.span.holds(finding.at));
            prop_assert!(finding.measured > finding.limit || finding.kind == FindingKind::NeverMoved);
        }
    }

    #[test]
    fn a_trip_is_either_covered_by_an_order_or_found(seen in day()) {
        let found = compare(&seen, &limits());
        for trip in seen.trips.iter().filter(|trip| trip.moved_m() > 50.0) {
            let is_found = found.iter().any(|finding| finding.kind == FindingKind::UseWithoutOrder && finding.trip == trip.id);
            prop_assert_eq!(is_found, seen.order_of(trip, &limits()).is_none());
        }
    }

    #[test]
    fn what_is_known_later_keeps_the_names_of_what_was_found(seen in day(), minutes in 1_i64..600) {
        let mut later = seen.clone();
        later.now += chrono::TimeDelta::minutes(minutes);
        later.span.to = later.span.to.max(later.now);
        let names = |seen: &Evidence| compare(seen, &limits()).iter().map(|finding| (finding.kind, finding.at)).collect::<Vec<_>>();
        let known = names(&later);
        prop_assert!(names(&seen).iter().all(|name| known.contains(name)));
    }
}
