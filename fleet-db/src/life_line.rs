//! A car's whole life in order of time (车辆全生命周期).
//!
//! Every mark that papers, workshops, insurers and findings have left on it, the
//! trips of each month, and the costs of each year. Whose rows the asker does not see are not told: row-level security stands behind.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::running::cost::CostHead;
use sqlx::PgConnection;
use telematics::id::{VehicleId, VehicleNo};
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// Marks of one car told at once.
const MOST_MARKS: i64 = 2_000;

/// Something that happened to a car (履历节点).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeMark {
    /// What it is: `registration`, `plate`, `marking`, `terminal`, `establishment`, `indicator`, `purchase`, `disposal`, `transfer`, `policy`,
    /// `inspection`, `card`, `repair`, `seal`, `finding` or `exemption`.
    pub kind: String,
    /// When it was, or began.
    pub at: DateTime<Utc>,
    /// When it ended; nothing where it is of a moment, or lasts.
    pub until: Option<DateTime<Utc>>,
    /// The paper, order, policy, card, seal or finding.
    pub subject: Option<Uuid>,
    /// The number or the name that people know it by.
    pub title: String,
    /// What of it, in the closed words of its kind: the step, the kind of policy, of repair, of finding.
    pub word: String,
    /// More in free words.
    pub note: String,
    /// What it cost.
    pub amount_fen: Option<i64>,
}

/// What the asker may be told of beside the car itself (可见内容).
#[derive(Clone, Copy, Debug)]
pub struct LifeParts {
    /// Establishment, indicators, purchases, disposals and transfers.
    pub papers: Told,
    /// Cards, findings and what repairs cost.
    pub trips: Told,
}

/// Whether something is told (是否可见).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// The trips of a month (月度行程).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthDriven {
    /// Its first day.
    pub month: NaiveDate,
    /// How many.
    pub trips: i64,
    /// How far.
    pub metres: i64,
}

/// What a head came to in a year (年度费用).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearCost {
    /// The year.
    pub year: i32,
    /// What for.
    pub head: CostHead,
    /// How much.
    pub amount_fen: i64,
}

/// What a car took and how far it went between two days (能耗与里程).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LifeUse {
    /// What running it cost.
    pub running_fen: i64,
    /// How far it went.
    pub metres: i64,
    /// Thousandths of a litre.
    pub fuel_ml: i64,
    /// Watt-hours.
    pub energy_wh: i64,
}

