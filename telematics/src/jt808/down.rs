//! What the platform tells a terminal (下行消息): every message of the standard's vehicle part, in the edition of the terminal.

mod explain;
mod read;
mod write;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::jt808::area::{Circle, Polygon, Rectangle, Route};
use crate::jt808::parameter::Setting;
use crate::jt808::text::NotGbk;

pub(crate) use explain::parameters;
pub(crate) use write::{count_u8, count_u16, put_text_u16};

/// How a message was taken (应答结果), in 0x8001.
pub mod result {
    /// Done; taken over.
    pub const DONE: u8 = 0;
    /// Not done.
    pub const FAILED: u8 = 1;
    /// The message is not as it should be.
    pub const BAD_MESSAGE: u8 = 2;
    /// The platform does not know such messages.
    pub const UNSUPPORTED: u8 = 3;
    /// The alarm has been seen to.
    pub const ALARM_CONFIRMED: u8 = 4;
}

/// How a registration ended (注册结果), in 0x8100.
pub mod registration {
    /// Registered; the token follows.
    pub const DONE: u8 = 0;
    /// The vehicle has a terminal already.
    pub const VEHICLE_TAKEN: u8 = 1;
    /// There is no such vehicle.
    pub const NO_VEHICLE: u8 = 2;
    /// The terminal is registered already.
    pub const TERMINAL_TAKEN: u8 = 3;
    /// There is no such terminal.
    pub const NO_TERMINAL: u8 = 4;
}

/// The longest text of 0x8300.
pub const TEXT_MAX: usize = 1024;

/// A message to a terminal (下行消息).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// 0x8001, the answer to most messages.
    Answer {
        /// The number of the message that is answered.
        reply_serial: u16,
        /// What it was.
        reply_id: u16,
        /// One of [`result`].
        result: u8,
    },
    /// 0x8003: packages of a message that did not arrive.
    Resend {
        /// The number of the message's first package.
        first_serial: u16,
        /// Which are wanted, from 1.
        packages: Vec<u16>,
    },
    /// 0x8004: what time it is.
    ServerTime(DateTime<Utc>),
    /// 0x8100: how a registration ended.
    Registered {
        /// The number of the message that is answered.
        reply_serial: u16,
        /// One of [`registration`].
        result: u8,
        /// The code that the terminal signs in with from now on.
        token: Option<String>,
    },
    /// 0x8103: sets parameters.
    SetParameters(Vec<Setting>),
    /// 0x8104: asks for all parameters.
    QueryParameters,
    /// 0x8106: asks for some parameters.
    QuerySomeParameters(Vec<u32>),
    /// 0x8105: makes the terminal do something.
    Control {
        /// What: 1 upgrade by address, 2 another server, 3 off, 4 restart, 5 factory settings, 6 no data link, 7 radio off.
        command: u8,
        /// What 1 and 2 need, between semicolons.
        arguments: String,
    },
    /// 0x8107: asks what the terminal is.
    QueryAttributes,
    /// 0x8108: firmware.
    Upgrade {
        /// Of what: 0 the terminal, 12 its card reader, 52 its satellite receiver.
        target: u8,
        /// The maker's code.
        maker: String,
        /// The version that it brings.
        version: String,
        /// The firmware.
        data: Vec<u8>,
    },
    /// 0x8201: asks for the position.
    QueryPosition,
    /// 0x8202: reports more often for a while.
    Track {
        /// Seconds between reports; 0 ends it.
        interval_s: u16,
        /// For how many seconds; not told when it ends.
        valid_s: Option<u32>,
    },
    /// 0x8203: a person has seen the alarms.
    ConfirmAlarms {
        /// The number of the message that told them; 0 confirms all of these kinds.
        alarm_serial: u16,
        /// Which: bits 0, 3, 20, 21, 22, 27 and 28 of the alarm word.
        alarm_bits: u32,
    },
    /// 0x8300: a text for the driver.
    Text {
        /// How it is told; bits 0 and 1 mean something else since 2019.
        flags: u8,
        /// 1 a notice, 2 a service; since 2019.
        kind: Option<u8>,
        /// The text, at most [`TEXT_MAX`] bytes in GBK.
        text: String,
    },
    /// 0x8500: the vehicle's doors and what makers add.
    ControlVehicle(VehicleControl),
    /// 0x8600: circles.
    SetCircles {
        /// What becomes of those that the terminal has.
        action: AreaAction,
        /// The circles.
        circles: Vec<Circle>,
    },
    /// 0x8602: rectangles.
    SetRectangles {
        /// What becomes of those that the terminal has.
        action: AreaAction,
        /// The rectangles.
        rectangles: Vec<Rectangle>,
    },
    /// 0x8604: a polygon.
    SetPolygon(Polygon),
    /// 0x8606: a route.
    SetRoute(Route),
    /// 0x8601, 0x8603, 0x8605, 0x8607: areas to forget.
    DeleteAreas {
        /// Of which shape.
        shape: Shape,
        /// Which; none of them means all.
        ids: Vec<u32>,
    },
    /// 0x8800: what arrived of a picture or a recording.
    MediaAnswer {
        /// Its number.
        media_id: u32,
        /// Packages to send again; none when all is there.
        packages: Vec<u16>,
    },
    /// 0x8900: bytes for something behind the terminal.
    Transparent {
        /// For what.
        kind: u8,
        /// The bytes.
        data: Vec<u8>,
    },
    /// Any other message, as it is.
    Other {
        /// Its id.
        id: u16,
        /// Its body.
        body: Vec<u8>,
    },
}

