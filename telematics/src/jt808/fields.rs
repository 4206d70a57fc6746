//! A message field by field, with the bytes of each: what the inspector shows.

use crate::jt808::edition::Edition;
use crate::jt808::frame::{self, FrameError};
use crate::jt808::header::Header;
use crate::jt808::reader::Reader;
use crate::jt808::up::Up;

pub use crate::jt808::reader::Field;

/// The fields of a frame as it came over the wire, with its flags or without.
///
/// Offsets are those of the bytes between the flags, escapes undone. Where a body makes no sense, the fields end and the rest is
/// one of them.
pub fn fields(frame: &[u8]) -> Result<Vec<Field>, FrameError> {
    let plain = frame::unwrap(frame)?;
    let (header, body) = Header::read(plain.get(..plain.len().saturating_sub(1)).unwrap_or_default())?;
    let mut reader = Reader::writing(&plain, 0);
    // The header was read, so its fields are there.
    let _ = head(&header, &mut reader);
    if let Ok(mut part) = reader.part(body.len()) {
        if header.package.is_none() {
            let (read, _) = Up::take(&header, &mut part);
            if let Err(error) = read {
                part.rest("tail");
                part.say(|| error.to_string());
            }
        }
        part.rest("data");
        reader.skip(part);
    }
    let _ = reader.u8("checksum");
    reader.say(|| "✓".to_owned());
    Ok(reader.into_fields())
}

fn head(header: &Header, reader: &mut Reader<'_>) -> Result<(), crate::jt808::cursor::BodyError> {
    reader.u16("message_id")?;
    reader.say(|| format!("{:#06x}", header.message_id));
    reader.u16("properties")?;
    reader.say(|| format!("{} · {:?}", header.edition, header.encryption));
    if header.edition == Edition::V2019 {
        reader.u8("protocol_version")?;
    }
    reader.take("terminal_id", header.edition.terminal_bytes())?;
    reader.u16("serial")?;
    if header.package.is_some() {
        reader.u16("package_total")?;
        reader.u16("package_index")?;
    }
    Ok(())
}
