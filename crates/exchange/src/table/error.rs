//! Why a table cannot be read: one variant per reason, each naming its place. The texts are in
//! `error_text`.

use fenjie_message::english;

use super::{JsonFault, Place};

/// Why a file cannot be read as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is no such file.
    FileMissing {
        /// The path as given.
        path: String,
    },
    /// The system does not let us read it.
    FileUnreadable {
        /// The path as given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// It has no bytes, or only blanks.
    FileEmpty {
        /// The file.
        place: Place,
    },
    /// Its name promises another format than its bytes hold.
    NotAsNamed {
        /// The file.
        place: Place,
        /// The ending of the name.
        ending: String,
        /// What the bytes are, such as `PDF`.
        found: &'static str,
    },
    /// Its bytes are no table in any known format.
    FormatUnknown {
        /// The file.
        place: Place,
        /// What the bytes are, where that can be told.
        found: Option<&'static str>,
    },
    /// It ends too early or its structure is broken.
    FileDamaged {
        /// The file.
        place: Place,
        /// What the reader of that format said, in English.
        reason: String,
    },
    /// It is a folder, or a pipe or device whose content cannot be read twice.
    NotAFile {
        /// The path as given.
        path: String,
        /// Whether it is a folder.
        is_folder: bool,
    },
    /// Its JSON is no table.
    JsonInvalid {
        /// The file and the line.
        place: Place,
        /// What it breaks.
        fault: JsonFault,
    },
    /// A text holds zero bytes: it was not written to its end, or is no text.
    ZeroBytes {
        /// The file and the line.
        place: Place,
    },
    /// It is protected by a password.
    FileEncrypted {
        /// The file.
        place: Place,
    },
    /// It is larger than a limit allows, unpacked or as it lies there.
    FileTooLarge {
        /// The file.
        place: Place,
        /// The limit it goes over.
        limit: LimitKind,
        /// The limit's value.
        allowed: u64,
    },
    /// The label of an encoding is unknown.
    EncodingUnknown {
        /// The label.
        label: String,
    },
    /// Its bytes are not text in the encoding.
    TextInvalid {
        /// The file and the line.
        place: Place,
        /// The encoding that was tried.
        encoding: &'static str,
    },
    /// The workbook has no such sheet.
    SheetUnknown {
        /// The file.
        place: Place,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        known: Vec<String>,
    },
    /// There is no header row.
    HeaderMissing {
        /// The file, the sheet and the row where it was looked for.
        place: Place,
    },
    /// Everything is in one column because the delimiter is another one.
    DelimiterWrong {
        /// The file and the header's line.
        place: Place,
        /// The delimiter used.
        used: char,
        /// The delimiter that would fit.
        likely: char,
    },
    /// A wanted column is not in the header.
    ColumnMissing {
        /// The file, the sheet, the header's row and the column wanted.
        place: Place,
        /// The column's name.
        column: String,
        /// The most similar column there is.
        nearest: Option<String>,
        /// The columns there are.
        known: Vec<String>,
    },
    /// Two columns have the same name.
    ColumnDuplicate {
        /// The file, the sheet and the header's row.
        place: Place,
        /// The name.
        column: String,
        /// The 1-based positions of the two.
        positions: (usize, usize),
    },
    /// A column of a Parquet file holds values that are no cells (lists, structures, bytes).
    ColumnType {
        /// The file and the column.
        place: Place,
        /// The type, as Arrow names it.
        found: String,
        /// What is needed: `cells`, `texts` or `whole numbers`.
        wanted: &'static str,
    },
    /// Rows have more or fewer fields than the header.
    RowsRagged {
        /// The file and the first such line.
        place: Place,
        /// The first few such lines with their number of fields.
        rows: Vec<(usize, usize)>,
        /// How many such lines there are.
        count: usize,
        /// The fields of the header.
        header: usize,
    },
    /// A quoted field is not closed before the file ends.
    QuoteOpen {
        /// The file and the line where the field begins.
        place: Place,
    },
    /// A closing quote is followed by text.
    QuoteText {
        /// The file and the line.
        place: Place,
    },
    /// Cells of the table are merged.
    CellsMerged {
        /// The file and the sheet.
        place: Place,
        /// The range, such as `A3:A7`.
        range: String,
        /// How many merged ranges the table has.
        count: usize,
    },
    /// A formula has no stored result.
    FormulaWithoutValue {
        /// The file and the sheet.
        place: Place,
        /// The cell, such as `C5`.
        cell: String,
    },
    /// A cell holds an error value.
    CellError {
        /// The file and the sheet.
        place: Place,
        /// The cell, such as `C5`.
        cell: String,
        /// The value, such as `#REF!`.
        value: String,
    },
    /// A wanted cell of a column that must be filled is empty.
    CellEmpty {
        /// The file, the row and the column.
        place: Place,
    },
}

/// What a file has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// Bytes, unpacked.
    ExpandedBytes,
    /// Bytes unpacked for each byte packed.
    Expansion,
    /// Cells in a sheet.
    SheetCells,
    /// Rows.
    Rows,
    /// Columns.
    Columns,
    /// Text in one column.
    ColumnText,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    /// A damaged file, with what its format's reader said.
    pub(super) fn damaged(name: &str, reason: impl std::fmt::Display) -> Self {
        let reason = reason.to_string();
        let first_line = reason.lines().next().unwrap_or_default();
        ReadError::FileDamaged {
            place: Place::file(name),
            reason: first_line.to_owned(),
        }
    }

    /// A file over a limit.
    pub(super) fn too_large(name: &str, limit: LimitKind, allowed: u64) -> Self {
        ReadError::FileTooLarge {
            place: Place::file(name),
            limit,
            allowed,
        }
    }
}
