//! The annual statistics report over the API: worked out while it is a draft, kept once it was checked, handed up, returned and opened anew.

pub(crate) mod handing;
pub(crate) mod reading;
pub(crate) mod stepping;
pub(crate) mod views;
pub(crate) mod workbook;
pub(crate) mod working;

use dispatch::account::Permission;
use dispatch::annual::flow::{ReportMoveError, ReportMover};
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::peer::reach;

use crate::auth::Actor;
use crate::problem::{ApiError, ApiResult};

impl From<ReportMoveError> for ApiError {
    /// A move out of order is a conflict that says what comes first.
    fn from(error: ReportMoveError) -> Self {
        Self::conflict(error.code()).detail(error.to_string())
    }
}

/// What the asker may do with the report of a unit (经办权限).
#[derive(Clone, Debug)]
pub(super) struct ReportRights {
    /// Whose moves are the asker's.
    own: Vec<ReportMover>,
    /// Whose moves are made on another platform.
    elsewhere: Vec<ReportMover>,
}

impl ReportRights {
    /// Of a unit whose superior is `above`; the unit at the top is decided on by who supervises it itself.
    pub(super) async fn of(conn: &mut PgConnection, actor: &Actor, unit: UnitId, above: Option<UnitId>) -> ApiResult<Self> {
        let (mut own, mut elsewhere) = (Vec::new(), vec![ReportMover::Platform]);
        for (mover, permission, of) in [
            (ReportMover::Preparer, Permission::ProposeLifecycle, unit),
            (ReportMover::Head, Permission::SignReports, unit),
            (ReportMover::Superior, Permission::DecideLifecycle, above.unwrap_or(unit)),
        ] {
            if may(conn, actor, permission, of).await? {
                own.push(mover);
            }
        }
        if reach::told_for(conn, &[unit]).await?.contains(&unit) {
            elsewhere.extend([ReportMover::Preparer, ReportMover::Head]);
        }
        if reach::goes_to(conn, unit).await?.is_some() {
            elsewhere.push(ReportMover::Superior);
        }
        Ok(Self { own, elsewhere })
    }

    pub(super) fn is(&self, mover: ReportMover) -> bool {
        self.own.contains(&mover) && !self.is_elsewhere(mover)
    }

    /// Whoever makes that move works on another platform.
    pub(super) fn is_elsewhere(&self, mover: ReportMover) -> bool {
        self.elsewhere.contains(&mover)
    }
}

async fn may(conn: &mut PgConnection, actor: &Actor, permission: Permission, unit: UnitId) -> ApiResult<bool> {
    let Ok(scope) = actor.scope(permission) else { return Ok(false) };
    Ok(!fleet_db::unit::within(conn, &scope, &[unit]).await?.is_empty())
}

/// The units over which the asker has anything to do with reports.
pub(super) fn scope(actor: &Actor) -> ApiResult<Scope> {
    actor.scope_of_any(&[
        Permission::WatchLifecycle,
        Permission::ProposeLifecycle,
        Permission::SignReports,
        Permission::DecideLifecycle,
    ])
}
