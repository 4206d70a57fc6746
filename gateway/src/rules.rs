//! Which policy each vehicle is judged by: what the register of rules says, kept in memory and exchanged as a whole.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use fleet_db::rule::{self, Changes, Policies};
use fleet_db::{Clock, DbError, PgPool};
use telematics::policy::Policy;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Seconds before another try to load the rules.
const RELOAD_AFTER: Duration = Duration::from_secs(1);
/// Longest wait for a change: a clock that was set is noticed by then.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// The policies in force (现行判定规则).
#[derive(Debug)]
pub(crate) struct Rules {
    /// What holds where the register says nothing.
    base: Policy,
    in_force: RwLock<Arc<Policies>>,
}

impl Rules {
    /// The rules of the store.
    pub(crate) async fn load(base: Policy, pool: &PgPool, clock: &Clock) -> Result<Arc<Self>, DbError> {
        let in_force = RwLock::new(Arc::new(Policies::all(base.clone())));
        let rules = Arc::new(Self { base, in_force });
        rules.reload(pool, clock).await?;
        Ok(rules)
    }

    /// What holds now; a batch takes it once.
    pub(crate) fn in_force(&self) -> Arc<Policies> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What holds where the register says nothing.
    pub(crate) const fn base(&self) -> &Policy {
        &self.base
    }

    async fn reload(&self, pool: &PgPool, clock: &Clock) -> Result<usize, DbError> {
        let mut tx = fleet_db::begin(pool).await?;
        let policies = rule::policies(&mut tx, &self.base, clock()).await?;
        let exceptions = policies.exceptions();
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policies);
        Ok(exceptions)
    }
}

/// Keeps the rules as the store has them until `shutdown`; a value takes effect when its day begins in Beijing.
pub(crate) async fn follow(rules: Arc<Rules>, pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let forever = async {
        loop {
            let Err(error) = listen(&rules, &pool, &clock).await;
            warn!(error = &error as &dyn std::error::Error, "the register of rules cannot be followed, trying again");
            sleep(RELOAD_AFTER).await;
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = forever => {}
    }
}

async fn listen(rules: &Rules, pool: &PgPool, clock: &Clock) -> Result<std::convert::Infallible, DbError> {
    // Listen first, load then: a change in between is not missed.
    let mut changes = Changes::listen(pool).await?;
    loop {
        let began = Instant::now();
        let exceptions = rules.reload(pool, clock).await?;
        info!(vehicles = exceptions, "rules loaded; {exceptions} vehicles have rules of their own unit");
        // A large register that changes all the time is loaded no more than half of it.
        sleep(began.elapsed()).await;
        if let Ok(told) = timeout(until_next_day(rules, clock), changes.next()).await {
            told?;
        }
    }
}

/// Until the policies in force have to be looked at again: values hold from the beginning of a day on.
fn until_next_day(rules: &Rules, clock: &Clock) -> Duration {
    let left = rules.in_force().until().map_or(LOOK_EVERY, |until| (until - clock()).to_std().unwrap_or_default());
    left.min(LOOK_EVERY) + Duration::from_millis(1)
}
