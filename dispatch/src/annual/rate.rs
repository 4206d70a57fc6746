//! What the figures of a report say of one another: shares, uses and costs of a kilometre, each a quotient of two sums.

use serde::{Deserialize, Serialize};

use super::item::AnnualItem;
use super::table::{AnnualKind, AnnualTable};
use crate::vehicle::Powertrain;
use crate::word::words;

words! {
    /// A quotient of a report (统计报告比率).
    AnnualRate, AnnualRateError, "report.rate" {
        /// New energy among cars that came new or in the stead of others.
        NevFlow = "nev_flow", "新增及更新车辆新能源占比";
        /// New energy among cars that are there.
        NevStock = "nev_stock", "在用车辆新能源占比";
        /// The first, as the national plan counts: with hybrids.
        NevFlowPlan = "nev_flow_plan", "新增及更新车辆新能源占比（国家规划口径）";
        /// The second, as the national plan counts.
        NevStockPlan = "nev_stock_plan", "在用车辆新能源占比（国家规划口径）";
        /// Cars beyond their places, of the places.
        Over = "over", "超编率";
        /// Days driven, of the days that cars were there.
        DaysUsed = "days_used", "车辆使用率（按天数）";
        /// Cars that were driven, of those that were there at some time.
        CarsUsed = "cars_used", "车辆使用率（按车辆）";
        /// Orders on a day of a car.
        TripsPerDay = "trips_per_day", "车辆使用率（按派车）";
        /// Days out of the shop, of the days that cars were there.
        InOrder = "in_order", "完好率";
        /// Litres on a hundred kilometres, of cars that burn something.
        FuelPer100Km = "fuel_per_100km", "百公里油耗（升）";
        /// Kilowatt-hours on a hundred kilometres, of cars that are charged.
        EnergyPer100Km = "energy_per_100km", "百公里电耗（千瓦时）";
        /// Yuan a kilometre.
        CostPerKm = "cost_per_km", "公里成本（元）";
    }
}

/// Which powertrains count as new energy (新能源统计口径), in the year of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NevKinds {
    /// As cars are bought.
    pub purchase: Vec<Powertrain>,
    /// As the national plan reports.
    pub plan: Vec<Powertrain>,
}

/// A quotient (比率): what it is of, and what is divided by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quotient {
    /// Above the line.
    pub part: i64,
    /// Below it.
    pub whole: i64,
    /// The quotient in the measure of its rate; none of nothing.
    pub value: Option<f64>,
}

