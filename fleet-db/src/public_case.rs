//! Complaints and cases of inspections (投诉与检查案件) as they are stored.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::case::{CaseClosure, CaseId, CaseMatter, CaseOutcome, CaseState};
use dispatch::finding::{FindingId, ViolationHead};
use dispatch::scope::Scope;
use dispatch::trip::order::OrderId;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// A case with what became of it (案件记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Key.
    pub id: CaseId,
    /// Whom it is about.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Plate of the car that it names.
    pub plate: Option<String>,
    /// What it says.
    pub matter: CaseMatter,
    /// Where it stands.
    pub state: CaseState,
    /// What was found.
    pub finding: Option<FindingId>,
    /// How it ended.
    pub closure: Option<CaseClosure>,
    /// Who entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    number: String,
    source: String,
    unit_id: Uuid,
    unit_name: String,
    plate: Option<String>,
    received_on: NaiveDate,
    matter: String,
    state: String,
    finding_id: Option<Uuid>,
    outcome: Option<String>,
    head: Option<i16>,
    result: String,
    entered_by: String,
    entered_at: DateTime<Utc>,
    closed_by: Option<String>,
    closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let head = row.head.map(ViolationHead::try_from).transpose().map_err(unreadable)?;
        let outcome = row.outcome.map(|outcome| outcome.parse::<CaseOutcome>()).transpose().map_err(unreadable)?;
        let result = row.result;
        Ok(Self {
            id: CaseId(row.id),
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            plate: row.plate,
            matter: CaseMatter {
                source: row.source.parse().map_err(unreadable)?,
                number: row.number,
                received_on: row.received_on,
                matter: row.matter,
            },
            state: row.state.parse().map_err(unreadable)?,
            finding: row.finding_id.map(FindingId),
            closure: outcome.map(|outcome| CaseClosure { outcome, head, result }),
            entered_by: row.entered_by,
            entered_at: row.entered_at,
            closed_by: row.closed_by,
            closed_at: row.closed_at,
        })
    }
}

/// Enters a case about a unit of the scope and, where it names one, a car of it. [`DbError::NotFound`] for one outside.
pub async fn insert(
    conn: &mut PgConnection,
    scope: &Scope,
    id: CaseId,
    (unit, vehicle): (UnitId, Option<VehicleId>),
    matter: &CaseMatter,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into public_case (id, number, source, unit_id, vehicle_id, received_on, matter, entered_by, entered_at)
         select $1, $2, $3, u.id, $5, $6, $7, $8, $9
         from unit u
         where u.id = $4 and u.id in (select unit_id from unit_within($10))
           and ($5::uuid is null or exists (select from vehicle v where v.id = $5 and v.unit_id in (select unit_id from unit_within($10))))
         returning id",
        id.0,
        matter.number,
        matter.source.as_str(),
        unit.0,
        vehicle.map(|vehicle| vehicle.0),
        matter.received_on,
        matter.matter,
        by.0,
        now,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Opens the case of what was said of a trip a moment ago, by who said it, about the fleet whose car it was; once. Who rates sees no
/// cases. `None` when there is one.
pub async fn open_of_rating(
    conn: &mut PgConnection,
    id: CaseId,
    order: OrderId,
    matter: &str,
    on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<CaseId>, DbError> {
    let opened = sqlx::query_scalar!("select public_case_of_rating($1, $2, $3, $4, $5)", id.0, order.0, on, matter, now);
    Ok(opened.fetch_one(conn).await?.map(CaseId))
}

/// The cases about units of the scope, the newest first, at most `limit` of those behind `after`.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    state: Option<CaseState>,
    after: Option<CaseId>,
    limit: i64,
) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id, c.number, c.source, c.unit_id, u.name as unit_name, v.plate as "plate?", c.received_on, c.matter, c.state,
                  c.finding_id, c.outcome, c.head, c.result, account_name(c.entered_by) as "entered_by!", c.entered_at,
                  account_name(c.closed_by) as closed_by, c.closed_at
           from public_case c
           join unit u on u.id = c.unit_id
           left join vehicle v on v.id = c.vehicle_id
           where c.unit_id in (select unit_id from unit_within($1))
             and ($2::text is null or c.state = $2)
             and ($3::uuid is null or c.id < $3)
           order by c.id desc
           limit $4"#,
        scope.units(),
        state.map(CaseState::as_str),
        after.map(|after| after.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, scope: &Scope, id: CaseId) -> Result<Kept, DbError> {
    sqlx::query_as!(
        Row,
        r#"select c.id, c.number, c.source, c.unit_id, u.name as unit_name, v.plate as "plate?", c.received_on, c.matter, c.state,
                  c.finding_id, c.outcome, c.head, c.result, account_name(c.entered_by) as "entered_by!", c.entered_at,
                  account_name(c.closed_by) as closed_by, c.closed_at
           from public_case c
           join unit u on u.id = c.unit_id
           left join vehicle v on v.id = c.vehicle_id
           where c.id = $2 and c.unit_id in (select unit_id from unit_within($1))"#,
        scope.units(),
        id.0,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Links a case that stands at `from` with what was found. [`DbError::NotFound`] when it has moved meanwhile.
pub async fn link(conn: &mut PgConnection, id: CaseId, from: CaseState, finding: FindingId) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update public_case set state = 'linked', finding_id = $3 where id = $1 and state = $2 returning id",
        id.0,
        from.as_str(),
        finding.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Closes a case that stands at `from`. [`DbError::NotFound`] when it has moved meanwhile.
pub async fn close(
    conn: &mut PgConnection,
    id: CaseId,
    from: CaseState,
    closure: &CaseClosure,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update public_case
         set state = 'closed', outcome = $3, head = $4, result = $5, closed_by = $6, closed_at = $7
         where id = $1 and state = $2
         returning id",
        id.0,
        from.as_str(),
        closure.outcome.as_str(),
        closure.head.map(ViolationHead::number),
        closure.result,
        by.0,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
