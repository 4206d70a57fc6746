//! What drivers learn: lessons on safety and rules, as their files keep them.

use chrono::NaiveDate;
use telematics::uuid_id;
use thiserror::Error;

/// Longest topic, in characters.
const TOPIC_LENGTH: usize = 100;
/// Longest lesson, in minutes: nobody learns more than a day in a day.
const LONGEST_MINUTES: i32 = 24 * 60;

uuid_id! {
    /// Key of a record of study (学习记录).
    StudyId
}

/// A lesson that a driver took (学习内容).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    on: NaiveDate,
    topic: String,
    minutes: i32,
}

/// What is wrong with a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LessonError {
    /// It is still to come.
    #[error("a lesson is written down when it was held")]
    Day,
    /// No topic, or one that is too long.
    #[error("a topic has 1 to {TOPIC_LENGTH} characters")]
    Topic,
    /// No time at all, or more than a day.
    #[error("a lesson takes 1 to {LONGEST_MINUTES} minutes")]
    Minutes,
}

impl LessonError {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Day => "on",
            Self::Topic => "topic",
            Self::Minutes => "minutes",
        }
    }

    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "driver.study_day",
            Self::Topic => "driver.study_topic",
            Self::Minutes => "driver.study_minutes",
        }
    }
}

impl Lesson {
    /// A lesson of so many minutes that was held on `on`, as it is said on `today`; or all that is wrong with it.
    pub fn new(on: NaiveDate, topic: &str, minutes: i32, today: NaiveDate) -> Result<Self, Vec<LessonError>> {
        let topic = topic.trim();
        let wrong: Vec<LessonError> = [
            (on > today).then_some(LessonError::Day),
            (!(1..=TOPIC_LENGTH).contains(&topic.chars().count())).then_some(LessonError::Topic),
            (!(1..=LONGEST_MINUTES).contains(&minutes)).then_some(LessonError::Minutes),
        ]
        .into_iter()
        .flatten()
        .collect();
        if wrong.is_empty() { Ok(Self { on, topic: topic.to_owned(), minutes }) } else { Err(wrong) }
    }

    /// The day, in Beijing time.
    pub const fn on(&self) -> NaiveDate {
        self.on
    }

    /// What it was about.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// How long it took, in minutes.
    pub const fn minutes(&self) -> i32 {
        self.minutes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_was_held_had_a_topic_and_took_its_time() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
        let lesson = Lesson::new(day(1), " 冬季行车安全 ", 90, day(2)).unwrap();
        assert_eq!((lesson.on(), lesson.topic(), lesson.minutes()), (day(1), "冬季行车安全", 90));
        let wrong = Lesson::new(day(3), " ", 0, day(2)).unwrap_err();
        assert_eq!(wrong.iter().map(|lack| lack.field()).collect::<Vec<_>>(), ["on", "topic", "minutes"]);
        assert_eq!(Lesson::new(day(1), "x", 1441, day(2)).unwrap_err(), [LessonError::Minutes]);
    }
}
