//! Whether an electric car could drive what a car drove (纯电适用性): its real days, one behind the other, with the cold and what is charged at the base.

use crate::rule::value::RuleValue;
use crate::word::words;

words! {
    /// What comes of it (纯电适用结论).
    ElectricFit, ElectricFitError, "renewal_plan.fit" {
        /// It could drive enough of the days without a pile at its base.
        Suited = "suited", "适合";
        /// It could with a pile at its base.
        WithPile = "with_pile", "基地建桩后适合";
        /// It could not.
        Unsuited = "unsuited", "不适合";
        /// Too few days are known.
        Unknown = "unknown", "数据不足";
    }
}

words! {
    /// The figure that decided (判定依据).
    FitFigure, FitFigureError, "renewal_plan.fit_figure" {
        /// The share of days that it could drive.
        Days = "days", "可完成天数占比";
        /// The longest day is longer than a full battery in the cold.
        LongestDay = "longest_day", "单日最长里程";
        /// The battery is not full again by the next day.
        Charging = "charging", "夜间补电时间";
        /// How many days are known.
        Known = "known", "有轨迹天数";
    }
}

/// A day on which a car drove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrivenDay {
    /// Days since the day before on which it drove: the first day has none.
    pub after: u32,
    /// Metres.
    pub metres: u32,
    /// Minutes that it stood since it came back the last time: cars go back to their base.
    pub stood_min: u32,
    /// It was cold.
    pub is_cold: bool,
}

/// What an electric car can do (纯电车型参数): rows of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElectricTerms {
    /// Metres with a full battery in mild weather.
    pub range_m: u32,
    /// Of a hundred metres, how many are left in the cold.
    pub cold_pct: u32,
    /// Metres that stay in the battery.
    pub reserve_m: u32,
    /// Metres that an hour at a pile of the base gives.
    pub pile_m_h: u32,
    /// Metres that a stop at a public pile between two days gives, where the base has none.
    pub public_m: u32,
    /// Of a hundred days, how many it has to be able to drive.
    pub days_pct: u32,
    /// Days that have to be known.
    pub least_days: u32,
    /// The first month that counts as cold, and the last.
    pub cold: (u32, u32),
}

/// What an electric car could have driven (纯电适用性判定).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElectricVerdict {
    /// What comes of it.
    pub fit: ElectricFit,
    /// The figure that decided.
    pub figure: FitFigure,
    /// Days that are known.
    pub days: u32,
    /// Of these, how many it could drive with a pile at its base.
    pub with_pile: u32,
    /// And without.
    pub without: u32,
    /// The longest day, in metres.
    pub longest_m: u32,
    /// Metres that it has on a cold day, the reserve taken off.
    pub cold_m: u32,
}

impl ElectricTerms {
    /// From the value in force; what it does not name is nothing.
    pub fn of(value: &RuleValue) -> Self {
        Self {
            range_m: value.count_of("range_km").saturating_mul(1_000),
            cold_pct: value.count_of("cold_pct"),
            reserve_m: value.count_of("reserve_km").saturating_mul(1_000),
            pile_m_h: value.count_of("pile_km_h").saturating_mul(1_000),
            public_m: value.count_of("public_km").saturating_mul(1_000),
            days_pct: value.count_of("days_pct"),
            least_days: value.count_of("least_days"),
            cold: (value.count_of("cold_from"), value.count_of("cold_to")),
        }
    }

    /// The month counts as cold; the cold may last over the turn of the year.
    pub const fn is_cold(&self, month: u32) -> bool {
        let (from, to) = self.cold;
        if from <= to { from <= month && month <= to } else { from <= month || month <= to }
    }

    fn full(&self, is_cold: bool) -> u32 {
        if is_cold { part(self.range_m, self.cold_pct.min(100)) } else { self.range_m }
    }

    /// On how many of the days the battery had what was driven; on the others another car goes, and it charges.
    fn feasible(&self, days: &[DrivenDay], has_pile: bool) -> u32 {
        let mut left = self.range_m;
        let mut feasible = 0;
        for day in days {
            let gained = if has_pile {
                u64::from(day.stood_min) * u64::from(self.pile_m_h) / 60
            } else {
                u64::from(self.public_m) * u64::from(day.after.max(1))
            };
            let full = self.full(day.is_cold);
            left = u32::try_from((u64::from(left) + gained).min(u64::from(full))).unwrap_or(full);
            // In the cold a kilometre takes more: what is left counts as what it can drive.
            if left >= day.metres.saturating_add(self.reserve_m) {
                left -= day.metres;
                feasible += 1;
            }
        }
        feasible
    }
}

