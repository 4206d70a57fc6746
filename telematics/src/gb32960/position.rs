//! Where the vehicle is (0x05): a state, since 2025 a datum, longitude first.

use serde_json::{Map, Value};

use crate::datum::Datum;
use crate::gb32960::cursor::Cursor;
use crate::gb32960::header::Edition;
use crate::gb32960::layout::{Item, Named, Shape, Width};
use crate::gb32960::walk::{Short, Walker};
use crate::place::LonLat;

const INVALID: u8 = 1;
const SOUTH: u8 = 1 << 1;
const WEST: u8 = 1 << 2;
const DATUM: &[Named] = &[(1, "wgs84", "WGS-84"), (2, "gcj02", "GCJ-02"), (3, "other", "其他")];

const STATE: Item = Item::new("valid", "定位状态", "position state", Shape::Own(1, state));
const LON: Item = Item::new("lon", "经度", "longitude", Shape::Own(4, degrees));
const LAT: Item = Item::new("lat", "纬度", "latitude", Shape::Own(4, degrees));
const V2016: &[Item] = &[STATE, LON, LAT];
const V2025: &[Item] = &[STATE, Item::code("datum", "坐标系", "datum", DATUM), LON, LAT];

/// Tables 14 of 2016 and 21 of 2025.
pub(crate) static POSITION_2016: Item = Item::new("position", "车辆位置", "position", Shape::Object(V2016));
pub(crate) static POSITION_2025: Item = Item::new("position", "车辆位置", "position", Shape::Object(V2025));

/// Tables 15 of 2016 and 22 of 2025.
fn state(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let bits = walker.byte(item.en)?;
    let valid = Value::from(bits & INVALID == 0);
    walker.tell((item.zh, item.en), 1, &valid);
    into.insert(item.key.to_owned(), valid);
    into.insert("status_bits".to_owned(), Value::from(bits));
    Ok(())
}

/// Millionths of a degree without a sign; the hemisphere stands in the state.
fn degrees(walker: &mut Walker<'_, '_>, item: &'static Item, into: &mut Map<String, Value>) -> Result<(), Short> {
    let raw = Width::Four.raw(walker.take(4, item.en)?).unwrap_or(u32::MAX);
    let bits = into.get("status_bits").and_then(Value::as_u64).and_then(|bits| u8::try_from(bits).ok()).unwrap_or(INVALID);
    let (other_half, most) = if item.key == LON.key { (WEST, 180_000_000) } else { (SOUTH, 90_000_000) };
    let value = Value::from(signed(raw, bits & other_half != 0, most));
    walker.tell((item.zh, item.en), 4, &value);
    into.insert(item.key.to_owned(), value);
    Ok(())
}

/// Degrees; `None` when they are none, as when all bits are set.
fn signed(raw: u32, other_half: bool, most: u32) -> Option<f64> {
    let degrees = (raw <= most).then(|| f64::from(raw) / 1e6)?;
    Some(if other_half && raw > 0 { -degrees } else { degrees })
}

/// Where a body says that the vehicle is, if its receiver knew; `unnamed` is the datum where the body names none that is known.
pub(crate) fn read(edition: Edition, body: &[u8], unnamed: Datum) -> Option<LonLat> {
    let mut cursor = Cursor::new(body);
    let bits = cursor.byte()?;
    let datum = match edition {
        Edition::V2016 => unnamed,
        Edition::V2025 => match cursor.byte()? {
            1 => Datum::Wgs84,
            2 => Datum::Gcj02,
            _ => unnamed,
        },
    };
    let (lon, lat) = (u32::from_be_bytes(cursor.array()?), u32::from_be_bytes(cursor.array()?));
    if bits & INVALID != 0 {
        return None;
    }
    let given = signed(lon, bits & WEST != 0, 180_000_000).zip(signed(lat, bits & SOUTH != 0, 90_000_000));
    // A receiver that has never had a fix tells the corner of the map.
    let (lon, lat) = datum.to_wgs84(given.filter(|(lon, lat)| *lon != 0.0 || *lat != 0.0)?);
    LonLat::new(lon, lat).ok()
}
