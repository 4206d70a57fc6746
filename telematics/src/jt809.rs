//! JT/T 809 (道路运输车辆卫星定位系统 平台数据交换): bytes between two platforms in, messages out, and back; both editions, no clock.
//!
//! Each step may fail without harm to the next message: [`frame`] finds frames in the stream, [`header`] reads whose they are
//! and in which edition, [`cipher`] opens a body that is encrypted, [`message`] reads what one platform says to the other,
//! [`position`] what that means for a vehicle, and [`mod@explain`] shows it.

pub mod cipher;
pub mod explain;
pub mod frame;
pub mod header;
pub mod message;
pub mod position;
mod reader;
pub mod vehicle;

pub use crate::jt809::cipher::Cipher;
pub use crate::jt809::explain::explain;
pub use crate::jt809::frame::{Frame, FrameError, Framed, Framer};
pub use crate::jt809::header::{Edition, Header};
pub use crate::jt809::message::{Login, Message, MessageError, Password};
pub use crate::jt809::position::{ObserveError, Position};
pub use crate::jt809::vehicle::{About, Content, Registration};

#[cfg(test)]
mod tests;
