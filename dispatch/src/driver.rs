//! Drivers (驾驶员): what their licence lets them drive, and whether they may be sent on a day.

use chrono::NaiveDate;
use serde::Serialize;
use telematics::uuid_id;
use thiserror::Error;

use crate::account::AccountId;
use crate::unit::UnitId;
use crate::word::words;

pub mod licence;
pub mod quarter;
pub mod score;
pub mod study;

/// Most seats of a small passenger car (小型客车), the driver's included; GA 802-2019.
const SMALL_SEATS: u32 = 9;
/// Most seats of a medium passenger car (中型客车); GA 802-2019.
const MEDIUM_SEATS: u32 = 19;
/// Longest name or number, in characters.
const TEXT_LENGTH: usize = 40;

uuid_id! {
    /// Key of a driver (驾驶员).
    DriverId
}

words! {
    /// What a licence allows to drive (准驾车型), by 《机动车驾驶证申领和使用规定》.
    LicenceClass, LicenceClassError, "driver.licence_class" {
        /// Large passenger cars, and all below.
        A1 = "A1", "大型客车";
        /// Tractors, and medium passenger cars.
        A2 = "A2", "重型牵引挂车";
        /// City buses; of official cars the small ones alone.
        A3 = "A3", "城市公交车";
        /// Medium passenger cars, and small ones.
        B1 = "B1", "中型客车";
        /// Large lorries, and small cars.
        B2 = "B2", "大型货车";
        /// Small cars.
        C1 = "C1", "小型汽车";
        /// Small cars with automatic gears.
        C2 = "C2", "小型自动挡汽车";
    }
}

words! {
    /// Whether a driver works (驾驶员状态).
    DriverStatus, DriverStatusError, "driver.status" {
        /// Works.
        OnDuty = "on_duty", "在岗";
        /// Is away for a while.
        OnLeave = "on_leave", "休假";
        /// May not drive for now.
        Suspended = "suspended", "停岗";
        /// Has gone.
        Left = "left", "离职";
    }
}

impl LicenceClass {
    /// A car with so many seats, the driver's included, may be driven with it.
    pub const fn allows(self, seats: u32) -> bool {
        match self {
            Self::A1 => true,
            Self::A2 | Self::B1 => seats <= MEDIUM_SEATS,
            Self::A3 | Self::B2 | Self::C1 | Self::C2 => seats <= SMALL_SEATS,
        }
    }
}

/// The file of a driver (驾驶员档案).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Driver {
    /// Key.
    pub id: DriverId,
    /// Where the driver works.
    pub unit: UnitId,
    /// The account that the driver signs in with, if there is one.
    pub account: Option<AccountId>,
    /// Name.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// What the licence allows.
    pub licence: LicenceClass,
    /// The last four characters of its number.
    pub licence_tail: String,
    /// Last day on which it holds, in Beijing time.
    pub licence_until: NaiveDate,
    /// Works, or does not.
    pub status: DriverStatus,
    /// First day of work.
    pub joined_on: NaiveDate,
}

/// Why a driver is not sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DriverError {
    /// Does not work now.
    #[error("the driver is {0}")]
    NotOnDuty(DriverStatus),
    /// The licence ends before the trip does.
    #[error("the licence holds until {until}")]
    LicenceExpired {
        /// Its last day.
        until: NaiveDate,
    },
    /// The licence is for smaller cars.
    #[error("a licence {licence} does not allow {seats} seats")]
    LicenceClass {
        /// What it allows.
        licence: LicenceClass,
        /// Seats of the car.
        seats: u32,
    },
    /// A text of the file is empty or too long.
    #[error("a {field} has 1 to {TEXT_LENGTH} characters")]
    Text {
        /// Which one.
        field: &'static str,
    },
    /// Not the last four characters of a licence's number.
    #[error("the end of a licence's number is four digits or capital letters")]
    LicenceTail,
}