impl AnnualRate {
    /// Works it out.
    pub fn of(self, table: &AnnualTable, nev: &NevKinds) -> Quotient {
        let nev = if matches!(self, Self::NevFlowPlan | Self::NevStockPlan) { &nev.plan } else { &nev.purchase };
        let is_new_energy = |kind: AnnualKind| kind.powertrain.is_some_and(|powertrain| nev.contains(&powertrain));
        let sum = |items: &[AnnualItem]| items.iter().map(|item| table.total(*item)).sum::<i64>();
        let sum_of = |items: &[AnnualItem], is: &dyn Fn(AnnualKind) -> bool| {
            items.iter().map(|item| table.total_of(*item, is)).sum::<i64>()
        };
        let burns = |kind: AnnualKind| !matches!(kind.powertrain, None | Some(Powertrain::Electric | Powertrain::Hydrogen));
        let is_charged = |kind: AnnualKind| matches!(kind.powertrain, Some(Powertrain::Electric | Powertrain::PlugInHybrid));
        let new = [AnnualItem::Added, AnnualItem::Renewed];
        let days = table.total(AnnualItem::CarDays);
        let (part, whole, times) = match self {
            Self::NevFlow | Self::NevFlowPlan => (sum_of(&new, &is_new_energy), sum(&new), 1.0),
            Self::NevStock | Self::NevStockPlan => {
                (sum_of(&[AnnualItem::Closing], &is_new_energy), table.total(AnnualItem::Closing), 1.0)
            }
            Self::Over => (table.total(AnnualItem::Over), table.total(AnnualItem::Authorised), 1.0),
            Self::DaysUsed => (table.total(AnnualItem::UsedDays), days, 1.0),
            Self::CarsUsed => {
                (table.total(AnnualItem::UsedCars), table.total(AnnualItem::Opening) + sum(&AnnualItem::COMING), 1.0)
            }
            Self::TripsPerDay => (table.total(AnnualItem::Trips), days, 1.0),
            Self::InOrder => (days - table.total(AnnualItem::ShopDays), days, 1.0),
            // Thousandths of a litre a metre are litres a kilometre.
            Self::FuelPer100Km => (table.total(AnnualItem::FuelTaken), table.total_of(AnnualItem::Distance, burns), 100.0),
            Self::EnergyPer100Km => {
                (table.total(AnnualItem::EnergyTaken), table.total_of(AnnualItem::Distance, is_charged), 100.0)
            }
            // Fen a metre are ten yuan a kilometre.
            Self::CostPerKm => (sum(&AnnualItem::RUNNING), table.total(AnnualItem::Distance), 10.0),
        };
        #[expect(clippy::cast_precision_loss, reason = "sums of a province are far below 2^52")]
        let value = (whole > 0).then(|| part as f64 / whole as f64 * times);
        Quotient { part, whole, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vehicle::VehicleCategory;

    fn table(figures: &[(Powertrain, AnnualItem, i64)]) -> AnnualTable {
        let mut table = AnnualTable::default();
        for (powertrain, item, amount) in figures {
            let kind = AnnualKind { category: VehicleCategory::Other, powertrain: Some(*powertrain) };
            table.add(kind, *item, *amount);
        }
        table
    }

    #[track_caller]
    fn check(rate: AnnualRate, table: &AnnualTable, expected: (i64, i64, f64)) {
        let purchase = vec![Powertrain::Electric, Powertrain::PlugInHybrid];
        let plan = [purchase.as_slice(), &[Powertrain::Hybrid]].concat();
        let found = rate.of(table, &NevKinds { purchase, plan });
        assert_eq!((found.part, found.whole), (expected.0, expected.1), "{rate}");
        assert!((found.value.unwrap() - expected.2).abs() < 0.005, "{rate}: {found:?}");
    }

    #[test]
    fn the_golden_quotients_of_the_sources_come_out() {
        use AnnualItem as I;
        use Powertrain::{Electric, Petrol, PlugInHybrid};
        // 3,995 l on 35,157.7 km are 11.36 l on 100 km.
        let petrol =
            table(&[(Petrol, I::FuelTaken, 3_995_000), (Petrol, I::Distance, 35_157_700), (Electric, I::Distance, 1_000)]);
        check(AnnualRate::FuelPer100Km, &petrol, (3_995_000, 35_157_700, 11.36));
        // 16 kWh on 100 km; what a plug-in drives counts for both.
        let electric =
            table(&[(Electric, I::EnergyTaken, 16_000), (Electric, I::Distance, 60_000), (PlugInHybrid, I::Distance, 40_000)]);
        check(AnnualRate::EnergyPer100Km, &electric, (16_000, 100_000, 16.0));
        // Five days driven of 31: 16 %.
        let used = table(&[(Petrol, I::UsedDays, 5), (Petrol, I::CarDays, 31), (Petrol, I::ShopDays, 1)]);
        check(AnnualRate::DaysUsed, &used, (5, 31, 0.16));
        check(AnnualRate::InOrder, &used, (30, 31, 0.97));
        // 500 yuan on 400 km are 1.25 yuan a kilometre; a fine is no cost.
        let cost = table(&[
            (Petrol, I::Fuel, 40_000),
            (Petrol, I::Toll, 10_000),
            (Petrol, I::Fine, 20_000),
            (Petrol, I::Distance, 400_000),
        ]);
        check(AnnualRate::CostPerKm, &cost, (50_000, 400_000, 1.25));
        let flow =
            table(&[(Petrol, I::Added, 6), (Electric, I::Renewed, 3), (PlugInHybrid, I::Added, 1), (Electric, I::MovedIn, 9)]);
        check(AnnualRate::NevFlow, &flow, (4, 10, 0.4));
        // Hybrids count by the national plan alone.
        let hybrid = table(&[(Petrol, I::Added, 7), (Powertrain::Hybrid, I::Added, 2), (Electric, I::Renewed, 1)]);
        check(AnnualRate::NevFlow, &hybrid, (1, 10, 0.1));
        check(AnnualRate::NevFlowPlan, &hybrid, (3, 10, 0.3));
        check(AnnualRate::CarsUsed, &table(&[(Petrol, I::UsedCars, 95), (Petrol, I::Opening, 100)]), (95, 100, 0.95));
        assert_eq!(AnnualRate::NevStock.of(&flow, &NevKinds::default()).value, None, "of nothing there is no share");
    }
}
