//! A value of the problem with the path that leads to it, so that whatever is wrong can be found.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;
use telematics::place::PlaceError;
use thiserror::Error;

use crate::money::Money;

/// What is wrong with a problem, and where.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{path}: {fault}")]
pub struct ReadError {
    /// The way to it, such as `vehicles[2].available[0].from`.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a value of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum Fault {
    /// The text is no JSON.
    #[error("this is no JSON")]
    NotJson,
    /// It has to be there.
    #[error("is missing")]
    Missing,
    /// It has another type.
    #[error("is not {0}")]
    NotA(&'static str),
    /// None of the words that are known.
    #[error("is not one of {0}")]
    NotOneOf(&'static str),
    /// A number that means nothing here.
    #[error("is out of range")]
    OutOfRange,
    /// An id that nothing has.
    #[error("names nothing that is in the problem")]
    Unknown,
    /// Something stands there a second time.
    #[error("stands there twice")]
    Twice,
    /// A time that ends before it begins.
    #[error("ends before it begins")]
    EndsBeforeItBegins,
    /// More than is planned at once.
    #[error("is longer than 31 days")]
    HorizonTooLong,
    /// No place on earth.
    #[error(transparent)]
    Place(PlaceError),
    /// Straight lines need to know where places are.
    #[error("has no lat and lon, which straight_line needs")]
    NoCoordinates,
    /// Not a limit and a speed.
    #[error("is not [metres or null, km/h from 1 to 300], with rising metres and at least one row")]
    NotASpeed,
    /// A table that has not a row and a column for each place.
    #[error("has not one row and one column for each place")]
    NotSquare,
    /// The promise does not fit its car, or not beside the others of the car.
    #[error("cannot be kept: the car may not serve it, or cannot serve it beside what else it was promised for")]
    PromiseImpossible,
}

impl ReadError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self.fault {
            Fault::NotJson => "plan.not_json",
            Fault::Missing => "plan.missing",
            Fault::NotA(_) => "plan.wrong_type",
            Fault::NotOneOf(_) => "plan.unknown_word",
            Fault::OutOfRange => "plan.out_of_range",
            Fault::Unknown => "plan.unknown_id",
            Fault::Twice => "plan.twice",
            Fault::EndsBeforeItBegins => "plan.ends_before_it_begins",
            Fault::HorizonTooLong => "plan.horizon_too_long",
            Fault::Place(error) => error.code(),
            Fault::NoCoordinates => "plan.no_coordinates",
            Fault::NotASpeed => "plan.speed",
            Fault::NotSquare => "plan.not_square",
            Fault::PromiseImpossible => "plan.promise_impossible",
        }
    }
}

/// A value and the way to it. The way is put together only when something is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    value: &'a Value,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a Field<'a>, &'a str),
    Item(&'a Field<'a>, usize),
    /// An item of a list of a field: the field, the list's name, the place in it.
    Listed(&'a Field<'a>, &'a str, usize),
}

impl<'a> Field<'a> {
    pub(super) const fn root(value: &'a Value) -> Self {
        Self { value, step: Step::Root }
    }

    fn path(&self) -> String {
        match self.step {
            Step::Root => String::new(),
            Step::Key(parent, key) => join(&parent.path(), key),
            Step::Item(parent, at) => format!("{}[{at}]", parent.path()),
            Step::Listed(parent, key, at) => format!("{}[{at}]", join(&parent.path(), key)),
        }
    }

    pub(super) fn fault(&self, fault: Fault) -> ReadError {
        let path = self.path();
        ReadError { path: if path.is_empty() { "the problem".to_owned() } else { path }, fault }
    }

