//! The live channel: one board of all vehicles, one stream of frames a scope, any number of sockets that get the same bytes.

mod board;
mod feed;
pub(crate) mod frame;
mod hub;
mod mercator;
mod notes;
pub(crate) mod routes;
mod shown;
mod socket;
mod stream;

pub(crate) use board::Counts;
pub(crate) use hub::Live;
pub(crate) use notes::{MessageNotes, follow as follow_messages};
