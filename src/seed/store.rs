//! Puts units, cars, devices and accounts into the store; a second time finds everything there and changes nothing.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use dispatch::account::{AccountId, Role};
use fleet_db::PgPool;
use fleet_db::account::NewAccount;
use fleet_db::seed::FittedVehicle;
use telematics::id::VehicleNo;

use super::fleet::SeedVehicle;
use super::names::{key, secret_sha256};
use super::units::{SeedUnit, id_of};
use crate::problem::Problem;

/// The password of every account of the demonstration.
pub(crate) const PASSWORD: &str = "Motorpool-demo-1";

/// An account of the demonstration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Signs in with it.
    pub(crate) login: &'static str,
    /// Name to show.
    pub(crate) name: &'static str,
    /// What the account is for, in Chinese.
    pub(crate) role_zh: &'static str,
    /// What the account is for, in English.
    pub(crate) role_en: &'static str,
    role: Role,
    unit: &'static str,
}

/// The accounts of the demonstration: all see the whole city but the leader, who sees one district.
pub(crate) const PEOPLE: &[Person] = &[
    person("dispatcher", "陈调度", "调度员", "dispatcher", Role::Dispatcher, "杭州市机关事务管理局"),
    person("leader", "王主任", "单位领导", "unit leader", Role::UnitLeader, "西湖区机关事务管理中心"),
    person("manager", "李车管", "车队管理员", "fleet manager", Role::FleetManager, "杭州市机关事务管理局"),
    person("applicant", "张科员", "用车人", "applicant", Role::Applicant, super::trips::UNIT),
    person("driver", "孙师傅", "驾驶员", "driver", Role::Driver, super::trips::UNIT),
    person("inspector", "赵监督", "监督员", "inspector", Role::Inspector, "杭州市机关事务管理局"),
    person("authority", "钱主管", "主管部门", "authority", Role::Authority, "杭州市机关事务管理局"),
    person("admin", "周系统", "系统管理员", "system administrator", Role::SystemAdmin, "杭州市机关事务管理局"),
];

const fn person(
    login: &'static str,
    name: &'static str,
    role_zh: &'static str,
    role_en: &'static str,
    role: Role,
    unit: &'static str,
) -> Person {
    Person { login, name, role_zh, role_en, role, unit }
}

/// Puts everything there that is not there yet, in one transaction; the numbers of the cars in their order.
pub(crate) async fn put(
    pool: &PgPool,
    units: &[SeedUnit],
    cars: &[SeedVehicle],
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<VehicleNo>> {
    let fitted: Vec<FittedVehicle> = cars.iter().map(fitted).collect();
    let stored: Vec<_> = units.iter().map(|unit| unit.unit.clone()).collect();
    let mut tx = fleet_db::begin(pool).await?;
    fleet_db::seed::units(&mut tx, &stored, now).await?;
    fleet_db::seed::fleet(&mut tx, &fitted, now).await?;
    let ids: Vec<_> = cars.iter().map(|car| car.id).collect();
    let numbers = fleet_db::seed::numbers(&mut tx, &ids).await?;
    let register = fleet_db::device::load_register(&mut tx).await?;
    let number_of = |car: &SeedVehicle, fitted: &FittedVehicle| {
        let no = numbers.iter().find(|(id, _)| *id == car.id).map(|(_, no)| *no)?;
        let device = register.iter().find(|device| device.terminal == car.terminal)?;
        let is_ours = device.secret_sha256 == fitted.secret_sha256 && device.bindings.iter().any(|held| held.vehicle == no);
        is_ours.then_some(no)
    };
    let of_ours: Option<Vec<_>> = cars.iter().zip(&fitted).map(|(car, fitted)| number_of(car, fitted)).collect();
    let Some(numbers) = of_ours else {
        let reason = "the store holds another fleet: its cars or devices are not those of this seed";
        return Err(Problem::new("demo.other_fleet", reason, "use the --seed it was made with, or another --data").into());
    };
    tx.commit().await?;
    people(pool, now).await?;
    super::trips::put(pool, units, cars, now).await?;
    Ok(numbers)
}

async fn people(pool: &PgPool, now: DateTime<Utc>) -> anyhow::Result<()> {
    for person in PEOPLE {
        let login = person.login.parse().context("a login of the demonstration")?;
        let mut tx = fleet_db::begin(pool).await?;
        if fleet_db::account::credentials(&mut tx, &login).await?.is_some() {
            continue;
        }
        let password_hash = tokio::task::spawn_blocking(|| web::password::hash(PASSWORD)).await??;
        let account = NewAccount {
            id: AccountId(key("account", person.login)),
            login,
            display_name: person.name.to_owned(),
            password_hash,
            role: person.role,
            unit: id_of(person.unit),
        };
        fleet_db::account::insert(&mut tx, &account, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn fitted(car: &SeedVehicle) -> FittedVehicle {
    FittedVehicle {
        id: car.id,
        asset: car.asset.clone(),
        device: car.device,
        protocol: car.speaks,
        profile: "standard".to_owned(),
        terminal: car.terminal.clone(),
        secret_sha256: secret_sha256(&car.secret),
        device_model: car.terminal_model.to_owned(),
    }
}
