//! Figures of trips (用车指标): sums of lists that anybody can open, and the shares that follow from them.
//!
//! The formulas are those of the field's own tables; where the law uses a word without a formula, as with the rate of use, each
//! reading stands beside the others.

use chrono::{DateTime, NaiveDate, Utc};

use crate::word::words;

words! {
    /// A figure that is the sum of a list.
    TripFigure, TripFigureError, "trip.figure" {
        /// Requests that were handed in; 1 each.
        Requests = "requests", "用车申请";
        /// Those among them that left before anybody decided; 1 each.
        Emergencies = "emergencies", "应急用车";
        /// From handing in to the decision, in seconds.
        ApprovalTime = "approval_time", "审批时长";
        /// From the decision to the first car given, in seconds.
        DispatchTime = "dispatch_time", "派车响应";
        /// Orders that left; 1 each.
        Orders = "orders", "出车";
        /// Requests that rode along with another; metres that needed no car of their own.
        Shared = "shared", "拼车节约里程";
        /// Cars that were seen to drive; days on which they were.
        UsedCars = "used_cars", "出车车辆";
        /// Trips that were seen; metres.
        Trips = "trips", "行驶里程";
        /// Uses that no order covers; 1 each.
        Unordered = "unordered", "无单用车";
        /// Findings of every kind; 1 each.
        Findings = "findings", "疑点";
        /// Ratings; 1 for a good one, which has four stars or more under every head.
        Ratings = "ratings", "满意评价";
        /// Settlements; fen.
        Settled = "settled", "结算费用";
    }
}

/// What a list comes to (合计).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FigureTotal {
    /// Rows of the list.
    pub rows: i64,
    /// The sum of their amounts.
    pub amount: i64,
}

/// A span of days, both ends within it (统计期间).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureSpan {
    /// Days of the calendar.
    pub days: u32,
    /// Those on which people work.
    pub workdays: u32,
    /// Cars that the units have.
    pub cars: u32,
}

/// What follows from the sums (派生指标); `None` where there is nothing to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FigureShares {
    /// Days on which cars drove, of all days of all cars, in percent (车辆使用率, first reading).
    pub days_used_pct: Option<f64>,
    /// Cars that drove at least once, of all cars, in percent (second reading).
    pub cars_used_pct: Option<f64>,
    /// Orders that left, of all days of all cars, in percent (third reading).
    pub orders_per_car_day_pct: Option<f64>,
    /// Kilometres of all cars on a working day (日均里程).
    pub km_per_workday: Option<f64>,
    /// Minutes from handing in to the decision (审批时长).
    pub approval_min: Option<f64>,
    /// Minutes from the decision to the first car (派车响应).
    pub dispatch_min: Option<f64>,
    /// Uses without an order, of all trips that were seen, in percent (无单率).
    pub unordered_pct: Option<f64>,
    /// Good ratings, of all, in percent (满意度).
    pub pleased_pct: Option<f64>,
    /// Fen a kilometre that was settled over what was driven (公里费用).
    pub fen_per_km: Option<f64>,
}

/// The part in percent, to two digits.
fn percent(part: i64, whole: i64) -> Option<f64> {
    ratio(part, whole).map(|share| rounded(share * 100.0))
}

#[expect(clippy::cast_precision_loss, reason = "no figure of a nation is beyond 2^53")]
fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl FigureShares {
    /// Reckons the shares of a span; `total` gives the sum of each list.
    pub fn of(span: FigureSpan, total: impl Fn(TripFigure) -> FigureTotal) -> Self {
        let (cars, days) = (i64::from(span.cars), i64::from(span.days));
        let [used, orders, trips, ratings] =
            [TripFigure::UsedCars, TripFigure::Orders, TripFigure::Trips, TripFigure::Ratings].map(&total);
        let minutes = |figure| {
            let total = total(figure);
            ratio(total.amount, total.rows * 60).map(rounded)
        };
        Self {
            days_used_pct: percent(used.amount, cars * days),
            cars_used_pct: percent(used.rows, cars),
            orders_per_car_day_pct: percent(orders.rows, cars * days),
            km_per_workday: ratio(trips.amount, i64::from(span.workdays) * 1000).map(rounded),
            approval_min: minutes(TripFigure::ApprovalTime),
            dispatch_min: minutes(TripFigure::DispatchTime),
            unordered_pct: percent(total(TripFigure::Unordered).rows, trips.rows),
            pleased_pct: percent(ratings.amount, ratings.rows),
            fen_per_km: ratio(total(TripFigure::Settled).amount * 1000, trips.amount).map(rounded),
        }
    }
}

/// The instants between which a span of days lies, in Beijing time; its end is the first instant after it.
pub fn instants(first: NaiveDate, last: NaiveDate) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    Some((crate::calendar::start_of(first), crate::calendar::start_of(last.succ_opt()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(span: FigureSpan, known: &[(TripFigure, i64, i64)]) -> FigureShares {
        FigureShares::of(span, |figure| {
            let found = known.iter().find(|(one, ..)| *one == figure);
            found.map_or(FigureTotal::default(), |&(_, rows, amount)| FigureTotal { rows, amount })
        })
    }

    /// The table of a peer: four spells of 1, 2, 1 and 1 days in a month of 31 are 16 %; 35,157.7 km on 21 working days.
    #[test]
    fn the_golden_values() {
        let month = FigureSpan { days: 31, workdays: 21, cars: 1 };
        let found = shares(month, &[(TripFigure::UsedCars, 1, 5), (TripFigure::Trips, 40, 35_157_700)]);
        assert_eq!((found.days_used_pct, found.cars_used_pct), (Some(16.13), Some(100.0)));
        assert_eq!(found.km_per_workday, Some(1674.18));
    }

    /// A province's own words: 23,000 orders a day for 77,000 cars.
    #[test]
    fn a_day_of_a_province() {
        let day = FigureSpan { days: 1, workdays: 1, cars: 77_000 };
        let found = shares(day, &[(TripFigure::Orders, 23_000, 23_000)]);
        assert_eq!(found.orders_per_car_day_pct, Some(29.87));
    }

    #[test]
    fn means_and_shares_are_of_the_rows_that_there_are() {
        let week = FigureSpan { days: 7, workdays: 5, cars: 10 };
        let found = shares(
            week,
            &[
                (TripFigure::ApprovalTime, 4, 3_600),
                (TripFigure::DispatchTime, 2, 90),
                (TripFigure::Trips, 8, 250_000),
                (TripFigure::Unordered, 1, 1),
                (TripFigure::Ratings, 3, 2),
                (TripFigure::Settled, 2, 50_000),
            ],
        );
        assert_eq!((found.approval_min, found.dispatch_min), (Some(15.0), Some(0.75)));
        assert_eq!((found.unordered_pct, found.pleased_pct, found.fen_per_km), (Some(12.5), Some(66.67), Some(200.0)));
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert_eq!(shares(FigureSpan { days: 0, workdays: 0, cars: 0 }, &[]), FigureShares::default());
    }

    #[test]
    fn a_span_ends_after_its_last_day_in_beijing() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let (from, to) = instants(day, day).unwrap();
        assert_eq!((from.to_rfc3339(), (to - from).num_hours()), ("2026-03-01T16:00:00+00:00".to_owned(), 24));
    }
}
