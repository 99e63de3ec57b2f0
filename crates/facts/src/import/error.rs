//! Why a file of sales is refused as a whole. The texts are in `error_text`.

use fenjie_calendar::CalendarError;
use fenjie_exchange::table::ReadError;
use fenjie_message::english;

use super::ImportReport;

/// Why a file of sales is refused as a whole.
#[derive(Clone, Debug)]
pub enum ImportError {
    /// The table cannot be read.
    Read(ReadError),
    /// A mapping has another form than `role=column`.
    MappingForm {
        /// The part at fault.
        text: String,
    },
    /// A saved mapping cannot be read.
    MappingDamaged {
        /// Its name.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// A mapping speaks of a role that the plan does not have.
    RoleUnknown {
        /// The role as typed.
        role: String,
        /// Roles that may be meant.
        nearest: Vec<String>,
    },
    /// A mapping names a column that the file does not have.
    MappedColumnMissing {
        /// The file.
        source: String,
        /// The role as typed.
        role: String,
        /// The column as typed.
        column: String,
        /// The most similar column.
        nearest: Option<String>,
        /// The columns there are.
        known: Box<[String]>,
    },
    /// Two columns may be the same.
    ColumnsAmbiguous {
        /// The file.
        source: String,
        /// What both may be, in Chinese and English.
        role: Box<(String, String)>,
        /// The two.
        columns: (String, String),
    },
    /// Columns that must be there cannot be found.
    ColumnsMissing {
        /// The file.
        source: String,
        /// What is missing.
        roles: Vec<MissingRole>,
        /// The columns there are.
        known: Vec<String>,
    },
    /// A constant names a dimension or member that the plan does not have.
    MemberUnknown {
        /// The dimension as typed.
        dimension: String,
        /// The member as typed.
        member: String,
        /// What may be meant.
        nearest: Vec<String>,
    },
    /// A dimension has both a column and a constant.
    MemberTwice {
        /// The dimension's name.
        dimension: String,
        /// The column.
        column: String,
    },
    /// The time zone is unknown.
    Zone(CalendarError),
    /// The file changed while it was read.
    FileChanged {
        /// Its name.
        source: String,
    },
    /// There is a header and nothing below it.
    NoRows {
        /// The file.
        source: String,
    },
    /// The sum of a measure is beyond what can be counted.
    SumTooLarge {
        /// The measure's name.
        measure: String,
    },
    /// Rows are refused; nothing of the file counts.
    RowsRefused {
        /// Which rows and why.
        report: Box<ImportReport>,
    },
}

/// Something that must be in a file and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRole {
    /// What is missing, in both languages.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The column whose name comes nearest.
    pub nearest: Option<String>,
}

impl From<ReadError> for ImportError {
    fn from(error: ReadError) -> Self {
        ImportError::Read(error)
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for ImportError {}
