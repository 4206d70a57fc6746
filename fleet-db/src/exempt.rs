//! Exemptions (免定位): which vehicles the store takes nothing of, when, on what grounds, and what a gateway needs to know of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::exempt::{ExemptionBasis, ExemptionId, ExemptionPaper};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use sqlx::PgConnection;
use telematics::id::{DeviceId, VehicleId, VehicleNo};

use crate::error::{DbError, unreadable};

/// Begins an exemption of a vehicle of the scope at `now`, and takes away what was stored of it from then on.
/// A second one at the same time is a conflict.
pub async fn begin(
    conn: &mut PgConnection,
    scope: &Scope,
    id: ExemptionId,
    vehicle: VehicleId,
    (basis, decision): (ExemptionBasis, &ExemptionPaper),
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query_scalar!(
        "insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by)
         select $1, v.id, v.no, $3, tstzrange($4, null), $5, $6, $7
         from vehicle v
         where v.id = $2 and v.unit_id in (select unit_id from unit_within($8))
         returning id",
        id.0,
        vehicle.0,
        basis.as_str(),
        now,
        decision.document(),
        decision.reason(),
        by.0,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Ends the exemption of a vehicle of the scope at `now`; [`DbError::NotFound`] when it is not exempt.
pub async fn end(
    conn: &mut PgConnection,
    scope: &Scope,
    vehicle: VehicleId,
    decision: &ExemptionPaper,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<ExemptionId, DbError> {
    // One that ends in the instant of its beginning has lasted a moment: an empty time would say that it never was.
    let id = sqlx::query_scalar!(
        "update vehicle_exemption
         set during = tstzrange(lower(during), greatest($3, lower(during) + interval '1 microsecond')),
             ended_by = $4, end_document = $5, end_reason = $6
         where vehicle_id = $1 and upper_inf(during)
           and vehicle_id in (select id from vehicle where unit_id in (select unit_id from unit_within($2)))
         returning id",
        vehicle.0,
        scope.units(),
        now,
        by.0,
        decision.document(),
        decision.reason(),
    )
    .fetch_one(conn)
    .await?;
    Ok(ExemptionId(id))
}

/// An exemption as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Key.
    pub id: ExemptionId,
    /// On what grounds.
    pub basis: ExemptionBasis,
    /// First instant.
    pub from: DateTime<Utc>,
    /// The number of its document.
    pub document: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Option<String>,
    /// How it ended; `None` while it lasts.
    pub end: Option<End>,
}

/// How an exemption ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// First instant after it.
    pub at: DateTime<Utc>,
    /// The number of the document that ended it.
    pub document: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Option<String>,
}

/// All exemptions of a vehicle that was found before, the newest first.
pub async fn of_vehicle(conn: &mut PgConnection, vehicle: VehicleId) -> Result<Vec<Kept>, DbError> {
    let rows = sqlx::query!(
        r#"select id, basis, lower(during) as "from!", upper(during) as "to?", document, reason, account_name(begun_by) as "by?",
                  account_name(ended_by) as "ended_by?", end_document, end_reason
           from vehicle_exemption
           where vehicle_id = $1
           order by lower(during) desc"#,
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    let kept = rows.into_iter().map(|row| {
        let end = match (row.to, row.end_document, row.end_reason) {
            (Some(at), Some(document), Some(reason)) => Some(End { at, document, reason, by: row.ended_by }),
            _ => None,
        };
        let basis = row.basis.parse().map_err(unreadable)?;
        Ok(Kept { id: ExemptionId(row.id), basis, from: row.from, document: row.document, reason: row.reason, by: row.by, end })
    });
    kept.collect()
}

/// A vehicle that is exempt now, as the log of what is done names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exempt {
    /// Its key.
    pub vehicle: VehicleId,
    /// Its plate.
    pub plate: String,
    /// Its unit.
    pub unit: UnitId,
}

/// The vehicle of the scope, if it is exempt now.
pub async fn of(conn: &mut PgConnection, scope: &Scope, vehicle: VehicleId) -> Result<Option<Exempt>, DbError> {
    let row = sqlx::query!(
        "select v.plate, v.unit_id
         from vehicle v
         where v.id = $1 and v.unit_id in (select unit_id from unit_within($2))
           and exists (select from vehicle_exemption e where e.vehicle_id = v.id and upper_inf(e.during))",
        vehicle.0,
        scope.units(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Exempt { vehicle, plate: row.plate, unit: UnitId(row.unit_id) }))
}

/// Those of `vehicles` that are exempt now, among vehicles that were found before.
pub async fn among(conn: &mut PgConnection, vehicles: &[VehicleNo]) -> Result<Vec<VehicleNo>, DbError> {
    let numbers: Vec<i32> = vehicles.iter().map(|no| no.0).collect();
    let rows = sqlx::query_scalar!(
        "select vehicle_no from vehicle_exemption where vehicle_no = any($1) and upper_inf(during)",
        &numbers,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(VehicleNo).collect())
}

/// What a terminal may say at present (免定位状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Veil {
    /// It is in a vehicle that is exempt: nothing of it is kept.
    Down,
    /// It was in one while that was exempt, and may still send what it stored then: nothing of it is kept whose time is not known.
    Lifted,
}

