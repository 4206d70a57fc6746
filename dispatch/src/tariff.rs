//! What a trip costs by the tariff (计价规则): by distance outside the area, by time inside it, with waiting, short trips and meals.
//!
//! Prices are rows of the register. Three things are rounded, and nothing else: time counts in full minutes, whatever is priced by
//! the hour or by steps of waiting counts a started one as a whole, and a line by distance counts half a fen and more as one.

mod table;
mod time_share;

use thiserror::Error;

use crate::cost_line::{CostItem, CostLine, CostMeasure};
use crate::money::Money;
use crate::vehicle::Seats;
use crate::word::words;

pub use time_share::time_share;

words! {
    /// What a tariff tells cars apart by (计价车型).
    TariffClass, TariffClassError, "tariff.class" {
        /// Five seats and fewer.
        Sedan = "sedan", "轿车";
        /// Six to nine seats, and cross-country cars.
        BusinessSuv = "business_suv", "商务·越野";
        /// Ten to nineteen seats.
        Minibus = "minibus", "中巴";
        /// Twenty seats and more.
        Bus = "bus", "大巴";
    }
}

words! {
    /// Where a trip goes (用车区域).
    TripArea, TripAreaError, "tariff.area" {
        /// It stays in the area where officials get an allowance for their own ways (公务交通补贴保障区域).
        Inside = "inside", "补贴区域内";
        /// It leaves it.
        Outside = "outside", "补贴区域外";
    }
}

/// One way of a trip (行程段): out, or back when the same order is opened again for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Metres driven.
    pub distance_m: u32,
    /// Full minutes from departure to return, waiting included.
    pub minutes: u32,
    /// Full minutes of waiting among them.
    pub waiting_minutes: u32,
}

/// What a car was used for, as far as it is priced (用车量).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Where it went.
    pub area: TripArea,
    /// Its ways; they are priced as one (合并结算).
    pub legs: Vec<Leg>,
    /// Days on which the driver was out of town.
    pub days_out_of_town: u32,
}

/// The prices that hold for a class of cars (计价表).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    /// By distance, the nearest step first.
    distance: Vec<Step>,
    /// By time, the shortest first; the open step is the price of each further hour.
    time: Vec<Step>,
    extras: Extras,
}

/// A price up to a limit; `None`: beyond the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    up_to: Option<u32>,
    price: Money,
}

/// What is priced beside distance and time; nothing of what is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Extras {
    waiting_free_minutes: u32,
    waiting_step_minutes: u32,
    waiting_step_km: u32,
    short_trip_km: u32,
    short_trip_wait_hours: u32,
    short_trip_charged_km: u32,
    driver_meal: Money,
    /// The price of the step in which a trip ends holds for all of it, not for what lies within the step.
    is_by_whole_trip: bool,
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TariffError {
    /// No row of the table is for it.
    #[error("the tariff has no price for {metres} m")]
    Distance {
        /// Metres to be priced.
        metres: u32,
    },
    /// No row of the table is for it.
    #[error("the tariff has no price for {minutes} minutes")]
    Time {
        /// Minutes to be priced.
        minutes: u32,
    },
}

impl TariffError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Distance { .. } | Self::Time { .. } => "tariff.no_price",
        }
    }
}

impl TariffClass {
    /// The class by seats, as GA 802 divides passenger cars; whether a car of five seats is a cross-country one, seats do not say.
    pub const fn of_seats(seats: Seats) -> Self {
        match seats.count() {
            ..=5 => Self::Sedan,
            6..=9 => Self::BusinessSuv,
            10..=19 => Self::Minibus,
            _ => Self::Bus,
        }
    }
}

impl Use {
    fn metres(&self) -> u32 {
        self.legs.iter().fold(0, |sum, leg| sum.saturating_add(leg.distance_m))
    }

    fn minutes(&self) -> u32 {
        self.legs.iter().fold(0, |sum, leg| sum.saturating_add(leg.minutes))
    }

    fn waiting_minutes(&self) -> u32 {
        self.legs.iter().fold(0, |sum, leg| sum.saturating_add(leg.waiting_minutes))
    }
}

