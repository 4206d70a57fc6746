//! Commands from the gateway: a short list, each obeyed once and before it expires, each answered.
//!
//! What was answered is remembered on disk: an update or a restart ends the program, maybe before the gateway has the answer, and
//! comes again on the next link.

use std::collections::VecDeque;

use rumqttc::{AsyncClient, PublishOptions, QoS};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{info, warn};

use crate::recorder::Ask;
use crate::spool::{Answer, Spool};
use crate::uplink::Parts;

/// Commands remembered, so that a repeated one is answered and not obeyed again.
const REMEMBERED: usize = 64;

/// A command as it is sent (下发指令).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Command {
    /// Its own name, for the answer.
    pub id: String,
    /// What to do: `interval`, `report_now`, `log_level`, `restart`, `update`.
    pub kind: String,
    /// How.
    #[serde(default)]
    pub args: Value,
    /// Unix milliseconds after which it must not be obeyed.
    #[serde(default)]
    pub expires: Option<i64>,
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Another interval while moving, seconds.
    Interval(u32),
    /// A record now.
    ReportNow,
    /// Another log filter.
    LogFilter(String),
    /// End, and be started again.
    Restart,
    /// A newer program; who may order one is checked where it is carried out.
    Update(Value),
}

/// The commands that were answered already.
#[derive(Debug)]
pub struct Memory {
    answered: VecDeque<Answer>,
}

impl Memory {
    /// What the spool remembers; nothing when it cannot be read.
    pub(super) fn of(spool: &Spool) -> Self {
        let answered = spool.answers().unwrap_or_else(|error| {
            warn!(code = error.code(), error = &error as &dyn std::error::Error, "earlier commands are not remembered");
            Vec::new()
        });
        Self { answered: answered.into() }
    }

    fn find(&self, id: &str) -> Option<&Answer> {
        self.answered.iter().find(|(known, _)| known == id)
    }

    /// A disk that refuses does not keep a command from being answered: then it is remembered as long as the program runs.
    fn keep(&mut self, spool: &Spool, id: &str, code: Option<&str>) {
        if let Err(error) = spool.keep_answer(id, code, REMEMBERED as u64) {
            warn!(code = error.code(), error = &error as &dyn std::error::Error, "command {id} is not remembered on disk");
        }
        self.answered.push_back((id.to_owned(), code.map(str::to_owned)));
        if self.answered.len() > REMEMBERED {
            self.answered.pop_front();
        }
    }
}

/// What to do, or the code of why not.
pub fn judge(command: &Command, now_ms: i64) -> Result<Deed, &'static str> {
    if command.expires.is_some_and(|expires| expires < now_ms) {
        return Err("bridge.command.expired");
    }
    let wrong = "bridge.command.args";
    match command.kind.as_str() {
        "report_now" => Ok(Deed::ReportNow),
        "interval" => {
            let secs = command.args.get("secs").and_then(Value::as_u64).and_then(|secs| u32::try_from(secs).ok());
            secs.filter(|secs| (1..=3600).contains(secs)).map(Deed::Interval).ok_or(wrong)
        }
        "log_level" => {
            let level = command.args.get("level").and_then(Value::as_str);
            let known = level.filter(|level| ["error", "warn", "info", "debug", "trace"].contains(level));
            known.map(|level| Deed::LogFilter(level.to_owned())).ok_or(wrong)
        }
        "restart" => Ok(Deed::Restart),
        "update" => Ok(Deed::Update(command.args.clone())),
        _ => Err("bridge.command.unknown"),
    }
}

/// Obeys and answers; whether the command had been answered before.
pub(super) async fn obey(parts: &Parts, memory: &mut Memory, client: &AsyncClient, payload: &[u8]) -> bool {
    let Ok(command) = serde_json::from_slice::<Command>(payload) else {
        warn!(code = "bridge.command.syntax", "a command that cannot be read was not obeyed");
        return false;
    };
    let known = memory.find(&command.id);
    let is_known = known.is_some();
    let code = if let Some((_, code)) = known {
        code.clone()
    } else {
        let code = match judge(&command, (parts.clock)().timestamp_millis()) {
            Ok(deed) => do_it(parts, deed).await,
            Err(code) => Some(code),
        };
        memory.keep(&parts.spool, &command.id, code);
        parts.log.note("command", &json!({ "id": command.id, "kind": command.kind, "code": code }));
        info!(id = command.id, kind = command.kind, code, "command {} answered", command.kind);
        code.map(str::to_owned)
    };
    let answer = json!({ "id": command.id, "ok": code.is_none(), "code": code, "t": (parts.clock)().timestamp_millis() });
    let topic = format!("v1/d/{}/ack", parts.device.id);
    if let Err(refused) = client.try_publish(topic, answer.to_string(), PublishOptions::new(QoS::AtLeastOnce)) {
        warn!(error = &refused as &dyn std::error::Error, "the answer to a command was not sent");
    }
    is_known
}

async fn do_it(parts: &Parts, deed: Deed) -> Option<&'static str> {
    let asked = match deed {
        Deed::Interval(secs) => parts.asks.send(Ask::MovingSecs(secs)).await.is_ok(),
        Deed::ReportNow => parts.asks.send(Ask::ReportNow).await.is_ok(),
        Deed::LogFilter(filter) => parts.log_filter.send(Some(filter)).is_ok(),
        Deed::Restart => parts.restart.send(true).is_ok(),
        Deed::Update(order) => return parts.updater.order(&order).err().map(|refused| refused.code()),
    };
    (!asked).then_some("bridge.command.unheard")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_list_is_done_and_only_in_time() {
        let judged = |text: &str| judge(&serde_json::from_str(text).unwrap(), 1000);
        assert_eq!(judged(r#"{"id":"1","kind":"report_now","expires":1001}"#), Ok(Deed::ReportNow));
        assert_eq!(judged(r#"{"id":"1","kind":"report_now","expires":999}"#), Err("bridge.command.expired"));
        assert_eq!(judged(r#"{"id":"1","kind":"interval","args":{"secs":30}}"#), Ok(Deed::Interval(30)));
        assert_eq!(judged(r#"{"id":"1","kind":"restart"}"#), Ok(Deed::Restart));
        assert_eq!(judged(r#"{"id":"1","kind":"interval","args":{"secs":0}}"#), Err("bridge.command.args"));
        assert_eq!(judged(r#"{"id":"1","kind":"log_level","args":{"level":"debug"}}"#), Ok(Deed::LogFilter("debug".to_owned())));
        assert_eq!(judged(r#"{"id":"1","kind":"cut_engine"}"#), Err("bridge.command.unknown"));
    }
}
