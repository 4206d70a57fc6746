//! Areas and routes as bytes, in the layout of each edition.

use crate::jt808::area::{AreaAttributes, AreaHours, Circle, Corner, Polygon, Rectangle, Route, SectionTime, SpeedLimit, Spot};
use crate::jt808::cursor::BodyError;
use crate::jt808::down::{DownError, count_u8, count_u16, put_text_u16};
use crate::jt808::edition::Edition;
use crate::jt808::reader::Reader;

impl AreaHours {
    fn read(body: &mut Reader<'_>, attributes: AreaAttributes) -> Result<Option<Self>, BodyError> {
        if !attributes.has(AreaAttributes::WINDOW) {
            return Ok(None);
        }
        Ok(Some(Self { from: body.array("from")?, to: body.array("to")? }))
    }

    fn put(window: Option<Self>, out: &mut Vec<u8>) {
        for time in window.iter().flat_map(|window| [window.from, window.to]) {
            out.extend_from_slice(&time);
        }
    }
}

impl SpeedLimit {
    /// Limit and seconds; the limit at night stands elsewhere in some shapes.
    fn read(body: &mut Reader<'_>, has: bool) -> Result<Option<Self>, BodyError> {
        if !has {
            return Ok(None);
        }
        Ok(Some(Self { max_kmh: body.u16("max_speed_kmh")?, seconds: body.u8("overspeed_s")?, night_max_kmh: None }))
    }

    fn read_night(limit: &mut Option<Self>, body: &mut Reader<'_>, edition: Edition) -> Result<(), BodyError> {
        if let Some(limit) = limit.as_mut().filter(|_| edition == Edition::V2019) {
            limit.night_max_kmh = Some(body.u16("night_max_speed_kmh")?);
        }
        Ok(())
    }

    fn put(limit: Option<Self>, out: &mut Vec<u8>) {
        if let Some(limit) = limit {
            out.extend_from_slice(&limit.max_kmh.to_be_bytes());
            out.push(limit.seconds);
        }
    }

    fn put_night(limit: Option<Self>, out: &mut Vec<u8>, edition: Edition) {
        if let Some(limit) = limit.filter(|_| edition == Edition::V2019) {
            out.extend_from_slice(&limit.night_max_kmh.unwrap_or(limit.max_kmh).to_be_bytes());
        }
    }
}

impl Spot {
    fn read(body: &mut Reader<'_>) -> Result<Self, BodyError> {
        Ok(Self { lat: body.u32("lat")?, lon: body.u32("lon")? })
    }

    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.lat.to_be_bytes());
        out.extend_from_slice(&self.lon.to_be_bytes());
    }
}

fn read_name(body: &mut Reader<'_>, edition: Edition) -> Result<String, BodyError> {
    if edition < Edition::V2019 {
        return Ok(String::new());
    }
    let length = body.u16("name_length")?;
    body.text("name", length.into())
}

fn put_name(name: &str, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
    if edition < Edition::V2019 { Ok(()) } else { put_text_u16(out, name) }
}

impl Circle {
    pub(crate) fn read(body: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let (id, attributes) = (body.u32("area_id")?, AreaAttributes(body.u16("area_attributes")?));
        let (centre, radius_m) = (Spot::read(body)?, body.u32("radius_m")?);
        let window = AreaHours::read(body, attributes)?;
        let mut limit = SpeedLimit::read(body, attributes.has(AreaAttributes::LIMIT))?;
        SpeedLimit::read_night(&mut limit, body, edition)?;
        let name = read_name(body, edition)?;
        Ok(Self { id, attributes, centre, radius_m, window, limit, name })
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.attributes.told(self.window, self.limit).0.to_be_bytes());
        self.centre.put(out);
        out.extend_from_slice(&self.radius_m.to_be_bytes());
        AreaHours::put(self.window, out);
        SpeedLimit::put(self.limit, out);
        SpeedLimit::put_night(self.limit, out, edition);
        put_name(&self.name, out, edition)
    }
}

impl Rectangle {
    pub(crate) fn read(body: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let (id, attributes) = (body.u32("area_id")?, AreaAttributes(body.u16("area_attributes")?));
        let (upper_left, lower_right) = (Spot::read(body)?, Spot::read(body)?);
        let window = AreaHours::read(body, attributes)?;
        let mut limit = SpeedLimit::read(body, attributes.has(AreaAttributes::LIMIT))?;
        SpeedLimit::read_night(&mut limit, body, edition)?;
        let name = read_name(body, edition)?;
        Ok(Self { id, attributes, upper_left, lower_right, window, limit, name })
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.attributes.told(self.window, self.limit).0.to_be_bytes());
        self.upper_left.put(out);
        self.lower_right.put(out);
        AreaHours::put(self.window, out);
        SpeedLimit::put(self.limit, out);
        SpeedLimit::put_night(self.limit, out, edition);
        put_name(&self.name, out, edition)
    }
}

