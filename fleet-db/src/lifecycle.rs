//! The life of a car as it is stored (全生命周期): papers and their steps, the ledger of establishments, budgets, registrations.

pub mod ahead;
pub mod budget;
pub mod establishment;
pub mod registration;
pub mod renewal;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::lifecycle::facts::{PaperFacts, PaperId};
use dispatch::lifecycle::{LifecyclePaper, LifecycleStepId};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleCategory;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{Constraint, DbError, unreadable};
use crate::trip_request::next_number;

/// A paper to be written (新单据).
#[derive(Clone, Debug, PartialEq)]
pub struct NewPaper {
    /// Key.
    pub id: PaperId,
    /// Which kind.
    pub paper: LifecyclePaper,
    /// Whose car it is about.
    pub unit: UnitId,
    /// Where it begins.
    pub state: &'static str,
    /// Of which category, where that is a matter of the paper.
    pub category: Option<VehicleCategory>,
    /// The car that it is about.
    pub vehicle: Option<VehicleId>,
    /// Of a purchase: by which indicator.
    pub indicator: Option<PaperId>,
    /// Of a transfer: who gets the car.
    pub to_unit: Option<UnitId>,
    /// Of a transfer: in whose pool it lies.
    pub pool_unit: Option<UnitId>,
    /// Of a budget.
    pub year: Option<i16>,
    /// What it says.
    pub facts: PaperFacts,
}

/// A paper as it is kept (单据).
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Key.
    pub id: PaperId,
    /// Which kind.
    pub paper: LifecyclePaper,
    /// The number that people read.
    pub number: String,
    /// Whose car it is about.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Where it stands, in the words of its kind.
    pub state: String,
    /// Of which category.
    pub category: Option<VehicleCategory>,
    /// The car that it is about.
    pub vehicle: Option<VehicleId>,
    /// Its plate, where the asker sees the car.
    pub plate: Option<String>,
    /// By which indicator.
    pub indicator: Option<PaperId>,
    /// Number of that indicator.
    pub indicator_number: Option<String>,
    /// Who gets the car.
    pub to_unit: Option<UnitId>,
    /// Name of that unit.
    pub to_unit_name: Option<String>,
    /// In whose pool it lies.
    pub pool_unit: Option<UnitId>,
    /// Of a budget.
    pub year: Option<i16>,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// Number of the document that decided.
    pub document: String,
    /// What it says.
    pub facts: PaperFacts,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// By name.
    pub proposer: String,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who decided, by name.
    pub decider: Option<String>,
    /// When it was moved last.
    pub changed_at: DateTime<Utc>,
}

/// A step that was made (办理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of which paper.
    pub paper: PaperId,
    /// Where it stood.
    pub from: String,
    /// What was done.
    pub action: String,
    /// Where it stood then.
    pub to: String,
    /// Who did it, by name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In words.
    pub words: String,
    /// Number of the document.
    pub document: String,
}

/// Which papers are asked for (单据筛选); what is absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<PaperId>,
    /// Of this kind.
    pub paper: Option<LifecyclePaper>,
    /// That stand there.
    pub state: Option<String>,
    /// About this car.
    pub vehicle: Option<VehicleId>,
    /// Of this unit and those below.
    pub unit: Option<UnitId>,
    /// Behind this one, from the newest on.
    pub after: Option<PaperId>,
}

/// What a move changes of a paper beside its state (单据变动).
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it says now.
    pub facts: PaperFacts,
    /// The car that came of it.
    pub vehicle: Option<VehicleId>,
    /// Who gets the car.
    pub to_unit: Option<UnitId>,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// Number of the document that decided.
    pub document: Option<String>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
}

