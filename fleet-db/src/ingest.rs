//! The way in: one transaction a batch, in which positions, states, trips, stops and events become durable together.

mod columns;
mod copy;
mod derived;
mod insert;
mod partition;
mod recover;
mod row;

use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use telematics::alarm::Alarm;
use telematics::id::VehicleNo;
use telematics::policy::Policy;
use telematics::trip::{Stop, Trip};
use thiserror::Error;

use crate::report::{self, Report};
use crate::revision::{self, Pending, Revised};
use crate::{Constraint, DbError, alarm};

pub(crate) use columns::columns;
pub use copy::{copy_encoded, encode};
pub use derived::{EventRow, QuarantinedRecord, Snapshot};
pub(crate) use derived::{insert_events, upsert_stops, upsert_trips};
pub use partition::{ensure as ensure_partitions, hour_of};
pub use recover::{load_trackers, online_vehicles, stored_after};
pub use row::{
    CHARGING_KNOWN, CHARGING_ON, Detail, GB32960_TOLD, IGNITION_KNOWN, IGNITION_ON, JT808_TOLD, PositionRow, REPLAYED,
};

/// What is committed together (提交批次).
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Newer than anything their vehicle sent before, and within the hot window.
    pub hot: Vec<PositionRow>,
    /// Newer than anything their vehicle sent before, yet older than the hot window (a log that is played in).
    pub old: Vec<PositionRow>,
    /// Not newer than what their vehicle sent before, within the hot window; may be there already.
    pub late_hot: Vec<PositionRow>,
    /// The same, older than the hot window.
    pub late_old: Vec<PositionRow>,
    /// States and trackers, at most one a vehicle.
    pub snapshots: Vec<Snapshot>,
    /// Trips begun, changed or ended, at most one entry a trip.
    pub trips: Vec<Trip>,
    /// Stops begun or ended, at most one entry a stop.
    pub stops: Vec<Stop>,
    /// Alarms begun, told after all or ended, at most one entry an alarm.
    pub alarms: Vec<Alarm>,
    /// Events.
    pub events: Vec<EventRow>,
    /// Records kept aside.
    pub quarantined: Vec<QuarantinedRecord>,
    /// What terminals reported beside positions.
    pub reports: Vec<Report>,
}

impl Batch {
    /// Nothing to write.
    pub fn is_empty(&self) -> bool {
        self.only_hot() && self.hot.is_empty()
    }

    /// Nothing but new hot positions: one `copy`, which is atomic by itself.
    fn only_hot(&self) -> bool {
        self.old.is_empty()
            && self.late_hot.is_empty()
            && self.late_old.is_empty()
            && self.snapshots.is_empty()
            && self.trips.is_empty()
            && self.stops.is_empty()
            && self.alarms.is_empty()
            && self.events.is_empty()
            && self.quarantined.is_empty()
            && self.reports.is_empty()
    }
}

/// How positions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `copy`: fast; a row that is there already is a conflict.
    #[default]
    Copy,
    /// `insert … on conflict do nothing`: after a commit of which we do not know whether it happened.
    Idempotent,
}

/// What a commit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Positions that are new in the store.
    pub stored: usize,
    /// Positions that were there already.
    pub duplicates: usize,
    /// Late positions that were new: vehicle and instant.
    pub late: Vec<(VehicleNo, DateTime<Utc>)>,
}

