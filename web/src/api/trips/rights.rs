//! What an actor may do with papers of trips: over which units to decide, dispatch and look; what is one's own needs no unit.

use std::collections::HashSet;

use dispatch::account::{AccountId, Permission};
use dispatch::grant;
use dispatch::scope::Scope;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::Order;
use fleet_db::trip_request::Request;

use crate::auth::Actor;
use crate::problem::{AUTH_FORBIDDEN, ApiResult};

/// Everything that has to do with trips.
const TRIPS: [Permission; 6] = [
    Permission::WatchTrips,
    Permission::DispatchTrips,
    Permission::ApproveTrips,
    Permission::RequestTrips,
    Permission::DriveTrips,
    Permission::SettleTrips,
];

/// The units that a query about trips may touch: those over which the actor may do any of it. What of them the actor is shown,
/// [`Rights`] says.
pub(super) fn reach(actor: &Actor) -> ApiResult<Scope> {
    let allowed = TRIPS.into_iter().filter(|permission| actor.may(*permission));
    let mut units = Vec::new();
    for permission in allowed {
        units.extend(actor.scope(permission)?.units().iter().copied().map(UnitId));
    }
    if units.is_empty() { Err(AUTH_FORBIDDEN.into()) } else { Ok(Scope::of_all(units)) }
}

/// What an actor may do with papers whose units are among those that were asked about (用车权限).
#[derive(Debug)]
pub(super) struct Rights {
    me: AccountId,
    requests: bool,
    drives: bool,
    watch: HashSet<UnitId>,
    approve: HashSet<UnitId>,
    dispatch: HashSet<UnitId>,
    settle: HashSet<UnitId>,
}

impl Rights {
    /// The actor's rights over these units.
    pub(super) async fn of(
        conn: &mut PgConnection,
        actor: &Actor,
        units: impl IntoIterator<Item = UnitId>,
    ) -> ApiResult<Self> {
        let units: Vec<UnitId> = units.into_iter().collect();
        let mut held = Vec::new();
        for permission in [Permission::WatchTrips, Permission::ApproveTrips, Permission::DispatchTrips, Permission::SettleTrips] {
            let scope = grant::scope(&actor.grants, permission);
            let covered = if scope.is_nothing() { Vec::new() } else { fleet_db::unit::within(conn, &scope, &units).await? };
            held.push(covered.into_iter().collect());
        }
        let mut held = held.into_iter();
        let mut next = || held.next().unwrap_or_default();
        Ok(Self {
            me: actor.account.id,
            requests: actor.may(Permission::RequestTrips),
            drives: actor.may(Permission::DriveTrips),
            watch: next(),
            approve: next(),
            dispatch: next(),
            settle: next(),
        })
    }

    /// The units that matter for a request.
    pub(super) fn units_of(request: &Request) -> impl Iterator<Item = UnitId> {
        let steps: Vec<UnitId> = request.steps.iter().map(|step| step.unit).collect();
        [request.wish.unit, request.wish.fleet].into_iter().chain(steps)
    }

    /// The actor asked for it.
    pub(super) fn asked(&self, request: &Request) -> bool {
        self.requests && request.applicant == self.me
    }

    /// The actor may decide on the step that the request stands at; who asked does not decide.
    pub(super) fn decides(&self, request: &Request) -> bool {
        let Some(step) = usize::try_from(request.step).ok().and_then(|step| request.steps.get(step)) else { return false };
        request.applicant != self.me
            && match step.only {
                Some(only) => only == self.me,
                None => self.approve.contains(&step.unit),
            }
    }

    /// The actor may ratify an emergency of the unit that travels.
    pub(super) fn ratifies(&self, request: &Request) -> bool {
        request.applicant != self.me && self.approve.contains(&request.wish.unit)
    }

    /// The actor dispatches cars of the fleet that is asked.
    pub(super) fn dispatches(&self, fleet: UnitId) -> bool {
        self.dispatch.contains(&fleet)
    }

    /// The actor settles trips of the unit.
    pub(super) fn settles(&self, unit: UnitId) -> bool {
        self.settle.contains(&unit)
    }

    /// The actor drives it.
    pub(super) fn drives(&self, order: &Order) -> bool {
        self.drives && order.driver_account == Some(self.me)
    }

    /// The actor is shown the request at all.
    pub(super) fn sees(&self, request: &Request, orders: &[Order]) -> bool {
        self.knows(request, orders)
            || self.watch.contains(&request.wish.unit)
            || self.watch.contains(&request.wish.fleet)
            || self.settle.contains(&request.wish.unit)
    }

    /// The actor has to know what a confidential trip is about: who asked, who decides, who sends the car and who drives it.
    pub(super) fn knows(&self, request: &Request, orders: &[Order]) -> bool {
        self.asked(request)
            || self.decides(request)
            || self.approve.contains(&request.wish.unit)
            || self.dispatch.contains(&request.wish.fleet)
            || orders.iter().any(|order| self.drives(order))
    }
}
