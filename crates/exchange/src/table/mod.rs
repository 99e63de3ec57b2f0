//! Tables from files: CSV, workbooks and Parquet, told apart by content, become columns of coded
//! cells. Must not know plans, members or measures; what a column means is its caller's matter.

mod chosen;
mod columns;
mod date;
mod delimited;
mod encoding;
mod error;
mod error_text;
mod header;
mod json_fault;
mod json_table;
mod kind;
mod note;
mod number;
mod ods_check;
mod parquet;
mod parquet_table;
mod place;
mod quiet;
mod rows_at;
mod source;
mod text_table;
mod workbook;
mod workbook_cells;
mod xls_check;
mod xlsx_cells;
mod xlsx_facts;
mod zip_check;

use std::path::Path;

pub use chosen::{Chooser, Chosen, FirstRow};
pub use columns::{CellKind, CellRef, Column, ColumnBuilder, Table};
pub use date::{DateError, parse_date};
pub use error::ReadError;
pub use json_fault::JsonFault;
pub use kind::FileKind;
pub use note::ReadNote;
pub use parquet::{ParquetBatch, ParquetColumns, ParquetTexts, read_parquet_columns};
pub use place::{Place, cell_name, column_letters};
pub use quiet::guarded;
pub use rows_at::{RawRow, push_csv_field, read_rows_at};
pub(crate) use xlsx_cells::{XlsxCell, XlsxFormula, XlsxSheets, XlsxValue, read_xlsx_cells};

/// Columns a table may have: as many as a workbook's sheet has.
pub(crate) const MOST_COLUMNS: usize = 16_384;

/// What a reader may spend on one file; a file beyond a limit is refused before it is read where
/// its own directory tells, and while it is read otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a file may have, unpacked, when it is text, gzip or a workbook (2 GiB).
    pub expanded_bytes: u64,
    /// How many times its packed size a file of more than 64 MiB may unpack to (300).
    pub expansion: u64,
    /// Cells a sheet may have (50 million): those stored in XLSX and XLSB, and in XLS and ODS, which
    /// are read as a whole, all up to the last used row and column.
    pub sheet_cells: u64,
    /// Rows a table may have (1,000 million).
    pub rows: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            expanded_bytes: 2 << 30,
            expansion: 300,
            sheet_cells: 50_000_000,
            rows: 1_000_000_000,
        }
    }
}

/// How a file is to be read. The default finds everything out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The sheet of a workbook; without it the first visible sheet.
    pub sheet: Option<String>,
    /// The 1-based row (in text: line) of the header; without it the first row that has all wanted
    /// columns, else the first row that is not empty.
    pub header_row: Option<usize>,
    /// The delimiter of a text file; without it the best of `,` `;` tab `|`.
    pub delimiter: Option<u8>,
    /// A label of the WHATWG encoding standard such as `gb18030`, `big5`, `windows-1252`; without
    /// it UTF-8, UTF-16 with a byte order mark or GB18030, whichever the bytes are.
    pub encoding: Option<String>,
    /// The columns to keep, in this order, each required; empty keeps all.
    pub columns: Vec<String>,
    /// Columns to keep, after the others, where the file has them.
    pub optional_columns: Vec<String>,
    /// Whether rows with the wrong number of fields and error values in cells are kept for the
    /// caller to judge, in [`Table::ragged`] and as texts, instead of refusing the file.
    pub keep_faults: bool,
    /// What may be spent.
    pub limits: Limits,
}

impl ReadOptions {
    /// Options that keep these columns.
    pub fn with_columns<I: IntoIterator<Item = S>, S: Into<String>>(columns: I) -> Self {
        ReadOptions {
            columns: columns.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// Reads a whole table: text (`,` `;` tab `|`), gzip of text, XLSX, XLSM, XLSB, XLS, ODS, Parquet.
///
/// # Errors
/// [`ReadError`] names file, sheet, row and column. No bytes make this function panic.
pub fn read_table(path: &Path, options: &ReadOptions) -> Result<Table, ReadError> {
    read(path, options, &mut chosen::Wanted::Named)
}

/// Reads a table whose header and columns the caller chooses from its first rows; `options.columns`
/// and `options.header_row` are not looked at.
///
/// # Errors
/// [`ReadError`] as [`read_table`]; a chooser that takes none gives [`ReadError::HeaderMissing`].
pub fn read_table_by(
    path: &Path,
    options: &ReadOptions,
    choose: &mut Chooser<'_>,
) -> Result<Table, ReadError> {
    read(path, options, &mut chosen::Wanted::Chosen(choose))
}

fn read(
    path: &Path,
    options: &ReadOptions,
    wanted: &mut chosen::Wanted<'_>,
) -> Result<Table, ReadError> {
    let source = source::Source::open(path, &options.limits)?;
    let name = source.name.clone();
    let mut table = match source.kind {
        FileKind::Parquet => parquet::read(path, &name, options, wanted)?,
        FileKind::Text => text_table::read(source.bytes, &name, options, wanted)?,
        FileKind::Json => json_table::read(source.bytes, &name, options, wanted)?,
        FileKind::Gzip => {
            let bytes = source::unpack_gzip(source.bytes, &name, &options.limits)?;
            match kind::of_content(&bytes[..bytes.len().min(4096)]) {
                Ok(FileKind::Json) => json_table::read(bytes, &name, options, wanted)?,
                _ => text_table::read(bytes, &name, options, wanted)?,
            }
        }
        FileKind::Xlsx | FileKind::Xlsb | FileKind::Xls | FileKind::Ods => {
            workbook::read(source.bytes, source.kind, &name, options, wanted)?
        }
    };
    table.notes.extend(source.note);
    Ok(table)
}

/// The names of a workbook's sheets in their order, hidden ones too.
///
/// # Errors
/// As [`read_table`]; a file that is no workbook has no sheets and gives an empty list.
pub fn sheet_names(path: &Path, limits: &Limits) -> Result<Vec<String>, ReadError> {
    let source = source::Source::open(path, limits)?;
    workbook::sheet_names(source.bytes, source.kind, &source.name, limits)
}
