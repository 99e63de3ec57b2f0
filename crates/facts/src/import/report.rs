//! What an import found: rows, days, totals, unknown members, refused rows. Decides nothing.

use fenjie_calendar::Date;
use fenjie_exchange::table::ReadNote;
use fenjie_message::{Lang, Message};

use super::{FileState, ImportNote, Mapping, RowFault, UsedColumns};

/// How many refused rows are named; their number is always the true one.
pub const MOST_REFUSALS: usize = 1_000;

/// What was read from a file, what was left out and why.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// The file's name.
    pub source: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Rows below the header, blank ones left out.
    pub rows: usize,
    /// Lines they came to: good rows, shared sales counted once for each person.
    pub lines: usize,
    /// Which column is what.
    pub columns: UsedColumns,
    /// The first and the last day of the good lines.
    pub days: Option<(Date, Date)>,
    /// The sum of every measure over the good lines.
    pub totals: Vec<MeasureTotal>,
    /// Good lines with an unknown or missing member on some dimension (rule T3).
    pub unassigned: usize,
    /// The first unknown members; `unknown_count` of them in all.
    pub unknown: Vec<UnknownText>,
    /// How many different unknown members there are.
    pub unknown_count: usize,
    /// Good lines on days outside the plan's period; kept and not part of any target's result.
    pub outside: usize,
    /// Rows that repeat an external id of the same file with the same content; counted once.
    pub repeated: usize,
    /// Measures of which amounts were rounded.
    pub rounded: Vec<Rounded>,
    /// Refused rows in all.
    pub refused_rows: usize,
    /// What is wrong in all; a row may have several faults.
    pub fault_count: usize,
    /// The first [`MOST_REFUSALS`] faults, in the order of the file.
    pub refusals: Vec<RowRefusal>,
    /// The rows of all refused ones, in order, as people count them.
    pub refused_lines: Vec<usize>,
    /// What was asked for beside the columns, by the options or by a saved mapping: order of days,
    /// rounding, constants.
    pub asked: Mapping,
    /// The row of the header; 0 where the format has none.
    pub header_row: usize,
    /// How the file stood when it was read.
    pub read_at: Option<FileState>,
    /// How the file was read.
    pub read_notes: Vec<ReadNote>,
    /// What a person should know about how it was understood.
    pub notes: Vec<ImportNote>,
}

/// The sum of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureTotal {
    /// The measure, by index.
    pub measure: usize,
    /// Its sum, in steps.
    pub total: i128,
}

/// A text that is no member of its dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownText {
    /// The dimension, by index.
    pub dimension: usize,
    /// The text; empty where the cell is.
    pub text: String,
    /// Known members that resemble it.
    pub nearest: Vec<String>,
    /// Good lines with it.
    pub lines: usize,
}

/// Amounts of a measure that were rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// The measure, by index.
    pub measure: usize,
    /// How many rows.
    pub rows: usize,
    /// The sum of rounded minus given, in `10^-18` of a unit.
    pub difference: i128,
}

/// One fault of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRefusal {
    /// The row as people count it: the line of a text, the row of a sheet.
    pub row: usize,
    /// The column's name in the file, where one column is at fault.
    pub column: Option<String>,
    /// The value as it stands.
    pub value: String,
    /// What it breaks.
    pub fault: RowFault,
}

impl RowRefusal {
    /// The fault in one sentence with its place, such as ``第 7 行 `金额` 列 `abc`：…``.
    pub fn text(&self, lang: Lang) -> String {
        let (row, fault) = (self.row, self.fault.text(lang));
        let value: String = visible(&self.value).chars().take(60).collect();
        let column = self.column.as_deref().map(visible);
        match (&column, lang) {
            (Some(column), Lang::Zh) => format!("第 {row} 行 `{column}` 列 `{value}`：{fault}"),
            (Some(column), Lang::En) => {
                format!("row {row}, column `{column}`, `{value}`: {fault}")
            }
            (None, Lang::Zh) => format!("第 {row} 行：{fault}"),
            (None, Lang::En) => format!("row {row}: {fault}"),
        }
    }
}

/// A text as a terminal may show it: control characters in their escaped form, so that none takes
/// effect.
pub(super) fn visible(text: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}
