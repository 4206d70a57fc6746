//! Tables that people bring: which column means what, and what is wrong with each row; the good rows go on without the bad ones.

mod accounts;
mod cells;
mod directory;
mod units;
mod vehicles;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

pub use self::accounts::{KnownAccount, NewAccount, accounts};
pub use self::directory::Directory;
pub use self::units::units;
pub use self::vehicles::{BroughtCar, BroughtFile, BroughtMarking, KnownStock, Places, RegisteredCar, vehicles};
use crate::unit::spelling::folded;
use crate::word::words;

words! {
    /// What the rows of a table are (导入对象).
    ImportSubject, ImportSubjectError, "import.subject" {
        /// Units.
        Units = "units", "单位";
        /// Accounts.
        Accounts = "accounts", "账号";
        /// Vehicles.
        Vehicles = "vehicles", "车辆";
    }
}

/// A table as it was brought (数据表): its header and its rows, every cell as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Name of the sheet; of the file where that has none.
    pub name: String,
    /// The first row that says something.
    pub header: Vec<String>,
    /// The rows below it, empty ones left out.
    pub rows: Vec<Row>,
}

/// A row of a table (数据行).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number as the sheet shows it.
    pub number: u32,
    /// Its cells, trimmed; may be fewer than the header has.
    pub cells: Vec<String>,
}

/// What a column may hold (数据列).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs.
    pub key: &'static str,
    /// Its header, for people.
    pub term: &'static str,
    /// Other headers by which it is known, Chinese and English, folded.
    pub also: &'static [&'static str],
    /// A table without it cannot be loaded.
    pub required: bool,
}

const fn column(key: &'static str, term: &'static str, required: bool, also: &'static [&'static str]) -> Column {
    Column { key, term, also, required }
}

const UNITS: &[Column] = &[
    column("name", "单位名称", true, &["名称", "机构名称", "单位全称", "单位", "unit", "name", "unitname"]),
    column("parent", "上级单位", false, &["主管单位", "上级", "上级机构", "隶属单位", "parent", "above", "parentunit"]),
    column("level", "层级", false, &["行政层级", "级别", "单位级别", "level"]),
    column("region", "行政区划代码", false, &["区划代码", "行政区划", "区划", "region", "regioncode", "gb/t2260", "gbt2260"]),
    column("kind", "单位性质", false, &["性质", "类型", "单位类型", "机构性质", "kind", "type"]),
    column("credit_code", "统一社会信用代码", false, &["信用代码", "社会信用代码", "机构代码", "creditcode", "uscc"]),
    column("lon", "经度", false, &["lon", "lng", "longitude"]),
    column("lat", "纬度", false, &["lat", "latitude"]),
];

const ACCOUNTS: &[Column] = &[
    column("login", "登录名", true, &["账号", "帐号", "用户名", "登录账号", "login", "account", "username"]),
    column("display_name", "姓名", true, &["人员姓名", "显示名", "displayname", "fullname", "person"]),
    column("role", "角色", true, &["岗位", "用户角色", "role"]),
    column("unit", "所属单位", true, &["单位", "单位名称", "所在单位", "工作单位", "unit", "unitname"]),
];

