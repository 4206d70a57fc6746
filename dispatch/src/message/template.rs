//! The words of messages: a title and a sentence a kind and language, and what each way out makes of them.

use thiserror::Error;

use super::{Channel, Fact, Facts, Language, MessageKind, Severity};

/// Longest short message: four parts of 67 characters, which every gateway joins.
const SMS_CHARACTERS: usize = 268;
/// WeCom takes 2048 bytes of text; the others take more.
const ROBOT_BYTES: usize = 2000;

/// A message in one language (消息正文).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is, in a few words.
    pub title: String,
    /// What there is to know, in a sentence or two.
    pub text: String,
}

/// A message as one way out carries it (外发内容).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outward {
    /// The subject of a mail, the title of a card.
    pub subject: String,
    /// All that is said.
    pub text: String,
}

/// Why words cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// The message lacks a fact that its words name.
    #[error("the fact {} is missing", .fact.as_str())]
    Missing {
        /// Which.
        fact: Fact,
    },
    /// The words name what is no fact.
    #[error("the words of {} are not well formed", .kind.as_str())]
    Malformed {
        /// Whose words.
        kind: MessageKind,
    },
}

/// Title and sentence; `{name}` stands for a fact.
#[expect(clippy::too_many_lines, reason = "a table of texts, one line a kind and language")]
const fn words(kind: MessageKind, language: Language) -> (&'static str, &'static str) {
    use Language::{Chinese, English};
    use MessageKind as Kind;
    match (kind, language) {
        (Kind::SosPressed, Chinese) => ("紧急求助：{plate}", "{plate} 于 {at} 按下紧急报警按钮，请立即联系驾驶员并处置。"),
        (Kind::SosPressed, English) => {
            ("Emergency: {plate}", "The emergency button of {plate} was pressed at {at}. Call the driver now.")
        }
        (Kind::AlarmRaised, Chinese) => ("{alarm}：{plate}", "{plate} 于 {at} 发生红色报警：{alarm}。"),
        (Kind::AlarmRaised, English) => ("Red alarm: {plate}", "Red alarm of {plate} since {at}: {alarm}."),
        (Kind::TerminalMismatch, Chinese) => (
            "车辆与终端不符：{plate}",
            "终端 {terminal} 于 {at} 上报的{field}为“{told}”，登记为“{expected}”，请核实车辆 {plate} 的终端安装。",
        ),
        (Kind::TerminalMismatch, English) => (
            "Terminal mismatch: {plate}",
            "Since {at}, terminal {terminal} in {plate} says its {field} is \"{told}\"; the register says \"{expected}\". Check what is fitted.",
        ),
        (Kind::CommandAnswered, Chinese) => ("指令已应答：{terminal}", "终端 {terminal} 已于 {at} 执行“{command}”。"),
        (Kind::CommandAnswered, English) => {
            ("Command done: {terminal}", "Terminal {terminal} carried out \"{command}\" at {at}.")
        }
        (Kind::CommandFailed, Chinese) => ("指令未应答：{terminal}", "发给终端 {terminal} 的“{command}”至 {at} 没有应答。"),
        (Kind::CommandFailed, English) => {
            ("No answer: {terminal}", "Terminal {terminal} was sent \"{command}\" and had not answered by {at}.")
        }
        (Kind::CommandExpired, Chinese) => {
            ("指令已过期：{terminal}", "终端 {terminal} 一直不在线，“{command}”已于 {at} 过期，未下发。")
        }
        (Kind::CommandExpired, English) => {
            ("Command expired: {terminal}", "Terminal {terminal} stayed away; \"{command}\" expired at {at} and was not sent.")
        }
        (Kind::RolloutHalted, Chinese) => (
            "固件升级已自动暂停：{version}",
            "{unit} 的固件 {version} 升级于 {at} 自动暂停：已完成 {done} 台，其中 {failed} 台失败，超过上限。",
        ),
        (Kind::RolloutHalted, English) => (
            "Firmware rollout halted: {version}",
            "The rollout of {version} in {unit} paused by itself at {at}: of {done} devices done {failed} failed, more than allowed.",
        ),
        (Kind::AccountLocked, Chinese) => {
            ("账号被锁定：{login}", "账号 {login} 于 {at} 因密码多次输错被锁定，至 {until} 解除。若非本人操作，请立即核查。")
        }
        (Kind::AccountLocked, English) => (
            "Account locked: {login}",
            "Wrong passwords locked {login} at {at}, until {until}. If that was not its owner, look into it now.",
        ),
        (Kind::RuleAwaitsApproval, Chinese) => ("规则变更待审批：{rule}", "{by} 于 {at} 提交了“{rule}”的变更，请审批。"),
        (Kind::RuleAwaitsApproval, English) => {
            ("Rule change to approve: {rule}", "{by} submitted a change of \"{rule}\" at {at}. It waits for your approval.")
        }
        (Kind::DelegationReceived, Chinese) => ("收到授权委托：{role}", "{by} 将 {unit} 的{role}职责委托给您，至 {until} 止。"),
        (Kind::DelegationReceived, English) => {
            ("Role handed over: {role}", "{by} handed the role of {role} in {unit} over to you until {until}.")
        }
        (Kind::ImportFinished, Chinese) => ("导入完成：{file}", "“{file}”导入完成：成功 {good} 行，失败 {bad} 行。"),
        (Kind::ImportFinished, English) => ("Import finished: {file}", "\"{file}\" was taken in: {good} rows, {bad} refused."),
        (Kind::LicenceExpires, Chinese) => {
            ("驾驶证到期：{driver}", "{driver}的驾驶证有效期至 {day}。过期不得派车，请及时换证并更新档案。")
        }
        (Kind::LicenceExpires, English) => (
            "Licence runs out: {driver}",
            "The driving licence of {driver} holds until {day}. Nobody is sent without one: renew it and correct the file.",
        ),
        (Kind::FallsDue, Chinese) => ("到期提醒：{plate}", "{plate} 的{due}于 {day} 到期，请及时办理。"),
        (Kind::FallsDue, English) => ("Falls due: {plate}", "{plate}: {due} is due at {day}. See to it in time."),
        (Kind::FindingRaised, Chinese) => ("{finding}：{plate}", "{plate} 于 {at} 出现“{finding}”，请在时限内说明情况。"),
        (Kind::FindingRaised, English) => {
            ("To be explained: {plate}", "Since {at}, {plate}: {finding}. Explain it in time, or it goes to the unit's leader.")
        }
        (Kind::FindingEscalated, Chinese) => {
            ("用车异常上报：{plate}", "{plate} 于 {at} 的“{finding}”已上报，请核实并作出处理意见。")
        }
        (Kind::FindingEscalated, English) => {
            ("Finding escalated: {plate}", "{plate} since {at}: {finding}. It waits for your decision.")
        }
        (Kind::SendingFailed, Chinese) => {
            ("消息外发失败：{channel}", "至 {at}，经{channel}外发的消息重试后仍未送达（{code}），请检查渠道配置。")
        }
        (Kind::SendingFailed, English) => (
            "Messages not sent: {channel}",
            "By {at} a message could not be sent by {channel} ({code}). Check its configuration.",
        ),
        (Kind::TripAwaitsApproval, Chinese) => {
            ("用车申请待审批：{number}", "{unit} {by} 于 {at} 提交用车申请 {number}，请审批。")
        }
        (Kind::TripAwaitsApproval, English) => {
            ("Trip to approve: {number}", "{by} of {unit} asked for a car at {at} ({number}). It waits for your decision.")
        }
        (Kind::TripAwaitsDispatch, Chinese) => ("待派车：{number}", "{unit} 的用车申请 {number} 已批准，{at} 用车，请派车。"),
        (Kind::TripAwaitsDispatch, English) => {
            ("Car wanted: {number}", "Request {number} of {unit} is approved and begins at {at}. Give it a car.")
        }
        (Kind::TripDecided, Chinese) => ("用车申请{decision}：{number}", "您的用车申请 {number} {decision}（{by}）。{reason}"),
        (Kind::TripDecided, English) => ("Trip {decision}: {number}", "Your request {number} was {decision} by {by}. {reason}"),
        (Kind::TripOrdered, Chinese) => ("已派车：{plate}", "用车申请 {number} 已派车 {plate}，驾驶员 {driver}，{at} 出发。"),
        (Kind::TripOrdered, English) => ("Your car: {plate}", "Request {number} has its car: {plate}, driver {driver}, at {at}."),
        (Kind::OrderIssued, Chinese) => ("新任务：{number}", "您有新的派车任务 {number}，车辆 {plate}，{at} 出发，请确认接单。"),
        (Kind::OrderIssued, English) => {
            ("New task: {number}", "You have a new order {number}: {plate}, at {at}. Please take it.")
        }
        (Kind::CarKept, Chinese) => {
            ("车辆停驶：{plate}", "{driver} 于 {at} 检查 {plate}，发现影响行车安全的故障，该车不能出车。请换车，并在处理后销项。")
        }
        (Kind::CarKept, English) => (
            "Car kept from driving: {plate}",
            "{driver} looked {plate} over at {at} and found a defect that is a danger. Send another car, and close the defect once it is mended.",
        ),
        (Kind::OrderDeclined, Chinese) => ("驾驶员拒单：{number}", "{driver} 未接派车单 {number}：{reason}。请改派。"),
        (Kind::OrderDeclined, English) => {
            ("Order declined: {number}", "{driver} does not take order {number}: {reason}. Give it to somebody else.")
        }
        (Kind::TripCancelled, Chinese) => ("用车取消：{number}", "{number} 已由 {by} 取消。{reason}"),
        (Kind::TripCancelled, English) => ("Trip called off: {number}", "{number} was called off by {by}. {reason}"),
        (Kind::PlanAwaitsApproval, Chinese) => {
            ("周期用车待审批：{plan}", "{unit} {by} 于 {at} 提交周期用车计划 {number}“{plan}”，请审批。")
        }
        (Kind::PlanAwaitsApproval, English) => {
            ("Plan to approve: {plan}", "{by} of {unit} handed in plan {number} \"{plan}\" at {at}. It waits for your decision.")
        }
        (Kind::PlanDecided, Chinese) => {
            ("周期用车{decision}：{plan}", "您的周期用车计划 {number}“{plan}”{decision}（{by}）。{reason}")
        }
        (Kind::PlanDecided, English) => {
            ("Plan {decision}: {plan}", "Your plan {number} \"{plan}\" was {decision} by {by}. {reason}")
        }
        (Kind::PlanTripMissed, Chinese) => {
            ("周期用车缺趟：{plan}", "周期用车计划 {number}“{plan}” {at} 的趟次未执行：{missed}。请核实并补派或说明。")
        }
        (Kind::PlanTripMissed, English) => {
            ("Trip missed: {plan}", "The trip of plan {number} \"{plan}\" at {at} was not driven: {missed}. Look into it.")
        }
        (Kind::AccidentReported, Chinese) => {
            ("事故报告：{plate}", "{driver} 报告 {plate} 于 {at} 发生事故（{accident}），案件 {number}。请立即联系驾驶员并处置。")
        }
        (Kind::AccidentReported, English) => (
            "Accident: {plate}",
            "{driver} tells of an accident of {plate} at {at} ({accident}), case {number}. Call the driver now.",
        ),
        (Kind::TripReturned, Chinese) => ("已收车：{plate}", "派车单 {number} 的车辆 {plate} 于 {at} 收车，请结算。"),
        (Kind::TripReturned, English) => {
            ("Car is back: {plate}", "{plate} of order {number} was back at {at}. It can be settled.")
        }
        (Kind::AllowanceLow, Chinese) => (
            "额度预警：{unit}",
            "{unit} {month} 的用车额度已占用和列支 {used}%，剩余 {left}。额度用完不再派车，请统筹用车，或申请借用、超额用车。",
        ),
        (Kind::AllowanceLow, English) => (
            "Little is left: {unit}",
            "Of the trip money of {unit} for {month}, {used} % is held and spent; {left} is left. When it is used up no car is sent: \
             plan with it, or ask for a loan or for more by a document.",
        ),
    }
}

