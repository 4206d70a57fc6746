//! The HTTP API: one file a subject, each with its views and its routes.

pub(crate) mod alarms;
pub(crate) mod commands;
pub(crate) mod configuration;
pub(crate) mod devices;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod firmware;
pub(crate) mod firmware_fetch;
pub(crate) mod frames;
pub(crate) mod history;
pub(crate) mod ingest;
pub(crate) mod map;
pub(crate) mod platforms;
pub(crate) mod session;
pub(crate) mod terminal_names;
pub(crate) mod terminal_options;
pub(crate) mod terminal_steps;
pub(crate) mod terminal_views;
pub(crate) mod terminals;
pub(crate) mod tiles;
pub(crate) mod tokens;
pub(crate) mod track;
pub(crate) mod units;
pub(crate) mod vehicle_views;
pub(crate) mod vehicles;
