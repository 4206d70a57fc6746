//! Messages to terminals as bytes.

use chrono::TimeDelta;

use crate::jt808::area::{Circle, Rectangle, put_list};
use crate::jt808::bcd;
use crate::jt808::down::read::maker_bytes;
use crate::jt808::down::{Down, DownError, TEXT_MAX, VehicleControl};
use crate::jt808::edition::Edition;
use crate::jt808::text;

impl Down {
    /// The body of the message for a terminal of this edition.
    pub fn encode(&self, edition: Edition) -> Result<Vec<u8>, DownError> {
        let mut out = Vec::new();
        self.put(&mut out, edition)?;
        Ok(out)
    }

    fn put(&self, out: &mut Vec<u8>, edition: Edition) -> Result<(), DownError> {
        match self {
            Self::Answer { reply_serial, reply_id, result } => {
                out.extend_from_slice(&reply_serial.to_be_bytes());
                out.extend_from_slice(&reply_id.to_be_bytes());
                out.push(*result);
            }
            Self::Resend { first_serial, packages } => {
                out.extend_from_slice(&first_serial.to_be_bytes());
                let count = if edition < Edition::V2019 { count_u8 } else { count_u16 };
                count(out, packages.len())?;
                put_u16s(out, packages);
            }
            Self::ServerTime(at) => out.extend_from_slice(&bcd::pack_time(*at - TimeDelta::hours(8))),
            Self::Registered { reply_serial, result, token } => {
                out.extend_from_slice(&reply_serial.to_be_bytes());
                out.push(*result);
                out.extend(text::encode(token.as_deref().unwrap_or_default())?);
            }
            Self::SetParameters(settings) => {
                count_u8(out, settings.len())?;
                for setting in settings {
                    out.extend_from_slice(&setting.id.to_be_bytes());
                    count_u8(out, setting.value.len())?;
                    out.extend_from_slice(&setting.value);
                }
            }
            Self::QuerySomeParameters(ids) | Self::DeleteAreas { ids, .. } => {
                count_u8(out, ids.len())?;
                out.extend(ids.iter().flat_map(|id| id.to_be_bytes()));
            }
            Self::QueryParameters | Self::QueryAttributes | Self::QueryPosition => {}
            Self::Control { command, arguments } => {
                out.push(*command);
                out.extend(text::encode(arguments)?);
            }
            Self::Upgrade { target, maker, version, data } => upgrade(out, edition, (*target, maker, version, data))?,
            Self::Track { interval_s, valid_s } => {
                out.extend_from_slice(&interval_s.to_be_bytes());
                out.extend(valid_s.iter().flat_map(|seconds| seconds.to_be_bytes()));
            }
            Self::ConfirmAlarms { alarm_serial, alarm_bits } => {
                out.extend_from_slice(&alarm_serial.to_be_bytes());
                out.extend_from_slice(&alarm_bits.to_be_bytes());
            }
            Self::Text { flags, kind, text } => {
                out.push(*flags);
                if edition == Edition::V2019 {
                    out.push(kind.unwrap_or(Self::NOTICE));
                }
                let text = text::encode(text)?;
                within("a text", text.len(), TEXT_MAX)?;
                out.extend(text);
            }
            Self::ControlVehicle(control) => put_control(out, edition, control)?,
            Self::SetCircles { action, circles } => {
                out.push(action.byte());
                put_list(out, edition, circles, Circle::put)?;
            }
            Self::SetRectangles { action, rectangles } => {
                out.push(action.byte());
                put_list(out, edition, rectangles, Rectangle::put)?;
            }
            Self::SetPolygon(polygon) => polygon.put(out, edition)?,
            Self::SetRoute(route) => route.put(out, edition)?,
            Self::MediaAnswer { media_id, packages } => {
                out.extend_from_slice(&media_id.to_be_bytes());
                // When all is there, nothing follows.
                if !packages.is_empty() {
                    count_u8(out, packages.len())?;
                    put_u16s(out, packages);
                }
            }
            Self::Transparent { kind, data } => {
                out.push(*kind);
                out.extend_from_slice(data);
            }
            Self::Other { body, .. } => out.extend_from_slice(body),
        }
        Ok(())
    }

    /// The kind of text that is a notice, since 2019.
    pub const NOTICE: u8 = 1;
    /// The kind of text that is a service, since 2019.
    pub const SERVICE: u8 = 2;
}

type Firmware<'a> = (u8, &'a str, &'a str, &'a [u8]);

fn upgrade(out: &mut Vec<u8>, edition: Edition, (target, maker, version, data): Firmware<'_>) -> Result<(), DownError> {
    out.push(target);
    let maker = text::encode(maker)?;
    within("a maker's code", maker.len(), maker_bytes(edition))?;
    let filled = out.len() + maker_bytes(edition);
    out.extend(maker);
    out.resize(filled, 0);
    let version = text::encode(version)?;
    count_u8(out, version.len())?;
    out.extend(version);
    let length = u32::try_from(data.len())
        .map_err(|_error| too_much("firmware", data.len(), u32::MAX.try_into().unwrap_or(usize::MAX)))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(data);
    Ok(())
}

fn put_control(out: &mut Vec<u8>, edition: Edition, control: &VehicleControl) -> Result<(), DownError> {
    match (control, edition) {
        (VehicleControl::Flags(flags), Edition::V2011 | Edition::V2013) => out.push(*flags),
        (VehicleControl::Items(items), Edition::V2019) => {
            count_u16(out, items.len())?;
            for item in items {
                out.extend_from_slice(&item.id.to_be_bytes());
                out.extend_from_slice(&item.value);
            }
        }
        _ => return Err(DownError::Edition),
    }
    Ok(())
}

fn put_u16s(out: &mut Vec<u8>, values: &[u16]) {
    out.extend(values.iter().flat_map(|value| value.to_be_bytes()));
}

/// Appends a count of one byte.
pub(crate) fn count_u8(out: &mut Vec<u8>, count: usize) -> Result<(), DownError> {
    out.push(u8::try_from(count).map_err(|_error| too_much("a list", count, u8::MAX.into()))?);
    Ok(())
}

/// Appends a count of two bytes.
pub(crate) fn count_u16(out: &mut Vec<u8>, count: usize) -> Result<(), DownError> {
    let counted = u16::try_from(count).map_err(|_error| too_much("a list", count, u16::MAX.into()))?;
    out.extend_from_slice(&counted.to_be_bytes());
    Ok(())
}

/// Appends a text with its length in two bytes before it.
pub(crate) fn put_text_u16(out: &mut Vec<u8>, text: &str) -> Result<(), DownError> {
    let text = text::encode(text)?;
    count_u16(out, text.len())?;
    out.extend(text);
    Ok(())
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), DownError> {
    if found > limit { Err(too_much(what, found, limit)) } else { Ok(()) }
}

const fn too_much(what: &'static str, found: usize, limit: usize) -> DownError {
    DownError::TooMuch { what, found, limit }
}
