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
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportRights {
    prepares: bool,
    signs: bool,
    decides: bool,
    /// Another platform speaks for the unit.
    is_told: bool,
    /// Its reports go up to another platform.
    goes_up: bool,
}

impl ReportRights {
    /// Of a unit whose superior is `above`; the unit at the top is decided on by who supervises it itself.
    pub(super) async fn of(conn: &mut PgConnection, actor: &Actor, unit: UnitId, above: Option<UnitId>) -> ApiResult<Self> {
        let is_told = reach::told_for(conn, &[unit]).await?.contains(&unit);
        let goes_up = reach::goes_to(conn, unit).await?.is_some();
        Ok(Self {
            is_told,
            goes_up,
            prepares: may(conn, actor, Permission::ProposeLifecycle, unit).await?,
            signs: may(conn, actor, Permission::SignReports, unit).await?,
            decides: may(conn, actor, Permission::DecideLifecycle, above.unwrap_or(unit)).await?,
        })
    }

    pub(super) const fn is(self, mover: ReportMover) -> bool {
        if self.is_elsewhere(mover) {
            return false;
        }
        match mover {
            ReportMover::Preparer => self.prepares,
            ReportMover::Head => self.signs,
            ReportMover::Superior => self.decides,
            ReportMover::Platform => false,
        }
    }

    /// Whoever makes that move works on another platform.
    pub(super) const fn is_elsewhere(self, mover: ReportMover) -> bool {
        match mover {
            ReportMover::Preparer | ReportMover::Head => self.is_told,
            ReportMover::Superior => self.goes_up,
            ReportMover::Platform => true,
        }
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
