//! What goes back: the bad rows as they were, with what is wrong beside them; and an empty workbook to begin with.

use std::collections::BTreeMap;

use dispatch::import::{ImportSubject, RowError};
use rust_xlsxwriter::XlsxError;

use super::Sheet;
use crate::sheet::write_xlsx;
use crate::texts::Language;

/// Header of the column that says what is wrong.
const ERRORS: &str = "错误";

/// A workbook of the bad rows alone; corrected, it can be sent as it is. `None` when nothing is bad.
pub fn rejected(sheets: &[Sheet], in_english: bool) -> Result<Option<Vec<u8>>, XlsxError> {
    let language = if in_english { Language::English } else { Language::Chinese };
    let mut out = Vec::new();
    for sheet in sheets {
        let (_, _, errors) = sheet.found.figures();
        let mut by_row: BTreeMap<u32, Vec<&RowError>> = BTreeMap::new();
        for error in errors {
            by_row.entry(error.row).or_default().push(error);
        }
        if by_row.is_empty() {
            continue;
        }
        // A workbook that comes back a second time has the column already.
        let old = sheet.table.header.iter().position(|name| name == ERRORS);
        let width = sheet.table.header.len();
        let line = |said: String, cells: &[String]| {
            let cells = (0..width).filter(|at| Some(*at) != old).map(|at| cells.get(at).cloned().unwrap_or_default());
            std::iter::once(said).chain(cells).collect::<Vec<_>>()
        };
        let mut rows = vec![line(ERRORS.to_owned(), &sheet.table.header)];
        for row in &sheet.table.rows {
            if let Some(errors) = by_row.get(&row.number) {
                rows.push(line(words(sheet.subject, errors, language), &row.cells));
            }
        }
        out.push((sheet.table.name.clone(), rows));
    }
    if out.is_empty() { Ok(None) } else { write_xlsx(&out).map(Some) }
}

fn words(subject: Option<ImportSubject>, errors: &[&RowError], language: Language) -> String {
    let said = errors.iter().map(|error| {
        let column = subject.and_then(|subject| subject.columns().iter().find(|column| Some(column.key) == error.column));
        let (column, found) = (column.map_or("", |column| column.term), &error.found);
        let what = if found.is_empty() { column.to_owned() } else { format!("{column}“{found}”") };
        format!("{what}：{}", language.title(error.code))
    });
    said.collect::<Vec<_>>().join("；")
}

/// An empty workbook with a sheet for each kind of thing and a row that shows how it is filled in.
pub fn template() -> Result<Vec<u8>, XlsxError> {
    let example = |key: &str, subject: ImportSubject| match (key, subject) {
        ("name", _) => "示例市财政局",
        ("parent", _) => "示例市机关事务管理局",
        ("level", _) => "市",
        ("region", _) => "330100",
        ("kind", _) => "机关",
        ("login", _) => "zhang.san",
        ("display_name", _) => "张三",
        ("role", _) => "调度员",
        ("unit" | "owner", _) => "示例市机关事务管理局/示例市财政局",
        ("plate", _) => "浙A·D12345",
        ("category", _) => "应急保障用车",
        ("powertrain", _) => "纯电动",
        ("model", _) => "红旗 E-QM5",
        ("seats", _) => "5",
        ("registered_on", _) => "2024-03-05",
        ("body", _) => "轿车",
        ("price", _) => "169800",
        ("origin", _) => "国产",
        _ => "",
    };
    let sheets: Vec<_> = ImportSubject::ALL
        .into_iter()
        .map(|subject| {
            let columns = subject.columns();
            let header =
                columns.iter().map(|column| if column.required { format!("*{}", column.term) } else { column.term.to_owned() });
            let row = columns.iter().map(|column| example(column.key, subject).to_owned());
            (subject.term().to_owned(), vec![header.collect(), row.collect()])
        })
        .collect();
    write_xlsx(&sheets)
}
