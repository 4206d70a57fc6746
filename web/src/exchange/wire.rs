//! What stands in messages, in our own words; the dictionary of each platform puts its own in their place on the wire.

use chrono::{DateTime, Utc};
use dispatch::cost_line::CostLine;
use dispatch::exchange::{Dictionary, HandOverState, PeerMessageKind, RemoteOrder};
use dispatch::trip::wish::{Passenger, Spot};
use fleet_db::hand_over::HandOver;
use fleet_db::report_way::ReportWay;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::code::EXCHANGE_MALFORMED;
use crate::problem::{ApiError, ApiResult};

/// The interface of orders, 派车.
pub(crate) const DISPATCH: &str = "dispatch";
/// The interface of annual reports, 年度统计报告直报.
pub(crate) const ANNUAL_REPORT: &str = "annual_report";

/// What every message begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) interface: String,
    pub(crate) kind: PeerMessageKind,
    /// The paper's number where it was made, and how often it went out; records have neither.
    #[serde(default)]
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) round: i32,
    /// Messages of this paper are counted, each way.
    #[serde(default)]
    pub(crate) sequence: i32,
}

/// A request that is to be carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// `approved`: nothing else goes out.
    pub(crate) status: String,
    pub(crate) unit_name: String,
    pub(crate) applicant: String,
    pub(crate) reason: String,
    pub(crate) purpose: String,
    pub(crate) category: String,
    pub(crate) seats: u32,
    pub(crate) passengers: Vec<Passenger>,
    pub(crate) passenger_count: u32,
    pub(crate) vehicle_count: u32,
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    pub(crate) stops: Vec<Spot>,
    pub(crate) is_round_trip: bool,
    pub(crate) is_emergency: bool,
    pub(crate) begins_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
    pub(crate) note: String,
    pub(crate) distance_m: i32,
}

/// Why it is to be done no more, or is not done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Because {
    pub(crate) reason: String,
}

/// How far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// `approved`, `ordered`, `underway` or `returned`.
    pub(crate) status: String,
    pub(crate) orders: Vec<RemoteOrder>,
}

/// What it costs, all cars together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bill {
    /// `returned`.
    pub(crate) status: String,
    pub(crate) orders: Vec<RemoteOrder>,
    pub(crate) lines: Vec<CostLine>,
    pub(crate) total_fen: i64,
}

/// The name of a state in messages; those that are no state of a paper on the road have none.
pub(crate) const fn status(state: HandOverState) -> &'static str {
    match state {
        HandOverState::Ordered => "ordered",
        HandOverState::Underway => "underway",
        HandOverState::Returned | HandOverState::Settled => "returned",
        _ => "approved",
    }
}

/// The state that a message names.
pub(crate) fn state(status: &str) -> Option<HandOverState> {
    [HandOverState::Taken, HandOverState::Ordered, HandOverState::Underway, HandOverState::Returned]
        .into_iter()
        .find(|state| self::status(*state) == status)
}

/// A message of a request, in our own words.
pub(crate) fn message(way: &HandOver, kind: PeerMessageKind, content: &impl Serialize) -> ApiResult<Value> {
    compose(DISPATCH, (&way.number, way.round), kind, content)
}

/// A message of a report, in our own words.
pub(crate) fn report_message(way: &ReportWay, kind: PeerMessageKind, content: &impl Serialize) -> ApiResult<Value> {
    compose(ANNUAL_REPORT, (&way.number, way.round), kind, content)
}

fn compose(interface: &str, (number, round): (&str, i32), kind: PeerMessageKind, content: &impl Serialize) -> ApiResult<Value> {
    let head = Head { interface: interface.to_owned(), kind, number: number.to_owned(), round, sequence: 0 };
    let value = |error| ApiError::from(EXCHANGE_MALFORMED).caused_by(error);
    let mut message = serde_json::to_value(&head).map_err(value)?;
    let content = serde_json::to_value(content).map_err(value)?;
    if let (Some(message), Value::Object(content)) = (message.as_object_mut(), content) {
        message.extend(content);
    }
    Ok(message)
}

/// A message that came: its head, and all of it in our own words.
pub(crate) fn read(dictionary: &Dictionary, body: &[u8]) -> ApiResult<(Head, Value)> {
    let message: Value = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let message =
        dictionary.off_wire(message).map_err(|error| ApiError::unprocessable(error.code()).detail(error.to_string()))?;
    let head: Head = content(message.clone())?;
    Ok((head, message))
}

/// What stands in it beside its head.
pub(crate) fn content<T: DeserializeOwned>(message: Value) -> ApiResult<T> {
    serde_json::from_value(message).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::from(EXCHANGE_MALFORMED).detail(error.to_string())
}
