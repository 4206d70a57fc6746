//! What somebody wants to be told outside the house, in which language, where, and when not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{Channel, Language, MessageKind, QuietHours, Severity};

/// How an account wants to be told (通知设置).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// In which language messages go out.
    pub language: Language,
    /// Where mail goes.
    pub email: Option<EmailAddress>,
    /// Where short messages go.
    pub phone: Option<PhoneNumber>,
    /// When nothing goes out.
    pub quiet: Option<QuietHours>,
    /// The ways out of each kind; a kind that is not here follows how much it matters.
    pub choices: BTreeMap<MessageKind, BTreeSet<Channel>>,
}

impl Default for Preference {
    fn default() -> Self {
        Self { language: Language::Chinese, email: None, phone: None, quiet: None, choices: BTreeMap::new() }
    }
}

/// The ways out of a kind about which nobody has said anything.
const fn usual(severity: Severity) -> &'static [Channel] {
    match severity {
        Severity::Emergency => &[Channel::Sms, Channel::Email],
        Severity::Important => &[Channel::Email],
        Severity::Note => &[],
    }
}

impl Preference {
    /// The personal ways out that are chosen for a kind, whether there is an address or not.
    pub fn chosen(&self, kind: MessageKind) -> BTreeSet<Channel> {
        let usual = || usual(kind.severity()).iter().copied().collect();
        let mut chosen = self.choices.get(&kind).cloned().unwrap_or_else(usual);
        chosen.retain(|channel| channel.is_personal());
        chosen
    }

    /// Where a message of this kind goes: each way out with its address.
    pub fn ways(&self, kind: MessageKind) -> Vec<(Channel, String)> {
        let address = |channel: Channel| match channel {
            Channel::Sms => self.phone.as_ref().map(ToString::to_string),
            Channel::Email => self.email.as_ref().map(ToString::to_string),
            Channel::Wecom | Channel::Dingtalk | Channel::Feishu => None,
        };
        self.chosen(kind).into_iter().filter_map(|channel| Some((channel, address(channel)?))).collect()
    }
}

/// Why a text is no address of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// No mailbox.
    #[error("a mail address is name@host, at most 254 plain characters")]
    Email,
    /// No telephone number.
    #[error("a telephone number has 5 to 15 digits, a plus sign may stand before them")]
    Phone,
}

impl AddressError {
    /// The stable code of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "message.email",
            Self::Phone => "message.phone",
        }
    }
}

/// Where mail reaches somebody (邮箱地址).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

/// Where short messages reach somebody (手机号码).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let is_name = |name: &str| (1..=64).contains(&name.len()) && name.chars().all(is_plain) && dots_are_inside(name);
        let is_host = |host: &str| {
            host.contains('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') && dots_are_inside(host)
        };
        match text.rsplit_once('@') {
            Some((name, host)) if text.len() <= 254 && is_name(name) && is_host(host) => Ok(Self(text.to_owned())),
            _ => Err(AddressError::Email),
        }
    }
}

fn dots_are_inside(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty())
}

impl FromStr for PhoneNumber {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_number = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(Self(text.to_owned())) } else { Err(AddressError::Phone) }
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reachable() -> Preference {
        let (email, phone) = (Some("li.si@hz.gov.cn".parse().unwrap()), Some("13800000000".parse().unwrap()));
        Preference { email, phone, ..Preference::default() }
    }

    #[test]
    fn what_nobody_chose_follows_how_much_it_matters() {
        let ways =
            |preference: &Preference, kind| preference.ways(kind).into_iter().map(|(channel, _)| channel).collect::<Vec<_>>();
        let all = reachable();
        assert_eq!(ways(&all, MessageKind::SosPressed), [Channel::Sms, Channel::Email]);
        assert_eq!(ways(&all, MessageKind::AlarmRaised), [Channel::Email]);
        assert_eq!(ways(&all, MessageKind::CommandExpired), []);
        let no_phone = Preference { phone: None, ..reachable() };
        assert_eq!(ways(&no_phone, MessageKind::SosPressed), [Channel::Email]);
        assert_eq!(ways(&Preference::default(), MessageKind::SosPressed), [], "nobody said where");
    }

    #[test]
    fn a_choice_counts_for_its_kind_alone_and_reaches_no_group() {
        let chosen = BTreeSet::from([Channel::Sms, Channel::Wecom]);
        let choices = BTreeMap::from([(MessageKind::AlarmRaised, chosen), (MessageKind::SosPressed, BTreeSet::new())]);
        let preference = Preference { choices, ..reachable() };
        assert_eq!(preference.ways(MessageKind::AlarmRaised), [(Channel::Sms, "13800000000".to_owned())]);
        assert_eq!(preference.ways(MessageKind::SosPressed), []);
        assert_eq!(preference.ways(MessageKind::RolloutHalted), [(Channel::Email, "li.si@hz.gov.cn".to_owned())]);
    }

    #[test]
    fn addresses_are_plain() {
        for right in ["a@b.cn", "li.si+fleet@mail.hz.gov.cn"] {
            assert!(right.parse::<EmailAddress>().is_ok(), "{right}");
        }
        for wrong in ["", "a", "@b.cn", "a@b", "a@b..cn", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "张@b.cn", ".a@b.cn", "a@@b.cn"] {
            assert_eq!(wrong.parse::<EmailAddress>().unwrap_err().code(), "message.email", "{wrong:?}");
        }
        for right in ["13800000000", "+8613800000000", "10086"] {
            assert!(right.parse::<PhoneNumber>().is_ok(), "{right}");
        }
        for wrong in ["", "1008", "138-0000-0000", "+", "1234567890123456"] {
            assert_eq!(wrong.parse::<PhoneNumber>().unwrap_err().code(), "message.phone", "{wrong:?}");
        }
    }
}
