//! An accident as people see it and write it.

use chrono::{DateTime, Utc};
use dispatch::document::DocumentId;
use dispatch::incident::accident::{AccidentAction, AccidentFacts, AccidentKind, AccidentKindError, Liability, LiabilityError};
use fleet_db::incident::Step;
use fleet_db::incident::accident::Kept;
use serde::{Deserialize, Serialize};
use telematics::place::LonLat;
use utoipa::ToSchema;
use uuid::Uuid;

use super::IncidentStepView;
use crate::problem::{ApiResult, Wrong};

/// What is known of an accident.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AccidentToWrite {
    /// `collision`, `rear_end`, `scrape`, `single`, `person` or `other`.
    kind: String,
    /// What people call the place; may be empty.
    #[serde(default)]
    place_name: String,
    /// How many people were hurt.
    #[serde(default)]
    injured: u32,
    /// What happened, 1 to 1000 characters.
    what: String,
    /// `pending`, `full`, `main`, `equal`, `minor` or `none`; `pending` when absent.
    liability: Option<String>,
    /// Who insures the car.
    #[serde(default)]
    insurer: String,
    #[serde(default)]
    policy_number: String,
    /// Number that the insurer gave the case.
    #[serde(default)]
    claim_number: String,
    /// Damage to the own car.
    damage_fen: Option<i64>,
    /// Damage to others.
    third_party_fen: Option<i64>,
    /// What the insurer paid.
    paid_fen: Option<i64>,
}

/// Accidents.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccidentPage {
    /// The newest first.
    pub(super) items: Vec<AccidentView>,
    /// To be sent as `after` for the next page; null at the end.
    pub(super) next: Option<Uuid>,
    /// The asker may enter, correct and move them.
    pub(super) may_change: bool,
}

/// An accident.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccidentView {
    id: Uuid,
    /// The number that people read, such as `SG-330106-2026-2`.
    number: String,
    unit_id: Uuid,
    unit_name: String,
    vehicle_id: Uuid,
    plate: String,
    order_id: Option<Uuid>,
    order_number: Option<String>,
    driver_id: Option<Uuid>,
    driver: Option<String>,
    at: DateTime<Utc>,
    /// Null: not known, or the car is exempt from tracking.
    lon: Option<f64>,
    lat: Option<f64>,
    place_name: String,
    /// `collision`, `rear_end`, `scrape`, `single`, `person` or `other`.
    kind: &'static str,
    injured: u32,
    what: String,
    /// `pending`, `full`, `main`, `equal`, `minor` or `none`.
    liability: &'static str,
    insurer: String,
    policy_number: String,
    claim_number: String,
    damage_fen: Option<i64>,
    third_party_fen: Option<i64>,
    paid_fen: Option<i64>,
    /// `reported`, `open`, `claimed`, `closed` or `dismissed`.
    state: &'static str,
    reported_by: String,
    reported_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// Its photographs, among the papers of the car.
    photo_ids: Vec<Uuid>,
    /// What may be done with it now.
    moves: Vec<&'static str>,
    /// What was done about it, as it came; of one accident alone.
    log: Vec<IncidentStepView>,
}

impl AccidentToWrite {
    /// As the rules look at it, or everything that is wrong with it.
    pub(super) fn read(&self) -> ApiResult<AccidentFacts> {
        let mut wrong = Wrong::default();
        let kind = wrong.take("kind", self.kind.parse::<AccidentKind>(), AccidentKindError::code);
        let liability = self.liability.as_deref().unwrap_or(Liability::Pending.as_str());
        let liability = wrong.take("liability", liability.parse::<Liability>(), LiabilityError::code);
        let facts = AccidentFacts {
            liability: liability.unwrap_or(Liability::Pending),
            insurer: self.insurer.trim().to_owned(),
            policy_number: self.policy_number.trim().to_owned(),
            claim_number: self.claim_number.trim().to_owned(),
            damage_fen: self.damage_fen,
            third_party_fen: self.third_party_fen,
            paid_fen: self.paid_fen,
            ..AccidentFacts::reported(kind.unwrap_or(AccidentKind::Other), &self.place_name, self.injured, &self.what)
        };
        for (field, code) in facts.check() {
            wrong.note(field, code);
        }
        if wrong.is_empty() { Ok(facts) } else { Err(wrong.into_error()) }
    }
}

impl AccidentView {
    /// `may_change`: the reader may move it.
    pub(super) fn new(kept: Kept, may_change: bool, log: Vec<Step>) -> Self {
        let facts = kept.facts;
        let moves = if may_change { kept.state.moves() } else { Vec::new() };
        Self {
            id: kept.id.0,
            number: kept.number,
            unit_id: kept.unit.0,
            unit_name: kept.unit_name,
            vehicle_id: kept.vehicle.0,
            plate: kept.plate,
            order_id: kept.order.map(|order| order.0),
            order_number: kept.order_number,
            driver_id: kept.driver.map(|driver| driver.0),
            driver: kept.driver_name,
            at: kept.at,
            lon: kept.place.map(LonLat::lon),
            lat: kept.place.map(LonLat::lat),
            place_name: facts.place_name,
            kind: facts.kind.as_str(),
            injured: facts.injured,
            what: facts.what,
            liability: facts.liability.as_str(),
            insurer: facts.insurer,
            policy_number: facts.policy_number,
            claim_number: facts.claim_number,
            damage_fen: facts.damage_fen,
            third_party_fen: facts.third_party_fen,
            paid_fen: facts.paid_fen,
            state: kept.state.as_str(),
            reported_by: kept.reported_by,
            reported_at: kept.reported_at,
            changed_at: kept.changed_at,
            photo_ids: kept.photos.into_iter().map(|DocumentId(id)| id).collect(),
            moves: moves.into_iter().map(AccidentAction::as_str).collect(),
            log: log.into_iter().map(IncidentStepView::from).collect(),
        }
    }
}