/// What becomes of areas that the terminal has (设置属性).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaAction {
    /// They are replaced by these.
    Replace,
    /// These are added.
    Append,
    /// Those with the same number are changed.
    Modify,
    /// A value of no meaning.
    Other(u8),
}

/// Shapes of areas (区域形状).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Circles.
    Circle,
    /// Rectangles.
    Rectangle,
    /// Polygons.
    Polygon,
    /// Routes.
    Route,
}

/// What the vehicle should do (车辆控制): a byte of flags before 2019, a list since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VehicleControl {
    /// Bit 0: 1 locks the doors, 0 unlocks them; 2011 and 2013.
    Flags(u8),
    /// Since 2019.
    Items(Vec<ControlItem>),
}

/// One thing that the vehicle should do, since 2019 (控制类型).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlItem {
    /// What; 1 is the doors, 0xF001 and above the maker's.
    pub id: u16,
    /// How; for the doors one byte: 0 locks, 1 opens.
    pub value: Vec<u8>,
}

/// Why a message cannot be sent; shown to whoever wants it sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DownError {
    /// A character that the wire has none for.
    #[error(transparent)]
    Text(#[from] NotGbk),
    /// A field has no room for so much.
    #[error("{what} of {found}, {limit} at most")]
    TooMuch {
        /// Of what there is too much.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much there may be.
        limit: usize,
    },
    /// The terminal's edition has no such message.
    #[error("the terminal's edition says this otherwise")]
    Edition,
}

impl DownError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "jt808.text",
            Self::TooMuch { .. } => "jt808.too_much",
            Self::Edition => "jt808.edition",
        }
    }
}

impl Down {
    /// The id of the message.
    pub const fn id(&self) -> u16 {
        match self {
            Self::Answer { .. } => 0x8001,
            Self::Resend { .. } => 0x8003,
            Self::ServerTime(_) => 0x8004,
            Self::Registered { .. } => 0x8100,
            Self::SetParameters(_) => 0x8103,
            Self::QueryParameters => 0x8104,
            Self::Control { .. } => 0x8105,
            Self::QuerySomeParameters(_) => 0x8106,
            Self::QueryAttributes => 0x8107,
            Self::Upgrade { .. } => 0x8108,
            Self::QueryPosition => 0x8201,
            Self::Track { .. } => 0x8202,
            Self::ConfirmAlarms { .. } => 0x8203,
            Self::Text { .. } => 0x8300,
            Self::ControlVehicle(_) => 0x8500,
            Self::SetCircles { .. } => 0x8600,
            Self::SetRectangles { .. } => 0x8602,
            Self::SetPolygon(_) => 0x8604,
            Self::SetRoute(_) => 0x8606,
            Self::DeleteAreas { shape: Shape::Circle, .. } => 0x8601,
            Self::DeleteAreas { shape: Shape::Rectangle, .. } => 0x8603,
            Self::DeleteAreas { shape: Shape::Polygon, .. } => 0x8605,
            Self::DeleteAreas { shape: Shape::Route, .. } => 0x8607,
            Self::MediaAnswer { .. } => 0x8800,
            Self::Transparent { .. } => 0x8900,
            Self::Other { id, .. } => *id,
        }
    }
}

impl AreaAction {
    const fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Replace,
            1 => Self::Append,
            2 => Self::Modify,
            other => Self::Other(other),
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Replace => 0,
            Self::Append => 1,
            Self::Modify => 2,
            Self::Other(other) => other,
        }
    }
}

#[cfg(test)]
mod tests;