/// Every mark of a car that was found before, the oldest first.
pub async fn marks(conn: &mut PgConnection, car: VehicleId, parts: LifeParts) -> Result<Vec<LifeMark>, DbError> {
    let rows = sqlx::query_as!(
        LifeMark,
        r#"select m.kind as "kind!", m.at as "at!", m.until, m.subject, m.title as "title!", m.word as "word!", m.note as "note!", m.amount_fen
           from (select 'registration' as kind, r.registered_on::timestamp at time zone 'Asia/Shanghai' as at, null::timestamptz as until,
                        null::uuid as subject, r.certificate as title, r.body as word, r.owner_name as note, r.price_fen as amount_fen
                 from vehicle_registration r where r.vehicle_id = $1
                 union all
                 select 'plate', lower(p.during)::timestamp at time zone 'Asia/Shanghai',
                        upper(p.during)::timestamp at time zone 'Asia/Shanghai', null, p.plate, '', p.reason, null
                 from vehicle_plate p where p.vehicle_id = $1
                 union all
                 select 'marking', m.from_on::timestamp at time zone 'Asia/Shanghai', m.ended_on::timestamp at time zone 'Asia/Shanghai', m.id,
                        coalesce(m.code, m.document), m.kind, m.document, null
                 from vehicle_marking m where m.vehicle_id = $1
                 union all
                 select 'terminal', case when lower_inf(b.during) then v.created_at else lower(b.during) end, upper(b.during), d.id, d.terminal_id,
                        d.protocol, coalesce(d.model, ''), null
                 from device_binding b join device d on d.id = b.device_id join vehicle v on v.id = b.vehicle_id
                 where b.vehicle_id = $1
                 union all
                 select 'establishment', e.entered_at, null, e.paper_id, e.document, e.kind, e.count::text, null
                 from vehicle v join establishment_entry e on e.unit_id = v.unit_id and e.category = v.category
                 where v.id = $1 and $2
                 union all
                 select p.paper, s.at, null, p.id, p.number, s.action, s.words, null
                 from lifecycle_paper p join lifecycle_step s on s.paper_id = p.id
                 where $2
                   and p.id in (select o.id from lifecycle_paper o where o.vehicle_id = $1
                                union
                                select o.indicator_id from lifecycle_paper o where o.vehicle_id = $1 and o.paper = 'purchase')
                 union all
                 select 'policy', lower(i.during)::timestamp at time zone 'Asia/Shanghai',
                        upper(i.during)::timestamp at time zone 'Asia/Shanghai', i.id, i.number, i.kind, supplier_label(i.supplier_id),
                        case when $3 then i.premium_fen end
                 from insurance_policy i where i.vehicle_id = $1
                 union all
                 select 'inspection', i.done_on::timestamp at time zone 'Asia/Shanghai', (i.valid_until + 1)::timestamp at time zone 'Asia/Shanghai',
                        i.id, '', i.kind, i.place, case when $3 then i.fee_fen end
                 from vehicle_inspection i where i.vehicle_id = $1
                 union all
                 select 'card', c.created_at, null, c.id, c.number, c.kind, c.state, null
                 from energy_card c where c.vehicle_id = $1 and $3
                 union all
                 select 'repair', coalesce(lower(o.in_shop), o.proposed_at), upper(o.in_shop), o.id, o.number, o.kind, o.what,
                        case when $3 then b.total_fen end
                 from repair_order o left join repair_bill b on b.repair_id = o.id
                 where o.vehicle_id = $1 and o.state not in ('rejected', 'cancelled')
                 union all
                 select 'seal', lower(s.during), upper(s.during), s.id, s.place, s.kind, s.reason, null
                 from vehicle_seal s where s.vehicle_id = $1
                 union all
                 select 'finding', f.at, null, f.id, '', f.kind, f.state, null
                 from trip_finding f where f.vehicle_id = $1 and $3
                   and not exists (select from vehicle_exemption x where x.vehicle_id = $1 and upper_inf(x.during))) m
           order by m.at, m.kind, m.subject
           limit $4"#,
        car.0,
        parts.papers == Told::Yes,
        parts.trips == Told::Yes,
        MOST_MARKS,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The months in which a car drove, the first one first; its history was opened before.
pub async fn months(conn: &mut PgConnection, car: VehicleNo) -> Result<Vec<MonthDriven>, DbError> {
    let rows = sqlx::query_as!(
        MonthDriven,
        r#"select date_trunc('month', started_at at time zone 'Asia/Shanghai')::date as "month!", count(*) as "trips!",
                  coalesce(sum(distance_m), 0)::bigint as "metres!"
           from trip
           where vehicle_no = $1
           group by 1
           order by 1"#,
        car.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// What a car cost, year by year and head by head; what was taken back is taken off.
pub async fn years(conn: &mut PgConnection, car: VehicleId) -> Result<Vec<YearCost>, DbError> {
    let rows = sqlx::query!(
        r#"select extract(year from occurred_on)::integer as "year!", head, sum(amount_fen)::bigint as "amount!"
           from vehicle_cost
           where vehicle_id = $1
           group by 1, 2
           having sum(amount_fen) <> 0
           order by 1, 2"#,
        car.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok(YearCost { year: row.year, head: row.head.parse().map_err(unreadable)?, amount_fen: row.amount }))
        .collect()
}

/// What running a car took between two days, and how far it went: of which cost a kilometre is reckoned.
pub async fn used(
    conn: &mut PgConnection,
    (car, no): (VehicleId, VehicleNo),
    (first, last): (NaiveDate, NaiveDate),
) -> Result<LifeUse, DbError> {
    let used = sqlx::query_as!(
        LifeUse,
        r#"select coalesce(sum(c.amount_fen) filter (where c.head in ('fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance',
                                                                       'inspection', 'other')), 0)::bigint as "running_fen!",
                  (select coalesce(sum(t.distance_m), 0)::bigint from trip t
                   where t.vehicle_no = $2 and t.started_at >= $3::date::timestamp at time zone 'Asia/Shanghai'
                     and t.started_at < ($4::date + 1)::timestamp at time zone 'Asia/Shanghai') as "metres!",
                  coalesce(sum(c.fuel_ml), 0)::bigint as "fuel_ml!", coalesce(sum(c.energy_wh), 0)::bigint as "energy_wh!"
           from vehicle_cost c
           where c.vehicle_id = $1 and c.occurred_on between $3 and $4"#,
        car.0,
        no.0,
        first,
        last,
    )
    .fetch_one(conn)
    .await?;
    Ok(used)
}

/// What the odometer is known to have said last, in kilometres.
pub async fn odometer_km(conn: &mut PgConnection, car: VehicleId) -> Result<Option<i32>, DbError> {
    Ok(sqlx::query_scalar!("select vehicle_odometer_km($1)", car.0).fetch_one(conn).await?)
}
