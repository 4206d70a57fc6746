//! What a car must keep to be sent (派车规则): a list of rules, one file each, every one of them always asked.

use super::case::CarCase;
use crate::word::words;

mod category;
mod duty;
mod exempt;
mod late;
mod place;
mod plate_day;
mod purpose;
mod range;
mod rest;
mod seal;
mod seats;
mod service;
mod shift;
mod slot;
mod state;
mod tags;
mod unit;
mod workshop;

words! {
    /// A rule that a car must keep (派车规则).
    EligibilityRule, EligibilityRuleError, "nearby.rule" {
        /// Is for something else.
        Category = "category", "车辆类别不符";
        /// May not be used for that.
        Purpose = "purpose", "用途不符";
        /// Is another unit's and not shared with this one.
        Unit = "unit", "未向该单位共享";
        /// Has too few seats.
        Seats = "seats", "座位不足";
        /// Lacks what is asked for.
        Tags = "tags", "缺少所需配置";
        /// Is not in use.
        State = "state", "车辆不在用";
        /// Nobody knows where it is.
        Place = "place", "位置未知";
        /// Cannot be there in time.
        Late = "late", "晚到";
        /// Is promised to another trip.
        Slot = "slot", "时段内已有任务";
        /// Has no driver on duty.
        Shift = "shift", "不在班次内";
        /// Its driver would drive for too long.
        Duty = "duty", "驾驶时长超限";
        /// Its driver rests.
        Rest = "rest", "驾驶员休息不足";
        /// Is under seal.
        Seal = "seal", "封存期内";
        /// Is in the workshop.
        Workshop = "workshop", "维修保养期内";
        /// Would be driven past its service.
        Service = "service", "超出保养里程";
        /// Its plate stays at home that day.
        PlateDay = "plate_day", "尾号限行";
        /// Does not get so far.
        Range = "range", "续航不足";
        /// Is kept for secret work.
        Exempt = "exempt", "涉密车辆专用";
    }
}

/// What a rule is short of (计量).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// There is no more or less.
    Whether,
    /// Things: seats, equipment.
    Things,
    /// Seconds, told in minutes.
    Time,
    /// Metres, told in kilometres.
    Way,
}

/// The rules that a car breaks (违反的规则), a bit each, in the order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Broken(u32);

/// A rule that is broken, and by how much (差距).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Which.
    pub rule: EligibilityRule,
    /// Seconds, metres or things, as the rule measures.
    pub by: i64,
}

/// The table: the file of each rule, its measure, the code of its text, and the same in English. The slack of a rule is what there is
/// to spare, below nothing where it is broken.
macro_rules! table {
    ($($rule:ident, $file:ident, $measure:ident, $code:literal, $english:literal;)+) => {
        impl EligibilityRule {
            /// What there is to spare of it; below nothing, it is broken by so much.
            pub fn slack(self, case: &CarCase<'_>) -> i64 {
                match self { $(Self::$rule => $file::slack(case),)+ }
            }

            /// What it is measured in.
            pub const fn measure(self) -> Measure {
                match self { $(Self::$rule => Measure::$measure,)+ }
            }

            /// The code of its text.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$rule => $code,)+ }
            }

            /// The English words, as `term` has the Chinese ones.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$rule => $english,)+ }
            }
        }

        impl Broken {
            /// Asks every rule; none is spared because another is broken already.
            #[inline]
            pub(super) fn of(case: &CarCase<'_>) -> Self {
                Self($(u32::from($file::slack(case) < 0) << (EligibilityRule::$rule as u32))|+)
            }
        }
    };
}

table! {
    Category, category, Whether, "order.vehicle_category", "is for another category of use";
    Purpose, purpose, Whether, "order.vehicle_purpose", "may not be used for this purpose";
    Unit, unit, Whether, "order.vehicle_unit", "is not shared with this unit";
    Seats, seats, Things, "order.vehicle_too_small", "has too few seats";
    Tags, tags, Things, "order.vehicle_tags", "lacks equipment";
    State, state, Whether, "order.vehicle_out_of_use", "is not in use";
    Place, place, Whether, "order.vehicle_place", "nobody knows where it is";
    Late, late, Time, "order.vehicle_late", "late";
    Slot, slot, Time, "order.vehicle_taken", "has another trip at that time";
    Shift, shift, Time, "order.vehicle_shift", "outside its shift";
    Duty, duty, Time, "order.vehicle_duty", "its driver would drive for too long";
    Rest, rest, Time, "order.vehicle_rest", "its driver has not rested";
    Seal, seal, Time, "order.vehicle_sealed", "is under seal";
    Workshop, workshop, Time, "order.vehicle_workshop", "is in the workshop";
    Service, service, Way, "order.vehicle_service", "would be driven past its service";
    PlateDay, plate_day, Whether, "order.vehicle_plate_day", "its plate stays at home that day";
    Range, range, Way, "order.vehicle_range", "does not get so far";
    Exempt, exempt, Whether, "order.vehicle_exempt", "is kept for secret work";
}

