//! The report on the handling of data as the API and a workbook show it.

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::audit::{Action, SubjectKind};
use dispatch::data_handling::DataKind;
use dispatch::rule::key::RuleKey;
use fleet_db::data_handling::{Done, Exchange, Looks, Tracks};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The report of a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct DataHandlingView {
    pub(super) year: i32,
    pub(super) unit_id: Uuid,
    pub(super) unit_name: String,
    /// The year is over; else it tells of it so far.
    pub(super) is_complete: bool,
    pub(super) made_at: DateTime<Utc>,
    pub(super) kinds: Vec<DataKindView>,
    pub(super) retention: RetentionView,
    pub(super) tracks: TracksView,
    /// What was deleted, by kind of thing.
    pub(super) deleted: Vec<DoneView>,
    /// Who looked and who took copies, by the unit whose affair it was.
    pub(super) looks: Vec<LooksView>,
    /// With whom data is exchanged.
    pub(super) exchanges: Vec<ExchangeView>,
    /// What was refused and locked.
    pub(super) incidents: Vec<DoneView>,
}

/// A kind of data.
#[derive(Serialize, ToSchema)]
pub(crate) struct DataKindView {
    kind: &'static str,
    name_zh: &'static str,
    /// How much there is of it: of what happens, in the year; of what is kept, at its end.
    amount: i64,
    /// `important`, `sensitive`, `personal` or `general`.
    class: &'static str,
    class_zh: &'static str,
    purpose_zh: &'static str,
    purpose_en: &'static str,
    /// Days for which it is at hand by the rules; null: as long as what it tells of is in the register.
    kept_days: Option<u64>,
}

/// How long things are kept by the rules, in days; null where the rules say nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct RetentionView {
    pub(super) track_online_days: Option<u64>,
    pub(super) log_online_days: Option<u64>,
    pub(super) log_archive_days: Option<u64>,
}

/// Days whose tracks are kept; a day of a car is one.
#[derive(Serialize, ToSchema)]
pub(crate) struct TracksView {
    kept_days: i64,
    of_year_days: i64,
    first_day: Option<NaiveDate>,
    /// The last one: positions are counted as far as that.
    last_day: Option<NaiveDate>,
    /// Kept longer than the rule says.
    overdue_days: i64,
}

/// How often something was done to a kind of thing.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoneView {
    action: String,
    action_zh: String,
    subject_kind: String,
    subject_zh: String,
    count: i64,
}

/// Who looked at what is of a unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct LooksView {
    /// Null: of no unit.
    unit_id: Option<Uuid>,
    unit_name: Option<String>,
    /// Looks of those who only supervise.
    viewed: i64,
    /// Copies, by whomever.
    exported: i64,
    refused: i64,
}

/// A platform with which data is exchanged.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExchangeView {
    name: String,
    /// `gb32960` or `jt809`.
    protocol: String,
    /// Data comes from there; else it goes there.
    is_incoming: bool,
    is_encrypted: bool,
    /// Terminals for which it speaks, or vehicles of which it is told.
    things: i64,
    since: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
}

/// The kinds with what the law calls so much of each, and what it is for.
pub(super) fn kinds(amounts: &[(DataKind, i64)], days: &impl Fn(RuleKey) -> Option<u64>) -> Vec<DataKindView> {
    let view = |(kind, amount): &(DataKind, i64)| DataKindView {
        kind: kind.as_str(),
        name_zh: kind.term(),
        amount: *amount,
        class: kind.class(*amount).as_str(),
        class_zh: kind.class(*amount).term(),
        purpose_zh: kind.purpose(),
        purpose_en: kind.purpose_en(),
        kept_days: kind.kept_by().and_then(days),
    };
    amounts.iter().map(view).collect()
}

impl From<Tracks> for TracksView {
    fn from(tracks: Tracks) -> Self {
        let Tracks { kept, of_span, first_day, last_day, overdue } = tracks;
        Self { kept_days: kept, of_year_days: of_span, first_day, last_day, overdue_days: overdue }
    }
}

impl From<Done> for DoneView {
    fn from(done: Done) -> Self {
        // A later edition may know more words; then the name itself is shown.
        let action_zh =
            done.action.parse::<Action>().map_or_else(|_newer| done.action.clone(), |action| action.term().to_owned());
        let subject_zh =
            done.subject.parse::<SubjectKind>().map_or_else(|_newer| done.subject.clone(), |kind| kind.term().to_owned());
        Self { action: done.action, action_zh, subject_kind: done.subject, subject_zh, count: done.count }
    }
}

