//! The facts of a plan directory: imports brought in, undone, put together, added up. Must not know
//! how files are read or lines checked.

mod add;
mod compact;
mod day;
mod read;

pub use day::DayLine;

use std::fs;
use std::path::{Path, PathBuf};

use fenjie_exchange::log::Stamp;
use fenjie_plan::{Definition, Plan};
use fenjie_track::{ActualRequest, Actuals};

use crate::error::{FactsError, FactsNote};
use crate::folder::{self, Locked, hash_of};
use crate::lines::SalesLines;
use crate::manifest::{Change, MANIFEST_FILE, Manifest};
use crate::record::{Added, Compacted, FoundLines, ImportMeta, ImportRecord, LineFilter, Verified};
use crate::scan::{Unit, add_up};
use crate::segment::columns::check;
use crate::state::State;

/// The folder of facts in a plan directory.
pub const FACTS_FOLDER: &str = "facts";

/// The facts of a plan directory.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    manifest: Manifest,
    state: State,
    notes: Vec<FactsNote>,
}

impl Store {
    /// Opens the facts of a plan directory and checks the hash of every line of the manifest; a
    /// directory without facts has none. Writes nothing, so the folder may be read-only.
    ///
    /// # Errors
    /// `manifest_damaged` with the line; what the system refuses.
    pub fn open(directory: &Path) -> Result<Store, FactsError> {
        let folder = directory.join(FACTS_FOLDER);
        let (manifest, note) = Manifest::open(&folder)?;
        Ok(Store {
            state: State::of(&manifest.entries),
            notes: note.into_iter().collect(),
            folder,
            manifest,
        })
    }

    /// The imports, undone ones too, in the order in which they were brought.
    pub fn imports(&self) -> &[ImportRecord] {
        &self.state.imports
    }

    /// What was noticed while the facts were opened.
    pub fn notes(&self) -> &[FactsNote] {
        &self.notes
    }

    /// The hash of the manifest so far, in hexadecimal digits; empty where there are no facts.
    pub fn hash(&self) -> &str {
        self.manifest.hash()
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        self.state.segments.len()
    }

    /// The files of the facts folder that matter, the manifest first: what a copy has to hold.
    pub fn files(&self) -> Vec<PathBuf> {
        if self.manifest.entries.is_empty() {
            return Vec::new();
        }
        let names = self.state.names();
        let names = std::iter::once(MANIFEST_FILE).chain(names);
        names.map(|name| self.path(name)).collect()
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
        self.would_add(lines, definition, meta)
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
        self.take(lines, definition, meta, stamp)
    }

    /// Takes an import out of effect as a whole; what it replaced counts again.
    ///
    /// # Errors
    /// `import_unknown`, `import_undone_already`, `facts_busy`, `facts_io`.
    pub fn undo(&mut self, number: u64, stamp: &Stamp<'_>) -> Result<(), FactsError> {
        self.set_effect(number, false, stamp)
    }

    /// Brings an undone import back.
    ///
    /// # Errors
    /// `import_unknown`, `import_in_effect_already`, `same_file_in_effect`, `facts_busy`, `facts_io`.
    pub fn redo(&mut self, number: u64, stamp: &Stamp<'_>) -> Result<(), FactsError> {
        self.set_effect(number, true, stamp)
    }

    /// The facts as they would be with an import undone (`on` is false) or brought back, to look at
    /// beforehand; writes nothing.
    ///
    /// # Errors
    /// Those of [`Store::undo`] and [`Store::redo`], but for what the system refuses.
    pub fn with_effect(&self, number: u64, on: bool) -> Result<Store, FactsError> {
        self.can_set_effect(number, on)?;
        let mut other = self.clone();
        let imports = &mut other.state.imports;
        for import in imports.iter_mut().filter(|own| own.number == number) {
            import.in_effect = on;
        }
        Ok(other)
    }

    fn can_set_effect(&self, number: u64, on: bool) -> Result<(), FactsError> {
        let import = self
            .state
            .import(number)
            .ok_or(FactsError::ImportUnknown { number })?;
        match (import.in_effect, on) {
            (true, true) => return Err(FactsError::InEffectAlready { number }),
            (false, false) => return Err(FactsError::UndoneAlready { number }),
            _ => {}
        }
        match self.same_file(&import.meta).filter(|_| on) {
            Some(other) => Err(FactsError::SameFileInEffect { number, other }),
            None => Ok(()),
        }
    }

