//! Makes and models that official fleets in China have, with what the simulation needs to know of them.

use dispatch::vehicle::{Powertrain, VehicleCategory};
use telematics::simulate::profile::Drivetrain;

use super::names::PlateKind;
use super::units::Kind;

/// A make and model (车型).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    /// As the register names it.
    pub(crate) name: &'static str,
    /// First three places of its VIN: the maker.
    pub(crate) wmi: &'static str,
    /// What drives it.
    pub(crate) powertrain: Powertrain,
    /// Seats, the driver's included.
    pub(crate) seats: i64,
    /// Tank, battery and what it uses.
    pub(crate) drivetrain: Drivetrain,
}

impl Model {
    /// The plate that it gets.
    pub(crate) const fn plate_kind(&self) -> PlateKind {
        match self.powertrain {
            Powertrain::Electric | Powertrain::Hydrogen => PlateKind::Battery,
            Powertrain::PlugInHybrid => PlateKind::PlugIn,
            Powertrain::Petrol | Powertrain::Diesel | Powertrain::Hybrid => PlateKind::Ordinary,
        }
    }
}

const fn fuel(name: &'static str, wmi: &'static str, powertrain: Powertrain, seats: i64, tank_l: f64, l_per_100km: f64) -> Model {
    Model { name, wmi, powertrain, seats, drivetrain: Drivetrain::Fuel { tank_l, l_per_100km } }
}

const fn electric(name: &'static str, wmi: &'static str, seats: i64, battery_kwh: f64, kwh_per_100km: f64) -> Model {
    Model { name, wmi, powertrain: Powertrain::Electric, seats, drivetrain: Drivetrain::Electric { battery_kwh, kwh_per_100km } }
}

const fn plug_in(name: &'static str, wmi: &'static str, seats: i64, tank_l: f64, battery_kwh: f64) -> Model {
    let drivetrain = Drivetrain::PlugIn { tank_l, l_per_100km: 5.2, battery_kwh, kwh_per_100km: 14.5 };
    Model { name, wmi, powertrain: Powertrain::PlugInHybrid, seats, drivetrain }
}

const ELECTRIC: &[Model] = &[
    electric("红旗 E-QM5", "LFP", 5, 82.0, 15.2),
    electric("比亚迪 秦PLUS EV", "LGX", 5, 57.6, 12.8),
    electric("比亚迪 汉EV", "LGX", 5, 85.4, 14.5),
    electric("广汽埃安 AION S", "LMG", 5, 58.8, 13.1),
    electric("荣威 Ei5", "LSJ", 5, 61.1, 14.0),
    electric("吉利 几何A", "LB3", 5, 61.9, 13.8),
    electric("上汽大通 MAXUS EUNIQ 5", "LSK", 7, 64.0, 17.2),
];

const PLUG_IN: &[Model] =
    &[plug_in("比亚迪 秦PLUS DM-i", "LGX", 5, 48.0, 18.3), plug_in("比亚迪 宋PLUS DM-i", "LGX", 5, 60.0, 18.3)];

const SEDANS: &[Model] = &[
    fuel("红旗 H5 1.5T", "LFP", Powertrain::Petrol, 5, 64.0, 7.6),
    fuel("大众 帕萨特 1.4T", "LSV", Powertrain::Petrol, 5, 63.0, 7.1),
    fuel("吉利 帝豪 1.5L", "LB3", Powertrain::Petrol, 5, 53.0, 6.4),
    fuel("荣威 i5 1.5L", "LSJ", Powertrain::Petrol, 5, 50.0, 6.2),
    fuel("一汽丰田 卡罗拉 双擎", "LFM", Powertrain::Hybrid, 5, 43.0, 4.6),
];

const LARGE: &[Model] = &[
    fuel("传祺 GM8 2.0T", "LMG", Powertrain::Petrol, 7, 65.0, 9.8),
    fuel("别克 GL8 2.0T", "LSG", Powertrain::Petrol, 7, 66.0, 9.6),
    fuel("江铃 全顺 2.2T", "LJX", Powertrain::Diesel, 15, 80.0, 10.4),
    fuel("宇通 ZK6710", "LZY", Powertrain::Diesel, 23, 100.0, 15.5),
];

const OFF_ROAD: &[Model] = &[
    fuel("哈弗 H6 1.5T", "LGW", Powertrain::Petrol, 5, 58.0, 7.8),
    fuel("江铃 域虎 2.3T", "LEF", Powertrain::Diesel, 5, 76.0, 9.4),
    fuel("北京 BJ40 2.0T", "LNB", Powertrain::Petrol, 5, 75.0, 10.9),
];

/// What a car of a unit is for: shares of a hundred, by what the unit does.
pub(crate) fn category(kind: Kind, draw: usize) -> VehicleCategory {
    use VehicleCategory::{ConfidentialCourier, EmergencySupport, LawEnforcement, Other, RetiredCadreService, SpecialTechnical};
    let shares: &[(usize, VehicleCategory)] = match kind {
        Kind::Law => &[(78, LawEnforcement), (88, EmergencySupport), (94, ConfidentialCourier), (100, SpecialTechnical)],
        Kind::Field => &[(40, SpecialTechnical), (75, EmergencySupport), (85, ConfidentialCourier), (100, Other)],
        Kind::Courier => &[(60, ConfidentialCourier), (90, EmergencySupport), (100, Other)],
        Kind::Office | Kind::Top => &[(35, RetiredCadreService), (60, EmergencySupport), (80, ConfidentialCourier), (100, Other)],
        Kind::Pool | Kind::County => {
            &[(45, EmergencySupport), (60, ConfidentialCourier), (72, RetiredCadreService), (100, Other)]
        }
    };
    shares.iter().find(|(up_to, _)| draw < *up_to).map_or(Other, |(_, category)| *category)
}

/// The models among which a car is chosen; `draw` is one of a hundred, and forty-five of them are new energy.
pub(crate) const fn candidates(category: VehicleCategory, draw: usize) -> &'static [Model] {
    match category {
        // Confidential post runs on electricity before all others do.
        VehicleCategory::ConfidentialCourier if draw < 85 => ELECTRIC,
        VehicleCategory::SpecialTechnical => match draw {
            0..20 => ELECTRIC,
            20..70 => OFF_ROAD,
            _ => LARGE,
        },
        _ => match draw {
            0..36 => ELECTRIC,
            36..45 => PLUG_IN,
            45..82 => SEDANS,
            82..91 => OFF_ROAD,
            _ => LARGE,
        },
    }
}
