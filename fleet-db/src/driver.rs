//! Files of drivers (驾驶员档案): entered, changed, found within a scope and by the account that the driver signs in with.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::{AccountId, Login};
use dispatch::driver::{Driver, DriverId};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

pub mod licence;
pub mod score;
pub mod study;

/// A driver with the names that a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The file.
    pub driver: Driver,
    /// The unit's name.
    pub unit_name: String,
    /// The login of the driver's account.
    pub login: Option<String>,
}

/// Which drivers of a scope are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Text in the name, the telephone, the login or the end of the licence's number, whatever the case.
    pub text: Option<String>,
    /// A unit and everything below it.
    pub unit: Option<UnitId>,
}

impl Filter {
    fn folded(&self) -> Option<String> {
        let text = self.text.as_deref()?.trim().to_lowercase();
        (!text.is_empty()).then_some(text)
    }
}

struct Row {
    id: Uuid,
    unit_id: Uuid,
    unit_name: String,
    account_id: Option<Uuid>,
    login: Option<String>,
    name: String,
    phone: String,
    licence_class: String,
    licence_tail: String,
    licence_until: NaiveDate,
    status: String,
    joined_on: NaiveDate,
}

impl TryFrom<Row> for Listed {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let driver = Driver {
            id: DriverId(row.id),
            unit: UnitId(row.unit_id),
            account: row.account_id.map(AccountId),
            name: row.name,
            phone: row.phone,
            licence: row.licence_class.parse().map_err(unreadable)?,
            licence_tail: row.licence_tail,
            licence_until: row.licence_until,
            status: row.status.parse().map_err(unreadable)?,
            joined_on: row.joined_on,
        };
        Ok(Self { driver, unit_name: row.unit_name, login: row.login })
    }
}

/// Enters a driver of a unit of the scope. [`DbError::NotFound`] for a unit outside.
pub async fn insert(conn: &mut PgConnection, scope: &Scope, new: &Driver, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at)
         select $1, unit.id, $3, $4, $5, $6, $7, $8, $9, $10, $11
         from unit
         where unit.id = $2 and unit.id in (select unit_id from unit_within($12))
         returning id",
        new.id.0,
        new.unit.0,
        new.account.map(|account| account.0),
        new.name,
        new.phone,
        new.licence.as_str(),
        new.licence_tail,
        new.licence_until,
        new.status.as_str(),
        new.joined_on,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Writes the file of a driver of the scope anew; both the unit where the driver was and the one where the driver is are of the scope.
pub async fn update(conn: &mut PgConnection, scope: &Scope, changed: &Driver) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update driver
         set unit_id = $2, account_id = $3, name = $4, phone = $5, licence_class = $6, licence_tail = $7, licence_until = $8, status = $9,
             joined_on = $10
         where id = $1
           and unit_id in (select unit_id from unit_within($11))
           and $2 in (select unit_id from unit_within($11))
         returning id",
        changed.id.0,
        changed.unit.0,
        changed.account.map(|account| account.0),
        changed.name,
        changed.phone,
        changed.licence.as_str(),
        changed.licence_tail,
        changed.licence_until,
        changed.status.as_str(),
        changed.joined_on,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The file of a driver of the scope.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: DriverId) -> Result<Listed, DbError> {
    sqlx::query_as!(
        Row,
        r#"select d.id, d.unit_id, unit.name as unit_name, d.account_id, a.login as "login?", d.name, d.phone, d.licence_class,
                  d.licence_tail, d.licence_until, d.status, d.joined_on
           from driver d
           join unit on unit.id = d.unit_id
           left join account a on a.id = d.account_id
           where d.id = $2 and d.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The file of the driver who signs in with the account, whatever else the account may see.
pub async fn of_account(conn: &mut PgConnection, account: AccountId) -> Result<Option<Listed>, DbError> {
    let row = sqlx::query_as!(
        Row,
        r#"select d.id, d.unit_id, unit.name as unit_name, d.account_id, a.login as "login?", d.name, d.phone, d.licence_class,
                  d.licence_tail, d.licence_until, d.status, d.joined_on
           from driver d
           join unit on unit.id = d.unit_id
           left join account a on a.id = d.account_id
           where d.account_id = $1"#,
        account.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Listed::try_from).transpose()
}

/// The next `limit` drivers of the scope that fit `filter`, by name, behind the driver `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    after: Option<DriverId>,
    limit: u32,
) -> Result<Vec<Listed>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.id, d.unit_id, unit.name as unit_name, d.account_id, a.login as "login?", d.name, d.phone, d.licence_class,
                  d.licence_tail, d.licence_until, d.status, d.joined_on
           from driver d
           join unit on unit.id = d.unit_id
           left join account a on a.id = d.account_id
           where d.unit_id in (select unit_id from unit_within($1))
             and ($2::text is null
                  or strpos(lower(d.name), $2) > 0
                  or strpos(d.phone, $2) > 0
                  or strpos(lower(d.licence_tail), $2) > 0
                  or strpos(coalesce(a.login, ''), $2) > 0)
             and ($3::uuid is null or d.unit_id in (select unit_id from unit_within(array[$3::uuid])))
             and ($4::uuid is null or (d.name, d.id) > (select last.name, last.id from driver last where last.id = $4))
           order by d.name, d.id
           limit $5"#,
        scope.units(),
        filter.folded(),
        filter.unit.map(|unit| unit.0),
        after.map(|id| id.0),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// The account of that login, if it is of the scope, in use, and one with which somebody drives.
pub async fn account_to_bind(
    conn: &mut PgConnection,
    scope: &Scope,
    login: &Login,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, DbError> {
    let found = sqlx::query_scalar!(
        r#"select a.id
           from account a
           where a.login = $2
             and a.disabled_at is null
             and a.unit_id in (select unit_id from unit_within($1))
             and grants_in_force(a.id, $3) @> '[{"role": "driver"}]'"#,
        scope.units(),
        login.as_str(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(AccountId))
}
