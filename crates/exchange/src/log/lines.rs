//! A plan's log as lines that somebody else keeps, such as a database: the same lines, chained the
//! same way, as those of a plan directory. Must not know where they are kept.

use std::collections::BTreeMap;
use std::path::Path;

use fenjie_plan::Operation;

use super::chain::Reason;
use super::entry::{LogEntry, LogHeader, Stamp};
use super::error::LogError;
use super::store::load_definition;
use crate::plan_file::LoadedPlan;

/// A line of a log, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedLine {
    /// Its number.
    pub sequence: u64,
    /// Its text, without the line's end.
    pub line: String,
    /// The hash of the log up to here, in hexadecimal digits.
    pub hash: String,
}

/// The lines of a write: operations behind line `last`, whose hash is `before`; all of them count, or
/// none.
pub fn seal(
    operations: &[Operation],
    stamp: &Stamp<'_>,
    last: u64,
    before: &str,
) -> Vec<SealedLine> {
    let sealed = seal_entries(operations, stamp, last, before);
    sealed.into_iter().map(|(line, _)| line).collect()
}

/// The lines of a write, each with its entry.
pub fn seal_entries(
    operations: &[Operation],
    stamp: &Stamp<'_>,
    last: u64,
    before: &str,
) -> Vec<(SealedLine, LogEntry)> {
    let mut lines: Vec<(SealedLine, LogEntry)> = Vec::with_capacity(operations.len());
    for (sequence, operation) in (last + 1..).zip(operations) {
        let before = lines.last().map_or(before, |(line, _)| &line.hash);
        let goes_on = sequence - last < operations.len() as u64;
        let (entry, line) = LogEntry::write(operation, stamp, sequence, before, goes_on);
        let line = SealedLine {
            sequence,
            line: line.trim_end().to_owned(),
            hash: entry.hash.clone(),
        };
        lines.push((line, entry));
    }
    lines
}

/// The definition out of the first line; `folder` holds the inputs as a plan directory does.
///
/// # Errors
/// `log_damaged`, `input_changed`, those of the definition.
pub fn open_definition(line: &str, folder: &Path) -> Result<(LogHeader, LoadedPlan), LogError> {
    let header = LogHeader::read(line).map_err(|reason| damaged(1, reason))?;
    let definition = load_definition(folder, &header)?;
    Ok((header, definition))
}

/// The entry out of line number `sequence`, proved against the hash before.
///
/// # Errors
/// `log_damaged`.
pub fn open_entry(line: &str, sequence: u64, before: &str) -> Result<LogEntry, LogError> {
    LogEntry::read(line, sequence, before).map_err(|reason| damaged(sequence as usize + 1, reason))
}

/// A plan directory as lines and inputs: the lines in order, and each input's bytes by where it lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryParts {
    /// The lines, definition first.
    pub lines: Vec<SealedLine>,
    /// The inputs: where each lies in the directory, its SHA-256, its bytes.
    pub inputs: BTreeMap<String, (String, Vec<u8>)>,
}

/// Takes a plan directory apart, with every hash checked.
///
/// # Errors
/// Those of [`super::PlanLog::open`]; what the system refuses.
pub fn take_apart(directory: &Path) -> Result<DirectoryParts, LogError> {
    let log = super::PlanLog::open(directory)?;
    let path = super::log_path(directory);
    let text = std::fs::read_to_string(&path).map_err(|error| LogError::io(&path, &error))?;
    let hashes = std::iter::once(log.header().hash.clone())
        .chain(log.entries().iter().map(|entry| entry.hash.clone()));
    let lines = (0u64..).zip(text.lines()).zip(hashes);
    let mut parts = DirectoryParts::default();
    for ((sequence, line), hash) in lines {
        parts.lines.push(SealedLine {
            sequence,
            line: line.to_owned(),
            hash,
        });
    }
    for input in &log.header().inputs {
        let file = directory.join(&input.stored);
        let bytes = std::fs::read(&file).map_err(|error| LogError::io(&file, &error))?;
        parts
            .inputs
            .insert(input.stored.clone(), (input.sha256.clone(), bytes));
    }
    Ok(parts)
}

fn damaged(line: usize, reason: Reason) -> LogError {
    LogError::Damaged {
        path: super::LOG_FILE.into(),
        line,
        zh: reason.zh,
        en: reason.en,
    }
}