struct Row {
    id: Uuid,
    paper: String,
    number: String,
    unit_id: Uuid,
    unit_name: String,
    state: String,
    category: Option<String>,
    vehicle_id: Option<Uuid>,
    plate: Option<String>,
    indicator_id: Option<Uuid>,
    indicator_number: Option<String>,
    to_unit_id: Option<Uuid>,
    to_unit_name: Option<String>,
    pool_unit_id: Option<Uuid>,
    year: Option<i16>,
    valid_until: Option<NaiveDate>,
    document: String,
    facts: Value,
    proposed_by: Uuid,
    proposer: String,
    proposed_at: DateTime<Utc>,
    decider: Option<String>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Row> for Paper {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: PaperId(row.id),
            paper: row.paper.parse().map_err(unreadable)?,
            number: row.number,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name,
            state: row.state,
            category: row.category.map(|category| category.parse()).transpose().map_err(unreadable)?,
            vehicle: row.vehicle_id.map(VehicleId),
            plate: row.plate,
            indicator: row.indicator_id.map(PaperId),
            indicator_number: row.indicator_number,
            to_unit: row.to_unit_id.map(UnitId),
            to_unit_name: row.to_unit_name,
            pool_unit: row.pool_unit_id.map(UnitId),
            year: row.year,
            valid_until: row.valid_until,
            document: row.document,
            facts: serde_json::from_value(row.facts).map_err(unreadable)?,
            proposed_by: AccountId(row.proposed_by),
            proposer: row.proposer,
            proposed_at: row.proposed_at,
            decider: row.decider,
            changed_at: row.changed_at,
        })
    }
}

const fn prefix(paper: LifecyclePaper) -> &'static str {
    match paper {
        LifecyclePaper::Establishment => "BZ",
        LifecyclePaper::Indicator => "ZB",
        LifecyclePaper::Budget => "YS",
        LifecyclePaper::Purchase => "GZ",
        LifecyclePaper::Disposal => "CZ",
        LifecyclePaper::Transfer => "DB",
    }
}

/// Writes a paper down, and its first step. [`DbError::NotFound`] for a unit that there is not.
pub async fn insert(
    conn: &mut PgConnection,
    new: &NewPaper,
    by: AccountId,
    step: LifecycleStepId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let number = next_number(conn, new.unit, prefix(new.paper), now).await?;
    sqlx::query!(
        "insert into lifecycle_paper (id, paper, number, unit_id, state, category, vehicle_id, indicator_id, to_unit_id, pool_unit_id, year,
             facts, proposed_by, proposed_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        new.id.0,
        new.paper.as_str(),
        number,
        new.unit.0,
        new.state,
        new.category.map(VehicleCategory::as_str),
        new.vehicle.map(|vehicle| vehicle.0),
        new.indicator.map(|indicator| indicator.0),
        new.to_unit.map(|unit| unit.0),
        new.pool_unit.map(|unit| unit.0),
        new.year,
        serde_json::to_value(&new.facts).map_err(unreadable)?,
        by.0,
        now,
    )
    .execute(&mut *conn)
    .await?;
    note(conn, step, new.id, ["", "propose", new.state], (&new.facts.reason, ""), by, now).await
}

