//! The register of other platforms: entered by the system administrator, with a key of theirs and one of ours, neither shown again.

pub(crate) mod reach;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, LoginError, Permission, Role};
use dispatch::exchange::{PeerId, SignatureAlgorithm, SignatureAlgorithmError};
use dispatch::scope::Scope;
use dispatch::unit::{Level, RegionCode, Unit, UnitError, UnitId, UnitKind};
use fleet_db::account::{self, NewAccount, roll};
use fleet_db::peer::{self, NewPeer, Peer, PeerFacts, PeerKey};
use fleet_db::{PgConnection, audit, exchange, unit};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use self::reach::{ExchangeInterfaceView, PeerReachView, PeerTrafficView};
use super::exchange::{OURS, THEIRS};
use super::session::new_id;
use crate::auth::Actor;
use crate::exchange::sign::{is_key, new_keys};
use crate::extract::{Json, Now, Path};
use crate::once::{Begun, Once};
use crate::problem::{ApiError, ApiResult, Problem, SERVER_FAILED, Wrong};
use crate::state::{App, commit};

/// Longest name of a platform, longest address, in characters.
const NAME: usize = 40;
const ADDRESS: usize = 200;
/// Longest code.
const CODE: usize = 32;
/// Shortest and longest key of theirs, in bytes: 256 bits, and what fits on a line.
const KEY: std::ops::RangeInclusive<usize> = 32..=256;

/// What a platform is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct PeerToChange {
    /// Whose it is.
    name: String,
    /// What we call ourselves when we write to it: the code under which its register has us.
    own_code: String,
    /// 1 the nation, 2 a province, 3 a city, 4 a county.
    level: i16,
    /// Six digits.
    region_code: String,
    /// Where its API begins, such as `https://gwyc.example.gov.cn`; without encryption on this machine alone.
    base_url: String,
    /// `hmac_sha256`, `hmac_sm3` or `sm2`.
    algorithm: String,
}

/// A platform to be entered.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PeerToEnter {
    #[serde(flatten)]
    facts: PeerToChange,
    /// What it calls itself when it writes to us.
    code: String,
    /// The fleet that its requests ask for cars; the actor's own unit when absent.
    unit_id: Option<Uuid>,
    /// With what it signs, if it has told already.
    their_key: Option<String>,
}

/// With what a platform signs.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct TheirKey {
    /// 32 to 256 characters, as the other platform showed it.
    key: String,
}

/// Whether anything goes there and comes from there.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PeerUse {
    disabled: bool,
}

/// A platform as the register shows it; its keys are shown nowhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerView {
    id: Uuid,
    code: String,
    own_code: String,
    name: String,
    level: i16,
    region_code: String,
    base_url: String,
    algorithm: &'static str,
    unit_id: Uuid,
    unit_name: String,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    /// It has told with what it signs.
    has_their_key: bool,
    heard_at: Option<DateTime<Utc>>,
    /// Messages of it that were refused, and the last of them.
    refused: i64,
    refused_at: Option<DateTime<Utc>>,
    refused_code: Option<String>,
    /// Messages that wait to be taken by it.
    waiting: i64,
    /// What it is told, may read and may tell.
    reach: PeerReachView,
    /// What went over the interfaces.
    traffic: Vec<PeerTrafficView>,
}

/// Other platforms.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeerList {
    /// By name.
    items: Vec<PeerView>,
    /// The ways in which messages can be signed.
    algorithms: Vec<&'static str>,
    /// The interfaces by which records go, in the order of the standard.
    interfaces: Vec<ExchangeInterfaceView>,
}

/// A platform with the key that we sign with from now on, which is told this once, for the other platform's register.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PeerMade {
    id: Uuid,
    code: String,
    /// Of SM2 the public key of ours. Null when the answer is given again, because nobody keeps it.
    our_key: Option<String>,
}

impl From<Peer> for PeerView {
    fn from(peer: Peer) -> Self {
        let (refused_at, refused_code) = peer.last_refused.unzip();
        Self {
            id: peer.id.0,
            code: peer.code,
            own_code: peer.facts.own_code,
            name: peer.facts.name,
            level: peer.facts.level,
            region_code: peer.facts.region_code,
            base_url: peer.facts.base_url,
            algorithm: peer.facts.algorithm.as_str(),
            unit_id: peer.unit.0.0,
            unit_name: peer.unit.1,
            created_at: peer.created_at,
            disabled_at: peer.disabled_at,
            has_their_key: peer.has_their_key,
            heard_at: peer.heard_at,
            refused: peer.refused,
            refused_at,
            refused_code,
            waiting: peer.waiting,
            reach: PeerReachView::default(),
            traffic: Vec::new(),
        }
    }
}

