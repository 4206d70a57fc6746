//! What the yearly report on the handling of data counts (数据处理年报): from what the store holds and what the audit log says, alone.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::data_handling::DataKind;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;

use crate::error::DbError;

/// What is reported on: a unit and everything below it, over a span of time.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The unit, as the top of a scope.
    pub units: Scope,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it.
    pub to: DateTime<Utc>,
}

/// The days whose tracks are kept (轨迹留存).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracks {
    /// Days of all cars that are kept, a day of a car being one.
    pub kept: i64,
    /// Those of the span.
    pub of_span: i64,
    /// The first day of which there is one.
    pub first_day: Option<NaiveDate>,
    /// The last one: positions are counted as far as that. What came later lies uncounted in the hot tables, for hours or a few days.
    pub last_day: Option<NaiveDate>,
    /// Days that are kept longer than the rule says.
    pub overdue: i64,
}

/// What was done to data, as the audit log counts it (日志统计).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// A name of `dispatch::audit::Action`.
    pub action: String,
    /// A name of `dispatch::audit::SubjectKind`.
    pub subject: String,
    /// How often.
    pub count: i64,
}

/// Who looked, by the unit whose affair it was (查看统计).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The unit; `None`: of no unit.
    pub unit: Option<UnitId>,
    /// Its name.
    pub unit_name: Option<String>,
    /// Looks of those who only supervise.
    pub viewed: i64,
    /// Copies that were taken, by whomever.
    pub exported: i64,
    /// Looks that were refused.
    pub refused: i64,
}

/// A platform with which data is exchanged (对接平台).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its name.
    pub name: String,
    /// `gb32960` or `jt809`.
    pub protocol: String,
    /// Data comes from there; else it goes there.
    pub is_incoming: bool,
    /// What goes over the line is encrypted by the protocol itself.
    pub is_encrypted: bool,
    /// Terminals for which it speaks, or cars of which it is told.
    pub things: i64,
    /// Since when it is in the list.
    pub since: Option<DateTime<Utc>>,
    /// Since when it is not in use.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// How much there is of each kind of data: of what happens, in the span; of what is kept, at its end.
pub async fn amounts(conn: &mut PgConnection, of: &Reported) -> Result<Vec<(DataKind, i64)>, DbError> {
    let row = sqlx::query_file!("sql/data_amounts.sql", of.units.units(), of.from, of.to).fetch_one(conn).await?;
    let of_kind = |kind| match kind {
        DataKind::Positions => row.positions,
        DataKind::Trips => row.trips,
        DataKind::Events => row.events,
        DataKind::Alarms => row.alarms,
        DataKind::Vehicles => row.vehicles,
        DataKind::Drivers => row.drivers,
        DataKind::Accounts => row.accounts,
        DataKind::Documents => row.documents,
        DataKind::AuditEntries => row.audit_entries,
    };
    Ok(DataKind::ALL.into_iter().map(|kind| (kind, of_kind(kind))).collect())
}

/// The days whose tracks are kept, and those that should have gone before `due`.
pub async fn tracks(conn: &mut PgConnection, of: &Reported, due: NaiveDate) -> Result<Tracks, DbError> {
    Ok(sqlx::query_as!(
        Tracks,
        r#"select count(*) as "kept!",
                  count(*) filter (where d.first_at >= $2 and d.first_at < $3) as "of_span!",
                  min(d.day) as "first_day?", max(d.day) as "last_day?",
                  count(*) filter (where d.day < $4) as "overdue!"
           from track_day d
           join vehicle v on v.no = d.vehicle_no
           where v.unit_id in (select unit_id from unit_within($1))"#,
        of.units.units(),
        of.from,
        of.to,
        due,
    )
    .fetch_one(conn)
    .await?)
}

/// How often each of `actions` was done to each kind of thing.
pub async fn done(conn: &mut PgConnection, of: &Reported, actions: &[&str]) -> Result<Vec<Done>, DbError> {
    Ok(sqlx::query_as!(
        Done,
        r#"select e.action as "action!", e.subject_kind as "subject!", count(*) as "count!"
           from audit_entry e
           where e.at >= $2 and e.at < $3
             and e.action = any ($4)
             and (e.unit_id in (select unit_id from unit_within($1))
                  or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($1)))
           group by e.action, e.subject_kind
           order by e.action, e.subject_kind"#,
        of.units.units(),
        of.from,
        of.to,
        actions as &[&str],
    )
    .fetch_all(conn)
    .await?)
}

/// Who looked and who took copies, by unit.
pub async fn looks(conn: &mut PgConnection, of: &Reported) -> Result<Vec<Looks>, DbError> {
    let rows = sqlx::query!(
        r#"select e.unit_id, unit.name as "name?", count(*) filter (where e.action = 'viewed') as "viewed!",
                  count(*) filter (where e.action = 'exported') as "exported!", count(*) filter (where e.action = 'view_refused') as "refused!"
           from audit_entry e
           left join unit on unit.id = e.unit_id
           where e.at >= $2 and e.at < $3
             and e.action in ('viewed', 'exported', 'view_refused')
             and (e.unit_id in (select unit_id from unit_within($1))
                  or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($1)))
           group by e.unit_id, unit.name
           order by unit.name nulls last, e.unit_id"#,
        of.units.units(),
        of.from,
        of.to,
    )
    .fetch_all(conn)
    .await?;
    let looks = rows.into_iter().map(|row| Looks {
        unit: row.unit_id.map(UnitId),
        unit_name: row.name,
        viewed: row.viewed,
        exported: row.exported,
        refused: row.refused,
    });
    Ok(looks.collect())
}

/// The platforms that send to us for the units; and, for the whole, those to which we send.
pub async fn exchanges(conn: &mut PgConnection, of: &Reported) -> Result<Vec<Exchange>, DbError> {
    Ok(sqlx::query_as!(
        Exchange,
        r#"select p.name as "name!", p.protocol as "protocol!", true as "is_incoming!",
                  (p.cipher is not null or p.payload_key is not null) as "is_encrypted!",
                  (select count(*) from device d where d.platform_id = p.id) as "things!", p.created_at as "since?", p.disabled_at as "disabled_at?"
           from gb32960_platform p
           where p.unit_id in (select unit_id from unit_within($1)) and p.created_at < $2
           union all
           select m.name, 'jt809', false, false, (select count(*) from mirror_cursor c where c.link = m.name and c.is_chosen), m.since, null
           from mirror_link m
           where not exists (select from unit where parent_id is null and id <> all ($1))
           order by 3 desc, 1"#,
        of.units.units(),
        of.to,
    )
    .fetch_all(conn)
    .await?)
}
