//! The jobs: one finds causes and decides ways, one sends; any number of services may run them on one store.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use dispatch::message::{News, next_try};
use fleet_db::driver::licence;
use fleet_db::message::outbox::{self, Claimed};
use fleet_db::message::{self, About, watch};
use fleet_db::{Clock, DbError, PgPool};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::config::{Config, NotifyError};
use super::route;
use super::sender::{SendError, Senders};
use crate::state::{Untold, commit_untold};

/// Alarms and messages looked at in one transaction.
const AT_ONCE: i64 = 200;
/// As many of them mean that there may be more.
const FULL: usize = 200;
/// An alarm that began longer ago is no news: the service was away.
const NEWS_FOR: TimeDelta = TimeDelta::hours(24);
/// How often it is looked what runs out: it does so by the day.
const REMIND_EVERY: Duration = Duration::from_hours(1);
/// How often old messages are forgotten.
const FORGET_EVERY: Duration = Duration::from_hours(1);
/// Added to the time that sending may take, before another service may think that we died.
const LEASE_SLACK: TimeDelta = TimeDelta::seconds(60);

/// Tells, routes and sends until `shutdown`; what is being sent then is finished.
pub async fn run(pool: PgPool, clock: Clock, config: Config, shutdown: CancellationToken) -> Result<(), NotifyError> {
    let senders = Arc::new(Senders::open(&config)?);
    let job = Job { pool, clock, config, senders };
    tokio::join!(job.tell(&shutdown), job.send(&shutdown), job.remind(&shutdown), job.forget(&shutdown));
    Ok(())
}

#[derive(Clone)]
struct Job {
    pool: PgPool,
    clock: Clock,
    config: Config,
    senders: Arc<Senders>,
}

impl Job {
    fn ticks(&self) -> tokio::time::Interval {
        let mut ticks = interval(Duration::from_millis(self.config.every_ms.max(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Looks for new causes, then for messages of which it is not decided how they leave.
    async fn tell(&self, shutdown: &CancellationToken) {
        let mut ticks = self.ticks();
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let told = async {
                while self.tell_alarms().await? == FULL && !shutdown.is_cancelled() {}
                while self.route().await? == FULL && !shutdown.is_cancelled() {}
                Ok::<_, DbError>(())
            };
            if let Err(error) = told.await {
                tracing::warn!(error = &error as &dyn std::error::Error, "messages could not be told, trying again");
            }
        }
    }

    async fn tell_alarms(&self) -> Result<usize, DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        let looked_at = watch::tell_alarms(&mut tx, (self.clock)(), NEWS_FOR, AT_ONCE).await?;
        commit_untold(tx, Untold::Sending).await?;
        Ok(looked_at)
    }

    async fn route(&self) -> Result<usize, DbError> {
        let now = (self.clock)();
        let mut tx = fleet_db::begin(&self.pool).await?;
        let messages = outbox::unrouted(&mut tx, AT_ONCE).await?;
        for message in &messages {
            let ways = route::ways(message, &self.config.robots, |channel| self.senders.has(channel), now);
            outbox::enqueue(&mut tx, &ways, now).await?;
        }
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        if !ids.is_empty() {
            outbox::mark_routed(&mut tx, &ids, now).await?;
        }
        commit_untold(tx, Untold::Sending).await?;
        Ok(messages.len())
    }

    /// Sends what is due, so many at a time as are configured; one slow receiver holds up nobody else.
    async fn send(&self, shutdown: &CancellationToken) {
        let mut ticks = self.ticks();
        let mut under_way = JoinSet::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = ticks.tick() => {}
                Some(_done) = under_way.join_next() => {}
            }
            let room = self.config.concurrency.max(1).saturating_sub(under_way.len());
            match self.claim(room).await {
                Ok(claimed) => {
                    for claimed in claimed {
                        let job = self.clone();
                        under_way.spawn(async move { job.send_one(&claimed).await });
                    }
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "messages that are due could not be read");
                }
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn claim(&self, room: usize) -> Result<Vec<Claimed>, DbError> {
        if room == 0 {
            return Ok(Vec::new());
        }
        let lease = TimeDelta::from_std(self.senders.longest()).unwrap_or(LEASE_SLACK) + LEASE_SLACK;
        let mut tx = fleet_db::begin(&self.pool).await?;
        let claimed = outbox::claim(&mut tx, (self.clock)(), lease, i64::try_from(room).unwrap_or(i64::MAX)).await?;
        commit_untold(tx, Untold::Sending).await?;
        Ok(claimed)
    }

    async fn send_one(&self, claimed: &Claimed) {
        let outcome = self.senders.send(claimed, (self.clock)()).await;
        let result = if outcome.is_ok() { "sent" } else { "failed" };
        metrics::counter!("motorpool_web_messages_total", "channel" => claimed.channel.as_str(), "result" => result).increment(1);
        if let Err(error) = self.settle(claimed, outcome).await {
            // The row is tried again after its lease: better twice than never.
            tracing::error!(error = &error as &dyn std::error::Error, "what became of a message could not be kept");
        }
    }

    async fn settle(&self, claimed: &Claimed, outcome: Result<(), SendError>) -> Result<(), DbError> {
        let now = (self.clock)();
        let mut tx = fleet_db::begin(&self.pool).await?;
        match outcome {
            Ok(()) => {
                outbox::mark_sent(&mut tx, claimed, now).await?;
            }
            Err(SendError { code, is_final, detail }) => {
                let attempts = u32::try_from(claimed.attempts).unwrap_or(1);
                let next = next_try(attempts, claimed.due_at, now).filter(|_| !is_final);
                let channel = claimed.channel;
                tracing::warn!(%channel, code, detail, attempts, is_given_up = next.is_none(), "a message was not sent by {channel}");
                let is_ours = outbox::mark_failed(&mut tx, claimed, code, next).await?;
                if is_ours && next.is_none() {
                    let cause = format!("sending_failed:{channel}:{}", now.date_naive());
                    let about = About { subject: None, unit: claimed.unit, cause: &cause };
                    message::tell(&mut tx, &News::sending_failed(channel, code, now), about, &[], now).await?;
                }
            }
        }
        commit_untold(tx, Untold::Sending).await
    }

    /// Tells of what runs out.
    async fn remind(&self, shutdown: &CancellationToken) {
        let mut ticks = interval(REMIND_EVERY);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            match self.remind_once().await {
                Ok(licences) => tracing::debug!(licences, "told of {licences} licences that run out"),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "what runs out could not be told"),
            }
        }
    }

    async fn remind_once(&self) -> Result<usize, DbError> {
        let mut tx = fleet_db::begin(&self.pool).await?;
        let licences = licence::tell_expiring(&mut tx, (self.clock)()).await?;
        commit_untold(tx, Untold::Sending).await?;
        Ok(licences)
    }

    /// Forgets messages that are older than they are kept.
    async fn forget(&self, shutdown: &CancellationToken) {
        let mut ticks = interval(FORGET_EVERY);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            let before = (self.clock)() - TimeDelta::days(i64::from(self.config.keep_days));
            let forgotten = async { message::forget(&mut *fleet_db::acquire(&self.pool).await?, before).await };
            match forgotten.await {
                Ok(messages) => tracing::debug!(messages, "forgot {messages} old messages"),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "old messages could not be forgotten"),
            }
        }
    }
}
