//! Accounts of people: the name they sign in with, and what their role lets them change.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use telematics::uuid_id;
use thiserror::Error;

use crate::word::words;

uuid_id! {
    /// Key of an account (账号).
    AccountId
}
uuid_id! {
    /// Key of a signed-in browser or a program's token (会话).
    SessionId
}

words! {
    /// What an account may do (角色); over which units is its scope.
    Role, RoleError, "account.role" {
        /// Sends cars and watches them.
        Dispatcher = "dispatcher", "调度员";
        /// Answers for a unit and its cars.
        UnitLeader = "unit_leader", "单位领导";
        /// Keeps the register of cars and devices.
        FleetManager = "fleet_manager", "车队管理员";
        /// Looks at everything, changes nothing.
        Inspector = "inspector", "监督员";
        /// Drives.
        Driver = "driver", "驾驶员";
        /// Asks for cars and rides in them.
        Applicant = "applicant", "用车人";
        /// Runs the system.
        SystemAdmin = "system_admin", "系统管理员";
        /// Gives and takes rights.
        SecurityAdmin = "security_admin", "安全管理员";
        /// Reads the audit log.
        AuditAdmin = "audit_admin", "审计管理员";
        /// The supervising authority for official cars.
        Authority = "authority", "公务用车主管部门";
    }
}

/// Who may do which kind of thing, one line a kind; the console's buttons follow the same table.
const MAY: &[(Permission, &[Role])] = &[
    (
        Permission::WatchVehicles,
        &[Role::Dispatcher, Role::UnitLeader, Role::FleetManager, Role::Inspector, Role::SystemAdmin, Role::Authority],
    ),
    (Permission::ManageFleet, &[Role::FleetManager, Role::SystemAdmin, Role::Authority]),
    (Permission::WatchTerminals, &[Role::Dispatcher, Role::FleetManager, Role::Inspector, Role::SystemAdmin, Role::Authority]),
    (Permission::MessageTerminals, &[Role::Dispatcher, Role::FleetManager, Role::SystemAdmin]),
    (Permission::SetTerminals, &[Role::FleetManager, Role::SystemAdmin]),
    (Permission::EraseTerminals, &[Role::SystemAdmin]),
    (
        Permission::ReadRules,
        &[
            Role::Dispatcher,
            Role::UnitLeader,
            Role::FleetManager,
            Role::Inspector,
            Role::SystemAdmin,
            Role::SecurityAdmin,
            Role::AuditAdmin,
            Role::Authority,
        ],
    ),
    (Permission::ProposeRules, &[Role::FleetManager, Role::SystemAdmin, Role::Authority]),
    (Permission::ApproveRules, &[Role::UnitLeader, Role::SystemAdmin, Role::Authority]),
    (Permission::ManageAccounts, &[Role::SecurityAdmin]),
    (Permission::ManageUnits, &[Role::SystemAdmin, Role::Authority]),
    (Permission::ReadAudit, &[Role::Inspector, Role::SecurityAdmin, Role::AuditAdmin]),
    (Permission::ImportAccounts, &[Role::SecurityAdmin, Role::SystemAdmin, Role::Authority]),
    (Permission::DefineRoles, &[Role::SystemAdmin]),
    // Who answers for a car, or keeps its file, is whom its track supervises.
    (Permission::ExemptVehicles, &[Role::Authority]),
    (Permission::RequestTrips, &[Role::Applicant, Role::Dispatcher, Role::UnitLeader, Role::FleetManager]),
    // The authority supervises trips; it is no step of their approval.
    (Permission::ApproveTrips, &[Role::UnitLeader]),
    (Permission::DispatchTrips, &[Role::Dispatcher]),
    (Permission::DriveTrips, &[Role::Driver]),
    (Permission::WatchTrips, &[Role::Dispatcher, Role::UnitLeader, Role::FleetManager, Role::Inspector, Role::Authority]),
    (Permission::SettleTrips, &[Role::FleetManager]),
    (Permission::ManageDrivers, &[Role::UnitLeader, Role::FleetManager]),
    (Permission::ManageAllowances, &[Role::UnitLeader, Role::FleetManager, Role::Authority]),
    (Permission::ManageFlows, &[Role::UnitLeader, Role::Authority]),
    (Permission::ManagePeers, &[Role::SystemAdmin]),
    (Permission::WatchLifecycle, &[Role::UnitLeader, Role::FleetManager, Role::Inspector, Role::Authority]),
    (Permission::ProposeLifecycle, &[Role::FleetManager, Role::Authority]),
    // The authority decides over the units below it, and never on what it proposed itself.
    (Permission::DecideLifecycle, &[Role::Authority]),
    // The head of the unit signs, and nobody for him.
    (Permission::SignReports, &[Role::UnitLeader]),
];

