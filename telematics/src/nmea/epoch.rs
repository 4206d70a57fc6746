//! Fixes out of sentences: everything a receiver says about one instant is one fix.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::fix::Fix;
use crate::nmea::Counters;
use crate::nmea::sentence::{Body, Sentence, Talker, TimeOfDay};
use crate::place::LonLat;
use crate::quantity::{Heading, Speed};

/// Below this speed a course is noise: the last one that was not stays.
pub const COURSE_NEEDS: Speed = Speed::from_kmh(3.0);

const DAY_MILLIS: i64 = 86_400_000;

/// One epoch (历元): all that a receiver said about one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochFix {
    /// Offset of its first sentence in the stream.
    pub at: u64,
    /// The instant; `None` as long as the receiver gave no date.
    pub fixed_at: Option<DateTime<Utc>>,
    /// Time of day, which is there even without a date.
    pub time: TimeOfDay,
    /// 2 or 3 dimensions.
    pub mode: u8,
    /// The fix.
    pub fix: Fix,
    /// Who had a part in it.
    pub talkers: BTreeSet<Talker>,
}

#[derive(Debug)]
struct Open {
    at: u64,
    time: TimeOfDay,
    date: Option<NaiveDate>,
    /// One sentence says valid, none says invalid.
    verdicts: BTreeSet<bool>,
    /// The place, and how much its sentence is trusted.
    place: Option<(u8, LonLat)>,
    speed: Option<(u8, Speed)>,
    course: Option<(u8, f64)>,
    altitude_m: Option<f64>,
    satellites: Option<u8>,
    hdop: Option<f64>,
    mode: Option<u8>,
    talkers: BTreeSet<Talker>,
}

impl Open {
    fn new(at: u64, time: TimeOfDay) -> Self {
        Self {
            at,
            time,
            date: None,
            verdicts: BTreeSet::new(),
            place: None,
            speed: None,
            course: None,
            altitude_m: None,
            satellites: None,
            hdop: None,
            mode: None,
            talkers: BTreeSet::new(),
        }
    }

    fn hear(&mut self, sentence: &Sentence) {
        self.talkers.insert(sentence.talker);
        match &sentence.body {
            Body::Rmc { valid, place, speed, course, date } => {
                self.verdicts.insert(*valid);
                trust(&mut self.place, 2, *place);
                trust(&mut self.speed, 2, *speed);
                trust(&mut self.course, 2, *course);
                if *valid {
                    self.date = self.date.or(*date);
                }
            }
            Body::Fix { valid, place, altitude_m, satellites, hdop } => {
                self.verdicts.insert(*valid);
                trust(&mut self.place, 3, *place);
                self.altitude_m = self.altitude_m.or(*altitude_m);
                self.satellites = self.satellites.max(*satellites);
                self.hdop = self.hdop.or(*hdop);
            }
            Body::Gll { valid, place } => {
                self.verdicts.insert(*valid);
                trust(&mut self.place, 1, *place);
            }
            Body::Gsa { mode, hdop } => {
                // One of several constellations without a fix of its own does not make the whole less.
                self.mode = self.mode.max(Some(*mode));
                self.hdop = self.hdop.or(*hdop);
            }
            Body::Vtg { speed, course } => {
                trust(&mut self.speed, 1, *speed);
                trust(&mut self.course, 1, *course);
            }
            // A full date is better than one of two digits.
            Body::Zda { date } => self.date = date.or(self.date),
        }
    }
}

fn trust<T>(slot: &mut Option<(u8, T)>, rank: u8, value: Option<T>) {
    if let Some(value) = value
        && slot.as_ref().is_none_or(|(known, _)| *known < rank)
    {
        *slot = Some((rank, value));
    }
}

/// Gathers sentences into epochs.
#[derive(Debug, Default)]
pub struct Epochs {
    open: Option<Open>,
    closed: Option<TimeOfDay>,
    newest: Option<DateTime<Utc>>,
    mode: Option<u8>,
    heading: Option<Heading>,
}

impl Epochs {
    /// Hears a sentence; the first of a new instant closes the epoch before it.
    pub fn push(&mut self, at: u64, sentence: &Sentence, counters: &mut Counters) -> Option<EpochFix> {
        let Some(time) = sentence.time else {
            match &mut self.open {
                Some(open) => open.hear(sentence),
                None => counters.late += 1,
            }
            return None;
        };
        if let Some(open) = self.open.as_mut().filter(|open| open.time == time) {
            open.hear(sentence);
            return None;
        }
        if self.closed == Some(time) {
            counters.late += 1;
            return None;
        }
        let done = self.finish(counters);
        let mut open = Open::new(at, time);
        open.hear(sentence);
        self.open = Some(open);
        done
    }

    /// Closes the open epoch.
    pub fn finish(&mut self, counters: &mut Counters) -> Option<EpochFix> {
        let open = self.open.take()?;
        self.closed = Some(open.time);
        self.mode = open.mode.or(self.mode);
        let valid = open.verdicts.contains(&true) && !open.verdicts.contains(&false);
        let Some((_, place)) = open.place.filter(|_| valid) else {
            counters.invalid += u64::from(!open.verdicts.is_empty());
            return None;
        };
        counters.fixes += 1;
        let fixed_at = self.instant(open.date, open.time);
        self.newest = fixed_at.or(self.newest);
        let speed = open.speed.map(|(_, speed)| speed);
        Some(EpochFix {
            at: open.at,
            fixed_at,
            time: open.time,
            mode: self.mode.filter(|mode| *mode > 1).unwrap_or(if open.altitude_m.is_some() { 3 } else { 2 }),
            fix: Fix {
                at: place,
                speed,
                heading: self.heading(speed, open.course.map(|(_, course)| course)),
                altitude_m: open.altitude_m,
                satellites: open.satellites,
                hdop: open.hdop,
                accuracy: None,
            },
            talkers: open.talkers,
        })
    }

    /// The course where it means something; at rest the last one that did.
    fn heading(&mut self, speed: Option<Speed>, course: Option<f64>) -> Option<Heading> {
        if let Some(course) = course
            && speed.is_some_and(|speed| speed >= COURSE_NEEDS)
        {
            self.heading = Some(Heading::from_degrees(course));
        }
        self.heading
    }

    /// The instant of a time of day: by its own date, else by the day that is nearest to the newest fix.
    fn instant(&self, date: Option<NaiveDate>, time: TimeOfDay) -> Option<DateTime<Utc>> {
        let at = |date: NaiveDate| {
            let midnight = date.and_hms_opt(0, 0, 0)?.and_utc();
            midnight.checked_add_signed(TimeDelta::milliseconds(i64::from(time.0)))
        };
        if let Some(date) = date {
            return at(date);
        }
        let newest = self.newest?;
        let same_day = at(newest.date_naive())?;
        let half_day = TimeDelta::milliseconds(DAY_MILLIS / 2);
        if newest - same_day > half_day {
            at(newest.date_naive().checked_add_days(Days::new(1))?)
        } else if same_day - newest > half_day {
            at(newest.date_naive().checked_sub_days(Days::new(1))?)
        } else {
            Some(same_day)
        }
    }
}