/// Writes a step down: from where, by what, to where.
pub async fn note(
    conn: &mut PgConnection,
    id: LifecycleStepId,
    paper: PaperId,
    [from, action, to]: [&str; 3],
    (words, document): (&str, &str),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into lifecycle_step (id, paper_id, from_state, action, to_state, by, at, words, document)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        paper.0,
        from,
        action,
        to,
        by.0,
        now,
        words,
        document,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a paper that stands where it was seen. [`DbError::NotFound`] when someone was faster.
pub async fn advance(
    conn: &mut PgConnection,
    id: PaperId,
    (from, to): (&str, &str),
    change: &Change,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update lifecycle_paper
         set state = $3, facts = $4, vehicle_id = coalesce($5, vehicle_id), to_unit_id = coalesce($6, to_unit_id),
             valid_until = coalesce($7, valid_until), document = coalesce($8, document), decided_by = coalesce($9, decided_by), changed_at = $10
         where id = $1 and state = $2
         returning id",
        id.0,
        from,
        to,
        serde_json::to_value(&change.facts).map_err(unreadable)?,
        change.vehicle.map(|vehicle| vehicle.0),
        change.to_unit.map(|unit| unit.0),
        change.valid_until,
        change.document.as_deref(),
        change.decided_by.map(|account| account.0),
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The next papers that the asker sees, from the newest on.
pub async fn list(conn: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Paper>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select p.id, p.paper, p.number, p.unit_id, coalesce(u.name, '') as "unit_name!", p.state, p.category, p.vehicle_id,
                  v.plate as "plate?", p.indicator_id, i.number as "indicator_number?", p.to_unit_id, t.name as "to_unit_name?",
                  p.pool_unit_id, p.year, p.valid_until, p.document, p.facts, p.proposed_by, account_name(p.proposed_by) as "proposer!",
                  p.proposed_at, account_name(p.decided_by) as "decider?", p.changed_at
           from lifecycle_paper p
           left join unit u on u.id = p.unit_id
           left join unit t on t.id = p.to_unit_id
           left join vehicle v on v.id = p.vehicle_id
           left join lifecycle_paper i on i.id = p.indicator_id
           where ($1::uuid is null or p.id = $1)
             and ($2::text is null or p.paper = $2)
             and ($3::text is null or p.state = $3)
             and ($4::uuid is null or p.vehicle_id = $4)
             and ($5::uuid is null or p.unit_id in (select w.unit_id from unit_within(array[$5::uuid]) w)
                  or p.to_unit_id in (select w.unit_id from unit_within(array[$5::uuid]) w))
             and ($6::uuid is null or p.id < $6)
           order by p.id desc
           limit $7"#,
        filter.id.map(|id| id.0),
        filter.paper.map(LifecyclePaper::as_str),
        filter.state.as_deref(),
        filter.vehicle.map(|vehicle| vehicle.0),
        filter.unit.map(|unit| unit.0),
        filter.after.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Paper::try_from).collect()
}

/// One of them.
pub async fn load(conn: &mut PgConnection, paper: LifecyclePaper, id: PaperId) -> Result<Paper, DbError> {
    let filter = Filter { id: Some(id), paper: Some(paper), ..Filter::default() };
    list(conn, &filter, 1).await?.pop().ok_or(DbError::NotFound)
}

/// What was done to these papers, in order.
pub async fn steps(conn: &mut PgConnection, papers: &[PaperId]) -> Result<Vec<Step>, DbError> {
    let ids: Vec<Uuid> = papers.iter().map(|paper| paper.0).collect();
    let rows = sqlx::query!(
        r#"select paper_id, from_state, action, to_state, account_name(by) as "by!", at, words, document
           from lifecycle_step
           where paper_id = any ($1)
           order by seq"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        paper: PaperId(row.paper_id),
        from: row.from_state,
        action: row.action,
        to: row.to_state,
        by: row.by,
        at: row.at,
        words: row.words,
        document: row.document,
    });
    Ok(steps.collect())
}

/// Moves a car of the scope to where it stands in its life now. [`DbError::NotFound`] for one outside.
pub async fn set_status(conn: &mut PgConnection, scope: &Scope, vehicle: VehicleId, status: &str) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update vehicle set status = $2 where id = $1 and unit_id in (select unit_id from unit_within($3)) returning id",
        vehicle.0,
        status,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Moves a car of the scope to another unit of it. A car that is ordered stays until it is back.
pub async fn set_unit(conn: &mut PgConnection, scope: &Scope, vehicle: VehicleId, unit: UnitId) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update vehicle set unit_id = $2
         where id = $1 and unit_id in (select unit_id from unit_within($3)) and $2 in (select unit_id from unit_within($3))
         returning id",
        vehicle.0,
        unit.0,
        scope.units(),
    )
    .fetch_one(&mut *conn)
    .await?;
    // Whoever gives the car out at this moment has taken its row before, or finds it in the other unit.
    let is_ordered = sqlx::query_scalar!(
        r#"select exists (select from dispatch_order
                          where vehicle_id = $1 and state in ('issued', 'accepted', 'underway', 'waiting')) as "is_ordered!""#,
        vehicle.0,
    );
    if is_ordered.fetch_one(conn).await? { Err(DbError::Conflict(Constraint::VehicleOrdered)) } else { Ok(()) }
}