words! {
    /// A kind of thing that a role allows (权限); one of the functions of a local role.
    Permission, PermissionError, "account.function" {
        /// See vehicles, where they are and where they were.
        WatchVehicles = "watch_vehicles", "查看车辆与轨迹";
        /// Register vehicles and devices, and bind one to the other.
        ManageFleet = "manage_fleet", "管理车辆与终端";
        /// See terminals, their links, frames and commands.
        WatchTerminals = "watch_terminals", "查看终端";
        /// Send a text, ask for a position.
        MessageTerminals = "message_terminals", "向终端下发信息";
        /// Ask for and set parameters, restart.
        SetTerminals = "set_terminals", "设置终端参数";
        /// Take a terminal back to what it was when new, or give it other firmware.
        EraseTerminals = "erase_terminals", "终端复位与升级";
        /// See the register of rules, its history and the calendar.
        ReadRules = "read_rules", "查看规则与日历";
        /// Propose another value.
        ProposeRules = "propose_rules", "提出规则变更";
        /// Decide on what somebody else proposed.
        ApproveRules = "approve_rules", "审批规则变更";
        /// Open and shut accounts, grant roles and take them back.
        ManageAccounts = "manage_accounts", "管理账号与授权";
        /// Found, change, move, merge and close units, and keep the vertical lines.
        ManageUnits = "manage_units", "管理组织机构";
        /// Read the audit log, and take evidence out of it.
        ReadAudit = "read_audit", "查看操作日志";
        /// Bring accounts by a table: without passwords, and none of the three administrators.
        ImportAccounts = "import_accounts", "批量导入账号";
        /// Make local roles; whoever makes them does not give them.
        DefineRoles = "define_roles", "定义地方角色";
        /// Take a car out of tracking by law, and back, and see on what grounds.
        ExemptVehicles = "exempt_vehicles", "认定免定位车辆";
        /// Ask for a car, follow and take back one's own requests, rate the trip.
        RequestTrips = "request_trips", "申请用车";
        /// Decide on requests of others.
        ApproveTrips = "approve_trips", "审批用车";
        /// Give cars and drivers to requests, change and cancel orders.
        DispatchTrips = "dispatch_trips", "派车调度";
        /// Take one's own orders and drive them.
        DriveTrips = "drive_trips", "执行派车任务";
        /// See requests, orders and what came of them.
        WatchTrips = "watch_trips", "查看用车单据";
        /// Settle what trips cost, and publish them.
        SettleTrips = "settle_trips", "费用结算与公示";
        /// Keep the files of drivers.
        ManageDrivers = "manage_drivers", "管理驾驶员";
        /// Give and lend money for trips.
        ManageAllowances = "manage_allowances", "管理用车额度";
        /// Say who decides on which requests.
        ManageFlows = "manage_flows", "管理审批流程";
        /// Keep the register of other platforms and their keys.
        ManagePeers = "manage_peers", "管理对接平台";
        /// See the establishment, and the papers of the life of cars.
        WatchLifecycle = "watch_lifecycle", "查看编制与车辆全周期单据";
        /// Propose: establishment, indicators, budgets, purchases, disposals, transfers; carry out what was decided.
        ProposeLifecycle = "propose_lifecycle", "申报编制、指标、购置与处置";
        /// Decide on what somebody else proposed.
        DecideLifecycle = "decide_lifecycle", "审批编制、指标、购置与处置";
        /// Stand for the unit's annual report.
        SignReports = "sign_reports", "签署年度统计报告";
    }
}

impl Role {
    /// It looks at what others do, and does nothing itself: what it looks at is written down.
    pub const fn only_supervises(self) -> bool {
        matches!(self, Self::Inspector | Self::AuditAdmin)
    }

    /// The role allows it.
    pub fn may(self, permission: Permission) -> bool {
        MAY.iter().any(|(allowed, roles)| *allowed == permission && roles.contains(&self))
    }
}

/// The name a person signs in with (登录名): 1 to 64 lower-case letters, digits, `-`, `_`, `.` or `@`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

/// Why a text is no login.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoginError {
    /// Empty or too long.
    #[error("a login has 1 to 64 characters, this one has {length}")]
    Length {
        /// Characters found.
        length: usize,
    },
    /// A character that does not belong.
    #[error("a login has letters, digits, '-', '_', '.' and '@', not {found:?}")]
    Character {
        /// The first character that does not fit.
        found: char,
    },
}

impl LoginError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "login.length",
            Self::Character { .. } => "login.character",
        }
    }
}

impl Login {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = LoginError;

    /// Case does not count: `Zhang.San` signs in as `zhang.san`.
    fn from_str(text: &str) -> Result<Self, LoginError> {
        let text = text.trim();
        let length = text.chars().count();
        if !(1..=64).contains(&length) {
            return Err(LoginError::Length { length });
        }
        match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))) {
            Some(found) => Err(LoginError::Character { found }),
            None => Ok(Self(text.to_ascii_lowercase())),
        }
    }
}

impl TryFrom<String> for Login {
    type Error = LoginError;

    fn try_from(text: String) -> Result<Self, LoginError> {
        text.parse()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_folded_to_lower_case_and_kept_plain() {
        assert_eq!(" Zhang.San ".parse::<Login>().unwrap().as_str(), "zhang.san");
        for (text, code) in
            [("", "login.length"), ("张三", "login.character"), ("a b", "login.character"), ("a/b", "login.character")]
        {
            assert_eq!(text.parse::<Login>().unwrap_err().code(), code, "{text:?}");
        }
    }

    #[test]
    fn every_role_has_one_name_and_one_term() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
            assert!(!role.term().is_empty());
        }
        assert_eq!("boss".parse::<Role>().unwrap_err().code(), "account.role");
    }

    #[test]
    fn who_looks_does_not_change() {
        assert!(Role::FleetManager.may(Permission::ManageFleet));
        for role in [Role::Dispatcher, Role::Inspector, Role::Driver, Role::AuditAdmin] {
            assert!(!role.may(Permission::ManageFleet), "{role}");
        }
        assert!(Role::Inspector.may(Permission::WatchVehicles));
        assert!(!Role::Driver.may(Permission::WatchVehicles), "a driver sees no one else's way");
    }
}
