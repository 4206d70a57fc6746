//! The courier: takes messages to other platforms, each until it is acknowledged, those of one paper one after the other.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use dispatch::audit::By;
use dispatch::exchange::{PeerMessageKind, next_attempt};
use fleet_db::hand_over::outbox::{self, Paper, PeerMessage};
use fleet_db::hand_over::{self, Wanted};
use fleet_db::peer::{self, PeerLink};
use fleet_db::report_way::{self, WantedWays};
use fleet_db::{Clock, DbError, PgPool, audit};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{ExchangeAnswer, OURS, THEIRS, home, reports};
use crate::exchange::PATH;
use crate::exchange::sign::{Envelope, FROM, NONCE, SIGNATURE, TIME, TO};
use crate::outward::{self, OutwardError};
use crate::problem::ApiResult;
use crate::seal::DataKey;
use crate::state::{Untold, commit, commit_untold};

/// How often it is looked for messages that are due.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long another platform may take.
const WITHIN: Duration = Duration::from_secs(20);
/// For how long a message is claimed: longer than it may take.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Messages claimed at once.
const AT_ONCE: i64 = 20;
/// More than this no platform has to say.
const ANSWER_BYTES: usize = 64 * 1024;

/// Why nothing can be taken anywhere (转派发送无法启动).
#[derive(Debug, Error)]
#[error("no connections to other platforms can be made")]
pub struct CourierError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<OutwardError> for CourierError {
    fn from(error: OutwardError) -> Self {
        Self(Box::new(error))
    }
}

/// Takes messages to other platforms (转派发送).
pub struct Courier {
    pool: PgPool,
    clock: Clock,
    key: DataKey,
    plain: Client,
    /// None on a machine that trusts nobody.
    secure: Option<Client>,
}

impl std::fmt::Debug for Courier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Courier").finish_non_exhaustive()
    }
}

/// What became of a message on its way.
enum Outcome {
    /// The other platform has it, under the number that it says.
    Acknowledged(String),
    /// It does not do it, and says so under its signature: the code, and why in words.
    Refused(String),
    /// Nobody knows: it is sent again.
    Unknown(&'static str),
}

impl Courier {
    /// Ready to go; the key is that of the data folder.
    pub fn open(pool: PgPool, clock: Clock, key: DataKey) -> Result<Self, CourierError> {
        Ok(Self { pool, clock, key, plain: outward::client(false, WITHIN)?, secure: outward::client(true, WITHIN).ok() })
    }

