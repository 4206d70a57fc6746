//! Runs this floor on sockets, a clock and an off switch that the caller owns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use dispatch::audit::seal::SealKey;
use dispatch::exchange::CLOCK_SKEW;
use fleet_db::{Clock, DbError, LiveFeed, PgPool};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::api::exchange::courier::{Courier, CourierError};
use crate::config::Config;
use crate::ingest::Ingest;
use crate::ops;
use crate::router::router;
use crate::seal::DataKey;
use crate::state::{App, StartError};

/// How long requests under way may take once the service is going away.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// How often what has expired is forgotten.
const HOUSEKEEPING: Duration = Duration::from_mins(10);

/// What this floor is given.
pub struct Parts {
    /// Socket of the console and the API.
    pub http: TcpListener,
    /// Socket of figures and health.
    pub ops: Option<TcpListener>,
    /// The store.
    pub pool: PgPool,
    /// The clock.
    pub clock: Clock,
    /// What the gateway commits.
    pub live: LiveFeed,
    /// Where goes what devices report over HTTP; without it they report elsewhere.
    pub ingest: Option<Ingest>,
    /// The settings.
    pub config: Config,
    /// What secrets in the store are sealed with.
    pub key: DataKey,
    /// What evidence packs are signed with.
    pub signing: SealKey,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("http", &self.http)
            .field("ops", &self.ops)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Why this floor stopped by itself.
#[derive(Debug, Error)]
pub enum RunError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Nothing can be taken to other platforms.
    #[error(transparent)]
    Courier(#[from] CourierError),
    /// A socket failed.
    #[error("a listener failed")]
    Listener(#[source] std::io::Error),
}

/// Serves people until `shutdown`, then lets requests under way finish.
pub async fn run(parts: Parts, shutdown: CancellationToken) -> Result<(), RunError> {
    let Parts { http, ops, pool, clock, live, ingest, config, key, signing } = parts;
    let courier = Arc::new(Courier::open(pool.clone(), Arc::clone(&clock), key.clone())?);
    let app = App::start(pool.clone(), clock, &live, config, (key, signing), shutdown.clone()).await?;
    let service = router(&app, ingest.as_ref()).into_make_service_with_connect_info::<SocketAddr>();
    let people = axum::serve(http, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let operators = async {
        match ops {
            Some(listener) => ops::serve(listener, pool, shutdown.clone()).await,
            None => std::future::pending().await,
        }
    };
    let overdue = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    // Here and not with the jobs: the keys of other platforms are sealed with the key of this floor.
    let courier = async {
        courier.run(shutdown.clone()).await;
        std::future::pending::<()>().await;
    };
    let served = async {
        tokio::select! {
            served = people => served,
            failed = operators, if !shutdown.is_cancelled() => failed,
            () = keep_house(&app) => Ok(()),
            () = courier => Ok(()),
        }
    };
    tokio::select! {
        served = served => served.map_err(RunError::Listener),
        () = overdue => {
            tracing::warn!("requests were still under way {DRAIN_WITHIN:?} after the stop");
            Ok(())
        }
    }
}

/// Forgets sessions and answers that nobody can use any more.
async fn keep_house(app: &App) {
    let mut ticks = tokio::time::interval(HOUSEKEEPING);
    loop {
        ticks.tick().await;
        match forget_expired(app).await {
            Ok((sessions, answers)) => {
                tracing::debug!(sessions, answers, "forgot {sessions} ended sessions and {answers} old answers");
            }
            Err(error) => tracing::warn!(%error, "what has expired could not be forgotten"),
        }
    }
}

async fn forget_expired(app: &App) -> Result<(u64, u64), DbError> {
    let now = app.now();
    // Unbound: what has expired is nobody's any more.
    let mut conn = app.unbound().await?;
    fleet_db::peer::forget(&mut conn, now - CLOCK_SKEW * 3).await?;
    let sessions = fleet_db::session::forget_ended(&mut conn, now, app.session_idle()).await?;
    let keep = chrono::Duration::hours(i64::from(app.config.answer_keep_hours));
    let answers = fleet_db::idempotent::forget(&mut conn, now - keep).await?;
    Ok((sessions, answers))
}