/// Why a batch was not committed.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A position is there already: use the idempotent form.
    #[error("a position of the batch is stored already")]
    Conflict(#[source] DbError),
    /// The partition of an hour is missing (or was taken away meanwhile).
    #[error("the partition of an hour is missing")]
    MissingPartition(#[source] DbError),
    /// A vehicle of the batch is exempt from tracking: leave its rows out.
    #[error("a vehicle of the batch is exempt from tracking")]
    Exempt(#[source] DbError),
    /// Some row cannot be stored, however often it is tried.
    #[error("a row of the batch cannot be stored")]
    Refused(#[source] DbError),
    /// The store does not answer, or answers what only an operator can mend; whether the commit happened is unknown.
    #[error("the store did not take the batch")]
    Unavailable(#[source] DbError),
}

impl From<sqlx::Error> for CommitError {
    fn from(error: sqlx::Error) -> Self {
        let state = error.as_database_error().and_then(|refusal| refusal.code().map(std::borrow::Cow::into_owned));
        let no_partition =
            error.as_database_error().is_some_and(|refusal| refusal.message().starts_with("no partition of relation"));
        let cause = DbError::from(error);
        match state.as_deref() {
            Some("23505") => Self::Conflict(cause),
            Some("23514") if no_partition => Self::MissingPartition(cause),
            _ if matches!(cause, DbError::Conflict(Constraint::VehicleExempt)) => Self::Exempt(cause),
            // data exception, integrity constraint, program limit: the row is at fault
            Some(state) if ["22", "23", "54"].iter().any(|class| state.starts_with(class)) => Self::Refused(cause),
            _ => Self::Unavailable(cause),
        }
    }
}

/// A committer's own connection, kept between batches and made anew after a failure (提交连接).
#[derive(Debug)]
pub struct Writer {
    pool: PgPool,
    conn: Option<PoolConnection<Postgres>>,
}

impl Writer {
    /// A writer that takes its connection from `pool` when it first needs one.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, conn: None }
    }

    /// Where its connections come from.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The connection.
    pub async fn conn(&mut self) -> Result<&mut PgConnection, DbError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.pool.acquire().await?,
        };
        Ok(&mut **self.conn.insert(conn))
    }

    /// Gives the connection up; the next use takes another.
    pub fn reset(&mut self) {
        if let Some(conn) = self.conn.take() {
            // A connection that failed midway is of no use to anybody else.
            drop(conn.detach());
        }
    }

    /// Commits a batch; after a failure that is not about a row the connection is given up.
    pub async fn commit(&mut self, batch: &Batch, form: Form, now: DateTime<Utc>) -> Result<Committed, CommitError> {
        let conn = self.conn().await.map_err(CommitError::Unavailable)?;
        let result = commit(conn, batch, form, now).await;
        if matches!(result, Err(CommitError::Unavailable(_))) {
            self.reset();
        }
        result
    }
}

/// Works a range out again and, in the same transaction, saves what `adopt` makes of the vehicle with the answer: a tracker that
/// still knew the old trips would bring them back after a crash.
pub async fn revise(
    conn: &mut PgConnection,
    pending: &Pending,
    policy: &Policy,
    now: DateTime<Utc>,
    adopt: impl FnOnce(Revised) -> Option<Snapshot>,
) -> Result<(), DbError> {
    let mut tx = conn.begin().await?;
    let revised = revision::work_out(&mut tx, pending, policy).await?;
    if let Some(snapshot) = adopt(revised) {
        derived::upsert_snapshots(&mut tx, &[snapshot], now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes everything of `batch` in one transaction and commits it.
pub async fn commit(conn: &mut PgConnection, batch: &Batch, form: Form, now: DateTime<Utc>) -> Result<Committed, CommitError> {
    if form == Form::Copy && batch.only_hot() {
        copy::copy(conn, copy::HOT, &batch.hot).await?;
        return Ok(Committed { stored: batch.hot.len(), ..Committed::default() });
    }
    let mut tx = conn.begin().await?;
    let mut done = Committed::default();
    match form {
        Form::Copy => {
            copy::copy(&mut tx, copy::HOT, &batch.hot).await?;
            copy::copy(&mut tx, copy::OLD, &batch.old).await?;
            done.stored = batch.hot.len() + batch.old.len();
        }
        Form::Idempotent => {
            done.stored += insert::insert(&mut tx, insert::Table::Hot, &batch.hot).await?.len();
            done.stored += insert::insert(&mut tx, insert::Table::Late, &batch.old).await?.len();
            done.duplicates = batch.hot.len() + batch.old.len() - done.stored;
        }
    }
    done.late = insert::insert(&mut tx, insert::Table::Hot, &batch.late_hot).await?;
    done.late.extend(insert::insert(&mut tx, insert::Table::Late, &batch.late_old).await?);
    done.duplicates += batch.late_hot.len() + batch.late_old.len() - done.late.len();
    done.stored += done.late.len();

    derived::note_revisions(&mut tx, &done.late, now).await?;
    derived::upsert_snapshots(&mut tx, &batch.snapshots, now).await?;
    upsert_trips(&mut tx, &batch.trips).await?;
    upsert_stops(&mut tx, &batch.stops).await?;
    alarm::upsert(&mut tx, &batch.alarms).await?;
    insert_events(&mut tx, &batch.events).await?;
    derived::insert_quarantined(&mut tx, &batch.quarantined).await?;
    report::write(&mut tx, &batch.reports).await?;
    tx.commit().await?;
    Ok(done)
}
