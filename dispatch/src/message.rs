//! Messages: what is told to whom, in which words, by which way and when; pure, the store and the wires are elsewhere.

mod fact;
mod news;
mod preference;
mod quiet;
mod retry;
mod template;

use telematics::uuid_id;

use crate::account::{Permission, Role};
use crate::word::words;

pub use fact::{Fact, FactError, Facts};
pub use news::News;
pub use preference::{AddressError, EmailAddress, PhoneNumber, Preference};
pub use quiet::{QuietHours, QuietHoursError, send_at};
pub use retry::next_try;
pub use template::{Outward, TemplateError, Words, outward, render};

uuid_id! {
    /// Key of a message (消息).
    MessageId
}

words! {
    /// What a message is about (消息类型); a closed list.
    MessageKind, MessageKindError, "message.kind" {
        /// The emergency button of a vehicle was pressed.
        SosPressed = "sos_pressed", "紧急求助";
        /// A red alarm of a vehicle began.
        AlarmRaised = "alarm_raised", "红色报警";
        /// A terminal says to be in another vehicle than the register.
        TerminalMismatch = "terminal_mismatch", "车辆与终端不符";
        /// A driver found a danger, and the car does not drive.
        CarKept = "car_kept", "车辆停驶";
        /// A terminal did what was asked.
        CommandAnswered = "command_answered", "指令已应答";
        /// A terminal was asked and did not answer.
        CommandFailed = "command_failed", "指令未应答";
        /// A command waited in vain for its terminal.
        CommandExpired = "command_expired", "指令过期";
        /// Too many devices of a rollout failed.
        RolloutHalted = "rollout_halted", "固件升级暂停";
        /// Wrong passwords locked an account.
        AccountLocked = "account_locked", "账号锁定";
        /// A change of a rule waits for a second pair of eyes.
        RuleAwaitsApproval = "rule_awaits_approval", "规则变更待审批";
        /// A role was handed over for a time.
        DelegationReceived = "delegation_received", "收到授权委托";
        /// A file was taken in.
        ImportFinished = "import_finished", "导入完成";
        /// Insurance, an inspection, a licence or upkeep of a car falls due.
        FallsDue = "falls_due", "车辆到期提醒";
        /// A driver's licence runs out, or has.
        LicenceExpires = "licence_expires", "驾驶证到期";
        /// A trip is not what its order says.
        FindingRaised = "finding_raised", "用车异常待说明";
        /// Nobody explained it, or whoever keeps the fleet took it further.
        FindingEscalated = "finding_escalated", "用车异常上报";
        /// A way out of the house does not work.
        SendingFailed = "sending_failed", "消息外发失败";
        /// A request for a car waits for a decision.
        TripAwaitsApproval = "trip_awaits_approval", "用车申请待审批";
        /// A request waits for a car.
        TripAwaitsDispatch = "trip_awaits_dispatch", "用车申请待派车";
        /// It was decided on a request.
        TripDecided = "trip_decided", "用车申请已处理";
        /// A request has its car.
        TripOrdered = "trip_ordered", "已派车";
        /// A driver has an order.
        OrderIssued = "order_issued", "新派车任务";
        /// A driver does not take an order.
        OrderDeclined = "order_declined", "驾驶员拒单";
        /// A trip was called off.
        TripCancelled = "trip_cancelled", "用车取消";
        /// A car is back.
        TripReturned = "trip_returned", "已收车";
        /// A plan, or a change of one, waits for a decision.
        PlanAwaitsApproval = "plan_awaits_approval", "周期用车待审批";
        /// It was decided on a plan.
        PlanDecided = "plan_decided", "周期用车已处理";
        /// A day of a plan was not driven.
        PlanTripMissed = "plan_trip_missed", "周期用车缺趟";
        /// A driver tells of an accident.
        AccidentReported = "accident_reported", "事故报告";
        /// Little is left of a unit's trip money.
        AllowanceLow = "allowance_low", "额度预警";
    }
}

words! {
    /// How much a message matters (消息级别).
    Severity, SeverityError, "message.severity" {
        /// To be read some time.
        Note = "note", "一般";
        /// To be read today.
        Important = "important", "重要";
        /// To be read now; no quiet hours hold it back.
        Emergency = "emergency", "紧急";
    }
}

words! {
    /// A way out of the house (通知渠道).
    Channel, ChannelError, "message.channel" {
        /// Through the site's own gateway for short messages.
        Sms = "sms", "短信";
        /// By SMTP.
        Email = "email", "邮件";
        /// A robot in a group of WeCom.
        Wecom = "wecom", "企业微信";
        /// A robot in a group of DingTalk.
        Dingtalk = "dingtalk", "钉钉";
        /// A robot in a group of Feishu.
        Feishu = "feishu", "飞书";
    }
}

words! {
    /// In which words something is told (语言).
    Language, LanguageError, "message.language" {
        /// The source language.
        Chinese = "zh-CN", "中文";
        /// The other one.
        English = "en", "英文";
    }
}

