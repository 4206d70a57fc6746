//! What is wrong with a chain, in words that a clerk of a court understands.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// What was done to a chain (异常类型).
    FaultKind, FaultKindError, "audit.fault" {
        /// The entry does not say any more what was hashed.
        Changed = "changed", "内容被改动";
        /// The entry is gone.
        Missing = "missing", "记录缺失";
        /// The entry was never appended.
        Inserted = "inserted", "记录系插入";
        /// The entry stands in another one's place.
        Reordered = "reordered", "顺序被调换";
        /// The chain is whole in itself, and not the one that was sealed.
        Rewritten = "rewritten", "整链被改写";
        /// The chain ends before the seal does.
        Truncated = "truncated", "尾部被截断";
        /// The seal was not signed with its key.
        Unsigned = "unsigned", "封存签名无效";
    }
}

/// The first thing that is wrong with a chain (异常).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What was done.
    pub kind: FaultKind,
    /// The first entry that is not what it was.
    pub seq: u64,
    /// The last entry of a gap, or the other of two that changed places.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub other: Option<u64>,
    /// The seal that shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub day: Option<NaiveDate>,
}

impl Fault {
    pub(super) const fn new(kind: FaultKind, seq: u64) -> Self {
        Self { kind, seq, other: None, day: None }
    }

    pub(super) const fn with(self, other: u64) -> Self {
        Self { other: Some(other), ..self }
    }

    pub(super) const fn by_seal(self, day: NaiveDate) -> Self {
        Self { day: Some(day), ..self }
    }

    /// In Chinese.
    pub fn sentence_zh(&self) -> String {
        let Self { seq, .. } = self;
        let day = self.day.map(|day| day.to_string()).unwrap_or_default();
        match (self.kind, self.other) {
            (FaultKind::Changed, _) => format!("第 {seq} 条记录的内容被改动"),
            (FaultKind::Missing, Some(last)) if last != *seq => format!("第 {seq} 至 {last} 条记录缺失"),
            (FaultKind::Missing, _) => format!("第 {seq} 条记录缺失"),
            (FaultKind::Inserted, _) => format!("第 {seq} 条记录系事后插入"),
            (FaultKind::Reordered, Some(other)) => format!("第 {seq} 条与第 {other} 条记录的顺序被调换"),
            (FaultKind::Reordered, None) => format!("第 {seq} 条记录不在原来的位置"),
            (FaultKind::Rewritten, _) => format!("截至第 {seq} 条的记录与 {day} 的封存不一致，记录被整体改写"),
            (FaultKind::Truncated, _) => format!("第 {seq} 条起的记录缺失，而 {day} 的封存包含这些记录"),
            (FaultKind::Unsigned, _) => format!("{day} 的封存（截至第 {seq} 条）签名无效"),
        }
    }
}

impl std::fmt::Display for Fault {
    /// In English.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seq, .. } = self;
        let day = self.day.map(|day| day.to_string()).unwrap_or_default();
        match (self.kind, self.other) {
            (FaultKind::Changed, _) => write!(f, "entry {seq} was changed"),
            (FaultKind::Missing, Some(last)) if last != *seq => write!(f, "entries {seq} to {last} are missing"),
            (FaultKind::Missing, _) => write!(f, "entry {seq} is missing"),
            (FaultKind::Inserted, _) => write!(f, "entry {seq} was inserted"),
            (FaultKind::Reordered, Some(other)) => write!(f, "entries {seq} and {other} changed places"),
            (FaultKind::Reordered, None) => write!(f, "entry {seq} is not in its place"),
            (FaultKind::Rewritten, _) => write!(f, "the entries up to {seq} are not those that were sealed on {day}"),
            (FaultKind::Truncated, _) => write!(f, "the entries from {seq} on are missing, and the seal of {day} has them"),
            (FaultKind::Unsigned, _) => write!(f, "the seal of {day} (up to entry {seq}) is not signed with its key"),
        }
    }
}
