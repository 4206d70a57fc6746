//! JT/T 808 (道路运输车辆卫星定位系统终端通讯协议): bytes of a terminal in, messages out, and back; three editions, no clock.
//!
//! Each step may fail without harm to the next message: [`frame`] finds frames in the stream, [`header`] reads whose they are,
//! [`assemble`] puts packages together, [`up`] reads what a terminal says, [`observe`] what that means for its vehicle, and
//! [`mod@explain`] and [`mod@fields`] show it.

pub mod area;
pub mod assemble;
pub mod bcd;
pub mod bits;
pub mod cursor;
pub mod down;
pub mod edition;
pub mod explain;
pub mod fields;
pub mod frame;
pub mod header;
pub mod item;
pub mod location;
mod names;
pub mod observe;
pub mod packages;
pub mod parameter;
mod reader;
pub mod reply;
mod seldom;
mod shape;
mod standard;
pub mod text;
pub mod up;
pub mod vendor;

pub use crate::jt808::assemble::Assembler;
pub use crate::jt808::edition::Edition;
pub use crate::jt808::explain::explain;
pub use crate::jt808::fields::fields;
pub use crate::jt808::frame::{Frame, Framed, Framer};
pub use crate::jt808::header::{Header, TerminalNo};
pub use crate::jt808::location::Location;
pub use crate::jt808::observe::observe;
pub use crate::jt808::up::{Message, Up};
pub use crate::jt808::vendor::Profile;
