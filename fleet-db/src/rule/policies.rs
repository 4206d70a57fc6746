//! The tracker's policy of each vehicle, as the rules of its unit say; worked out beside the path of the positions, not on it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dispatch::calendar::{day_of, start_of};
use dispatch::rule::tracking;
use dispatch::unit::UnitId;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};
use telematics::id::VehicleNo;
use telematics::policy::Policy;

use super::{tree, versions};
use crate::error::DbError;
use crate::pool::listener;

/// Which policy a vehicle has (车辆判定规则): that of all, but for those whose unit has one of its own.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    common: Arc<Policy>,
    own: HashMap<VehicleNo, Arc<Policy>>,
    until: Option<DateTime<Utc>>,
}

impl Policies {
    /// The same for every vehicle.
    pub fn all(policy: Policy) -> Self {
        Self { common: Arc::new(policy), own: HashMap::new(), until: None }
    }

    /// That of a vehicle.
    pub fn of(&self, vehicle: VehicleNo) -> &Policy {
        self.own.get(&vehicle).unwrap_or(&self.common)
    }

    /// When the day for which they were worked out is over.
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        self.until
    }

    /// Vehicles with another policy than that of all.
    pub fn exceptions(&self) -> usize {
        self.own.len()
    }
}

/// The policies in force at `now`; `base` is what holds where the register says nothing.
pub async fn policies(conn: &mut PgConnection, base: &Policy, now: DateTime<Utc>) -> Result<Policies, DbError> {
    let keys: Vec<_> = tracking::keys().collect();
    let versions = versions(conn, &keys).await?;
    let today = day_of(now);
    let until = today.succ_opt().map(start_of);
    let tree = tree(conn).await?;
    let tops: Vec<UnitId> = tree.tops().collect();
    // What the topmost unit says is what most cars have.
    let common = Arc::new(tracking::policy(&versions, base, tops.get(..1).unwrap_or_default(), today, now));
    let mut found = Policies { common: Arc::clone(&common), own: HashMap::new(), until };
    if versions.iter().filter_map(|version| version.unit).all(|unit| tops == [unit]) {
        return Ok(found);
    }
    let mut of_unit: HashMap<UnitId, Arc<Policy>> = HashMap::new();
    let cars = sqlx::query!("select no, unit_id from vehicle").fetch_all(conn).await?;
    for car in cars {
        let policy = of_unit.entry(UnitId(car.unit_id)).or_insert_with(|| {
            let line: Vec<UnitId> = tree.line(UnitId(car.unit_id)).collect();
            let policy = tracking::policy(&versions, base, &line, today, now);
            if policy == *common { Arc::clone(&common) } else { Arc::new(policy) }
        });
        if !Arc::ptr_eq(policy, &common) {
            found.own.insert(VehicleNo(car.no), Arc::clone(policy));
        }
    }
    Ok(found)
}

/// The policy that a vehicle had at `at`, as far as is known at `now`: for a track that is worked out again.
pub async fn policy_on(
    conn: &mut PgConnection,
    vehicle: VehicleNo,
    base: &Policy,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Policy, DbError> {
    let keys: Vec<_> = tracking::keys().collect();
    let versions = versions(conn, &keys).await?;
    let line = sqlx::query_scalar!(
        "select c.ancestor_id
         from unit_closure c
         join vehicle on vehicle.unit_id = c.unit_id
         where vehicle.no = $1
         order by c.depth",
        vehicle.0,
    )
    .fetch_all(conn)
    .await?;
    let line: Vec<UnitId> = line.into_iter().map(UnitId).collect();
    Ok(tracking::policy(&versions, base, &line, day_of(at), now))
}

/// Changes of the rules, of units and of whose car is whose, as the store tells them.
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// Starts to listen, on a connection of its own.
    pub async fn listen(pool: &PgPool) -> Result<Self, DbError> {
        Ok(Self(listener(pool, "rules_changed").await?))
    }

    /// Waits for the next change. Also answers after a lost connection was restored, as changes may have been missed.
    pub async fn next(&mut self) -> Result<(), DbError> {
        self.0.try_recv().await?;
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