impl From<Looks> for LooksView {
    fn from(looks: Looks) -> Self {
        let Looks { unit, unit_name, viewed, exported, refused } = looks;
        Self { unit_id: unit.map(|unit| unit.0), unit_name, viewed, exported, refused }
    }
}

impl From<Exchange> for ExchangeView {
    fn from(exchange: Exchange) -> Self {
        let Exchange { name, protocol, is_incoming, is_encrypted, things, since, disabled_at } = exchange;
        Self { name, protocol, is_incoming, is_encrypted, things, since, disabled_at }
    }
}

/// A sheet of a workbook: its name and its rows, the head first.
type Sheet = (String, Vec<Vec<String>>);

fn sheet<const N: usize>(name: &str, head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Sheet {
    let head = head.map(str::to_owned).to_vec();
    (name.to_owned(), std::iter::once(head).chain(rows.into_iter().map(Vec::from)).collect())
}

impl DataHandlingView {
    /// The sheets of the workbook, in Chinese with English beside it.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        let days = |days: Option<u64>| days.map_or_else(|| "随档案 as registered".to_owned(), |days| days.to_string());
        let done = |done: &DoneView| [done.action_zh.clone(), done.subject_zh.clone(), done.count.to_string()];
        let about = [
            ["单位 Unit".to_owned(), self.unit_name.clone()],
            ["年度 Year".to_owned(), self.year.to_string()],
            ["统计截止 As of".to_owned(), beijing(self.made_at)],
            ["轨迹在线留存（天）Tracks kept (days)".to_owned(), days(self.retention.track_online_days)],
            ["日志在线留存（天）Log at hand (days)".to_owned(), days(self.retention.log_online_days)],
            ["日志归档留存（天）Log in the archive (days)".to_owned(), days(self.retention.log_archive_days)],
            ["留存轨迹（车·日）Days of tracks kept".to_owned(), self.tracks.kept_days.to_string()],
            ["本年轨迹（车·日）Of this year".to_owned(), self.tracks.of_year_days.to_string()],
            ["超期未删（车·日）Overdue".to_owned(), self.tracks.overdue_days.to_string()],
        ];
        let kinds = self.kinds.iter().map(|kind| {
            [
                kind.name_zh.to_owned(),
                kind.class_zh.to_owned(),
                kind.amount.to_string(),
                kind.purpose_zh.to_owned(),
                days(kind.kept_days),
            ]
        });
        let looks = self.looks.iter().map(|looks| {
            let unit = looks.unit_name.clone().unwrap_or_else(|| "系统 System".to_owned());
            [unit, looks.viewed.to_string(), looks.exported.to_string(), looks.refused.to_string()]
        });
        let exchanges = self.exchanges.iter().map(|with| {
            let way = if with.is_incoming { "接入 in" } else { "上传 out" };
            let encrypted = if with.is_encrypted { "是 yes" } else { "否 no" };
            let state = if with.disabled_at.is_some() { "停用 disabled" } else { "在用 in use" };
            let words = [way, encrypted, state].map(str::to_owned);
            let [way, encrypted, state] = words;
            [with.name.clone(), with.protocol.clone(), way, encrypted, with.things.to_string(), state]
        });
        vec![
            sheet("概况", ["项目 Item", "内容 Value"], about),
            sheet("数据种类", ["种类 Kind", "级别 Class", "数量 Amount", "目的 Purpose", "留存（天）Kept (days)"], kinds),
            sheet("删除", ["操作 Action", "对象 Of", "次数 Count"], self.deleted.iter().map(done)),
            sheet("查看与导出", ["单位 Unit", "查看 Viewed", "导出 Exported", "被拒 Refused"], looks),
            sheet(
                "对外交换",
                ["平台 Platform", "协议 Protocol", "方向 Direction", "加密 Encrypted", "车辆或终端 Vehicles", "状态 State"],
                exchanges,
            ),
            sheet("安全事件", ["操作 Action", "对象 Of", "次数 Count"], self.incidents.iter().map(done)),
        ]
    }
}

/// An instant as people in Beijing write it.
fn beijing(at: DateTime<Utc>) -> String {
    (at.naive_utc() + chrono::Duration::hours(8)).format("%Y-%m-%d %H:%M").to_string()
}
