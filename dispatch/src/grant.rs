//! Grants: a role held over a unit for a time, and which of them no one may hold together.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::account::{Permission, Role};
use crate::scope::Scope;
use crate::unit::UnitId;

uuid_id! {
    /// Key of a grant (授权).
    GrantId
}

/// The three administrators (三员), each of whom watches the others: nobody is two of them at the same time.
pub const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// A role that is held over a unit and everything below it (授权).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What it lets its holder do.
    pub role: Role,
    /// Where.
    pub unit: UnitId,
    /// These functions of the role alone; `None`: all of them.
    pub functions: Option<Vec<Permission>>,
}

/// From when to when a grant holds (授权期限).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; `None`: until it is revoked.
    pub until: Option<DateTime<Utc>>,
}

/// Why a role may not be granted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GrantError {
    /// Two of the three administrators in one hand.
    #[error("an account that is {held} may not be {asked} at the same time")]
    Separated {
        /// What it holds.
        held: Role,
        /// What it was to get.
        asked: Role,
    },
    /// It would end before it begins.
    #[error("a grant ends after it begins")]
    Term,
    /// A delegation that does not end by itself.
    #[error("a delegation has an end")]
    Endless,
    /// A delegation longer than what is delegated.
    #[error("a delegation ends no later than the grant that is delegated")]
    Outlasts,
    /// What is held for somebody else is passed on to nobody.
    #[error("a role that was delegated may not be delegated again")]
    Passed,
}

impl GrantError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Separated { .. } => "grant.separated",
            Self::Term => "grant.term",
            Self::Endless => "grant.endless",
            Self::Outlasts => "grant.outlasts",
            Self::Passed => "grant.passed",
        }
    }
}

impl Grant {
    /// It allows it.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission) && self.functions.as_ref().is_none_or(|functions| functions.contains(&permission))
    }
}

impl Term {
    /// The two have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.until.is_none_or(|until| other.from < until) && other.until.is_none_or(|until| self.from < until)
    }

    /// It ends after it begins.
    pub fn check(self) -> Result<(), GrantError> {
        if self.until.is_some_and(|until| until <= self.from) { Err(GrantError::Term) } else { Ok(()) }
    }

    /// A delegation over this term may be cut from `whole`.
    pub fn check_delegation(self, whole: Self) -> Result<(), GrantError> {
        self.check()?;
        let Some(until) = self.until else { return Err(GrantError::Endless) };
        let fits = whole.from <= self.from && whole.until.is_none_or(|end| until <= end);
        if fits { Ok(()) } else { Err(GrantError::Outlasts) }
    }
}

/// The units over which `grants` allow it; nothing where none does.
pub fn scope(grants: &[Grant], permission: Permission) -> Scope {
    Scope::of_all(grants.iter().filter(|grant| grant.may(permission)).map(|grant| grant.unit))
}

/// Refuses a second one of the three administrators; the database refuses it too.
pub fn check_separation(held: &[(Role, Term)], asked: Role, term: Term) -> Result<(), GrantError> {
    if !ADMINISTRATORS.contains(&asked) {
        return Ok(());
    }
    let other = held.iter().find(|(role, held)| *role != asked && ADMINISTRATORS.contains(role) && held.overlaps(term));
    other.map_or(Ok(()), |(held, _)| Err(GrantError::Separated { held: *held, asked }))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::hours(hours)
    }

    fn term(from: i64, until: Option<i64>) -> Term {
        Term { from: at(from), until: until.map(at) }
    }

    fn grant(role: Role, unit: u128, functions: Option<Vec<Permission>>) -> Grant {
        Grant { role, unit: UnitId(Uuid::from_u128(unit)), functions }
    }

    #[test]
    fn a_permission_reaches_over_the_units_of_the_grants_that_have_it() {
        let grants = [
            grant(Role::Inspector, 1, None),
            grant(Role::FleetManager, 2, None),
            grant(Role::FleetManager, 3, Some(vec![Permission::WatchVehicles])),
        ];
        let over = |permission| scope(&grants, permission).units().iter().map(Uuid::as_u128).collect::<Vec<_>>();
        assert_eq!(over(Permission::WatchVehicles), [1, 2, 3]);
        assert_eq!(over(Permission::ManageFleet), [2], "a function that was left out is not held");
        assert_eq!(over(Permission::EraseTerminals), []);
        let beyond = grant(Role::Inspector, 1, Some(vec![Permission::ManageFleet]));
        assert!(!beyond.may(Permission::ManageFleet), "a local role is never more than what it is made of");
    }

    #[test]
    fn nobody_is_two_of_the_three_administrators_at_one_instant() {
        let held = [(Role::SystemAdmin, term(0, Some(10))), (Role::Dispatcher, term(0, None))];
        let refused = |role, term| check_separation(&held, role, term).unwrap_err().code();
        assert_eq!(refused(Role::SecurityAdmin, term(5, None)), "grant.separated");
        assert_eq!(refused(Role::AuditAdmin, term(-5, Some(1))), "grant.separated");
        for (role, term) in [
            (Role::SystemAdmin, term(5, None)),
            (Role::AuditAdmin, term(10, None)),
            (Role::AuditAdmin, term(-5, Some(0))),
            (Role::Inspector, term(0, None)),
        ] {
            assert_eq!(check_separation(&held, role, term), Ok(()), "{role} {term:?}");
        }
    }

    #[test]
    fn a_delegation_ends_by_itself_and_in_time() {
        let whole = term(0, Some(10));
        assert_eq!(term(2, Some(10)).check_delegation(whole), Ok(()));
        assert_eq!(term(2, Some(9)).check_delegation(term(0, None)), Ok(()));
        assert_eq!(term(2, None).check_delegation(whole), Err(GrantError::Endless));
        assert_eq!(term(2, Some(11)).check_delegation(whole), Err(GrantError::Outlasts));
        assert_eq!(term(-1, Some(5)).check_delegation(whole), Err(GrantError::Outlasts));
        assert_eq!(term(5, Some(5)).check_delegation(whole), Err(GrantError::Term));
    }
}
