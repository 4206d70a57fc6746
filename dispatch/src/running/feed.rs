//! Tables that stations, toll companies, insurers and workshops send (费用导入): read row by row, the good rows without the bad ones.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use thiserror::Error;

use super::card::{CardAct, EnergyGrade};
use super::cost::CostHead;
use super::{NAME, amount, note, text};
use crate::calendar::start_of;
use crate::import::{Checked, Row, Table, plain};
use crate::money::Money;
use crate::plate::PlateNumber;

/// A column of a feed: its key, its header, and other headers by which it is known.
type FeedColumn = (&'static str, &'static str, &'static [&'static str]);

const COSTS: &[FeedColumn] = &[
    ("number", "凭证号", &["流水号", "票据号", "单号", "number"]),
    ("plate", "号牌号码", &["车牌号", "车牌", "plate"]),
    ("head", "费用科目", &["科目", "费用类别", "head"]),
    ("at", "发生时间", &["时间", "日期", "发生日期", "at", "date"]),
    ("amount", "金额", &["金额元", "费用", "amount"]),
    ("place", "地点", &["站点", "商户", "place"]),
    ("order", "派车单号", &["派车单", "order"]),
];
const CARDS: &[FeedColumn] = &[
    ("number", "流水号", &["凭证号", "交易号", "number"]),
    ("card", "卡号", &["加油卡号", "card"]),
    ("act", "类型", &["交易类型", "act"]),
    ("plate", "号牌号码", &["车牌号", "车牌", "plate"]),
    ("at", "交易时间", &["时间", "发生时间", "at", "date"]),
    ("grade", "品种", &["油品", "能源品种", "grade"]),
    ("quantity", "数量", &["升数", "加油量", "充电量", "quantity"]),
    ("amount", "金额", &["金额元", "amount"]),
    ("place", "站点", &["地点", "加油站", "place"]),
];
const COSTS_NEED: [&str; 4] = ["number", "head", "at", "amount"];
const CARDS_NEED: [&str; 5] = ["number", "card", "act", "at", "amount"];

/// A feed that cannot be read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the table has no column {column}")]
pub struct FeedError {
    /// What the column should be called.
    pub column: &'static str,
}

impl FeedError {
    /// The stable code of the error.
    pub const CODE: &'static str = "import.column_missing";
}

/// A row about something that was paid (费用流水).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidRow {
    /// What whoever sends it calls it.
    pub number: String,
    /// Plate as it stands there; may be none that is known.
    pub plate: String,
    /// What was paid for.
    pub head: CostHead,
    /// When.
    pub at: DateTime<Utc>,
    /// How much.
    pub amount: Money,
    /// Where.
    pub place: String,
    /// Number of the order, where the sender knows it.
    pub order: String,
}

/// A row about a card (卡流水).
#[derive(Clone, Debug, PartialEq)]
pub struct CardRow {
    /// What whoever sends it calls it.
    pub number: String,
    /// Number of the card.
    pub card: String,
    /// What was done.
    pub act: CardAct,
    /// Plate that the station wrote down; may be empty.
    pub plate: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was taken.
    pub grade: Option<EnergyGrade>,
    /// Litres or kilowatt-hours.
    pub quantity: Option<f64>,
    /// How much was paid.
    pub amount: Money,
    /// Where.
    pub place: String,
}

/// The columns as their headers name them.
struct Headers(BTreeMap<&'static str, usize>);

impl Headers {
    fn of(header: &[String], columns: &[FeedColumn], needs: &[&'static str]) -> Result<Self, FeedError> {
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let mut found = BTreeMap::new();
        for (key, term, also) in columns {
            let fits = |name: &String| name == term || name == key || also.contains(&name.as_str());
            if let Some(at) = names.iter().position(fits) {
                found.entry(*key).or_insert(at);
            }
        }
        let missing = columns.iter().find(|(key, ..)| needs.contains(key) && !found.contains_key(key));
        missing.map_or(Ok(Self(found)), |(_, column, _)| Err(FeedError { column }))
    }

    fn cell<'a>(&self, row: &'a Row, key: &str) -> &'a str {
        self.0.get(key).and_then(|at| row.cells.get(*at)).map_or("", |text| text.trim())
    }
}

/// Takes the cells of a row; what is wrong with one is noted.
struct Taking<'a, T> {
    headers: &'a Headers,
    row: &'a Row,
    now: DateTime<Utc>,
    checked: &'a mut Checked<T>,
}

