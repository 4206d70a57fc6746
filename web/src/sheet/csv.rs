//! CSV in UTF-8, with a byte order mark or without, and in GB18030, which spreadsheet programs write in China.

use dispatch::import::Row;
use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Limits, SheetError, is_formula, row};

/// How a text is written (编码).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// With a byte order mark, so that spreadsheet programs read it as such.
    Utf8,
    /// What older programs expect.
    Gb18030,
}

/// The rows of a text, and the name of its encoding.
pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<(&'static str, Vec<Row>), SheetError> {
    let (name, text) = decode(bytes)?;
    let delimiter = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| SheetError::Unreadable(Some(Box::new(error))))?;
        let number = record.position().map_or(0, |position| line_of(position, &text));
        rows.extend(row(number, record.iter().map(cell).collect()));
        if rows.len() > limits.rows {
            return Err(SheetError::TooManyRows { most: limits.rows });
        }
    }
    Ok((name, rows))
}

/// The line on which a record begins: its position is that of the empty lines before it, which the reader passes over.
fn line_of(position: &csv::Position, text: &str) -> u32 {
    let begun = usize::try_from(position.byte()).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let empty = begun.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
    u32::try_from(position.line()).unwrap_or(u32::MAX).saturating_add(u32::try_from(empty).unwrap_or(u32::MAX))
}

/// The text, by its byte order mark, as UTF-8, or as GB18030, in which almost any bytes mean something: control characters do not.
fn decode(bytes: &[u8]) -> Result<(&'static str, String), SheetError> {
    let marked = encoding_rs::Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match marked {
        Some(marked) => marked,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => GB18030,
    };
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    let is_text = text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    if had_errors || !is_text {
        return Err(SheetError::Encoding);
    }
    let name = match encoding {
        _ if encoding == UTF_16LE || encoding == UTF_16BE => "utf-16",
        _ if encoding == GB18030 => "gb18030",
        _ => "utf-8",
    };
    Ok((name, text.into_owned()))
}

/// The sign between cells: the one of three that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    // The last of equals wins, and a comma is the rule.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// A cell as it was before a sign was put before it that keeps spreadsheet programs from working it out.
fn cell(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text).to_owned()
}

/// A text of rows, for spreadsheet programs: what they would take for a formula has an apostrophe before it.
pub(crate) fn write(rows: &[Vec<String>], encoding: Encoding) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for cells in rows {
        let cells = cells.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.clone() });
        // Writing into memory does not fail.
        let _ = writer.write_record(cells);
    }
    let text = writer.into_inner().unwrap_or_default();
    match encoding {
        Encoding::Utf8 => ["\u{feff}".as_bytes(), &text].concat(),
        Encoding::Gb18030 => GB18030.encode(&String::from_utf8_lossy(&text)).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { rows: 3, unpacked_bytes: 0 };
    /// Characters of names that lie outside what GBK has: in the second plane, in extension A, added late.
    const RARE: &str = "𠮷㐂䶮";

    fn cells(bytes: &[u8]) -> (&'static str, Vec<Vec<String>>) {
        let (name, rows) = read(bytes, LIMITS).unwrap();
        (name, rows.into_iter().map(|row| row.cells).collect())
    }

    #[test]
    fn rare_characters_and_formulas_come_back_as_they_went() {
        let rows = vec![vec!["名称".to_owned(), "说明".to_owned()], vec![RARE.to_owned(), "=1+1".to_owned()]];
        for (encoding, name) in [(Encoding::Utf8, "utf-8"), (Encoding::Gb18030, "gb18030")] {
            let file = write(&rows, encoding);
            assert!(file.windows(5).any(|bytes| bytes == b"'=1+1"), "no program works it out");
            assert_eq!(cells(&file), (name, rows.clone()));
        }
    }

    #[test]
    fn an_encoding_is_recognised_without_being_told() {
        assert_eq!(cells("名称\n甲".as_bytes()).0, "utf-8");
        assert_eq!(cells(&GB18030.encode("名称\n甲").0).0, "gb18030");
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("名称\n甲".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(cells(&utf16), ("utf-16", vec![vec!["名称".to_owned()], vec!["甲".to_owned()]]));
        for wrong in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"\xff\xff\xff"] {
            assert_eq!(read(wrong, LIMITS).unwrap_err().code(), "import.encoding");
        }
    }

    #[test]
    fn cells_are_parted_by_comma_tab_or_semicolon_and_rows_keep_their_numbers() {
        for text in ["a,b\n\n1,\"2,3\"", "a\tb\n\n1\t2,3", "a;b\n\n1;2,3"] {
            let (_, rows) = read(text.as_bytes(), LIMITS).unwrap();
            assert_eq!(
                rows.last().map(|row| (row.number, row.cells.clone())),
                Some((3, vec!["1".to_owned(), "2,3".to_owned()])),
                "{text:?}"
            );
        }
        assert_eq!(read(b"1\n2\n3\n4", LIMITS).unwrap_err().code(), "import.too_many_rows");
    }
}
