//! The ledger of establishments (编制台账): how units stand, their movements, and what is over, unmarked or in a stranger's name.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::AccountId;
use dispatch::lifecycle::establishment::{EstablishmentKind, Movement, PlaceStanding};
use dispatch::lifecycle::facts::PaperId;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use dispatch::vehicle::VehicleCategory;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// How a unit with everything below it stands in a category (编制台账行).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Of which unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// There are units below it.
    pub has_below: bool,
    /// In which category.
    pub category: VehicleCategory,
    /// Sums over the unit and those below.
    pub standing: PlaceStanding,
    /// Places that are vacant, unit by unit.
    pub vacant: i32,
    /// Cars that are over, unit by unit: what one has too many is not what another has too few.
    pub over: i32,
}

/// A movement (编制变动).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What and how many.
    pub movement: Movement,
    /// By which document.
    pub document: String,
    /// By which paper.
    pub paper: PaperId,
    /// Number of the paper.
    pub number: String,
    /// By whom, by name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A car that takes a place (在编车辆).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCar {
    /// Which car.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// What drives it.
    pub powertrain: String,
    /// Where it stands in its life.
    pub status: String,
    /// First registration, where it is known.
    pub registered_on: Option<NaiveDate>,
}

/// How a unit of the scope stands in a category, held until the transaction ends. [`DbError::NotFound`] for one outside.
pub async fn standing(
    conn: &mut PgConnection,
    unit: UnitId,
    category: VehicleCategory,
    on: NaiveDate,
) -> Result<PlaceStanding, DbError> {
    let row = sqlx::query!(
        r#"select authorised as "authorised!", held as "held!", promised as "promised!" from establishment_standing($1, $2, $3)"#,
        unit.0,
        category.as_str(),
        on,
    )
    .fetch_one(conn)
    .await?;
    Ok(PlaceStanding { authorised: row.authorised, held: row.held, promised: row.promised })
}

/// Enters a movement by its paper; the store refuses one that was not approved, and keeps the sum.
pub async fn enter(
    conn: &mut PgConnection,
    id: Uuid,
    (unit, category): (UnitId, VehicleCategory),
    movement: Movement,
    (paper, document): (PaperId, &str),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query!(
        "insert into establishment_entry (id, unit_id, category, kind, count, document, paper_id, entered_by, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        unit.0,
        category.as_str(),
        movement.kind.as_str(),
        movement.count,
        document,
        paper.0,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which sums are asked for (台账范围).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A unit with everything below it.
    Whole,
    /// The unit alone.
    Alone,
    /// Each of those right below it, with everything below.
    Below,
}

/// How units stand, category by category: of the unit, of it alone, or of each right below it.
pub async fn sums(conn: &mut PgConnection, unit: UnitId, part: Part, on: NaiveDate) -> Result<Vec<Sum>, DbError> {
    let rows = sqlx::query!(
        r#"with top as (
               select u.id, u.name from unit u
               where case when $2 then u.parent_id = $1 else u.id = $1 end
           ), leaf as (
               select l.unit_id, l.category, sum(l.authorised)::integer as authorised, sum(l.held)::integer as held,
                      sum(l.promised)::integer as promised
               from (select e.unit_id, e.category, e.authorised, 0 as held, 0 as promised from establishment e
                     union all
                     select h.unit_id, h.category, 0, 1, 0 from establishment_held(array[$1::uuid]) h
                     union all
                     select i.unit_id, i.category, 0, 0, 1 from lifecycle_paper i
                     where i.paper = 'indicator' and i.facts ->> 'kind' = 'addition'
                       and (i.state in ('issued', 'reserved') and i.valid_until >= $4
                            or i.state = 'used' and exists (select from lifecycle_paper p
                                                            where p.indicator_id = i.id and p.paper = 'purchase'
                                                              and p.state not in ('registered', 'cancelled')))) l
               group by l.unit_id, l.category
           )
           select top.id, top.name, leaf.category as "category!",
                  exists (select from unit_closure b where b.ancestor_id = top.id and b.depth = 1) as "has_below!",
                  sum(leaf.authorised)::integer as "authorised!", sum(leaf.held)::integer as "held!",
                  sum(leaf.promised)::integer as "promised!",
                  sum(greatest(0, leaf.authorised - leaf.held - leaf.promised))::integer as "vacant!",
                  sum(greatest(0, leaf.held - leaf.authorised))::integer as "over!"
           from top
           join unit_closure c on c.ancestor_id = top.id and (not $3 or c.depth = 0)
           join leaf on leaf.unit_id = c.unit_id
           group by top.id, top.name, leaf.category
           having sum(leaf.authorised + leaf.held + leaf.promised) > 0
           order by top.name, top.id, leaf.category"#,
        unit.0,
        part == Part::Below,
        part == Part::Alone,
        on,
    )
    .fetch_all(conn)
    .await?;
    let sums = rows.into_iter().map(|row| {
        Ok(Sum {
            unit: UnitId(row.id),
            unit_name: row.name,
            has_below: row.has_below,
            category: row.category.parse().map_err(unreadable)?,
            standing: PlaceStanding { authorised: row.authorised, held: row.held, promised: row.promised },
            vacant: row.vacant,
            over: row.over,
        })
    });
    sums.collect()
}

