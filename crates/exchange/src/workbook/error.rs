//! Why a workbook cannot be written, proved or read back, with sheet and cell.

use fenjie_message::english;
use fenjie_plan::PlanError;

use crate::table::ReadError;
use crate::write::WriteError;

/// A sheet and a cell of it, such as 产品 and `D7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetCell {
    /// The sheet's name as it is now.
    pub sheet: String,
    /// The cell, `D7`.
    pub cell: String,
}

/// Which way a sheet is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetLimit {
    /// 1,048,576 rows.
    Rows,
    /// 16,384 columns.
    Columns,
}

/// Why a workbook cannot be written, proved or read back.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkbookError {
    /// More rows or columns than a sheet has, at the coarsest level that makes sense.
    SheetFull {
        /// The sheet.
        sheet: String,
        /// What it lacks.
        limit: SheetLimit,
        /// How many would be needed.
        needed: usize,
    },
    /// An amount with more than 15 digits, which spreadsheet programs do not keep.
    AmountTooLarge {
        /// The sheet.
        sheet: String,
        /// The place.
        place: String,
        /// The amount.
        amount: String,
    },
    /// The plan's own figures do not add up; nothing is written.
    PlanDoesNotAdd {
        /// The sheet.
        sheet: String,
        /// The place.
        place: String,
    },
    /// The plan refuses what the workbook needs.
    Plan(PlanError),
    /// The file cannot be written.
    Write(WriteError),
    /// The library that writes workbooks refuses.
    Library {
        /// What it says.
        reason: String,
    },
    /// The file cannot be read.
    Read(ReadError),
    /// The workbook was not made by fenjie, or the hidden sheet is gone.
    NotOurs {
        /// The file.
        file: String,
    },
    /// A newer fenjie made it, or the hidden sheet was changed.
    MachineSheetChanged {
        /// The file.
        file: String,
        /// The 1-based row of the hidden sheet.
        row: usize,
    },
    /// The workbook belongs to another plan.
    OtherPlan {
        /// What differs, in the plan's own words: name, dimensions, measures.
        what: &'static str,
        /// As the workbook has it.
        workbook: String,
        /// As the plan has it.
        plan: String,
    },
    /// A sheet with figures is gone, or its hidden first column or row.
    SheetGone {
        /// The sheet's name when it was written.
        sheet: String,
    },
    /// The same sheet is there twice.
    SheetTwice {
        /// Both sheets' names.
        sheets: (String, String),
    },
    /// A row or column was deleted, or its hidden id.
    LineGone {
        /// The sheet.
        sheet: String,
        /// The id.
        id: String,
    },
    /// A row or column was copied.
    LineTwice {
        /// The id.
        id: String,
        /// Where it is first.
        first: SheetCell,
        /// Where it is again.
        second: SheetCell,
    },
    /// Text in a number cell.
    TextInNumber {
        /// Where.
        at: SheetCell,
        /// The text.
        text: String,
    },
    /// An error value in a number cell.
    ErrorValue {
        /// Where.
        at: SheetCell,
        /// `#REF!` and the like.
        value: String,
    },
    /// A formula whose result was never stored, where a value is needed.
    NoResult {
        /// Where.
        at: SheetCell,
    },
    /// A value that is no whole number of steps.
    NotWholeSteps {
        /// Where.
        at: SheetCell,
        /// The value.
        value: String,
        /// The step.
        step: String,
    },
    /// A total was typed that its parts, changed as well, do not add up to.
    TotalDoesNotAdd {
        /// Where.
        at: SheetCell,
        /// The place.
        place: String,
        /// What stands there.
        typed: String,
        /// What the parts come to.
        parts: String,
    },
    /// A cell was changed whose figures are computed elsewhere.
    NotEditable {
        /// Where.
        at: SheetCell,
    },
    /// A changed cell's member or period is no longer in the plan.
    PlaceUnknown {
        /// Where.
        at: SheetCell,
        /// The id that is unknown.
        id: String,
    },
    /// Two changes that move the same cells.
    ChangesOverlap {
        /// The one.
        first: SheetCell,
        /// The other.
        second: SheetCell,
    },
}

impl From<PlanError> for WorkbookError {
    fn from(error: PlanError) -> Self {
        WorkbookError::Plan(error)
    }
}

impl From<WriteError> for WorkbookError {
    fn from(error: WriteError) -> Self {
        WorkbookError::Write(error)
    }
}

impl From<ReadError> for WorkbookError {
    fn from(error: ReadError) -> Self {
        WorkbookError::Read(error)
    }
}

impl From<rust_xlsxwriter::XlsxError> for WorkbookError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        WorkbookError::Library {
            reason: error.to_string(),
        }
    }
}

impl std::fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for WorkbookError {}