impl<T> Taking<'_, T> {
    fn take<V>(&mut self, key: &'static str, code: &'static str, read: impl FnOnce(&str) -> Option<V>) -> Option<V> {
        let cell = self.headers.cell(self.row, key);
        let value = read(cell);
        if value.is_none() {
            self.checked.note(self.row.number, key, code, cell);
        }
        value
    }

    fn number(&mut self) -> Option<String> {
        self.take("number", "running.text", |cell| text(cell, NAME).ok())
    }

    fn place(&mut self) -> Option<String> {
        self.take("place", "running.text", |cell| note(cell, NAME).ok())
    }

    fn amount(&mut self) -> Option<Money> {
        self.take("amount", "running.amount", yuan)
    }

    /// An instant of Beijing time that has been.
    fn at(&mut self) -> Option<DateTime<Utc>> {
        let now = self.now;
        self.take("at", "running.time", |cell| instant(cell).filter(|at| *at <= now))
    }

    fn plate(&mut self) -> Option<String> {
        let canonical = |cell: &str| cell.parse::<PlateNumber>().map_or_else(|_| cell.to_owned(), |plate| plate.to_string());
        self.take("plate", "running.text", |cell| note(cell, NAME).ok().map(|plate| canonical(&plate)))
    }
}

/// Looks through a table of what was paid.
pub fn paid(table: &Table, now: DateTime<Utc>) -> Result<Checked<PaidRow>, FeedError> {
    let headers = Headers::of(&table.header, COSTS, &COSTS_NEED)?;
    let (mut checked, mut seen) = (Checked::begin(), BTreeSet::new());
    for row in &table.rows {
        let mut taking = Taking { headers: &headers, row, now, checked: &mut checked };
        let (number, plate, at) = (taking.number(), taking.plate(), taking.at());
        let head = taking.take("head", "cost.head", |cell| {
            CostHead::ALL.into_iter().find(|head| head.as_str() == cell || head.term() == cell)
        });
        let (amount, site) = (taking.amount(), taking.place());
        let order = taking.take("order", "running.text", |cell| note(cell, NAME).ok());
        let (Some(number), Some(plate), Some(at), Some(head)) = (number, plate, at, head) else { continue };
        let (Some(amount), Some(site), Some(order)) = (amount, site, order) else { continue };
        if seen.insert(number.clone()) {
            checked.good.push((row.number, PaidRow { number, plate, head, at, amount, place: site, order }));
        } else {
            checked.note(row.number, "number", "import.repeated", &number);
        }
    }
    checked.errors.sort();
    Ok(checked)
}

/// Looks through a table of what was done with cards.
pub fn cards(table: &Table, now: DateTime<Utc>) -> Result<Checked<CardRow>, FeedError> {
    let headers = Headers::of(&table.header, CARDS, &CARDS_NEED)?;
    let (mut checked, mut seen) = (Checked::begin(), BTreeSet::new());
    for row in &table.rows {
        let mut taking = Taking { headers: &headers, row, now, checked: &mut checked };
        let (number, plate, at) = (taking.number(), taking.plate(), taking.at());
        let card = taking.take("card", "running.text", |cell| text(cell, NAME).ok());
        let act = taking
            .take("act", "card.act", |cell| CardAct::ALL.into_iter().find(|act| act.as_str() == cell || act.term() == cell));
        let is_top_up = act == Some(CardAct::TopUp);
        let grade = taking.take("grade", "card.grade", |cell| {
            let found = EnergyGrade::ALL.into_iter().find(|grade| grade.as_str() == cell || grade.term() == cell);
            if cell.is_empty() && is_top_up { Some(None) } else { found.map(Some) }
        });
        let quantity = taking.take("quantity", "cost.energy", |cell| {
            let found = cell.parse::<f64>().ok().filter(|quantity| *quantity > 0.0 && *quantity <= 1_000.0);
            if cell.is_empty() && is_top_up { Some(None) } else { found.map(Some) }
        });
        let (amount, site) = (taking.amount(), taking.place());
        let (Some(number), Some(plate), Some(at), Some(card), Some(act)) = (number, plate, at, card, act) else { continue };
        let (Some(grade), Some(quantity), Some(amount), Some(site)) = (grade, quantity, amount, site) else { continue };
        if seen.insert(number.clone()) {
            checked.good.push((row.number, CardRow { number, card, act, plate, at, grade, quantity, amount, place: site }));
        } else {
            checked.note(row.number, "number", "import.repeated", &number);
        }
    }
    checked.errors.sort();
    Ok(checked)
}

/// Yuan with at most two decimals, such as `1,234.5`, as fen.
fn yuan(cell: &str) -> Option<Money> {
    let bare: String = cell.chars().filter(|c| !matches!(c, ',' | '¥' | '￥' | '元')).collect();
    let (whole, rest) = bare.split_once('.').unwrap_or((bare.as_str(), ""));
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || rest.len() > 2 || !is_digits(whole) || !is_digits(rest) {
        return None;
    }
    let fen = whole.parse::<i64>().ok()?.checked_mul(100)? + format!("{rest:0<2}").parse::<i64>().ok()?;
    amount(fen).ok().map(Money::from_fen)
}

