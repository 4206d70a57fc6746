//! How urgently a car wants renewing (更新评分): age, kilometres, cost beside its peers and days in the shop, each a part that can be looked into.

use crate::rule::value::{Cell, RuleValue};
use crate::word::words;

words! {
    /// What a score is made of (评分项).
    ScoreFactor, ScoreFactorError, "renewal_plan.factor" {
        /// Months since its first registration.
        Age = "age", "车龄(月)";
        /// Kilometres.
        Kilometres = "kilometres", "里程(公里)";
        /// What a kilometre costs, of a hundred that it costs its peers.
        Cost = "cost", "公里成本与同类之比(%)";
        /// Days in the shop a year.
        RepairDays = "repair_days", "年维修天数";
    }
}

/// What a part counts (评分权重): a row of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreWeight {
    /// Which part.
    pub factor: ScoreFactor,
    /// Points at the most.
    pub points: u32,
    /// Up to here it has none.
    pub none: u32,
    /// From here on it has all of them.
    pub full: u32,
}

/// A part of a score (评分明细).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScorePart {
    /// What it counts.
    pub weight: ScoreWeight,
    /// What was found; nothing where it is not known.
    pub found: Option<u32>,
    /// Hundredths of a point.
    pub got: u32,
}

/// A score (更新评分).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacementScore {
    /// Of a hundred, in hundredths, over the parts that are known; nothing where none is.
    pub total: Option<u32>,
    /// Its parts.
    pub parts: Vec<ScorePart>,
}

impl ScoreWeight {
    /// The rows of the register; a row that is none is left out.
    pub fn of(value: &RuleValue) -> Vec<Self> {
        let read = |row: &crate::rule::value::Row| {
            let number = |name| row.get(name).and_then(Cell::number).map(whole);
            let factor = row.get("factor").and_then(Cell::text)?.parse().ok()?;
            Some(Self { factor, points: number("points")?, none: number("none")?, full: number("full")? })
        };
        value.rows().iter().filter_map(read).collect()
    }

    /// Hundredths of a point: none up to one value, all from the other on, even between.
    fn got(&self, found: u32) -> u32 {
        let (above, span) = (u64::from(found.saturating_sub(self.none)), u64::from(self.full.saturating_sub(self.none)));
        let most = u64::from(self.points) * 100;
        let got = if found >= self.full { most } else { most * above / span.max(1) };
        u32::try_from(got).unwrap_or(u32::MAX)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers, by the register's bounds")]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

/// Scores a car: what is not known of it counts neither way.
pub fn score(weights: &[ScoreWeight], found: impl Fn(ScoreFactor) -> Option<u32>) -> ReplacementScore {
    let part = |weight: &ScoreWeight| {
        let found = found(weight.factor);
        ScorePart { weight: *weight, found, got: found.map_or(0, |found| weight.got(found)) }
    };
    let parts: Vec<ScorePart> = weights.iter().map(part).collect();
    let known = parts.iter().filter(|part| part.found.is_some());
    let (got, most) =
        known.fold((0_u64, 0_u64), |(got, most), part| (got + u64::from(part.got), most + u64::from(part.weight.points)));
    let total = (most > 0).then(|| u32::try_from(got * 100 / most).unwrap_or(u32::MAX));
    ReplacementScore { total, parts }
}

/// The value in the middle, that of the lower half where there are two; nothing of nothing.
pub fn median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: [ScoreWeight; 3] = [
        ScoreWeight { factor: ScoreFactor::Age, points: 40, none: 48, full: 144 },
        ScoreWeight { factor: ScoreFactor::Kilometres, points: 30, none: 0, full: 300_000 },
        ScoreWeight { factor: ScoreFactor::Cost, points: 30, none: 100, full: 200 },
    ];

    /// 96 months are half way from 48 to 144: 20 of 40. 150,000 km are half of 30. 150 % are half of 30. Together 50 of 100.
    #[test]
    fn half_way_everywhere_is_fifty() {
        let found = |factor| match factor {
            ScoreFactor::Age => Some(96),
            ScoreFactor::Kilometres => Some(150_000),
            ScoreFactor::Cost => Some(150),
            ScoreFactor::RepairDays => None,
        };
        let score = score(&WEIGHTS, found);
        assert_eq!(score.total, Some(5_000));
        assert_eq!(score.parts.iter().map(|part| part.got).collect::<Vec<_>>(), [2_000, 1_500, 1_500]);
    }

    /// Of age and kilometres alone, all of 40 and a third of 30: 50 of 70 points are 71.42 of 100.
    #[test]
    fn what_is_not_known_counts_neither_way() {
        let found = |factor| match factor {
            ScoreFactor::Age => Some(500),
            ScoreFactor::Kilometres => Some(100_000),
            _ => None,
        };
        assert_eq!(score(&WEIGHTS, found).total, Some(7_142));
        assert_eq!(score(&WEIGHTS, |_| None).total, None);
        assert_eq!(score(&WEIGHTS, |_| Some(0)).total, Some(0));
    }

    #[test]
    fn the_middle_is_no_mean() {
        for (mut values, expected) in
            [(vec![], None), (vec![5], Some(5)), (vec![9, 1, 1_000], Some(9)), (vec![4, 2, 1, 3], Some(2))]
        {
            assert_eq!(median(&mut values), expected);
        }
    }
}
