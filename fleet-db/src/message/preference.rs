//! How accounts want to be told outside the house.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::message::{Channel, MessageKind, Preference};
use serde_json::Value;
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};

/// How the account wants to be told; as usual when it never said.
pub async fn load(conn: &mut PgConnection, account: AccountId) -> Result<Preference, DbError> {
    let row = sqlx::query_as!(
        Row,
        "select language, email, phone, quiet, choices from notify_preference where account_id = $1",
        account.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map_or_else(|| Ok(Preference::default()), Preference::try_from)
}

/// Keeps how the account wants to be told.
pub async fn save(
    conn: &mut PgConnection,
    account: AccountId,
    preference: &Preference,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into notify_preference (account_id, language, email, phone, quiet, choices, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (account_id) do update
         set language = excluded.language, email = excluded.email, phone = excluded.phone, quiet = excluded.quiet,
             choices = excluded.choices, changed_at = excluded.changed_at",
        account.0,
        preference.language.as_str(),
        preference.email.as_ref().map(ToString::to_string),
        preference.phone.as_ref().map(ToString::to_string),
        preference.quiet.map(|quiet| quiet.to_string()),
        serde_json::to_value(&preference.choices).map_err(unreadable)?,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A preference as its row has it.
pub(super) struct Row {
    pub(super) language: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) quiet: Option<String>,
    pub(super) choices: Value,
}

impl TryFrom<Row> for Preference {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let choices: BTreeMap<MessageKind, BTreeSet<Channel>> = serde_json::from_value(row.choices).map_err(unreadable)?;
        Ok(Self {
            language: row.language.parse().map_err(unreadable)?,
            email: row.email.map(|email| email.parse()).transpose().map_err(unreadable)?,
            phone: row.phone.map(|phone| phone.parse()).transpose().map_err(unreadable)?,
            quiet: row.quiet.map(|quiet| quiet.parse()).transpose().map_err(unreadable)?,
            choices,
        })
    }
}
