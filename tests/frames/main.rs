//! The program itself over frames of the standard and of other implementations: every value, and every answer byte by byte.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod gb32960;
#[cfg(test)]
mod jt808;
#[cfg(test)]
mod run;
