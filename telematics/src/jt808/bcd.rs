//! Packed decimal (BCD 8421), read strictly: a byte with a hex letter is no number.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// China's time is eight hours ahead of UTC, all year.
const GMT_8: TimeDelta = TimeDelta::hours(8);

/// The two digits of one byte; `None` when one of them is a letter.
pub const fn byte(packed: u8) -> Option<u8> {
    let (high, low) = (packed >> 4, packed & 0x0f);
    if high < 10 && low < 10 { Some(high * 10 + low) } else { None }
}

/// A byte of the two digits of a number below 100; the digits of a larger one are those of its rest.
pub const fn pack(number: u8) -> u8 {
    let number = number % 100;
    ((number / 10) << 4) | (number % 10)
}

/// `YYMMDDhhmmss` at GMT+8, in this century; `None` when it is no instant, as with hex letters or a month of zero.
///
/// Every position has one, so it is worked out here: between 2000 and 2099 every fourth year is a leap year.
pub fn time(packed: [u8; 6]) -> Option<DateTime<Utc>> {
    let [year, month, day, hour, minute, second] = packed;
    let [year, month, day, hour, minute, second] =
        [byte(year)?, byte(month)?, byte(day)?, byte(hour)?, byte(minute)?, byte(second)?].map(i64::from);
    let leap = year % 4 == 0;
    let (before, length) = *MONTHS.get(usize::try_from(month).ok()?)?;
    let february = i64::from(leap && month == 2);
    if !(1..=length + february).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = DAYS_TO_2000 + year * 365 + (year + 3) / 4 + before + i64::from(leap && month > 2) + day - 1;
    DateTime::from_timestamp(((days * 24 + hour - 8) * 60 + minute) * 60 + second, 0)
}

/// Days from 1 January 1970 to 1 January 2000.
const DAYS_TO_2000: i64 = 10_957;

/// Of each month but none, the days of a common year before it, and its own.
const MONTHS: [(i64, i64); 13] = [
    (0, 0),
    (0, 31),
    (31, 28),
    (59, 31),
    (90, 30),
    (120, 31),
    (151, 30),
    (181, 31),
    (212, 31),
    (243, 30),
    (273, 31),
    (304, 30),
    (334, 31),
];

/// The bytes of an instant, as [`time`] reads them.
pub fn pack_time(at: DateTime<Utc>) -> [u8; 6] {
    let text = (at + GMT_8).format("%y%m%d%H%M%S").to_string();
    let mut packed = [0; 6];
    for (byte, digits) in packed.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digits.iter().fold(0, |whole, digit| (whole << 4) | (digit & 0x0f));
    }
    packed
}

/// `YYYYMMDD`.
pub fn date(packed: [u8; 4]) -> Option<NaiveDate> {
    let [century, year, month, day] = packed;
    let year = i32::from(byte(century)?) * 100 + i32::from(byte(year)?);
    NaiveDate::from_ymd_opt(year, byte(month)?.into(), byte(day)?.into())
}

/// The digits as they stand, hex letters in lower case.
pub fn text(packed: &[u8]) -> String {
    hex::encode(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_at_gmt_8() {
        let at = time([0x20, 0x07, 0x07, 0x19, 0x23, 0x59]).unwrap();
        assert_eq!(at.to_rfc3339(), "2020-07-07T11:23:59+00:00");
        assert_eq!(pack_time(at), [0x20, 0x07, 0x07, 0x19, 0x23, 0x59]);
        // The day before, at Greenwich.
        let at = time([0x24, 0x03, 0x01, 0x07, 0x59, 0x59]).unwrap();
        assert_eq!(at.to_rfc3339(), "2024-02-29T23:59:59+00:00");
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for packed in [
            [0; 6],
            [0xff; 6],
            [0x20, 0x13, 0x01, 0, 0, 0],
            [0x20, 0x00, 0x01, 0, 0, 0],
            [0x23, 0x02, 0x29, 0, 0, 0],
            [0x20, 0x0a, 0x01, 0, 0, 0],
            [0x20, 0x01, 0x01, 0x24, 0, 0],
            [0x20, 0x01, 0x01, 0, 0x60, 0],
            [0x20, 0x01, 0x01, 0, 0, 0x60],
        ] {
            assert_eq!(time(packed), None, "{packed:02x?}");
        }
        assert_eq!(date([0x20, 0x25, 0x02, 0x30]), None);
        assert_eq!(date([0x20, 0x25, 0x02, 0x28]), NaiveDate::from_ymd_opt(2025, 2, 28));
    }

    #[test]
    fn every_day_of_the_century_is_the_calendar_s() {
        for (year, month, day) in (0..100).flat_map(|y| (0..=13).flat_map(move |m| (0..=32).map(move |d| (y, m, d)))) {
            let expected = NaiveDate::from_ymd_opt(2000 + i32::from(year), month.into(), day.into())
                .and_then(|date| Some((date.and_hms_opt(6, 7, 8)? - GMT_8).and_utc()));
            assert_eq!(time([pack(year), pack(month), pack(day), 0x06, 0x07, 0x08]), expected, "{year} {month} {day}");
        }
    }

    #[test]
    fn a_byte_is_two_digits_or_nothing() {
        for number in 0..100 {
            assert_eq!(byte(pack(number)), Some(number));
        }
        assert_eq!((byte(0x0a), byte(0xa0), byte(0x99)), (None, None, Some(99)));
    }
}