impl DriverError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOnDuty(_) => "driver.not_on_duty",
            Self::LicenceExpired { .. } => "driver.licence_expired",
            Self::LicenceClass { .. } => "driver.licence_too_small",
            Self::Text { .. } => "driver.text",
            Self::LicenceTail => "driver.licence_tail",
        }
    }
}

impl Driver {
    /// May be sent with a car of `seats` on a trip whose last day is `last`.
    pub fn may_be_sent(&self, seats: u32, last: NaiveDate) -> Result<(), DriverError> {
        if self.status != DriverStatus::OnDuty {
            return Err(DriverError::NotOnDuty(self.status));
        }
        if self.licence_until < last {
            return Err(DriverError::LicenceExpired { until: self.licence_until });
        }
        if !self.licence.allows(seats) {
            return Err(DriverError::LicenceClass { licence: self.licence, seats });
        }
        Ok(())
    }
}

/// A name, telephone or the like of a file: trimmed, never empty, not too long.
pub fn text(field: &'static str, given: &str) -> Result<String, DriverError> {
    let given = given.trim();
    let fits = (1..=TEXT_LENGTH).contains(&given.chars().count()) && !given.chars().any(char::is_control);
    if fits { Ok(given.to_owned()) } else { Err(DriverError::Text { field }) }
}

/// The last four characters of a licence's number, in capitals.
pub fn licence_tail(given: &str) -> Result<String, DriverError> {
    let given = given.trim().to_ascii_uppercase();
    let fits = given.len() == 4 && given.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if fits { Ok(given) } else { Err(DriverError::LicenceTail) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn driver(status: DriverStatus, licence: LicenceClass, until: (i32, u32, u32)) -> Driver {
        let day = |(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        Driver {
            id: DriverId(Uuid::from_u128(1)),
            unit: UnitId(Uuid::from_u128(2)),
            account: None,
            name: "张师傅".to_owned(),
            phone: "13800000000".to_owned(),
            licence,
            licence_tail: "1234".to_owned(),
            licence_until: day(until),
            status,
            joined_on: day((2020, 1, 1)),
        }
    }

    #[test]
    fn who_is_away_or_has_no_licence_for_the_car_or_the_day_is_not_sent() {
        use DriverStatus::{Left, OnDuty, OnLeave};
        use LicenceClass::{A1, B1, C1};
        let last = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let cases = [
            (OnDuty, C1, (2026, 3, 2), 5, None),
            (OnDuty, C1, (2026, 3, 1), 5, Some("driver.licence_expired")),
            (OnLeave, A1, (2030, 1, 1), 5, Some("driver.not_on_duty")),
            (Left, A1, (2030, 1, 1), 5, Some("driver.not_on_duty")),
            (OnDuty, C1, (2030, 1, 1), 9, None),
            (OnDuty, C1, (2030, 1, 1), 10, Some("driver.licence_too_small")),
            (OnDuty, B1, (2030, 1, 1), 19, None),
            (OnDuty, B1, (2030, 1, 1), 20, Some("driver.licence_too_small")),
            (OnDuty, A1, (2030, 1, 1), 55, None),
        ];
        for (status, licence, until, seats, code) in cases {
            let said = driver(status, licence, until).may_be_sent(seats, last).err();
            assert_eq!(said.map(|error| error.code()), code, "{status} {licence} {until:?} {seats}");
        }
    }

    #[test]
    fn the_texts_of_a_file_are_trimmed_and_bounded() {
        assert_eq!(text("name", " 张师傅 ").unwrap(), "张师傅");
        assert_eq!(text("name", " ").unwrap_err().code(), "driver.text");
        assert_eq!(text("phone", &"1".repeat(41)).unwrap_err().code(), "driver.text");
        assert_eq!(licence_tail("12x3").unwrap(), "12X3");
        assert_eq!(licence_tail("123").unwrap_err().code(), "driver.licence_tail");
    }
}
