//! A message field by field, with the bytes of each: what the inspector shows.

use crate::jt808::cursor::BodyError;
use crate::jt808::down::Down;
use crate::jt808::edition::Edition;
use crate::jt808::frame::{self, FrameError};
use crate::jt808::header::{Encryption, Header};
use crate::jt808::reader::Reader;
use crate::jt808::seldom;
use crate::jt808::up::Up;
use crate::jt808::vendor::Profile;

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
            whole(&header, &mut part);
        }
        part.rest("data");
        reader.skip(part);
    }
    let _ = reader.u8("checksum");
    reader.say(|| "✓".to_owned());
    Ok(reader.into_fields())
}

/// The fields of a body that came in packages; offsets are those of the body.
pub fn body_fields(header: &Header, body: &[u8]) -> Vec<Field> {
    let mut reader = Reader::writing(body, 0);
    whole(header, &mut reader);
    reader.rest("data");
    reader.into_fields()
}

/// The fields of a whole body, whichever direction it goes.
fn whole(header: &Header, body: &mut Reader<'_>) {
    let clear = header.encryption == Encryption::None;
    let seldom = || seldom::read(header.message_id, header.edition, &Profile::STANDARD, body);
    let read = match clear.then(seldom).flatten() {
        Some(told) => told.map(|_| ()),
        None if clear && header.is_down() => Down::read(body, header.message_id, header.edition).map(|_| ()),
        None => Up::take(header, body).0.map(|_| ()),
    };
    if let Err(error) = read {
        body.rest("tail");
        body.say(|| error.to_string());
    }
}

fn head(header: &Header, reader: &mut Reader<'_>) -> Result<(), BodyError> {
    reader.u16("message_id")?;
    reader.say(|| format!("{:#06x}", header.message_id));
    reader.u16("properties")?;
    reader.say(|| match header.encryption {
        Encryption::None => header.edition.to_string(),
        encrypted => format!("{} · {encrypted:?}", header.edition),
    });
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
