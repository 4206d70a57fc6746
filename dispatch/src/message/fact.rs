//! Facts of a message: named values as they were when it was told, shown in the reader's language.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use telematics::alarm::AlarmKind;

use super::{Channel, Language};
use crate::account::Role;
use crate::incident::accident::AccidentKind;
use crate::reconcile::FindingKind;
use crate::running::due::DueKind;
use crate::trip::plan::day::MissedWhy;
use crate::word::words;

words! {
    /// The name of a fact that a message may tell (消息要素).
    Fact, FactError, "message.fact" {
        /// Number plate.
        Plate = "plate", "号牌号码";
        /// Name of a kind of alarm.
        Alarm = "alarm", "报警类型";
        /// Name of a kind of finding.
        Finding = "finding", "异常类型";
        /// When it happened.
        At = "at", "时间";
        /// Name of a terminal.
        Terminal = "terminal", "终端号";
        /// What does not fit: plate, VIN, OBU or SIM card.
        Field = "field", "不符项";
        /// What the terminal says.
        Told = "told", "自报";
        /// What the register says.
        Expected = "expected", "登记";
        /// Name of a kind of command.
        Command = "command", "指令";
        /// Version of a program.
        Version = "version", "版本";
        /// How many failed.
        Failed = "failed", "失败数";
        /// How many are done.
        Done = "done", "完成数";
        /// Name of an account.
        Login = "login", "登录名";
        /// Until when.
        Until = "until", "截止时间";
        /// Name of a rule.
        Rule = "rule", "规则";
        /// Name of a person.
        By = "by", "操作人";
        /// Name of a role.
        Role = "role", "角色";
        /// Name of a unit.
        Unit = "unit", "单位";
        /// A day in Beijing time.
        Day = "day", "日期";
        /// Name of a file.
        File = "file", "文件";
        /// Rows taken in.
        Good = "good", "成功行数";
        /// Rows refused.
        Bad = "bad", "失败行数";
        /// Name of a way out.
        Channel = "channel", "渠道";
        /// Code of an error.
        Code = "code", "错误码";
        /// Number of a paper.
        Number = "number", "单号";
        /// What was decided or done.
        Decision = "decision", "处理结果";
        /// Name and telephone of a driver.
        Driver = "driver", "驾驶员";
        /// Why.
        Reason = "reason", "原因";
        /// Name of a plan.
        Plan = "plan", "计划名称";
        /// Why a day of a plan was not driven.
        Missed = "missed", "缺趟原因";
        /// Name of a kind of accident.
        Accident = "accident", "事故类型";
        /// What falls due of a car.
        Due = "due", "到期事项";
        /// A month, such as `2026-03`.
        Month = "month", "月份";
        /// How much of it is held and spent, in per cent.
        Used = "used", "已用比例";
        /// What is left, in fen.
        Left = "left", "余额";
    }
}

/// Longest value that is kept of a fact; what devices say of themselves may be anything.
const LONGEST: usize = 200;

/// The facts of a message (消息要素), each kept in a form that belongs to no language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<Fact, String>);

