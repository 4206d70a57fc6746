//! Local roles: what a unit lets some of its people do, cut out of one of the built-in roles.

use telematics::uuid_id;
use thiserror::Error;

use crate::account::{Permission, Role};
use crate::grant::ADMINISTRATORS;

uuid_id! {
    /// Key of a local role (地方角色).
    LocalRoleId
}

/// Longest name, in characters.
const NAME_LENGTH: usize = 32;

/// A built-in role, narrowed to some of its functions and named by a unit for its own people (地方角色).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalRole {
    name_zh: String,
    name_en: String,
    base: Role,
    functions: Vec<Permission>,
}

/// Why it may not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LocalRoleError {
    /// A name is missing or too long.
    #[error("the {language} name of a role has 1 to {NAME_LENGTH} characters")]
    Name {
        /// `zh` or `en`.
        language: &'static str,
    },
    /// One of the three administrators.
    #[error("{base} is one of the three administrators and is not divided")]
    Administrator {
        /// It.
        base: Role,
    },
    /// It would let nobody do anything.
    #[error("a role has at least one function")]
    Empty,
    /// More than the built-in role has.
    #[error("{base} may not {function}")]
    Beyond {
        /// The built-in role.
        base: Role,
        /// The function that it lacks.
        function: Permission,
    },
    /// More than whoever makes it may do there.
    #[error("whoever makes the role may not {function} in that unit")]
    Ceiling {
        /// The function that the maker lacks.
        function: Permission,
    },
}

impl LocalRoleError {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Name { language: "en" } => "name_en",
            Self::Name { .. } => "name_zh",
            Self::Administrator { .. } => "base_role",
            Self::Empty | Self::Beyond { .. } | Self::Ceiling { .. } => "functions",
        }
    }

    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "role.name",
            Self::Administrator { .. } => "role.administrator",
            Self::Empty => "role.empty",
            Self::Beyond { .. } => "role.beyond",
            Self::Ceiling { .. } => "role.ceiling",
        }
    }
}

impl LocalRole {
    /// A local role, or everything that stands against it; `may` says what its maker may do in the unit.
    pub fn new(
        (name_zh, name_en): (&str, &str),
        base: Role,
        functions: &[Permission],
        may: impl Fn(Permission) -> bool,
    ) -> Result<Self, Vec<LocalRoleError>> {
        let (name_zh, name_en) = (name_zh.trim(), name_en.trim());
        let named = [("zh", name_zh), ("en", name_en)].into_iter();
        let mut wrong: Vec<LocalRoleError> = named
            .filter(|(_, name)| !(1..=NAME_LENGTH).contains(&name.chars().count()))
            .map(|(language, _)| LocalRoleError::Name { language })
            .collect();
        if ADMINISTRATORS.contains(&base) {
            wrong.push(LocalRoleError::Administrator { base });
        }
        if functions.is_empty() {
            wrong.push(LocalRoleError::Empty);
        }
        let mut functions = functions.to_vec();
        functions.sort_unstable();
        functions.dedup();
        wrong.extend(functions.iter().filter(|one| !base.may(**one)).map(|one| LocalRoleError::Beyond { base, function: *one }));
        wrong.extend(functions.iter().filter(|one| !may(**one)).map(|one| LocalRoleError::Ceiling { function: *one }));
        if wrong.is_empty() {
            Ok(Self { name_zh: name_zh.to_owned(), name_en: name_en.to_owned(), base, functions })
        } else {
            Err(wrong)
        }
    }

    /// What its people call it.
    pub fn name_zh(&self) -> &str {
        &self.name_zh
    }

    /// The same in English.
    pub fn name_en(&self) -> &str {
        &self.name_en
    }

    /// The built-in role that it is cut out of.
    pub const fn base(&self) -> Role {
        self.base
    }

    /// What it lets its holder do, each function once.
    pub fn functions(&self) -> &[Permission] {
        &self.functions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(base: Role, functions: &[Permission], may: impl Fn(Permission) -> bool) -> Vec<&'static str> {
        LocalRole::new(("值班员", "watch"), base, functions, may)
            .map_or_else(|wrong| wrong.iter().map(LocalRoleError::code).collect(), |_| Vec::new())
    }

    #[test]
    fn a_local_role_is_never_more_than_its_base_nor_than_its_maker() {
        let (watch, manage, erase) = (Permission::WatchVehicles, Permission::ManageFleet, Permission::EraseTerminals);
        assert_eq!(codes(Role::Dispatcher, &[watch], |_| true), [] as [&str; 0]);
        assert_eq!(codes(Role::Dispatcher, &[watch, manage], |_| true), ["role.beyond"]);
        assert_eq!(codes(Role::FleetManager, &[watch, manage], |one| one == watch), ["role.ceiling"]);
        assert_eq!(codes(Role::FleetManager, &[erase], |one| one == watch), ["role.beyond", "role.ceiling"]);
        assert_eq!(codes(Role::Inspector, &[], |_| true), ["role.empty"]);
        let nameless = LocalRole::new((" ", &"x".repeat(33)), Role::Inspector, &[watch], |_| true).unwrap_err();
        assert_eq!(nameless.iter().map(LocalRoleError::field).collect::<Vec<_>>(), ["name_zh", "name_en"]);
    }

    #[test]
    fn the_three_administrators_are_not_divided_and_so_not_mixed() {
        for base in ADMINISTRATORS {
            let functions: Vec<Permission> = Permission::ALL.into_iter().filter(|one| base.may(*one)).collect();
            assert!(codes(base, &functions, |_| true).contains(&"role.administrator"), "{base}");
        }
    }
}
