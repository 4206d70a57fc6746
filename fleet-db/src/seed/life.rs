//! What cars have lived through (车辆履历), many at once: a statement a table, rows as JSON in the words of the table.
//!
//! Only for a demonstration. Every rule of the store holds as for anybody: establishments move by their papers, bills are the sum of
//! their lines, no two policies of a kind overlap.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// Rows of the tables that make up a life, each with the names of its columns.
#[derive(Clone, Debug, Default)]
pub struct Lives {
    /// Cars: `id`, `entered_on`, `registered_on`, `metres_a_month`, and `months` that they were driven.
    pub cars: Vec<Value>,
    /// `vehicle_registration`.
    pub registrations: Vec<Value>,
    /// `vehicle_marking`.
    pub markings: Vec<Value>,
    /// `vehicle_cost`.
    pub costs: Vec<Value>,
    /// `energy_card`.
    pub cards: Vec<Value>,
    /// `card_use`.
    pub uses: Vec<Value>,
    /// `upkeep_plan`.
    pub upkeep: Vec<Value>,
    /// `insurance_policy`.
    pub policies: Vec<Value>,
    /// `vehicle_inspection`.
    pub inspections: Vec<Value>,
    /// `repair_order`; its number is drawn.
    pub repairs: Vec<Value>,
    /// `repair_quote`.
    pub quotes: Vec<Value>,
    /// `repair_bill`.
    pub bills: Vec<Value>,
    /// `repair_line`.
    pub lines: Vec<Value>,
    /// `repair_step`.
    pub repair_steps: Vec<Value>,
    /// `vehicle_seal`.
    pub seals: Vec<Value>,
}

/// Papers with what hangs on them.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    /// `lifecycle_paper`, and `kind`: the two letters of its number.
    pub papers: Vec<Value>,
    /// `lifecycle_step`.
    pub steps: Vec<Value>,
    /// `establishment_entry`.
    pub entries: Vec<Value>,
    /// `budget_line`.
    pub budget: Vec<Value>,
}

