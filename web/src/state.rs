//! What every handler has at hand: store, clock, settings, live board.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use dispatch::account::SessionId;
use dispatch::audit::seal::SealKey;
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::grant::Grant;
use dispatch::scope::Scope;
use dispatch::sign_in::{Pending, Rules, Standing};
use fleet_db::audit::Logged;
use fleet_db::{Access, Clock, Connection, DbError, LiveFeed, PgPool, Transaction};
use serde_json::json;
use thiserror::Error;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::api::session::new_id;
use crate::auth::{Actor, Arrivals, Strangers};
use crate::config::{Config, MapError};
use crate::live::{Live, MessageNotes, follow_messages};
use crate::oidc::{OidcError, Provider};
use crate::roads::{Roads, RoadsError};
use crate::seal::DataKey;
use crate::tiles::Tiles;
use crate::trees::Trees;

/// The state of this floor, shared by all handlers.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// What is behind an [`App`].
pub struct Shared {
    pub(crate) pool: PgPool,
    clock: Clock,
    pub(crate) config: Config,
    pub(crate) live: Live,
    pub(crate) tiles: Tiles,
    /// Who works out the ways of plans.
    pub(crate) roads: Roads,
    /// How many passwords are being checked.
    pub(crate) password_checks: Arc<Semaphore>,
    /// Wrong passwords of logins that do not exist.
    pub(crate) strangers: Strangers,
    /// How often addresses try to sign in.
    pub(crate) arrivals: Arrivals,
    /// The identity provider, if one is configured.
    pub(crate) provider: Option<Provider>,
    /// What secrets in the store are sealed with.
    pub(crate) key: DataKey,
    /// What evidence packs are signed with.
    pub(crate) signing: SealKey,
    /// Sessions that were ended, for sockets that belong to them.
    pub(crate) ended: broadcast::Sender<SessionId>,
    /// Whose messages have changed, for their sockets.
    pub(crate) messages: MessageNotes,
    /// The trees of units that were asked for last.
    pub(crate) trees: Trees,
    /// How many files may still be looked through at the same time.
    pub(crate) imports: Arc<Semaphore>,
    /// How many sockets may still be opened.
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) shutdown: CancellationToken,
}

