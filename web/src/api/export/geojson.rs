//! GeoJSON (RFC 7946): WGS-84 unless the two sides have agreed on something else; each feature says what it is in.

use fleet_db::track::StoredFix;
use serde_json::{Value, json};
use telematics::datum::Datum;

use super::{instant, pieces};
use crate::api::track::degrees;

/// A feature for each piece, with the instant and the speed of each of its places.
pub(super) fn write(plate: &str, datum: Datum, fixes: &[StoredFix]) -> String {
    let features: Vec<Value> = pieces(fixes).map(|piece| feature(plate, datum, piece)).collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

fn feature(plate: &str, datum: Datum, piece: &[StoredFix]) -> Value {
    let coordinates = |fix: &StoredFix| json!([degrees(fix.lon_e7.unwrap_or_default()), degrees(fix.lat_e7.unwrap_or_default())]);
    let geometry = match piece {
        [single] => json!({ "type": "Point", "coordinates": coordinates(single) }),
        _ => json!({ "type": "LineString", "coordinates": piece.iter().map(coordinates).collect::<Vec<_>>() }),
    };
    let times: Vec<String> = piece.iter().map(|fix| instant(fix.fixed_at)).collect();
    let speeds: Vec<Option<f64>> = piece.iter().map(|fix| fix.speed_dkmh.map(|speed| f64::from(speed) / 10.0)).collect();
    json!({ "type": "Feature", "geometry": geometry, "properties": { "plate": plate, "crs": datum.name(), "times": times, "speeds_kmh": speeds } })
}