/// Everything that is left out (免定位名册), as of the last change that the store told of.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    vehicles: HashMap<VehicleNo, Vec<Window>>,
    devices: HashMap<DeviceId, Veil>,
}

/// A time of which nothing is kept; without an end while it lasts.
type Window = (DateTime<Utc>, Option<DateTime<Utc>>);

impl LeftOut {
    /// Nothing is, and nothing was.
    pub fn is_empty(&self) -> bool {
        self.vehicles.is_empty()
    }

    /// The vehicle is exempt now.
    pub fn is_exempt(&self, vehicle: VehicleNo) -> bool {
        self.vehicles.get(&vehicle).is_some_and(|windows| windows.iter().any(|(_, to)| to.is_none()))
    }

    /// Nothing of the vehicle that was fixed and received at these instants is kept.
    pub fn covers(&self, vehicle: VehicleNo, fixed_at: DateTime<Utc>, received_at: DateTime<Utc>) -> bool {
        // Nearly always nothing is exempt, or very little.
        let Some(windows) = self.vehicles.get(&vehicle) else { return false };
        let within = |(from, to): &Window, at: DateTime<Utc>| *from <= at && to.is_none_or(|to| at < to);
        windows.iter().any(|window| window.1.is_none() || within(window, fixed_at) || within(window, received_at))
    }

    /// What the terminal may say; `None`: everything.
    pub fn veil(&self, device: DeviceId) -> Option<Veil> {
        self.devices.get(&device).copied()
    }
}

/// Reads what is left out.
pub async fn left_out(conn: &mut PgConnection) -> Result<LeftOut, DbError> {
    let mut left_out = LeftOut::default();
    let windows = sqlx::query!(
        r#"select vehicle_no, lower(during) as "from!", upper(during) as "to?" from vehicle_exemption order by lower(during)"#
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in windows {
        left_out.vehicles.entry(VehicleNo(row.vehicle_no)).or_default().push((row.from, row.to));
    }
    let devices = sqlx::query!(
        r#"select b.device_id, bool_or(upper_inf(b.during) and upper_inf(e.during)) as "is_down!"
           from vehicle_exemption e
           join device_binding b on b.vehicle_id = e.vehicle_id and b.during && e.during
           group by b.device_id"#
    )
    .fetch_all(conn)
    .await?;
    let veil = |is_down: bool| if is_down { Veil::Down } else { Veil::Lifted };
    left_out.devices = devices.into_iter().map(|row| (DeviceId(row.device_id), veil(row.is_down))).collect();
    Ok(left_out)
}

/// The gate that stands before everything that writes tracks, for a transaction that changes rows of them before it adds any.
pub(crate) async fn pass_gate(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(r#"select vehicle_exempt_gate() as "passed: String""#).fetch_one(conn).await?;
    Ok(())
}

/// The vehicle that a device is in, if that is exempt now: the question before frames are shown or a position is asked for.
pub async fn of_device(conn: &mut PgConnection, device: DeviceId) -> Result<Option<Exempt>, DbError> {
    let row = sqlx::query!(
        "select v.id, v.plate, v.unit_id
         from device_binding b
         join vehicle v on v.id = b.vehicle_id
         where b.device_id = $1 and upper_inf(b.during)
           and exists (select from vehicle_exemption e where e.vehicle_id = v.id and upper_inf(e.during))",
        device.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Exempt { vehicle: VehicleId(row.id), plate: row.plate, unit: UnitId(row.unit_id) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::seconds(secs)
    }

    #[test]
    fn while_it_lasts_nothing_is_kept_and_afterwards_nothing_of_its_time() {
        let car = VehicleNo(1);
        let with = |windows: Vec<Window>| LeftOut { vehicles: HashMap::from([(car, windows)]), devices: HashMap::new() };
        let lasting = with(vec![(at(100), None)]);
        assert!(lasting.is_exempt(car) && !lasting.is_exempt(VehicleNo(2)));
        assert!(lasting.covers(car, at(0), at(0)), "nor what waited since before it began");
        assert!(!lasting.covers(VehicleNo(2), at(150), at(150)));
        let over = with(vec![(at(100), Some(at(200)))]);
        assert!(!over.is_exempt(car));
        for (fixed, received, expected) in
            [(99, 99, false), (100, 300, true), (199, 300, true), (200, 300, false), (50, 150, true)]
        {
            assert_eq!(over.covers(car, at(fixed), at(received)), expected, "{fixed} {received}");
        }
    }
}
