//! Departure and return by the base: an order whose driver has not tapped leaves with its car and is back with it.
//!
//! The journal names such a step by a key of its own, so that it is made once, whoever looks; a driver's own tap that comes later is
//! written down beside it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use dispatch::audit::{Action, By};
use dispatch::trip::fence::{BaseFence, Errand, FenceFix, back, left};
use dispatch::trip::order::{OrderAction, OrderState};
use fleet_db::dispatch_order::fence::{self, Watched};
use fleet_db::dispatch_order::journal::{self, Step};
use fleet_db::dispatch_order::{self, Order};
use fleet_db::{Clock, PgConnection, PgPool, audit, trip_request};
use thiserror::Error;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::order_steps::{come_back, depart};
use super::orders::{entry, facts};
use super::rules::TripRules;
use super::{tell, way};
use crate::api::session::new_id;
use crate::problem::{ApiError, ApiResult};
use crate::state::commit;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Why orders are not moved by their cars (围栏判定失败).
#[derive(Debug, Error)]
#[error("orders could not be moved by the ways of their cars: {code}")]
pub struct FenceError {
    code: &'static str,
}

impl From<ApiError> for FenceError {
    fn from(error: ApiError) -> Self {
        Self { code: error.code() }
    }
}

/// What one look did (围栏判定结果).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FenceMoved {
    /// Orders that left.
    pub departed: usize,
    /// Orders that are back.
    pub returned: usize,
}

/// Looks at bases until `shutdown`.
pub async fn run(pool: PgPool, clock: Clock, shutdown: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(looks.tick()).await.is_some() {
        if let Err(error) = move_orders(&pool, clock()).await {
            tracing::warn!(%error, "{error}");
        }
    }
}

/// Looks once at every order that a car's own way may move.
pub async fn move_orders(pool: &PgPool, now: DateTime<Utc>) -> Result<FenceMoved, FenceError> {
    Ok(look(pool, now).await?)
}

