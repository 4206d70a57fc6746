//! GB/T 32960.3 (电动汽车远程服务与管理系统), what electric vehicles tell the public platforms; editions 2016 and 2025, no clock.
//!
//! Four steps, each of which may fail without harm to the next frame: [`frame`] finds frames in the stream, [`message::open`]
//! decrypts, [`message`] holds the data unit to the table of its command, [`observe`] says what a report means to the tracker.
//! [`reply`] knows what is answered. The tables of the standard are data ([`layout`]): JSON, the inspector's fields and the
//! check of lengths are three walks along the same table.

pub mod activation;
pub mod alarm;
mod cells;
pub mod cipher;
mod control;
mod cursor;
pub mod down;
mod engine;
pub mod explain;
mod extremes;
pub mod frame;
mod fuel_cell;
pub mod header;
mod info;
pub mod keys;
mod layout;
pub mod login;
pub mod message;
mod motor;
pub mod observe;
mod position;
pub mod reply;
pub mod report;
pub mod signature;
mod temperatures;
pub mod time;
mod vehicle;
mod walk;

pub use crate::gb32960::explain::fields;
pub use crate::gb32960::frame::{Broken, Frame, FrameError, Framer, Taken};
pub use crate::gb32960::header::{Ack, Command, Edition, Encryption, Header, Vin};
pub use crate::gb32960::keys::{KeyRing, Keys};
pub use crate::gb32960::message::{Body, Message, MessageError, open};
pub use crate::gb32960::report::Report;
pub use crate::gb32960::signature::Verdict;

#[cfg(test)]
mod tests;
