//! Platforms above us (上级平台): which vehicles each is told of, how far it has been told, and what it has not heard yet.

mod backlog;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::id::VehicleNo;
use uuid::Uuid;

use crate::DbError;
pub use backlog::{at_instants, of_history, read};

/// Which vehicles a platform is told of (转发范围).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Those of these units and of all below them; none: those of every unit.
    pub units: Vec<Uuid>,
    /// But not those of these categories.
    pub without_categories: Vec<String>,
    /// Nor those with these plates.
    pub without_plates: Vec<String>,
}

/// The place of a position among those of its vehicle: instant and sequence.
pub type Key = (DateTime<Utc>, i64);

/// A terminal in a vehicle: its number, its model, the number of its SIM card.
pub type Fitted = (String, String, Option<String>);

/// A vehicle that a platform is told of (转发车辆).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredVehicle {
    /// Its small number.
    pub no: VehicleNo,
    /// Its plate.
    pub plate: String,
    /// The terminal that is in it now.
    pub terminal: Option<Fitted>,
    /// The last position that the platform has confirmed.
    pub confirmed: Key,
}

/// Makes the links of `gateway` those named; a new one begins `now`, and what is no longer named is forgotten.
pub async fn open(conn: &mut PgConnection, gateway: &str, names: &[&str], now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!("delete from mirror_link where gateway = $1 and name <> all($2)", gateway, names as &[&str])
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into mirror_link (name, gateway, since)
         select name, $1, $3 from unnest($2::text[]) as name
         on conflict (name) do update set gateway = excluded.gateway",
        gateway,
        names as &[&str],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Settles which vehicles the platform is told of from now on, and gives them.
pub async fn choose(conn: &mut PgConnection, link: &str, choice: &Choice) -> Result<Vec<MirroredVehicle>, DbError> {
    sqlx::query_file!("sql/choose_mirrored.sql", link, &choice.units, &choice.without_categories, &choice.without_plates,)
        .execute(&mut *conn)
        .await?;
    let rows = sqlx::query!(
        r#"select c.vehicle_no, c.fixed_at, c.sequence, v.plate,
                  d.terminal_id as "terminal_id?", d.model as "model?", d.sim_number as "sim_number?"
           from mirror_cursor c
           join vehicle v on v.no = c.vehicle_no
           left join device_binding b on b.vehicle_id = v.id and upper_inf(b.during)
           left join device d on d.id = b.device_id
           where c.link = $1 and c.is_chosen
           order by c.vehicle_no"#,
        link,
    )
    .fetch_all(conn)
    .await?;
    let vehicles = rows.into_iter().map(|row| MirroredVehicle {
        no: VehicleNo(row.vehicle_no),
        plate: row.plate,
        terminal: row.terminal_id.map(|number| (number, row.model.unwrap_or_default(), row.sim_number)),
        confirmed: (row.fixed_at, row.sequence),
    });
    Ok(vehicles.collect())
}

/// The platform has confirmed everything of these vehicles up to these positions; a cursor never goes back.
pub async fn confirm(conn: &mut PgConnection, link: &str, told: &[(VehicleNo, Key)]) -> Result<(), DbError> {
    if told.is_empty() {
        return Ok(());
    }
    let vehicles: Vec<i32> = told.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = told.iter().map(|(_, (at, _))| *at).collect();
    let sequences: Vec<i64> = told.iter().map(|(_, (_, sequence))| *sequence).collect();
    sqlx::query!(
        "update mirror_cursor c
         set fixed_at = t.fixed_at, sequence = t.sequence
         from unnest($2::int4[], $3::timestamptz[], $4::int8[]) as t (vehicle_no, fixed_at, sequence)
         where c.link = $1 and c.vehicle_no = t.vehicle_no and (c.fixed_at, c.sequence) < (t.fixed_at, t.sequence)",
        link,
        &vehicles,
        &instants,
        &sequences,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Late positions that wait for the platform, oldest first: vehicle and instant.
pub async fn late(conn: &mut PgConnection, link: &str, limit: i64) -> Result<Vec<(VehicleNo, DateTime<Utc>)>, DbError> {
    let rows = sqlx::query!(
        "select vehicle_no, fixed_at from mirror_late where link = $1 order by fixed_at, vehicle_no limit $2",
        link,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (VehicleNo(row.vehicle_no), row.fixed_at)).collect())
}

/// These late positions wait no longer.
pub async fn forget_late(conn: &mut PgConnection, link: &str, told: &[(VehicleNo, DateTime<Utc>)]) -> Result<(), DbError> {
    if told.is_empty() {
        return Ok(());
    }
    let vehicles: Vec<i32> = told.iter().map(|(vehicle, _)| vehicle.0).collect();
    let instants: Vec<DateTime<Utc>> = told.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "delete from mirror_late l
         using unnest($2::int4[], $3::timestamptz[]) as t (vehicle_no, fixed_at)
         where l.link = $1 and l.vehicle_no = t.vehicle_no and l.fixed_at = t.fixed_at",
        link,
        &vehicles,
        &instants,
    )
    .execute(conn)
    .await?;
    Ok(())
}
