//! Records of the interfaces (DB32/T 3826-2020, 7.2 to 7.19): asked for page by page, and told, each held against the table of fields.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::audit::{Action, Entry};
use dispatch::exchange::PeerMessageKind;
use dispatch::exchange::record::{ExchangeInterface, RecordFault, faults};
use dispatch::scope::Scope;
use fleet_db::exchange::{self, Record, RecordsWanted};
use fleet_db::lifecycle::registration;
use fleet_db::peer::reach::{self, PeerReach};
use fleet_db::peer::{self, PeerLink};
use fleet_db::{PgConnection, unit};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::lifecycle::breaches::excesses;
use crate::exchange::code::{EXCHANGE_INTERFACE, EXCHANGE_MALFORMED, EXCHANGE_PAGE, EXCHANGE_SCOPE};
use crate::exchange::wire::{self, Head};
use crate::problem::{ApiError, ApiResult};

/// Records of one message, either way.
const MOST: usize = 500;
/// Longest number of a record.
const KEY: usize = 64;
/// Problems that are named in an answer.
const NAMED: usize = 20;

/// What came of a message about records.
pub(super) struct FoundRecords {
    pub(super) total: i64,
    pub(super) next: Option<String>,
    pub(super) items: Option<Vec<Value>>,
}

/// Which records are asked for (拉取报文).
#[derive(Debug, Deserialize)]
struct Pull {
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
    after: Option<Uuid>,
    limit: Option<usize>,
}

/// Records that are told (推送报文).
#[derive(Debug, Deserialize)]
struct Push {
    items: Vec<Value>,
}

/// Carries a message about records out: what is told of it, and the answer.
pub(super) async fn carry_out(
    conn: &mut PgConnection,
    link: &PeerLink,
    head: &Head,
    message: Value,
    now: DateTime<Utc>,
) -> ApiResult<(Entry, FoundRecords)> {
    let interface: ExchangeInterface = head.interface.parse().map_err(|_error| EXCHANGE_INTERFACE)?;
    let reach = reach::of(conn, link.id).await?;
    let (action, found) = if head.kind == PeerMessageKind::Pull {
        (Action::Exported, pull(conn, (interface, &reach), &wire::content(message)?, now).await?)
    } else {
        (Action::Imported, push(conn, link, (interface, &reach), &wire::content(message)?, now).await?)
    };
    let many = found.items.as_ref().map_or(found.total, |items| i64::try_from(items.len()).unwrap_or_default());
    exchange::note(conn, (link.id, interface, head.kind), many, now).await?;
    let told = json!({ "interface": interface.as_str(), "records": many, "total": found.total });
    Ok((peer::entry(action, link.id, &link.code, link.unit).after(told), found))
}

/// A page of what the platform may read.
async fn pull(
    conn: &mut PgConnection,
    (interface, reach): (ExchangeInterface, &PeerReach),
    asked: &Pull,
    now: DateTime<Utc>,
) -> ApiResult<FoundRecords> {
    let limit = asked.limit.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) || asked.since.zip(asked.until).is_some_and(|(since, until)| since > until) {
        return Err(ApiError::from(EXCHANGE_PAGE).detail(format!("limit 1..{MOST}, since, until")));
    }
    if interface.is_of_the_partner() {
        return Ok(FoundRecords { total: 1, next: None, items: Some(vec![partner(conn, reach).await?]) });
    }
    let unit = reach.open.filter(|_| reach.pulls.contains(&interface)).ok_or(EXCHANGE_SCOPE)?;
    let wanted = RecordsWanted {
        interface,
        unit,
        since: asked.since.unwrap_or(NaiveDate::MIN).max(FIRST),
        until: asked.until.unwrap_or(NaiveDate::MAX).min(LAST),
        after: asked.after.unwrap_or(Uuid::nil()),
        // One more, to know whether there is another page.
        limit: i64::try_from(limit + 1).unwrap_or(1),
    };
    let (total, mut found) = if interface == ExchangeInterface::OverStandard {
        over_standard(conn, &wanted, now).await?
    } else {
        (exchange::count(conn, &wanted).await?, exchange::page(conn, &wanted).await?)
    };
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found.last().filter(|_| !is_last).map(|record| record.id.to_string());
    let items = found.into_iter().map(|record| json!({ "key": record.id, "content": record.content })).collect();
    Ok(FoundRecords { total, next, items: Some(items) })
}

