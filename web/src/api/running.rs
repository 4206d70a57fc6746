//! Running a car over the API: vendors, repairs, papers with a last day, cards, the ledger of costs, and figures of cars.

pub(crate) mod cards;
pub(crate) mod costs;
pub(crate) mod exceptions;
pub(crate) mod feeds;
pub(crate) mod figures;
pub(crate) mod job;
pub(crate) mod link;
pub(crate) mod papers;
pub(crate) mod plans;
pub(crate) mod post;
pub(crate) mod repair_steps;
pub(crate) mod repair_views;
pub(crate) mod repairs;
pub(crate) mod uses;
pub(crate) mod vendors;

use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::running::FieldError;
use dispatch::unit::UnitId;
use fleet_db::vehicle::Listed;
use uuid::Uuid;

use crate::problem::{ApiError, Wrong};

/// Rows of a page when the asker does not say, and most of them.
pub(super) const PAGE: i64 = 50;
pub(super) const MOST: i64 = 500;

/// One wrong field.
pub(super) fn one(field: &str, code: &'static str) -> ApiError {
    let mut wrong = Wrong::default();
    wrong.note(field, code);
    wrong.into_error()
}

/// Several wrong fields.
pub(super) fn fields(found: Vec<(&'static str, FieldError)>) -> ApiError {
    let mut wrong = Wrong::default();
    for (field, error) in found {
        wrong.note(field, error.code());
    }
    wrong.into_error()
}

/// An entry about a paper of a car.
pub(super) fn entry(action: Action, kind: SubjectKind, (id, name): (Uuid, &str), unit: UnitId) -> Entry {
    Entry::new(action, Subject::of(kind, id, name)).in_unit(unit)
}

/// The unit of a car.
pub(super) const fn unit_of(car: &Listed) -> UnitId {
    car.vehicle.asset.unit
}
