//! Workbooks: read cell by cell with an eye on how much comes out, written with every cell as text.

use std::io::{self, Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use dispatch::import::Row;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::{COLUMNS, Limits, SheetError, row};

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> SheetError {
    SheetError::Unreadable(Some(Box::new(error)))
}

/// Refuses a workbook that would unpack to too much. What its table of contents says may be a lie, so it is unpacked once into nothing.
fn weigh(bytes: &[u8], limits: Limits) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let unpacked = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(unreadable)?;
        left = left.checked_sub(unpacked).ok_or(SheetError::TooLarge { most: limits.unpacked_bytes })?;
    }
    Ok(())
}

/// The sheets by name, each with its rows that say something.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Vec<(String, Vec<Row>)>, SheetError> {
    weigh(bytes, limits)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = limits.rows;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        // A sheet of nothing but a chart has no cells to read.
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        let (mut rows, mut number, mut cells) = (Vec::new(), 0, Vec::new());
        while let Some(cell) = reader.next_cell().map_err(unreadable)? {
            let (at_row, at_column) = cell.get_position();
            let text = text(cell.get_value());
            if text.is_empty() || at_column as usize >= COLUMNS {
                continue;
            }
            if at_row + 1 != number {
                rows.extend(row(number, std::mem::take(&mut cells)));
                number = at_row + 1;
                if rows.len() > left {
                    return Err(SheetError::TooManyRows { most: limits.rows });
                }
            }
            let at_column = at_column as usize;
            if cells.len() <= at_column {
                cells.resize(at_column + 1, String::new());
            }
            if let Some(place) = cells.get_mut(at_column) {
                *place = text;
            }
        }
        rows.extend(row(number, cells));
        left = left.checked_sub(rows.len()).ok_or(SheetError::TooManyRows { most: limits.rows })?;
        if !rows.is_empty() {
            sheets.push((name, rows));
        }
    }
    Ok(sheets)
}

/// A cell as people see it; a whole number without the point that it is stored with, and of an instant its day: no table of ours has times.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
    }
}

/// A workbook of sheets, each with a header. Texts are stored as texts: none of them is a formula, whatever it begins with.
pub(crate) fn write(sheets: &[(String, Vec<Vec<String>>)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_align(FormatAlign::VerticalCenter);
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(name))?;
        sheet.set_freeze_panes(1, 0)?;
        let mut widths: Vec<usize> = Vec::new();
        for (at_row, cells) in (0..).zip(rows) {
            for (at_column, cell) in (0_u16..).zip(cells) {
                if at_row == 0 {
                    sheet.write_string_with_format(at_row, at_column, cell, &head)?;
                } else if !cell.is_empty() {
                    sheet.write_string(at_row, at_column, cell)?;
                }
                let column = usize::from(at_column);
                widths.resize(widths.len().max(column + 1), 8);
                if let Some(width) = widths.get_mut(column) {
                    *width = (*width).max(cell.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum());
                }
            }
        }
        for (column, width) in (0_u16..).zip(widths) {
            sheet.set_column_width(column, u32::try_from(width.min(60)).unwrap_or(60) + 2)?;
        }
    }
    workbook.save_to_buffer()
}

/// A name as a workbook allows it: 31 characters at most, and none of a few signs.
fn sheet_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if r"[]:*?/\'".contains(c) { '_' } else { c }).take(31).collect();
    if plain.is_empty() { "1".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LIMITS: Limits = Limits { rows: 10, unpacked_bytes: 1 << 20 };

    #[test]
    fn what_is_written_is_read_again_with_nothing_worked_out() {
        let rows = vec![
            vec!["名称".to_owned(), "代码".to_owned()],
            vec!["𠮷㐂䶮".to_owned(), String::new()],
            vec![],
            vec!["=HYPERLINK(1)".to_owned(), "330100".to_owned()],
        ];
        let file = write(&[("单/位".to_owned(), rows)]).unwrap();
        let sheets = read(&file, LIMITS).unwrap();
        assert_eq!(sheets[0].0, "单_位");
        let read: Vec<(u32, &[String])> = sheets[0].1.iter().map(|row| (row.number, row.cells.as_slice())).collect();
        assert_eq!(read[1], (2, &["𠮷㐂䶮".to_owned()][..]));
        assert_eq!(read[2], (4, &["=HYPERLINK(1)".to_owned(), "330100".to_owned()][..]));
    }

    #[test]
    fn a_number_is_read_as_it_looks() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_number(0, 0, 330_106).unwrap().write_number(0, 1, 120.25).unwrap();
        // 2020-03-05, as workbooks count days.
        sheet.write_number_with_format(0, 2, 43_895, &Format::new().set_num_format("yyyy/m/d")).unwrap();
        let file = workbook.save_to_buffer().unwrap();
        assert_eq!(read(&file, LIMITS).unwrap()[0].1[0].cells, ["330106", "120.25", "2020-03-05"]);
    }

    #[test]
    fn a_workbook_that_would_unpack_to_too_much_is_refused_before_it_is_read() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..100 {
            archive.write_all(&b" ".repeat(65_536)).unwrap();
        }
        let bomb = archive.finish().unwrap().into_inner();
        assert!(bomb.len() < 65_536);
        assert_eq!(read(&bomb, LIMITS).unwrap_err().code(), "import.too_large");
        assert_eq!(read(b"PK\x03\x04 nothing", LIMITS).unwrap_err().code(), "import.file");
        let rows: Vec<Vec<String>> = (0..12).map(|n| vec![n.to_string()]).collect();
        let long = write(&[("1".to_owned(), rows)]).unwrap();
        assert_eq!(read(&long, LIMITS).unwrap_err().code(), "import.too_many_rows");
    }
}
