//! Rules as the API shows them: what a key is, what holds, who said so and when.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::rule::resolve::{Resolved, RuleVersion};
use dispatch::rule::spec::{Bounds, Column, Holds, Kind, RuleSpec};
use fleet_db::rule::{AffectedCar, Effect, Told};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::trips::price_preview::PlanPreview;

/// The register with what holds for a unit on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleList {
    pub(super) unit_id: Uuid,
    /// The day asked for, in Beijing time.
    pub(super) on: NaiveDate,
    pub(super) items: Vec<RuleView>,
    /// The asker may propose another value.
    pub(super) may_propose: bool,
    /// The asker may decide on what others proposed.
    pub(super) may_approve: bool,
}

/// One value of the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleView {
    key: &'static str,
    title_zh: &'static str,
    title_en: &'static str,
    chapter: &'static str,
    chapter_zh: &'static str,
    shape: ShapeView,
    /// `nowhere`, `free`, `not_below` or `not_above`: what units below the topmost may do.
    local: &'static str,
    /// Where it comes from, as tags of the requirements.
    basis: &'static str,
    /// Rows of the feature list that use it.
    features: &'static [&'static str],
    /// `gateway`, `calendar`, `configuration` or `later`: who reads it today.
    reader: &'static str,
    /// What holds; null when nothing did.
    value: Option<Value>,
    /// The version that says so.
    version: Option<VersionView>,
}

/// What kind of value it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShapeView {
    /// `number`, `texts` or `table`.
    kind: &'static str,
    bounds: Option<BoundsView>,
    /// Words that may stand in a list; empty for any.
    words: &'static [&'static str],
    columns: Vec<RuleColumnView>,
}

/// Bounds of a number.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoundsView {
    /// What it measures: `fen`, `percent`, `metre`, `minute`, `time_of_day` and so on.
    measure: &'static str,
    measure_zh: &'static str,
    min: f64,
    max: f64,
    digits: u8,
}

/// A column of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleColumnView {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// `word`, `text`, `day`, `number` or `step`, which is a number that says which row it is.
    holds: &'static str,
    words: &'static [&'static str],
    bounds: Option<BoundsView>,
    /// It may be left empty.
    optional: bool,
}

/// A value from a day on.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionView {
    id: Uuid,
    /// Whose; null for what the product brings along.
    unit_id: Option<Uuid>,
    unit_name: Option<String>,
    from: NaiveDate,
    /// Null: from that day on, what the unit above says.
    value: Option<Value>,
    source: String,
    document: Option<String>,
    proposed_by: Option<String>,
    approved_by: Option<String>,
    /// Since when it is known here.
    recorded_at: DateTime<Utc>,
}

/// One value with its whole history.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleDetail {
    pub(super) rule: RuleView,
    /// Oldest first.
    pub(super) versions: Vec<VersionView>,
}

/// What a change would touch, before it is saved.
#[derive(Serialize, ToSchema)]
pub(crate) struct EffectView {
    before: Option<Value>,
    after: Option<Value>,
    /// Units for which another value would hold.
    units: usize,
    /// `vehicles`, `trips`, `stops`, `events`, `units`, `accounts`, `rows` or `nothing`.
    touched: &'static str,
    count: i64,
    /// `exact`, `at_least`, `at_most`, `from_then_on`, `not_stored`, `no_data` or `no_reader`.
    certainty: &'static str,
    /// Cars among it.
    cars: i64,
    /// The first fifty, those with most first.
    first_cars: Vec<CarView>,
    /// For prices of dispatch: a day that was driven, planned with both.
    plan: Option<PlanPreview>,
    /// Codes of what stands against it: `rule.looser`, `rule.document` and so on.
    wrong: Vec<&'static str>,
}

/// A car that a change touches.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarView {
    id: Uuid,
    plate: String,
    unit_name: String,
    count: i64,
}