    fn set_effect(&mut self, number: u64, on: bool, stamp: &Stamp<'_>) -> Result<(), FactsError> {
        check_time(stamp)?;
        let lock = self.lock()?;
        self.can_set_effect(number, on)?;
        let change = if on {
            Change::Redo(number)
        } else {
            Change::Undo(number)
        };
        self.append(change, stamp)?;
        drop(lock);
        Ok(())
    }

    /// Puts small segments together; every answer stays the same, and imports in them can still be
    /// undone.
    ///
    /// # Errors
    /// `facts_busy`, `facts_io`, `segment_damaged`.
    pub fn compact(&mut self, stamp: &Stamp<'_>) -> Result<Compacted, FactsError> {
        self.put_together(stamp)
    }

    /// Reads every file again and compares it with its checksum in the manifest.
    ///
    /// # Errors
    /// `segment_damaged` with the file; `facts_io`.
    pub fn verify(&self) -> Result<Verified, FactsError> {
        let mut verified = Verified {
            entries: self.manifest.entries.len(),
            ..Verified::default()
        };
        for segment in &self.state.segments {
            verified.lines += segment.lines;
            for file in segment.stored.files() {
                let path = self.folder.join(&file.name);
                let found = hash_of(&path).map_err(|error| FactsError::io(&path, &error))?;
                if found != (file.sha256.clone(), file.bytes) {
                    return Err(FactsError::damaged(
                        &path,
                        "its content is not what was written",
                    ));
                }
                verified.files += 1;
                verified.bytes += file.bytes;
            }
        }
        Ok(verified)
    }

    /// Adds up the lines in effect (rule T3).
    ///
    /// # Errors
    /// `request_invalid`, `sum_too_large`, `segment_damaged`, `facts_io`.
    pub fn actuals(&self, plan: &Plan, request: &ActualRequest) -> Result<Actuals, FactsError> {
        self.reading(|store| store.sums(plan, request))
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
        self.reading(|store| store.found(plan, filter, limit))
    }

    /// Others may put segments together while we read: then we look again which ones there are.
    fn reading<T>(&self, read: impl Fn(&Store) -> Result<T, FactsError>) -> Result<T, FactsError> {
        match read(self) {
            Err(error @ FactsError::Io { .. }) => {
                let mut fresh = self.clone();
                fresh.catch_up()?;
                if fresh.manifest.entries.len() == self.manifest.entries.len() {
                    return Err(error);
                }
                read(&fresh)
            }
            read => read,
        }
    }

    /// Reads what others appended, and sweeps away what nobody names.
    fn lock(&mut self) -> Result<Locked, FactsError> {
        let lock = folder::lock(&self.folder)?;
        self.catch_up()?;
        folder::sweep(&self.folder, &self.state.names())?;
        Ok(lock)
    }

    fn catch_up(&mut self) -> Result<(), FactsError> {
        self.manifest.catch_up()?;
        self.state = State::of(&self.manifest.entries);
        Ok(())
    }

    fn append(&mut self, change: Change, stamp: &Stamp<'_>) -> Result<u64, FactsError> {
        let number = self.manifest.append(change, stamp)?;
        self.state = State::of(&self.manifest.entries);
        Ok(number)
    }

    /// The import in effect of the same file, read in the same way.
    fn same_file(&self, meta: &ImportMeta) -> Option<u64> {
        let same = |import: &&ImportRecord| {
            import.in_effect
                && !meta.sha256.is_empty()
                && import.meta.sha256 == meta.sha256
                && import.meta.mapping == meta.mapping
        };
        self.state
            .imports
            .iter()
            .find(same)
            .map(|import| import.number)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file's path, its size compared with the manifest.
    fn sized(&self, file: &folder::StoredFile) -> Result<PathBuf, FactsError> {
        let path = self.path(&file.name);
        let found = fs::metadata(&path).map_err(|error| FactsError::io(&path, &error))?;
        if found.len() != file.bytes {
            return Err(FactsError::damaged(
                &path,
                "its size is not what was written",
            ));
        }
        Ok(path)
    }
}

/// Refuses what is no RFC 3339 instant.
fn check_time(stamp: &Stamp<'_>) -> Result<(), FactsError> {
    match stamp.at.parse::<jiff::Timestamp>() {
        Ok(_) => Ok(()),
        Err(_) => Err(FactsError::TimeInvalid {
            text: stamp.at.chars().take(60).collect(),
        }),
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
    check(lines, plan.model().definition())?;
    add_up(plan, request, &[Unit::Memory(lines)])
}