const VEHICLES: &[Column] = &[
    column("plate", "号牌号码", true, &["车牌号", "车牌", "车牌号码", "号牌", "plate", "platenumber"]),
    column("unit", "所属单位", true, &["单位", "使用单位", "单位名称", "unit"]),
    column("category", "车辆类别", true, &["类别", "用途", "公务用车类别", "category"]),
    column("powertrain", "动力类型", true, &["能源类型", "燃料种类", "燃料类型", "powertrain", "fuel"]),
    column("model", "品牌型号", true, &["车型", "型号", "厂牌型号", "model"]),
    column("seats", "座位数", true, &["核定载客", "座位", "载客人数", "seats"]),
    column("vin", "车辆识别代号", false, &["车架号", "车架号码", "vin"]),
    column("alias", "别名", false, &["车队编号", "简称", "alias"]),
    column("status", "车辆状态", false, &["状态", "使用状态", "status"]),
    column(
        "registered_on",
        "注册登记日期",
        false,
        &["登记日期", "初次登记日期", "注册日期", "上牌日期", "registeredon", "registrationdate"],
    ),
    column("body", "车身类型", false, &["车辆类型", "车身", "body", "bodytype"]),
    column("owner", "登记所有人", false, &["所有人", "车辆所有人", "产权单位", "owner", "registeredowner"]),
    column("owner_kind", "所有人类型", false, &["登记所有人类型", "ownerkind"]),
    column("certificate", "登记证书编号", false, &["登记证编号", "登记证号", "机动车登记证书编号", "certificate"]),
    column("engine_number", "发动机号", false, &["发动机号码", "发动机编号", "电机号", "enginenumber", "engineno"]),
    column("displacement", "排量", false, &["排气量", "displacement"]),
    column("price", "购置价格", false, &["不含税价格", "购车价格", "购置价", "裸车价", "price", "pricebeforetax"]),
    column("tax", "购置税", false, &["车辆购置税", "tax", "purchasetax"]),
    column("origin", "产地", false, &["国产/进口", "是否国产", "origin", "domestic"]),
    column("case", "配备情形", false, &["case", "equipmentcase"]),
    column("case_document", "配备批准文号", false, &["批准文号", "批准文件", "casedocument", "approvaldocument"]),
    column("odometer", "里程表读数", false, &["行驶里程", "累计里程", "当前里程", "里程", "odometer", "odometerkm", "mileage"]),
    column("marking", "标识方式", false, &["标识", "车辆标识", "喷涂标识", "marking"]),
    column("marking_code", "标识编号", false, &["标识编码", "标识代码", "markingcode"]),
    column("marking_document", "免标识文号", false, &["免喷涂文号", "markingdocument"]),
];

impl ImportSubject {
    /// The columns that a table of it may have.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Units => UNITS,
            Self::Accounts => ACCOUNTS,
            Self::Vehicles => VEHICLES,
        }
    }
}

/// Which column of a table holds what (列映射): the position of a header by the key of its column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<&'static str, usize>);

/// A table that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// The header fits nothing that we know.
    #[error("the header of {sheet:?} is none of units, accounts or vehicles")]
    Unknown {
        /// The sheet.
        sheet: String,
    },
    /// A column that must be there is not.
    #[error("{sheet:?} has no column {column}")]
    Missing {
        /// The sheet.
        sheet: String,
        /// What the column should be called.
        column: &'static str,
    },
}

impl TableError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "import.header_unknown",
            Self::Missing { .. } => "import.column_missing",
        }
    }
}

/// What is wrong with one cell, or with a whole row (行错误).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowError {
    /// The row's number as the sheet shows it.
    pub row: u32,
    /// Key of the column; none for the whole row.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub code: &'static str,
    /// What stands in the cell.
    pub found: String,
}

/// A table that was looked through (校验结果).
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<T> {
    /// What the good rows say that is new, those above before those below, each with its row.
    pub good: Vec<(u32, T)>,
    /// Rows that say what is known already.
    pub known: Vec<u32>,
    /// Everything that is wrong, by row.
    pub errors: Vec<RowError>,
    /// What good rows say that people should know of; they are loaded all the same.
    pub warnings: Vec<RowError>,
}

