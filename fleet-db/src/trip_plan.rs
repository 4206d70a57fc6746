//! Recurring plans (周期用车): written with their versions, found, and moved under a lock by whoever holds the transaction.

pub mod day;
pub mod route;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::driver::DriverId;
use dispatch::scope::Scope;
use dispatch::trip::flow::Step;
use dispatch::trip::plan::schedule::Schedule;
use dispatch::trip::plan::{Approved, Course, PlanId, PlanState, PlanTrip, RouteId, VersionState};
use dispatch::unit::UnitId;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};
use crate::trip_request::next_number;

/// A plan with its versions (周期用车计划).
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Key.
    pub id: PlanId,
    /// The number that people read.
    pub number: String,
    /// What people call it.
    pub name: String,
    /// Who travels.
    pub unit: UnitId,
    /// The same by name.
    pub unit_name: String,
    /// Whose cars are asked for.
    pub fleet: UnitId,
    /// The same by name.
    pub fleet_name: String,
    /// Who asked for it and is told what becomes of it.
    pub keeper: AccountId,
    /// The same by name.
    pub keeper_name: String,
    /// Where it stands.
    pub state: PlanState,
    /// Who decides on the version that waits, or did on the last.
    pub steps: Vec<Step>,
    /// The step that is waited for, from 0.
    pub step: i16,
    /// A trip that begins before this is not expected; none while nothing was approved.
    pub counts_from: Option<DateTime<Utc>>,
    /// Paused from that day on.
    pub paused_from: Option<NaiveDate>,
    /// Over from that day on.
    pub ended_from: Option<NaiveDate>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When anything changed.
    pub changed_at: DateTime<Utc>,
    /// What it asks for, the first version first.
    pub versions: Vec<Version>,
}

/// What a plan asks for from a day on (计划版本).
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its number, from 1.
    pub version: i16,
    /// What for, and where to.
    pub trip: PlanTrip,
    /// On which days.
    pub schedule: Schedule,
    /// Whose way it is.
    pub route: Option<RouteId>,
    /// The car that is wished for.
    pub vehicle: Option<VehicleId>,
    /// Its plate.
    pub plate: Option<String>,
    /// The driver that is wished for.
    pub driver: Option<DriverId>,
    /// The same by name.
    pub driver_name: Option<String>,
    /// Where it stands.
    pub state: VersionState,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// Who decided on it last.
    pub decided_by: Option<AccountId>,
    /// The same by name.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Something that was done to a plan (计划办理记录).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// On which version.
    pub version: i16,
    /// A [`dispatch::trip::plan::PlanAction`], or `write`.
    pub action: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The day that it is about, or from which on it holds.
    pub day: Option<NaiveDate>,
    /// In words.
    pub opinion: String,
}

/// Which plans are asked for; everything absent asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<PlanId>,
    /// In one of these states.
    pub states: Vec<PlanState>,
    /// Those after this one, in the order of the list.
    pub after: Option<PlanId>,
}

impl Plan {
    /// Which of its days count; none while nothing was approved.
    pub fn course(&self) -> Option<Course> {
        let approved = self.versions.iter().filter(|version| version.state == VersionState::Approved);
        let versions = approved.filter_map(|version| {
            Some(Approved { version: version.version, schedule: version.schedule.clone(), at: version.decided_at? })
        });
        Some(Course {
            versions: versions.collect(),
            counts_from: self.counts_from?,
            paused_from: self.paused_from,
            ended_from: self.ended_from,
        })
    }

    /// The version of that number.
    pub fn version(&self, number: i16) -> Option<&Version> {
        self.versions.iter().find(|version| version.version == number)
    }

    /// The version that waits for a decision.
    pub fn waiting(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.state == VersionState::Submitted)
    }

    /// The version that people are shown: the last that was approved, else the last.
    pub fn current(&self) -> Option<&Version> {
        self.versions.iter().rfind(|version| version.state == VersionState::Approved).or_else(|| self.versions.last())
    }
}

/// Writes a plan without its versions, and gives its number. [`DbError::NotFound`] for a unit that there is not.
pub async fn insert(conn: &mut PgConnection, plan: &Plan, now: DateTime<Utc>) -> Result<String, DbError> {
    let number = next_number(conn, plan.unit, "ZQ", now).await?;
    sqlx::query!(
        "insert into trip_plan (id, number, name, unit_id, dispatch_unit_id, keeper_id, state, steps, step, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        plan.id.0,
        number,
        plan.name,
        plan.unit.0,
        plan.fleet.0,
        plan.keeper.0,
        plan.state.as_str(),
        serde_json::to_value(&plan.steps).map_err(unreadable)?,
        plan.step,
        now,
    )
    .execute(conn)
    .await?;
    Ok(number)
}