impl Polygon {
    pub(crate) fn read(body: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let (id, attributes) = (body.u32("area_id")?, AreaAttributes(body.u16("area_attributes")?));
        let window = AreaHours::read(body, attributes)?;
        let mut limit = SpeedLimit::read(body, attributes.has(AreaAttributes::LIMIT))?;
        let count = body.u16("count")?;
        let vertices = each(body, "vertices", count.into(), Spot::read)?;
        // The limit at night came to stand behind the corners, unlike in the other shapes.
        SpeedLimit::read_night(&mut limit, body, edition)?;
        let name = read_name(body, edition)?;
        Ok(Self { id, attributes, window, limit, vertices, name })
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.attributes.told(self.window, self.limit).0.to_be_bytes());
        AreaHours::put(self.window, out);
        SpeedLimit::put(self.limit, out);
        count_u16(out, self.vertices.len())?;
        self.vertices.iter().for_each(|vertex| vertex.put(out));
        SpeedLimit::put_night(self.limit, out, edition);
        put_name(&self.name, out, edition)
    }
}

impl Route {
    pub(crate) fn read(body: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let (id, attributes) = (body.u32("area_id")?, AreaAttributes(body.u16("area_attributes")?));
        let window = AreaHours::read(body, attributes)?;
        let count = body.u16("count")?;
        let corners = each(body, "corners", count.into(), |body| Corner::read(body, edition))?;
        let name = read_name(body, edition)?;
        Ok(Self { id, attributes, window, corners, name })
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
        out.extend_from_slice(&self.id.to_be_bytes());
        // A route's limits are its sections'; bit 1 is kept as it is.
        let attributes = self.attributes.0 & !AreaAttributes::WINDOW | u16::from(self.window.is_some());
        out.extend_from_slice(&attributes.to_be_bytes());
        AreaHours::put(self.window, out);
        count_u16(out, self.corners.len())?;
        self.corners.iter().for_each(|corner| corner.put(out, edition));
        put_name(&self.name, out, edition)
    }
}

impl Corner {
    const DURATION: u8 = 1;
    const LIMIT: u8 = 1 << 1;

    fn read(body: &mut Reader<'_>, edition: Edition) -> Result<Self, BodyError> {
        let (id, section, at) = (body.u32("corner_id")?, body.u32("section_id")?, Spot::read(body)?);
        let (width_m, attributes) = (body.u8("width_m")?, body.u8("section_attributes")?);
        let duration = match attributes & Self::DURATION {
            0 => None,
            _ => Some(SectionTime { longest_s: body.u16("longest_s")?, shortest_s: body.u16("shortest_s")? }),
        };
        let mut limit = SpeedLimit::read(body, attributes & Self::LIMIT != 0)?;
        SpeedLimit::read_night(&mut limit, body, edition)?;
        Ok(Self { id, section, at, width_m, attributes, duration, limit })
    }

    fn put(&self, out: &mut Vec<u8>, edition: Edition) {
        let has = u8::from(self.duration.is_some()) | u8::from(self.limit.is_some()) << 1;
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.section.to_be_bytes());
        self.at.put(out);
        out.extend_from_slice(&[self.width_m, self.attributes & !(Self::DURATION | Self::LIMIT) | has]);
        if let Some(duration) = self.duration {
            out.extend_from_slice(&duration.longest_s.to_be_bytes());
            out.extend_from_slice(&duration.shortest_s.to_be_bytes());
        }
        SpeedLimit::put(self.limit, out);
        SpeedLimit::put_night(self.limit, out, edition);
    }
}

/// Reads so many of something, naming the fields of each in the inspector.
pub(crate) fn each<T>(
    body: &mut Reader<'_>,
    group: &str,
    count: usize,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, BodyError>,
) -> Result<Vec<T>, BodyError> {
    // The count is not trusted with memory: what is not there ends it.
    let mut items = Vec::new();
    for index in 0..count {
        body.group(format_args!("{group}[{index}]"));
        items.push(read(body)?);
    }
    body.group("");
    Ok(items)
}

/// Appends a list that its number of items precedes.
pub(crate) fn put_list<T>(
    out: &mut Vec<u8>,
    edition: Edition,
    items: &[T],
    put: fn(&T, &mut Vec<u8>, Edition) -> Result<(), DownError>,
) -> Result<(), DownError> {
    count_u8(out, items.len())?;
    items.iter().try_for_each(|item| put(item, out, edition))
}