/// A day, or a day and a time in Beijing, or an instant of RFC 3339.
fn instant(cell: &str) -> Option<DateTime<Utc>> {
    let local = |format: &str| {
        let at = NaiveDateTime::parse_from_str(cell, format).ok()?;
        Some(start_of(at.date()) + TimeDelta::seconds((at - at.date().and_time(chrono::NaiveTime::MIN)).num_seconds()))
    };
    let day = || cell.replace('/', "-").parse::<NaiveDate>().ok().map(start_of);
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"];
    formats.into_iter().find_map(local).or_else(day).or_else(|| cell.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(header: &[&str], rows: &[&[&str]]) -> Table {
        let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let row = |(at, row): (usize, &&[&str])| Row { number: u32::try_from(at).unwrap() + 2, cells: cells(row) };
        Table { name: "费用".to_owned(), header: cells(header), rows: rows.iter().enumerate().map(row).collect() }
    }

    fn now() -> DateTime<Utc> {
        "2026-03-02T04:00:00Z".parse().unwrap()
    }

    #[test]
    fn good_rows_are_read_and_bad_ones_come_back_with_reasons() {
        let header = ["凭证号", "车牌号", "费用科目", "发生时间", "金额(元)", "地点", "派车单号"];
        let rows: [&[&str]; 7] = [
            &["A1", "浙A·00001", "通行费", "2026-03-01 09:30", "1,234.5", "杭州南", ""],
            &["A2", "", "toll", "2026/3/1", "15", "", "PC-1"],
            &["A3", "浙A00001", "礼品", "2026-03-01", "15", "", ""],
            &["A4", "浙A00001", "停车费", "2026-03-03", "15", "", ""],
            &["A5", "浙A00001", "停车费", "2026-03-01", "15.001", "", ""],
            &["A1", "浙A00001", "停车费", "2026-03-01", "15", "", ""],
            &["", "浙A00001", "停车费", "昨天", "0", "", ""],
        ];
        let checked = paid(&table(&header, &rows), now()).unwrap();
        let (_, first) = &checked.good[0];
        assert_eq!((first.plate.as_str(), first.amount.fen(), first.head), ("浙A00001", 123_450, CostHead::Toll));
        assert_eq!(first.at.to_rfc3339(), "2026-03-01T01:30:00+00:00");
        assert_eq!((checked.good.len(), checked.good[1].1.order.as_str()), (2, "PC-1"));
        let told: Vec<_> = checked.errors.iter().map(|error| (error.row, error.column.unwrap(), error.code)).collect();
        let expected = [
            (4, "head", "cost.head"),
            (5, "at", "running.time"),
            (6, "amount", "running.amount"),
            (7, "number", "import.repeated"),
            (8, "amount", "running.amount"),
            (8, "at", "running.time"),
            (8, "number", "running.text"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn cards_take_fuel_and_are_filled_with_money() {
        let header = ["流水号", "卡号", "类型", "车牌", "交易时间", "品种", "数量", "金额", "站点"];
        let rows: [&[&str]; 3] = [
            &["K1", "1000", "消费", "浙A00001", "2026-03-01 09:30:05", "92号汽油", "39.5", "298.62", "文一路站"],
            &["K2", "1000", "充值", "", "2026-03-01", "", "", "3000", ""],
            &["K3", "1000", "消费", "", "2026-03-01", "", "", "30", ""],
        ];
        let checked = cards(&table(&header, &rows), now()).unwrap();
        assert_eq!(checked.good.len(), 2);
        assert_eq!(checked.good[0].1.grade, Some(EnergyGrade::Petrol92));
        assert_eq!((checked.good[1].1.act, checked.good[1].1.amount.fen()), (CardAct::TopUp, 300_000));
        let told: Vec<_> = checked.errors.iter().map(|error| error.code).collect();
        assert_eq!(told, ["card.grade", "cost.energy"]);
        assert_eq!(cards(&table(&["流水号"], &[]), now()), Err(FeedError { column: "卡号" }));
    }

    #[test]
    fn yuan_are_read_to_the_fen() {
        for (cell, fen) in [
            ("0.01", Some(1)),
            ("12", Some(1_200)),
            ("￥12.3", Some(1_230)),
            ("-1", None),
            ("1e3", None),
            (".5", None),
            ("", None),
        ] {
            assert_eq!(yuan(cell).map(Money::fen), fen, "{cell}");
        }
    }
}
