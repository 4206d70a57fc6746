//! What the pure rules promise, checked from outside: real tracks, and properties over made-up ones.

mod geolife;
mod plt;
