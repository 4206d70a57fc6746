//! How well a driver drove in a quarter (驾驶员星级评分): four parts of five stars each, weighed by the register, from what is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::rule::value::{Cell, RuleValue};
use crate::trip::order::OrderId;
use crate::word::words;

/// Five stars, in hundredths.
const FULL: i64 = 500;
/// Safety is judged by 1,000 km; who drove less is judged as if it had been so many.
const SAFETY_METRES: i64 = 1_000_000;
/// Stars that a rating can have: three things of five.
const OF_A_RATING: i64 = 3;

words! {
    /// What a driver is judged by (评分项).
    ScorePart, ScorePartError, "driver.score_part" {
        /// What people said of the trips.
        Ratings = "ratings", "乘车评价";
        /// Departures and returns as planned.
        Punctuality = "punctuality", "准点出收车";
        /// Speeding, tired and dangerous driving.
        Safety = "safety", "行车安全";
        /// The car looked over, defects reported, fuel taken as it is needed.
        Care = "care", "车辆爱护";
    }
}

words! {
    /// A thing that counts (评分依据).
    ScoreFact, ScoreFactError, "driver.score_fact" {
        /// A rating; its amount is the sum of its three stars.
        Rating = "rating", "评价";
        /// A departure; its amount is how many seconds late it was.
        Departure = "departure", "出车";
        /// A return; the same.
        Return = "return", "收车";
        /// Faster than the limit for longer than is forgiven.
        Speeding = "speeding", "超速";
        /// An alarm of the terminal about the driving.
        Alarm = "alarm", "驾驶行为报警";
        /// A trip before which the car was looked over; its amount is its metres.
        Checked = "checked", "已做出车检查";
        /// A trip before which it was not; the same.
        Unchecked = "unchecked", "未做出车检查";
        /// A defect that the driver reported.
        Defect = "defect", "上报故障";
        /// Fuel taken again sooner than a tank can be empty.
        HastyFill = "hasty_fill", "短时重复加油";
    }
}

/// One of the things that a quarter is judged by (评分依据明细).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreItem {
    /// Which part it belongs to.
    pub part: ScorePart,
    /// What it is.
    pub fact: ScoreFact,
    /// The order that it comes from.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// When it was.
    pub at: DateTime<Utc>,
    /// Stars, seconds or metres: what its fact says.
    pub amount: i64,
    /// The words of a rating, the kind of an alarm, the item of a defect.
    pub note: String,
    /// It costs stars.
    pub is_against: bool,
}

/// What the register weighs with (评分规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreRule {
    /// Weights of the parts, in the order of the list.
    pub weights: [i64; ScorePart::ALL.len()],
    /// Hundredths of a star that something unsafe in 1,000 km costs.
    pub unsafe_hundredths: i64,
    /// Hundredths that a hasty fill costs.
    pub fill_hundredths: i64,
    /// Hundredths that a reported defect gives back.
    pub defect_hundredths: i64,
}

/// What a part came to (分项得分).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartScore {
    /// Which part.
    pub part: ScorePart,
    /// Hundredths of a star, 0 to 500; nothing where there was nothing to judge by.
    pub hundredths: Option<i64>,
    /// What it weighs.
    pub weight: i64,
    /// Things looked at, and those that cost stars.
    pub counted: usize,
    /// The latter.
    pub against: usize,
}

/// What a quarter came to (季度评分).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverScore {
    /// Hundredths of a star; nothing where no part could be judged.
    pub hundredths: Option<i64>,
    /// Its parts.
    pub parts: Vec<PartScore>,
    /// Trips driven.
    pub trips: usize,
    /// Metres driven.
    pub distance_m: i64,
}

