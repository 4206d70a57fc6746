//! What the yearly report on the handling of data tells of: the kinds of data, what the law calls them and what they are for.
//! 《汽车数据安全管理若干规定(试行)》, articles 3 and 13.

use crate::rule::key::RuleKey;
use crate::word::words;

/// From so many people on their data is important data; article 3 (6) 5.
const IMPORTANT_FROM_PEOPLE: i64 = 100_000;

words! {
    /// What the law calls a kind of data (数据级别).
    DataClass, DataClassError, "data.class" {
        /// Harm to it is harm to the public.
        Important = "important", "重要数据";
        /// Harm to it is harm to a person's dignity or safety.
        Sensitive = "sensitive", "敏感个人信息";
        /// It tells of a person.
        Personal = "personal", "个人信息";
        /// Neither.
        General = "general", "一般数据";
    }
}

words! {
    /// A kind of data that is handled (数据种类).
    DataKind, DataKindError, "data.kind" {
        /// Where cars were.
        Positions = "positions", "车辆定位点";
        /// From where to where they drove.
        Trips = "trips", "行程";
        /// What happened on the way.
        Events = "events", "车辆事件";
        /// What wanted somebody.
        Alarms = "alarms", "报警";
        /// The register of cars.
        Vehicles = "vehicles", "车辆档案";
        /// Files of drivers.
        Drivers = "drivers", "驾驶员档案";
        /// Accounts of people.
        Accounts = "accounts", "用户账号";
        /// Papers and pictures.
        Documents = "documents", "证照与影像";
        /// Who did what.
        AuditEntries = "audit_entries", "操作日志";
    }
}

impl DataKind {
    /// What the law calls so much of it.
    pub const fn class(self, amount: i64) -> DataClass {
        match self {
            // The flow of vehicles: article 3 (6) 2. It is a person's way too: article 3 (5).
            Self::Positions | Self::Trips => DataClass::Important,
            Self::Drivers | Self::Accounts if amount > IMPORTANT_FROM_PEOPLE => DataClass::Important,
            Self::Drivers | Self::Documents => DataClass::Sensitive,
            Self::Accounts | Self::AuditEntries => DataClass::Personal,
            Self::Events | Self::Alarms | Self::Vehicles => DataClass::General,
        }
    }

    /// What it is for, in Chinese.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Positions => "公务用车运行监管与轨迹回放",
            Self::Trips => "里程统计、用车核对与费用结算",
            Self::Events => "行驶状态判定与异常用车核查",
            Self::Alarms => "行车安全与异常处置",
            Self::Vehicles => "编制、资产与派车管理",
            Self::Drivers => "派车资格审查与安全教育",
            Self::Accounts => "身份鉴别与授权",
            Self::Documents => "车辆证照与资产凭证留存",
            Self::AuditEntries => "操作追溯与监督",
        }
    }

    /// The same in English.
    pub const fn purpose_en(self) -> &'static str {
        match self {
            Self::Positions => "supervising the use of official cars, replaying tracks",
            Self::Trips => "mileage, comparing use with orders, settling costs",
            Self::Events => "telling what a car does, looking into irregular use",
            Self::Alarms => "safety on the road, handling what is out of order",
            Self::Vehicles => "establishment, assets and dispatch",
            Self::Drivers => "who may be sent, lessons on safety",
            Self::Accounts => "knowing who signs in and what they may do",
            Self::Documents => "keeping certificates and proofs of assets",
            Self::AuditEntries => "tracing and supervising what is done",
        }
    }

    /// The rule that says how long it is at hand; `None`: as long as what it tells of is in the register.
    pub const fn kept_by(self) -> Option<RuleKey> {
        match self {
            Self::Positions | Self::Trips | Self::Events | Self::Alarms => Some(RuleKey::TrackOnline),
            Self::AuditEntries => Some(RuleKey::LogOnline),
            Self::Vehicles | Self::Drivers | Self::Accounts | Self::Documents => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_important_data_and_people_are_when_they_are_many() {
        assert_eq!(DataKind::Positions.class(1), DataClass::Important);
        assert_eq!(DataKind::Drivers.class(100_000), DataClass::Sensitive);
        assert_eq!(DataKind::Drivers.class(100_001), DataClass::Important);
        assert_eq!(DataKind::Vehicles.class(i64::MAX), DataClass::General);
    }

    #[test]
    fn every_kind_says_what_it_is_for() {
        for kind in DataKind::ALL {
            assert!(!kind.purpose().is_empty() && !kind.purpose_en().is_empty(), "{kind}");
        }
    }
}