fn fill(template: &str, kind: MessageKind, facts: &Facts, language: Language) -> Result<String, TemplateError> {
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or(TemplateError::Malformed { kind })?;
        let fact: Fact = name.parse().map_err(|_no_fact| TemplateError::Malformed { kind })?;
        text.push_str(before);
        text.push_str(&facts.show(fact, language).ok_or(TemplateError::Missing { fact })?);
        rest = behind;
    }
    text.push_str(rest);
    Ok(text)
}

/// The message in a language.
pub fn render(kind: MessageKind, language: Language, facts: &Facts) -> Result<Words, TemplateError> {
    let (title, text) = words(kind, language);
    Ok(Words { title: fill(title, kind, facts, language)?, text: fill(text, kind, facts, language)? })
}

/// The message as a way out carries it; `link` is where more can be seen.
pub fn outward(
    kind: MessageKind,
    channel: Channel,
    language: Language,
    facts: &Facts,
    link: Option<&str>,
) -> Result<Outward, TemplateError> {
    let Words { title, text } = render(kind, language, facts)?;
    let mark = match (kind.severity(), language) {
        (Severity::Emergency, Language::Chinese) => "【紧急】",
        (Severity::Emergency, Language::English) => "[Emergency] ",
        (Severity::Important | Severity::Note, _) => "",
    };
    let subject = format!("{mark}{title}");
    let text = match channel {
        // No link: gateways refuse short messages with addresses in them.
        Channel::Sms => format!("{mark}{text}").chars().take(SMS_CHARACTERS).collect(),
        Channel::Email => link.map_or_else(|| text.clone(), |link| format!("{text}\n\n{link}\n")),
        Channel::Wecom | Channel::Dingtalk | Channel::Feishu => {
            let link = link.map(|link| format!("\n{link}")).unwrap_or_default();
            cut(format!("{subject}\n{text}"), ROBOT_BYTES.saturating_sub(link.len())) + &link
        }
    };
    Ok(Outward { subject, text })
}