/// The movements of a unit in a category, from the newest on.
pub async fn entries(conn: &mut PgConnection, unit: UnitId, category: VehicleCategory) -> Result<Vec<Entry>, DbError> {
    let rows = sqlx::query!(
        r#"select e.kind, e.count, e.document, e.paper_id, p.number as "number?", account_name(e.entered_by) as "by!", e.entered_at
           from establishment_entry e
           left join lifecycle_paper p on p.id = e.paper_id
           where e.unit_id = $1 and e.category = $2
           order by e.seq desc"#,
        unit.0,
        category.as_str(),
    )
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|row| {
        let kind: EstablishmentKind = row.kind.parse().map_err(unreadable)?;
        Ok(Entry {
            movement: Movement { kind, count: row.count },
            document: row.document,
            paper: PaperId(row.paper_id),
            number: row.number.unwrap_or_default(),
            by: row.by,
            at: row.entered_at,
        })
    });
    entries.collect()
}

/// The cars of a unit that take its places in a category, by plate.
pub async fn cars(conn: &mut PgConnection, unit: UnitId, category: VehicleCategory) -> Result<Vec<HeldCar>, DbError> {
    let rows = sqlx::query!(
        r#"select v.id, v.plate, v.model, v.powertrain, v.status, r.registered_on as "registered_on?"
           from establishment_held(array[$1::uuid]) h
           join vehicle v on v.id = h.vehicle_id
           left join vehicle_registration r on r.vehicle_id = v.id
           where h.unit_id = $1 and h.category = $2
           order by v.plate"#,
        unit.0,
        category.as_str(),
    )
    .fetch_all(conn)
    .await?;
    let cars = rows.into_iter().map(|row| HeldCar {
        vehicle: VehicleId(row.id),
        plate: row.plate,
        model: row.model,
        powertrain: row.powertrain,
        status: row.status,
        registered_on: row.registered_on,
    });
    Ok(cars.collect())
}

/// Units of the scope with more cars of a category than they may hold: head 1 of Art. 26, by rule.
pub async fn over(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Sum>, DbError> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, h.category as "category!", coalesce(e.authorised, 0) as "authorised!", count(*)::integer as "held!"
           from establishment_held($1) h
           join unit u on u.id = h.unit_id
           left join establishment e on e.unit_id = h.unit_id and e.category = h.category
           group by u.id, u.name, h.category, e.authorised
           having count(*) > coalesce(e.authorised, 0)
           order by u.name, u.id, h.category"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let sums = rows.into_iter().map(|row| {
        let standing = PlaceStanding { authorised: row.authorised, held: row.held, promised: 0 };
        Ok(Sum {
            unit: UnitId(row.id),
            unit_name: row.name,
            has_below: false,
            category: row.category.parse().map_err(unreadable)?,
            standing,
            vacant: 0,
            over: standing.over(),
        })
    });
    sums.collect()
}
