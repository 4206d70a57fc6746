//! Robots in groups: WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), each with its own body, signature and word for success.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use dispatch::message::{Channel, Outward};
use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::config::{NotifyError, Robot};
use super::sender::SendError;
use super::{http, sign};
use crate::config::Secret;

/// A group with a robot in it.
pub(super) struct Group {
    client: Client,
    kind: Channel,
    url: Url,
    secret: Option<Secret>,
}

impl Group {
    /// Makes it ready.
    pub(super) fn open(robot: &Robot, client: Client) -> Result<Self, NotifyError> {
        if robot.kind.is_personal() {
            return Err(NotifyError::RobotKind(robot.name.clone()));
        }
        let url = http::address(&robot.url, &robot.name)?;
        Ok(Self { client, kind: robot.kind, url, secret: robot.secret.clone() })
    }

    /// Says something in the group. None of the three knows a repetition; one after a crash is said twice.
    pub(super) async fn say(&self, words: &Outward, now: DateTime<Utc>) -> Result<(), SendError> {
        let (url, body) = self.request(words, now);
        let answer = http::post(self.client.post(url), body.to_string()).await?;
        judge(self.kind, &answer)
    }

    fn request(&self, words: &Outward, now: DateTime<Utc>) -> (Url, Value) {
        let mut url = self.url.clone();
        let secret = self.secret.as_ref().map(Secret::reveal);
        let body = if self.kind == Channel::Feishu {
            let mut body = json!({ "msg_type": "text", "content": { "text": words.text } });
            if let (Some(secret), Some(fields)) = (secret, body.as_object_mut()) {
                let (timestamp, signature) = sign::feishu(secret, now);
                fields.insert("timestamp".to_owned(), timestamp.into());
                fields.insert("sign".to_owned(), signature.into());
            }
            body
        } else {
            if let (Some(secret), Channel::Dingtalk) = (secret, self.kind) {
                let (timestamp, signature) = sign::dingtalk(secret, now);
                url.query_pairs_mut().append_pair("timestamp", &timestamp).append_pair("sign", &signature);
            }
            json!({ "msgtype": "text", "text": { "content": words.text } })
        };
        (url, body)
    }
}

/// All three answer 200 to what they do not take; what they think of it stands in a field of their own.
fn judge(kind: Channel, answer: &Bytes) -> Result<(), SendError> {
    let field = if kind == Channel::Feishu { "code" } else { "errcode" };
    let said: Value = serde_json::from_slice(answer).unwrap_or_default();
    match said.get(field).and_then(Value::as_i64) {
        Some(0) => Ok(()),
        Some(code) => Err(SendError::passing("notify.answer", format!("{field} {code}"))),
        None => Err(SendError::passing("notify.answer", format!("no {field} in the answer"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_is_judged_by_its_own_field() {
        let cases = [
            (Channel::Wecom, r#"{"errcode":0,"errmsg":"ok"}"#, true),
            (Channel::Wecom, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, false),
            (Channel::Dingtalk, r#"{"errcode":0,"errmsg":"ok"}"#, true),
            (Channel::Dingtalk, r#"{"errcode":310000,"errmsg":"sign not match"}"#, false),
            (Channel::Feishu, r#"{"code":0,"msg":"success","data":{}}"#, true),
            (Channel::Feishu, r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#, false),
            (Channel::Feishu, r#"{"errcode":0}"#, false),
            (Channel::Wecom, "<html>", false),
            (Channel::Dingtalk, "", false),
        ];
        for (kind, answer, is_taken) in cases {
            let judged = judge(kind, &Bytes::from_static(answer.as_bytes()));
            assert_eq!(judged.is_ok(), is_taken, "{kind}: {answer}");
            assert!(judged.err().is_none_or(|error| !error.is_final), "{kind}: {answer}");
        }
    }
}
