//! The parts of a pack that people read: what it is and how it is checked, and its entries as a table.

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::{Line, Manifest};
use crate::audit::Body;
use crate::audit::seal::{PublicKey, Seal};

/// Seconds by which the table's clock, that of Beijing, is ahead of UTC.
const BEIJING_SECS: i32 = 8 * 3600;

/// What the pack is, in both languages.
pub(super) fn readme(manifest: &Manifest, seals: &[Seal], key: &PublicKey) -> String {
    let Manifest { order, begins_behind, ends_with, entries, shown, .. } = manifest;
    let (first, last, fingerprint) = (begins_behind.seq + 1, ends_with.seq, key.fingerprint());
    let (made_at, made_by) = (beijing(&order.made_at), &order.made_by);
    let reason = if order.reason.is_empty() { "-" } else { &order.reason };
    let newest = seals.iter().map(|seal| seal.day).max().map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!(
        "操作日志证据包\n\
         ==============\n\n\
         导出时间：{made_at}（北京时间）\n导出人：{made_by}\n事由：{reason}\n\
         记录：第 {first} 至 {last} 条，共 {entries} 条，其中 {shown} 条含正文；其余只含正文的散列值，用来证明中间没有增删。\n\
         日封存截至：{newest}\n签名公钥指纹：{fingerprint}\n\n\
         entries.csv 可用表格软件打开阅读；entries.jsonl 是逐条原文和散列值；seals.jsonl 是每日封存；\n\
         manifest.json 列出各文件的 SHA-256，manifest.sig 是对它的 SM2 签名（GB/T 32918），audit.pub.pem 是公钥。\n\n\
         核验（无需联网，也无需数据库）：\n\n    motorpool audit verify --pack 本文件.zip\n\n\
         若另存有公钥或日封存，请一并给出，以证明证据包出自本系统且未被整体改写：\n\n    \
         motorpool audit verify --pack 本文件.zip --key audit.pub.pem --seal seal.json\n\n\
         每条记录的散列值 = SHA-256(上一条的散列值 ‖ 序号(8 字节大端) ‖ SHA-256(正文))。改动、删除、插入或调换任何一条，\n\
         其后的散列值都不再相符，核验会指出第一条有问题的记录。\n\n\n\
         Audit evidence pack\n\
         ===================\n\n\
         Made at: {made_at} (Beijing time)\nMade by: {made_by}\nReason: {reason}\n\
         Entries: {first} to {last}, {entries} in all, {shown} of them with their text; of the others the hash of the text\n\
         proves that nothing was taken out or put in between.\nSealed through: {newest}\nFingerprint of the key: {fingerprint}\n\n\
         entries.csv opens in any spreadsheet; entries.jsonl holds each entry as it was hashed; seals.jsonl holds the daily\n\
         seals; manifest.json names the SHA-256 of each file, manifest.sig is the SM2 signature (GB/T 32918) under it, and\n\
         audit.pub.pem is the public key.\n\n\
         To check it, without a network and without the store:\n\n    motorpool audit verify --pack FILE.zip\n\n\
         With a key or a seal that was kept elsewhere (--key audit.pub.pem, --seal seal.json) it is proved, too, that the pack\n\
         is of this system and was not written anew as a whole.\n\n\
         The hash of an entry = SHA-256(hash of the one before || its number in 8 bytes, big-endian || SHA-256(text)). Whatever\n\
         entry is changed, taken out, put in or moved, the hashes behind it do not fit any more, and the first one is named.\n",
    )
}

/// The entries with their text, as a table for a spreadsheet.
pub(super) fn table(lines: &[Line]) -> String {
    // By the mark at its beginning a spreadsheet knows that the file is UTF-8.
    let mut table = String::from(
        "\u{feff}序号 No.,时间(北京) Time,登录名 Login,角色 Role,来源 From,操作 Action,对象类型 Kind,对象 Subject,单位 Unit,事由 Reason,修改前 Before,修改后 After\r\n",
    );
    for line in lines {
        let Some(body) = line.body.as_deref().and_then(|text| Body::read(text).ok()) else { continue };
        let json = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let cells = [
            line.seq.to_string(),
            beijing(&body.at),
            body.login,
            body.role.map_or_else(String::new, |role| role.term().to_owned()),
            body.peer,
            body.action.term().to_owned(),
            body.subject.kind.term().to_owned(),
            body.subject.name,
            body.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            body.reason,
            json(&body.before),
            json(&body.after),
        ];
        table.push_str(&cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","));
        table.push_str("\r\n");
    }
    table
}

/// A cell in quotes; what a spreadsheet would take for a formula begins with an apostrophe.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// An instant on the clock of Beijing.
fn beijing(at: &str) -> String {
    let read = DateTime::parse_from_rfc3339(at).ok().zip(FixedOffset::east_opt(BEIJING_SECS));
    read.map_or_else(|| at.to_owned(), |(at, zone)| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string())
}
