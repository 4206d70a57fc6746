//! Sends one message by its way, and says what became of it.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dispatch::message::{Channel, Outward, outward};
use fleet_db::message::outbox::Claimed;

use super::config::{Config, NotifyError};
use super::hook::Hook;
use super::http;
use super::mail::Mail;
use super::robot::Group;

/// Why a message did not get out.
#[derive(Debug)]
pub(super) struct SendError {
    /// The stable code, kept with the row.
    pub(super) code: &'static str,
    /// Trying again would not help.
    pub(super) is_final: bool,
    /// What the receiver said, for the log; never an address or a key.
    pub(super) detail: String,
}

impl SendError {
    /// It may work another time.
    #[expect(clippy::needless_pass_by_value, reason = "an error is used up where it is told")]
    pub(super) fn passing(code: &'static str, detail: impl ToString) -> Self {
        Self { code, is_final: false, detail: detail.to_string() }
    }

    /// It will not work another time.
    #[expect(clippy::needless_pass_by_value, reason = "an error is used up where it is told")]
    pub(super) fn lasting(code: &'static str, detail: impl ToString) -> Self {
        Self { code, is_final: true, detail: detail.to_string() }
    }
}

/// Every way out that is configured.
pub(super) struct Senders {
    mail: Option<Mail>,
    hook: Option<Hook>,
    groups: HashMap<String, Group>,
    link: Option<String>,
    within: Duration,
}

impl Senders {
    /// Makes them ready; nothing is connected yet.
    pub(super) fn open(config: &Config) -> Result<Self, NotifyError> {
        let within = Duration::from_secs(u64::from(config.timeout_secs.max(1)));
        let authority = config.ca_file.as_ref().map(std::fs::read).transpose().map_err(NotifyError::CaFile)?;
        let client = http::client(authority.as_deref(), within)?;
        let mut groups = HashMap::new();
        for robot in &config.robots {
            if groups.insert(robot.name.clone(), Group::open(robot, client.clone())?).is_some() {
                return Err(NotifyError::RobotName(robot.name.clone()));
            }
        }
        let console = config.console_url.trim_end_matches('/');
        Ok(Self {
            mail: Mail::open(&config.smtp, authority.as_deref(), within)?,
            hook: Hook::open(&config.sms, client)?,
            groups,
            link: (!console.is_empty()).then(|| format!("{console}/messages")),
            within,
        })
    }

    /// The personal ways that lead anywhere.
    pub(super) const fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Sms => self.hook.is_some(),
            Channel::Email => self.mail.is_some(),
            Channel::Wecom | Channel::Dingtalk | Channel::Feishu => false,
        }
    }

    /// Longest time that [`Senders::send`] takes: mail is a conversation of several steps.
    pub(super) const fn longest(&self) -> Duration {
        self.within.saturating_mul(3)
    }

    /// Sends a message; gives up after [`Senders::longest`].
    pub(super) async fn send(&self, claimed: &Claimed, now: DateTime<Utc>) -> Result<(), SendError> {
        let words = outward(claimed.kind, claimed.channel, claimed.language, &claimed.facts, self.link.as_deref())
            .map_err(|error| SendError::lasting("notify.words", error))?;
        tokio::time::timeout(self.longest(), self.deliver(claimed, &words, now))
            .await
            .unwrap_or_else(|_elapsed| Err(SendError::passing("notify.timeout", "no answer in time")))
    }

    async fn deliver(&self, claimed: &Claimed, words: &Outward, now: DateTime<Utc>) -> Result<(), SendError> {
        let missing = || SendError::lasting("notify.not_configured", claimed.channel.as_str());
        match claimed.channel {
            Channel::Email => self.mail.as_ref().ok_or_else(missing)?.send(claimed, words, now).await,
            Channel::Sms => self.hook.as_ref().ok_or_else(missing)?.send(claimed, words, now).await,
            Channel::Wecom | Channel::Dingtalk | Channel::Feishu => {
                self.groups.get(&claimed.address).ok_or_else(missing)?.say(words, now).await
            }
        }
    }
}
