//! Figures of cars (车辆指标): sums of lists that anybody can open, and what follows from them.

use super::cost::CostHead;
use super::energy::per_hundred_km;
use crate::trip::figure::FigureTotal;
use crate::word::words;

words! {
    /// A figure of cars that is the sum of a list.
    VehicleFigure, VehicleFigureError, "vehicle.figure" {
        /// What was driven; metres.
        Distance = "distance", "行驶里程";
        /// The same of cars that take fuel; metres.
        FuelDistance = "fuel_distance", "燃油车里程";
        /// The same of cars that are charged; metres.
        ElectricDistance = "electric_distance", "电动车里程";
        /// Fuel; thousandths of a litre.
        FuelTaken = "fuel_taken", "燃油用量";
        /// Electricity; watt-hours.
        EnergyTaken = "energy_taken", "用电量";
        /// Carbon dioxide; grams.
        Carbon = "carbon", "碳排放";
        /// What running cars costs; fen.
        Running = "running", "运行费用";
        /// What cars cost over their life, within the span; fen.
        Ownership = "ownership", "全生命周期费用";
        /// Petrol and diesel; fen.
        Fuel = "fuel", "油费";
        /// Electricity; fen.
        Charge = "charge", "电费";
        /// Roads and bridges; fen.
        Toll = "toll", "通行费";
        /// Parking; fen.
        Parking = "parking", "停车费";
        /// Repairs; fen.
        Repair = "repair", "维修费";
        /// Upkeep; fen.
        Upkeep = "upkeep", "保养费";
        /// Insurance; fen.
        Insurance = "insurance", "保险费";
        /// Inspections; fen.
        Inspection = "inspection", "年检费";
        /// Whatever else; fen.
        Other = "other", "其他费用";
        /// Fines, which are shown and not charged; fen.
        Fine = "fine", "违章罚款";
        /// Drivers; fen.
        Driver = "driver", "驾驶员费用";
        /// Cars bought; fen.
        Purchase = "purchase", "购置价款";
        /// Tax on buying; fen.
        PurchaseTax = "purchase_tax", "车辆购置税";
        /// Plates; fen.
        Registration = "registration", "上牌费";
        /// What came in for cars that went; fen, below nothing.
        Proceeds = "proceeds", "处置收入";
        /// Cars on the last day; 1 each.
        Stock = "stock", "保有车辆";
        /// Those among them that count as new energy; 1 each.
        StockNev = "stock_nev", "新能源车辆";
        /// Cars bought; 1 each.
        Flow = "flow", "新增更新车辆";
        /// Those among them that count as new energy; 1 each.
        FlowNev = "flow_nev", "新增更新新能源车辆";
        /// Days that cars were there for; days.
        CarDays = "car_days", "车辆日";
        /// Cars that were seen to drive; days on which they were.
        UsedCars = "used_cars", "出车车辆";
        /// Orders that left, by the car's unit; 1 each.
        Orders = "orders", "出车";
        /// Repairs; days in the shop.
        ShopDays = "shop_days", "维修天数";
        /// What was refused on cards; 1 each.
        CardRefusals = "card_refusals", "拒付流水";
    }
}

impl VehicleFigure {
    /// The list of what was paid under a head.
    pub const fn of_head(head: CostHead) -> Self {
        match head {
            CostHead::Fuel => Self::Fuel,
            CostHead::Charge => Self::Charge,
            CostHead::Toll => Self::Toll,
            CostHead::Parking => Self::Parking,
            CostHead::Repair => Self::Repair,
            CostHead::Upkeep => Self::Upkeep,
            CostHead::Insurance => Self::Insurance,
            CostHead::Inspection => Self::Inspection,
            CostHead::Other => Self::Other,
            CostHead::Fine => Self::Fine,
            CostHead::Driver => Self::Driver,
            CostHead::Purchase => Self::Purchase,
            CostHead::PurchaseTax => Self::PurchaseTax,
            CostHead::Registration => Self::Registration,
            CostHead::Proceeds => Self::Proceeds,
        }
    }
}

/// What follows from the sums (派生指标); `None` where there is nothing to divide by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VehicleShares {
    /// Fen a kilometre (公里成本).
    pub fen_per_km: Option<f64>,
    /// Fen a kilometre with the car itself, the driver and what came in (全生命周期公里成本).
    pub ownership_fen_per_km: Option<f64>,
    /// The same a year of a car, of 365 days that it was there (全生命周期年均成本).
    pub ownership_fen_per_car_year: Option<f64>,
    /// Litres in 100 km of cars that take fuel (百公里油耗).
    pub l_per_100km: Option<f64>,
    /// Kilowatt-hours in 100 km of cars that are charged (百公里电耗).
    pub kwh_per_100km: Option<f64>,
    /// Kilograms of carbon dioxide in 100 km.
    pub carbon_kg_per_100km: Option<f64>,
    /// New energy among the cars on the last day, in percent (电动化率).
    pub nev_stock_pct: Option<f64>,
    /// New energy among the cars bought, in percent (新能源占比).
    pub nev_flow_pct: Option<f64>,
    /// Days on which cars drove, of all days of all cars, in percent (车辆使用率, first reading).
    pub days_used_pct: Option<f64>,
    /// Cars that drove at least once, of all cars, in percent (second reading).
    pub cars_used_pct: Option<f64>,
    /// Orders that left, of all days of all cars, in percent (third reading).
    pub orders_per_car_day_pct: Option<f64>,
    /// Days not in the shop, of all days of all cars, in percent (完好率).
    pub ready_pct: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "no figure of a nation is beyond 2^53")]
fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn percent(part: i64, whole: i64) -> Option<f64> {
    ratio(part, whole).map(|share| rounded(share * 100.0))
}

impl VehicleShares {
    /// Reckons the shares; `total` gives the sum of each list.
    pub fn of(total: impl Fn(VehicleFigure) -> FigureTotal) -> Self {
        use VehicleFigure as F;
        let amount = |figure| total(figure).amount;
        let (distance, car_days) = (amount(F::Distance), amount(F::CarDays));
        let per_km = |fen: i64| ratio(fen * 1000, distance).map(rounded);
        Self {
            fen_per_km: per_km(amount(F::Running)),
            ownership_fen_per_km: per_km(amount(F::Ownership)),
            ownership_fen_per_car_year: ratio(amount(F::Ownership) * 365, car_days).map(rounded),
            l_per_100km: per_hundred_km(amount(F::FuelTaken), amount(F::FuelDistance)),
            kwh_per_100km: per_hundred_km(amount(F::EnergyTaken), amount(F::ElectricDistance)),
            carbon_kg_per_100km: per_hundred_km(amount(F::Carbon), distance),
            nev_stock_pct: percent(total(F::StockNev).rows, total(F::Stock).rows),
            nev_flow_pct: percent(total(F::FlowNev).rows, total(F::Flow).rows),
            days_used_pct: percent(amount(F::UsedCars), car_days),
            cars_used_pct: percent(total(F::UsedCars).rows, total(F::Stock).rows),
            orders_per_car_day_pct: percent(amount(F::Orders), car_days),
            ready_pct: percent(car_days - amount(F::ShopDays), car_days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(known: &[(VehicleFigure, i64, i64)]) -> VehicleShares {
        VehicleShares::of(|figure| {
            let found = known.iter().find(|(one, ..)| *one == figure);
            found.map_or(FigureTotal::default(), |&(_, rows, amount)| FigureTotal { rows, amount })
        })
    }

    use VehicleFigure as F;

    #[test]
    fn every_head_of_cost_has_its_list() {
        for head in CostHead::ALL {
            assert_eq!(VehicleFigure::of_head(head).as_str(), head.as_str());
        }
    }

    #[test]
    fn the_golden_values() {
        let month = shares(&[
            (F::FuelDistance, 40, 35_157_700),
            (F::FuelTaken, 90, 3_995_000),
            (F::UsedCars, 1, 5),
            (F::CarDays, 1, 31),
            (F::Stock, 1, 1),
        ]);
        assert_eq!((month.l_per_100km, month.days_used_pct, month.cars_used_pct), (Some(11.36), Some(16.13), Some(100.0)));
    }

    /// A province's own words: 23,000 orders a day for 77,000 cars.
    #[test]
    fn a_day_of_a_province() {
        let day = shares(&[(F::Orders, 23_000, 23_000), (F::CarDays, 77_000, 77_000)]);
        assert_eq!(day.orders_per_car_day_pct, Some(29.87));
    }

    #[test]
    fn a_kilometre_costs_what_was_paid_and_a_life_costs_the_car_too() {
        // 180,000 yuan, 20,354 yuan of tax and plates, 8,000 yuan of running, 30,000 yuan back; two years and 40,000 km.
        let ownership = 18_000_000 + 2_035_400 + 800_000 - 3_000_000;
        let life = shares(&[
            (F::Running, 40, 800_000),
            (F::Ownership, 44, ownership),
            (F::Distance, 400, 40_000_000),
            (F::CarDays, 1, 730),
        ]);
        assert_eq!((life.fen_per_km, life.ownership_fen_per_km), (Some(20.0), Some(445.89)));
        assert_eq!(life.ownership_fen_per_car_year, Some(8_917_700.0));
    }

    #[test]
    fn cars_in_the_shop_are_not_ready() {
        let month = shares(&[
            (F::CarDays, 10, 310),
            (F::ShopDays, 2, 31),
            (F::Stock, 10, 10),
            (F::StockNev, 4, 4),
            (F::Flow, 3, 3),
            (F::FlowNev, 1, 1),
        ]);
        assert_eq!((month.ready_pct, month.nev_stock_pct, month.nev_flow_pct), (Some(90.0), Some(40.0), Some(33.33)));
        assert_eq!(shares(&[]), VehicleShares::default());
    }
}