impl RuleView {
    /// The entry with what holds.
    pub(super) fn new(spec: &'static RuleSpec, resolved: Option<&Resolved<'_>>, told: &[Told]) -> Self {
        let version = resolved.map(|resolved| {
            let found = told.iter().find(|told| told.version.id == resolved.version.id);
            found.map_or_else(|| VersionView::bare(resolved.version), VersionView::from)
        });
        Self {
            key: spec.key.as_str(),
            title_zh: spec.key.term(),
            title_en: spec.title_en,
            chapter: spec.chapter.as_str(),
            chapter_zh: spec.chapter.term(),
            shape: ShapeView::of(&spec.kind),
            local: spec.local.as_str(),
            basis: spec.basis,
            features: spec.features,
            reader: spec.reader.as_str(),
            value: resolved.map(|resolved| json(&resolved.value)),
            version,
        }
    }
}

impl ShapeView {
    fn of(kind: &Kind) -> Self {
        let bare = |kind| Self { kind, bounds: None, words: &[], columns: Vec::new() };
        match kind {
            Kind::Number(bounds) => Self { bounds: Some(bounds.into()), ..bare("number") },
            Kind::Texts(words) => Self { words, ..bare("texts") },
            Kind::Table(columns) => Self { columns: columns.iter().map(RuleColumnView::from).collect(), ..bare("table") },
        }
    }
}

impl From<&Bounds> for BoundsView {
    fn from(bounds: &Bounds) -> Self {
        Self {
            measure: bounds.measure.as_str(),
            measure_zh: bounds.measure.term(),
            min: bounds.min,
            max: bounds.max,
            digits: bounds.digits,
        }
    }
}

impl From<&Column> for RuleColumnView {
    fn from(column: &Column) -> Self {
        let Column { name, zh, en, holds } = *column;
        let bare = |holds| Self { name, zh, en, holds, words: &[], bounds: None, optional: false };
        match &holds {
            Holds::Word(words) => Self { words, ..bare("word") },
            Holds::Text => bare("text"),
            Holds::Day => bare("day"),
            Holds::Number(bounds) => Self { bounds: Some(bounds.into()), ..bare("number") },
            Holds::NumberOrNone(bounds) => Self { bounds: Some(bounds.into()), optional: true, ..bare("number") },
            Holds::Step(bounds) => Self { bounds: Some(bounds.into()), optional: true, ..bare("step") },
        }
    }
}

impl VersionView {
    fn bare(version: &RuleVersion) -> Self {
        Self {
            id: version.id.0,
            unit_id: version.unit.map(|unit| unit.0),
            unit_name: None,
            from: version.from,
            value: version.value.as_ref().map(json),
            source: version.source.clone(),
            document: version.document.clone(),
            proposed_by: None,
            approved_by: None,
            recorded_at: version.recorded_at,
        }
    }
}

impl From<&Told> for VersionView {
    fn from(told: &Told) -> Self {
        Self {
            unit_name: told.unit_name.clone(),
            proposed_by: told.proposed_by.clone(),
            approved_by: told.approved_by.clone(),
            ..Self::bare(&told.version)
        }
    }
}

impl EffectView {
    /// The effect, with what stands against the change.
    pub(super) fn new(effect: Effect, plan: Option<PlanPreview>, wrong: Vec<&'static str>) -> Self {
        Self {
            before: effect.before.as_ref().map(json),
            after: effect.after.as_ref().map(json),
            units: effect.units,
            touched: effect.touched.as_str(),
            count: effect.count,
            certainty: effect.certainty.as_str(),
            cars: effect.cars,
            first_cars: effect.first_cars.into_iter().map(CarView::from).collect(),
            plan,
            wrong,
        }
    }
}

impl From<AffectedCar> for CarView {
    fn from(car: AffectedCar) -> Self {
        Self { id: car.id.0, plate: car.plate, unit_name: car.unit_name, count: car.count }
    }
}

/// A value of the register as JSON.
pub(super) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
