//! What an actor may do with papers of trips: over which units to decide, dispatch and look; what is one's own needs no unit.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Permission};
use dispatch::grant;
use dispatch::scope::Scope;
use dispatch::trip::flow::Step;
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::Order;
use fleet_db::trip_request::{Request, approval};

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

/// The same for who does something: to look on is not enough.
pub(super) fn reach_to_act(actor: &Actor) -> ApiResult<Scope> {
    let acts = TRIPS.into_iter().filter(|permission| *permission != Permission::WatchTrips);
    if acts.into_iter().any(|permission| actor.may(permission)) { reach(actor) } else { Err(AUTH_FORBIDDEN.into()) }
}

/// Those of `units` over which the actor may do it.
async fn held(conn: &mut PgConnection, actor: &Actor, permission: Permission, units: &[UnitId]) -> ApiResult<HashSet<UnitId>> {
    let scope = grant::scope(&actor.grants, permission);
    let within = if scope.is_nothing() { Vec::new() } else { fleet_db::unit::within(conn, &scope, units).await? };
    Ok(within.into_iter().collect())
}

/// What an actor may do with papers whose units are among those that were asked about (用车权限).
#[derive(Debug)]
pub(super) struct Rights {
    me: AccountId,
    requests: bool,
    drives: bool,
    /// Units in which the actor holds the right to decide.
    leads: HashSet<UnitId>,
    /// Where it is decided over a unit when somebody asks.
    deciders: HashMap<(UnitId, AccountId), UnitId>,
    watch: HashSet<UnitId>,
    dispatch: HashSet<UnitId>,
    settle: HashSet<UnitId>,
}

impl Rights {
    /// The actor's rights over these requests, and over units beside them.
    pub(super) async fn of(
        conn: &mut PgConnection,
        actor: &Actor,
        requests: &[Request],
        beside: &[UnitId],
        now: DateTime<Utc>,
    ) -> ApiResult<Self> {
        let mut units = beside.to_vec();
        let mut asked = Vec::new();
        for request in requests {
            units.extend([request.wish.unit, request.wish.fleet]);
            asked.push((request.wish.unit, request.applicant));
            asked.extend(request.steps.iter().map(|step| (step.unit, request.applicant)));
        }
        Self::over(conn, actor, asked, &units, now).await
    }

    /// The same over any papers: in which units it is decided on them and who asked, and every unit that they name.
    pub(super) async fn over(
        conn: &mut PgConnection,
        actor: &Actor,
        mut asked: Vec<(UnitId, AccountId)>,
        units: &[UnitId],
        now: DateTime<Utc>,
    ) -> ApiResult<Self> {
        let watch = held(conn, actor, Permission::WatchTrips, units).await?;
        let dispatch = held(conn, actor, Permission::DispatchTrips, units).await?;
        let settle = held(conn, actor, Permission::SettleTrips, units).await?;
        let leads = grant::scope(&actor.grants, Permission::ApproveTrips);
        let leads: HashSet<UnitId> = leads.units().iter().copied().map(UnitId).collect();
        if leads.is_empty() {
            asked.clear();
        }
        let mut deciders = HashMap::new();
        for (unit, account, decider) in approval::deciders(conn, &asked, now).await? {
            deciders.insert((unit, account), decider);
        }
        Ok(Self {
            me: actor.account.id,
            requests: actor.may(Permission::RequestTrips),
            drives: actor.may(Permission::DriveTrips),
            leads,
            deciders,
            watch,
            dispatch,
            settle,
        })
    }

    /// The actor is among those who decide over the unit when that person asks: the nearest leaders, and none above them.
    pub(super) fn leads(&self, unit: UnitId, applicant: AccountId) -> bool {
        self.deciders.get(&(unit, applicant)).is_some_and(|decider| self.leads.contains(decider))
    }

    /// The actor asked for it.
    pub(super) fn asked(&self, request: &Request) -> bool {
        self.is_own(request.applicant)
    }

    /// The actor may decide on the step that the request stands at; who asked does not decide.
    pub(super) fn decides(&self, request: &Request) -> bool {
        self.decides_at(usize::try_from(request.step).ok().and_then(|step| request.steps.get(step)), request.applicant)
    }

    /// The actor may decide on that step of what somebody asked for.
    pub(super) fn decides_at(&self, step: Option<&Step>, applicant: AccountId) -> bool {
        let Some(step) = step else { return false };
        applicant != self.me
            && match step.only {
                Some(only) => only == self.me,
                None => self.leads(step.unit, applicant),
            }
    }

    /// It is the actor's own, and the actor may still ask for cars.
    pub(super) fn is_own(&self, applicant: AccountId) -> bool {
        self.requests && applicant == self.me
    }

    /// The actor is shown trips of the unit.
    pub(super) fn watches(&self, unit: UnitId) -> bool {
        self.watch.contains(&unit)
    }

    /// The actor may ratify an emergency of the unit that travels.
    pub(super) fn ratifies(&self, request: &Request) -> bool {
        request.applicant != self.me && self.leads(request.wish.unit, request.applicant)
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
            || self.leads(request.wish.unit, request.applicant)
            || self.dispatch.contains(&request.wish.fleet)
            || orders.iter().any(|order| self.drives(order))
    }
}
