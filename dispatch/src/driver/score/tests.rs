//! A quarter by the table: what each part adds, and what it opens.

use uuid::Uuid;

use super::*;
use crate::rule::key::RuleKey;

/// The rule that the product brings along.
fn rule() -> ScoreRule {
    ScoreRule::read(&RuleKey::DriverScore.spec().builtin_values().next().unwrap().1)
}

fn item(part: ScorePart, fact: ScoreFact, amount: i64, is_against: bool) -> ScoreItem {
    let (order, number, note) = (OrderId(Uuid::nil()), String::new(), String::new());
    ScoreItem { part, fact, order, number, at: DateTime::UNIX_EPOCH, amount, note, is_against }
}

fn rating(stars: i64) -> ScoreItem {
    item(ScorePart::Ratings, ScoreFact::Rating, stars, false)
}

fn departure(is_late: bool) -> ScoreItem {
    item(ScorePart::Punctuality, ScoreFact::Departure, 0, is_late)
}

/// A trip of so many kilometres before which the car was looked over, or was not.
fn trip(km: i64, fact: ScoreFact) -> ScoreItem {
    item(ScorePart::Care, fact, km * 1000, fact == ScoreFact::Unchecked)
}

fn speeding() -> ScoreItem {
    item(ScorePart::Safety, ScoreFact::Speeding, 0, true)
}

#[track_caller]
fn check(what: &str, items: &[ScoreItem], parts: [Option<i64>; 4], whole: Option<i64>) {
    let score = score(items, &rule());
    assert_eq!(score.parts.iter().map(|part| part.hundredths).collect::<Vec<_>>(), parts, "{what}");
    assert_eq!(score.hundredths, whole, "{what}");
}

#[test]
fn each_part_is_judged_by_what_is_stored_of_it() {
    use ScoreFact::{Checked, Defect, HastyFill, Unchecked};
    let care = |fact, is_against| item(ScorePart::Care, fact, 0, is_against);
    check("nothing was driven", &[], [None; 4], None);
    check("ratings alone", &[rating(15), rating(12), rating(13)], [Some(444), None, None, None], Some(444));
    check("one of four is late", &[false, false, true, false].map(departure), [None, Some(375), None, None], Some(375));
    check("a short trip counts as 1,000 km", &[trip(10, Checked), speeding()], [None, None, Some(450), Some(500)], Some(469));
    let far = [trip(2_000, Checked), speeding(), speeding(), speeding()];
    check("three in 2,000 km are one and a half in 1,000", &far, [None, None, Some(425), Some(500)], Some(453));
    let wild: Vec<_> = std::iter::once(trip(100, Checked)).chain(std::iter::repeat_with(speeding).take(30)).collect();
    check("no part is below nothing", &wild, [None, None, Some(0), Some(500)], Some(188));
    let unchecked = [trip(10, Checked), trip(10, Unchecked)];
    check("half of the trips looked over", &unchecked, [None, None, Some(500), Some(250)], Some(406));
    let tended = [trip(10, Checked), trip(10, Unchecked), care(Defect, false), care(HastyFill, true)];
    check("a defect gives back, a hasty fill costs", &tended, [None, None, Some(500), Some(220)], Some(395));
    check(
        "no part is above five stars",
        &[trip(10, Checked), care(Defect, false)],
        [None, None, Some(500), Some(500)],
        Some(500),
    );
}

#[test]
fn all_parts_together_are_weighed_by_the_register() {
    let items = [rating(12), departure(true), departure(false), trip(500, ScoreFact::Checked), speeding()];
    check("40, 20, 25 and 15 of 100", &items, [Some(400), Some(250), Some(450), Some(500)], Some(398));
    let score = score(&items, &rule());
    assert_eq!((score.trips, score.distance_m), (1, 500_000));
    assert_eq!(score.parts.iter().map(|part| (part.counted, part.against)).collect::<Vec<_>>(), [(1, 0), (2, 1), (1, 1), (1, 0)]);
}

#[test]
fn what_weighs_nothing_counts_nothing() {
    let rule = ScoreRule { weights: [0; 4], ..rule() };
    assert_eq!(score(&[rating(15)], &rule).hundredths, None);
}
