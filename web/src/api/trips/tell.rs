//! Word of what happens to a trip (D21): to those who have to act, and to those it concerns; each change tells once.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::exchange::RemoteOrder;
use dispatch::message::{News, SubjectKind};
use dispatch::unit::UnitId;
use fleet_db::PgConnection;
use fleet_db::dispatch_order::Order;
use fleet_db::message::{self, About, Subject};
use fleet_db::trip_request::Request;

use crate::problem::ApiResult;

/// Tells of a request: the holders of the kind's roles in `unit` and above, and the accounts.
async fn of_request(
    conn: &mut PgConnection,
    request: &Request,
    news: News,
    unit: Option<UnitId>,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let subject = Subject { kind: SubjectKind::TripRequest, id: request.id.0 };
    let cause = format!("trip:{}:{}:{}", request.id, news.kind(), now.timestamp_micros());
    message::tell(conn, &news, About { subject: Some(subject), unit, cause: &cause }, accounts, now).await?;
    Ok(())
}

async fn of_order(
    conn: &mut PgConnection,
    order: &Order,
    news: News,
    unit: Option<UnitId>,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let subject = Subject { kind: SubjectKind::DispatchOrder, id: order.id.0 };
    let cause = format!("order:{}:{}:{}", order.id, news.kind(), now.timestamp_micros());
    message::tell(conn, &news, About { subject: Some(subject), unit, cause: &cause }, accounts, now).await?;
    Ok(())
}

/// A request waits: for a decision at its step, or for a car.
pub(crate) async fn waits(conn: &mut PgConnection, request: &Request, now: DateTime<Utc>) -> ApiResult<()> {
    use dispatch::trip::request::RequestState;
    match request.state {
        RequestState::Submitted => {
            let Some(step) = usize::try_from(request.step).ok().and_then(|step| request.steps.get(step)) else { return Ok(()) };
            let news = News::trip_awaits_approval(&request.number, &request.applicant_name, &request.unit_name, now);
            let (unit, only) = match step.only {
                Some(only) => (None, vec![only]),
                None => (Some(step.unit), Vec::new()),
            };
            of_request(conn, request, news, unit, &only, now).await
        }
        RequestState::Approved => {
            let news = News::trip_awaits_dispatch(&request.number, &request.unit_name, request.wish.begins_at);
            of_request(conn, request, news, Some(request.wish.fleet), &[], now).await
        }
        _ => Ok(()),
    }
}

/// It was decided on a request: who asked is told.
pub(super) async fn decided(
    conn: &mut PgConnection,
    request: &Request,
    (decision, by, opinion): (&str, &str, &str),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    of_request(conn, request, News::trip_decided(&request.number, decision, by, opinion), None, &[request.applicant], now).await
}

/// A request was called off: its drivers are told, and who asked where somebody else did it.
pub(super) async fn called_off(
    conn: &mut PgConnection,
    request: &Request,
    orders: &[Order],
    (by, name, reason): (Option<AccountId>, &str, &str),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let drivers = orders.iter().filter(|order| order.state.takes_the_car()).filter_map(|order| order.driver_account);
    let told: Vec<AccountId> = drivers.chain([request.applicant]).filter(|account| Some(*account) != by).collect();
    of_request(conn, request, News::trip_cancelled(&request.number, name, reason), None, &told, now).await
}

/// An order was issued, or given to somebody else: who asked and who drives are told.
pub(super) async fn issued(conn: &mut PgConnection, request: &Request, order: &Order, now: DateTime<Utc>) -> ApiResult<()> {
    let driver = format!("{} {}", order.driver_name, order.driver_phone);
    let news = News::trip_ordered(&request.number, &order.plate, &driver, order.from);
    of_request(conn, request, news, None, &[request.applicant], now).await?;
    let accounts: Vec<AccountId> = order.driver_account.into_iter().collect();
    of_order(conn, order, News::order_issued(&order.number, &order.plate, order.from), None, &accounts, now).await
}

/// A driver does not take an order: the dispatchers of the car's unit are told.
pub(super) async fn declined(conn: &mut PgConnection, order: &Order, reason: &str, now: DateTime<Utc>) -> ApiResult<()> {
    let news = News::order_declined(&order.number, &order.driver_name, reason);
    of_order(conn, order, news, Some(order.fleet), &[], now).await
}

/// An order was called off: its driver is told.
pub(super) async fn order_off(
    conn: &mut PgConnection,
    order: &Order,
    (name, reason): (&str, &str),
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let accounts: Vec<AccountId> = order.driver_account.into_iter().collect();
    of_order(conn, order, News::trip_cancelled(&order.number, name, reason), None, &accounts, now).await
}

/// Another platform sends a car, or it is back: who asked is told.
pub(crate) async fn elsewhere(
    conn: &mut PgConnection,
    request: &Request,
    order: &RemoteOrder,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let news = if let Some(at) = order.returned_at {
        News::trip_returned(&order.number, &order.plate, at)
    } else {
        let driver = format!("{} {}", order.driver, order.driver_phone);
        News::trip_ordered(&request.number, &order.plate, &driver, request.wish.begins_at)
    };
    of_request(conn, request, news, None, &[request.applicant], now).await
}

/// A car is back: who settles is told, and who asked.
pub(super) async fn returned(conn: &mut PgConnection, request: &Request, order: &Order, now: DateTime<Utc>) -> ApiResult<()> {
    let news = News::trip_returned(&order.number, &order.plate, order.returned_at.unwrap_or(now));
    of_order(conn, order, news, Some(order.unit), &[request.applicant], now).await
}
