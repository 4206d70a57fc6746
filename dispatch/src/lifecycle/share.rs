//! Share of new energy (新能源占比) among the cars of a plan or a batch, and what falls short of what the law asks for.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::standard;
use crate::rule::key::RuleKey;
use crate::rule::resolve::{RuleVersion, resolve};
use crate::unit::UnitId;
use crate::vehicle::{Powertrain, VehicleCategory};
use crate::word::words;

words! {
    /// Which powertrains count as new energy (统计口径).
    NevCount, NevCountError, "share.count" {
        /// As they are bought: ordinary hybrids do not count.
        Purchase = "purchase", "采购口径";
        /// As the national plan reports: hybrids count.
        Plan = "plan", "国家规划口径";
    }
}

/// A car of a plan or a batch (批次车辆).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchCar {
    /// What it is for.
    pub category: VehicleCategory,
    /// What drives it.
    pub powertrain: Powertrain,
    /// Number of the document that lets it be of another energy; empty where there is none.
    pub exception: String,
}

/// What comes of a batch (新能源占比核验).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NevShare {
    /// Cars.
    pub cars: u32,
    /// Those of new energy.
    pub new_energy: u32,
    /// Least share that is asked for, in hundredths of a per cent.
    pub required: u32,
    /// There are too few: a warning, which who decides answers in words.
    pub is_short: bool,
    /// Least share of confidential couriers, in hundredths of a per cent.
    pub courier_required: u32,
    /// Confidential couriers of another energy without a document: refused.
    pub couriers_refused: u32,
}

/// Reckons the share of a batch by the rules that held for a unit on a day, as far as was known at an instant.
pub fn of_batch(
    cars: &[BatchCar],
    count: NevCount,
    versions: &[RuleVersion],
    line: &[UnitId],
    on: NaiveDate,
    known_at: DateTime<Utc>,
) -> NevShare {
    let value = |key| resolve(versions, key, line, on, known_at).map(|held| held.value);
    let listed = value(match count {
        NevCount::Purchase => RuleKey::NevPowertrains,
        NevCount::Plan => RuleKey::NevPowertrainsPlan,
    });
    let is_new_energy = |car: &&BatchCar| standard::counts(car.powertrain, listed.as_ref());
    let required = |key| hundredths(value(key).and_then(|value| value.number()).unwrap_or_default());
    let (all, courier_required) = (required(RuleKey::NevShare), required(RuleKey::NevShareCourier));
    let new_energy = number(cars.iter().filter(is_new_energy).count());
    let couriers: Vec<&BatchCar> = cars.iter().filter(|car| car.category == VehicleCategory::ConfidentialCourier).collect();
    let of_couriers = number(couriers.iter().filter(|car| is_new_energy(car)).count());
    let excused = |car: &&&BatchCar| !is_new_energy(car) && car.exception.trim().is_empty();
    let unexcused = number(couriers.iter().filter(excused).count());
    let couriers_refused = if is_under(of_couriers, number(couriers.len()), courier_required) { unexcused } else { 0 };
    let whole = number(cars.len());
    let is_short = is_under(new_energy, whole, all);
    NevShare { cars: whole, new_energy, required: all, is_short, courier_required, couriers_refused }
}

/// `part` of `whole` is less than so many hundredths of a per cent; of nothing, nothing is less.
fn is_under(part: u32, whole: u32, required: u32) -> bool {
    u64::from(part) * 10_000 < u64::from(whole) * u64::from(required)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a per cent, by the register's bounds")]
fn hundredths(per_cent: f64) -> u32 {
    (per_cent * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::tests::builtin;

    fn cars(category: VehicleCategory, powertrain: Powertrain, count: usize) -> Vec<BatchCar> {
        vec![BatchCar { category, powertrain, exception: String::new() }; count]
    }

    fn share(cars: &[BatchCar], count: NevCount, on: &str) -> NevShare {
        of_batch(cars, count, &builtin(), &[], on.parse().unwrap(), "2026-03-02T04:00:00Z".parse().unwrap())
    }

    #[test]
    fn two_of_ten_warn_and_three_do_not() {
        use Powertrain::{Electric, Petrol};
        for (electric, is_short) in [(0, true), (2, true), (3, false), (10, false)] {
            let mut batch = cars(VehicleCategory::Other, Electric, electric);
            batch.extend(cars(VehicleCategory::Other, Petrol, 10 - electric));
            let found = share(&batch, NevCount::Purchase, "2026-03-02");
            assert_eq!(
                (found.new_energy, found.required, found.is_short),
                (number(electric), 3_000, is_short),
                "{electric} of 10"
            );
        }
        assert!(!share(&[], NevCount::Purchase, "2026-03-02").is_short, "of nothing nothing is missing");
    }

    #[test]
    fn a_courier_of_another_energy_has_its_document_or_is_refused() {
        let mut batch = cars(VehicleCategory::ConfidentialCourier, Powertrain::Petrol, 1);
        assert_eq!(share(&batch, NevCount::Purchase, "2026-03-02").couriers_refused, 1);
        assert_eq!(share(&batch, NevCount::Purchase, "2024-12-29").couriers_refused, 0, "the rule is of the next day");
        for car in &mut batch {
            car.exception = "高寒山区 浙事管〔2026〕7号".to_owned();
        }
        assert_eq!(share(&batch, NevCount::Purchase, "2026-03-02").couriers_refused, 0);
        let electric = cars(VehicleCategory::ConfidentialCourier, Powertrain::Electric, 2);
        assert_eq!(share(&electric, NevCount::Purchase, "2026-03-02").couriers_refused, 0);
    }

    #[test]
    fn whether_hybrids_count_is_a_switch() {
        let mut batch = cars(VehicleCategory::Other, Powertrain::Hybrid, 2);
        batch.extend(cars(VehicleCategory::Other, Powertrain::Electric, 1));
        batch.extend(cars(VehicleCategory::Other, Powertrain::Petrol, 7));
        let (bought, planned) = (share(&batch, NevCount::Purchase, "2026-03-02"), share(&batch, NevCount::Plan, "2026-03-02"));
        assert_eq!((bought.new_energy, bought.is_short), (1, true));
        assert_eq!((planned.new_energy, planned.is_short), (3, false));
    }
}
