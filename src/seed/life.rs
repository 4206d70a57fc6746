//! What the cars of the demonstration have lived through: registration, costs, upkeep, repairs, policies, inspections and cards.

mod car;
mod papers;
mod running;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use dispatch::calendar::{day_of, start_of};
use fleet_db::PgPool;
use fleet_db::seed::life::{self as store, Lives};
use serde_json::{Value, json};
use uuid::Uuid;

use super::fleet::SeedVehicle;
use super::names::key;
use super::units::{SeedUnit, id_of};
use car::Lived;

/// Cars whose lives are written together.
const TOGETHER: usize = 150;
/// Cars that have a long past; of the others only papers are kept, so that a large fleet is there soon.
const LONG_PAST: usize = 1_000;
/// Who keeps the vendors.
const TOP: &str = "杭州市机关事务管理局";
/// Vendors, by what they are named for.
const GARAGES: (&str, &str) = ("杭州公车定点维修一厂", "之江汽车服务有限公司");
const NEV_GARAGE: &str = "钱塘新能源汽车服务中心";
const INSURER: &str = "人保财险杭州市分公司";
const FUEL: &str = "中国石化杭州石油分公司";
const CHARGER: &str = "杭州公交充电服务有限公司";
const VENDORS: [(&str, &str); 6] = [
    (GARAGES.0, "repair"),
    (GARAGES.1, "repair"),
    (NEV_GARAGE, "repair"),
    (INSURER, "insurance"),
    (FUEL, "fuel"),
    (CHARGER, "fuel"),
];

/// What all lives have in common (履历背景).
#[derive(Clone, Copy, Debug)]
struct Common<'a> {
    seed: u64,
    now: DateTime<Utc>,
    today: NaiveDate,
    /// Who enters and proposes, and who decides.
    manager: Uuid,
    authority: Uuid,
    units: &'a [SeedUnit],
}

impl Common<'_> {
    /// The key of a thing of a car.
    fn key(&self, kind: &str, car: &SeedVehicle, n: impl std::fmt::Display) -> Uuid {
        key(kind, &format!("{}/{}/{n}", self.seed, car.index))
    }
}

/// Writes the lives of the cars that have none yet, and the papers of the fleet.
pub(crate) async fn write(
    pool: &PgPool,
    (seed, units): (u64, &[SeedUnit]),
    cars: &[SeedVehicle],
    now: DateTime<Utc>,
    told: impl Fn(usize),
) -> anyhow::Result<()> {
    let common = Common {
        seed,
        now,
        today: day_of(now),
        manager: key("account", "manager"),
        authority: key("account", "authority"),
        units,
    };
    let ids: Vec<_> = cars.iter().map(|car| car.id).collect();
    let fresh = store::unregistered(&mut *pool.acquire().await?, &ids).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let fresh: Vec<&SeedVehicle> = cars.iter().filter(|car| fresh.contains(&car.id)).collect();
    let mut tx = fleet_db::begin(pool).await?;
    let (vendors, named) = vendors(&common);
    store::vendors(&mut tx, &vendors, &named).await?;
    tx.commit().await?;
    papers::write(pool, &common, cars).await?;
    for (nth, some) in fresh.chunks(TOGETHER).enumerate() {
        let mut written = Lives::default();
        for car in some {
            tell(&common, car, &mut written);
        }
        let mut tx = fleet_db::begin(pool).await?;
        store::write(&mut tx, &written).await?;
        let entry = Entry::new(Action::Imported, Subject::named(SubjectKind::Vehicle, "演示车辆履历"))
            .after(json!({ "cars": some.len(), "costs": written.costs.len() }));
        let _committed_with_it = fleet_db::audit::append(&mut tx, &By::system("demo"), &entry, now).await?;
        tx.commit().await?;
        told(nth * TOGETHER + some.len());
    }
    Ok(())
}

/// Adds what one car has lived through.
fn tell(common: &Common<'_>, car: &SeedVehicle, written: &mut Lives) {
    let lived = Lived::of(common, car);
    car::register(common, &lived, written);
    running::papers(common, &lived, written);
    running::repairs(common, &lived, written);
    if car.index < LONG_PAST {
        running::costs(common, &lived, written);
    }
    let months = if car.index < LONG_PAST { lived.months.min(23) } else { 0 };
    written.cars.push(json!({
        "id": car.id.0, "entered_on": lived.entered_on, "registered_on": lived.registered_on, "months": months,
        "metres_a_month": lived.km_a_month * 1_000, "until": start_of(common.today) - TimeDelta::days(4),
    }));
}

fn vendors(common: &Common<'_>) -> (Vec<Value>, Vec<Value>) {
    let unit = id_of(TOP).0;
    let vendors = VENDORS.iter().map(|(name, _)| {
        json!({
            "id": vendor(name), "unit_id": unit, "name": name, "contact": "业务部", "phone": "0571-85000000", "created_by": common.manager,
            "created_at": common.now,
        })
    });
    let named = VENDORS.iter().map(|(name, service)| {
        json!({
            "id": key("named vendor", name), "unit_id": unit, "supplier_id": vendor(name), "service": service,
            "document": "杭机管采〔2025〕12号", "during": days(common.today - TimeDelta::days(700), common.today + TimeDelta::days(395)),
            "created_by": common.manager, "created_at": common.now,
        })
    });
    (vendors.collect(), named.collect())
}

/// The key of a vendor.
fn vendor(name: &str) -> Uuid {
    key("vendor", name)
}

/// A range of days as the store reads it, the last included.
fn days(first: NaiveDate, last: NaiveDate) -> String {
    format!("[{first},{last}]")
}

#[cfg(test)]
mod tests;
