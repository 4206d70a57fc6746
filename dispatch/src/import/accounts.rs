//! Rows of accounts: who signs in, in which role, for which unit. A table brings no passwords.

use std::collections::HashMap;
use std::hash::BuildHasher;

use super::{Checked, Directory, Mapping, Table};
use crate::account::{Login, LoginError, Role};
use crate::unit::UnitId;

/// Longest name of a person.
const NAME_LENGTH: usize = 60;
/// Roles that are given one by one, never by a table: one person must not hold them all (三员分离).
const RESERVED: &[Role] = &[Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// An account that a table brings (导入账号); it has no password and nobody signs in with it until it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The name to sign in with.
    pub login: Login,
    /// The person's name.
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// Where it belongs.
    pub unit: UnitId,
}

/// An account that is there already (已有账号); without its facts when it belongs to a unit that the importer may not see.
pub type KnownAccount = Option<NewAccount>;

/// Looks through a table of accounts against the units of `directory` and the accounts that are `known` by login.
pub fn accounts<S: BuildHasher>(
    table: &Table,
    mapping: &Mapping,
    directory: &Directory,
    known: &HashMap<String, KnownAccount, S>,
) -> Checked<NewAccount> {
    let mut checked = Checked::begin();
    let mut seen = HashMap::new();
    for row in &table.rows {
        let cell = |column| mapping.cell(row, column);
        let login = cell("login");
        let login = checked.take(login, login.text.parse::<Login>(), LoginError::code);
        let name = cell("display_name");
        let display_name = checked.take(name, read_name(name.text), |()| "account.display_name");
        let role = cell("role");
        let role = checked.take(role, read_role(role.text), |code| code);
        let unit = cell("unit");
        let unit = checked.take(unit, directory.named(unit.text), |code| code);
        let (Some(login), Some(display_name), Some(role), Some(unit)) = (login, display_name, role, unit) else { continue };
        if *seen.entry(login.clone()).or_insert(row.number) != row.number {
            checked.note(row.number, "login", "import.repeated", login.as_str());
            continue;
        }
        let new = NewAccount { login, display_name, role, unit };
        match known.get(new.login.as_str()) {
            None => checked.good.push((row.number, new)),
            Some(Some(known)) if *known == new => checked.known.push(row.number),
            Some(_) => checked.note(row.number, "login", "account.login_taken", new.login.as_str()),
        }
    }
    checked.errors.sort();
    checked
}

fn read_name(text: &str) -> Result<String, ()> {
    let fits = (1..=NAME_LENGTH).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(()) }
}

/// The name for programs or for people.
fn read_role(text: &str) -> Result<Role, &'static str> {
    let role = Role::ALL.into_iter().find(|role| role.as_str() == text.to_lowercase() || role.term() == text);
    let role = role.ok_or(if text.is_empty() { "import.empty" } else { "account.role" })?;
    if RESERVED.contains(&role) { Err("import.role_reserved") } else { Ok(role) }
}
