//! Areas and routes that a terminal watches by itself (区域与路线): 0x8600 to 0x8606, as bytes and as values.
//!
//! Coordinates are kept as on the wire: millionths of a degree without a sign; the hemisphere is in the attributes.

mod explain;
mod wire;

use chrono::{DateTime, Utc};

use crate::jt808::bcd;

pub(crate) use explain::{circle, polygon, rectangle, route};
pub(crate) use wire::{each, put_list};

/// What is watched (区域属性): bits of the standard, those of windows and limits set by what the area has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaAttributes(pub u16);

impl AreaAttributes {
    /// Bit 0: the area has a beginning and an end.
    pub const WINDOW: u16 = 1;
    /// Bit 1: the area has a speed limit.
    pub const LIMIT: u16 = 1 << 1;
    /// Bit 2: the driver is told of entering.
    pub const ENTER_DRIVER: u16 = 1 << 2;
    /// Bit 3: the platform is told of entering.
    pub const ENTER_PLATFORM: u16 = 1 << 3;
    /// Bit 4: the driver is told of leaving.
    pub const LEAVE_DRIVER: u16 = 1 << 4;
    /// Bit 5: the platform is told of leaving.
    pub const LEAVE_PLATFORM: u16 = 1 << 5;
    /// Bit 6: southern latitudes.
    pub const SOUTH: u16 = 1 << 6;
    /// Bit 7: western longitudes.
    pub const WEST: u16 = 1 << 7;
    /// Bit 8: doors may not be opened.
    pub const DOORS_SHUT: u16 = 1 << 8;
    /// Bit 14: the radio is off within.
    pub const RADIO_OFF: u16 = 1 << 14;
    /// Bit 15: raw fixes are recorded within.
    pub const RECORD_GNSS: u16 = 1 << 15;

    /// Whether all of these bits are set.
    pub const fn has(self, bits: u16) -> bool {
        self.0 & bits == bits
    }

    /// The same with bits 0 and 1 as the area needs them.
    const fn told(self, window: Option<AreaHours>, limit: Option<SpeedLimit>) -> Self {
        Self(self.0 & !(Self::WINDOW | Self::LIMIT) | window.is_some() as u16 | (limit.is_some() as u16) << 1)
    }
}

/// When an area counts (起止时间): `YYMMDDhhmmss` in BCD at GMT+8; a date of zeros means every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AreaHours {
    /// From when.
    pub from: [u8; 6],
    /// Until when.
    pub to: [u8; 6],
}

/// How fast one may drive (限速).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeedLimit {
    /// The limit in km/h.
    pub max_kmh: u16,
    /// How many seconds it may be exceeded.
    pub seconds: u8,
    /// The limit at night; since 2019. Without it, 2019 is told the same as by day.
    pub night_max_kmh: Option<u16>,
}

/// A place in millionths of a degree, without its hemisphere (坐标点).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Latitude.
    pub lat: u32,
    /// Longitude.
    pub lon: u32,
}

/// A circle (圆形区域).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Its number.
    pub id: u32,
    /// What is watched.
    pub attributes: AreaAttributes,
    /// Its middle.
    pub centre: Spot,
    /// Its radius.
    pub radius_m: u32,
    /// When it counts; always without.
    pub window: Option<AreaHours>,
    /// How fast one may drive.
    pub limit: Option<SpeedLimit>,
    /// Its name; since 2019.
    pub name: String,
}

/// A rectangle along the parallels (矩形区域).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectangle {
    /// Its number.
    pub id: u32,
    /// What is watched.
    pub attributes: AreaAttributes,
    /// The upper left corner.
    pub upper_left: Spot,
    /// The lower right corner.
    pub lower_right: Spot,
    /// When it counts; always without.
    pub window: Option<AreaHours>,
    /// How fast one may drive.
    pub limit: Option<SpeedLimit>,
    /// Its name; since 2019.
    pub name: String,
}

/// A polygon (多边形区域).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polygon {
    /// Its number.
    pub id: u32,
    /// What is watched.
    pub attributes: AreaAttributes,
    /// When it counts; always without.
    pub window: Option<AreaHours>,
    /// How fast one may drive.
    pub limit: Option<SpeedLimit>,
    /// Its corners, in order.
    pub vertices: Vec<Spot>,
    /// Its name; since 2019.
    pub name: String,
}

/// A route (路线): sections from corner to corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its number.
    pub id: u32,
    /// What is watched; of these bits a route knows those of time, entering and leaving.
    pub attributes: AreaAttributes,
    /// When it counts; always without.
    pub window: Option<AreaHours>,
    /// Its corners, in order.
    pub corners: Vec<Corner>,
    /// Its name; since 2019.
    pub name: String,
}

/// A corner of a route and the section that begins there (拐点).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corner {
    /// The corner's number.
    pub id: u32,
    /// The section's number.
    pub section: u32,
    /// Where it is.
    pub at: Spot,
    /// How wide the section is.
    pub width_m: u8,
    /// Bit 0 time, bit 1 limit, bit 2 south, bit 3 west; the first two set by what the section has.
    pub attributes: u8,
    /// How long the section may take and must take.
    pub duration: Option<SectionTime>,
    /// How fast one may drive.
    pub limit: Option<SpeedLimit>,
}

/// How long a section takes (路段行驶时间阈值).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionTime {
    /// Longer is too long, in seconds.
    pub longest_s: u16,
    /// Shorter is too short, in seconds.
    pub shortest_s: u16,
}

impl AreaHours {
    /// Whether it means hours of every day, as its dates are zeros.
    pub fn is_daily(&self) -> bool {
        self.from.starts_with(&[0; 3]) && self.to.starts_with(&[0; 3])
    }

    /// A window between two instants.
    pub fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self { from: bcd::pack_time(from), to: bcd::pack_time(to) }
    }
}

impl Corner {
    /// Bit 2: southern latitude.
    pub const SOUTH: u8 = 1 << 2;
    /// Bit 3: western longitude.
    pub const WEST: u8 = 1 << 3;
}
