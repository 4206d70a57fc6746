//! Calls for help (紧急求助) from a driver's telephone: written down, raised as a red alarm of the car, and told at once.

use dispatch::message::{News, SubjectKind};
use dispatch::trip::check::SosKind;
use sqlx::PgConnection;
use telematics::place::LonLat;

use super::{OwnOrder, Sent};
use crate::error::DbError;
use crate::message::{About, Subject, tell};

/// Writes a call down and tells it, in one transaction: whoever is answered has been told of. `false` when that was done before under
/// the same key.
///
/// The store raises the alarm of it and takes the place away where the car is exempt from tracking.
pub async fn call(
    conn: &mut PgConnection,
    order: &OwnOrder,
    kind: SosKind,
    place: Option<LonLat>,
    sent: Sent<'_>,
) -> Result<bool, DbError> {
    let written = sqlx::query_scalar!(
        "insert into order_sos (id, order_id, kind, at, recorded_at, by, place, key)
         values ($1, $2, $3, $4, $5, $6, st_setsrid(st_makepoint($7, $8), 4326), $9)
         on conflict (order_id, key) do nothing
         returning id",
        sent.id,
        order.id.0,
        kind.as_str(),
        sent.at,
        sent.now,
        sent.by.0,
        place.map(LonLat::lon),
        place.map(LonLat::lat),
        sent.key,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(id) = written else { return Ok(false) };
    let about = About {
        subject: Some(Subject { kind: SubjectKind::Vehicle, id: order.vehicle.0 }),
        unit: Some(order.fleet_unit),
        cause: &format!("alarm:{id}"),
    };
    tell(conn, &News::sos_pressed(&order.plate, sent.at), about, &[order.issued_by], sent.now).await?;
    Ok(true)
}
