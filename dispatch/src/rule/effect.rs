//! What a change would touch (影响范围): which data a key is counted on, and how sure the count is.

use super::key::RuleKey;
use crate::word::words;

words! {
    /// What is counted (影响对象).
    Touched, TouchedError, "rule.touched" {
        /// Cars.
        Vehicles = "vehicles", "车辆";
        /// Trips of the last thirty days, or of the days that change.
        Trips = "trips", "行程";
        /// Stops of the last thirty days.
        Stops = "stops", "停留";
        /// Events of the last thirty days.
        Events = "events", "事件";
        /// Units.
        Units = "units", "单位";
        /// Accounts.
        Accounts = "accounts", "账号";
        /// Stored rows.
        Rows = "rows", "存储记录";
        /// Nothing that is here yet.
        Nothing = "nothing", "暂无";
    }
}

words! {
    /// How sure a count is (统计口径).
    Certainty, CertaintyError, "rule.certainty" {
        /// Each of these is judged otherwise.
        Exact = "exact", "逐条判定";
        /// Each of these is judged otherwise, others may be.
        AtLeast = "at_least", "至少";
        /// These may be judged otherwise.
        AtMost = "at_most", "至多";
        /// Only what is done from that day on.
        FromThenOn = "from_then_on", "仅影响此后发生的业务";
        /// What would be judged otherwise was never stored.
        NotStored = "not_stored", "低于原阈值的情况未存储，无法回看";
        /// The data that it is judged by is not kept yet.
        NoData = "no_data", "系统尚无判定所需数据";
        /// The feature that reads it is still to come.
        NoReader = "no_reader", "使用该项的功能尚未上线";
    }
}

/// What a change of a key is counted on.
pub const fn touched(key: RuleKey) -> Touched {
    match key {
        RuleKey::EquipmentCeiling
        | RuleKey::NevPowertrains
        | RuleKey::NevPowertrainsPlan
        | RuleKey::RenewalYears
        | RuleKey::RenewalKilometres
        | RuleKey::OfflineAfter
        | RuleKey::OfflineParkedAfter => Touched::Vehicles,
        RuleKey::NevShare | RuleKey::NevShareCourier | RuleKey::RenewalStockShare => Touched::Units,
        RuleKey::SpeedLimit | RuleKey::CalendarDays => Touched::Trips,
        RuleKey::SpeedingFor => Touched::Events,
        RuleKey::IdleTooLong | RuleKey::StopAfter => Touched::Stops,
        RuleKey::PasswordAge => Touched::Accounts,
        RuleKey::LogOnline | RuleKey::TrackOnline => Touched::Rows,
        _ => Touched::Nothing,
    }
}
