//! Integration tests of the web floor: the router in process, a real PostgreSQL, a clock that stands still.

mod described;
mod devices;
mod edges;
mod harness;
mod history;
mod live;
mod live_client;
mod signing_in;
mod texts;
mod vehicles;
