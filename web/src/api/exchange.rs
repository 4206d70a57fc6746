//! Where other platforms write to us: each message is proved, heard once, carried out, and answered with a signature of ours.

pub(crate) mod courier;
mod guest;
mod home;
mod records;
mod reports;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::exchange::{CLOCK_SKEW, Direction, PeerMessageKind, is_timely};
use fleet_db::hand_over::{self, HandOver, Wanted};
use fleet_db::peer::{self, PeerLink};
use fleet_db::{DbError, PgConnection, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::exchange::code::{
    EXCHANGE_CLOCK, EXCHANGE_DISABLED, EXCHANGE_INTERFACE, EXCHANGE_PAPER, EXCHANGE_PLATFORM, EXCHANGE_REPLAYED,
    EXCHANGE_SIGNATURE, EXCHANGE_UNSIGNED, PEER_UNREADABLE,
};
use crate::exchange::sign::{Envelope, SIGNATURE};
use crate::exchange::wire::{self, Head};
use crate::extract::Now;
use crate::problem::{ApiError, ApiResult, Code, Problem, SERVER_FAILED};
use crate::state::{App, Untold, commit, commit_untold};
use crate::texts::Language;

/// Where a key of a platform is sealed for: what it signs with.
pub(crate) const THEIRS: &str = "peer:theirs";
/// What we sign with.
pub(crate) const OURS: &str = "peer:ours";
/// Longest message: an annual report with those of some thousand units in it.
pub(crate) const MESSAGE_BYTES: usize = 32 << 20;
/// Longest name of somebody unknown that is written down.
const STRANGER: usize = 32;

/// The answer to a message, signed.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExchangeAnswer {
    /// It was carried out, now or before.
    pub(crate) accepted: bool,
    /// Why not, where it was not.
    pub(crate) code: Option<String>,
    /// The same in words.
    pub(crate) title: Option<String>,
    /// Number of the request at the platform that answers, or of the receipt.
    pub(crate) number: Option<String>,
    /// The code of what came of it, by the list of the standard.
    #[serde(default)]
    pub(crate) status: String,
    /// What exactly is wrong.
    #[serde(default)]
    pub(crate) detail: Option<String>,
    /// Of records that were asked for or told: how many there are, on all pages together.
    #[serde(default)]
    pub(crate) total: Option<i64>,
    /// Behind which one the next page begins; null on the last.
    #[serde(default)]
    pub(crate) next: Option<String>,
    /// A page of records, in the words of the dictionary.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub(crate) items: Option<Vec<Value>>,
}

/// A message that is proved.
struct Proved {
    link: PeerLink,
    envelope: Envelope,
    key: Vec<u8>,
}

/// A message that was not taken, and whose it said it was.
struct Refused {
    code: Code,
    from: String,
    link: Option<PeerLink>,
}

/// What came of a message about a paper.
struct Done {
    /// Number of the request here, or of the receipt.
    number: String,
    /// What is told; nothing where the message was heard before.
    told: Option<Entry>,
}

/// Takes a message of another platform. It is signed; so is the answer, once it is clear who asks.
#[utoipa::path(post, path = "/exchange", operation_id = "receive_message", tag = "exchange", security(("signature" = [])),
    request_body(content = String, content_type = "application/json", description = "interface, kind, number, round, sequence, and what belongs to the kind, in the words of the dictionary"),
    params(("x-exchange-from" = String, Header, description = "code of the platform that writes"),
           ("x-exchange-to" = String, Header, description = "code under which it knows us"),
           ("x-exchange-time" = String, Header, description = "seconds since 1970, five minutes off at most"),
           ("x-exchange-nonce" = String, Header, description = "a text that is used once"),
           ("x-exchange-signature" = String, Header, description = "HMAC or SM2 over all of these and the body, hexadecimal")),
    responses((status = 200, body = ExchangeAnswer),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, content((Problem = "application/problem+json"), (ExchangeAnswer = "application/json"))),
              (status = 409, body = ExchangeAnswer),
              (status = 422, body = ExchangeAnswer)))]