/// Days that the store can compare with.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day of the calendar");
const LAST: NaiveDate = NaiveDate::from_ymd_opt(2999, 12, 31).expect("a day of the calendar");

/// What the platform itself may do here: the answer to its sign-in.
async fn partner(conn: &mut PgConnection, reach: &PeerReach) -> ApiResult<Value> {
    let name = match reach.open {
        Some(open) => unit::load(conn, &Scope::of(open), open).await?.name,
        None => "—".to_owned(),
    };
    let names = |interfaces: &[ExchangeInterface]| {
        let names: Vec<&str> = interfaces.iter().map(|interface| interface.as_str()).collect();
        if names.is_empty() { "—".to_owned() } else { names.join(" ") }
    };
    let content = json!({ "unit_name": name, "pulls": names(&reach.pulls), "pushes": names(&reach.pushes) });
    Ok(json!({ "key": "sign_in", "content": content }))
}

/// Cars beyond their standard: worked out by the rules of the day of each, and not by a statement.
async fn over_standard(conn: &mut PgConnection, wanted: &RecordsWanted, now: DateTime<Utc>) -> ApiResult<(i64, Vec<Record>)> {
    let cars = registration::looked(conn, &Scope::of(wanted.unit), None).await?;
    let mut found = excesses(conn, &cars, now).await?;
    found.retain(|(car, _)| {
        car.registration.as_ref().is_some_and(|said| (wanted.since..=wanted.until).contains(&said.registered_on))
    });
    found.sort_by_key(|(car, _)| car.vehicle);
    let total = i64::try_from(found.len()).unwrap_or_default();
    let records = found.into_iter().filter(|(car, _)| car.vehicle.0 > wanted.after).map(|(car, breaches)| {
        let said = car.registration.as_ref();
        let content = json!({
            "plate": car.plate, "unit_name": car.unit_name, "model": car.model,
            "breaches": breaches.iter().map(|breach| breach.as_str()).collect::<Vec<_>>().join(" "),
            "price_fen": said.and_then(|said| said.price).map(dispatch::money::Money::fen), "registered_on": said.map(|said| said.registered_on),
        });
        Record { id: car.vehicle.0, content }
    });
    Ok((total, records.take(usize::try_from(wanted.limit).unwrap_or_default()).collect()))
}

/// Keeps what the platform tells, all of it or nothing.
async fn push(
    conn: &mut PgConnection,
    link: &PeerLink,
    (interface, reach): (ExchangeInterface, &PeerReach),
    told: &Push,
    now: DateTime<Utc>,
) -> ApiResult<FoundRecords> {
    if interface.is_of_the_partner() {
        return Err(EXCHANGE_INTERFACE.into());
    }
    if !reach.pushes.contains(&interface) {
        return Err(EXCHANGE_SCOPE.into());
    }
    if !(1..=MOST).contains(&told.items.len()) {
        return Err(ApiError::from(EXCHANGE_PAGE).detail(format!("items 1..{MOST}")));
    }
    let rules = exchange::fields(conn, interface).await?;
    let (mut records, mut wrong) = (Vec::new(), Vec::new());
    for (place, item) in told.items.iter().enumerate() {
        let key = item.get("key").and_then(Value::as_str).filter(|key| (1..=KEY).contains(&key.chars().count()));
        match (key, item.get("content")) {
            (Some(key), Some(content)) => {
                wrong.extend(faults(&rules, place, content));
                records.push((key.to_owned(), content.clone()));
            }
            _ => wrong.push(RecordFault::Shape { place }),
        }
    }
    if let Some(first) = wrong.first() {
        let named: Vec<String> = wrong.iter().take(NAMED).map(RecordFault::to_string).collect();
        return Err(ApiError::unprocessable(first.code()).detail(named.join("; ")));
    }
    records.sort_by(|one, other| one.0.cmp(&other.0));
    if records.windows(2).any(|pair| matches!(pair, [one, other] if one.0 == other.0)) {
        return Err(ApiError::from(EXCHANGE_MALFORMED).detail("key"));
    }
    exchange::keep(conn, (link.id, interface), &records, now).await?;
    Ok(FoundRecords { total: i64::try_from(records.len()).unwrap_or_default(), next: None, items: None })
}
