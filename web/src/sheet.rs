//! Tables as files: workbooks and CSV in, whatever the encoding; workbooks and CSV out, with every cell as text.

mod csv;
mod xlsx;

use dispatch::import::{Mapping, Row, Table};
use thiserror::Error;

pub(crate) use self::csv::{Encoding, write as write_csv};
pub(crate) use self::xlsx::write as write_xlsx;

/// What a file may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most rows of all sheets together.
    pub rows: usize,
    /// Most bytes of what is packed in a workbook, unpacked.
    pub unpacked_bytes: u64,
}

/// Columns that are read of a row; what stands further right is not ours.
const COLUMNS: usize = 64;
/// Rows among which the header is looked for: people put titles above it.
const HEADER_AMONG: usize = 5;

/// Why a file cannot be read at all.
#[derive(Debug, Error)]
pub enum SheetError {
    /// Neither a workbook nor text.
    #[error("the file is neither an XLSX workbook nor a CSV text")]
    Unreadable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// A text in none of the encodings.
    #[error("the text is neither UTF-8 nor GB18030")]
    Encoding,
    /// More rows than are read at once.
    #[error("the file has more than {most} rows")]
    TooManyRows {
        /// The limit.
        most: usize,
    },
    /// A packed file that would unpack to more than it may.
    #[error("the workbook unpacks to more than {most} bytes")]
    TooLarge {
        /// The limit.
        most: u64,
    },
    /// Nothing in it.
    #[error("the file has no rows")]
    Empty,
}

impl SheetError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "import.file",
            Self::Encoding => "import.encoding",
            Self::TooManyRows { .. } => "import.too_many_rows",
            Self::TooLarge { .. } => "import.too_large",
            Self::Empty => "import.no_rows",
        }
    }
}

/// What a file was, and the tables in it.
#[derive(Debug)]
pub struct Read {
    /// `xlsx`, or the encoding of a text.
    pub format: &'static str,
    /// Its tables; empty sheets are left out.
    pub tables: Vec<Table>,
}

/// Reads a file. What it is, its first bytes say, not its name; `name` is what a CSV's only table is called.
pub fn read(name: &str, bytes: &[u8], limits: Limits) -> Result<Read, SheetError> {
    let (format, sheets) = if bytes.starts_with(b"PK") {
        ("xlsx", xlsx::read(bytes, limits)?)
    } else {
        let (encoding, rows) = csv::read(bytes, limits)?;
        (encoding, vec![(name.to_owned(), rows)])
    };
    let tables: Vec<Table> = sheets.into_iter().filter_map(|(name, rows)| table(name, rows)).collect();
    if tables.is_empty() { Err(SheetError::Empty) } else { Ok(Read { format, tables }) }
}

/// The header and the rows below it; the header is the first row that looks like one, or the first of all.
fn table(name: String, rows: Vec<Row>) -> Option<Table> {
    let header = rows.iter().take(HEADER_AMONG).position(|row| Mapping::guess(&row.cells).is_some()).unwrap_or(0);
    let mut rows = rows.into_iter().skip(header);
    let header = rows.next()?.cells;
    Some(Table { name, header, rows: rows.collect() })
}

/// A row of cells, or nothing when all of them are empty.
fn row(number: u32, mut cells: Vec<String>) -> Option<Row> {
    cells.truncate(COLUMNS);
    let filled = cells.iter().rposition(|cell| !cell.is_empty())?;
    cells.truncate(filled + 1);
    Some(Row { number, cells })
}

/// What a spreadsheet program would take for a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
