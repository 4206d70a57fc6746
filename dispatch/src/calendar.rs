//! The legal calendar (法定日历): holidays and swap-workdays as the yearly notices say, and the hours of work.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, Timelike as _, Utc, Weekday};

use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::rule::value::{Row, RuleValue, ValueError};
use crate::unit::UnitId;

/// Seconds by which Beijing time is ahead; it has known no summer time since 1991.
const BEIJING_AHEAD_SECS: i32 = 8 * 3600;

/// What kind of day it is (日期性质).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, nothing else said.
    Workday,
    /// Saturday or Sunday, nothing else said.
    Weekend,
    /// Free by the notice, under this name.
    Holiday(String),
    /// A Saturday or Sunday on which people work, for the holiday of this name (调休上班).
    SwapWorkday(String),
}

/// The calendar that holds for a unit (日历).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, DayKind>,
    years: BTreeSet<i32>,
}

/// Hours of work of a working day (工作时段): spans of minutes since midnight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingHours(Vec<(u32, u32)>);

impl DayKind {
    /// The stable name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Workday => "workday",
            Self::Weekend => "weekend",
            Self::Holiday(_) => "holiday",
            Self::SwapWorkday(_) => "swap_workday",
        }
    }

    /// The holiday it belongs to.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Holiday(name) | Self::SwapWorkday(name) => Some(name),
            Self::Workday | Self::Weekend => None,
        }
    }

    /// People work.
    pub const fn is_workday(&self) -> bool {
        matches!(self, Self::Workday | Self::SwapWorkday(_))
    }
}

impl Calendar {
    /// The calendar of the unit with this line of superiors, itself first, as far as was known at an instant. Each year's newest
    /// version counts; a unit's own days lie over those of the units above it.
    pub fn of(versions: &[RuleVersion], line: &[UnitId], known_at: DateTime<Utc>) -> Self {
        let mut calendar = Self::default();
        let levels = std::iter::once(None).chain(line.iter().rev().map(|unit| Some(*unit)));
        for level in levels {
            let mut newest: BTreeMap<i32, &RuleVersion> = BTreeMap::new();
            let known = versions.iter().filter(|version| {
                version.key == RuleKey::CalendarDays && version.unit == level && version.recorded_at <= known_at
            });
            for version in known {
                let held = newest.entry(version.from.year()).or_insert(version);
                if (version.recorded_at, version.id) > (held.recorded_at, held.id) {
                    *held = version;
                }
            }
            for (year, version) in newest {
                if let Some(value) = &version.value {
                    calendar.lay(year, value);
                }
            }
        }
        calendar
    }

    /// Takes over the days of a year.
    fn lay(&mut self, year: i32, value: &RuleValue) {
        self.years.insert(year);
        for (first, last, kind) in value.rows().iter().filter_map(span) {
            for day in first.iter_days().take_while(|day| *day <= last) {
                self.days.insert(day, kind.clone());
            }
        }
    }

    /// The notice of that year is known; without it every Saturday and Sunday is free, and nothing else is.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Years whose notice is known.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// What kind of day it is.
    pub fn kind_of(&self, day: NaiveDate) -> DayKind {
        self.days.get(&day).cloned().unwrap_or_else(|| match day.weekday() {
            Weekday::Sat | Weekday::Sun => DayKind::Weekend,
            _ => DayKind::Workday,
        })
    }

    /// People work on that day.
    pub fn is_workday(&self, day: NaiveDate) -> bool {
        self.kind_of(day).is_workday()
    }

    /// Working days from `first` to `last`, both included.
    pub fn workdays(&self, first: NaiveDate, last: NaiveDate) -> usize {
        first.iter_days().take_while(|day| *day <= last).filter(|day| self.is_workday(*day)).count()
    }

    /// The working day that is `count` working days after `day`.
    pub fn after_workdays(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut found = day;
        let mut left = count;
        while left > 0 {
            let Some(next) = found.checked_add_days(Days::new(1)) else { return found };
            found = next;
            left -= u32::from(self.is_workday(found));
        }
        found
    }

