//! A position report: 28 bytes of the same shape in every edition, and a list of additional items behind them.

use chrono::{DateTime, Utc};

use crate::jt808::bcd;
use crate::jt808::cursor::BodyError;
use crate::jt808::item::Items;
use crate::jt808::reader::Reader;

/// Bits of the status word that change how the rest is read.
pub mod status {
    /// ACC is on.
    pub const ACC: u32 = 1;
    /// The receiver has a fix.
    pub const FIXED: u32 = 1 << 1;
    /// Latitude is south.
    pub const SOUTH: u32 = 1 << 2;
    /// Longitude is west.
    pub const WEST: u32 = 1 << 3;
    /// Coordinates went through the plug-in of the surveying office (保密插件): they are in GCJ-02.
    pub const SHIFTED: u32 = 1 << 5;
}

/// More than any angle has, in millionths of a degree: such a coordinate is none.
const NO_ANGLE: u32 = 360_000_000;

/// The part that every position report has (位置基本信息), as it stands on the wire; reading it costs nothing but the copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basic {
    /// Alarms that are on.
    pub alarm_bits: u32,
    /// State of the vehicle.
    pub status_bits: u32,
    /// Latitude without its sign, millionths of a degree.
    pub lat_e6: u32,
    /// Longitude without its sign, millionths of a degree.
    pub lon_e6: u32,
    /// Metres above sea level; below it as a negative number of 16 bits.
    pub altitude: u16,
    /// Speed, tenths of a kilometre an hour.
    pub speed: u16,
    /// Direction, degrees clockwise from north.
    pub heading: u16,
    /// When, `YYMMDDhhmmss` at GMT+8.
    pub time: [u8; 6],
}

impl Basic {
    /// How many bytes it has.
    pub const BYTES: usize = 28;

    /// The first 28 bytes of a report; `None` when there are fewer.
    pub fn read(body: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::BYTES] = body.first_chunk()?;
        let &[a0, a1, a2, a3, s0, s1, s2, s3, y0, y1, y2, y3, x0, x1, x2, x3, h0, h1, v0, v1, c0, c1, ref time @ ..] = bytes;
        Some(Self {
            alarm_bits: u32::from_be_bytes([a0, a1, a2, a3]),
            status_bits: u32::from_be_bytes([s0, s1, s2, s3]),
            lat_e6: u32::from_be_bytes([y0, y1, y2, y3]),
            lon_e6: u32::from_be_bytes([x0, x1, x2, x3]),
            altitude: u16::from_be_bytes([h0, h1]),
            speed: u16::from_be_bytes([v0, v1]),
            heading: u16::from_be_bytes([c0, c1]),
            time: *time,
        })
    }

    /// Whether all these bits of the status are set.
    pub const fn has(&self, bits: u32) -> bool {
        self.status_bits & bits == bits
    }

    /// Degrees north as sent, even beyond the pole; `None` when it is no angle at all.
    pub fn lat(&self) -> Option<f64> {
        degrees(self.lat_e6, self.has(status::SOUTH))
    }

    /// Degrees east as sent; `None` when it is no angle at all.
    pub fn lon(&self) -> Option<f64> {
        degrees(self.lon_e6, self.has(status::WEST))
    }

    /// The receiver has a fix, and it is on earth.
    pub const fn valid(&self) -> bool {
        self.has(status::FIXED) && self.lat_e6 <= 90_000_000 && self.lon_e6 <= 180_000_000
    }

    /// Metres above sea level; `None` where the whole position is filled up with ones.
    pub fn altitude_m(&self) -> Option<i16> {
        let filled = self.altitude == u16::MAX && self.lat().is_none() && self.lon().is_none();
        (!filled).then(|| self.altitude.cast_signed())
    }

    /// Kilometres an hour; all ones is no speed.
    pub fn speed_kmh(&self) -> Option<f64> {
        (self.speed != u16::MAX).then(|| f64::from(self.speed) / 10.0)
    }

    /// Degrees clockwise from north; more than a turn is no direction.
    pub fn heading_deg(&self) -> Option<u16> {
        (self.heading <= 360).then_some(self.heading)
    }

    /// The instant; `None` when the digits are no time.
    pub fn fixed_at(&self) -> Option<DateTime<Utc>> {
        bcd::time(self.time)
    }

    /// The fields of the 28 bytes, for the inspector.
    fn pass(&self, reader: &mut Reader<'_>) -> Result<(), BodyError> {
        let said = |degrees: Option<f64>| degrees.map_or_else(|| "-".to_owned(), |degrees| format!("{degrees}°"));
        reader.u32("alarm_bits")?;
        reader.say(|| format!("{:#010x}", self.alarm_bits));
        reader.u32("status_bits")?;
        reader.say(|| format!("{:#010x}", self.status_bits));
        reader.u32("lat")?;
        reader.say(|| said(self.lat()));
        reader.u32("lon")?;
        reader.say(|| said(self.lon()));
        reader.u16("altitude_m")?;
        reader.say(|| format!("{} m", self.altitude.cast_signed()));
        reader.u16("speed_kmh")?;
        reader.say(|| format!("{} km/h", f64::from(self.speed) / 10.0));
        reader.u16("heading_deg")?;
        reader.say(|| format!("{}°", self.heading));
        reader.array::<6>("fixed_at")?;
        reader.say(|| self.fixed_at().map_or_else(|| "-".to_owned(), |at| at.to_rfc3339()));
        Ok(())
    }
}

/// Exactly the value sent: a division by a power of ten gives the nearest double, which prints as the digits on the wire.
fn degrees(millionths: u32, negative: bool) -> Option<f64> {
    let degrees = f64::from(millionths) / 1e6;
    (millionths <= NO_ANGLE).then_some(if negative && millionths > 0 { -degrees } else { degrees })
}

/// A position report (位置信息汇报): the basic part and the additional items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The basic part.
    pub basic: Basic,
    /// The whole report as sent: its fingerprint is the same in a report, an answer and a batch.
    bytes: Box<[u8]>,
}

impl Location {
    /// A report of its bytes alone.
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        let short = BodyError::Short { at: body.len(), needed: Basic::BYTES.saturating_sub(body.len()) };
        Ok(Self { basic: Basic::read(body).ok_or(short)?, bytes: body.into() })
    }

    /// The rest of a body as a report.
    pub(crate) fn take(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let location = Self::read(reader.peek())?;
        location.basic.pass(reader)?;
        Items::pass(reader);
        Ok(location)
    }

    /// The basic part alone, as pictures have it.
    pub(crate) fn take_basic(reader: &mut Reader<'_>) -> Result<Self, BodyError> {
        let bytes = reader.peek();
        let location = Self::read(bytes.get(..Basic::BYTES).unwrap_or(bytes))?;
        location.basic.pass(reader)?;
        Ok(location)
    }

    /// The additional items, in the order in which they were sent.
    pub fn items(&self) -> Items<'_> {
        Items::new(self.bytes.get(Basic::BYTES..).unwrap_or_default())
    }

    /// The report as sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The running number under which the report is stored.
    pub fn sequence(&self) -> i64 {
        crate::sequence::of(&self.bytes)
    }
}
