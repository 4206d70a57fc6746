//! JT/T 808 (道路运输车辆卫星定位系统终端通讯协议): bytes of a terminal in, messages out, and back; three editions, no clock.
//!
//! Three steps, each of which may fail without harm to the next frame: [`frame`] finds frames in the stream, [`header`] reads
//! whose they are and what.

pub mod bcd;
pub mod cursor;
pub mod edition;
pub mod frame;
pub mod header;
pub mod parameter;
pub mod text;
