//! What a terminal passes on: pictures and sound, frames of the CAN bus, bytes of whatever is plugged in.

use chrono::NaiveTime;
use serde::{Serialize, Serializer};

use crate::jt808::bcd;
use crate::jt808::cursor::BodyError;
use crate::jt808::location::{Basic, Location};
use crate::jt808::reader::Reader;

/// Something was recorded (多媒体事件信息上传): 0x0800.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MediaEvent {
    /// Number of the recording, above 0.
    pub media_id: u32,
    /// 0 picture, 1 sound, 2 video.
    pub media_type: u8,
    /// 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV.
    pub format: u8,
    /// Why: 0 the platform asked, 1 by time, 2 robbery, 3 collision, 4 door open, 5 door shut, 6 moving off, 7 by distance.
    pub event: u8,
    /// Camera or microphone.
    pub channel: u8,
}

impl MediaEvent {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        Ok(Self {
            media_id: reader.u32("media_id")?,
            media_type: reader.u8("media_type")?,
            format: reader.u8("format")?,
            event: reader.u8("event")?,
            channel: reader.u8("channel")?,
        })
    }
}

/// A recording, of which only the facts are kept (多媒体数据上传): 0x0801.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// What was recorded.
    pub event: MediaEvent,
    /// Where, since 2013.
    pub location: Option<Location>,
    /// How many bytes the recording has.
    pub data_bytes: usize,
}

impl Media {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let event = MediaEvent::take(reader)?;
        // 2011 has no position here; its picture begins where the position would be, and hardly with a right time in it.
        let located = Basic::read(reader.peek()).is_some_and(|basic| basic.fixed_at().is_some() || basic.time == [0; 6]);
        let location = if located { Some(Location::take_basic(reader)?) } else { None };
        let data_bytes = reader.rest("data").len();
        reader.say(|| format!("{data_bytes} B"));
        Ok(Self { event, location, data_bytes })
    }
}

/// What was heard on the CAN bus (总线数据上传): 0x0705.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Can {
    /// How many frames the terminal tells.
    pub count: u16,
    /// When the first one was heard, the time of day at GMT+8.
    pub received_at: Option<NaiveTime>,
    /// The frames.
    pub frames: Vec<CanFrame>,
    /// What stands behind.
    #[serde(with = "hex::serde", skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<u8>,
}

/// One frame of the bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CanFrame {
    /// Its id, 11 or 29 bits.
    #[serde(serialize_with = "can_id")]
    pub id: u32,
    /// 0 the first bus, 1 the second.
    pub channel: u8,
    /// The id has 29 bits.
    pub extended: bool,
    /// The mean of what was heard, not one frame of it.
    pub averaged: bool,
    /// Its eight bytes.
    #[serde(with = "hex::serde")]
    pub data: [u8; 8],
}

impl Can {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let count = reader.u16("count")?;
        let [hour, minute, second, hundreds, units] = reader.array("received_at")?;
        let digits = [hour, minute, second, hundreds, units].map(bcd::byte);
        let received_at = match digits {
            [Some(hour), Some(minute), Some(second), Some(hundreds), Some(units)] => {
                let milliseconds = u32::from(hundreds) * 100 + u32::from(units);
                NaiveTime::from_hms_milli_opt(hour.into(), minute.into(), second.into(), milliseconds)
            }
            _ => None,
        };
        let mut frames = Vec::new();
        for index in 0..count {
            reader.group(format_args!("frames[{index}]"));
            let id = reader.u32("can_id")?;
            reader.say(|| format!("{id:#010x}"));
            frames.push(CanFrame {
                id: id & 0x1fff_ffff,
                channel: u8::from(id >> 31 == 1),
                extended: id >> 30 & 1 == 1,
                averaged: id >> 29 & 1 == 1,
                data: reader.array("data")?,
            });
        }
        reader.group("");
        Ok(Self { count, received_at, frames, tail: reader.rest("tail").to_vec() })
    }
}

/// Bytes of what is plugged into the terminal (数据上行透传): 0x0900.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transparent {
    /// Whose bytes: 0x00 the satellite receiver, 0x0b the card reader, 0x41 and 0x42 serial lines, 0xf0 and above the maker's.
    #[serde(rename = "type")]
    pub kind: u8,
    /// The bytes.
    #[serde(with = "hex::serde")]
    pub data: Vec<u8>,
}

impl Transparent {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        Ok(Self { kind: reader.u8("transparent_type")?, data: reader.rest("data").to_vec() })
    }
}

/// A message compressed with gzip, kept as it came (数据压缩上报): 0x0901.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compressed {
    /// How many bytes the terminal tells.
    pub data_bytes: u32,
    /// The bytes.
    #[serde(with = "hex::serde")]
    pub data: Vec<u8>,
}

impl Compressed {
    pub(super) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        Ok(Self { data_bytes: reader.u32("data_bytes")?, data: reader.rest("data").to_vec() })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn can_id<S: Serializer>(id: &u32, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{id:#010x}"))
}