pub(crate) async fn receive(
    caller: Caller,
    Now(now): Now,
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<Response> {
    let proved = match prove(&app, &headers, &body, now).await? {
        Ok(proved) => proved,
        Err(refused) => {
            refuse(&app, &caller, &refused, now).await?;
            return Err(refused.code.into());
        }
    };
    match carry_out(&app, &caller, &proved, &body, now).await {
        Ok(answer) => signed(&proved, StatusCode::OK, &answer),
        Err(error) if error.status().is_server_error() => Err(error),
        Err(error) => {
            // An answer of "not there" would be taken for one about the address.
            let status = Some(error.status()).filter(|status| *status != StatusCode::NOT_FOUND);
            let code = Code { name: error.code(), status: status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY) };
            refuse(&app, &caller, &Refused { code, from: proved.link.code.clone(), link: Some(proved.link.clone()) }, now)
                .await?;
            burn(&app, &proved, now).await?;
            let words = peer::dictionary(&mut *app.unbound().await?, proved.link.id).await?;
            let answer = ExchangeAnswer {
                code: Some(code.name.to_owned()),
                title: Some(Language::Chinese.title(code.name).to_owned()),
                status: words.answer(code.name).to_owned(),
                detail: error.detailed().map(str::to_owned),
                ..ExchangeAnswer::default()
            };
            signed(&proved, code.status, &answer)
        }
    }
}

