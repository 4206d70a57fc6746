//! The section `jobs.notify` of the configuration: by which ways messages leave the house. Secrets stay there, never in the store.

use std::path::PathBuf;

use dispatch::message::{Channel, Language, QuietHours, Severity};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::config::Secret;

/// Settings of the messages that leave the house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Milliseconds between two looks for what is to be told and what is to be sent.
    pub every_ms: u64,
    /// Messages on their way at the same time.
    pub concurrency: usize,
    /// Seconds that a receiver may take.
    pub timeout_secs: u32,
    /// Days for which messages are kept; pinned ones stay.
    pub keep_days: u32,
    /// Where people reach the console, put under what leaves the house; empty for nothing.
    pub console_url: String,
    /// Further certificate authorities that receivers are trusted by, PEM.
    pub ca_file: Option<PathBuf>,
    /// The server that takes mail.
    pub smtp: Smtp,
    /// The site's own gateway for short messages.
    pub sms: Sms,
    /// Robots in groups.
    pub robots: Vec<Robot>,
}

/// The server that takes mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// Its name; empty: no mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: SmtpSecurity,
    /// Whom it knows us as; empty: it does not ask.
    pub user: String,
    /// The password of that.
    pub password: Option<Secret>,
    /// Who mail comes from.
    pub from: String,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// Plain at first, TLS before anything is said; refused where the server has none.
    Starttls,
    /// TLS from the start.
    Tls,
    /// None: for a server on the same machine or network.
    None,
}

/// The site's own gateway for short messages: an address that takes JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// Where each message is posted; without it none is sent.
    pub url: Option<Secret>,
    /// The key with which each is signed.
    pub secret: Option<Secret>,
}

/// A robot in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robot {
    /// Its name among the robots; a message goes to each name once.
    pub name: String,
    /// Whose: `wecom`, `dingtalk` or `feishu`.
    pub kind: Channel,
    /// The address that the group's settings show; it holds a key.
    pub url: Secret,
    /// The key for signatures, where the group asks for them.
    #[serde(default)]
    pub secret: Option<Secret>,
    /// In which language it speaks.
    #[serde(default = "chinese")]
    pub language: Language,
    /// What matters less is not said there.
    #[serde(default = "important")]
    pub least: Severity,
    /// Messages about this unit and everything below it; without it: all.
    #[serde(default)]
    pub unit_id: Option<Uuid>,
    /// When the group is left alone.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
}

const fn chinese() -> Language {
    Language::Chinese
}

const fn important() -> Severity {
    Severity::Important
}

impl Default for Config {
    fn default() -> Self {
        Self {
            every_ms: 1000,
            concurrency: 8,
            timeout_secs: 10,
            keep_days: 365,
            console_url: String::new(),
            ca_file: None,
            smtp: Smtp::default(),
            sms: Sms::default(),
            robots: Vec::new(),
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: SmtpSecurity::Starttls,
            user: String::new(),
            password: None,
            from: String::new(),
        }
    }
}

/// Why nothing can be sent as it is configured. Addresses hold keys, so none is repeated.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// An address is none.
    #[error("jobs.notify: the address of {0} must be http or https")]
    Url(String),
    /// Mail comes from nobody.
    #[error("jobs.notify.smtp.from is no mail address")]
    From,
    /// A robot is of no kind that is one.
    #[error("jobs.notify.robots: {0} must be of the kind wecom, dingtalk or feishu")]
    RobotKind(String),
    /// Two robots have one name.
    #[error("jobs.notify.robots: there are two called {0}")]
    RobotName(String),
    /// The file of authorities cannot be read.
    #[error("jobs.notify.ca_file cannot be read")]
    CaFile(#[source] std::io::Error),
    /// A client could not be made.
    #[error("no connections to receivers of messages can be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}
