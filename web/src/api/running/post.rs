//! Entries of the ledger with their carbon: by the factor that is in force on the day, as it is known now.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::rule::key::RuleKey;
use dispatch::rule::resolve::resolve;
use dispatch::rule::value::RuleValue;
use dispatch::running::energy::{Energy, EnergyKind, carbon_g, factor};
use dispatch::unit::UnitId;
use fleet_db::running::cost::{self, Carbon, EnergyTaken, NewCost};
use fleet_db::{DbError, PgConnection, rule};

use crate::problem::ApiResult;

/// Makes an entry; what energy it is about has its carbon reckoned and kept with it, so that no later factor moves it.
pub(super) async fn post(conn: &mut PgConnection, new: NewCost, energy: Option<Energy>, now: DateTime<Utc>) -> ApiResult<()> {
    let energy = match energy {
        Some(energy) => Some(EnergyTaken { energy, carbon: carbon(conn, new.unit, energy, new.on, now).await? }),
        None => None,
    };
    cost::insert(conn, &NewCost { energy, ..new }, now).await?;
    Ok(())
}

/// The carbon of energy; nothing where the register has no factor for that day.
async fn carbon(
    conn: &mut PgConnection,
    unit: UnitId,
    energy: Energy,
    on: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<Carbon>, DbError> {
    let keys = [RuleKey::GridFactor, RuleKey::GridRegion, RuleKey::FuelFactor];
    let versions = rule::binding(conn, unit, &keys).await?;
    let line = rule::superiors(conn, unit).await?;
    let [grid, region, fuel] = keys.map(|key| resolve(&versions, key, &line, on, now));
    let (Some(grid), Some(fuel)) = (grid, fuel) else { return Ok(None) };
    let regions = match region.map(|region| region.value) {
        Some(RuleValue::Texts(regions)) => regions,
        _ => Vec::new(),
    };
    let version = if energy.kind == EnergyKind::Electric { grid.version.id } else { fuel.version.id };
    let found = factor(energy.kind, &grid.value, &regions, &fuel.value);
    Ok(found.map(|factor| Carbon { g: carbon_g(energy, factor), factor, version }))
}
