//! The bridge from outside: real ptys, a real socket, the built program.

#[cfg(test)]
mod adapter;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod room;
#[cfg(test)]
mod update;
#[cfg(test)]
mod world;
