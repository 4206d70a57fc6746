//! Messages to terminals from their bytes; recorded streams hold both directions.

use chrono::TimeDelta;

use crate::jt808::area::{Circle, Polygon, Rectangle, Route, each};
use crate::jt808::bcd;
use crate::jt808::cursor::BodyError;
use crate::jt808::down::{AreaAction, ControlItem, Down, Shape, VehicleControl};
use crate::jt808::edition::Edition;
use crate::jt808::parameter::Setting;
use crate::jt808::reader::Reader;

impl Down {
    /// The message with this id and body.
    pub fn decode(id: u16, edition: Edition, body: &[u8]) -> Result<Self, BodyError> {
        Self::read(&mut Reader::new(body), id, edition)
    }

    /// The same, on the way through the fields.
    pub(crate) fn read(body: &mut Reader<'_>, id: u16, edition: Edition) -> Result<Self, BodyError> {
        let message = Self::fields(body, id, edition)?;
        body.end()?;
        Ok(message)
    }

    fn fields(body: &mut Reader<'_>, id: u16, edition: Edition) -> Result<Self, BodyError> {
        Ok(match id {
            0x8001 => Self::Answer {
                reply_serial: body.u16("reply_serial")?,
                reply_id: body.u16("reply_id")?,
                result: body.u8("result")?,
            },
            0x8003 => Self::Resend {
                first_serial: body.u16("first_serial")?,
                packages: {
                    // 2019 counts in two bytes, earlier editions in one; what was sent is told by what remains.
                    let count = if body.left() % 2 == 1 { body.u8("count")?.into() } else { body.u16("count")? };
                    each(body, "packages", count.into(), |body| body.u16("package"))?
                },
            },
            0x8004 => server_time(body)?,
            0x8100 => registered(body)?,
            0x8103 => {
                let count = body.u8("count")?;
                Self::SetParameters(each(body, "parameters", count.into(), setting)?)
            }
            0x8104 => Self::QueryParameters,
            0x8105 => Self::Control { command: body.u8("command")?, arguments: body.text("arguments", body.left())? },
            0x8106 => {
                let count = body.u8("count")?;
                Self::QuerySomeParameters(each(body, "parameters", count.into(), |body| body.u32("parameter_id"))?)
            }
            0x8107 => Self::QueryAttributes,
            0x8108 => upgrade(body, edition)?,
            0x8201 => Self::QueryPosition,
            0x8202 => Self::Track {
                interval_s: body.u16("interval_s")?,
                valid_s: if body.left() == 0 { None } else { Some(body.u32("valid_s")?) },
            },
            0x8203 => Self::ConfirmAlarms { alarm_serial: body.u16("alarm_serial")?, alarm_bits: body.u32("alarm_bits")? },
            0x8300 => Self::Text {
                flags: body.u8("flags")?,
                kind: if edition < Edition::V2019 { None } else { Some(body.u8("text_type")?) },
                text: body.text("text", body.left())?,
            },
            0x8500 => Self::ControlVehicle(control(body, edition)?),
            0x8600 => {
                let (action, count) = (AreaAction::of(body.u8("action")?), body.u8("count")?);
                let circles = each(body, "areas", count.into(), |body| Circle::read(body, edition))?;
                Self::SetCircles { action, circles }
            }
            0x8602 => {
                let (action, count) = (AreaAction::of(body.u8("action")?), body.u8("count")?);
                let rectangles = each(body, "areas", count.into(), |body| Rectangle::read(body, edition))?;
                Self::SetRectangles { action, rectangles }
            }
            0x8604 => Self::SetPolygon(Polygon::read(body, edition)?),
            0x8606 => Self::SetRoute(Route::read(body, edition)?),
            0x8601 => delete(body, Shape::Circle)?,
            0x8603 => delete(body, Shape::Rectangle)?,
            0x8605 => delete(body, Shape::Polygon)?,
            0x8607 => delete(body, Shape::Route)?,
            0x8800 => Self::MediaAnswer {
                media_id: body.u32("media_id")?,
                packages: {
                    let count = if body.left() == 0 { 0 } else { body.u8("count")? };
                    each(body, "packages", count.into(), |body| body.u16("package"))?
                },
            },
            0x8900 => Self::Transparent { kind: body.u8("transparent_type")?, data: body.rest("data").to_vec() },
            _ => Self::Other { id, body: body.rest("data").to_vec() },
        })
    }
}

