//! What falls due of cars (到期事项): policies, inspections, licences and upkeep that nobody has renewed, the nearest first.

use chrono::NaiveDate;
use dispatch::running::due::DueKind;
use dispatch::running::policy::InspectionKind;
use dispatch::scope::Scope;
use sqlx::PgConnection;
use telematics::id::VehicleId;
use uuid::Uuid;

use super::paper::{self, OfCar};
use crate::error::DbError;

/// Something that falls due (到期事项).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueItem {
    /// What.
    pub kind: DueKind,
    /// Key of the policy, the inspection or the plan.
    pub subject: Uuid,
    /// Of which car.
    pub of: OfCar,
    /// What it is called: number of a policy, item of a plan.
    pub label: String,
    /// Its day.
    pub on: Option<NaiveDate>,
    /// By the odometer, in kilometres.
    pub at_km: Option<u32>,
    /// What the odometer is known to have said last.
    pub odometer_km: Option<u32>,
}

/// What falls due of cars of the scope, or of one car; what was renewed is over.
pub async fn items(conn: &mut PgConnection, scope: &Scope, of: Option<VehicleId>) -> Result<Vec<DueItem>, DbError> {
    let policies = paper::policies(conn, scope, (None, of)).await?;
    let inspections = paper::inspections(conn, scope, (None, of)).await?;
    let upkeep = paper::upkeep(conn, scope, (None, of)).await?;
    let of_policies = policies.into_iter().filter(|kept| !kept.is_renewed).map(|kept| DueItem {
        kind: DueKind::Insurance,
        subject: kept.id.0,
        of: kept.of,
        label: kept.policy.number,
        on: Some(kept.policy.last),
        at_km: None,
        odometer_km: None,
    });
    let of_inspections = inspections.into_iter().filter(|kept| !kept.is_renewed).map(|kept| DueItem {
        kind: match kept.kind {
            InspectionKind::Inspection => DueKind::Inspection,
            InspectionKind::Licence => DueKind::Licence,
        },
        subject: kept.id.0,
        of: kept.of,
        label: String::new(),
        on: Some(kept.valid_until),
        at_km: None,
        odometer_km: None,
    });
    let of_upkeep = upkeep.into_iter().map(|kept| {
        let next = kept.upkeep.next();
        DueItem {
            kind: DueKind::Upkeep,
            subject: kept.id.0,
            of: kept.of,
            label: kept.upkeep.item,
            on: next.on,
            at_km: next.at_km,
            odometer_km: kept.odometer_km,
        }
    });
    let mut items: Vec<DueItem> = of_policies.chain(of_inspections).chain(of_upkeep).collect();
    items.sort_by(|one, other| {
        (one.on.is_none(), one.on, &one.of.plate, one.kind).cmp(&(other.on.is_none(), other.on, &other.of.plate, other.kind))
    });
    Ok(items)
}
