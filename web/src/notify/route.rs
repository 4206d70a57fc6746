//! Decides by which ways a message leaves the house: each person as they wish, each group as it is configured.

use chrono::{DateTime, Utc};
use dispatch::message::{Channel, send_at};
use dispatch::unit::UnitId;
use fleet_db::message::outbox::{Sending, Unrouted};

use super::config::Robot;

/// The ways of a message; `has` tells whether a personal way leads anywhere.
pub(super) fn ways(message: &Unrouted, robots: &[Robot], has: impl Fn(Channel) -> bool, now: DateTime<Utc>) -> Vec<Sending> {
    let mut ways = Vec::new();
    for (account, preference) in &message.recipients {
        for (channel, address) in preference.ways(message.kind).into_iter().filter(|(channel, _)| has(*channel)) {
            ways.push(Sending {
                message: message.id,
                account: Some(*account),
                channel,
                address,
                language: preference.language,
                due_at: send_at(now, message.severity, preference.quiet),
            });
        }
    }
    for robot in robots {
        let concerns = robot.unit_id.is_none_or(|unit| message.line.contains(&UnitId(unit)));
        if concerns && message.severity >= robot.least {
            ways.push(Sending {
                message: message.id,
                account: None,
                channel: robot.kind,
                address: robot.name.clone(),
                language: robot.language,
                due_at: send_at(now, message.severity, robot.quiet),
            });
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use dispatch::account::AccountId;
    use dispatch::message::{MessageId, MessageKind, Preference};
    use uuid::Uuid;

    use super::*;

    fn robot(name: &str, more: &str) -> Robot {
        serde_json::from_str(&format!(r#"{{"name":"{name}","kind":"wecom","url":"https://x.example/k"{more}}}"#)).unwrap()
    }

    fn message(kind: MessageKind) -> Unrouted {
        let preference = Preference {
            email: Some("li@hz.gov.cn".parse().unwrap()),
            phone: Some("13800000000".parse().unwrap()),
            quiet: Some("22:00-07:00".parse().unwrap()),
            ..Preference::default()
        };
        let line = [7, 1].map(|unit| UnitId(Uuid::from_u128(unit))).to_vec();
        let recipients =
            vec![(AccountId(Uuid::from_u128(2)), preference), (AccountId(Uuid::from_u128(3)), Preference::default())];
        Unrouted { id: MessageId(Uuid::from_u128(9)), kind, severity: kind.severity(), line, recipients }
    }

    #[test]
    fn a_person_is_told_by_what_is_configured_and_not_at_night() {
        let midnight: DateTime<Utc> = "2026-03-02T16:00:00Z".parse().unwrap();
        let morning: DateTime<Utc> = "2026-03-02T23:00:00Z".parse().unwrap();
        let of = |kind, has: fn(Channel) -> bool| {
            let ways = ways(&message(kind), &[], has, midnight);
            ways.into_iter().map(|way| (way.channel, way.due_at)).collect::<Vec<_>>()
        };
        assert_eq!(of(MessageKind::AlarmRaised, |_| true), [(Channel::Email, morning)]);
        assert_eq!(of(MessageKind::SosPressed, |_| true), [(Channel::Sms, midnight), (Channel::Email, midnight)]);
        assert_eq!(of(MessageKind::SosPressed, |channel| channel == Channel::Email), [(Channel::Email, midnight)]);
    }

    #[test]
    fn a_group_hears_of_its_units_what_matters_enough() {
        let unit = |unit: u128| format!(r#","unit_id":"{}""#, Uuid::from_u128(unit));
        let robots = [
            robot("all", ""),
            robot("grave", r#","least":"emergency""#),
            robot("above", &unit(1)),
            robot("elsewhere", &unit(5)),
            robot("chatty", r#","least":"note","language":"en""#),
        ];
        let of = |kind| {
            let ways = ways(&message(kind), &robots, |_| false, DateTime::UNIX_EPOCH);
            ways.into_iter().map(|way| way.address).collect::<Vec<_>>()
        };
        assert_eq!(of(MessageKind::AlarmRaised), ["all", "above", "chatty"]);
        assert_eq!(of(MessageKind::SosPressed), ["all", "grave", "above", "chatty"]);
        assert_eq!(of(MessageKind::CommandExpired), ["chatty"]);
    }
}