impl Facts {
    /// With one more fact; characters that would steer a printer or a mail become blanks.
    #[must_use]
    pub fn with(mut self, fact: Fact, value: impl AsRef<str>) -> Self {
        let plain = value.as_ref().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST);
        self.0.insert(fact, plain.collect());
        self
    }

    /// With one more instant.
    #[must_use]
    pub fn with_time(self, fact: Fact, at: DateTime<Utc>) -> Self {
        self.with(fact, at.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    /// The fact as it is kept.
    pub fn get(&self, fact: Fact) -> Option<&str> {
        self.0.get(&fact).map(String::as_str)
    }

    /// The fact in words of the language.
    pub fn show(&self, fact: Fact, language: Language) -> Option<String> {
        let value = self.get(fact)?;
        Some(match fact {
            Fact::Alarm => alarm(value, language),
            Fact::Finding => finding(value, language),
            Fact::At | Fact::Until => instant(value),
            Fact::Field => field(value, language).to_owned(),
            Fact::Command => command(value, language).to_owned(),
            Fact::Role => role(value, language),
            Fact::Decision => decision(value, language).to_owned(),
            Fact::Channel => channel(value, language).to_owned(),
            Fact::Missed => missed(value, language),
            Fact::Accident => accident(value, language),
            Fact::Left => yuan(value, language),
            Fact::Due => due(value, language),
            _ => value.to_owned(),
        })
    }
}

fn alarm(value: &str, language: Language) -> String {
    let Ok(kind) = value.parse::<AlarmKind>() else { return value.to_owned() };
    match language {
        Language::Chinese => kind.zh().to_owned(),
        Language::English => kind.en().to_owned(),
    }
}

fn finding(value: &str, language: Language) -> String {
    match (value.parse::<FindingKind>(), language) {
        (Ok(kind), Language::Chinese) => kind.term().to_owned(),
        _ => value.replace('_', " "),
    }
}

/// In the time of Asia/Shanghai, which has had no change of clocks since 1991.
fn instant(value: &str) -> String {
    let Ok(at) = value.parse::<DateTime<Utc>>() else { return value.to_owned() };
    (at.naive_utc() + Duration::hours(8)).format("%Y-%m-%d %H:%M").to_string()
}

/// An amount that is kept in fen.
fn yuan(value: &str, language: Language) -> String {
    let Ok(fen) = value.parse::<i64>() else { return value.to_owned() };
    let sign = if fen < 0 { "-" } else { "" };
    let amount = format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    match language {
        Language::Chinese => format!("{amount} 元"),
        Language::English => format!("CNY {amount}"),
    }
}

/// A kind with what it is called, as `upkeep|更换机油`.
fn due(value: &str, language: Language) -> String {
    let (kind, label) = value.split_once('|').unwrap_or((value, ""));
    let kind = match (kind.parse::<DueKind>(), language) {
        (Ok(kind), Language::Chinese) => kind.term().to_owned(),
        _ => kind.replace('_', " "),
    };
    if label.is_empty() { kind } else { format!("{kind} {label}") }
}

fn field(value: &str, language: Language) -> &str {
    match (value, language) {
        ("plate", Language::Chinese) => "号牌号码",
        ("plate", Language::English) => "number plate",
        ("vin", Language::Chinese) => "车辆识别代号",
        ("vin", Language::English) => "VIN",
        ("obu", Language::Chinese) => "OBU 编号",
        ("obu", Language::English) => "OBU number",
        ("iccid", Language::Chinese) => "SIM 卡号",
        ("iccid", Language::English) => "SIM card",
        (other, _) => other,
    }
}

fn command(value: &str, language: Language) -> &str {
    match (value, language) {
        ("text", Language::Chinese) => "文本下发",
        ("text", Language::English) => "text",
        ("locate", Language::Chinese) => "点名",
        ("locate", Language::English) => "tell position",
        ("track", Language::Chinese) => "临时跟踪",
        ("track", Language::English) => "follow for a while",
        ("report_interval", Language::Chinese) => "汇报间隔",
        ("report_interval", Language::English) => "report interval",
        ("query_parameters", Language::Chinese) => "查询参数",
        ("query_parameters", Language::English) => "ask for parameters",
        ("set_parameters", Language::Chinese) => "设置参数",
        ("set_parameters", Language::English) => "set parameters",
        ("query_attributes", Language::Chinese) => "查询属性",
        ("query_attributes", Language::English) => "ask for attributes",
        ("restart", Language::Chinese) => "终端复位",
        ("restart", Language::English) => "restart",
        ("factory_reset", Language::Chinese) => "恢复出厂设置",
        ("factory_reset", Language::English) => "factory reset",
        ("update", Language::Chinese) => "固件升级",
        ("update", Language::English) => "firmware update",
        ("log_level", Language::Chinese) => "日志级别",
        ("log_level", Language::English) => "log level",
        (other, _) => other,
    }
}

fn role(value: &str, language: Language) -> String {
    match (value.parse::<Role>(), language) {
        (Ok(role), Language::Chinese) => role.term().to_owned(),
        _ => value.replace('_', " "),
    }
}

fn decision(value: &str, language: Language) -> &str {
    match (value, language) {
        ("approve", Language::Chinese) => "已批准",
        ("approve", Language::English) => "approved",
        ("reject", Language::Chinese) => "被驳回",
        ("reject", Language::English) => "rejected",
        ("send_back", Language::Chinese) => "被退回修改",
        ("send_back", Language::English) => "sent back to be corrected",
        ("ratify", Language::Chinese) => "已补批",
        ("ratify", Language::English) => "ratified",
        (other, _) => other,
    }
}

fn missed(value: &str, language: Language) -> String {
    match (value.parse::<MissedWhy>(), language) {
        (Ok(why), Language::Chinese) => why.term().to_owned(),
        _ => value.replace('_', " "),
    }
}

fn accident(value: &str, language: Language) -> String {
    match (value.parse::<AccidentKind>(), language) {
        (Ok(kind), Language::Chinese) => kind.term().to_owned(),
        _ => value.replace('_', " "),
    }
}

fn channel(value: &str, language: Language) -> &str {
    match (value.parse::<Channel>(), language) {
        (Ok(channel), Language::Chinese) => channel.term(),
        (Ok(Channel::Sms), _) => "short message",
        (Ok(Channel::Email), _) => "e-mail",
        (Ok(Channel::Wecom), _) => "WeCom",
        (Ok(Channel::Dingtalk), _) => "DingTalk",
        (Ok(Channel::Feishu), _) => "Feishu",
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use telematics::command::Command;

    use super::*;

    #[test]
    fn facts_are_shown_in_the_language_of_the_reader_and_the_time_of_the_country() {
        let cases = [
            (Fact::Alarm, "sos", "紧急报警", "emergency button"),
            (Fact::Alarm, "newer_than_this", "newer_than_this", "newer_than_this"),
            (Fact::Finding, "use_without_order", "无单用车", "use without order"),
            (Fact::At, "2026-03-01T16:05:00Z", "2026-03-02 00:05", "2026-03-02 00:05"),
            (Fact::Field, "vin", "车辆识别代号", "VIN"),
            (Fact::Role, "fleet_manager", "车队管理员", "fleet manager"),
            (Fact::Channel, "dingtalk", "钉钉", "DingTalk"),
            (Fact::Plate, "浙A12345", "浙A12345", "浙A12345"),
            (Fact::Left, "-1605", "-16.05 元", "CNY -16.05"),
        ];
        for (fact, value, chinese, english) in cases {
            let facts = Facts::default().with(fact, value);
            assert_eq!(facts.show(fact, Language::Chinese).as_deref(), Some(chinese), "{fact}");
            assert_eq!(facts.show(fact, Language::English).as_deref(), Some(english), "{fact}");
        }
    }

    #[test]
    fn what_a_device_says_of_itself_steers_nothing_and_is_not_endless() {
        let facts = Facts::default().with(Fact::Told, format!("浙A\r\nBcc: x{}", "y".repeat(1000)));
        let told = facts.get(Fact::Told).unwrap();
        assert!(told.starts_with("浙A  Bcc: x") && told.chars().count() == LONGEST, "{told}");
    }

    #[test]
    fn every_kind_of_command_has_words_of_its_own() {
        let commands = [Command::Locate {}, Command::Restart {}, Command::FactoryReset {}, Command::QueryAttributes {}];
        for kind in commands.iter().map(Command::kind) {
            assert_ne!(command(kind, Language::Chinese), kind);
        }
    }
}
