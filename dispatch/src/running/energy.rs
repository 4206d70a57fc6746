//! Energy of cars (能耗与碳排放): what 100 km take, and what carbon it is by the factor of its day.

use serde::Serialize;

use super::card::EnergyGrade;
use crate::rule::value::RuleValue;
use crate::vehicle::Powertrain;
use crate::word::words;

words! {
    /// What a factor is about (能源种类).
    EnergyKind, EnergyKindError, "energy.kind" {
        /// Petrol.
        Petrol = "petrol", "汽油";
        /// Diesel.
        Diesel = "diesel", "柴油";
        /// Electricity.
        Electric = "electric", "电";
    }
}

/// How much energy (能源用量): thousandths of a litre, or watt-hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Energy {
    /// Of what.
    pub kind: EnergyKind,
    /// Millilitres of fuel, watt-hours of electricity.
    pub amount: i64,
}

impl EnergyGrade {
    /// The energy that it is.
    pub const fn energy(self) -> EnergyKind {
        match self {
            Self::Petrol92 | Self::Petrol95 | Self::Petrol98 => EnergyKind::Petrol,
            Self::Diesel => EnergyKind::Diesel,
            Self::Electricity => EnergyKind::Electric,
        }
    }
}

impl EnergyKind {
    /// The fuel of a car; `None` where it takes none.
    pub const fn fuel_of(powertrain: Powertrain) -> Option<Self> {
        match powertrain {
            Powertrain::Petrol | Powertrain::Hybrid | Powertrain::PlugInHybrid => Some(Self::Petrol),
            Powertrain::Diesel => Some(Self::Diesel),
            Powertrain::Electric | Powertrain::Hydrogen => None,
        }
    }
}

impl Energy {
    /// So many litres or kilowatt-hours; `None` for nothing, or for more than any car takes at once.
    pub fn of(kind: EnergyKind, litres_or_kwh: f64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "at most a million thousandths")]
        let amount = (litres_or_kwh * 1000.0).round() as i64;
        (litres_or_kwh > 0.0 && litres_or_kwh <= 1_000.0 && amount > 0).then_some(Self { kind, amount })
    }
}

/// The factor of a kind of energy, in kilograms a litre or a kilowatt-hour: of the first region that the table knows, else of the nation.
pub fn factor(kind: EnergyKind, grid: &RuleValue, regions: &[String], fuel: &RuleValue) -> Option<f64> {
    let of_row = |table: &RuleValue, column: &str, name: &str| {
        let row = table.rows().iter().find(|row| row.get(column).and_then(|cell| cell.text()) == Some(name))?;
        row.get("factor")?.number()
    };
    match kind {
        EnergyKind::Electric => {
            let wanted = regions.iter().map(String::as_str).chain(["nation"]);
            wanted.into_iter().find_map(|region| of_row(grid, "region", region))
        }
        EnergyKind::Petrol | EnergyKind::Diesel => of_row(fuel, "energy", kind.as_str()),
    }
}

/// Grams of carbon dioxide.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "no fill is beyond 2^53 thousandths")]
pub fn carbon_g(energy: Energy, kg_per_unit: f64) -> i64 {
    (energy.amount as f64 * kg_per_unit).round() as i64
}

/// Litres or kilowatt-hours in 100 km, to two digits; `thousandths` is of either. `None` where nothing was driven.
#[expect(clippy::cast_precision_loss, reason = "no figure of a nation is beyond 2^53")]
pub fn per_hundred_km(thousandths: i64, metres: i64) -> Option<f64> {
    (metres > 0).then(|| (thousandths as f64 / metres as f64 * 100.0 * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::key::RuleKey;
    use crate::rule::resolve::resolve;
    use crate::rule::tests::builtin;

    /// The register's own factor on a day.
    fn of_register(kind: EnergyKind, regions: &[&str], on: &str) -> f64 {
        let versions = builtin();
        let value =
            |key| resolve(&versions, key, &[], on.parse().unwrap(), "2026-12-31T00:00:00Z".parse().unwrap()).unwrap().value;
        let regions: Vec<String> = regions.iter().map(|region| (*region).to_owned()).collect();
        factor(kind, &value(RuleKey::GridFactor), &regions, &value(RuleKey::FuelFactor)).unwrap()
    }

    fn kg(kind: EnergyKind, amount: f64, factor: f64) -> f64 {
        let grams = carbon_g(Energy::of(kind, amount).unwrap(), factor);
        f64::from(i32::try_from(grams).unwrap()) / 1000.0
    }

    /// 3,995 litres over 35,157.7 km, from the table of a peer.
    #[test]
    fn the_golden_consumption() {
        assert_eq!(per_hundred_km(3_995_000, 35_157_700), Some(11.36));
        assert_eq!(per_hundred_km(16_000, 100_000), Some(16.0));
        assert_eq!(per_hundred_km(1, 0), None);
    }

    /// 8.5 litres of petrol are 18.4 kg; 16 kWh are 8.49 kg in the nation and 10.18 kg in North China.
    #[test]
    fn the_golden_carbon() {
        let petrol = of_register(EnergyKind::Petrol, &[], "2026-03-02");
        assert_eq!(format!("{:.1}", kg(EnergyKind::Petrol, 8.5, petrol)), "18.4");
        let nation = of_register(EnergyKind::Electric, &["nation"], "2026-03-02");
        assert_eq!(format!("{:.2}", kg(EnergyKind::Electric, 16.0, nation)), "8.49");
        let north = of_register(EnergyKind::Electric, &["north"], "2026-03-02");
        assert_eq!(format!("{:.2}", kg(EnergyKind::Electric, 16.0, north)), "10.18");
    }

    #[test]
    fn the_factor_is_that_of_the_day_and_of_the_nation_where_a_region_has_none() {
        for (on, factor) in [("2023-06-01", "0.5568"), ("2025-06-01", "0.5366"), ("2026-03-02", "0.5306")] {
            assert_eq!(of_register(EnergyKind::Electric, &["south"], on).to_string(), factor, "{on}");
        }
    }

    #[test]
    fn energy_is_more_than_nothing_and_fits_into_a_car() {
        for amount in [0.0, -1.0, 1_000.1, f64::NAN, 0.000_1] {
            assert_eq!(Energy::of(EnergyKind::Petrol, amount), None, "{amount}");
        }
        assert_eq!(Energy::of(EnergyKind::Electric, 16.0506).map(|energy| energy.amount), Some(16_051));
        assert_eq!(EnergyKind::fuel_of(Powertrain::PlugInHybrid), Some(EnergyKind::Petrol));
        assert_eq!(EnergyGrade::Electricity.energy(), EnergyKind::Electric);
    }
}
