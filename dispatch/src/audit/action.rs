//! The closed lists of what is done and of what it is done to; together they say what happened.

use crate::word::words;

words! {
    /// What was done (操作类型).
    Action, ActionError, "audit.action" {
        /// Signed in.
        SignedIn = "signed_in", "登录";
        /// Tried to sign in and was refused.
        SignInRefused = "sign_in_refused", "登录被拒";
        /// So many wrong passwords that the account is locked for a while.
        Locked = "locked", "锁定";
        /// Signed out.
        SignedOut = "signed_out", "退出登录";
        /// Entered something new.
        Created = "created", "新增";
        /// Changed some of its fields.
        Changed = "changed", "修改";
        /// Took it away.
        Deleted = "deleted", "删除";
        /// Put it into use again.
        Enabled = "enabled", "启用";
        /// Took it out of use.
        Disabled = "disabled", "停用";
        /// Fitted one to the other.
        Bound = "bound", "绑定";
        /// Took one off the other.
        Unbound = "unbound", "解绑";
        /// Gave it another secret; the old one ended.
        SecretRenewed = "secret_renewed", "更换密钥";
        /// Set another password.
        PasswordSet = "password_set", "重置密码";
        /// Let a terminal register once more.
        RegistrationAllowed = "registration_allowed", "允许重新注册";
        /// Asked a terminal for something.
        Asked = "asked", "下发";
        /// Took back what was asked.
        Cancelled = "cancelled", "取消";
        /// Began something that goes on by itself.
        Started = "started", "启动";
        /// Let it rest.
        Paused = "paused", "暂停";
        /// Let it go on.
        Resumed = "resumed", "继续";
        /// Ended it before its end.
        Stopped = "stopped", "终止";
        /// Handed it in.
        Submitted = "submitted", "提交";
        /// Agreed.
        Approved = "approved", "批准";
        /// Refused.
        Rejected = "rejected", "驳回";
        /// Said that it was seen to.
        Handled = "handled", "处置";
        /// Gave a right to somebody.
        Granted = "granted", "授权";
        /// Took a right away.
        Revoked = "revoked", "撤销";
        /// Moved it to another unit.
        Moved = "moved", "划转";
        /// Brought in many at once.
        Imported = "imported", "导入";
        /// Took a copy out.
        Exported = "exported", "导出";
        /// Looked at what not everybody may see.
        Viewed = "viewed", "查看";
        /// Asked to look at what nobody may see, and was refused.
        ViewRefused = "view_refused", "查看被拒";
        /// Took a car out of tracking, by law.
        Exempted = "exempted", "免定位";
        /// Ended that.
        ExemptionEnded = "exemption_ended", "恢复定位";
        /// Sent it to somebody.
        Sent = "sent", "发送";
        /// Took back what it had handed in.
        Withdrawn = "withdrawn", "撤回";
        /// Gave it back to be corrected.
        Returned = "returned", "退回修改";
        /// Agreed afterwards to what could not wait.
        Ratified = "ratified", "补批";
        /// Handed the decision to somebody else.
        Transferred = "transferred", "转交";
        /// Took back a decision within the time for it.
        Undone = "undone", "撤销决定";
        /// Handed it over to another platform.
        HandedOver = "handed_over", "转派其他平台";
        /// Called back from another platform what was handed over.
        CalledBack = "called_back", "收回转派";
        /// Did not take a message of another platform.
        MessageRefused = "message_refused", "拒收报文";
        /// Gave a car and a driver.
        Ordered = "ordered", "派车";
        /// Gave another car or driver.
        Reassigned = "reassigned", "改派";
        /// Took the order.
        Accepted = "accepted", "接单";
        /// Did not take it.
        Declined = "declined", "拒单";
        /// Drove off.
        Departed = "departed", "出车";
        /// Looked a car over.
        Inspected = "inspected", "车辆检查";
        /// Called for help.
        CalledForHelp = "called_for_help", "求助";
        /// Was there.
        Arrived = "arrived", "到达";
        /// Waited for the people.
        Waited = "waited", "等候";
        /// Came back.
        CameBack = "came_back", "收车";
        /// Said what it costs.
        Settled = "settled", "结算";
        /// Put the opposite entry beside a wrong one.
        Reversed = "reversed", "冲正";
        /// Said how it was.
        Rated = "rated", "评价";
        /// Showed it to the public.
        Published = "published", "公示";
        /// Said why.
        Explained = "explained", "说明";
        /// Took it to those above.
        Escalated = "escalated", "上报";
        /// Found that a rule was broken.
        Convicted = "convicted", "认定违规";
        /// Left one day of it out.
        Skipped = "skipped", "跳过一日";
        /// Was not driven.
        Missed = "missed", "缺趟";
        /// Put it under seal.
        Sealed = "sealed", "封存";
        /// Took the seal off.
        Unsealed = "unsealed", "启封";
        /// Forgot what had been kept long enough.
        Pruned = "pruned", "到期清理";
    }
}

