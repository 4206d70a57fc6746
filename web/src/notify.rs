//! Messages leave the house: jobs that find what is to be told, decide by which ways it goes, and send it once.

mod config;
mod hook;
mod http;
mod job;
mod mail;
mod robot;
mod route;
mod sender;
mod sign;

pub use config::{Config, NotifyError, Robot, Sms, Smtp, SmtpSecurity};
pub use job::run;