impl<T> Checked<T> {
    pub(crate) const fn begin() -> Self {
        Self { good: Vec::new(), known: Vec::new(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// The rows that cannot be loaded.
    pub fn bad_rows(&self) -> BTreeSet<u32> {
        self.errors.iter().map(|error| error.row).collect()
    }

    pub(crate) fn note(&mut self, row: u32, column: &'static str, code: &'static str, found: &str) {
        self.errors.push(RowError { row, column: Some(column), code, found: found.to_owned() });
    }

    fn warn(&mut self, row: u32, column: &'static str, code: &'static str, found: &str) {
        self.warnings.push(RowError { row, column: Some(column), code, found: found.to_owned() });
    }

    /// What stands in a cell that must be filled in.
    fn needed<V>(&mut self, cell: Cell<'_>, read: impl FnOnce(&str) -> Result<V, &'static str>) -> Option<V> {
        let read = if cell.text.is_empty() { Err("import.empty") } else { read(cell.text) };
        self.take(cell, read, |code| code)
    }

    /// What stands in a cell that may be empty.
    fn optional<V>(&mut self, cell: Cell<'_>, read: impl FnOnce(&str) -> Result<V, &'static str>) -> Option<V> {
        if cell.text.is_empty() { None } else { self.take(cell, read(cell.text), |code| code) }
    }

    fn take<V, E>(&mut self, cell: Cell<'_>, parsed: Result<V, E>, code: impl FnOnce(&E) -> &'static str) -> Option<V> {
        parsed.inspect_err(|error| self.note(cell.row, cell.column, code(error), cell.text)).ok()
    }
}

/// A cell with where it stands.
#[derive(Clone, Copy)]
struct Cell<'a> {
    row: u32,
    column: &'static str,
    text: &'a str,
}

impl Mapping {
    /// The columns as their headers name them, and what the table holds; the subject of which most columns are there wins.
    pub fn guess(header: &[String]) -> Option<(ImportSubject, Self)> {
        let guesses = ImportSubject::ALL.into_iter().map(|subject| (subject, Self::of(subject, header)));
        let complete = guesses.filter(|(subject, mapping)| mapping.missing(*subject).is_none());
        complete.rev().max_by_key(|(_, mapping)| mapping.0.len())
    }

    /// The columns of `subject` as far as their headers are there. A header's own term beats the other words for it.
    pub fn of(subject: ImportSubject, header: &[String]) -> Self {
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let mut mapping = Self::default();
        let mut taken = BTreeSet::new();
        for other_words in [false, true] {
            for column in subject.columns() {
                if mapping.has(column) {
                    continue;
                }
                let fits = |name: &str| {
                    if other_words { column.also.contains(&name) } else { name == column.term || name == column.key }
                };
                let at = names.iter().enumerate().position(|(at, name)| fits(name) && !taken.contains(&at));
                if let Some(at) = at {
                    taken.insert(at);
                    mapping.0.insert(column.key, at);
                }
            }
        }
        mapping
    }

    /// The same with what a person says: a header's position by key, or none to leave the column out.
    #[must_use]
    pub fn with(mut self, subject: ImportSubject, said: &BTreeMap<String, Option<usize>>) -> Self {
        for column in subject.columns() {
            match said.get(column.key) {
                Some(Some(at)) => drop(self.0.insert(column.key, *at)),
                Some(None) => drop(self.0.remove(column.key)),
                None => {}
            }
        }
        self
    }

    /// The first column that must be there and is not.
    pub fn missing(&self, subject: ImportSubject) -> Option<Column> {
        subject.columns().iter().find(|column| column.required && !self.has(column)).copied()
    }

    /// Position of the header by key.
    pub fn positions(&self) -> impl Iterator<Item = (&'static str, usize)> + '_ {
        self.0.iter().map(|(key, at)| (*key, *at))
    }

    fn has(&self, column: &Column) -> bool {
        self.0.contains_key(column.key)
    }

    fn cell<'a>(&self, row: &'a Row, column: &'static str) -> Cell<'a> {
        let text = self.0.get(column).and_then(|at| row.cells.get(*at)).map_or("", |text| text.trim());
        Cell { row: row.number, column, text }
    }
}

/// A header without what people decorate it with: `*单位名称（必填）` is 单位名称.
pub(crate) fn plain(header: &str) -> String {
    let folded = folded(header);
    let bare = folded.split(['(', '（', '[', '【']).next().unwrap_or_default();
    bare.chars().filter(|c| !matches!(c, '*' | '_' | '-' | ':' | '：' | '\u{feff}')).collect()
}

#[cfg(test)]
mod tests;