/// Why this floor cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The board could not be read.
    #[error("the live board could not be filled")]
    Board(#[source] DbError),
    /// The rules that the product brings along could not be written down.
    #[error("the register of rules could not be made")]
    Rules(#[source] DbError),
    /// Word of new messages cannot be had.
    #[error("new messages cannot be listened for")]
    Messages(#[source] DbError),
    /// The map cannot be shown.
    #[error("the map cannot be shown as it is configured")]
    Map(#[source] MapError),
    /// Ways by road cannot be had.
    #[error("ways by road cannot be had as they are configured")]
    Roads(#[from] RoadsError),
    /// The identity provider cannot be asked.
    #[error("the identity provider cannot be asked as it is configured")]
    Provider(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<OidcError> for StartError {
    fn from(error: OidcError) -> Self {
        Self::Provider(Box::new(error))
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("config", &self.config).finish_non_exhaustive()
    }
}

impl App {
    /// Writes down what rules the product brings along, reads the board from the store and keeps it up to date from `feed` until
    /// `shutdown`; the keys are that of the data folder and that of the audit log.
    pub async fn start(
        pool: PgPool,
        clock: Clock,
        feed: &LiveFeed,
        config: Config,
        (key, signing): (DataKey, SealKey),
        shutdown: CancellationToken,
    ) -> Result<Self, StartError> {
        let provider = Provider::open(&config.oidc)?;
        let tiles = Tiles::open(&config.map).map_err(StartError::Map)?;
        let roads = Roads::open(&config.roads)?;
        plant_rules(&pool, clock()).await.map_err(StartError::Rules)?;
        let live =
            Live::start(pool.clone(), Arc::clone(&clock), feed, &config, shutdown.clone()).await.map_err(StartError::Board)?;
        let messages = follow_messages(&pool, shutdown.clone()).await.map_err(StartError::Messages)?;
        Ok(Self(Arc::new(Shared {
            password_checks: Arc::new(Semaphore::new(config.password_checks.max(1))),
            strangers: Strangers::default(),
            arrivals: Arrivals::new(config.sign_ins_per_minute, config.sign_in_addresses),
            provider,
            key,
            signing,
            ended: broadcast::Sender::new(64),
            messages,
            trees: Trees::default(),
            imports: Arc::new(Semaphore::new(config.imports.max(1))),
            sockets: Arc::new(Semaphore::new(config.live_sockets)),
            pool,
            clock,
            config,
            live,
            tiles,
            roads,
            shutdown,
        })))
    }

    /// The present instant.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// A transaction that reads what belongs to `scope`, and can change nothing; it is dropped when all is read.
    pub(crate) async fn conn(&self, scope: &Scope) -> Result<Transaction, DbError> {
        fleet_db::begin_within(&self.pool, scope, None, Access::Read).await
    }

    /// A transaction that reads and changes what belongs to `scope`.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Transaction, DbError> {
        fleet_db::begin_within(&self.pool, scope, None, Access::Write).await
    }

    /// The same with the actor's own business: answers already given, its sessions and tokens.
    pub(crate) async fn begin_as(&self, actor: &Actor, scope: &Scope) -> Result<Transaction, DbError> {
        fleet_db::begin_within(&self.pool, scope, Some(actor.account.id), Access::Write).await
    }

    /// A connection that row-level security does not bind, for what comes before there is an actor and for what is nobody's errand.
    /// Each use says why.
    pub(crate) async fn unbound(&self) -> Result<Connection, DbError> {
        fleet_db::acquire(&self.pool).await
    }

    /// A transaction of the same kind.
    pub(crate) async fn begin_unbound(&self) -> Result<Transaction, DbError> {
        fleet_db::begin(&self.pool).await
    }

    /// Writes an entry of its own: of what was looked at or taken away, before it is given.
    pub(crate) async fn tell(&self, by: &By, entry: &Entry, now: DateTime<Utc>) -> Result<(), DbError> {
        let mut tx = fleet_db::begin_within(&self.pool, &Scope::nothing(), by.account, Access::Write).await?;
        let told = fleet_db::audit::append(&mut tx, by, entry, now).await?;
        commit(tx, told).await
    }

    /// Tells sockets that their sessions have ended.
    pub(crate) fn tell_ended(&self, sessions: impl IntoIterator<Item = SessionId>) {
        for session in sessions {
            // Nobody listens when there is no socket.
            let _ = self.ended.send(session);
        }
    }

    /// What stands between a right password and the work of somebody who holds `grants`.
    pub(crate) fn pending(
        &self,
        standing: &Standing,
        awaits_code: bool,
        grants: &[Grant],
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        let rules = Rules { password: &self.config.password, second_factor: &self.config.second_factor };
        rules.pending(standing, awaits_code, grants.iter().map(|grant| grant.role), now)
    }

    /// How long a browser's session lives without a request.
    pub(crate) fn session_idle(&self) -> Duration {
        Duration::seconds(i64::from(self.config.session_idle_secs))
    }
}

async fn plant_rules(pool: &PgPool, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut tx = fleet_db::begin(pool).await?;
    let planted = fleet_db::rule::plant(&mut tx, now, || new_id(now)).await?;
    if planted > 0 {
        let entry =
            Entry::new(Action::Created, Subject::named(SubjectKind::Rule, "motorpool")).after(json!({ "versions": planted }));
        let told = fleet_db::audit::append(&mut tx, &By::system(""), &entry, now).await?;
        commit(tx, told).await?;
        info!(versions = planted, "{planted} versions of rules that the product brings along were written down");
    }
    Ok(())
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Makes a transaction's work last, together with the entry that tells it.
pub(crate) async fn commit(tx: Transaction, _told: Logged) -> Result<(), DbError> {
    Ok(tx.commit().await?)
}

/// Why a transaction is told to nobody (不记日志的理由); there are no other reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untold {
    /// An account marks its own messages as read or pinned: the mark itself says when.
    OwnMarks,
    /// Somebody who works with terminals watches a line for another minute; who only supervises is told of.
    Watching,
    /// A message goes out: the list of what was sent says when, and what became of it.
    Sending,
    /// Cars are compared with their orders and nothing is new: up to when they were, the store says.
    Comparing,
    /// Days of plans are looked at and nothing comes of it, or nobody was free: the day itself says so.
    Planning,
    /// A driver's telephone says where it is on a task: the rows say so themselves.
    OwnWay,
    /// Another platform says again what it has said: the first time was told.
    HeardBefore,
    /// The audit log is sealed: the seal itself says up to where.
    Sealing,
}

/// Makes the work of a transaction last that has no entry in the audit log.
pub(crate) async fn commit_untold(tx: Transaction, why: Untold) -> Result<(), DbError> {
    tracing::trace!(?why, "committed without an entry");
    Ok(tx.commit().await?)
}
