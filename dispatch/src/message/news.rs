//! What there is to tell (要闻): one way to make each kind, which asks for every fact that its words need.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Channel, Fact, Facts, MessageKind};
use crate::account::Role;
use crate::allowance::AllowanceMonth;
use crate::incident::accident::AccidentKind;
use crate::money::Money;
use crate::reconcile::FindingKind;
use crate::running::due::DueKind;
use crate::trip::plan::day::MissedWhy;

/// Something to be told (待发消息): its kind and all its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    kind: MessageKind,
    facts: Facts,
}

impl News {
    fn new(kind: MessageKind, facts: &[(Fact, &str)]) -> Self {
        let facts = facts.iter().fold(Facts::default(), |facts, (fact, value)| facts.with(*fact, value));
        Self { kind, facts }
    }

    fn at(self, fact: Fact, at: DateTime<Utc>) -> Self {
        Self { facts: self.facts.with_time(fact, at), ..self }
    }

    /// What it is about.
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Its facts.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The emergency button of a vehicle was pressed.
    pub fn sos_pressed(plate: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::SosPressed, &[(Fact::Plate, plate)]).at(Fact::At, at)
    }

    /// A red alarm began; `alarm` is the name of its kind.
    pub fn alarm_raised(plate: &str, alarm: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::AlarmRaised, &[(Fact::Plate, plate), (Fact::Alarm, alarm)]).at(Fact::At, at)
    }

    /// A terminal contradicts the register in `field`.
    pub fn terminal_mismatch(plate: &str, terminal: &str, field: &str, told: &str, expected: &str, at: DateTime<Utc>) -> Self {
        let facts = [
            (Fact::Plate, plate),
            (Fact::Terminal, terminal),
            (Fact::Field, field),
            (Fact::Told, told),
            (Fact::Expected, expected),
        ];
        Self::new(MessageKind::TerminalMismatch, &facts).at(Fact::At, at)
    }

    /// A driver found a danger when looking the car over.
    pub fn car_kept(plate: &str, driver: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::CarKept, &[(Fact::Plate, plate), (Fact::Driver, driver)]).at(Fact::At, at)
    }

    /// A terminal did what was asked.
    pub fn command_answered(terminal: &str, command: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::CommandAnswered, &[(Fact::Terminal, terminal), (Fact::Command, command)]).at(Fact::At, at)
    }

    /// A terminal was asked and did not answer.
    pub fn command_failed(terminal: &str, command: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::CommandFailed, &[(Fact::Terminal, terminal), (Fact::Command, command)]).at(Fact::At, at)
    }

    /// A command waited in vain for its terminal.
    pub fn command_expired(terminal: &str, command: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::CommandExpired, &[(Fact::Terminal, terminal), (Fact::Command, command)]).at(Fact::At, at)
    }

    /// Too many devices of a rollout failed.
    pub fn rollout_halted(version: &str, unit: &str, failed: u32, done: u32, at: DateTime<Utc>) -> Self {
        let (failed, done) = (failed.to_string(), done.to_string());
        let facts = [(Fact::Version, version), (Fact::Unit, unit), (Fact::Failed, &failed), (Fact::Done, &done)];
        Self::new(MessageKind::RolloutHalted, &facts).at(Fact::At, at)
    }

    /// Wrong passwords locked an account.
    pub fn account_locked(login: &str, at: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self::new(MessageKind::AccountLocked, &[(Fact::Login, login)]).at(Fact::At, at).at(Fact::Until, until)
    }

    /// A change of a rule waits for a second pair of eyes.
    pub fn rule_awaits_approval(rule: &str, by: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::RuleAwaitsApproval, &[(Fact::Rule, rule), (Fact::By, by)]).at(Fact::At, at)
    }

    /// A role was handed over for a time.
    pub fn delegation_received(role: Role, unit: &str, by: &str, until: DateTime<Utc>) -> Self {
        let facts = [(Fact::Role, role.as_str()), (Fact::Unit, unit), (Fact::By, by)];
        Self::new(MessageKind::DelegationReceived, &facts).at(Fact::Until, until)
    }

    /// A file was taken in.
    pub fn import_finished(file: &str, good: u64, bad: u64) -> Self {
        let (good, bad) = (good.to_string(), bad.to_string());
        Self::new(MessageKind::ImportFinished, &[(Fact::File, file), (Fact::Good, &good), (Fact::Bad, &bad)])
    }

    /// The licence of a driver holds until `until`, or did.
    pub fn licence_expires(driver: &str, until: NaiveDate) -> Self {
        Self::new(MessageKind::LicenceExpires, &[(Fact::Driver, driver), (Fact::Day, &until.to_string())])
    }

    /// Something of a car falls due at `due`, a day or kilometres; `label` is what it is called, and may be empty.
    pub fn falls_due(plate: &str, kind: DueKind, label: &str, due: &str) -> Self {
        let what = format!("{kind}|{label}");
        Self::new(MessageKind::FallsDue, &[(Fact::Plate, plate), (Fact::Due, &what), (Fact::Day, due)])
    }

    /// A trip is not what its order says, since `at`.
    pub fn finding_raised(plate: &str, finding: FindingKind, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::FindingRaised, &[(Fact::Plate, plate), (Fact::Finding, finding.as_str())]).at(Fact::At, at)
    }

    /// The same, taken to who leads.
    pub fn finding_escalated(plate: &str, finding: FindingKind, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::FindingEscalated, &[(Fact::Plate, plate), (Fact::Finding, finding.as_str())]).at(Fact::At, at)
    }

    /// A message could not be sent for a day.
    pub fn sending_failed(channel: Channel, code: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::SendingFailed, &[(Fact::Channel, channel.as_str()), (Fact::Code, code)]).at(Fact::At, at)
    }

    /// A request waits for a decision.
    pub fn trip_awaits_approval(number: &str, by: &str, unit: &str, at: DateTime<Utc>) -> Self {
        let facts = [(Fact::Number, number), (Fact::By, by), (Fact::Unit, unit)];
        Self::new(MessageKind::TripAwaitsApproval, &facts).at(Fact::At, at)
    }

    /// A request waits for a car.
    pub fn trip_awaits_dispatch(number: &str, unit: &str, begins_at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::TripAwaitsDispatch, &[(Fact::Number, number), (Fact::Unit, unit)]).at(Fact::At, begins_at)
    }

    /// It was decided on a request; `decision` is an action of a request.
    pub fn trip_decided(number: &str, decision: &str, by: &str, reason: &str) -> Self {
        let facts = [(Fact::Number, number), (Fact::Decision, decision), (Fact::By, by), (Fact::Reason, reason)];
        Self::new(MessageKind::TripDecided, &facts)
    }

    /// A request has its car; `driver` is a name with a telephone.
    pub fn trip_ordered(number: &str, plate: &str, driver: &str, begins_at: DateTime<Utc>) -> Self {
        let facts = [(Fact::Number, number), (Fact::Plate, plate), (Fact::Driver, driver)];
        Self::new(MessageKind::TripOrdered, &facts).at(Fact::At, begins_at)
    }

    /// A driver has an order.
    pub fn order_issued(number: &str, plate: &str, begins_at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::OrderIssued, &[(Fact::Number, number), (Fact::Plate, plate)]).at(Fact::At, begins_at)
    }

    /// A driver does not take an order.
    pub fn order_declined(number: &str, driver: &str, reason: &str) -> Self {
        let facts = [(Fact::Number, number), (Fact::Driver, driver), (Fact::Reason, reason)];
        Self::new(MessageKind::OrderDeclined, &facts)
    }

    /// A trip was called off.
    pub fn trip_cancelled(number: &str, by: &str, reason: &str) -> Self {
        Self::new(MessageKind::TripCancelled, &[(Fact::Number, number), (Fact::By, by), (Fact::Reason, reason)])
    }

    /// A car is back.
    pub fn trip_returned(number: &str, plate: &str, at: DateTime<Utc>) -> Self {
        Self::new(MessageKind::TripReturned, &[(Fact::Number, number), (Fact::Plate, plate)]).at(Fact::At, at)
    }

    /// A plan, or a change of one, waits for a decision; `name` is the plan's.
    pub fn plan_awaits_approval((number, name): (&str, &str), by: &str, unit: &str, at: DateTime<Utc>) -> Self {
        let facts = [(Fact::Number, number), (Fact::Plan, name), (Fact::By, by), (Fact::Unit, unit)];
        Self::new(MessageKind::PlanAwaitsApproval, &facts).at(Fact::At, at)
    }

    /// It was decided on a plan; `decision` is an action of a plan.
    pub fn plan_decided((number, name): (&str, &str), decision: &str, by: &str, reason: &str) -> Self {
        let facts =
            [(Fact::Number, number), (Fact::Plan, name), (Fact::Decision, decision), (Fact::By, by), (Fact::Reason, reason)];
        Self::new(MessageKind::PlanDecided, &facts)
    }

    /// A day of a plan was not driven.
    pub fn plan_trip_missed((number, name): (&str, &str), begins_at: DateTime<Utc>, why: MissedWhy) -> Self {
        let facts = [(Fact::Number, number), (Fact::Plan, name), (Fact::Missed, why.as_str())];
        Self::new(MessageKind::PlanTripMissed, &facts).at(Fact::At, begins_at)
    }

    /// A driver tells of an accident; `driver` is a name.
    pub fn accident_reported((number, plate): (&str, &str), driver: &str, kind: AccidentKind, at: DateTime<Utc>) -> Self {
        let facts = [(Fact::Number, number), (Fact::Plate, plate), (Fact::Driver, driver), (Fact::Accident, kind.as_str())];
        Self::new(MessageKind::AccidentReported, &facts).at(Fact::At, at)
    }

    /// Of what `unit` has for a month, `used` per cent and more are held and spent.
    pub fn allowance_low(unit: &str, month: AllowanceMonth, used: u32, left: Money) -> Self {
        let (month, used, left) = (month.to_string(), used.to_string(), left.fen().to_string());
        let facts = [(Fact::Unit, unit), (Fact::Month, &month), (Fact::Used, &used), (Fact::Left, &left)];
        Self::new(MessageKind::AllowanceLow, &facts)
    }

    /// One of every kind, for whoever proves that all of them can be said.
    #[cfg(test)]
    pub(super) fn samples() -> Vec<Self> {
        let (at, until) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::Duration::hours(1));
        vec![
            Self::sos_pressed("浙A12345", at),
            Self::alarm_raised("浙A12345", "collision", at),
            Self::terminal_mismatch("浙A12345", "13900000001", "plate", "浙A99999", "浙A12345", at),
            Self::car_kept("浙A12345", "张师傅", at),
            Self::command_answered("13900000001", "restart", at),
            Self::command_failed("13900000001", "restart", at),
            Self::command_expired("13900000001", "locate", at),
            Self::rollout_halted("1.4.0", "杭州市机关事务管理局", 3, 20, at),
            Self::account_locked("zhang.san", at, until),
            Self::rule_awaits_approval("公务用车价格上限", "李四", at),
            Self::delegation_received(Role::Dispatcher, "西湖区府", "王五", until),
            Self::import_finished("单位.xlsx", 23_990, 10),
            Self::falls_due("浙A12345", DueKind::Upkeep, "更换机油", "2026-07-31"),
            Self::licence_expires("张师傅", at.date_naive()),
            Self::finding_raised("浙A12345", FindingKind::UseWithoutOrder, at),
            Self::finding_escalated("浙A12345", FindingKind::UseWithoutOrder, at),
            Self::sending_failed(Channel::Email, "notify.unreachable", at),
            Self::trip_awaits_approval("YC-330106-2026-17", "李四", "西湖区府", at),
            Self::trip_awaits_dispatch("YC-330106-2026-17", "西湖区府", at),
            Self::trip_decided("YC-330106-2026-17", "approve", "王五", "同意"),
            Self::trip_ordered("YC-330106-2026-17", "浙A12345", "张师傅 13800000000", at),
            Self::order_issued("PC-330106-2026-9", "浙A12345", at),
            Self::order_declined("PC-330106-2026-9", "张师傅", "身体不适"),
            Self::trip_cancelled("YC-330106-2026-17", "李四", "会议取消"),
            Self::trip_returned("PC-330106-2026-9", "浙A12345", at),
            Self::plan_awaits_approval(("ZQ-330106-2026-1", "每周巡查"), "李四", "西湖区府", at),
            Self::plan_decided(("ZQ-330106-2026-1", "每周巡查"), "approve", "王五", "同意"),
            Self::plan_trip_missed(("ZQ-330106-2026-1", "每周巡查"), at, MissedWhy::NoCar),
            Self::accident_reported(("SG-330106-2026-1", "浙A12345"), "张师傅", AccidentKind::Scrape, at),
            Self::allowance_low("西湖区府", AllowanceMonth::of(at), 85, Money::from_fen(75_000)),
        ]
    }
}
