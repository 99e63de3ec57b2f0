//! From a file of sales to checked lines: columns found by name, every value read exactly, every bad row
//! named. Must not know segments, stores or terminals.

mod amounts;
mod answer;
mod columns;
mod credits;
mod dates;
mod error;
mod error_text;
mod fault;
mod faults;
mod gather;
mod kept;
mod mapping;
mod members;
mod months;
mod names;
mod note;
mod options;
mod reading;
mod refused;
mod repeats;
mod report;
mod rows;

use std::path::Path;

use fenjie_plan::Definition;

pub use answer::{meta, report_json, rounding, row_json};
pub use columns::{RoleColumn, UsedColumns};
pub use error::{ImportError, MissingRole};
pub use fault::{CreditFault, RowFault};
pub use kept::{keep_mapping, kept_mappings, mappings_folder};
pub use mapping::{MappedColumn, MappedMember, Mapping, Role, is_mapping_name};
pub use names::role_words;
pub use note::ImportNote;
pub use options::{DateOrder, ImportOptions, Rounding};
pub use reading::{FileState, fingerprint, state};
pub use refused::{refused_name, write_refused};
pub use report::{ImportReport, MOST_REFUSALS, MeasureTotal, Rounded, RowRefusal, UnknownText};

use crate::lines::SalesLines;

/// What a file came to.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The good lines, in the order of the file.
    pub lines: SalesLines,
    /// What was read, what was left out and why.
    pub report: ImportReport,
}

/// Reads a file of sales into checked lines: columns by name, by the mapping or both; days in the
/// business time zone; amounts in whole steps (rule A1); unknown members kept as texts (rule T3).
///
/// # Errors
/// [`ImportError`]: files that cannot be read, columns that cannot be found, and bad rows unless
/// `options.partial` asks for the good ones.
pub fn read(
    path: &Path,
    definition: &Definition,
    mapping: &Mapping,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    reading::read(path, definition, mapping, options)
}
