//! Six plain bytes of Beijing time, and nothing else, in every message.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, SecondsFormat, Timelike as _, Utc};

/// Bytes of a time (table 5).
pub const TIME_BYTES: usize = 6;
const BEIJING_SECS: i64 = 8 * 3600;

/// The instant of six bytes; `None` when they are no date or no time of day.
pub fn instant(bytes: [u8; TIME_BYTES]) -> Option<DateTime<Utc>> {
    let [year, month, day, hour, minute, second] = bytes.map(u32::from);
    let year = 2000 + i32::try_from(year).ok().filter(|year| *year <= 99)?;
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    // The standard knows no leap second.
    let local = date.and_hms_opt(hour, minute, second)?.and_utc().timestamp();
    DateTime::from_timestamp(local - BEIJING_SECS, 0)
}

/// The six bytes of an instant; outside 2000 to 2099 the year is the nearest that there is.
pub fn bytes(at: DateTime<Utc>) -> [u8; TIME_BYTES] {
    let local = FixedOffset::east_opt(8 * 3600).map_or_else(|| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local());
    let year = (local.year() - 2000).clamp(0, 99);
    [year.cast_unsigned(), local.month(), local.day(), local.hour(), local.minute(), local.second()]
        .map(|part| u8::try_from(part).unwrap_or(0))
}

/// The instant as `decode` prints it.
pub(crate) fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beijing_is_eight_hours_ahead() {
        let at = instant([0x19, 0x0a, 0x1b, 0x14, 0x02, 0x02]).unwrap();
        assert_eq!(text(at), "2025-10-27T12:02:02Z");
        assert_eq!(bytes(at), [0x19, 0x0a, 0x1b, 0x14, 0x02, 0x02]);
        // New Year in Beijing is still the old year in Greenwich.
        assert_eq!(text(instant([26, 1, 1, 0, 0, 0]).unwrap()), "2025-12-31T16:00:00Z");
    }

    #[test]
    fn what_is_no_date_has_no_instant() {
        for wrong in [[0xff; 6], [0; 6], [25, 13, 1, 0, 0, 0], [25, 2, 29, 0, 0, 0], [25, 1, 1, 24, 0, 0], [25, 1, 1, 0, 0, 60]] {
            assert_eq!(instant(wrong), None, "{wrong:?}");
        }
        assert!(instant([24, 2, 29, 23, 59, 59]).is_some());
    }

    proptest! {
        #[test]
        fn there_and_back(given in any::<[u8; 6]>()) {
            if let Some(at) = instant(given) {
                prop_assert_eq!(bytes(at), given);
            }
        }
    }
}