/// What an electric car could have driven of these days, the oldest first.
pub fn verdict(days: &[DrivenDay], terms: &ElectricTerms) -> ElectricVerdict {
    let count = u32::try_from(days.len()).unwrap_or(u32::MAX);
    let [with_pile, without] = [true, false].map(|has_pile| terms.feasible(days, has_pile));
    let is_enough = |feasible: u32| u64::from(feasible) * 100 >= u64::from(count) * u64::from(terms.days_pct);
    let too_long = days.iter().filter(|day| day.metres.saturating_add(terms.reserve_m) > terms.full(day.is_cold)).count();
    let (fit, figure) = if count < terms.least_days.max(1) {
        (ElectricFit::Unknown, FitFigure::Known)
    } else if is_enough(without) {
        (ElectricFit::Suited, FitFigure::Days)
    } else if is_enough(with_pile) {
        (ElectricFit::WithPile, FitFigure::Charging)
    } else if is_enough(count.saturating_sub(u32::try_from(too_long).unwrap_or(u32::MAX))) {
        // No day by itself is beyond it: it is the nights that are too short.
        (ElectricFit::Unsuited, FitFigure::Charging)
    } else {
        (ElectricFit::Unsuited, FitFigure::LongestDay)
    };
    let longest_m = days.iter().map(|day| day.metres).max().unwrap_or_default();
    let cold_m = terms.full(true).saturating_sub(terms.reserve_m);
    ElectricVerdict { fit, figure, days: count, with_pile, without, longest_m, cold_m }
}

fn part(metres: u32, pct: u32) -> u32 {
    u32::try_from(u64::from(metres) * u64::from(pct) / 100).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 km, 70 % in the cold, 40 km stay: 360 km in the mild, 240 km in the cold.
    const TERMS: ElectricTerms = ElectricTerms {
        range_m: 400_000,
        cold_pct: 70,
        reserve_m: 40_000,
        pile_m_h: 30_000,
        public_m: 60_000,
        days_pct: 95,
        least_days: 20,
        cold: (12, 2),
    };

    fn days(count: usize, km: u32, stood_h: u32, is_cold: bool) -> Vec<DrivenDay> {
        vec![DrivenDay { after: 1, metres: km * 1_000, stood_min: stood_h * 60, is_cold }; count]
    }

    fn told(days: &[DrivenDay]) -> (ElectricFit, FitFigure, u32, u32) {
        let verdict = verdict(days, &TERMS);
        (verdict.fit, verdict.figure, verdict.with_pile, verdict.without)
    }

    #[test]
    fn short_days_need_no_pile() {
        assert_eq!(told(&days(100, 60, 12, false)), (ElectricFit::Suited, FitFigure::Days, 100, 100));
    }

    /// 200 km a day and 60 charged between: 400 and 260 are enough (240 are needed), then 120, 180, 240, then 100, 160, 220, 280, then 140,
    /// 200, 260, and so on: days 1, 2, 5, 9, 12, 15, 19, 22, 25 and 29. With a pile 12 hours give 360 km.
    #[test]
    fn long_days_need_a_pile() {
        assert_eq!(told(&days(30, 200, 12, false)), (ElectricFit::WithPile, FitFigure::Charging, 30, 10));
    }

    #[test]
    fn the_cold_takes_the_range() {
        assert_eq!(told(&days(40, 241, 14, true)), (ElectricFit::Unsuited, FitFigure::LongestDay, 0, 0));
        assert_eq!(told(&days(40, 240, 14, true)).0, ElectricFit::WithPile);
        // Without a pile 100 km of 60: the first seven days, then of each five the second, third and fifth: 7 + 17 × 3 + 2.
        let mut mixed = days(95, 100, 14, false);
        mixed.extend(days(5, 300, 14, true));
        assert_eq!(told(&mixed).0, ElectricFit::WithPile, "95 of 100 days are enough");
        mixed.extend(days(1, 300, 14, true));
        assert_eq!(told(&mixed), (ElectricFit::Unsuited, FitFigure::LongestDay, 95, 60));
    }

    #[test]
    fn short_nights_are_told_apart_from_long_days() {
        assert_eq!(told(&days(40, 300, 5, false)).1, FitFigure::Charging);
    }

    #[test]
    fn winter_lasts_over_the_turn_of_the_year() {
        assert_eq!((1..=12).filter(|month| TERMS.is_cold(*month)).collect::<Vec<_>>(), [1, 2, 12]);
        let south = ElectricTerms { cold: (1, 1), ..TERMS };
        assert_eq!((1..=12).filter(|month| south.is_cold(*month)).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn few_days_tell_nothing() {
        assert_eq!(told(&days(19, 10, 12, false)), (ElectricFit::Unknown, FitFigure::Known, 19, 19));
        assert_eq!(told(&[]).0, ElectricFit::Unknown);
    }
}