words! {
    /// What kind of thing a message is about (消息对象); it can be opened from there.
    SubjectKind, SubjectKindError, "message.subject" {
        /// A vehicle, shown on the map.
        Vehicle = "vehicle", "车辆";
        /// A terminal.
        Terminal = "terminal", "终端";
        /// A rollout of firmware.
        Rollout = "rollout", "固件升级批次";
        /// An account.
        Account = "account", "账号";
        /// A rule.
        Rule = "rule", "规则";
        /// An import.
        Import = "import", "导入";
        /// The file of a driver.
        Driver = "driver", "驾驶员";
        /// A trip that is not what its order says.
        Finding = "finding", "用车异常";
        /// A request for a car.
        TripRequest = "trip_request", "用车申请";
        /// A dispatch order.
        DispatchOrder = "dispatch_order", "派车单";
        /// A recurring plan.
        TripPlan = "trip_plan", "周期用车";
        /// An accident.
        Accident = "accident", "事故案件";
        /// An account of trip money.
        Allowance = "allowance", "用车额度";
    }
}

/// One line of the table of kinds: how much it matters, and who is told beside those whom it concerns by name.
struct Line {
    severity: Severity,
    roles: &'static [Role],
}

impl MessageKind {
    const fn line(self) -> Line {
        use Severity::{Emergency, Important, Note};
        let (severity, roles): (Severity, &[Role]) = match self {
            Self::SosPressed => (Emergency, &[Role::Dispatcher, Role::FleetManager, Role::UnitLeader]),
            Self::AccidentReported => (Emergency, &[Role::Dispatcher, Role::FleetManager]),
            Self::AlarmRaised | Self::CarKept => (Important, &[Role::Dispatcher, Role::FleetManager]),
            Self::TerminalMismatch | Self::RolloutHalted | Self::FindingRaised | Self::LicenceExpires | Self::FallsDue => {
                (Important, &[Role::FleetManager])
            }
            Self::CommandAnswered | Self::CommandFailed | Self::CommandExpired | Self::ImportFinished => (Note, &[]),
            Self::AccountLocked => (Important, &[Role::SecurityAdmin]),
            Self::RuleAwaitsApproval => (Important, &[Role::Authority]),
            Self::SendingFailed => (Note, &[Role::SystemAdmin]),
            Self::TripAwaitsApproval | Self::FindingEscalated | Self::PlanAwaitsApproval | Self::AllowanceLow => {
                (Important, &[Role::UnitLeader])
            }
            Self::TripAwaitsDispatch | Self::OrderDeclined => (Important, &[Role::Dispatcher]),
            Self::DelegationReceived
            | Self::TripDecided
            | Self::TripOrdered
            | Self::OrderIssued
            | Self::TripCancelled
            | Self::PlanDecided
            | Self::PlanTripMissed => (Important, &[]),
            Self::TripReturned => (Note, &[Role::FleetManager]),
        };
        Line { severity, roles }
    }

    /// How much it matters.
    pub const fn severity(self) -> Severity {
        self.line().severity
    }

    /// What it takes to see what is told; whose role was narrowed to less is not told.
    pub const fn needs(self) -> Option<Permission> {
        match self {
            Self::SosPressed
            | Self::AlarmRaised
            | Self::TerminalMismatch
            | Self::CarKept
            | Self::AccidentReported
            | Self::FallsDue => Some(Permission::WatchVehicles),
            Self::RolloutHalted => Some(Permission::WatchTerminals),
            Self::FindingRaised | Self::FindingEscalated | Self::AllowanceLow => Some(Permission::WatchTrips),
            Self::AccountLocked => Some(Permission::ManageAccounts),
            Self::LicenceExpires => Some(Permission::ManageDrivers),
            Self::TripAwaitsApproval | Self::PlanAwaitsApproval => Some(Permission::ApproveTrips),
            Self::TripAwaitsDispatch | Self::OrderDeclined => Some(Permission::DispatchTrips),
            Self::TripReturned => Some(Permission::SettleTrips),
            _ => None,
        }
    }

    /// The roles that are told: of each its nearest holders, in the unit that the message is about or the next one above.
    pub const fn roles(self) -> &'static [Role] {
        self.line().roles
    }
}

impl Channel {
    /// It reaches one person, at an address of theirs; else a group.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Sms | Self::Email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_wait_is_told_to_those_who_can_act() {
        assert_eq!(MessageKind::SosPressed.severity(), Severity::Emergency);
        assert!(MessageKind::SosPressed.roles().contains(&Role::Dispatcher));
        assert_eq!(MessageKind::AccountLocked.roles(), [Role::SecurityAdmin]);
        for kind in MessageKind::ALL {
            let may = |role: &Role| kind.needs().is_none_or(|needed| role.may(needed));
            assert!(kind.roles().iter().all(may), "{kind}: told to a role that may not see it");
        }
        let urgent = MessageKind::ALL.into_iter().filter(|kind| kind.severity() == Severity::Emergency);
        assert!(urgent.into_iter().all(|kind| !kind.roles().is_empty()), "an emergency that nobody is told of");
    }

    #[test]
    fn severities_rise() {
        assert!(Severity::Note < Severity::Important && Severity::Important < Severity::Emergency);
    }
}
