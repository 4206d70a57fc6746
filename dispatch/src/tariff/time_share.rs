//! Time-share cars (分时租赁): by the started hour, and no more in any 24 hours from the beginning than the cap.

use crate::cost_line::{CostItem, CostLine, CostMeasure};
use crate::money::Money;

/// Minutes of the span that a cap is for.
const CAPPED_MINUTES: u32 = 24 * 60;

/// What `minutes` with a car cost at so much a started hour. The cap is for each 24 hours from the beginning on: the first minute of
/// the next ones is an hour of its own.
pub fn time_share(minutes: u32, hour: Money, cap: Money) -> Vec<CostLine> {
    let (days, rest) = (minutes / CAPPED_MINUTES, (minutes % CAPPED_MINUTES).div_ceil(60));
    let over = |hours: u32| hour.times(hours) - hour.times(hours).min(cap);
    let taken_off = [(days, over(24)), (1, over(rest))];
    let hours = CostLine::counted(CostItem::TimeShare, days * 24 + rest, CostMeasure::Hour, hour);
    let caps = taken_off.into_iter().filter(|(spans, over)| *spans > 0 && *over > Money::ZERO);
    std::iter::once(hours)
        .chain(caps.map(|(spans, over)| CostLine::counted(CostItem::Cap, spans, CostMeasure::Day, -over)))
        .collect()
}
