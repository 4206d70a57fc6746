//! GB/T 32960.3, what electric vehicles tell the public platforms: frames, messages and their meaning, editions 2016 and 2025.

pub mod frame;
pub mod header;

pub use crate::gb32960::frame::{Broken, Frame, FrameError, Framer, Taken};
pub use crate::gb32960::header::{Ack, Command, Edition, Encryption, Header, Vin};
