//! A proposal as it is shown: plates and names instead of keys, reasons in the reader's language.

use chrono::{DateTime, Utc};
use dispatch::plan::solution::{Explanation, Plan, PlannedOrder};
use dispatch::plan::travel::TravelSource;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::gather::{Gathered, Paper};
use crate::texts::Language;

/// What is proposed for the trips that wait.
#[derive(Serialize, ToSchema)]
pub(crate) struct DispatchProposal {
    /// By the time at which they begin.
    proposals: Vec<ProposedOrder>,
    /// Trips that no car can serve.
    unserved: Vec<UnservedTrip>,
    /// What all of it costs, with what stays unserved, in fen.
    cost_fen: i64,
    /// No plan costs less.
    bound_fen: Option<i64>,
    /// How far the cost lies above the bound at the most, per cent.
    gap_pct: Option<f64>,
    /// How long it was looked for, seconds.
    seconds: f64,
    /// Of a hundred trips served, how many by new-energy cars.
    nev_share_pct: f64,
    /// Who worked the ways out: `straight_line`, `roads` or `osrm`.
    travel: &'static str,
    /// Cars that are reckoned to stand where the first trip begins, since nobody knows where they are.
    vehicles_without_place: usize,
}

/// A car and a driver for a trip.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposedOrder {
    request_id: Uuid,
    number: String,
    applicant: String,
    /// The order that is to go by this car instead; null for a trip without one.
    order_id: Option<Uuid>,
    vehicle_id: Uuid,
    plate: String,
    driver_id: Option<Uuid>,
    driver: Option<String>,
    /// When the car leaves for the pick-up.
    depart_at: DateTime<Utc>,
    /// When it is there.
    pick_up_at: DateTime<Utc>,
    /// When it is free again.
    free_at: DateTime<Utc>,
    /// Metres driven empty.
    deadhead_m: u64,
    cost_fen: i64,
    /// Why this car.
    reasons: Vec<PlanReason>,
    /// Which others there were, the best first.
    alternatives: Vec<AlternativeCar>,
}

/// Another car that might have gone.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlternativeCar {
    vehicle_id: Uuid,
    plate: String,
    /// What the trip would cost with it; null: it cannot go.
    cost_fen: Option<i64>,
    why_not: Vec<PlanReason>,
}

/// A trip that no car can serve.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnservedTrip {
    request_id: Uuid,
    number: String,
    applicant: String,
    order_id: Option<Uuid>,
    /// Why, and what would have to change.
    reasons: Vec<PlanReason>,
}

/// A reason that people can read.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanReason {
    code: String,
    text: String,
}

/// The plan under the names that people use.
pub(super) fn of(gathered: &Gathered, plan: Plan, seconds: f64, language: Language) -> DispatchProposal {
    let namer = Namer { gathered, language };
    let mut proposals: Vec<ProposedOrder> = plan.orders.iter().filter_map(|order| namer.order(order)).collect();
    proposals.sort_by_key(|order| order.pick_up_at);
    let unserved = plan.unserved.into_iter().filter_map(|left| {
        let paper = gathered.papers.get(&left.request)?;
        Some(UnservedTrip {
            request_id: paper.request.id.0,
            number: number(paper),
            applicant: paper.request.applicant_name.clone(),
            order_id: paper.order.as_ref().map(|order| order.id.0),
            reasons: namer.reasons(&left.reasons),
        })
    });
    DispatchProposal {
        unserved: unserved.collect(),
        proposals,
        cost_fen: plan.totals.cost_fen,
        bound_fen: plan.bound_fen,
        gap_pct: plan.gap_pct,
        seconds,
        nev_share_pct: plan.totals.nev_share_pct,
        travel: plan.travel.unwrap_or(TravelSource::StraightLine).as_str(),
        vehicles_without_place: gathered.without_place,
    }
}

struct Namer<'a> {
    gathered: &'a Gathered,
    language: Language,
}

impl Namer<'_> {
    fn order(&self, order: &PlannedOrder) -> Option<ProposedOrder> {
        // Nobody shares a car here: whoever rides together is one paper already.
        let paper = self.gathered.papers.get(order.request.first()?)?;
        Some(ProposedOrder {
            request_id: paper.request.id.0,
            number: number(paper),
            applicant: paper.request.applicant_name.clone(),
            order_id: paper.order.as_ref().map(|order| order.id.0),
            vehicle_id: order.vehicle.parse().ok()?,
            plate: self.plate(&order.vehicle),
            driver_id: order.driver.as_ref().and_then(|driver| driver.parse().ok()),
            driver: order.driver.as_ref().and_then(|driver| self.gathered.names.get(driver)).cloned(),
            depart_at: order.depart_at.to_utc(),
            pick_up_at: order.pick_up_at.to_utc(),
            free_at: order.free_at.to_utc(),
            deadhead_m: order.deadhead_m,
            cost_fen: order.cost_fen,
            reasons: self.reasons(&order.reasons),
            alternatives: order
                .alternatives
                .iter()
                .filter_map(|other| {
                    Some(AlternativeCar {
                        vehicle_id: other.vehicle.parse().ok()?,
                        plate: self.plate(&other.vehicle),
                        cost_fen: other.cost_fen,
                        why_not: self.reasons(&other.why_not),
                    })
                })
                .collect(),
        })
    }

    fn plate(&self, vehicle: &str) -> String {
        self.gathered.plates.get(vehicle).cloned().unwrap_or_default()
    }

    fn reasons(&self, reasons: &[Explanation]) -> Vec<PlanReason> {
        let said = |reason: &Explanation| match self.language {
            Language::Chinese => reason.text_zh.clone(),
            Language::English => reason.text_en.clone(),
        };
        reasons.iter().map(|reason| PlanReason { code: reason.code.clone(), text: said(reason) }).collect()
    }
}

/// The number that people read: of the order where there is one.
fn number(paper: &Paper) -> String {
    paper.order.as_ref().map_or_else(|| paper.request.number.clone(), |order| order.number.clone())
}
