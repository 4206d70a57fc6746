//! Reconciliation (行程比对): what a car was ordered for against what it was seen to do; one rule a file, each with its table.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use telematics::id::TripId;
use telematics::place::LonLat;

use crate::rule::spec::Measure;
use crate::trip::order::OrderId;
use crate::word::words;

mod corridor;
mod detour;
mod driver;
mod hours;
mod late;
mod limits;
mod mileage;
mod parked;
mod ratify;
mod seen;
mod sensitive;
mod shunt;
#[cfg(test)]
mod testing;
mod unmoved;
mod unordered;

pub use hours::plans_time_off;
pub use limits::FindingLimits;
pub use seen::{Base, Evidence, Observed, Ordered, SensitivePlace, SensitivePlaceId, Stood, TimeSpan, Urgency};
pub use shunt::{Sighting, shunts};

words! {
    /// What does not fit between an order and a trip (异常类型).
    FindingKind, FindingKindError, "finding.kind" {
        /// A01: the car moved and no order covers it.
        UseWithoutOrder = "use_without_order", "无单用车";
        /// A04: driven outside the hours of work, and the order does not say so.
        AfterHours = "after_hours", "非工作时间用车";
        /// A05: driven on a day off, and no order says so.
        HolidayUse = "holiday_use", "节假日用车";
        /// Set off before the plan.
        LeftEarly = "left_early", "提前出车";
        /// Set off after the plan.
        LeftLate = "left_late", "延迟出车";
        /// A09: not back when the plan ended.
        CameBackLate = "came_back_late", "超期未还";
        /// A06: further than the planned way by more than the share allowed.
        Detour = "detour", "绕道";
        /// A06: away from the planned way.
        OffRoute = "off_route", "偏离路线";
        /// A07: not at its base after its return, or at the hour.
        NotReturned = "not_returned", "未按规定地点停放";
        /// A08: stood at a sensitive place.
        SensitiveStop = "sensitive_stop", "敏感地点停留";
        /// A10: another driver than the one ordered.
        WrongDriver = "wrong_driver", "人车不符";
        /// A11: what was written down and what the terminal measured differ.
        MileageMismatch = "mileage_mismatch", "里程不符";
        /// An order was driven on paper; the car stood.
        NeverMoved = "never_moved", "出车未行驶";
        /// An emergency that was not ratified in time.
        NotRatified = "not_ratified", "无审批用车";
    }
}

/// Something that does not fit (行程异常), as it is found; what becomes of it is a paper of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// When it began. The same whenever it is worked out again: with the car and the kind it says which finding it is.
    pub at: DateTime<Utc>,
    /// The order that it is about.
    pub order: Option<OrderId>,
    /// The trip that shows it.
    pub trip: Option<TripId>,
    /// How much was measured.
    pub measured: f64,
    /// How much is allowed.
    pub limit: f64,
    /// What both are measured in.
    pub unit: Measure,
    /// What there is to know beside it.
    pub detail: FindingDetail,
}

/// What there is to know beside the number (异常要素).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum FindingDetail {
    /// The number says it all.
    Nothing {},
    /// The kind of day, and the holiday's name.
    Day {
        /// `weekend` or `holiday`.
        day: String,
        /// Name of the holiday.
        name: Option<String>,
    },
    /// What was planned or written down, and what was measured.
    Lengths {
        /// Metres that the order says.
        ordered_m: i64,
        /// Metres that the track says.
        seen_m: i64,
    },
    /// Where it was.
    Place {
        /// Degrees north, WGS-84.
        lat: f64,
        /// Degrees east, WGS-84.
        lon: f64,
        /// What the place is called.
        name: Option<String>,
        /// What kind of place it is.
        class: Option<String>,
    },
    /// Who should have driven, and who did.
    Drivers {
        /// As ordered.
        ordered: String,
        /// As identified.
        seen: String,
    },
}

impl FindingKind {
    /// Its code in the list of alarms, `A01` to `A23`; `None` where that has none.
    pub const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::UseWithoutOrder => "A01",
            Self::AfterHours => "A04",
            Self::HolidayUse => "A05",
            Self::Detour | Self::OffRoute => "A06",
            Self::NotReturned => "A07",
            Self::SensitiveStop => "A08",
            Self::CameBackLate => "A09",
            Self::WrongDriver => "A10",
            Self::MileageMismatch => "A11",
            Self::LeftEarly | Self::LeftLate | Self::NeverMoved | Self::NotRatified => return None,
        })
    }

    /// It goes on while nobody answers: whoever leads is told within minutes, not on the next day.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::UseWithoutOrder | Self::HolidayUse)
    }
}

impl FindingDetail {
    fn place(place: LonLat) -> Self {
        Self::Place { lat: place.lat(), lon: place.lon(), name: None, class: None }
    }
}

/// Everything that does not fit, the oldest first.
pub fn compare(seen: &Evidence, limits: &FindingLimits) -> Vec<Finding> {
    let mut found = Vec::new();
    unordered::apply(seen, limits, &mut found);
    hours::apply(seen, limits, &mut found);
    late::apply(seen, limits, &mut found);
    detour::apply(seen, limits, &mut found);
    corridor::apply(seen, limits, &mut found);
    parked::apply(seen, limits, &mut found);
    sensitive::apply(seen, limits, &mut found);
    driver::apply(seen, limits, &mut found);
    mileage::apply(seen, limits, &mut found);
    unmoved::apply(seen, limits, &mut found);
    ratify::apply(seen, &mut found);
    found.sort_by_key(|finding| (finding.at, finding.kind));
    found
}

/// Per cent by which `seen_m` is more than `base_m`, both in whole metres, as the store has them; negative where it is less.
#[expect(clippy::cast_precision_loss, reason = "metres of a trip")]
fn share_over(seen_m: i64, base_m: i64) -> f64 {
    (seen_m - base_m) as f64 * 100.0 / base_m as f64
}

#[expect(clippy::cast_possible_truncation, reason = "metres of a trip")]
fn whole_metres(metres: f64) -> i64 {
    metres.round() as i64
}

#[cfg(test)]
mod tests;
