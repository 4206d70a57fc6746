//! What an annual report says: its figures, each in a section and in a measure.

use crate::lifecycle::disposal::DisposalWay;
use crate::running::cost::CostHead;
use crate::word::words;

words! {
    /// A section of a report (统计报告表).
    AnnualSection, AnnualSectionError, "report.section" {
        /// Cars: what there was, what came, what went.
        Stock = "stock", "车辆增减变动";
        /// What may be held.
        Establishment = "establishment", "编制情况";
        /// Trips and days.
        Use = "use", "使用情况";
        /// Fuel, electricity and what they do.
        Energy = "energy", "能耗与碳排放";
        /// Money by heads.
        Cost = "cost", "运行费用";
        /// What was against the rules.
        Supervision = "supervision", "监督情况";
    }
}

words! {
    /// In what a figure is counted (计量单位).
    AnnualMeasure, AnnualMeasureError, "report.measure" {
        /// Cars, trips, cases.
        Count = "count", "个";
        /// Days.
        Days = "days", "天";
        /// Metres.
        Metres = "metres", "米";
        /// Thousandths of a litre.
        Millilitres = "millilitres", "毫升";
        /// Watt-hours.
        WattHours = "watt_hours", "瓦时";
        /// Grams.
        Grams = "grams", "克";
        /// Fen.
        Fen = "fen", "分";
    }
}

words! {
    /// A figure of a report (统计报告指标).
    AnnualItem, AnnualItemError, "report.item" {
        /// Cars before the first day.
        Opening = "opening", "期初数";
        /// Cars that came in addition.
        Added = "added", "新增";
        /// Cars that came in the stead of others.
        Renewed = "renewed", "更新";
        /// Cars that came from another unit.
        MovedIn = "moved_in", "调入";
        /// Cars that were sold to whoever offered most.
        Auctioned = "auctioned", "拍卖处置";
        /// Cars that went back to their makers.
        MakerReturned = "maker_returned", "厂家回收处置";
        /// Cars that were scrapped.
        Scrapped = "scrapped", "报废处置";
        /// Cars that were given to other bodies of the state.
        Allotted = "allotted", "无偿划拨处置";
        /// Cars that went to another unit.
        MovedOut = "moved_out", "调出";
        /// Cars on the evening of the last day.
        Closing = "closing", "期末数";
        /// Places.
        Authorised = "authorised", "编制数";
        /// Cars beyond their places, unit by unit.
        Over = "over", "超编数";
        /// Days that cars were there.
        CarDays = "car_days", "车辆在册天数";
        /// Days on which cars were driven.
        UsedDays = "used_days", "出车天数";
        /// Cars that were driven at all.
        UsedCars = "used_cars", "出车车辆数";
        /// Days in the shop.
        ShopDays = "shop_days", "维修天数";
        /// Orders that were driven.
        Trips = "trips", "派车次数";
        /// Orders that were driven by a supplier's car.
        HiredTrips = "hired_trips", "租用次数";
        /// What those came to.
        Hired = "hired", "租用费用";
        /// Kilometres, in metres.
        Distance = "distance", "行驶里程";
        /// Petrol and diesel.
        FuelTaken = "fuel_taken", "燃油量";
        /// Electricity.
        EnergyTaken = "energy_taken", "用电量";
        /// Carbon dioxide, by the factors of the days.
        Carbon = "carbon", "碳排放量";
        /// Petrol and diesel.
        Fuel = "fuel", "油费";
        /// Electricity.
        Charge = "charge", "电费";
        /// Roads and bridges.
        Toll = "toll", "通行费";
        /// Parking.
        Parking = "parking", "停车费";
        /// Repairs.
        Repair = "repair", "维修费";
        /// Upkeep.
        Upkeep = "upkeep", "保养费";
        /// Insurance.
        Insurance = "insurance", "保险费";
        /// Inspections.
        Inspection = "inspection", "年检费";
        /// Washing and whatever else.
        Other = "other", "其他费用";
        /// The driver.
        Driver = "driver", "驾驶员费用";
        /// Fines: shown, and none of the public's cost.
        Fine = "fine", "违章罚款";
        /// The cars themselves.
        Purchase = "purchase", "购置价款";
        /// Tax on buying them.
        PurchaseTax = "purchase_tax", "车辆购置税";
        /// Plates and papers.
        Registration = "registration", "上牌费";
        /// What cars brought when they went; below nothing, as the ledger has it.
        Proceeds = "proceeds", "处置收入";
        /// Uses of cars that were decided to be violations.
        Violations = "violations", "违规数";
    }
}