impl ScoreRule {
    /// The names in the register's table, weights first.
    pub const NAMES: &'static [&'static str] =
        &["ratings", "punctuality", "safety", "care", "unsafe_hundredths", "fill_hundredths", "defect_hundredths"];

    /// A rule by which nothing weighs anything, for a store without one.
    pub const NOTHING: Self = Self { weights: [0; 4], unsafe_hundredths: 0, fill_hundredths: 0, defect_hundredths: 0 };

    /// As the register says it; what it does not name weighs nothing.
    pub fn read(value: &RuleValue) -> Self {
        let amount = |what: &str| {
            let row = value.rows().iter().find(|row| row.get("what").and_then(Cell::text) == Some(what));
            #[expect(clippy::cast_possible_truncation, reason = "whole numbers, by the register's bounds")]
            row.and_then(|row| row.get("amount")?.number()).map_or(0, |number| number as i64)
        };
        Self {
            weights: ScorePart::ALL.map(|part| amount(part.as_str())),
            unsafe_hundredths: amount("unsafe_hundredths"),
            fill_hundredths: amount("fill_hundredths"),
            defect_hundredths: amount("defect_hundredths"),
        }
    }
}

/// Judges a quarter by what is stored of it.
pub fn score(items: &[ScoreItem], rule: &ScoreRule) -> DriverScore {
    let trips = count(items, |item| matches!(item.fact, ScoreFact::Checked | ScoreFact::Unchecked));
    let driven = items.iter().filter(|item| matches!(item.fact, ScoreFact::Checked | ScoreFact::Unchecked));
    let distance_m = driven.map(|item| item.amount).sum();
    let parts: Vec<PartScore> = ScorePart::ALL
        .into_iter()
        .zip(rule.weights)
        .map(|(part, weight)| PartScore {
            part,
            hundredths: hundredths(part, items, (trips, distance_m), rule).map(|stars| stars.clamp(0, FULL)),
            weight,
            counted: count(items, |item| item.part == part),
            against: count(items, |item| item.part == part && item.is_against),
        })
        .collect();
    let judged = || parts.iter().filter_map(|part| Some((part.hundredths?, part.weight)));
    let weight: i64 = judged().map(|(_, weight)| weight).sum();
    let sum: i64 = judged().map(|(stars, weight)| stars * weight).sum();
    DriverScore { hundredths: (weight > 0).then(|| rounded(sum, weight)), parts, trips, distance_m }
}

/// A part before it is kept within its stars; nothing where there is nothing to judge by.
fn hundredths(part: ScorePart, items: &[ScoreItem], (trips, distance_m): (usize, i64), rule: &ScoreRule) -> Option<i64> {
    let of_part = || items.iter().filter(|item| item.part == part);
    let of_fact = |fact| whole(count(items, |item| item.fact == fact));
    let (all, against) = (whole(of_part().count()), whole(of_part().filter(|item| item.is_against).count()));
    match part {
        ScorePart::Ratings => (all > 0).then(|| rounded(of_part().map(|item| item.amount * 100).sum(), all * OF_A_RATING)),
        ScorePart::Punctuality => (all > 0).then(|| rounded(FULL * (all - against), all)),
        ScorePart::Safety => {
            (trips > 0).then(|| FULL - rounded(against * rule.unsafe_hundredths * SAFETY_METRES, distance_m.max(SAFETY_METRES)))
        }
        ScorePart::Care => (trips > 0).then(|| {
            let looked_over = rounded(FULL * of_fact(ScoreFact::Checked), whole(trips));
            let (fills, defects) = (of_fact(ScoreFact::HastyFill), of_fact(ScoreFact::Defect));
            looked_over - fills * rule.fill_hundredths + defects * rule.defect_hundredths
        }),
    }
}

fn count(items: &[ScoreItem], counts: impl Fn(&ScoreItem) -> bool) -> usize {
    items.iter().filter(|item| counts(item)).count()
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Half up; neither is below nothing.
const fn rounded(of: i64, by: i64) -> i64 {
    (of * 2 + by) / (by * 2)
}

#[cfg(test)]
mod tests;