impl Broken {
    /// It may go.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// How many rules.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// That one is among them.
    pub const fn has(self, rule: EligibilityRule) -> bool {
        (self.0 >> (rule as u32)) & 1 == 1
    }

    /// Which ones, in the order of the list.
    pub fn rules(self) -> impl Iterator<Item = EligibilityRule> {
        EligibilityRule::ALL.into_iter().filter(move |rule| self.has(*rule))
    }
}

impl Shortfall {
    /// In Chinese: `晚到 7 分钟`.
    pub fn chinese(&self) -> String {
        let by = self.shown();
        match self.rule.measure() {
            Measure::Whether => self.rule.term().to_owned(),
            Measure::Things => format!("{}，差 {by} 个", self.rule.term()),
            Measure::Time => format!("{} {by} 分钟", self.rule.term()),
            Measure::Way => format!("{} {by} 公里", self.rule.term()),
        }
    }

    /// In English: `late by 7 min`.
    pub fn english(&self) -> String {
        let by = self.shown();
        match self.rule.measure() {
            Measure::Whether => self.rule.english().to_owned(),
            Measure::Things => format!("{}, {by} short", self.rule.english()),
            Measure::Time => format!("{} by {by} min", self.rule.english()),
            Measure::Way => format!("{}, {by} km short", self.rule.english()),
        }
    }

    /// In the unit that is told; what is begun counts, for nothing is short by no minute.
    fn shown(&self) -> i64 {
        let unit = match self.rule.measure() {
            Measure::Whether | Measure::Things => 1,
            Measure::Time => 60,
            Measure::Way => 1000,
        };
        self.by.saturating_add(unit - 1) / unit
    }
}

/// Nothing to spare, or short by one: for what is so or is not.
const fn whether(is_kept: bool) -> i64 {
    if is_kept { 0 } else { -1 }
}

#[cfg(test)]
pub(super) mod testing {
    //! One car beside the place of the trip that keeps every rule, and what a change of it does.

    use super::*;
    use crate::nearby::car::StandingCar;
    use crate::nearby::need::Need;
    use crate::nearby::tests::{car, need, terms};
    use crate::nearby::way::Flat;

    /// What makes of a car and a trip that fit what a line of a table is about.
    type Change = fn(&mut StandingCar, &mut Need);

    /// Each change of a car and a trip that fit leaves the rule so much to spare, and no other rule speaks up.
    pub(in crate::nearby) fn check(rule: EligibilityRule, table: &[(&str, Change, i64)]) {
        for (name, change, slack) in table {
            let (mut car, mut need) = (car(1), need());
            change(&mut car, &mut need);
            let case = CarCase::of(&car, &need, &terms(), Flat::around(need.place));
            assert_eq!(rule.slack(&case), *slack, "{name}");
            let broken: Vec<_> = case.broken().rules().collect();
            assert_eq!(broken, if *slack < 0 { vec![rule] } else { vec![] }, "{name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortfall_reads_as_people_say_it() {
        for (rule, by, chinese, english) in [
            (EligibilityRule::Late, 7 * 60 - 5, "晚到 7 分钟", "late by 7 min"),
            (EligibilityRule::Range, 17_001, "续航不足 18 公里", "does not get so far, 18 km short"),
            (EligibilityRule::Seats, 2, "座位不足，差 2 个", "has too few seats, 2 short"),
            (EligibilityRule::Exempt, 1, "涉密车辆专用", "is kept for secret work"),
        ] {
            let shortfall = Shortfall { rule, by };
            assert_eq!((shortfall.chinese().as_str(), shortfall.english().as_str()), (chinese, english));
        }
    }
}