/// Who writes, and that nobody else does. What is wrong with a message is found in this order.
async fn prove(app: &App, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> ApiResult<Result<Proved, Refused>> {
    let refused = |code, from: &str, link| Ok(Err(Refused { code, from: from.to_owned(), link }));
    let Some((envelope, signature)) = Envelope::read(headers) else { return refused(EXCHANGE_UNSIGNED, "", None) };
    let from = envelope.from.clone();
    // Unbound: who writes is no account, and the keys are read by the service alone.
    let link = peer::link(&mut *app.unbound().await?, None, Some(from.as_str())).await;
    let link = match link {
        Ok(link) if link.facts.own_code == envelope.to => link,
        Ok(_) | Err(DbError::NotFound) => return refused(EXCHANGE_PLATFORM, &from, None),
        Err(error) => return Err(error.into()),
    };
    let key = link.sealed_theirs.as_ref().and_then(|sealed| app.key.open(THEIRS, sealed));
    let is_theirs = key.is_some_and(|key| envelope.holds(link.facts.algorithm, &key, body, &signature));
    if !is_theirs {
        return refused(EXCHANGE_SIGNATURE, &from, Some(link));
    }
    if link.is_disabled {
        return refused(EXCHANGE_DISABLED, &from, Some(link));
    }
    if !is_timely(envelope.written_at, now) {
        return refused(EXCHANGE_CLOCK, &from, Some(link));
    }
    let key = app.key.open(OURS, &link.sealed_ours).ok_or(PEER_UNREADABLE)?;
    Ok(Ok(Proved { link, envelope, key }))
}

/// Does what a message says, with its nonce and its entry in one transaction.
async fn carry_out(app: &App, caller: &Caller, proved: &Proved, body: &[u8], now: DateTime<Utc>) -> ApiResult<ExchangeAnswer> {
    let link = &proved.link;
    let mut tx = app.begin_unbound().await?;
    if !peer::remember(&mut tx, link.id, &proved.envelope.nonce, now).await? {
        return Err(EXCHANGE_REPLAYED.into());
    }
    let words = peer::dictionary(&mut tx, link.id).await?;
    let (head, message) = wire::read(&words, body)?;
    let kind = head.kind;
    let mut answer = ExchangeAnswer { accepted: true, status: words.answer("accepted").to_owned(), ..ExchangeAnswer::default() };
    let told = match kind {
        PeerMessageKind::Push | PeerMessageKind::Pull => {
            let (entry, found) = records::carry_out(&mut tx, link, &head, message, now).await?;
            answer.total = Some(found.total);
            answer.next = found.next;
            answer.items = found.items.map(|items| items.into_iter().map(|item| words.to_wire(item)).collect());
            Some(entry)
        }
        PeerMessageKind::Report | PeerMessageKind::Verdict => {
            of(&head, wire::ANNUAL_REPORT)?;
            let done = reports::carry_out(&mut tx, link, &head, message, now).await?;
            answer.number = Some(done.number);
            done.told
        }
        _ => {
            of(&head, wire::DISPATCH)?;
            let done = request(&mut tx, link, &head, message, now).await?;
            answer.number = Some(done.number);
            done.told
        }
    };
    metrics::counter!("motorpool_web_exchange_messages_total", "kind" => kind.as_str(), "result" => "heard").increment(1);
    match told {
        Some(entry) => {
            let told = audit::append(&mut tx, &by(&link.code, caller), &entry, now).await?;
            commit(tx, told).await?;
        }
        None => commit_untold(tx, Untold::HeardBefore).await?,
    }
    Ok(answer)
}

/// A kind of message belongs to its interface alone.
fn of(head: &Head, interface: &str) -> ApiResult<()> {
    if head.interface == interface { Ok(()) } else { Err(EXCHANGE_INTERFACE.into()) }
}

/// A message about a request on its way.
async fn request(conn: &mut PgConnection, link: &PeerLink, head: &Head, message: Value, now: DateTime<Utc>) -> ApiResult<Done> {
    let direction = match head.kind {
        PeerMessageKind::HandOver | PeerMessageKind::Recall => Direction::In,
        _ => Direction::Out,
    };
    let wanted = Wanted::Paper(link.id, direction, &head.number, head.round);
    let known = hand_over::select(conn, wanted).await?.into_iter().next();
    match (head.kind, known) {
        (PeerMessageKind::HandOver, None) => guest::take(conn, link, head, wire::content(message)?, now).await,
        (_, Some(way)) if head.sequence <= way.heard => Ok(Done { number: number(conn, &way).await?, told: None }),
        (PeerMessageKind::Recall, Some(way)) => guest::call_off(conn, link, way, head, &wire::content(message)?, now).await,
        (PeerMessageKind::Progress, Some(way)) => home::go_on(conn, way, head, wire::content(message)?, now).await,
        (PeerMessageKind::Refusal, Some(way)) => home::take_back(conn, way, head, &wire::content(message)?, now).await,
        (PeerMessageKind::Settlement, Some(way)) => home::settle(conn, way, head, wire::content(message)?, now).await,
        _ => Err(EXCHANGE_PAPER.into()),
    }
}

/// Number of a way's request here.
async fn number(conn: &mut PgConnection, way: &HandOver) -> ApiResult<String> {
    Ok(fleet_db::trip_request::load(conn, way.request).await?.number)
}

/// Another platform, as the one that does something.
fn by(code: &str, caller: &Caller) -> By {
    By { account: None, login: code.to_owned(), role: None, peer: caller.peer(), reason: String::new() }
}

/// Counts and tells that a message was not taken. An address that is refused too often is counted and not told any more.
async fn refuse(app: &App, caller: &Caller, refused: &Refused, now: DateTime<Utc>) -> ApiResult<()> {
    let code = refused.code.name;
    metrics::counter!("motorpool_web_exchange_refused_total", "code" => code).increment(1);
    let from: String = refused.from.chars().take(STRANGER).collect();
    tracing::warn!(platform = from, code, peer = caller.peer(), "a message of {from:?} was refused: {code}");
    if refused.link.is_none() && caller.admit(app, now).is_err() {
        return Ok(());
    }
    let mut tx = app.begin_unbound().await?;
    let entry = match &refused.link {
        Some(link) => {
            peer::count_refused(&mut tx, link.id, code, now).await?;
            peer::entry(Action::MessageRefused, link.id, &link.code, link.unit)
        }
        None => Entry::new(Action::MessageRefused, Subject::named(SubjectKind::Platform, from.as_str())),
    };
    let told = audit::append(&mut tx, &by(&from, caller), &entry.after(json!({ "code": code })), now).await?;
    Ok(commit(tx, told).await?)
}

/// What was refused is not heard a second time either; what was heard too long ago to be good is forgotten.
async fn burn(app: &App, proved: &Proved, now: DateTime<Utc>) -> ApiResult<()> {
    let mut conn = app.unbound().await?;
    peer::remember(&mut conn, proved.link.id, &proved.envelope.nonce, now).await?;
    peer::forget(&mut conn, now - CLOCK_SKEW * 3).await?;
    Ok(())
}

/// An answer that the other platform can prove.
fn signed(proved: &Proved, status: StatusCode, answer: &ExchangeAnswer) -> ApiResult<Response> {
    let body = serde_json::to_vec(answer).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let algorithm = proved.link.facts.algorithm;
    let signature = proved.envelope.sign_answer(algorithm, &proved.key, status.as_u16(), &body).ok_or(PEER_UNREADABLE)?;
    let signature = HeaderValue::from_str(&signature).map_err(|error| ApiError::from(SERVER_FAILED).caused_by(error))?;
    let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let headers: [(HeaderName, HeaderValue); 2] = [json, (SIGNATURE, signature)];
    Ok((status, headers, body).into_response())
}
