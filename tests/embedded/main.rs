//! The private PostgreSQL through the front door: every way in which a start, a stop and a fall can go.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod life;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod service;
#[cfg(test)]
mod small_disk;
