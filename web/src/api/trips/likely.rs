//! The car that would come (可能派出的车): the best of those that can go, told while a wish is being typed. It is no promise.

use chrono::{DateTime, Utc};
use dispatch::trip::wish::Wish;
use fleet_db::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::candidates::judged;
use crate::problem::ApiResult;

/// A car that would come if it were asked for now.
#[derive(Serialize, ToSchema)]
pub(crate) struct LikelyCar {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    /// Metres to where the trip begins, in a straight line; null while nobody knows where the car is.
    away_m: Option<f64>,
    /// It has more or fewer seats than was asked for.
    is_substitute: bool,
}

/// The best car of the fleet that is asked, as far as the connection may see its cars; none while the times make no span.
pub(super) async fn likely(
    conn: &mut PgConnection,
    wish: &Wish,
    distance_m: i32,
    now: DateTime<Utc>,
) -> ApiResult<Option<LikelyCar>> {
    if wish.ends_at <= wish.begins_at {
        return Ok(None);
    }
    let (cars, verdicts) = judged(conn, wish, distance_m, now).await?;
    let best = verdicts.into_iter().next().filter(|verdict| verdict.refused.is_empty());
    Ok(best.and_then(|best| {
        let car = cars.into_iter().find(|car| car.candidate.vehicle == best.vehicle)?;
        Some(LikelyCar {
            vehicle_id: best.vehicle.0,
            plate: car.plate,
            model: car.model,
            away_m: best.away_m,
            is_substitute: best.is_substitute,
        })
    }))
}
