//! Short messages (短信) through the site's own gateway: JSON to an address, signed, with the same key at each try.

use chrono::{DateTime, Utc};
use dispatch::message::Outward;
use fleet_db::message::outbox::Claimed;
use reqwest::{Client, Url};
use serde::Serialize;

use super::config::{NotifyError, Sms};
use super::sender::SendError;
use super::{http, sign};
use crate::config::Secret;

/// Where short messages are posted.
pub(super) struct Hook {
    client: Client,
    url: Url,
    secret: Option<Secret>,
}

/// What is posted.
#[derive(Serialize)]
struct ShortMessage<'a> {
    id: String,
    phone: &'a str,
    text: &'a str,
    kind: &'static str,
    severity: &'static str,
    language: &'static str,
}

impl Hook {
    /// Makes it ready, if it is configured.
    pub(super) fn open(config: &Sms, client: Client) -> Result<Option<Self>, NotifyError> {
        let Some(url) = &config.url else { return Ok(None) };
        Ok(Some(Self { client, url: http::address(url, "sms.url")?, secret: config.secret.clone() }))
    }

    /// Posts one; any answer of success means that it was taken.
    pub(super) async fn send(&self, claimed: &Claimed, words: &Outward, now: DateTime<Utc>) -> Result<(), SendError> {
        let message = ShortMessage {
            id: claimed.id.to_string(),
            phone: &claimed.address,
            text: &words.text,
            kind: claimed.kind.as_str(),
            severity: claimed.kind.severity().as_str(),
            language: claimed.language.as_str(),
        };
        let body = serde_json::to_string(&message).map_err(|error| SendError::lasting("notify.words", error))?;
        let seconds = now.timestamp();
        let mut request = self.client.post(self.url.clone()).header("idempotency-key", &message.id);
        if let Some(secret) = &self.secret {
            let signature = sign::hook(secret.reveal(), seconds, &body);
            request =
                request.header("x-motorpool-timestamp", seconds).header("x-motorpool-signature", format!("sha256={signature}"));
        }
        http::post(request, body).await.map(|_answer| ())
    }
}
