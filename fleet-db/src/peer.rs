//! The register of other platforms (对接平台): entered by hand, their keys sealed, what they say remembered for as long as it is good.

pub mod reach;

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::exchange::{Dictionary, PeerId, SignatureAlgorithm, Word};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::error::{DbError, unreadable};

/// Another platform as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Key.
    pub id: PeerId,
    /// What it calls itself when it writes to us.
    pub code: String,
    /// What it is.
    pub facts: PeerFacts,
    /// The fleet that its requests ask for cars.
    pub unit: (UnitId, String),
    /// Since when it is in the register.
    pub created_at: DateTime<Utc>,
    /// Since when nothing goes there or comes from there.
    pub disabled_at: Option<DateTime<Utc>>,
    /// It has told us what it signs with.
    pub has_their_key: bool,
    /// When it was last heard.
    pub heard_at: Option<DateTime<Utc>>,
    /// Messages of it that were refused.
    pub refused: i64,
    /// The last of them: when, and why.
    pub last_refused: Option<(DateTime<Utc>, String)>,
    /// Messages that wait to be taken by it.
    pub waiting: i64,
}

/// What is written in the register of another platform, and may be written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerFacts {
    /// Whose it is.
    pub name: String,
    /// What we call ourselves when we write to it.
    pub own_code: String,
    /// Level of administration, 1 to 4.
    pub level: i16,
    /// Administrative division.
    pub region_code: String,
    /// Where its API begins.
    pub base_url: String,
    /// How messages are signed.
    pub algorithm: SignatureAlgorithm,
}

/// Another platform to be entered.
#[derive(Clone, Debug)]
pub struct NewPeer {
    /// Key.
    pub id: PeerId,
    /// What it calls itself.
    pub code: String,
    /// What it is.
    pub facts: PeerFacts,
    /// With what it signs, sealed.
    pub sealed_theirs: Option<Vec<u8>>,
    /// With what we sign, sealed.
    pub sealed_ours: Vec<u8>,
    /// The fleet that its requests ask for cars.
    pub unit: UnitId,
    /// In whose name its people travel here.
    pub guest_unit: UnitId,
    /// The account that stands for whoever asked there.
    pub guest_account: AccountId,
}

/// What is needed to speak with another platform; for the service itself, on a connection that row-level security does not bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerLink {
    /// Key.
    pub id: PeerId,
    /// What it calls itself.
    pub code: String,
    /// What it is.
    pub facts: PeerFacts,
    /// With what it signs, sealed.
    pub sealed_theirs: Option<Vec<u8>>,
    /// With what we sign, sealed.
    pub sealed_ours: Vec<u8>,
    /// The fleet that its requests ask for cars.
    pub unit: UnitId,
    /// In whose name its people travel here.
    pub guest_unit: UnitId,
    /// The account that stands for whoever asked there.
    pub guest_account: AccountId,
    /// Nothing goes there or comes from there.
    pub is_disabled: bool,
}

