//! What the pure rules promise, checked from outside: real tracks, and properties over made-up ones.

#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod geolife;
#[cfg(test)]
mod gpsd;
#[cfg(test)]
mod jt808;
#[cfg(test)]
mod made_up;
#[cfg(test)]
mod plt;
#[cfg(test)]
mod revision;
#[cfg(test)]
mod soup;
#[cfg(test)]
mod tracker;
