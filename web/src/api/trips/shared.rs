//! What a shared car costs whom (拼车分摊): held when somebody gets in or out, split to the fen when it is settled.

use chrono::{DateTime, Utc};
use dispatch::account::AccountId;
use dispatch::allowance::AllowanceMonth;
use dispatch::cost_split::{by_payer, split};
use dispatch::money::Money;
use dispatch::trip::order::OrderId;
use dispatch::trip::request::RequestId;
use fleet_db::allowance::Account;
use fleet_db::allowance::order::Shortage;
use fleet_db::dispatch_order::Order;
use fleet_db::dispatch_order::ride::{self, Companion};
use fleet_db::settlement::{self, Part};
use fleet_db::{PgConnection, allowance};

use crate::api::allowance_warning;
use crate::problem::ApiResult;

/// The parts of what a car came to, where several shared it; none where one had it alone.
pub(crate) async fn parts(conn: &mut PgConnection, order: OrderId, total: Money) -> ApiResult<Vec<Part>> {
    let companions = ride::companions(conn, order).await?;
    if companions.len() < 2 {
        return Ok(Vec::new());
    }
    let shares: Vec<_> = companions.iter().map(|companion| companion.share).collect();
    let mut parts = Vec::new();
    for (companion, amount) in companions.into_iter().zip(split(total, &shares)) {
        let Companion { request, number, unit, share, .. } = companion;
        parts.push(Part { request, number, unit, unit_name: settlement::payer(conn, unit).await?, share, amount });
    }
    Ok(parts)
}

/// Takes what a car cost from the allowances of all that pay a part of it, and says where that of the order's own unit stands.
pub(crate) async fn debit(
    conn: &mut PgConnection,
    (order, month): (&Order, AllowanceMonth),
    parts: &[Part],
    total: Money,
    by: AccountId,
    now: DateTime<Utc>,
) -> ApiResult<Option<Account>> {
    let mut payers = by_payer(parts.iter().map(|part| (part.unit, part.amount)));
    if payers.is_empty() {
        payers.push((order.unit, total));
    }
    let mut own = None;
    for (unit, part) in payers {
        let account = allowance::order::debit(conn, (unit, month), order.id, part, by, now).await?;
        if unit == order.unit {
            own = account;
        } else if let Some(account) = account {
            allowance_warning::tell(conn, &account, now).await?;
        }
    }
    Ok(own)
}

/// Somebody got in: each unit holds its own part of what the car was reckoned to cost.
pub(super) async fn joined(conn: &mut PgConnection, order: OrderId, now: DateTime<Utc>) -> ApiResult<()> {
    let companions = ride::companions(conn, order).await?;
    hold(conn, order, &companions, Shortage::Refuse, now).await
}

/// Somebody is about to get out: the others hold the whole.
pub(super) async fn leaving(conn: &mut PgConnection, order: OrderId, request: RequestId, now: DateTime<Utc>) -> ApiResult<()> {
    let mut companions = ride::companions(conn, order).await?;
    companions.retain(|companion| companion.request != request);
    hold(conn, order, &companions, Shortage::HoldWhatIsLeft, now).await
}

async fn hold(
    conn: &mut PgConnection,
    order: OrderId,
    companions: &[Companion],
    shortage: Shortage,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let Some(first) = companions.first() else { return Ok(()) };
    let shares: Vec<_> = companions.iter().map(|companion| companion.share).collect();
    let units = companions.iter().map(|companion| companion.unit);
    let parts = by_payer(units.zip(split(first.estimate, &shares)));
    let month = AllowanceMonth::of(first.begins_at);
    Ok(allowance::order::share(conn, (order, month), &parts, shortage, now).await?)
}
