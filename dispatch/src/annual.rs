//! The annual statistics report (年度统计报告): figures of a unit and a year, the moves from draft to acceptance, and the sums up the tree.

pub mod check;
pub mod flow;
pub mod item;
pub mod rate;
pub mod roll;
pub mod table;

use telematics::uuid_id;

uuid_id! {
    /// Key of a version of a report (统计报告).
    AnnualReportId
}

/// The years that a report may be about.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2999;
