//! History behind the hot window: one row a vehicle and UTC day, its positions as compressed columns.
//!
//! A day is written by [`compact`] (from hourly partitions, which are then dropped) and by [`fold`] (late rows into their
//! day). Both merge with what the day already holds, read back what they are about to write and compare, so they can be
//! stopped and begun again at any moment. Nothing reads these rows but `track`, which merges all places where positions lie.

mod codec;
mod column;
mod compact;
mod fold;
mod varint;

pub use codec::{CodecError, decode, encode};
pub use compact::{Compacted, compact, days_due};
pub use fold::{Folded, fold, fold_late};
