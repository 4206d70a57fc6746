//! Quiet hours: when nothing leaves the house for somebody, unless it is an emergency.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, Timelike as _, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Severity;

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// Hours of the day, Asia/Shanghai, in which somebody is left alone (免打扰时段); they may reach over midnight: `22:00-07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuietHours {
    from: u32,
    until: u32,
}

/// A text that names no quiet hours.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("quiet hours are given as 22:00-07:00, not {found:?}")]
pub struct QuietHoursError {
    /// The text as given.
    pub found: String,
}

impl QuietHoursError {
    /// The stable code of the error.
    #[expect(clippy::unused_self, reason = "every error of this floor tells its code in the same words")]
    pub const fn code(&self) -> &'static str {
        "message.quiet"
    }
}

impl QuietHours {
    /// The end of the quiet hours in which `now` lies; `None` when it lies in none.
    pub fn end(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = now.naive_utc() + Duration::hours(8);
        let minute = local.hour() * 60 + local.minute();
        let since = (minute + DAY - self.from) % DAY;
        let length = (self.until + DAY - self.from) % DAY;
        if since >= length {
            return None;
        }
        let whole = now - Duration::seconds(i64::from(local.second())) - Duration::nanoseconds(i64::from(local.nanosecond()));
        Some(whole + Duration::minutes(i64::from(length - since)))
    }
}

/// When a message may leave for somebody: now, or when their quiet hours end; an emergency waits for nobody.
pub fn send_at(now: DateTime<Utc>, severity: Severity, quiet: Option<QuietHours>) -> DateTime<Utc> {
    if severity == Severity::Emergency {
        return now;
    }
    quiet.and_then(|quiet| quiet.end(now)).unwrap_or(now)
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let are_digits = [hour, minute].iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (are_digits && hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl FromStr for QuietHours {
    type Err = QuietHoursError;

    fn from_str(text: &str) -> Result<Self, QuietHoursError> {
        let hours = text.split_once('-').and_then(|(from, until)| Some(Self { from: minute(from)?, until: minute(until)? }));
        hours.filter(|hours| hours.from != hours.until).ok_or_else(|| QuietHoursError { found: text.to_owned() })
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.until / 60, self.until % 60)
    }
}

impl TryFrom<String> for QuietHours {
    type Error = QuietHoursError;

    fn try_from(text: String) -> Result<Self, QuietHoursError> {
        text.parse()
    }
}

impl From<QuietHours> for String {
    fn from(hours: QuietHours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_holds_back_what_is_no_emergency() {
        let night = Some("22:00-07:00".parse().unwrap());
        let lunch = Some("12:00-13:30".parse().unwrap());
        // Instants in UTC, eight hours behind the day that people have.
        let cases = [
            (night, "2026-03-02T13:59:59Z", "2026-03-02T13:59:59Z"),
            (night, "2026-03-02T14:00:00Z", "2026-03-02T23:00:00Z"),
            (night, "2026-03-02T16:30:20Z", "2026-03-02T23:00:00Z"),
            (night, "2026-03-02T22:59:59.5Z", "2026-03-02T23:00:00Z"),
            (night, "2026-03-02T23:00:00Z", "2026-03-02T23:00:00Z"),
            (lunch, "2026-03-02T04:10:00Z", "2026-03-02T05:30:00Z"),
            (lunch, "2026-03-02T05:30:00Z", "2026-03-02T05:30:00Z"),
            (None, "2026-03-02T16:30:00Z", "2026-03-02T16:30:00Z"),
        ];
        for (quiet, now, wanted) in cases {
            let (now, wanted) = (now.parse().unwrap(), wanted.parse::<DateTime<Utc>>().unwrap());
            for severity in [Severity::Note, Severity::Important] {
                assert_eq!(send_at(now, severity, quiet), wanted, "{quiet:?} at {now}");
            }
            assert_eq!(send_at(now, Severity::Emergency, quiet), now);
        }
    }

    #[test]
    fn quiet_hours_are_two_different_times_of_a_day() {
        assert_eq!("7:00-8:05".parse::<QuietHours>().unwrap().to_string(), "07:00-08:05");
        for wrong in ["", "22:00", "22:00-22:00", "24:00-07:00", "22:60-07:00", "+2:00-07:00", "22:00-07:000"] {
            assert_eq!(wrong.parse::<QuietHours>().unwrap_err().code(), "message.quiet", "{wrong:?}");
        }
    }
}
