//! A plan as it is told: who drives whom when, why, what else there was, and what it all costs.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::travel::TravelSource;

/// A plan of a day (日计划).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What each car does, in order of car and time.
    pub orders: Vec<PlannedOrder>,
    /// Who stays behind.
    #[serde(default)]
    pub unserved: Vec<Unserved>,
    /// The sums.
    pub totals: Totals,
    /// Who worked the ways out.
    #[serde(default)]
    pub travel: Option<TravelSource>,
    /// No plan costs less; nothing: nobody worked it out.
    #[serde(default)]
    pub bound_fen: Option<i64>,
    /// How far the cost lies above the bound, in per cent of the bound.
    #[serde(default)]
    pub gap_pct: Option<f64>,
    /// How long it took; told by whoever has a clock.
    #[serde(default)]
    pub seconds: f64,
}

/// One journey of a car (计划派车).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// Who rides: one request, or several that share the car.
    pub request: Vec<String>,
    /// The car.
    pub vehicle: String,
    /// The driver; nothing: the car has its own.
    #[serde(default)]
    pub driver: Option<String>,
    /// When the car leaves for the pick-up.
    pub depart_at: DateTime<FixedOffset>,
    /// When the passengers get in.
    pub pick_up_at: DateTime<FixedOffset>,
    /// When the car is free.
    pub free_at: DateTime<FixedOffset>,
    /// Metres driven, the empty ones included.
    pub distance_m: u64,
    /// Metres driven empty: to the pick-up, and behind the last journey of the car to its yard.
    pub deadhead_m: u64,
    /// What it costs: metres and the rules' terms, and in the first journey of a car what it costs to take it out.
    pub cost_fen: i64,
    /// Why this car.
    #[serde(default)]
    pub reasons: Vec<Explanation>,
    /// Which others there were, the best first.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
}

/// A reason that people can read (派车理由).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Its stable name.
    pub code: String,
    /// In Chinese.
    pub text_zh: String,
    /// In English.
    pub text_en: String,
}

/// Another car that might have gone (备选车辆).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// The car.
    pub vehicle: String,
    /// What the request would cost with it, all else as planned; nothing: it cannot go.
    pub cost_fen: Option<i64>,
    /// What speaks against it.
    pub why_not: Vec<Explanation>,
}

/// A request that stays behind (未派申请).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unserved {
    /// The request.
    pub request: String,
    /// Why, and what would have to change.
    #[serde(default)]
    pub reasons: Vec<Explanation>,
}

/// The sums of a plan (计划合计).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// All of it, those who stay behind included.
    pub cost_fen: i64,
    /// Cars that leave their yard.
    pub vehicles_used: usize,
    /// Metres driven.
    pub distance_m: u64,
    /// Metres driven empty.
    pub deadhead_m: u64,
    /// Of a hundred requests served, how many by new-energy vehicles.
    pub nev_share_pct: f64,
}