async fn look(pool: &PgPool, now: DateTime<Utc>) -> ApiResult<FenceMoved> {
    let watched = fence::watched(&mut *fleet_db::acquire(pool).await?, now).await?;
    let mut moved = FenceMoved::default();
    for order in &watched {
        match look_at(pool, order, now).await {
            Ok(Some(OrderAction::Depart)) => moved.departed += 1,
            Ok(Some(_)) => moved.returned += 1,
            Ok(None) => {}
            // A defect, or another order of the car on the road: that it drives all the same, the comparison with orders will tell.
            Err(error) if error.is_refusal() => {
                tracing::debug!(order.id = %order.id, code = error.code(), "order {} does not leave with its car", order.id);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(moved)
}

/// Moves one order, if its car says so.
async fn look_at(pool: &PgPool, watched: &Watched, now: DateTime<Utc>) -> ApiResult<Option<OrderAction>> {
    // Nobody's errand: the car drives.
    let mut tx = fleet_db::begin(pool).await?;
    let rules = TripRules::of(&mut tx, watched.unit, now).await?;
    let base = BaseFence { place: watched.base, radius: rules.base_radius() };
    let (action, found) = match (watched.state, watched.departed_at) {
        (OrderState::Accepted, _) => {
            let from = watched.from - rules.tolerance();
            let fixes = fence::fixes(&mut tx, watched.vehicle, from).await?;
            (OrderAction::Depart, left(&fixes, &base, (from, watched.to)))
        }
        (_, Some(departed_at)) => {
            let fixes = fence::fixes(&mut tx, watched.vehicle, departed_at).await?;
            let errand = Errand {
                departed_at,
                arrived_at: watched.arrived_at.filter(|arrived| *arrived >= departed_at),
                ends_at: watched.to,
                destination: watched.destination,
            };
            (OrderAction::Return, back(&fixes, &base, &errand, rules.base_stand(), now))
        }
        (_, None) => return Ok(None),
    };
    let Some(found) = found else { return Ok(None) };
    let mut order = dispatch_order::load_to_move(&mut tx, watched.id).await?;
    // The driver was faster.
    if order.state != watched.state {
        return Ok(None);
    }
    let before = facts(&order);
    let odometer_m = odometer(&mut tx, &order, &found).await?;
    let reason = if action == OrderAction::Depart {
        depart(&mut order, found.at, odometer_m);
        "离开基地，自动出车"
    } else {
        come_back(&mut order, found.at, odometer_m);
        "返回基地停放，自动收车"
    };
    order.state = order.state.after(action)?;
    dispatch_order::save(&mut tx, &order, now).await?;
    journal::insert(&mut tx, order.id, &step(action, &found, odometer_m, reason, now)).await?;
    let order = dispatch_order::load(&mut tx, order.id).await?;
    if action == OrderAction::Return {
        let request = trip_request::load(&mut tx, order.request).await?;
        tell::returned(&mut tx, &request, &order, now).await?;
    }
    way::report(&mut tx, order.request, reason, now).await?;
    let done = if action == OrderAction::Depart { Action::Departed } else { Action::CameBack };
    let entry = entry(done, &order).before(before).after(facts(&order));
    let told = audit::append(&mut tx, &By::system(reason), &entry, now).await?;
    commit(tx, told).await?;
    Ok(Some(action))
}

/// What the journal says of it.
fn step(action: OrderAction, found: &FenceFix, odometer_m: Option<i64>, reason: &str, now: DateTime<Utc>) -> Step {
    Step {
        id: new_id(now),
        action: action.as_str().to_owned(),
        at: found.at,
        recorded_at: now,
        by: None,
        by_name: None,
        odometer_m,
        place: Some(found.place),
        reason: reason.to_owned(),
        key: Some(format!("{}{action}:{}", journal::BY_FENCE, found.at.timestamp())),
    }
}

/// The terminal's reading then, else its last; none where it is lower than one that was written down before.
async fn odometer(conn: &mut PgConnection, order: &Order, found: &FenceFix) -> ApiResult<Option<i64>> {
    let told = match found.odometer_m {
        Some(told) => Some(told),
        None => dispatch_order::terminal_odometer(conn, order.vehicle_no).await?,
    };
    let highest = dispatch_order::highest_odometer(conn, order.vehicle).await?.unwrap_or_default();
    Ok(told.filter(|told| *told >= highest))
}

/// The car's own way has said before what the driver taps now: the tap is late, and no mistake.
pub(super) async fn has_said(conn: &mut PgConnection, order: &Order, action: OrderAction) -> ApiResult<bool> {
    let is_behind = match action {
        OrderAction::Depart => order.state.is_on_the_road() || order.state == OrderState::Returned,
        OrderAction::Arrive | OrderAction::Wait | OrderAction::Resume | OrderAction::Return => {
            order.state == OrderState::Returned
        }
        _ => false,
    };
    Ok(is_behind && journal::is_by_fence(conn, order.id).await?)
}

/// Takes from a late tap what the car did not say: a reading where there was none, and when the people were there.
pub(super) async fn confirm(
    conn: &mut PgConnection,
    order: &mut Order,
    action: OrderAction,
    (at, odometer_m): (DateTime<Utc>, Option<i64>),
) -> ApiResult<()> {
    let highest = dispatch_order::highest_odometer(conn, order.vehicle).await?.unwrap_or_default();
    match action {
        OrderAction::Depart if order.depart_odometer_m.is_none() && order.return_odometer_m.is_none() => {
            order.depart_odometer_m = odometer_m.filter(|typed| *typed >= highest);
        }
        OrderAction::Return if order.return_odometer_m.is_none() => {
            order.return_odometer_m = odometer_m.filter(|typed| *typed >= highest);
        }
        OrderAction::Arrive if order.arrived_at.is_none() => order.arrived_at = Some(at),
        _ => {}
    }
    Ok(())
}