impl Tariff {
    /// What the use of a car costs, line by line. Inside the area time is priced where there are prices for it, with waiting in it;
    /// otherwise the distance is.
    pub fn price(&self, used: &Use) -> Result<Vec<CostLine>, TariffError> {
        if used.area == TripArea::Inside && !self.time.is_empty() {
            return self.by_time(used.minutes());
        }
        let mut lines = self.by_distance(used)?;
        if used.days_out_of_town > 0 && self.extras.driver_meal > Money::ZERO {
            lines.push(CostLine::counted(CostItem::Meals, used.days_out_of_town, CostMeasure::Day, self.extras.driver_meal));
        }
        Ok(lines)
    }

    fn by_distance(&self, used: &Use) -> Result<Vec<CostLine>, TariffError> {
        let (driven, waiting) = (used.metres(), used.waiting_minutes());
        let extras = &self.extras;
        let is_short = driven <= metres(extras.short_trip_km) && waiting <= extras.short_trip_wait_hours.saturating_mul(60);
        if is_short && extras.short_trip_charged_km > 0 {
            let charged = metres(extras.short_trip_charged_km);
            return self.stretch(CostItem::ShortTrip, 0, charged, charged);
        }
        let waited = extras.metres_for(waiting);
        let charged = driven.saturating_add(waited);
        let mut lines = self.stretch(CostItem::Distance, 0, driven, charged)?;
        lines.extend(self.stretch(CostItem::Waiting, driven, charged, charged)?);
        Ok(lines)
    }

    /// The metres from `from` to `to` of a trip of `whole` metres, a line a step.
    fn stretch(&self, item: CostItem, from: u32, to: u32, whole: u32) -> Result<Vec<CostLine>, TariffError> {
        if self.extras.is_by_whole_trip {
            let step = self.distance.iter().find(|step| step.up_to.is_none_or(|up_to| whole <= metres(up_to)));
            let step = step.ok_or(TariffError::Distance { metres: whole })?;
            return Ok(if to > from { vec![CostLine::driven(item, 0, to - from, step.price)] } else { Vec::new() });
        }
        let mut lines = Vec::new();
        let (mut at, mut beyond) = (from, 0);
        for step in &self.distance {
            if at >= to {
                break;
            }
            let end = step.up_to.map_or(to, |up_to| to.min(metres(up_to)));
            if end > at {
                lines.push(CostLine::driven(item, beyond, end - at, step.price));
                at = end;
            }
            beyond = step.up_to.unwrap_or(beyond);
        }
        if at < to { Err(TariffError::Distance { metres: whole }) } else { Ok(lines) }
    }

    fn by_time(&self, minutes: u32) -> Result<Vec<CostLine>, TariffError> {
        let mut longest = None;
        let mut beyond = 0;
        for step in &self.time {
            let flat = CostLine { beyond, ..CostLine::counted(CostItem::Time, 1, CostMeasure::Piece, step.price) };
            match step.up_to {
                Some(up_to) if minutes <= up_to.saturating_mul(60) => return Ok(vec![flat]),
                Some(up_to) => (longest, beyond) = (Some(flat), up_to),
                None => {
                    let hours = minutes.saturating_sub(beyond.saturating_mul(60)).div_ceil(60);
                    let extra =
                        CostLine { beyond, ..CostLine::counted(CostItem::ExtraHours, hours, CostMeasure::Hour, step.price) };
                    return Ok(longest.into_iter().chain([extra]).collect());
                }
            }
        }
        Err(TariffError::Time { minutes })
    }
}

impl Extras {
    /// The metres that so much waiting counts as.
    fn metres_for(&self, waiting_minutes: u32) -> u32 {
        if self.waiting_step_minutes == 0 {
            return 0;
        }
        let steps = waiting_minutes.saturating_sub(self.waiting_free_minutes).div_ceil(self.waiting_step_minutes);
        metres(steps.saturating_mul(self.waiting_step_km))
    }
}

/// Kilometres in metres; a table may hold more of them than a car ever drives.
const fn metres(km: u32) -> u32 {
    km.saturating_mul(1000)
}

#[cfg(test)]
mod tests;