impl PeerToChange {
    /// What it is, or everything that is wrong with it.
    fn read(&self, mut wrong: Wrong) -> ApiResult<PeerFacts> {
        let name = self.name.trim().to_owned();
        if !(1..=NAME).contains(&name.chars().count()) || name.contains(['/', '／']) {
            wrong.note("name", "peer.name");
        }
        if !is_code(&self.own_code) {
            wrong.note("own_code", "peer.code");
        }
        wrong.take("level", Level::try_from(self.level), UnitError::code);
        wrong.take("region_code", self.region_code.trim().parse::<RegionCode>(), UnitError::code);
        let base_url = base_url(&self.base_url);
        if base_url.is_none() {
            wrong.note("base_url", "peer.base_url");
        }
        let algorithm = wrong.take("algorithm", self.algorithm.parse::<SignatureAlgorithm>(), SignatureAlgorithmError::code);
        match (base_url, algorithm) {
            (Some(base_url), Some(algorithm)) if wrong.is_empty() => Ok(PeerFacts {
                name,
                own_code: self.own_code.trim().to_owned(),
                level: self.level,
                region_code: self.region_code.trim().to_owned(),
                base_url,
                algorithm,
            }),
            _ => Err(wrong.into_error()),
        }
    }
}

fn is_code(text: &str) -> bool {
    let text = text.trim();
    (1..=CODE).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The address without a slash at its end: encrypted, or on this machine; without a name, a key or a question in it.
fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(|_| text.chars().count() <= ADDRESS)?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    (is_plain && is_safe).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// The other platforms of one's units.
#[utoipa::path(get, path = "/peers", operation_id = "list_peers", tag = "exchange",
    responses((status = 200, body = PeerList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<PeerList>> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let mut conn = app.conn(&scope).await?;
    let mut items: Vec<PeerView> = peer::list(&mut conn, &scope).await?.into_iter().map(PeerView::from).collect();
    reach::fill(&mut conn, &mut items).await?;
    let algorithms = SignatureAlgorithm::ALL.map(SignatureAlgorithm::as_str).to_vec();
    let interfaces = exchange::numbers(&mut conn).await?.into_iter().map(ExchangeInterfaceView::from).collect();
    Ok(axum::Json(PeerList { items, algorithms, interfaces }))
}

/// Enters a platform, and the unit in whose name its people travel here.
#[utoipa::path(post, path = "/peers", operation_id = "enter_peer", tag = "exchange", request_body = PeerToEnter,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, it is entered once")),
    responses((status = 201, body = PeerMade),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter(actor: Actor, Now(now): Now, State(app): State<App>, once: Once<PeerToEnter>) -> ApiResult<Response> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let mut wrong = Wrong::default();
    let (code, their_key) = (once.body.code.trim().to_owned(), once.body.their_key.as_deref().map(str::trim));
    if !is_code(&code) {
        wrong.note("code", "peer.code");
    }
    let is_other = |key| once.body.facts.algorithm.parse().is_ok_and(|algorithm| !is_key(algorithm, key));
    if their_key.is_some_and(|key| !KEY.contains(&key.len())) {
        wrong.note("their_key", "peer.key");
    } else if their_key.is_some_and(is_other) {
        wrong.note("their_key", "peer.sm2_key");
    }
    let facts = once.body.facts.read(wrong)?;
    let mut change = match once.begin(&app, &actor, &scope, now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let beside = once.body.unit_id.map_or(actor.account.unit, UnitId);
    let (guest_unit, guest_account) = guest(change.conn(), &scope, beside, &facts, now).await?;
    let (our_key, shown) = new_keys(facts.algorithm).ok_or(SERVER_FAILED)?;
    let new = NewPeer {
        id: PeerId(new_id(now)),
        code,
        facts,
        sealed_theirs: their_key.map(|key| seal(&app, THEIRS, key)).transpose()?,
        sealed_ours: seal(&app, OURS, &our_key)?,
        unit: beside,
        guest_unit,
        guest_account,
    };
    let entry = peer::insert(change.conn(), &new, now).await?;
    let told = audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    let made = PeerMade { id: new.id.0, code: new.code, our_key: Some(shown) };
    change.finish_keeping(told, StatusCode::CREATED, &made, &PeerMade { our_key: None, ..made.clone() }).await
}

/// The unit in whose name people of another platform travel here, below the fleet that is asked; and the account that stands for them.
///
/// Nobody signs in with it: it has no password, and it is shut from the beginning.
async fn guest(
    conn: &mut PgConnection,
    scope: &Scope,
    beside: UnitId,
    facts: &PeerFacts,
    now: DateTime<Utc>,
) -> ApiResult<(UnitId, AccountId)> {
    let above = unit::load(conn, scope, beside).await?;
    let name = format!("由{}转来", facts.name);
    let id = UnitId(new_id(now));
    let mut guest = Unit::new(id, Some(beside), &name, above.level, above.region);
    guest.kind = UnitKind::Platform;
    unit::insert(conn, &guest, now).await?;
    let login = format!("peer.{}", id.0.simple());
    let new = NewAccount {
        id: AccountId(new_id(now)),
        login: login.parse().map_err(|error: LoginError| ApiError::from(SERVER_FAILED).caused_by(error))?,
        display_name: facts.name.clone(),
        password_hash: String::new(),
        role: Role::Applicant,
        unit: id,
    };
    account::insert(conn, &new, now).await?;
    roll::set_disabled(conn, scope, new.id, Some(now)).await?;
    Ok((id, new.id))
}

/// Writes anew what a platform is.
#[utoipa::path(put, path = "/peers/{id}", operation_id = "change_peer", tag = "exchange", request_body = PeerToChange,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<PeerToChange>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let facts = wanted.read(Wrong::default())?;
    let mut tx = app.begin(&scope).await?;
    let entry = peer::change(&mut tx, &scope, PeerId(id), &facts).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes another key to sign with; the old one ends at once, and what is on its way with it is refused there until the new one is entered.
#[utoipa::path(post, path = "/peers/{id}/key", operation_id = "renew_peer_key", tag = "exchange", params(("id" = Uuid, Path)),
    responses((status = 201, body = PeerMade),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn renew_key(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, axum::Json<PeerMade>)> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let mut tx = app.begin(&scope).await?;
    let (our_key, shown) = new_keys(peer::algorithm(&mut tx, &scope, PeerId(id)).await?).ok_or(SERVER_FAILED)?;
    let sealed = seal(&app, OURS, &our_key)?;
    let (code, entry) = peer::set_key(&mut tx, &scope, PeerId(id), PeerKey::Ours, &sealed).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok((StatusCode::CREATED, axum::Json(PeerMade { id, code, our_key: Some(shown) })))
}

/// Enters the key with which the other platform signs.
#[utoipa::path(put, path = "/peers/{id}/their-key", operation_id = "enter_peer_key", tag = "exchange", request_body = TheirKey,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn enter_key(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(given): Json<TheirKey>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let key = given.key.trim();
    if !KEY.contains(&key.len()) {
        let mut wrong = Wrong::default();
        wrong.note("key", "peer.key");
        return Err(wrong.into_error());
    }
    let mut tx = app.begin(&scope).await?;
    if !is_key(peer::algorithm(&mut tx, &scope, PeerId(id)).await?, key) {
        let mut wrong = Wrong::default();
        wrong.note("key", "peer.sm2_key");
        return Err(wrong.into_error());
    }
    let sealed = seal(&app, THEIRS, key)?;
    let (_, entry) = peer::set_key(&mut tx, &scope, PeerId(id), PeerKey::Theirs, &sealed).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets nothing go there and come from there, or lets it again.
#[utoipa::path(post, path = "/peers/{id}/use", operation_id = "set_peer_use", tag = "exchange", request_body = PeerUse,
    params(("id" = Uuid, Path)),
    responses((status = 204),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_use(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Json(wanted): Json<PeerUse>,
) -> ApiResult<StatusCode> {
    let scope = actor.scope(Permission::ManagePeers)?;
    let mut tx = app.begin(&scope).await?;
    let entry = peer::set_disabled(&mut tx, &scope, PeerId(id), wanted.disabled.then_some(now)).await?;
    let told = audit::append(&mut tx, &actor.by(""), &entry, now).await?;
    commit(tx, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn seal(app: &App, place: &str, key: &str) -> ApiResult<Vec<u8>> {
    app.key.seal(place, key.as_bytes()).ok_or_else(|| SERVER_FAILED.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_on_this_machine_and_holds_no_secret() {
        let cases = [
            ("https://gwyc.example.gov.cn/", Some("https://gwyc.example.gov.cn")),
            (" https://gwyc.example.gov.cn/a/ ", Some("https://gwyc.example.gov.cn/a")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://gwyc.example.gov.cn", None),
            ("https://a:b@gwyc.example.gov.cn", None),
            ("https://gwyc.example.gov.cn/?key=1", None),
            ("ftp://127.0.0.1", None),
            ("gwyc", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(base_url(text).as_deref(), wanted, "{text}");
        }
    }
}