/// Writes a version that waits for a decision. [`crate::Constraint::PlanWaiting`] when one does.
pub async fn insert_version(
    conn: &mut PgConnection,
    plan: PlanId,
    version: &Version,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_plan_version (plan_id, version, from_on, trip, schedule, route_id, vehicle_id, driver_id, state, written_by, written_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'submitted', $9, $10)",
        plan.0,
        version.version,
        version.schedule.from_on,
        serde_json::to_value(&version.trip).map_err(unreadable)?,
        serde_json::to_value(&version.schedule).map_err(unreadable)?,
        version.route.map(|route| route.0),
        version.vehicle.map(|vehicle| vehicle.0),
        version.driver.map(|driver| driver.0),
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Decides on a version that waits. [`DbError::NotFound`] when it does not any more.
pub async fn decide(
    conn: &mut PgConnection,
    (plan, version): (PlanId, i16),
    state: VersionState,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update trip_plan_version
         set state = $3, decided_by = $4, decided_at = $5
         where plan_id = $1 and version = $2 and state = 'submitted'
         returning version",
        plan.0,
        version,
        state.as_str(),
        by.0,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Stores where a plan stands after a move.
pub async fn save(conn: &mut PgConnection, plan: &Plan, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "update trip_plan
         set state = $2, steps = $3, step = $4, counts_from = $5, paused_from = $6, ended_from = $7, changed_at = $8
         where id = $1
         returning id",
        plan.id.0,
        plan.state.as_str(),
        serde_json::to_value(&plan.steps).map_err(unreadable)?,
        plan.step,
        plan.counts_from,
        plan.paused_from,
        plan.ended_from,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Writes down what was done to a plan.
pub async fn note(
    conn: &mut PgConnection,
    id: Uuid,
    (plan, version): (PlanId, i16),
    by: AccountId,
    done: &Done,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip_plan_step (id, plan_id, version, action, by, at, day, opinion) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        plan.0,
        version,
        done.action,
        by.0,
        done.at,
        done.day,
        done.opinion,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was done to a plan, as it came.
pub async fn notes(conn: &mut PgConnection, plan: PlanId) -> Result<Vec<Done>, DbError> {
    let rows = sqlx::query!(
        r#"select version, action, account_name(by) as "by!", at, day, opinion from trip_plan_step where plan_id = $1 order by seq"#,
        plan.0,
    )
    .fetch_all(conn)
    .await?;
    let done = rows.into_iter().map(|row| Done {
        version: row.version,
        action: row.action,
        by: row.by,
        at: row.at,
        day: row.day,
        opinion: row.opinion,
    });
    Ok(done.collect())
}

struct Row {
    id: Uuid,
    number: String,
    name: String,
    unit_id: Uuid,
    unit_name: Option<String>,
    dispatch_unit_id: Uuid,
    fleet_name: Option<String>,
    keeper_id: Uuid,
    keeper_name: Option<String>,
    state: String,
    steps: Value,
    step: i16,
    counts_from: Option<DateTime<Utc>>,
    paused_from: Option<NaiveDate>,
    ended_from: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Row> for Plan {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: PlanId(row.id),
            number: row.number,
            name: row.name,
            unit: UnitId(row.unit_id),
            unit_name: row.unit_name.unwrap_or_default(),
            fleet: UnitId(row.dispatch_unit_id),
            fleet_name: row.fleet_name.unwrap_or_default(),
            keeper: AccountId(row.keeper_id),
            keeper_name: row.keeper_name.unwrap_or_default(),
            state: row.state.parse().map_err(unreadable)?,
            steps: serde_json::from_value(row.steps).map_err(unreadable)?,
            step: row.step,
            counts_from: row.counts_from,
            paused_from: row.paused_from,
            ended_from: row.ended_from,
            created_at: row.created_at,
            changed_at: row.changed_at,
            versions: Vec::new(),
        })
    }
}

/// Plans of the filter that the connection may see, at most `most`, the newest first.
pub async fn list(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<Vec<Plan>, DbError> {
    let states: Vec<&str> = filter.states.iter().map(|state| state.as_str()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, number, name, unit_id, unit_label(unit_id) as unit_name, dispatch_unit_id, unit_label(dispatch_unit_id) as fleet_name,
                  keeper_id, account_name(keeper_id) as keeper_name, state, steps, step, counts_from, paused_from, ended_from, created_at,
                  changed_at
           from trip_plan
           where ($1::uuid is null or id = $1)
             and (cardinality($2::text[]) = 0 or state = any ($2))
             and ($3::uuid is null or id < $3)
           order by id desc
           limit $4"#,
        filter.id.map(|id| id.0),
        &states as &[&str],
        filter.after.map(|id| id.0),
        most,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut plans: Vec<Plan> = rows.into_iter().map(Plan::try_from).collect::<Result<_, _>>()?;
    let ids: Vec<Uuid> = plans.iter().map(|plan| plan.id.0).collect();
    for (id, version) in versions(conn, &ids).await? {
        if let Some(plan) = plans.iter_mut().find(|plan| plan.id == id) {
            plan.versions.push(version);
        }
    }
    Ok(plans)
}

async fn versions(conn: &mut PgConnection, plans: &[Uuid]) -> Result<Vec<(PlanId, Version)>, DbError> {
    let rows = sqlx::query!(
        r#"select v.plan_id, v.version, v.trip, v.schedule, v.route_id, v.vehicle_id, v.driver_id, v.state, v.written_at, v.decided_by,
                  account_name(v.decided_by) as decided_by_name, v.decided_at,
                  (select car.plate from vehicle_label(v.vehicle_id) car) as plate,
                  (select driver.name from driver_label(v.driver_id) driver) as driver_name
           from trip_plan_version v
           where v.plan_id = any ($1)
           order by v.plan_id, v.version"#,
        plans,
    )
    .fetch_all(conn)
    .await?;
    let versions = rows.into_iter().map(|row| {
        let version = Version {
            version: row.version,
            trip: serde_json::from_value(row.trip).map_err(unreadable)?,
            schedule: serde_json::from_value(row.schedule).map_err(unreadable)?,
            route: row.route_id.map(RouteId),
            vehicle: row.vehicle_id.map(VehicleId),
            plate: row.plate,
            driver: row.driver_id.map(DriverId),
            driver_name: row.driver_name,
            state: row.state.parse().map_err(unreadable)?,
            written_at: row.written_at,
            decided_by: row.decided_by.map(AccountId),
            decided_by_name: row.decided_by_name,
            decided_at: row.decided_at,
        };
        Ok((PlanId(row.plan_id), version))
    });
    versions.collect()
}

/// A plan that the connection may see.
pub async fn load(conn: &mut PgConnection, id: PlanId) -> Result<Plan, DbError> {
    let found = list(conn, &Filter { id: Some(id), ..Filter::default() }, 1).await?;
    found.into_iter().next().ok_or(DbError::NotFound)
}

/// The same, locked until the transaction ends: of two who move it, the second sees what the first has done.
pub async fn load_to_move(conn: &mut PgConnection, id: PlanId) -> Result<Plan, DbError> {
    sqlx::query_scalar!("select id from trip_plan where id = $1 for update", id.0).fetch_one(&mut *conn).await?;
    load(conn, id).await
}

/// The same, unless another service has it in hand: then nothing.
pub async fn claim(conn: &mut PgConnection, id: PlanId) -> Result<Option<Plan>, DbError> {
    let free = sqlx::query_scalar!("select id from trip_plan where id = $1 for update skip locked", id.0);
    match free.fetch_optional(&mut *conn).await? {
        Some(_) => Ok(Some(load(conn, id).await?)),
        None => Ok(None),
    }
}

/// Plans of which days may still come at `today`: those that run, and those whose pause or end lies ahead.
pub async fn running(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<PlanId>, DbError> {
    let ids = sqlx::query_scalar!(
        "select id from trip_plan
         where state in ('running', 'changing') or state = 'paused' and paused_from > $1 or state = 'ended' and ended_from > $1
         order by id",
        today,
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(PlanId).collect())
}

/// The plans whose step has waited too long at `now`, locked.
pub async fn overdue(conn: &mut PgConnection, now: DateTime<Utc>, most: i64) -> Result<Vec<PlanId>, DbError> {
    let ids = sqlx::query_scalar!(
        "select id from trip_plan
         where state in ('submitted', 'changing') and (steps -> step::integer ->> 'due_at')::timestamptz <= $1
         order by changed_at
         limit $2
         for update skip locked",
        now,
        most,
    );
    Ok(ids.fetch_all(conn).await?.into_iter().map(PlanId).collect())
}

/// The wished car and driver are of the fleet that is asked. [`DbError::NotFound`] otherwise.
pub async fn check_wished(
    conn: &mut PgConnection,
    fleet: UnitId,
    vehicle: Option<VehicleId>,
    driver: Option<DriverId>,
) -> Result<(), DbError> {
    let scope = Scope::of(fleet);
    sqlx::query_scalar!(
        r#"select 1 as "one!"
           where ($2::uuid is null or trip_plan_car_is_of($2, $1)) and ($3::uuid is null or trip_plan_driver_is_of($3, $1))"#,
        scope.units(),
        vehicle.map(|vehicle| vehicle.0),
        driver.map(|driver| driver.0),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}
