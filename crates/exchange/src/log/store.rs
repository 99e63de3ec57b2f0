//! A plan directory: opened with every hash checked, appended to, undone. Must not know
//! what operations do to a plan.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fenjie_plan::Operation;

use super::chain::{Reason, append, text_of, whole_lines};
use super::create::{create, create_from};
use super::entry::{LogEntry, LogHeader, Stamp};
use super::error::{LogError, LogNote};
use super::file::{lock_for_reading, lock_for_writing, read_from};
use super::{effective_operations, in_effect, log_path};
use crate::plan_file::{Cause, LoadedPlan, StoredFile, load_stored, stays_inside};

/// An open plan directory.
#[derive(Clone, Debug)]
pub struct PlanLog {
    directory: PathBuf,
    header: LogHeader,
    definition: LoadedPlan,
    entries: Vec<LogEntry>,
    notes: Vec<Cause>,
    /// Bytes of the log that have been read and checked.
    length: u64,
}

/// Refuses what is no RFC 3339 instant.
pub(super) fn check_time(at: &str) -> Result<(), LogError> {
    match at.parse::<jiff::Timestamp>() {
        Ok(_) => Ok(()),
        Err(_) => Err(LogError::TimeInvalid {
            text: at.chars().take(60).collect(),
        }),
    }
}

impl PlanLog {
    /// Makes a plan directory from a plan file: its inputs are copied, its totals and operations
    /// become lines of the log, signed by the stamp where they do not say it themselves. The directory
    /// appears whole or not at all.
    ///
    /// # Errors
    /// Those of the plan file; a directory that holds something; what the system refuses.
    pub fn create(
        directory: &Path,
        plan_file: &Path,
        stamp: &Stamp<'_>,
    ) -> Result<PlanLog, LogError> {
        create(directory, plan_file, stamp)?;
        PlanLog::open(directory)
    }

    /// Makes a plan directory from a plan's text and the files that came with it, by the paths that
    /// the text writes; nothing else of the disk is looked at.
    ///
    /// # Errors
    /// Those of [`PlanLog::create`].
    pub fn create_from(
        directory: &Path,
        text: String,
        files: &BTreeMap<String, PathBuf>,
        stamp: &Stamp<'_>,
    ) -> Result<PlanLog, LogError> {
        create_from(directory, text, files, stamp)?;
        PlanLog::open(directory)
    }

    /// Opens a plan directory and checks the hash of every line and of every input. A last line
    /// without its end was never acknowledged: it is left out with a note.
    ///
    /// # Errors
    /// `not_a_plan_directory`, `log_damaged` with the line, `input_changed`, and those of the
    /// definition.
    pub fn open(directory: &Path) -> Result<PlanLog, LogError> {
        let path = log_path(directory);
        if !path.is_file() {
            return Err(LogError::NotAPlan {
                path: directory.display().to_string(),
            });
        }
        let io = |error: std::io::Error| LogError::io(&path, &error);
        let lock = lock_for_reading(directory).map_err(io)?;
        let bytes = read_from(&path, 0).map_err(io)?;
        drop(lock);
        let (whole, torn) = whole_lines(&bytes);
        let mut lines = whole.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().ok_or_else(|| {
            damaged(
                &path,
                1,
                Reason::new("没有方案定义", "there is no definition of a plan"),
            )
        })?;
        let header = text_of(first).and_then(LogHeader::read);
        let header = header.map_err(|reason| damaged(&path, 1, reason))?;
        let definition = load_definition(directory, &header)?;
        let mut log = PlanLog {
            directory: directory.to_owned(),
            definition,
            entries: Vec::new(),
            notes: Vec::new(),
            length: first.len() as u64,
            header,
        };
        let unfinished = log.read_lines(lines)? + torn.len();
        if unfinished > 0 {
            let line = log.entries.len() + 2;
            let path = path.display().to_string();
            log.notes.push(Arc::new(LogNote::TornLine {
                path,
                line,
                bytes: unfinished,
            }));
        }
        Ok(log)
    }

