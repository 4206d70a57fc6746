//! Seals as the API shows them.

use chrono::{DateTime, Utc};
use fleet_db::seal::{Opening, Seal};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A seal of a car.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealView {
    id: Uuid,
    vehicle_id: Uuid,
    plate: String,
    unit_id: Uuid,
    unit_name: String,
    /// `ordinary` or `holiday`.
    kind: &'static str,
    from: DateTime<Utc>,
    /// First instant after it; null: until it is opened.
    until: Option<DateTime<Utc>>,
    /// It holds at this moment.
    is_in_force: bool,
    odometer_km: Option<f64>,
    /// Where the car stands.
    place: String,
    /// Who has the keys.
    key_custodian: String,
    reason: String,
    approved_by: String,
    handled_by: String,
    /// How it was opened; null: it was not.
    opening: Option<OpeningView>,
}

/// How a seal was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpeningView {
    at: DateTime<Utc>,
    approved_by: String,
    handled_by: String,
    odometer_km: Option<f64>,
    reason: String,
}

/// The seals of a car, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SealList {
    pub(super) items: Vec<SealView>,
}

/// A page of seals, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SealPage {
    pub(super) items: Vec<SealView>,
    /// To be sent as `after` for the next page; null at the end.
    pub(super) next: Option<Uuid>,
    /// The asker may put seals on.
    pub(super) may_seal: bool,
    /// The asker may approve that one is opened.
    pub(super) may_open: bool,
}

fn kilometres(metres: Option<i64>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "an odometer tells far less than fits")]
    metres.map(|metres| metres as f64 / 1000.0)
}

impl SealView {
    pub(super) fn new(seal: Seal, now: DateTime<Utc>) -> Self {
        Self {
            id: seal.id.0,
            vehicle_id: seal.vehicle.0,
            unit_id: seal.unit.0,
            kind: seal.kind.as_str(),
            from: seal.from,
            until: seal.until,
            is_in_force: seal.is_in_force(now),
            odometer_km: kilometres(seal.odometer_m),
            plate: seal.plate,
            unit_name: seal.unit_name,
            place: seal.place,
            key_custodian: seal.key_custodian,
            reason: seal.reason,
            approved_by: seal.approved_by,
            handled_by: seal.handled_by,
            opening: seal.opening.map(OpeningView::from),
        }
    }
}

impl From<Opening> for OpeningView {
    fn from(opening: Opening) -> Self {
        Self {
            at: opening.at,
            approved_by: opening.approved_by,
            handled_by: opening.handled_by,
            odometer_km: kilometres(opening.odometer_m),
            reason: opening.reason,
        }
    }
}