impl AnnualItem {
    /// What running cars costs, as the cost of a kilometre has it.
    pub const RUNNING: [Self; 9] = [
        Self::Fuel,
        Self::Charge,
        Self::Toll,
        Self::Parking,
        Self::Repair,
        Self::Upkeep,
        Self::Insurance,
        Self::Inspection,
        Self::Other,
    ];

    /// What comes to the cars that were there.
    pub const COMING: [Self; 3] = [Self::Added, Self::Renewed, Self::MovedIn];

    /// What goes of them.
    pub const GOING: [Self; 5] = [Self::Auctioned, Self::MakerReturned, Self::Scrapped, Self::Allotted, Self::MovedOut];

    /// Its section.
    pub const fn section(self) -> AnnualSection {
        match self {
            Self::Opening
            | Self::Added
            | Self::Renewed
            | Self::MovedIn
            | Self::Auctioned
            | Self::MakerReturned
            | Self::Scrapped
            | Self::Allotted
            | Self::MovedOut
            | Self::Closing => AnnualSection::Stock,
            Self::Authorised | Self::Over => AnnualSection::Establishment,
            Self::CarDays
            | Self::UsedDays
            | Self::UsedCars
            | Self::ShopDays
            | Self::Trips
            | Self::HiredTrips
            | Self::Hired
            | Self::Distance => AnnualSection::Use,
            Self::FuelTaken | Self::EnergyTaken | Self::Carbon => AnnualSection::Energy,
            Self::Violations => AnnualSection::Supervision,
            _ => AnnualSection::Cost,
        }
    }

    /// In what it is counted.
    pub const fn measure(self) -> AnnualMeasure {
        match self {
            Self::CarDays | Self::UsedDays | Self::ShopDays => AnnualMeasure::Days,
            Self::Distance => AnnualMeasure::Metres,
            Self::FuelTaken => AnnualMeasure::Millilitres,
            Self::EnergyTaken => AnnualMeasure::WattHours,
            Self::Carbon => AnnualMeasure::Grams,
            Self::Hired => AnnualMeasure::Fen,
            _ if matches!(self.section(), AnnualSection::Cost) => AnnualMeasure::Fen,
            _ => AnnualMeasure::Count,
        }
    }

    /// How a car went.
    pub const fn gone_by(way: DisposalWay) -> Self {
        match way {
            DisposalWay::Auction => Self::Auctioned,
            DisposalWay::MakerReturn => Self::MakerReturned,
            DisposalWay::Scrap => Self::Scrapped,
            DisposalWay::Allotment => Self::Allotted,
        }
    }
}

impl From<CostHead> for AnnualItem {
    fn from(head: CostHead) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_head_of_the_ledger_and_every_way_of_going_has_its_figure_by_the_same_name() {
        for head in CostHead::ALL {
            let item = AnnualItem::from(head);
            assert_eq!((item.as_str(), item.term(), item.section()), (head.as_str(), head.term(), AnnualSection::Cost));
        }
        for way in DisposalWay::ALL {
            assert!(AnnualItem::GOING.contains(&AnnualItem::gone_by(way)), "{way}");
        }
        let stock = AnnualItem::ALL.into_iter().filter(|item| item.section() == AnnualSection::Stock).count();
        assert_eq!(stock, AnnualItem::COMING.len() + AnnualItem::GOING.len() + 2, "the balance has them all");
    }
}
