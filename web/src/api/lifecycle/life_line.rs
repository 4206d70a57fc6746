//! A car's whole life in one answer (车辆全生命周期): what it is, every mark on its line, its months and its years.

use axum::extract::State;
use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use dispatch::account::Permission;
use dispatch::calendar::day_of;
use dispatch::lifecycle::renewal::{AgedCar, CarCondition, RenewalGround};
use fleet_db::life_line::{self, LifeMark, LifeParts, LifeUse, MonthDriven, Told, YearCost};
use fleet_db::lifecycle::registration::{self, Registration};
use serde::Serialize;
use telematics::id::VehicleId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::LifecycleRules;
use crate::auth::Actor;
use crate::auth::look::{self, Sight};
use crate::extract::{Now, Path};
use crate::problem::{ApiResult, NOT_FOUND, Problem};
use crate::state::App;

/// Days behind, of which cost and energy a kilometre are reckoned.
const DAYS: i64 = 365;

/// A car's whole life.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeLine {
    vehicle_id: Uuid,
    plate: String,
    alias: Option<String>,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    powertrain: &'static str,
    model: String,
    seats: i16,
    vin: Option<String>,
    /// Such as `in_service`.
    status: &'static str,
    /// By law nobody may know where it is or was: it has no trips here.
    is_exempt: bool,
    registered_on: Option<NaiveDate>,
    /// Whole months since then.
    age_months: Option<i32>,
    /// What the odometer is known to have said last.
    odometer_km: Option<i32>,
    /// The last year; null for who does not see costs.
    recent: Option<LifeUseView>,
    /// What the rules say of its renewal; null where its registration is not known, and for who does not see such papers.
    renewal: Option<LifeRenewal>,
    /// The oldest first.
    marks: Vec<LifeMarkView>,
    /// Months in which it drove, the first one first; none of a car that is exempt.
    months: Vec<LifeMonth>,
    /// Years in which it cost something; none for who does not see costs.
    years: Vec<LifeYear>,
}

/// What the last twelve months took; what cannot be divided is null.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeUseView {
    running_fen: i64,
    distance_km: f64,
    /// Of running it, without its price.
    fen_per_km: Option<i64>,
    litres_per_100km: Option<f64>,
    kwh_per_100km: Option<f64>,
}

/// What the rules say of a car's renewal today, when it can no longer be used.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeRenewal {
    /// From when on its years allow it.
    from: NaiveDate,
    /// `years` or `forced_scrap`.
    ground: Option<&'static str>,
    /// Else the code of what stands against it.
    why_not: Option<&'static str>,
}

/// Something that happened to the car.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeMarkView {
    /// `papers` or `running`.
    lane: &'static str,
    /// `registration`, `plate`, `marking`, `terminal`, `establishment`, `indicator`, `purchase`, `disposal`, `transfer`, `policy`, `inspection`,
    /// `card`, `repair`, `seal` or `finding`.
    kind: String,
    at: DateTime<Utc>,
    /// When it ended; null where it is of a moment, or lasts.
    until: Option<DateTime<Utc>>,
    subject_id: Option<Uuid>,
    /// A number or a name.
    title: String,
    /// In the closed words of its kind.
    word: String,
    /// In free words.
    note: String,
    amount_fen: Option<i64>,
}

/// The trips of a month.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeMonth {
    /// Its first day.
    month: NaiveDate,
    trips: i64,
    distance_km: f64,
}

/// The costs of a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeYear {
    year: i32,
    /// Of running the car.
    running_fen: i64,
    /// With what it cost to have it.
    total_fen: i64,
    heads: Vec<LifeHead>,
}

/// What a head of costs came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct LifeHead {
    head: &'static str,
    amount_fen: i64,
}

impl From<LifeMark> for LifeMarkView {
    fn from(mark: LifeMark) -> Self {
        let lane = if matches!(mark.kind.as_str(), "repair" | "card" | "seal" | "finding") { "running" } else { "papers" };
        Self {
            lane,
            kind: mark.kind,
            at: mark.at,
            until: mark.until,
            subject_id: mark.subject,
            title: mark.title,
            word: mark.word,
            note: mark.note,
            amount_fen: mark.amount_fen,
        }
    }
}

