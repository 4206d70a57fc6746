//! The feed of the public register (公示订阅): an Atom entry for each month of a unit of which something is shown, with sums and no person.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};
use dispatch::unit::UnitId;
use fleet_db::notice::{self, ShownMonth};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::extract::{Asked, Now};
use crate::problem::{ApiResult, Problem};
use crate::state::App;
use crate::tagged;

/// Entries of a feed: a year of a district's units.
const MOST: i64 = 200;
const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// Whose months.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedWanted {
    /// This unit and those below; every unit when absent.
    unit_id: Option<Uuid>,
}

/// What is shown to the public as an Atom feed (RFC 4287), the months that changed last first; nobody has to sign in.
#[utoipa::path(get, path = "/public/feed", operation_id = "read_public_feed", tag = "trips", security(()), params(FeedWanted),
    responses((status = 200, description = "the feed", content((Vec<u8> = "application/atom+xml"))),
              (status = 304, description = "as before"),
              (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    Now(now): Now,
    headers: HeaderMap,
    Asked(wanted): Asked<FeedWanted>,
) -> ApiResult<Response> {
    // Nobody asks: what is shown is shown to all.
    let mut conn = app.unbound().await?;
    let months = notice::months(&mut conn, wanted.unit_id.map(UnitId), MOST).await?;
    drop(conn);
    let file = write(&app.config.title_zh, wanted.unit_id, &months, now);
    let tag = tagged::of_content(file.as_bytes());
    Ok(tagged::answer(&headers, &tag, MEDIA_TYPE, "no-cache", Bytes::from(file)))
}

/// The feed; addresses are relative to the one under which it was fetched. Without entries it is as old as `now`.
fn write(title: &str, unit: Option<Uuid>, months: &[ShownMonth], now: DateTime<Utc>) -> String {
    let of = unit.map(|unit| format!("?unit_id={unit}")).unwrap_or_default();
    let urn = unit.map_or_else(|| "urn:motorpool:notices".to_owned(), |unit| format!("urn:motorpool:notices:{unit}"));
    let updated = instant(months.first().map_or(now, |month| month.changed_at));
    let title = escaped(title);
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n\
         <id>{urn}</id>\n<title>公务用车公示</title>\n<updated>{updated}</updated>\n<author><name>{title}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"/api/v1/public/feed{of}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"/public{of}\"/>\n"
    );
    for shown in months {
        entry(&mut feed, shown);
    }
    feed.push_str("</feed>\n");
    feed
}

fn entry(feed: &mut String, shown: &ShownMonth) {
    let ShownMonth { unit, unit_name, month, trips, distance_m, cost_fen, changed_at } = shown;
    let name = escaped(unit_name);
    let (year, number) = month.split_once('-').unwrap_or((month, "01"));
    let number = number.trim_start_matches('0');
    let kilometres = format!("{}.{}", distance_m / 1000, distance_m % 1000 / 100);
    let cost = format!("{}.{:02}", cost_fen / 100, cost_fen % 100);
    let query = format!("unit_id={unit}&amp;year={year}&amp;month={number}");
    let _ = write!(
        feed,
        "<entry>\n<id>urn:motorpool:notices:{unit}:{month}</id>\n<title>{name} {year} 年 {number} 月公务用车公示</title>\n\
         <updated>{}</updated>\n<summary>用车 {trips} 次，行驶 {kilometres} 公里，费用 {cost} 元。</summary>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"/public?{query}\"/>\n\
         <link rel=\"enclosure\" type=\"text/csv\" href=\"/api/v1/public/trips?{query}&amp;format=csv\"/>\n</entry>\n",
        instant(*changed_at),
    );
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