    /// Goes until `shutdown`, with a look every so long; any number of services may do so on one store.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
            if let Err(error) = self.send_due().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "messages to other platforms could not be sent, trying again"
                );
            }
        }
    }

    /// Sends what is due, each paper's first message; how many messages other platforms took or refused.
    pub async fn send_due(&self) -> Result<usize, DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        let claimed = outbox::claim(&mut tx, (self.clock)(), LEASE, AT_ONCE).await?;
        commit_untold(tx, Untold::Sending).await?;
        let mut ended = 0;
        for message in &claimed {
            let link = peer::link(&mut *fleet_db::acquire(&self.pool).await?, Some(message.peer), None).await?;
            let outcome = self.take(&link, message).await?;
            let result = match &outcome {
                Outcome::Acknowledged(_) => "sent",
                Outcome::Refused(_) => "refused",
                Outcome::Unknown(_) => "failed",
            };
            let kind = message.kind.as_str();
            metrics::counter!("motorpool_web_exchange_messages_total", "kind" => kind, "result" => result).increment(1);
            ended += usize::from(!matches!(outcome, Outcome::Unknown(_)));
            if let Err(error) = self.settle(&link, message, outcome).await {
                // The message is sent again after its lease: the other platform knows it by its number.
                tracing::error!(code = error.code(), "what became of a message to {} could not be kept", link.code);
            }
        }
        Ok(ended)
    }

    /// Takes one message there.
    async fn take(&self, link: &PeerLink, message: &PeerMessage) -> Result<Outcome, DbError> {
        let now = (self.clock)();
        let keys = link.sealed_theirs.as_ref().and_then(|sealed| self.key.open(THEIRS, sealed));
        let Some((theirs, ours)) = keys.zip(self.key.open(OURS, &link.sealed_ours)) else {
            return Ok(Outcome::Unknown("peer.no_key"));
        };
        let words = peer::dictionary(&mut *fleet_db::acquire(&self.pool).await?, link.id).await?;
        let body = words.to_wire(message.body.clone()).to_string();
        let Ok(url) = Url::parse(&format!("{}{PATH}", link.facts.base_url)) else { return Ok(Outcome::Unknown("peer.base_url")) };
        let client = if url.scheme() == "https" { self.secure.as_ref() } else { Some(&self.plain) };
        let Some(client) = client else { return Ok(Outcome::Unknown("exchange.unreachable")) };
        let envelope = Envelope::new(&link.facts.own_code, &link.code, now);
        let algorithm = link.facts.algorithm;
        let Some(signature) = envelope.sign(algorithm, &ours, body.as_bytes()) else {
            return Ok(Outcome::Unknown("peer.no_key"));
        };
        let asked = client
            .post(url)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header(FROM, &envelope.from)
            .header(TO, &envelope.to)
            .header(TIME, envelope.written_at.timestamp())
            .header(NONCE, &envelope.nonce)
            .header(SIGNATURE, signature)
            .body(body);
        let Ok(answer) = asked.send().await else { return Ok(Outcome::Unknown("exchange.unreachable")) };
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let Ok(Some(body)) = outward::body(answer, ANSWER_BYTES).await else {
            return Ok(Outcome::Unknown("exchange.unreachable"));
        };
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !envelope.answer_holds(algorithm, &theirs, (status, &body), signature) {
            // Whoever answers so is not known to be the other platform, or does not know us.
            return Ok(Outcome::Unknown("exchange.answer"));
        }
        let Ok(answer) = serde_json::from_slice::<ExchangeAnswer>(&body) else { return Ok(Outcome::Unknown("exchange.answer")) };
        Ok(outcome(message.kind, status, answer))
    }

    /// Keeps what became of it, with all that follows.
    async fn settle(&self, link: &PeerLink, message: &PeerMessage, outcome: Outcome) -> ApiResult<()> {
        let now = (self.clock)();
        let mut tx = fleet_db::begin(&self.pool).await?;
        let answer = match &outcome {
            Outcome::Acknowledged(number) => Ok(number.as_str()),
            Outcome::Refused(why) => Err(why.as_str()),
            Outcome::Unknown(code) => {
                let next_at = next_attempt(u32::try_from(message.attempts).unwrap_or(1), now);
                tracing::warn!(
                    platform = link.code,
                    code,
                    attempts = message.attempts,
                    "a message to {} was not taken",
                    link.code
                );
                outbox::postpone(&mut tx, message, code, next_at).await?;
                return Ok(commit_untold(tx, Untold::Sending).await?);
            }
        };
        if !outbox::end(&mut tx, message, answer.err(), now).await? {
            return Ok(commit_untold(tx, Untold::Sending).await?);
        }
        let entry = match message.paper {
            Paper::HandOver(id) => {
                let way = hand_over::select(&mut tx, Wanted::One(id)).await?.into_iter().next().ok_or(DbError::NotFound)?;
                home::answered(&mut tx, way, message.kind, answer.err(), now).await?
            }
            Paper::Report(id) => {
                let ways = report_way::select(&mut tx, WantedWays::One(id)).await?;
                let way = ways.into_iter().next().ok_or(DbError::NotFound)?;
                reports::answered(&mut tx, link, way, message.kind, answer, now).await?
            }
        };
        let told = audit::append(&mut tx, &By::system("跨平台交换"), &entry, now).await?;
        Ok(commit(tx, told).await?)
    }
}

/// What an answer under the other platform's signature means. Only what asks for something can be refused; what tells how it is, is told
/// until it is heard.
fn outcome(kind: PeerMessageKind, status: u16, answer: ExchangeAnswer) -> Outcome {
    if status == 200 && answer.accepted {
        return Outcome::Acknowledged(answer.number.unwrap_or_default());
    }
    let is_repeated = answer.code.as_deref().is_some_and(|code| matches!(code, "exchange.replayed" | "exchange.repeated"));
    if kind.asks() && (400..500).contains(&status) && !is_repeated {
        let title = answer.title.or(answer.code).unwrap_or_default();
        // What exactly is wrong with a report, whoever corrects it has to know.
        let detail = answer.detail.filter(|_| kind == PeerMessageKind::Report);
        return Outcome::Refused(detail.map_or_else(|| title.clone(), |detail| format!("{title}（{detail}）")));
    }
    Outcome::Unknown("exchange.not_taken")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(accepted: bool, code: Option<&str>) -> ExchangeAnswer {
        ExchangeAnswer { accepted, code: code.map(str::to_owned), ..ExchangeAnswer::default() }
    }

    #[test]
    fn what_asks_can_be_refused_and_what_tells_is_told_again() {
        let is_refused = |kind, status, code| matches!(outcome(kind, status, answer(false, Some(code))), Outcome::Refused(_));
        assert!(is_refused(PeerMessageKind::HandOver, 422, "trip.past"));
        assert!(is_refused(PeerMessageKind::Recall, 409, "exchange.departed"));
        assert!(!is_refused(PeerMessageKind::HandOver, 409, "exchange.replayed"), "another try has another number");
        assert!(!is_refused(PeerMessageKind::Settlement, 409, "allowance.exceeded"), "a document may allow it tomorrow");
        assert!(matches!(outcome(PeerMessageKind::Progress, 200, answer(true, None)), Outcome::Acknowledged(_)));
        assert!(is_refused(PeerMessageKind::Report, 422, "exchange.balance"), "it is done again");
        assert!(!is_refused(PeerMessageKind::Verdict, 409, "report.move"));
    }
}
