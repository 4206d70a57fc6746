//! The whole line from outside: the built binaries, a real database, a real serial line, a real browser.

#[cfg(test)]
mod api;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod firmware;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod phones;
#[cfg(test)]
mod process;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod terminals;
#[cfg(test)]
mod trips;