    /// What `key` leads to; `null` is as good as absent.
    pub(super) fn find<'b>(&'b self, key: &'b str) -> Option<Field<'b>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Field { value, step: Step::Key(self, key) })
    }

    pub(super) fn get<'b>(&'b self, key: &'b str) -> Result<Field<'b>, ReadError> {
        if !self.value.is_object() {
            return Err(self.fault(Fault::NotA("an object")));
        }
        self.find(key).ok_or_else(|| ReadError { path: join(&self.path(), key), fault: Fault::Missing })
    }

    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(super) fn items(&self) -> Result<Vec<Field<'_>>, ReadError> {
        let items = self.value.as_array().ok_or_else(|| self.fault(Fault::NotA("a list")))?;
        Ok(items.iter().enumerate().map(|(at, value)| Field { value, step: Step::Item(self, at) }).collect())
    }

    pub(super) fn list<'b>(&'b self, key: &'b str) -> Result<Vec<Field<'b>>, ReadError> {
        let list = self.get(key)?;
        let items = list.value.as_array().ok_or_else(|| list.fault(Fault::NotA("a list")))?;
        Ok(items.iter().enumerate().map(|(at, value)| Field { value, step: Step::Listed(self, key, at) }).collect())
    }

    pub(super) fn list_or_none<'b>(&'b self, key: &'b str) -> Result<Vec<Field<'b>>, ReadError> {
        if self.find(key).is_some() { self.list(key) } else { Ok(Vec::new()) }
    }

    /// A word of at least one character.
    pub(super) fn text(&self) -> Result<String, ReadError> {
        let text = self.value.as_str().filter(|text| !text.is_empty());
        text.map(ToOwned::to_owned).ok_or_else(|| self.fault(Fault::NotA("a text")))
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, ReadError> {
        let Some(field) = self.find(key) else { return Ok(false) };
        field.value.as_bool().ok_or_else(|| field.fault(Fault::NotA("true or false")))
    }

    pub(super) fn number(&self) -> Result<f64, ReadError> {
        self.value.as_f64().filter(|number| number.is_finite()).ok_or_else(|| self.fault(Fault::NotA("a number")))
    }

    /// A whole number from none to `most`.
    pub(super) fn whole(&self, most: u32) -> Result<u32, ReadError> {
        let number = self.number()?;
        let whole = self
            .value
            .as_u64()
            .ok_or_else(|| self.fault(if number < 0.0 { Fault::OutOfRange } else { Fault::NotA("a whole number") }))?;
        u32::try_from(whole).ok().filter(|whole| *whole <= most).ok_or_else(|| self.fault(Fault::OutOfRange))
    }

    /// Metres or seconds: a number from none to `most`, to the nearest whole one.
    pub(super) fn rounded(&self, most: u32) -> Result<u32, ReadError> {
        self.held(self.number()?.round(), most)
    }

    /// Seconds that something takes: a fraction counts as one.
    pub(super) fn rounded_up(&self, most: u32) -> Result<u32, ReadError> {
        self.held(self.number()?.ceil(), most)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of the type")]
    fn held(&self, number: f64, most: u32) -> Result<u32, ReadError> {
        if (0.0..=f64::from(most)).contains(&number) { Ok(number as u32) } else { Err(self.fault(Fault::OutOfRange)) }
    }

    /// An instant, RFC 3339 with its offset.
    pub(super) fn time(&self) -> Result<DateTime<FixedOffset>, ReadError> {
        let time = self.value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        time.ok_or_else(|| self.fault(Fault::NotA("an instant such as 2026-03-02T06:00:00+08:00")))
    }

    /// An amount of whole fen from none to `most`.
    pub(super) fn fen(&self, most: i64) -> Result<Money, ReadError> {
        let number = self.number()?;
        #[expect(clippy::cast_possible_truncation, reason = "held to the range of the type below")]
        let fen = number.round() as i64;
        if (number - number.round()).abs() > 1e-9 {
            return Err(self.fault(Fault::NotA("a whole number of fen")));
        }
        if (0..=most).contains(&fen) { Ok(Money::from_fen(fen)) } else { Err(self.fault(Fault::OutOfRange)) }
    }

    /// The index of the id that stands here.
    pub(super) fn known(&self, ids: &HashMap<&str, usize>) -> Result<usize, ReadError> {
        let id = self.text()?;
        ids.get(id.as_str()).copied().ok_or_else(|| self.fault(Fault::Unknown))
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