/// Those of the cars whose registration nobody has recorded yet.
pub async fn unregistered(conn: &mut PgConnection, cars: &[VehicleId]) -> Result<Vec<VehicleId>, DbError> {
    let ids: Vec<Uuid> = cars.iter().map(|car| car.0).collect();
    let found = sqlx::query_scalar!(
        "select v.id from vehicle v
         where v.id = any ($1) and not exists (select from vehicle_registration r where r.vehicle_id = v.id)",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(VehicleId).collect())
}

/// Enters vendors and names them for a unit: rows of `supplier`, and of `designated_vendor`.
pub async fn vendors(conn: &mut PgConnection, vendors: &[Value], named: &[Value]) -> Result<(), DbError> {
    sqlx::query!(
        "insert into supplier (id, unit_id, name, contact, phone, created_by, created_at)
         select id, unit_id, name, contact, phone, created_by, created_at from jsonb_populate_recordset(null::supplier, $1)
         on conflict (id) do nothing",
        json(vendors)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into designated_vendor (id, unit_id, supplier_id, service, document, during, created_by, created_at)
         select id, unit_id, supplier_id, service, document, during, created_by, created_at
         from jsonb_populate_recordset(null::designated_vendor, $1)
         on conflict (id) do nothing",
        json(named)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes papers in the order given, then their steps, movements and lines of budgets; what is there already stays as it is.
pub async fn papers(conn: &mut PgConnection, told: &Papers) -> Result<(), DbError> {
    sqlx::query!(
        "insert into lifecycle_paper (id, paper, number, unit_id, state, category, vehicle_id, indicator_id, year, valid_until, document, facts,
             proposed_by, proposed_at, decided_by, changed_at)
         select p.id, p.paper, paper_number_next(p.unit_id, extract(year from p.proposed_at)::integer, k.told ->> 'kind'), p.unit_id, p.state,
                p.category, p.vehicle_id, p.indicator_id, p.year, p.valid_until, coalesce(p.document, ''), p.facts, p.proposed_by,
                p.proposed_at, p.decided_by, p.changed_at
         from jsonb_array_elements($1) with ordinality as k (told, n),
              jsonb_populate_record(null::lifecycle_paper, k.told) p
         where not exists (select from lifecycle_paper known where known.id = p.id)
         order by k.n",
        json(&told.papers)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into lifecycle_step (id, paper_id, from_state, action, to_state, by, at, words, document)
         select id, paper_id, from_state, action, to_state, by, at, words, document
         from jsonb_populate_recordset(null::lifecycle_step, $1)
         on conflict (id) do nothing",
        json(&told.steps)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into establishment_entry (id, unit_id, category, kind, count, document, paper_id, entered_by, entered_at)
         select e.id, e.unit_id, e.category, e.kind, e.count, e.document, e.paper_id, e.entered_by, e.entered_at
         from jsonb_populate_recordset(null::establishment_entry, $1) e
         where not exists (select from establishment_entry known where known.id = e.id)",
        json(&told.entries)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into budget_line (id, budget_id, indicator_id, amount_fen)
         select id, budget_id, indicator_id, amount_fen from jsonb_populate_recordset(null::budget_line, $1)
         on conflict (id) do nothing",
        json(&told.budget)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves indicators whose money was granted to where they are used, so that purchases may refer to them.
pub async fn use_indicators(conn: &mut PgConnection, indicators: &[Uuid], at: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "update lifecycle_paper set state = 'used', changed_at = $2 where id = any ($1) and state = 'reserved'",
        indicators,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Cars that wait to go.
pub async fn await_disposal(conn: &mut PgConnection, cars: &[VehicleId]) -> Result<(), DbError> {
    let ids: Vec<Uuid> = cars.iter().map(|car| car.0).collect();
    sqlx::query!("update vehicle set status = 'awaiting_disposal' where id = any ($1) and status <> 'disposed'", &ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what cars have lived through; their keys are fresh.
pub async fn write(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    register(conn, lives).await?;
    repairs(conn, lives).await?;
    papers_of_cars(conn, lives).await?;
    money(conn, lives).await?;
    driven(conn, lives).await
}

/// The registration, since when the car is here and has its plate, and how it is marked.
async fn register(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    sqlx::query!(
        "insert into vehicle_registration (vehicle_id, owner_kind, owner_unit_id, owner_name, certificate, registered_on, platform_by, entered_on,
             body, standard_case, standard_document, displacement_ml, engine_number, price_fen, tax_fen, is_domestic, odometer_km,
             recorded_by, recorded_at)
         select vehicle_id, owner_kind, owner_unit_id, owner_name, certificate, registered_on, platform_by, entered_on, body, standard_case,
                standard_document, displacement_ml, engine_number, price_fen, tax_fen, is_domestic, odometer_km, recorded_by, recorded_at
         from jsonb_populate_recordset(null::vehicle_registration, $1)",
        json(&lives.registrations)?,
    )
    .execute(&mut *conn)
    .await?;
    let cars = json(&lives.cars)?;
    sqlx::query!(
        "update vehicle v
         set created_at = c.entered_on::timestamp at time zone 'Asia/Shanghai'
         from jsonb_to_recordset($1) as c (id uuid, entered_on date)
         where v.id = c.id and v.created_at > c.entered_on",
        cars,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update vehicle_plate p
         set during = daterange(c.registered_on, upper(p.during))
         from jsonb_to_recordset($1) as c (id uuid, registered_on date)
         where p.vehicle_id = c.id and lower(p.during) > c.registered_on",
        cars,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_marking (id, vehicle_id, kind, code, document, from_on, recorded_by, recorded_at)
         select id, vehicle_id, kind, code, document, from_on, recorded_by, recorded_at
         from jsonb_populate_recordset(null::vehicle_marking, $1)",
        json(&lives.markings)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_seal (id, vehicle_id, kind, during, odometer_m, place, key_custodian, reason, approved_by, handled_by, created_at)
         select id, vehicle_id, kind, during, odometer_m, place, key_custodian, reason, approved_by, handled_by, created_at
         from jsonb_populate_recordset(null::vehicle_seal, $1)",
        json(&lives.seals)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Repair orders: proposed, then quoted, then as they stand now.
async fn repairs(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    let orders = json(&lives.repairs)?;
    sqlx::query!(
        "insert into repair_order (id, number, unit_id, vehicle_id, kind, what, state, proposed_by, proposed_at, exception_document, reason,
             changed_at)
         select r.id, paper_number_next(r.unit_id, extract(year from r.proposed_at)::integer, 'WX'), r.unit_id, r.vehicle_id, r.kind, r.what,
                'proposed', r.proposed_by, r.proposed_at, '', '', r.proposed_at
         from jsonb_populate_recordset(null::repair_order, $1) r
         order by r.proposed_at, r.id",
        orders,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into repair_quote (id, repair_id, supplier_id, parts_fen, labour_fen, total_fen, note, quoted_by, quoted_at)
         select id, repair_id, supplier_id, parts_fen, labour_fen, total_fen, note, quoted_by, quoted_at
         from jsonb_populate_recordset(null::repair_quote, $1)",
        json(&lives.quotes)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update repair_order o
         set state = r.state, decided_by = r.decided_by, decided_at = r.decided_at, quote_id = r.quote_id, in_shop = r.in_shop,
             odometer_km = r.odometer_km, accepted_at = r.accepted_at, settled_at = r.settled_at, changed_at = r.changed_at
         from jsonb_populate_recordset(null::repair_order, $1) r
         where o.id = r.id and r.state <> 'proposed'",
        orders,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into repair_bill (repair_id, parts_fen, labour_fen, total_fen, settled_by, settled_at)
         select repair_id, parts_fen, labour_fen, total_fen, settled_by, settled_at from jsonb_populate_recordset(null::repair_bill, $1)",
        json(&lives.bills)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into repair_line (repair_id, seq, part, what, quantity, price_fen)
         select repair_id, seq, part, what, quantity, price_fen from jsonb_populate_recordset(null::repair_line, $1)",
        json(&lives.lines)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into repair_step (repair_id, action, to_state, by, at, text)
         select repair_id, action, to_state, by, at, text from jsonb_populate_recordset(null::repair_step, $1) order by at",
        json(&lives.repair_steps)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, supplier_id, source, source_ref, note, posted_by,
             posted_at)
         select gen_random_uuid(), o.vehicle_id, o.unit_id, case o.kind when 'upkeep' then 'upkeep' else 'repair' end, b.total_fen,
                (b.settled_at at time zone 'Asia/Shanghai')::date, q.supplier_id, 'repair', o.number, o.what, b.settled_by, b.settled_at
         from jsonb_populate_recordset(null::repair_bill, $1) r
         join repair_bill b on b.repair_id = r.repair_id
         join repair_order o on o.id = b.repair_id
         join repair_quote q on q.id = o.quote_id",
        json(&lives.bills)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Upkeep, policies and inspections.
async fn papers_of_cars(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    sqlx::query!(
        "insert into upkeep_plan (id, vehicle_id, item, every_km, every_months, last_on, last_km, created_by, created_at)
         select id, vehicle_id, item, every_km, every_months, last_on, last_km, created_by, created_at
         from jsonb_populate_recordset(null::upkeep_plan, $1)",
        json(&lives.upkeep)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into insurance_policy (id, unit_id, vehicle_id, supplier_id, kind, number, during, premium_fen, exception_document, created_by,
             created_at)
         select id, unit_id, vehicle_id, supplier_id, kind, number, during, premium_fen, '', created_by, created_at
         from jsonb_populate_recordset(null::insurance_policy, $1)",
        json(&lives.policies)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_inspection (id, vehicle_id, kind, done_on, valid_until, place, fee_fen, created_by, created_at)
         select id, vehicle_id, kind, done_on, valid_until, place, fee_fen, created_by, created_at
         from jsonb_populate_recordset(null::vehicle_inspection, $1)",
        json(&lives.inspections)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Cards, the ledger, and what was done with the cards.
async fn money(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    sqlx::query!(
        "insert into energy_card (id, number, kind, supplier_id, vehicle_id, state, limits, created_by, created_at, changed_at)
         select id, number, kind, supplier_id, vehicle_id, state, limits, created_by, created_at, created_at
         from jsonb_populate_recordset(null::energy_card, $1)",
        json(&lives.cards)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, supplier_id, source, source_ref, energy, fuel_ml,
             energy_wh, note, posted_by, posted_at)
         select id, vehicle_id, unit_id, head, amount_fen, occurred_on, supplier_id, source, source_ref, energy, fuel_ml, energy_wh,
                coalesce(note, ''), posted_by, posted_at
         from jsonb_populate_recordset(null::vehicle_cost, $1)",
        json(&lives.costs)?,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into card_use (id, card_id, number, act, at, plate, grade, quantity, amount_fen, place, refused, cost_id, posted_by, posted_at)
         select id, card_id, number, act, at, plate, grade, quantity, amount_fen, place, refused, cost_id, posted_by, posted_at
         from jsonb_populate_recordset(null::card_use, $1)",
        json(&lives.uses)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Eight trips a month and car, of which nothing but their length is kept: positions of that time are long gone.
async fn driven(conn: &mut PgConnection, lives: &Lives) -> Result<(), DbError> {
    sqlx::query!(
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, s.at, s.at + interval '1 second' * (c.metres_a_month / 80),
                u.place, u.place, c.metres_a_month / 8, (500 + s.more)::smallint, 1
         from jsonb_to_recordset($1) as c (id uuid, metres_a_month integer, months integer, until timestamptz)
         join vehicle v on v.id = c.id
         join unit u on u.id = v.unit_id and u.place is not null
         cross join generate_series(1, c.months * 8) as g (n)
         cross join lateral (select c.until - interval '1 hour' * (g.n * 91 + (hashint4(v.no + g.n) & 31)) as at,
                                    (hashint4(v.no * 7 + g.n) & 255) as more) s
         on conflict do nothing",
        json(&lives.cars)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn json<T: Serialize>(rows: &[T]) -> Result<Value, DbError> {
    serde_json::to_value(rows).map_err(unreadable)
}
