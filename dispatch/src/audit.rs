//! The audit log (操作日志): what one entry says, and the one text of it that is hashed, stored and shown.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::account::{AccountId, Role};
use crate::unit::UnitId;

mod action;
pub mod chain;
mod fault;
mod mask;
pub mod pack;
pub mod seal;
pub mod verify;

pub use action::{Action, ActionError, SubjectKind, SubjectKindError};
pub use fault::{Fault, FaultKind, FaultKindError};

/// Edition of the text; another one gets another number, and old texts keep theirs.
const EDITION: u8 = 1;

/// Who makes a change, from where, and why (操作人与事由).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The account; `None`: the system itself, somebody at the server's command line, or nobody we know.
    pub account: Option<AccountId>,
    /// The name signed in with, or tried.
    pub login: String,
    /// The role in which it was done.
    pub role: Option<Role>,
    /// Where it came from: an address of the network, or `system`, `command line`.
    pub peer: String,
    /// In their words; empty where nothing was asked.
    pub reason: String,
}

impl By {
    /// The service itself, such as a job of the night.
    pub fn system(reason: &str) -> Self {
        Self { account: None, login: "system".to_owned(), role: None, peer: "system".to_owned(), reason: reason.to_owned() }
    }

    /// Somebody who may run commands on the server, by the name of their account there.
    pub fn command_line(user: &str, reason: &str) -> Self {
        let peer = "command line".to_owned();
        Self { account: None, login: user.to_owned(), role: None, peer, reason: reason.to_owned() }
    }
}

/// What an entry is about (操作对象).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its key, where it is one thing that has one.
    pub id: Option<Uuid>,
    /// What people call it: a plate, a login, a terminal's number.
    pub name: String,
}

impl Subject {
    /// The thing of that key, as people call it.
    pub fn of(kind: SubjectKind, id: Uuid, name: impl Into<String>) -> Self {
        Self { kind, id: Some(id), name: name.into() }
    }

    /// What has no key of its own, such as a list that was exported.
    pub fn named(kind: SubjectKind, name: impl Into<String>) -> Self {
        Self { kind, id: None, name: name.into() }
    }
}

/// One thing that was done, before it is written down (日志内容).
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an entry that is not appended was never written"]
pub struct Entry {
    /// What was done.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// The unit whose affair it is: who may see that unit may read the entry. `None`: of the whole system.
    pub unit: Option<UnitId>,
    /// The fields that changed, as they were.
    pub before: Option<Value>,
    /// The same fields as they are now; of a view or an export, what was asked for.
    pub after: Option<Value>,
}

impl Entry {
    /// An entry without before and after.
    pub const fn new(action: Action, subject: Subject) -> Self {
        Self { action, subject, unit: None, before: None, after: None }
    }

    /// The same, as an affair of `unit`.
    pub fn in_unit(self, unit: UnitId) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// The same with what it was before.
    pub fn before(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The same with what it is now.
    pub fn after(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }
}

/// An entry as it is written down; the order of its fields is the order of the text (日志正文).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Edition of the text.
    pub v: u8,
    /// When, in UTC to the microsecond.
    pub at: String,
    /// The account that did it.
    pub account: Option<AccountId>,
    /// The name signed in with.
    pub login: String,
    /// The role in which it was done.
    pub role: Option<Role>,
    /// Where it came from.
    pub peer: String,
    /// What was done.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// The unit whose affair it is.
    pub unit: Option<UnitId>,
    /// Why.
    pub reason: String,
    /// As it was.
    pub before: Option<Value>,
    /// As it is.
    pub after: Option<Value>,
}

impl Body {
    /// The entry as it will be written down. Secrets are taken out here, whoever put them in.
    pub fn new(by: &By, entry: &Entry, at: DateTime<Utc>) -> Self {
        let Entry { action, subject, unit, before, after } = entry;
        Self {
            v: EDITION,
            at: at.to_rfc3339_opts(SecondsFormat::Micros, true),
            account: by.account,
            login: mask::printable(&by.login),
            role: by.role,
            peer: mask::printable(&by.peer),
            action: *action,
            subject: Subject { name: mask::printable(&subject.name), ..subject.clone() },
            unit: *unit,
            reason: mask::printable(&by.reason),
            before: before.clone().map(mask::without_secrets),
            after: after.clone().map(mask::without_secrets),
        }
    }

    /// The one text that is hashed and stored; it is never written again from what was read.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored text.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// When it was, as an instant.
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.at).ok().map(|at| at.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp_micros(1_772_402_400_123_456).unwrap()
    }

    fn by() -> By {
        By {
            account: Some(AccountId(Uuid::from_u128(7))),
            login: "zhang.san".to_owned(),
            role: Some(Role::FleetManager),
            peer: "10.1.2.3".to_owned(),
            reason: "年检".to_owned(),
        }
    }

    #[test]
    fn the_text_of_an_entry_is_one_line_in_a_fixed_order() {
        let subject = Subject::of(SubjectKind::Vehicle, Uuid::from_u128(9), "浙A12345");
        let entry = Entry::new(Action::Changed, subject)
            .in_unit(UnitId(Uuid::from_u128(3)))
            .before(json!({ "obu_id": null }))
            .after(json!({ "obu_id": "3301" }));
        let text = Body::new(&by(), &entry, at()).text();
        assert_eq!(
            text,
            "{\"v\":1,\"at\":\"2026-03-01T22:00:00.123456Z\",\"account\":\"00000000-0000-0000-0000-000000000007\",\
             \"login\":\"zhang.san\",\"role\":\"fleet_manager\",\"peer\":\"10.1.2.3\",\"action\":\"changed\",\
             \"subject\":{\"kind\":\"vehicle\",\"id\":\"00000000-0000-0000-0000-000000000009\",\"name\":\"浙A12345\"},\
             \"unit\":\"00000000-0000-0000-0000-000000000003\",\"reason\":\"年检\",\
             \"before\":{\"obu_id\":null},\"after\":{\"obu_id\":\"3301\"}}"
        );
        let read = Body::read(&text).unwrap();
        assert_eq!(read.text(), text);
        assert_eq!(read.instant(), Some(at()));
    }

    #[test]
    fn a_secret_does_not_get_into_the_text_whoever_put_it_in() {
        let entry = Entry::new(Action::Created, Subject::named(SubjectKind::Account, "li.si")).after(json!({
            "password_hash": "$argon2id$v=19$abc", "nested": [{ "secret": "s3cr3t", "terminal": "013800000000" }], "token": null,
        }));
        let body = Body::new(&by(), &entry, at());
        assert_eq!(
            body.after,
            Some(json!({ "password_hash": "***", "nested": [{ "secret": "***", "terminal": "013800000000" }], "token": null }))
        );
        assert!(!body.text().contains("argon2id"));
    }

    #[test]
    fn a_character_that_the_store_cannot_hold_does_not_stop_the_change() {
        let by = By { login: "a\0b".to_owned(), ..by() };
        let entry = Entry::new(Action::Changed, Subject::named(SubjectKind::Vehicle, "\0")).after(json!({ "no\0te": "x\0y" }));
        assert!(!Body::new(&by, &entry, at()).text().contains("\\u0000"));
    }
}