    /// Takes lines in. The first lines of a write whose last line is missing were never acknowledged:
    /// they are left out; gives their bytes.
    fn read_lines<'a>(&mut self, lines: impl Iterator<Item = &'a [u8]>) -> Result<usize, LogError> {
        let path = log_path(&self.directory);
        let mut lengths = Vec::new();
        for line in lines {
            let sequence = self.last_sequence() + 1;
            let entry = text_of(line).and_then(|text| LogEntry::read(text, sequence, self.hash()));
            let entry = entry.map_err(|reason| damaged(&path, sequence as usize + 1, reason))?;
            self.entries.push(entry);
            self.length += line.len() as u64;
            lengths.push(line.len());
        }
        let mut unfinished = 0;
        while let (Some(length), true) = (lengths.pop(), self.is_unfinished()) {
            self.entries.pop();
            self.length -= length as u64;
            unfinished += length;
        }
        Ok(unfinished)
    }

    fn is_unfinished(&self) -> bool {
        self.entries.last().is_some_and(|entry| entry.goes_on)
    }

    /// Appends an operation: behind what others appended meanwhile, in one write, on the disk before
    /// it is acknowledged. Gives its number.
    ///
    /// # Errors
    /// `log_damaged`; `time_invalid`; what the system refuses.
    pub fn append(&mut self, operation: &Operation, stamp: &Stamp<'_>) -> Result<u64, LogError> {
        self.append_lines(std::slice::from_ref(operation), stamp, None)
    }

    /// Appends operations in one write, only if `last` is still the number of the last one: a preview
    /// holds only for the log it saw.
    ///
    /// # Errors
    /// `log_moved_on` where others appended; those of [`PlanLog::append`].
    pub fn append_after(
        &mut self,
        last: u64,
        operations: &[Operation],
        stamp: &Stamp<'_>,
    ) -> Result<u64, LogError> {
        self.append_lines(operations, stamp, Some(last))
    }

    fn append_lines(
        &mut self,
        operations: &[Operation],
        stamp: &Stamp<'_>,
        after: Option<u64>,
    ) -> Result<u64, LogError> {
        check_time(stamp.at)?;
        let path = log_path(&self.directory);
        let io = |error: std::io::Error| LogError::io(&path, &error);
        let lock = lock_for_writing(&self.directory).map_err(io)?;
        self.catch_up(&path)?;
        let found = self.last_sequence();
        if let Some(expected) = after.filter(|expected| *expected != found) {
            return Err(LogError::MovedOn { expected, found });
        }
        let (mut lines, mut entries): (_, Vec<LogEntry>) = (String::new(), Vec::new());
        for (sequence, operation) in (found + 1..).zip(operations) {
            let hash = entries
                .last()
                .map_or_else(|| self.hash(), |entry| &entry.hash);
            let goes_on = sequence - found < operations.len() as u64;
            let (entry, line) = LogEntry::write(operation, stamp, sequence, hash, goes_on);
            lines.push_str(&line);
            entries.push(entry);
        }
        append(&path, self.length, &lines).map_err(io)?;
        drop(lock);
        self.length += lines.len() as u64;
        self.entries.extend(entries);
        Ok(self.last_sequence())
    }

    /// Takes the last operation in effect out of effect, or the one of this number; the log grows by
    /// an undo. Undoing an undo brings its operation back. Gives the number of what was undone.
    ///
    /// # Errors
    /// `cannot_undo` where there is no such operation or it is undone already; those of
    /// [`PlanLog::append_after`].
    pub fn undo(&mut self, sequence: Option<u64>, stamp: &Stamp<'_>) -> Result<u64, LogError> {
        self.refresh()?;
        let operations = self.operations();
        let in_effect = in_effect(&operations);
        let last = || {
            let is_undo = |at: &usize| matches!(operations[*at], Operation::Undo { .. });
            let at = (0..operations.len())
                .rev()
                .find(|at| in_effect[*at] && !is_undo(at));
            at.map_or(0, |at| at as u64 + 1)
        };
        let sequence = sequence.unwrap_or_else(last);
        let target = usize::try_from(sequence)
            .ok()
            .and_then(|number| number.checked_sub(1));
        if !target.is_some_and(|at| in_effect.get(at).copied().unwrap_or(false)) {
            return Err(LogError::CannotUndo { sequence });
        }
        self.append_after(self.last_sequence(), &[Operation::Undo { sequence }], stamp)?;
        Ok(sequence)
    }

    /// Reads what others appended since.
    ///
    /// # Errors
    /// `log_damaged`; what the system refuses.
    pub fn refresh(&mut self) -> Result<(), LogError> {
        let path = log_path(&self.directory);
        let lock = lock_for_reading(&self.directory);
        let lock = lock.map_err(|error| LogError::io(&path, &error))?;
        self.catch_up(&path)?;
        drop(lock);
        Ok(())
    }

    fn catch_up(&mut self, path: &Path) -> Result<(), LogError> {
        let io = |error: std::io::Error| LogError::io(path, &error);
        let length = fs::metadata(path).map_err(io)?.len();
        if length < self.length {
            let reason = Reason::new("文件变短了", "the file has become shorter");
            return Err(damaged(path, self.entries.len() + 1, reason));
        }
        let bytes = read_from(path, self.length).map_err(io)?;
        let (whole, _) = whole_lines(&bytes);
        self.read_lines(whole.split_inclusive(|byte| *byte == b'\n'))?;
        Ok(())
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The first line: when, by whom and from which file the directory was made.
    pub fn header(&self) -> &LogHeader {
        &self.header
    }

    /// The definition; its list of operations is empty.
    pub fn definition(&self) -> &LoadedPlan {
        &self.definition
    }

    /// The operations with when, who and why.
    pub fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// What was noticed while the log was opened.
    pub fn notes(&self) -> &[Cause] {
        &self.notes
    }

    /// The number of the last operation; 0 where there is none.
    pub fn last_sequence(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The hash of the whole log so far, in hexadecimal digits.
    pub fn hash(&self) -> &str {
        self.entries
            .last()
            .map_or(&self.header.hash, |entry| &entry.hash)
    }

    /// All operations, undone ones and undos too: what a replay takes.
    pub fn operations(&self) -> Vec<Operation> {
        self.entries
            .iter()
            .map(|entry| entry.operation.clone())
            .collect()
    }

    /// The operations in effect.
    pub fn effective_operations(&self) -> Vec<Operation> {
        effective_operations(&self.operations())
    }
}

fn damaged(path: &Path, line: usize, reason: Reason) -> LogError {
    LogError::Damaged {
        path: path.display().to_string(),
        line,
        zh: reason.zh,
        en: reason.en,
    }
}

/// The definition from the header's text and the stored inputs.
pub(super) fn load_definition(
    directory: &Path,
    header: &LogHeader,
) -> Result<LoadedPlan, LogError> {
    // A directory may have been made by anybody: what it names lies in it.
    if let Some(outside) = header
        .inputs
        .iter()
        .find(|input| !stays_inside(&input.stored))
    {
        let shown: String = outside.stored.chars().take(80).collect();
        let reason = Reason::new(
            format!("输入文件 `{shown}` 不在方案目录里"),
            format!("the input `{shown}` does not lie in the directory"),
        );
        return Err(damaged(&log_path(directory), 1, reason));
    }
    let stored: BTreeMap<String, StoredFile> = header
        .inputs
        .iter()
        .map(|input| {
            let file = directory.join(&input.stored);
            (
                input.path.clone(),
                StoredFile {
                    file,
                    sha256: input.sha256.clone(),
                },
            )
        })
        .collect();
    Ok(load_stored(&header.text, &header.file, stored)?)
}
