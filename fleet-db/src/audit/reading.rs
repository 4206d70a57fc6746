//! The log as people read it: entries of the units of their scope, and of no unit where they see the whole.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::chain::Digest;
use dispatch::audit::{Action, Body, SubjectKind};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// Whose entries somebody may read (日志可见范围).
#[derive(Clone, Debug)]
pub struct Sight {
    /// Entries of these units and everything below them.
    pub scope: Scope,
    /// Where these units are all the tops that there are, the entries of no unit too.
    pub whole: Scope,
}

/// Which entries are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Since when.
    pub from: Option<DateTime<Utc>>,
    /// Until when, that instant not included.
    pub to: Option<DateTime<Utc>>,
    /// What this account did.
    pub account: Option<AccountId>,
    /// Under a name that holds this text.
    pub login: Option<String>,
    /// What was done.
    pub action: Option<Action>,
    /// To what kind of thing.
    pub kind: Option<SubjectKind>,
    /// To this thing.
    pub subject: Option<Uuid>,
    /// To something whose name holds this text.
    pub text: Option<String>,
    /// In this unit and everything below it.
    pub unit: Option<UnitId>,
}

/// An entry as it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Its number.
    pub seq: u64,
    /// What it says.
    pub body: Body,
    /// Its hash, which holds all before it.
    pub hash: Digest,
    /// What its unit is called now.
    pub unit_name: Option<String>,
}

struct Row {
    seq: i64,
    body: String,
    hash: Vec<u8>,
    unit_name: Option<String>,
}

impl TryFrom<Row> for Read {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            seq: row.seq.unsigned_abs(),
            body: Body::read(&row.body).map_err(unreadable)?,
            hash: row.hash.as_slice().try_into().map_err(unreadable)?,
            unit_name: row.unit_name,
        })
    }
}

/// The newest entries that fit, below the number `before`.
pub async fn list(
    conn: &mut PgConnection,
    sight: &Sight,
    filter: &Filter,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Read>, DbError> {
    let lower = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let rows = sqlx::query_file_as!(
        Row,
        "sql/list_audit.sql",
        sight.scope.units(),
        sight.whole.units(),
        filter.from,
        filter.to,
        filter.account.map(|account| account.0),
        lower(&filter.login),
        filter.action.map(Action::as_str),
        filter.kind.map(SubjectKind::as_str),
        filter.subject,
        lower(&filter.text),
        filter.unit.map(|unit| unit.0),
        before.map(u64::cast_signed),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Read::try_from).collect()
}

/// One entry.
pub async fn load(conn: &mut PgConnection, sight: &Sight, seq: u64) -> Result<Read, DbError> {
    sqlx::query_as!(
        Row,
        r#"select e.seq, e.body, e.hash, u.name as "unit_name?"
         from audit_entry e
         left join unit u on u.id = e.unit_id
         where e.seq = $3
           and (e.unit_id in (select unit_id from unit_within($1))
                or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($2)))"#,
        sight.scope.units(),
        sight.whole.units(),
        seq.cast_signed(),
    )
    .fetch_one(conn)
    .await?
    .try_into()
}