/// The platforms of the scope, and those of units above it, by name.
pub async fn list(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Peer>, DbError> {
    let rows = sqlx::query!(
        r#"select p.id, p.code, p.name, p.own_code, p.level, p.region_code, p.base_url, p.algorithm, p.unit_id,
                  unit_label(p.unit_id) as "unit_name!", p.created_at, p.disabled_at, p.heard_at, p.refused, p.refused_at, p.refused_code,
                  peer_has_key(p.id) as "has_their_key!",
                  (select count(*) from peer_message m
                   left join hand_over h on h.id = m.hand_over_id
                   left join report_way w on w.id = m.report_way_id
                   where coalesce(h.platform_id, w.platform_id) = p.id and m.state = 'due') as "waiting!"
           from peer_platform p
           where exists (select from unit_closure c
                         where (c.unit_id = p.unit_id and c.ancestor_id = any ($1)) or (c.ancestor_id = p.unit_id and c.unit_id = any ($1)))
           order by p.name, p.id"#,
        scope.units(),
    )
    .fetch_all(conn)
    .await?;
    let peers = rows.into_iter().map(|row| {
        let facts = PeerFacts {
            name: row.name,
            own_code: row.own_code,
            level: row.level,
            region_code: row.region_code,
            base_url: row.base_url,
            algorithm: row.algorithm.parse().map_err(unreadable)?,
        };
        Ok(Peer {
            id: PeerId(row.id),
            code: row.code,
            facts,
            unit: (UnitId(row.unit_id), row.unit_name),
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            has_their_key: row.has_their_key,
            heard_at: row.heard_at,
            refused: row.refused,
            last_refused: row.refused_at.zip(row.refused_code),
            waiting: row.waiting,
        })
    });
    peers.collect()
}

/// Enters a platform, and gives the entry for the audit log. No key is in it.
pub async fn insert(conn: &mut PgConnection, new: &NewPeer, now: DateTime<Utc>) -> Result<Entry, DbError> {
    sqlx::query!(
        "insert into peer_platform (id, code, own_code, name, level, region_code, base_url, algorithm, sealed_theirs, sealed_ours, unit_id,
             guest_unit_id, guest_account_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        new.id.0,
        new.code,
        new.facts.own_code,
        new.facts.name,
        new.facts.level,
        new.facts.region_code,
        new.facts.base_url,
        new.facts.algorithm.as_str(),
        new.sealed_theirs,
        new.sealed_ours,
        new.unit.0,
        new.guest_unit.0,
        new.guest_account.0,
        now,
    )
    .execute(conn)
    .await?;
    let mut facts = told(&new.facts);
    if let Some(members) = facts.as_object_mut() {
        members.insert("guest_unit_id".to_owned(), json!(new.guest_unit));
    }
    Ok(entry(Action::Created, new.id, &new.code, new.unit).after(facts))
}

/// Writes anew what a platform of the scope is, with the entry for the audit log.
pub async fn change(conn: &mut PgConnection, scope: &Scope, id: PeerId, facts: &PeerFacts) -> Result<Entry, DbError> {
    let changed = sqlx::query!(
        r#"with before as (select id, own_code, name, level, region_code, base_url, algorithm from peer_platform where id = $1)
           update peer_platform p
           set own_code = $2, name = $3, level = $4, region_code = $5, base_url = $6, algorithm = $7
           from before
           where p.id = before.id and p.unit_id in (select unit_id from unit_within($8))
           returning p.code, p.unit_id, before.own_code, before.name, before.level, before.region_code, before.base_url, before.algorithm"#,
        id.0,
        facts.own_code,
        facts.name,
        facts.level,
        facts.region_code,
        facts.base_url,
        facts.algorithm.as_str(),
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    let before = PeerFacts {
        name: changed.name,
        own_code: changed.own_code,
        level: changed.level,
        region_code: changed.region_code,
        base_url: changed.base_url,
        algorithm: changed.algorithm.parse().map_err(unreadable)?,
    };
    Ok(entry(Action::Changed, id, &changed.code, UnitId(changed.unit_id)).before(told(&before)).after(told(facts)))
}

/// Which of the two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKey {
    /// With what it signs.
    Theirs,
    /// With what we sign.
    Ours,
}

/// Puts another key, sealed, in the place of the one there was. Its code, and the entry for the audit log.
pub async fn set_key(
    conn: &mut PgConnection,
    scope: &Scope,
    id: PeerId,
    which: PeerKey,
    sealed: &[u8],
) -> Result<(String, Entry), DbError> {
    // Each by itself: whoever writes a key may not read the other.
    let (code, unit) = match which {
        PeerKey::Theirs => {
            let row = sqlx::query!(
                "update peer_platform set sealed_theirs = $2 where id = $1 and unit_id in (select unit_id from unit_within($3))
                 returning code, unit_id",
                id.0,
                sealed,
                scope.units(),
            )
            .fetch_one(conn)
            .await?;
            (row.code, row.unit_id)
        }
        PeerKey::Ours => {
            let row = sqlx::query!(
                "update peer_platform set sealed_ours = $2 where id = $1 and unit_id in (select unit_id from unit_within($3))
                 returning code, unit_id",
                id.0,
                sealed,
                scope.units(),
            )
            .fetch_one(conn)
            .await?;
            (row.code, row.unit_id)
        }
    };
    let whose = if which == PeerKey::Theirs { "theirs" } else { "ours" };
    let entry = entry(Action::SecretRenewed, id, &code, UnitId(unit)).after(json!({ "key": whose }));
    Ok((code, entry))
}

/// Lets nothing go there and come from there, or lets it again. With the entry for the audit log.
pub async fn set_disabled(
    conn: &mut PgConnection,
    scope: &Scope,
    id: PeerId,
    disabled_at: Option<DateTime<Utc>>,
) -> Result<Entry, DbError> {
    let row = sqlx::query!(
        "update peer_platform set disabled_at = $2 where id = $1 and unit_id in (select unit_id from unit_within($3)) returning code, unit_id",
        id.0,
        disabled_at,
        scope.units(),
    )
    .fetch_one(conn)
    .await?;
    let action = if disabled_at.is_some() { Action::Disabled } else { Action::Enabled };
    Ok(entry(action, id, &row.code, UnitId(row.unit_id)).after(json!({ "disabled_at": disabled_at })))
}

/// The platform of that key, or that calls itself so.
pub async fn link(conn: &mut PgConnection, id: Option<PeerId>, code: Option<&str>) -> Result<PeerLink, DbError> {
    let row = sqlx::query!(
        r#"select id, code, name, own_code, level, region_code, base_url, algorithm, sealed_theirs, sealed_ours, unit_id, guest_unit_id,
                  guest_account_id, disabled_at is not null as "is_disabled!"
           from peer_platform
           where id = $1 or code = $2"#,
        id.map(|id| id.0),
        code,
    )
    .fetch_one(conn)
    .await?;
    let facts = PeerFacts {
        name: row.name,
        own_code: row.own_code,
        level: row.level,
        region_code: row.region_code,
        base_url: row.base_url,
        algorithm: row.algorithm.parse().map_err(unreadable)?,
    };
    Ok(PeerLink {
        id: PeerId(row.id),
        code: row.code,
        facts,
        sealed_theirs: row.sealed_theirs,
        sealed_ours: row.sealed_ours,
        unit: UnitId(row.unit_id),
        guest_unit: UnitId(row.guest_unit_id),
        guest_account: AccountId(row.guest_account_id),
        is_disabled: row.is_disabled,
    })
}

/// How a platform of the scope signs.
pub async fn algorithm(conn: &mut PgConnection, scope: &Scope, id: PeerId) -> Result<SignatureAlgorithm, DbError> {
    let found = sqlx::query_scalar!(
        "select algorithm from peer_platform where id = $1 and unit_id in (select unit_id from unit_within($2))",
        id.0,
        scope.units(),
    );
    found.fetch_one(conn).await?.parse().map_err(unreadable)
}

/// Its name; whoever asks.
pub async fn label(conn: &mut PgConnection, id: PeerId) -> Result<String, DbError> {
    Ok(sqlx::query_scalar!(r#"select coalesce(peer_label($1), '') as "name!""#, id.0).fetch_one(conn).await?)
}

/// The words that are spoken with a platform.
pub async fn dictionary(conn: &mut PgConnection, id: PeerId) -> Result<Dictionary, DbError> {
    let rows = sqlx::query!(
        r#"select kind, ours, theirs, platform_id is not null as "is_own!"
           from exchange_word
           where platform_id is null or platform_id = $1
           order by kind, ours"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let (mut general, mut own) = (Vec::new(), Vec::new());
    for row in rows {
        let word = Word { kind: row.kind.parse().map_err(unreadable)?, ours: row.ours, theirs: row.theirs };
        if row.is_own { own.push(word) } else { general.push(word) }
    }
    Ok(Dictionary::new(general, own))
}

/// Remembers a message by its nonce; `false` when it was heard before.
pub async fn remember(conn: &mut PgConnection, id: PeerId, nonce: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let fresh = sqlx::query!(
        "insert into peer_nonce (platform_id, nonce, heard_at) values ($1, $2, $3) on conflict do nothing",
        id.0,
        nonce,
        now,
    )
    .execute(&mut *conn)
    .await?;
    if fresh.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("update peer_platform set heard_at = $2 where id = $1", id.0, now).execute(conn).await?;
    Ok(true)
}

/// Counts a message that was refused.
pub async fn count_refused(conn: &mut PgConnection, id: PeerId, code: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query!(
        "update peer_platform set refused = refused + 1, refused_at = $2, refused_code = $3 where id = $1",
        id.0,
        now,
        code,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets messages that are too old to be good; how many there were.
pub async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, DbError> {
    Ok(sqlx::query!("delete from peer_nonce where heard_at < $1", before).execute(conn).await?.rows_affected())
}

/// What the audit log is told of a platform.
fn told(facts: &PeerFacts) -> Value {
    json!({
        "name": facts.name, "own_code": facts.own_code, "level": facts.level, "region_code": facts.region_code,
        "base_url": facts.base_url, "algorithm": facts.algorithm.as_str(),
    })
}

/// An entry about a platform.
pub fn entry(action: Action, id: PeerId, code: &str, unit: UnitId) -> Entry {
    Entry::new(action, Subject::of(SubjectKind::Platform, id.0, code)).in_unit(unit)
}
