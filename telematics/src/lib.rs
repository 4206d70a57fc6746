//! Vehicles in motion: ids, quantities, fixes, trips, stops, wire formats; no I/O, no clock, same input, same answer.

pub mod alarm;
pub mod command;
pub mod datum;
pub mod device;
pub mod event;
pub mod fix;
pub mod gb32960;
pub mod id;
pub mod jt808;
pub mod live;
pub mod nmea;
pub mod obd;
pub mod osmand;
pub mod owntracks;
pub mod place;
pub mod policy;
pub mod quantity;
pub mod record;
pub mod revise;
pub mod roads;
pub mod sequence;
pub mod simulate;
pub mod track_json;
pub mod tracker;
pub mod traction;
pub mod trip;
