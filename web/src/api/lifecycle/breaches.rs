//! What is not as Art. 26 has it: over the establishment by rule, over the standard by case, in a stranger's name, unmarked, late.

use axum::extract::State;
use dispatch::account::Permission;
use dispatch::lifecycle::registration::is_strangers;
use dispatch::lifecycle::standard::{StandardBreach, WantedCar};
use fleet_db::PgConnection;
use fleet_db::lifecycle::establishment;
use fleet_db::lifecycle::registration::{self, Looked};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::establishment::EstablishmentSum;
use super::registrations::RegistrationView;
use super::rules::LifecycleRules;
use crate::auth::Actor;
use crate::extract::Now;
use crate::problem::{ApiResult, Problem};
use crate::state::App;

/// What is not as it should be.
#[derive(Serialize, ToSchema)]
pub(crate) struct BreachList {
    /// Art. 26, head 1, by rule: more cars of a category than a unit may hold.
    over_establishment: Vec<EstablishmentSum>,
    /// Art. 26, head 1, by case: cars that cost more, have a larger engine or another body than the standard of their day let them.
    over_standard: Vec<BreachCar>,
    /// Art. 26, head 2: cars in the name of somebody else than who uses them.
    strangers: Vec<BreachCar>,
    /// Cars neither marked nor exempt from it.
    unmarked: Vec<BreachCar>,
    /// Cars that came onto the platform after their last day.
    late: Vec<BreachCar>,
    /// Cars of whose registration nothing is known: none of the lists can have them.
    unregistered: usize,
}

/// A car of one of the lists.
#[derive(Serialize, ToSchema)]
pub(crate) struct BreachCar {
    vehicle_id: Uuid,
    plate: String,
    model: String,
    unit_id: Uuid,
    unit_name: String,
    category: &'static str,
    /// Of an excess: `price`, `displacement`, `case`, `body`, `imported` or `document`.
    breaches: Vec<&'static str>,
    registration: Option<RegistrationView>,
}

impl BreachCar {
    fn new(car: &Looked, breaches: &[StandardBreach]) -> Self {
        Self {
            vehicle_id: car.vehicle.0,
            plate: car.plate.clone(),
            model: car.model.clone(),
            unit_id: car.unit.0,
            unit_name: car.unit_name.clone(),
            category: car.category.as_str(),
            breaches: breaches.iter().map(|breach| breach.as_str()).collect(),
            registration: car.registration.as_ref().map(|said| RegistrationView::new(said, car.unit)),
        }
    }
}

/// Everything of the asker's units that is not as Art. 26 and the rules of marking have it.
#[utoipa::path(get, path = "/establishment/breaches", operation_id = "list_lifecycle_breaches", tag = "lifecycle",
    responses((status = 200, body = BreachList),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(actor: Actor, Now(now): Now, State(app): State<App>) -> ApiResult<axum::Json<BreachList>> {
    let scope = actor.scope(Permission::WatchLifecycle)?;
    let mut conn = app.conn(&scope).await?;
    let over = establishment::over(&mut conn, &scope).await?;
    let cars = registration::looked(&mut conn, &scope, None).await?;
    let of = |is: &dyn Fn(&Looked) -> bool| cars.iter().filter(|car| is(car)).map(|car| BreachCar::new(car, &[])).collect();
    let strangers =
        |car: &Looked| car.registration.as_ref().is_some_and(|said| is_strangers(said.owner, said.owner_unit, car.unit));
    let late =
        |car: &Looked| car.registration.as_ref().is_some_and(|said| said.platform_by.is_some_and(|by| said.entered_on > by));
    let (strangers, unmarked, late) = (of(&strangers), of(&|car| !car.is_marked), of(&late));
    Ok(axum::Json(BreachList {
        over_establishment: over.into_iter().map(EstablishmentSum::from).collect(),
        over_standard: over_standard(&mut conn, &cars, now).await?,
        strangers,
        unmarked,
        late,
        unregistered: cars.iter().filter(|car| car.registration.is_none()).count(),
    }))
}

/// Cars beyond the standard that held on the day of their first registration.
async fn over_standard(
    conn: &mut PgConnection,
    cars: &[Looked],
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<Vec<BreachCar>> {
    let found = excesses(conn, cars, now).await?;
    Ok(found.iter().map(|(car, breaches)| BreachCar::new(car, breaches)).collect())
}

/// The same with what each is beyond.
pub(crate) async fn excesses<'a>(
    conn: &mut PgConnection,
    cars: &'a [Looked],
    now: chrono::DateTime<chrono::Utc>,
) -> ApiResult<Vec<(&'a Looked, Vec<StandardBreach>)>> {
    let mut rules: Option<LifecycleRules> = None;
    let mut found = Vec::new();
    for car in cars {
        let Some(said) = &car.registration else { continue };
        let Some(price) = said.price else { continue };
        let of_unit = match rules.take() {
            Some(known) if known.line.first() == Some(&car.unit) => known,
            Some(other) => other.at(conn, car.unit).await?,
            None => LifecycleRules::of(conn, car.unit, now).await?,
        };
        let bought = WantedCar {
            category: car.category,
            powertrain: car.powertrain,
            body: said.body,
            case: said.case,
            price,
            displacement_ml: said.displacement_ml,
            is_domestic: said.is_domestic,
            document: said.case_document.clone(),
        };
        let verdict = of_unit.standard(&bought, said.registered_on);
        if !verdict.breaches.is_empty() {
            found.push((car, verdict.breaches));
        }
        rules = Some(of_unit);
    }
    Ok(found)
}