/// `YYMMDDhhmmss` of UTC, unlike every other time.
fn server_time(body: &mut Reader<'_>) -> Result<Down, BodyError> {
    let packed = body.array("time")?;
    let at = bcd::time(packed).ok_or_else(|| body.odd("time", bcd::text(&packed)))?;
    Ok(Down::ServerTime(at + TimeDelta::hours(8)))
}

fn registered(body: &mut Reader<'_>) -> Result<Down, BodyError> {
    let (reply_serial, result) = (body.u16("reply_serial")?, body.u8("result")?);
    // Zeros and blanks that fill up a field are no code.
    let token = if body.left() == 0 { None } else { Some(body.text("token", body.left())?).filter(|code| !code.is_empty()) };
    Ok(Down::Registered { reply_serial, result, token })
}

/// One parameter: its number, the length of its value, its value.
pub(crate) fn setting(body: &mut Reader<'_>) -> Result<Setting, BodyError> {
    let id = body.u32("parameter_id")?;
    body.say(|| format!("{id:#06x}"));
    let length = body.u8("length")?;
    let setting = Setting { id, value: body.take("value", length.into())?.to_vec() };
    body.say(|| format!("{} = {}", setting.key(), setting.shown()));
    Ok(setting)
}

fn upgrade(body: &mut Reader<'_>, edition: Edition) -> Result<Down, BodyError> {
    let target = body.u8("upgrade_type")?;
    let (own, rest) = (maker_bytes(edition), body.peek());
    // 2019 has longer codes of makers everywhere else; a message in which the lengths add up with the other one has that one.
    let others = Edition::ALL.map(maker_bytes);
    let length = [own].into_iter().chain(others).find(|length| adds_up(rest, *length)).unwrap_or(own);
    let maker = body.text("maker", length)?;
    let version = body.counted_text("upgrade_version")?;
    // A length beyond what a `usize` holds is beyond the body too.
    let length = usize::try_from(body.u32("length")?).unwrap_or(usize::MAX);
    Ok(Down::Upgrade { target, maker, version, data: body.take("data", length)?.to_vec() })
}

/// Whether firmware ends with the body when the maker's code has so many bytes.
fn adds_up(body: &[u8], maker: usize) -> bool {
    let mut rest = Reader::new(body);
    let mut length = || {
        rest.take("maker", maker)?;
        rest.counted_text("upgrade_version")?;
        let length = rest.u32("length")?;
        Ok::<bool, BodyError>(usize::try_from(length) == Ok(rest.left()))
    };
    length().unwrap_or(false)
}

/// How many bytes a maker's code has.
pub(super) const fn maker_bytes(edition: Edition) -> usize {
    match edition {
        Edition::V2011 | Edition::V2013 => 5,
        Edition::V2019 => 11,
    }
}

fn control(body: &mut Reader<'_>, edition: Edition) -> Result<VehicleControl, BodyError> {
    if edition < Edition::V2019 {
        return Ok(VehicleControl::Flags(body.u8("flags")?));
    }
    let count = body.u16("count")?;
    let mut left = count;
    let items = each(body, "controls", count.into(), |body| {
        left = left.saturating_sub(1);
        let id = body.u16("control_id")?;
        body.say(|| format!("{id:#06x}"));
        // Only the doors have a length that everybody knows; what a maker added is one byte, or all that is left at the end.
        let length = if id == ControlItem::DOORS || left > 0 { 1 } else { body.left() };
        Ok(ControlItem { id, value: body.take("value", length)?.to_vec() })
    })?;
    Ok(VehicleControl::Items(items))
}

fn delete(body: &mut Reader<'_>, shape: Shape) -> Result<Down, BodyError> {
    let count = body.u8("count")?;
    Ok(Down::DeleteAreas { shape, ids: each(body, "areas", count.into(), |body| body.u32("area_id"))? })
}

impl ControlItem {
    /// The id of the doors.
    pub const DOORS: u16 = 1;
}
