//! Folding: what lies in rows of one vehicle and UTC day goes into the day's block, with what the block already holds.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use sqlx::{Connection, PgConnection};
use telematics::id::VehicleNo;
use telematics::place::LonLat;

use super::codec::{CodecError, decode, encode};
use crate::error::{DbError, unreadable};
use crate::ingest::PositionRow;
use crate::{exempt, track};

/// Metres between two fixes below which a receiver at rest wanders; the summary's distance leaves it out.
const WANDER_M: f64 = 20.0;

/// What a round of folding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Vehicle-days written.
    pub days: u64,
    /// Positions in them.
    pub fixes: u64,
    /// Bytes of their blocks.
    pub bytes: u64,
}

impl Folded {
    pub(super) const fn add(&mut self, other: Self) {
        self.days += other.days;
        self.fixes += other.fixes;
        self.bytes += other.bytes;
    }
}

/// Folds up to `limit` vehicle-days of late rows that are older than `before`.
pub async fn fold_late(conn: &mut PgConnection, before: NaiveDate, limit: i64) -> Result<Folded, DbError> {
    let due = sqlx::query!(
        r#"select vehicle_no, (fixed_at at time zone 'UTC')::date as "day!"
           from vehicle_position_late
           where fixed_at < $1
           group by 1, 2
           order by 1, 2
           limit $2"#,
        midnight(before),
        limit,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut done = Folded::default();
    for row in due {
        done.add(fold(conn, VehicleNo(row.vehicle_no), row.day).await?);
    }
    Ok(done)
}

/// Folds one vehicle-day in a transaction of its own. Late rows are taken away; hot rows stay until their partition goes.
pub async fn fold(conn: &mut PgConnection, vehicle: VehicleNo, day: NaiveDate) -> Result<Folded, DbError> {
    let mut tx = conn.begin().await?;
    let (from, to) = (midnight(day), midnight(day) + TimeDelta::days(1));
    exempt::pass_gate(&mut tx).await?;
    // Two jobs must not both add to what they found.
    sqlx::query!(r#"select pg_advisory_xact_lock($1, $2) as "locked: String""#, LOCK, vehicle.0).execute(&mut *tx).await?;
    // Late rows are read by taking them away, so that one that comes in between stays for the next time.
    let mut fixes = track::take_late(&mut tx, vehicle, from, to).await?;
    fixes.extend(track::read_rows(&mut tx, vehicle, from, to).await?);
    let known = sqlx::query_scalar!("select columns from track_day where vehicle_no = $1 and day = $2", vehicle.0, day)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(block) = known {
        fixes.extend(decode(vehicle, &block).map_err(unreadable)?);
    }
    let fixes = track::in_order(fixes);
    let done = write(&mut tx, vehicle, day, &fixes).await?;
    tx.commit().await?;
    Ok(done)
}

/// First key of the advisory locks of vehicles being folded.
const LOCK: i32 = 0x6d70_6664;

async fn write(conn: &mut PgConnection, vehicle: VehicleNo, day: NaiveDate, fixes: &[PositionRow]) -> Result<Folded, DbError> {
    let (Some(first), Some(last)) = (fixes.first(), fixes.last()) else { return Ok(Folded::default()) };
    let block = encode(fixes);
    // The rows go away on the strength of this: read back what is about to be written.
    if decode(vehicle, &block).as_deref() != Ok(fixes) {
        return Err(unreadable(CodecError::Columns));
    }
    let bounds = Bounds::of(fixes);
    sqlx::query!(
        "insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, bounds, hour_fixes, columns)
         values ($1, $2, $3, $4, $5, $6, st_makeenvelope($7::float8, $8::float8, $9::float8, $10::float8, 4326), $11, $12)
         on conflict (vehicle_no, day) do update set
             fixes = excluded.fixes, first_at = excluded.first_at, last_at = excluded.last_at, distance_m = excluded.distance_m,
             bounds = excluded.bounds, hour_fixes = excluded.hour_fixes, columns = excluded.columns",
        vehicle.0,
        day,
        i32::try_from(fixes.len()).unwrap_or(i32::MAX),
        first.fixed_at,
        last.fixed_at,
        distance_m(fixes),
        bounds.map(|bounds| bounds.west),
        bounds.map(|bounds| bounds.south),
        bounds.map(|bounds| bounds.east),
        bounds.map(|bounds| bounds.north),
        &hour_fixes(fixes),
        block,
    )
    .execute(conn)
    .await?;
    Ok(Folded { days: 1, fixes: count(fixes.len()), bytes: count(block.len()) })
}

/// The box around a day's positions, degrees.
#[derive(Clone, Copy)]
struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Bounds {
    fn of(fixes: &[PositionRow]) -> Option<Self> {
        fixes.iter().filter_map(place).fold(None, |bounds, at| {
            let bounds = bounds.unwrap_or(Self { west: at.lon(), south: at.lat(), east: at.lon(), north: at.lat() });
            Some(Self {
                west: bounds.west.min(at.lon()),
                south: bounds.south.min(at.lat()),
                east: bounds.east.max(at.lon()),
                north: bounds.north.max(at.lat()),
            })
        })
    }
}

fn place(fix: &PositionRow) -> Option<LonLat> {
    LonLat::from_e7(fix.lon_e7?, fix.lat_e7?).ok()
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates; no car goes two million kilometres a day")]
fn distance_m(fixes: &[PositionRow]) -> i32 {
    let mut places = fixes.iter().filter_map(place);
    let Some(mut last) = places.next() else { return 0 };
    let mut metres = 0.0;
    for at in places {
        let step = last.distance_to(at).metres();
        if step >= WANDER_M {
            metres += step;
            last = at;
        }
    }
    metres.round() as i32
}

fn hour_fixes(fixes: &[PositionRow]) -> Vec<i32> {
    let mut hours = vec![0; 24];
    for fix in fixes {
        if let Some(hour) = usize::try_from(fix.fixed_at.hour()).ok().and_then(|hour| hours.get_mut(hour)) {
            *hour += 1;
        }
    }
    hours
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The first instant of a UTC day.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
