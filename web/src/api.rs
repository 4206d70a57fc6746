//! The HTTP API: one file a subject, each with its views and its routes.

pub(crate) mod configuration;
pub(crate) mod devices;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod map;
pub(crate) mod session;
pub(crate) mod tiles;
pub(crate) mod tokens;
pub(crate) mod track;
pub(crate) mod units;
pub(crate) mod vehicle_views;
pub(crate) mod vehicles;
