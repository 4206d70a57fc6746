//! What falls due (到期事项), and which reminder of it is to be told: each once, also when nobody looked for some days.

use chrono::NaiveDate;

use crate::word::words;

/// What fell due longer ago, in days or in thousands of kilometres, is no news any more.
const NEWS_FOR: i64 = 30;

words! {
    /// What falls due (到期类型).
    DueKind, DueKindError, "due.kind" {
        /// A policy ends.
        Insurance = "insurance", "车辆保险";
        /// The yearly inspection.
        Inspection = "inspection", "年检";
        /// The licence of the car.
        Licence = "licence", "行驶证";
        /// Upkeep, by its day.
        Upkeep = "upkeep", "保养";
    }
}

words! {
    /// How near it is (到期程度).
    Nearness, NearnessError, "due.nearness" {
        /// Its day has passed.
        Overdue = "overdue", "已过期";
        /// The last reminder before the day was reached.
        Near = "near", "临近";
        /// The first one was.
        Coming = "coming", "即将到期";
        /// None was.
        Far = "far", "未到期";
    }
}

/// Which reminder is to be told with so many days `left`.
///
/// It is the nearest step that was reached, unless it or a nearer one was told of this due day. Who was away for some days is told the one that counts now, and not all that were missed.
pub fn reminder(left: i64, steps: &[i64], told: &[i64]) -> Option<i64> {
    if left < -NEWS_FOR {
        return None;
    }
    let reached = steps.iter().copied().filter(|step| left <= *step).min()?;
    (!told.iter().any(|known| *known <= reached)).then_some(reached)
}

/// How near the day is, by the same steps.
pub fn nearness(left: i64, steps: &[i64]) -> Nearness {
    let before = steps.iter().copied().filter(|step| *step > 0);
    match (left, before.clone().min(), before.max()) {
        (left, ..) if left < 0 => Nearness::Overdue,
        (left, Some(near), _) if left <= near => Nearness::Near,
        (left, _, Some(first)) if left <= first => Nearness::Coming,
        _ => Nearness::Far,
    }
}

/// Days until the day; it counts as not over on the day itself.
pub fn days_left(due: NaiveDate, today: NaiveDate) -> i64 {
    (due - today).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [i64; 4] = [30, 15, 7, 0];

    /// Tells what there is to tell on each of the days, as the job does; `left` counts down.
    fn told_on(days: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
        let (mut known, mut told) = (Vec::new(), Vec::new());
        for left in days {
            // The job looks many times a day.
            for _ in 0..3 {
                if let Some(step) = reminder(left, &STEPS, &known) {
                    known.push(step);
                    told.push((left, step));
                }
            }
        }
        told
    }

    #[test]
    fn each_reminder_is_told_once_on_its_day() {
        assert_eq!(told_on((-40..=60).rev()), [(30, 30), (15, 15), (7, 7), (0, 0)]);
    }

    #[test]
    fn who_was_away_is_told_what_counts_now_and_nothing_twice() {
        assert_eq!(told_on([40, 12, 11, 7, 3].into_iter()), [(12, 15), (7, 7)], "away on day 30 and on day 15");
        assert_eq!(told_on([31, 5, 4, 0, -1].into_iter()), [(5, 7), (0, 0)]);
        assert_eq!(told_on([31, -3, -4].into_iter()), [(-3, 0)], "away on the day itself");
        assert_eq!(told_on([31, -31].into_iter()), []);
    }

    #[test]
    fn a_farther_reminder_is_not_told_after_a_nearer_one() {
        assert_eq!(reminder(7, &STEPS, &[7]), None);
        assert_eq!(reminder(10, &STEPS, &[0]), None, "the clock went back");
        assert_eq!(reminder(10, &STEPS, &[30]), Some(15));
        assert_eq!(reminder(3, &[], &[]), None);
    }

    #[test]
    fn colours_follow_the_same_steps() {
        let near = |left| nearness(left, &STEPS).as_str();
        assert_eq!(
            [near(31), near(30), near(8), near(7), near(0), near(-1)],
            ["far", "coming", "coming", "near", "near", "overdue"]
        );
    }
}
