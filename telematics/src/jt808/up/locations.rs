//! Positions that come in another message than a report: as an answer, and many at once.

use crate::jt808::cursor::BodyError;
use crate::jt808::location::Location;
use crate::jt808::reader::Reader;

/// A position as the answer to a question (0x0201) or to a command (0x0500).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Serial of the question.
    pub reply_serial: u16,
    /// Where the vehicle is.
    pub location: Location,
}

impl Answered {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        Ok(Self { reply_serial: reader.u16("reply_serial")?, location: Location::take(reader)? })
    }
}

/// Positions that the terminal kept (定位数据批量上传): 0x0704.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many the terminal tells.
    pub count: u16,
    /// Why they come at once.
    pub kind: BatchKind,
    /// The positions in the order in which they were sent; what is bad by itself does not take the others with it.
    pub positions: Vec<Result<Location, BodyError>>,
    /// What is wrong with the list as a whole: it is shorter or longer than it says.
    pub problem: Option<BodyError>,
}

/// Why positions come at once (位置数据类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// 正常位置批量汇报: the terminal saves packets.
    Live,
    /// 盲区补报: there was no network.
    BlindArea,
    /// A number that the standard does not have.
    Other(u8),
}

impl BatchKind {
    /// As on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Live => 0,
            Self::BlindArea => 1,
            Self::Other(other) => other,
        }
    }

    /// Whether the positions are told as kept from before: all that is not said to be live.
    pub const fn is_replayed(self) -> bool {
        !matches!(self, Self::Live)
    }
}

impl Batch {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let count = reader.u16("count")?;
        let kind = match reader.u8("batch_type")? {
            0 => BatchKind::Live,
            1 => BatchKind::BlindArea,
            other => BatchKind::Other(other),
        };
        let mut positions = Vec::new();
        let mut problem = None;
        while positions.len() < usize::from(count) && problem.is_none() {
            reader.group(format_args!("positions[{}]", positions.len()));
            match item(reader) {
                Ok(position) => positions.push(position),
                Err(error) => problem = Some(error),
            }
        }
        reader.group("");
        let behind = reader.rest("tail").len();
        if behind > 0 && problem.is_none() {
            problem = Some(BodyError::Long { at: reader.at() - behind, count: behind });
        }
        Ok(Self { count, kind, positions, problem })
    }
}

/// One position: its length, and so many bytes. An error is one of the list, which cannot go on.
fn item(reader: &mut Reader<'_>) -> Result<Result<Location, BodyError>, BodyError> {
    let length = usize::from(reader.u16("length")?);
    let mut part = reader.part(length)?;
    let location = Location::take(&mut part);
    part.rest("tail");
    reader.skip(part);
    Ok(location)
}