impl From<MonthDriven> for LifeMonth {
    fn from(month: MonthDriven) -> Self {
        Self { month: month.month, trips: month.trips, distance_km: kilometres(month.metres) }
    }
}

impl From<LifeUse> for LifeUseView {
    fn from(used: LifeUse) -> Self {
        let km = kilometres(used.metres);
        // Below a hundred kilometres a quotient says nothing.
        let is_told = used.metres >= 100_000;
        let per_100km = |thousandths: i64| (is_told && thousandths > 0).then(|| tenth(kilometres(thousandths) * 100.0 / km));
        Self {
            running_fen: used.running_fen,
            distance_km: tenth(km),
            fen_per_km: is_told.then(|| used.running_fen * 1_000 / used.metres),
            litres_per_100km: per_100km(used.fuel_ml),
            kwh_per_100km: per_100km(used.energy_wh),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no car is driven, and takes, 2^53 thousandths")]
fn kilometres(thousandths: i64) -> f64 {
    thousandths as f64 / 1_000.0
}

fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Heads of a year put together; the first one first.
fn years(costs: &[YearCost]) -> Vec<LifeYear> {
    let mut years: Vec<LifeYear> = Vec::new();
    for cost in costs {
        if years.last().is_none_or(|last| last.year != cost.year) {
            years.push(LifeYear { year: cost.year, running_fen: 0, total_fen: 0, heads: Vec::new() });
        }
        let Some(year) = years.last_mut() else { continue };
        year.heads.push(LifeHead { head: cost.head.as_str(), amount_fen: cost.amount_fen });
        if cost.head.is_of_ownership() {
            year.total_fen += cost.amount_fen;
        }
        if cost.head.is_running() {
            year.running_fen += cost.amount_fen;
        }
    }
    years
}

/// What the rules say of the renewal of a car whose registration is known.
fn renewal(rules: &LifecycleRules, said: &Registration, odometer_km: Option<i32>) -> LifeRenewal {
    let aged = AgedCar {
        registered_on: said.registered_on,
        odometer_km: odometer_km.unwrap_or_default().unsigned_abs(),
        body: said.body,
        condition: CarCondition::Worn,
        early_document: String::new(),
    };
    let ground = rules.renewal(&aged);
    LifeRenewal {
        from: rules.renewal_from(said.registered_on),
        ground: ground.ok().map(RenewalGround::as_str),
        why_not: ground.err().map(|error| error.code()),
    }
}

fn age_months(since: NaiveDate, today: NaiveDate) -> i32 {
    let months = (today.year() - since.year()) * 12 + today.month0().cast_signed() - since.month0().cast_signed();
    (months - i32::from(today.day() < since.day())).max(0)
}

/// A car's whole life: what it is, every mark on its line, its months and its years. Papers, costs and findings only for who may see them.
#[utoipa::path(get, path = "/vehicles/{id}/life-line", operation_id = "read_life_line", tag = "vehicles", params(("id" = Uuid, Path)),
    responses((status = 200, body = LifeLine),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> ApiResult<axum::Json<LifeLine>> {
    let scope = actor.scope(Permission::WatchVehicles)?;
    let told = |permission| if actor.scope(permission).is_ok() { Told::Yes } else { Told::No };
    let parts = LifeParts { papers: told(Permission::WatchLifecycle), trips: told(Permission::WatchTrips) };
    let id = VehicleId(id);
    look::at_vehicle(&app, &actor, &scope, id, Sight::Life, now).await?;
    let mut conn = app.conn(&scope).await?;
    let listed = fleet_db::vehicle::load(&mut conn, &scope, id).await?;
    let (asset, no, today) = (listed.vehicle.asset, listed.vehicle.no, day_of(now));
    let said = registration::looked(&mut conn, &scope, Some(id)).await?.pop().ok_or(NOT_FOUND)?.registration;
    let odometer_km = if listed.is_exempt { None } else { life_line::odometer_km(&mut conn, id).await? };
    let marks = life_line::marks(&mut conn, id, parts).await?;
    let (mut months, mut recent, mut costs) = (Vec::new(), None, Vec::new());
    if !listed.is_exempt {
        // Its history has its own door.
        fleet_db::vehicle::number(&mut conn, &scope, id).await?;
        months = life_line::months(&mut conn, no).await?;
    }
    if parts.trips == Told::Yes {
        costs = life_line::years(&mut conn, id).await?;
        let span = (today - Duration::days(DAYS), today - Duration::days(1));
        let used = life_line::used(&mut conn, (id, no), span).await?;
        recent = Some(if listed.is_exempt { LifeUse { metres: 0, ..used } } else { used });
    }
    let verdict = match &said {
        Some(said) if parts.papers == Told::Yes => {
            Some(renewal(&LifecycleRules::of(&mut conn, asset.unit, now).await?, said, odometer_km))
        }
        _ => None,
    };
    Ok(axum::Json(LifeLine {
        vehicle_id: id.0,
        plate: asset.plate.to_string(),
        alias: asset.alias.as_ref().map(|alias| alias.as_str().to_owned()),
        unit_id: asset.unit.0,
        unit_name: listed.unit_name,
        category: asset.category.as_str(),
        powertrain: asset.powertrain.as_str(),
        model: asset.model.as_str().to_owned(),
        seats: asset.seats.count(),
        vin: asset.vin.as_ref().map(ToString::to_string),
        status: asset.status.as_str(),
        is_exempt: listed.is_exempt,
        registered_on: said.as_ref().map(|said| said.registered_on),
        age_months: said.as_ref().map(|said| age_months(said.registered_on, today)),
        odometer_km,
        recent: recent.map(LifeUseView::from),
        renewal: verdict,
        marks: marks.into_iter().map(LifeMarkView::from).collect(),
        months: months.into_iter().map(LifeMonth::from).collect(),
        years: years(&costs),
    }))
}

#[cfg(test)]
mod tests {
    use dispatch::running::cost::CostHead;

    use super::*;

    #[test]
    fn a_car_is_a_month_older_on_its_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (since, today, months) in [
            ("2018-05-20", "2026-05-19", 95),
            ("2018-05-20", "2026-05-20", 96),
            ("2026-11-30", "2026-12-01", 0),
            ("2026-12-05", "2026-12-01", 0),
        ] {
            assert_eq!(age_months(day(since), day(today)), months, "{since} {today}");
        }
    }

    #[test]
    fn a_quotient_is_told_only_of_a_car_that_was_driven() {
        // 5,000 yuan on 10,000 km is 50 fen a kilometre; 800 litres are 8 a hundred.
        let used = LifeUse { running_fen: 500_000, metres: 10_000_000, fuel_ml: 800_000, energy_wh: 0 };
        let view = LifeUseView::from(used);
        assert_eq!((view.fen_per_km, view.litres_per_100km, view.kwh_per_100km), (Some(50), Some(8.0), None));
        let stood = LifeUseView::from(LifeUse { metres: 99_999, ..used });
        assert_eq!((stood.fen_per_km, stood.litres_per_100km), (None, None));
    }

    #[test]
    fn a_year_is_the_sum_of_its_heads_without_what_is_not_the_cars() {
        let cost = |year, head, amount_fen| YearCost { year, head, amount_fen };
        let told = years(&[
            cost(2025, CostHead::Fuel, 300),
            cost(2025, CostHead::Fine, 50),
            cost(2025, CostHead::Purchase, 9_000),
            cost(2026, CostHead::Repair, 70),
        ]);
        let sums: Vec<_> = told.iter().map(|year| (year.year, year.running_fen, year.total_fen, year.heads.len())).collect();
        assert_eq!(sums, [(2025, 300, 9_300, 3), (2026, 70, 70, 1)]);
    }
}