    /// The instant lies in the hours of work of a working day.
    pub fn is_working(&self, hours: &WorkingHours, at: DateTime<Utc>) -> bool {
        let local = beijing(at);
        let minute = local.hour() * 60 + local.minute();
        self.is_workday(local.date_naive()) && hours.0.iter().any(|(from, to)| (*from..*to).contains(&minute))
    }

    /// The instant lies before the first or after the last hour of work of a working day.
    pub fn is_after_hours(&self, hours: &WorkingHours, at: DateTime<Utc>) -> bool {
        let local = beijing(at);
        let minute = local.hour() * 60 + local.minute();
        self.is_workday(local.date_naive()) && hours.whole().is_some_and(|(from, to)| !(from..to).contains(&minute))
    }
}

impl WorkingHours {
    /// From the first minute of work to the last; the break at noon lies within.
    fn whole(&self) -> Option<(u32, u32)> {
        let first = self.0.iter().map(|(from, _)| *from).min()?;
        Some((first, self.0.iter().map(|(_, to)| *to).max()?))
    }

    /// The hours that hold for the unit with this line of superiors; none where the register says nothing.
    pub fn of(versions: &[RuleVersion], line: &[UnitId], on: NaiveDate, known_at: DateTime<Utc>) -> Self {
        let resolved = resolve(versions, RuleKey::WorkingHours, line, on, known_at);
        resolved.map(|resolved| Self::read(&resolved.value)).unwrap_or_default()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes of a day, by the register's bounds")]
    fn read(value: &RuleValue) -> Self {
        let minute = |row: &Row, column: &str| row.get(column)?.number().map(|minute| minute as u32);
        Self(value.rows().iter().filter_map(|row| Some((minute(row, "from")?, minute(row, "to")?))).collect())
    }
}

/// The day in Beijing at that instant.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    beijing(at).date_naive()
}

/// The instant at which a day begins in Beijing.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    (midnight - chrono::TimeDelta::seconds(i64::from(BEIJING_AHEAD_SECS))).and_utc()
}

/// The instant on the clocks of Beijing.
pub fn beijing(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(BEIJING_AHEAD_SECS).expect("eight hours are an offset"))
}

/// A row of the table: first day, last day, what they are.
fn span(row: &Row) -> Option<(NaiveDate, NaiveDate, DayKind)> {
    let text = |column: &str| row.get(column).and_then(|cell| cell.text());
    let day = |column: &str| text(column).and_then(|text| text.parse::<NaiveDate>().ok());
    let name = text("name")?.to_owned();
    let kind = if text("kind")? == "holiday" { DayKind::Holiday(name) } else { DayKind::SwapWorkday(name) };
    Some((day("first")?, day("last")?, kind))
}

/// Fits a year's notice: it begins with the year, its spans run forwards, stay about the year and do not overlap, and a
/// swap-workday is a Saturday or a Sunday.
pub fn check_days(from: NaiveDate, value: &RuleValue) -> Result<(), ValueError> {
    let mut taken = BTreeSet::new();
    let wrong = |row: usize, column: &str| ValueError::Column { row: row + 1, column: column.to_owned() };
    for (index, row) in value.rows().iter().enumerate() {
        let (first, last, kind) = span(row).ok_or_else(|| wrong(index, "first"))?;
        // New Year's holiday may begin in the last days of December.
        let is_near = |day: NaiveDate| (day - from).num_days() >= -7 && day.year() <= from.year();
        if from.ordinal() != 1 || !is_near(first) {
            return Err(wrong(index, "first"));
        }
        if last < first || !is_near(last) {
            return Err(wrong(index, "last"));
        }
        for day in first.iter_days().take_while(|day| *day <= last) {
            let is_weekday = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            if matches!(kind, DayKind::SwapWorkday(_)) && is_weekday {
                return Err(wrong(index, "kind"));
            }
            if !taken.insert(day) {
                return Err(wrong(index, "first"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
