//! The house rules, held by a test: what may import what, where SQL and the clock live, and what every file looks like.

#[cfg(test)]
mod features;
#[cfg(test)]
mod files;
#[cfg(test)]
mod floors;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod source;
#[cfg(test)]
mod words;
