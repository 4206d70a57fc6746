//! Areas and routes in JSON, with signed degrees and names for what is watched.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::jt808::area::{AreaAttributes, AreaHours, Circle, Corner, Polygon, Rectangle, Route, SpeedLimit, Spot};
use crate::jt808::bcd;

/// Bits of an area that say what is watched.
const NAMES: &[(u16, &str)] = &[
    (AreaAttributes::WINDOW, "time_window"),
    (AreaAttributes::LIMIT, "speed_limit"),
    (AreaAttributes::ENTER_DRIVER, "entering_tells_driver"),
    (AreaAttributes::ENTER_PLATFORM, "entering_tells_platform"),
    (AreaAttributes::LEAVE_DRIVER, "leaving_tells_driver"),
    (AreaAttributes::LEAVE_PLATFORM, "leaving_tells_platform"),
    (AreaAttributes::DOORS_SHUT, "doors_stay_shut"),
    (AreaAttributes::RADIO_OFF, "radio_off"),
    (AreaAttributes::RECORD_GNSS, "records_gnss"),
];

pub(crate) fn circle(circle: &Circle) -> Value {
    let mut shown = head(circle.id, circle.attributes, circle.window);
    place(&mut shown, degrees(circle.centre, circle.attributes));
    shown.insert("radius_m".into(), circle.radius_m.into());
    limits(&mut shown, circle.limit);
    named(shown, &circle.name)
}

pub(crate) fn rectangle(rectangle: &Rectangle) -> Value {
    let mut shown = head(rectangle.id, rectangle.attributes, rectangle.window);
    for (key, spot) in [("upper_left", rectangle.upper_left), ("lower_right", rectangle.lower_right)] {
        shown.insert(key.into(), point(degrees(spot, rectangle.attributes)));
    }
    limits(&mut shown, rectangle.limit);
    named(shown, &rectangle.name)
}

pub(crate) fn polygon(polygon: &Polygon) -> Value {
    let mut shown = head(polygon.id, polygon.attributes, polygon.window);
    let vertices = polygon.vertices.iter().map(|vertex| point(degrees(*vertex, polygon.attributes)));
    shown.insert("vertices".into(), vertices.collect());
    limits(&mut shown, polygon.limit);
    named(shown, &polygon.name)
}

pub(crate) fn route(route: &Route) -> Value {
    let mut shown = head(route.id, route.attributes, route.window);
    shown.insert("corners".into(), route.corners.iter().map(corner).collect());
    named(shown, &route.name)
}

fn corner(corner: &Corner) -> Value {
    let hemisphere = u16::from(corner.attributes & (Corner::SOUTH | Corner::WEST)) << 4;
    let mut shown = Map::new();
    shown.insert("id".into(), corner.id.into());
    shown.insert("section_id".into(), corner.section.into());
    place(&mut shown, degrees(corner.at, AreaAttributes(hemisphere)));
    shown.insert("width_m".into(), corner.width_m.into());
    shown.insert("attributes".into(), corner.attributes.into());
    shown.insert("longest_s".into(), corner.duration.map(|duration| duration.longest_s).into());
    shown.insert("shortest_s".into(), corner.duration.map(|duration| duration.shortest_s).into());
    limits(&mut shown, corner.limit);
    shown.into()
}

fn head(id: u32, attributes: AreaAttributes, window: Option<AreaHours>) -> Map<String, Value> {
    let watched: Value = NAMES.iter().filter(|(bit, _)| attributes.has(*bit)).map(|(_, name)| *name).collect();
    let mut shown = Map::new();
    shown.insert("id".into(), id.into());
    shown.insert("attributes".into(), attributes.0.into());
    shown.insert("watched".into(), watched);
    shown.insert("from".into(), window.map(|window| time(window.from)).into());
    shown.insert("to".into(), window.map(|window| time(window.to)).into());
    shown
}

fn limits(shown: &mut Map<String, Value>, limit: Option<SpeedLimit>) {
    shown.insert("max_speed_kmh".into(), limit.map(|limit| limit.max_kmh).into());
    shown.insert("overspeed_s".into(), limit.map(|limit| limit.seconds).into());
    shown.insert("night_max_speed_kmh".into(), limit.and_then(|limit| limit.night_max_kmh).into());
}

fn named(mut shown: Map<String, Value>, name: &str) -> Value {
    shown.insert("name".into(), if name.is_empty() { Value::Null } else { name.into() });
    shown.into()
}

/// `(lat, lon)` with their signs.
fn degrees(spot: Spot, attributes: AreaAttributes) -> (f64, f64) {
    let sign = |bit| if attributes.has(bit) { -1.0 } else { 1.0 };
    (sign(AreaAttributes::SOUTH) * f64::from(spot.lat) / 1e6, sign(AreaAttributes::WEST) * f64::from(spot.lon) / 1e6)
}

fn point((lat, lon): (f64, f64)) -> Value {
    json!({ "lat": lat, "lon": lon })
}

fn place(shown: &mut Map<String, Value>, (lat, lon): (f64, f64)) {
    shown.insert("lat".into(), lat.into());
    shown.insert("lon".into(), lon.into());
}

/// An instant; `hh:mm:ss` when it is one of every day; the digits when it is neither.
fn time(packed: [u8; 6]) -> String {
    if let Some(at) = bcd::time(packed) {
        return rfc3339(at);
    }
    let [0, 0, 0, hour, minute, second] = packed else { return bcd::text(&packed) };
    format!("{hour:02x}:{minute:02x}:{second:02x}")
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
