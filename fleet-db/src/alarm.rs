//! Alarms (报警) as they are stored: one row each from start to end, written by the way in and by revisions, read by pages.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use telematics::alarm::Alarm;
use telematics::id::{AlarmId, VehicleNo};
use telematics::place::LonLat;
use uuid::Uuid;

use crate::error::{DbError, unreadable};

/// Who raised the alarms that this module writes: the devices, in what they send.
const BY_DEVICE: &str = "device";

/// Alarms of a vehicle that have any part in `from ≤ t < to`, oldest first, at most `limit` of those after `after`.
pub async fn list(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    after: Option<AlarmId>,
    limit: i64,
) -> Result<Vec<Alarm>, DbError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, kind, raised_at, cleared_at, st_x(place) as lon, st_y(place) as lat, replayed,
                  (detail ->> 'level')::int2 as level
           from vehicle_alarm
           where vehicle_no = $1
             and raised_at < $3
             and (cleared_at is null or cleared_at >= $2)
             and ($4::uuid is null or (raised_at, id) > (select last.raised_at, last.id from vehicle_alarm as last where last.id = $4))
           order by raised_at, id
           limit $5"#,
        vehicle.0,
        from,
        to,
        after.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Alarm::try_from).collect()
}

/// The alarms of these vehicles that have not ended, oldest first.
pub async fn open(conn: &mut PgConnection, vehicles: &[VehicleNo]) -> Result<Vec<Alarm>, DbError> {
    let numbers: Vec<i32> = vehicles.iter().map(|vehicle| vehicle.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, vehicle_no, kind, raised_at, cleared_at, st_x(place) as lon, st_y(place) as lat, replayed,
                  (detail ->> 'level')::int2 as level
           from vehicle_alarm
           where vehicle_no = any($1) and cleared_at is null
           order by raised_at, id"#,
        &numbers,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Alarm::try_from).collect()
}

/// Writes alarms as the tracker tells them: begun, told after all, or ended.
pub(crate) async fn upsert(conn: &mut PgConnection, alarms: &[Alarm]) -> Result<(), sqlx::Error> {
    if alarms.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(alarms);
    sqlx::query!(
        "insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, cleared_at, place, replayed, detail)
         select a.id, a.vehicle_no, a.kind, $10, a.colour, a.raised_at, a.cleared_at, st_setsrid(st_makepoint(a.lon, a.lat), 4326),
                a.replayed, case when a.level is null then '{}'::jsonb else jsonb_build_object('level', a.level) end
         from unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::float8[], $8::float8[],
                     $9::bool[], $11::int2[])
             as a (id, vehicle_no, kind, colour, raised_at, cleared_at, lon, lat, replayed, level)
         on conflict (id) do update set cleared_at = excluded.cleared_at, replayed = excluded.replayed",
        &columns.ids,
        &columns.vehicles,
        &columns.kinds as &[&str],
        &columns.colours as &[&str],
        &columns.raised,
        &columns.cleared as &[Option<DateTime<Utc>>],
        &columns.lon as &[Option<f64>],
        &columns.lat as &[Option<f64>],
        &columns.replayed,
        BY_DEVICE,
        &columns.levels as &[Option<i16>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Replaces what is known of `from ≤ raised_at ≤ until` only from stored records by `alarms`, which were worked out from all of
/// them. What people were told stays as they were told it: an alarm of the same kind and time is that one.
pub(crate) async fn replace_replayed(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    alarms: &[Alarm],
    newest: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from vehicle_alarm
         where vehicle_no = $1 and raised_at >= $2 and raised_at <= $3 and replayed and cleared_at is not null and source = $4",
        vehicle.0,
        from,
        until,
        BY_DEVICE,
    )
    .execute(&mut *conn)
    .await?;
    for alarm in alarms {
        // Of one that was still on in the last record nothing more is known.
        let cleared_at = alarm.cleared_at.or(newest).unwrap_or(alarm.raised_at);
        let is_known = sqlx::query_scalar!(
            r#"select exists (
                   select from vehicle_alarm
                   where vehicle_no = $1 and kind = $2 and source = $3
                     and raised_at <= $5 and (cleared_at is null or cleared_at >= $4)
               ) as "is_known!""#,
            vehicle.0,
            alarm.kind.name(),
            BY_DEVICE,
            alarm.raised_at,
            cleared_at,
        )
        .fetch_one(&mut *conn)
        .await?;
        if !is_known {
            upsert(conn, &[Alarm { cleared_at: Some(cleared_at), replayed: true, ..alarm.clone() }]).await?;
        }
    }
    Ok(())
}

/// The alarms turned on their side, one vector a column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    vehicles: Vec<i32>,
    kinds: Vec<&'static str>,
    colours: Vec<&'static str>,
    raised: Vec<DateTime<Utc>>,
    cleared: Vec<Option<DateTime<Utc>>>,
    lon: Vec<Option<f64>>,
    lat: Vec<Option<f64>>,
    replayed: Vec<bool>,
    levels: Vec<Option<i16>>,
}

impl Columns {
    fn of(alarms: &[Alarm]) -> Self {
        let mut columns = Self::default();
        for alarm in alarms {
            columns.ids.push(alarm.id.0);
            columns.vehicles.push(alarm.vehicle.0);
            columns.kinds.push(alarm.kind.name());
            columns.colours.push(alarm.kind.colour().name());
            columns.raised.push(alarm.raised_at);
            columns.cleared.push(alarm.cleared_at);
            columns.lon.push(alarm.place.map(LonLat::lon));
            columns.lat.push(alarm.place.map(LonLat::lat));
            columns.replayed.push(alarm.replayed);
            columns.levels.push(alarm.level.map(i16::from));
        }
        columns
    }
}

struct Row {
    id: Uuid,
    vehicle_no: i32,
    kind: String,
    raised_at: DateTime<Utc>,
    cleared_at: Option<DateTime<Utc>>,
    lon: Option<f64>,
    lat: Option<f64>,
    replayed: bool,
    level: Option<i16>,
}

impl TryFrom<Row> for Alarm {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            id: AlarmId(row.id),
            vehicle: VehicleNo(row.vehicle_no),
            kind: row.kind.parse().map_err(unreadable)?,
            raised_at: row.raised_at,
            cleared_at: row.cleared_at,
            place: row.lon.zip(row.lat).map(|(lon, lat)| LonLat::new(lon, lat)).transpose().map_err(unreadable)?,
            level: row.level.and_then(|level| u8::try_from(level).ok()),
            replayed: row.replayed,
        })
    }
}