/// At most so many bytes of a text, whole characters.
fn cut(mut text: String, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::News;
    use super::*;

    #[test]
    fn every_kind_can_be_said_in_every_language_by_every_channel() {
        let samples = News::samples();
        let kinds: BTreeSet<MessageKind> = samples.iter().map(News::kind).collect();
        assert_eq!(kinds.len(), MessageKind::ALL.len(), "a kind has no sample");
        for news in &samples {
            for language in Language::ALL {
                for channel in Channel::ALL {
                    let said = outward(news.kind(), channel, language, news.facts(), Some("https://fleet.example/messages"));
                    let Outward { subject, text } = said.unwrap_or_else(|error| panic!("{} {language}: {error}", news.kind()));
                    assert!(!subject.is_empty() && !text.is_empty(), "{} {language} {channel}", news.kind());
                    assert!(!format!("{subject}{text}").contains(['{', '}']), "{subject}: {text}");
                    assert!(text.len() < 2048, "{channel}: {text}");
                    assert!(!subject.contains('\n'), "{subject}");
                }
            }
        }
    }

    #[test]
    fn a_missing_fact_is_named() {
        let facts = Facts::default().with(Fact::Plate, "浙A12345");
        let missing = render(MessageKind::SosPressed, Language::Chinese, &facts).unwrap_err();
        assert_eq!(missing, TemplateError::Missing { fact: Fact::At });
    }

    #[test]
    fn no_fact_that_is_given_is_left_out_of_both_languages() {
        for news in News::samples() {
            let said = Language::ALL.map(|language| words(news.kind(), language));
            for fact in Fact::ALL.into_iter().filter(|fact| news.facts().get(*fact).is_some()) {
                let name = format!("{{{fact}}}");
                assert!(
                    said.iter().all(|(title, text)| title.contains(&name) || text.contains(&name)),
                    "{}: {fact}",
                    news.kind()
                );
            }
        }
    }

    #[test]
    fn words_are_cut_between_characters() {
        let facts = News::import_finished(&"长".repeat(900), 1, 2);
        let text =
            outward(facts.kind(), Channel::Wecom, Language::Chinese, facts.facts(), Some("https://x.example")).unwrap().text;
        assert!(text.len() <= ROBOT_BYTES && text.ends_with("https://x.example"));
        assert_eq!(cut("长长".to_owned(), 4), "长");
    }
}