words! {
    /// The kind of thing that something is done to (对象类型).
    SubjectKind, SubjectKindError, "audit.subject" {
        /// An account of a person.
        Account = "account", "账号";
        /// A browser that is signed in.
        Session = "session", "会话";
        /// A program's token.
        Token = "token", "访问令牌";
        /// A role with its rights.
        Role = "role", "角色";
        /// A unit in the tree.
        Unit = "unit", "单位";
        /// A car.
        Vehicle = "vehicle", "车辆";
        /// A device in a car.
        Terminal = "terminal", "车载终端";
        /// A platform that forwards cars to us, or to which we forward.
        Platform = "platform", "对接平台";
        /// Something asked of a terminal.
        Command = "command", "下发指令";
        /// A program for our bridges.
        Firmware = "firmware", "固件";
        /// The way of a program to many bridges.
        Rollout = "rollout", "固件升级任务";
        /// Where a car was.
        Track = "track", "车辆轨迹";
        /// What went over a terminal's line.
        Frames = "frames", "终端报文";
        /// An alarm.
        Alarm = "alarm", "报警";
        /// A fence on the map.
        Fence = "fence", "电子围栏";
        /// A value that the rules use.
        Rule = "rule", "规则参数";
        /// A message to people.
        Message = "message", "消息";
        /// A paper with its file.
        Document = "document", "资料文件";
        /// The file of a driver.
        Driver = "driver", "驾驶员";
        /// Somebody asks for a car.
        TripRequest = "trip_request", "用车申请";
        /// A car and a driver were given.
        DispatchOrder = "dispatch_order", "派车单";
        /// Who decides on requests.
        ApprovalFlow = "approval_flow", "审批流程";
        /// What was spent on a trip.
        Expense = "expense", "费用";
        /// What a trip costs.
        Settlement = "settlement", "结算单";
        /// Money for trips.
        Allowance = "allowance", "用车额度";
        /// A trip that is not as it was ordered.
        Finding = "finding", "用车异常";
        /// A place where official cars do not stop.
        SensitivePlace = "sensitive_place", "敏感地点";
        /// A complaint or an inspection.
        Case = "case", "投诉与检查案件";
        /// A car that is not to be used for a time.
        Seal = "seal", "封存记录";
        /// What the public is shown.
        Notice = "notice", "公示";
        /// Trips that come round.
        TripPlan = "trip_plan", "周期用车";
        /// A way with a name.
        TripRoute = "trip_route", "固定路线";
        /// A car had an accident.
        Accident = "accident", "事故案件";
        /// The police wrote something down.
        Violation = "violation", "违章记录";
        /// A supplier of cars.
        Supplier = "supplier", "供应商";
        /// An annual report.
        AnnualReport = "annual_report", "统计报告";
        /// How many cars a unit may hold.
        Establishment = "establishment", "编制";
        /// The permission to get a car.
        Indicator = "indicator", "指标";
        /// The money for cars of a year.
        Budget = "budget", "配备更新预算";
        /// A car is bought.
        Purchase = "purchase", "购置";
        /// A car goes.
        Disposal = "disposal", "处置";
        /// A car goes to another unit.
        Transfer = "transfer", "调拨";
        /// A vendor that an authority names.
        DesignatedVendor = "designated_vendor", "定点厂家";
        /// A car is repaired.
        RepairOrder = "repair_order", "维修单";
        /// Insurance, inspection, licence or plan of upkeep of a car.
        CarPaper = "car_paper", "车辆证照与保养";
        /// A card for fuel or charging.
        EnergyCard = "energy_card", "加油充电卡";
        /// What a car costs.
        VehicleCost = "vehicle_cost", "车辆费用";
        /// A setting of the service.
        Setting = "setting", "系统设置";
        /// The audit log itself.
        AuditLog = "audit_log", "操作日志";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_and_every_kind_has_one_name_and_one_term() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse::<Action>().unwrap(), action);
            assert!(Action::ALL.iter().filter(|other| other.term() == action.term()).count() == 1, "{action}");
        }
        for kind in SubjectKind::ALL {
            assert_eq!(kind.as_str().parse::<SubjectKind>().unwrap(), kind);
            assert!(SubjectKind::ALL.iter().filter(|other| other.term() == kind.term()).count() == 1, "{kind}");
        }
    }
}
