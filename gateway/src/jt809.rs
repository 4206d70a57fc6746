//! JT/T 809: platforms below us sign in and forward their vehicles; platforms above us are told of ours.
//!
//! Which way round a link is, the standard calls inferior (下级平台, who connects and forwards) and superior (上级平台, who is
//! connected to). [`above`] is our side of a link to a superior platform, [`below`] that of a link from an inferior one.

pub(crate) mod above;
pub(crate) mod below;
pub mod config;
mod wire;
