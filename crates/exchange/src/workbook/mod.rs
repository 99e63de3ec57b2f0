//! The plan as a workbook: sheets a sales department would have made by hand, live sums that agree
//! with our cells, and the way back: proving a workbook and reading what was changed in it.

mod changes;
mod contents;
mod edits;
mod error;
mod error_text;
mod grid;
mod grid_build;
mod grid_days;
mod grid_formula;
mod grid_looks;
mod grid_notes;
mod grid_sheet;
mod list_contents;
mod lists;
mod long_table;
mod machine;
mod machine_read;
pub(crate) mod names;
mod opened;
mod overview;
mod overview_chart;
pub(crate) mod style;
mod verify;
mod words;
pub(crate) mod writer;

use std::path::Path;

use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Place, Plan};

pub use changes::{Conflict, ImportedChanges};
pub use error::{SheetCell, SheetLimit, WorkbookError};
pub use long_table::{MOST_SHEET_ROWS, workbook_of_table};
pub use verify::{TotalDifference, WorkbookReport};

/// The largest amount a workbook holds, in steps: spreadsheet programs keep 15 digits.
pub const LARGEST_AMOUNT: i64 = 999_999_999_999_999;

/// A sheet with more cells than this is written at a coarser level, and a note says so.
pub const MOST_CELLS: usize = 200_000;

/// How a workbook is written.
#[derive(Clone, Debug, Default)]
pub struct WorkbookOptions {
    /// The language of names, headers and notes; members keep the names the plan gives them.
    pub lang: Lang,
    /// The unit money is shown in; the cells always hold yuan.
    pub unit: DisplayUnit,
    /// The members of the sheet of days and slots; the first leaf of the first dimension without it.
    pub store: Option<Place>,
    /// The month of that sheet, a node of the time axis; the first month without it.
    pub month: Option<u32>,
    /// Where the figures come from.
    pub provenance: Provenance,
}

/// What the sheet 校验 says of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Name of the plan file.
    pub file: String,
    /// Content hash of the plan.
    pub hash: String,
    /// When the workbook was made, as it is to be shown.
    pub made_at: String,
    /// Results of the plan's checks, a line each.
    pub checks: Vec<String>,
}

/// Writes a plan as a workbook, whole or not at all.
///
/// # Errors
/// [`WorkbookError`] where an amount has over 15 digits, a sheet would have more rows or columns
/// than a workbook can hold, a layer cannot be computed, or the file cannot be written.
pub fn write_workbook(
    plan: &Plan,
    path: &Path,
    options: &WorkbookOptions,
) -> Result<(), WorkbookError> {
    let bytes = writer::workbook(plan, options)?;
    let mut file = crate::write::AtomicFile::create(path)?;
    std::io::Write::write_all(&mut file, &bytes).map_err(|error| {
        WorkbookError::Write(crate::write::WriteError::FileUnwritable {
            path: path.display().to_string(),
            reason: error.to_string(),
        })
    })?;
    file.commit()?;
    Ok(())
}

/// Proves a workbook that was exported: every total against its parts.
///
/// # Errors
/// [`WorkbookError`] where the file is no workbook of ours, or its cells cannot be followed. Totals
/// that do not add up are no error but lines of the report.
pub fn verify_workbook(path: &Path) -> Result<WorkbookReport, WorkbookError> {
    let (machine, book) = opened::open(path)?;
    verify::verify(&machine, &book)
}

/// Reads what was changed in an exported workbook: exported, edited and current values side by
/// side. A blank cell is unchanged, a zero is zero.
///
/// # Errors
/// [`WorkbookError`] with sheet and cell: text or errors in number cells, rows or columns that are
/// gone or there twice, a workbook of another plan, values that are no whole steps, totals that do
/// not agree with their changed parts. All or nothing.
pub fn read_changes(path: &Path, current: &Plan) -> Result<ImportedChanges, WorkbookError> {
    let (machine, book) = opened::open(path)?;
    changes::read(&machine, &book, current)
}
