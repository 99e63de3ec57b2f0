//! The walk of a file: its columns, its values entry by entry, its rows, its lines. Decides nothing
//! that the parts do not.

use std::path::Path;
use std::time::SystemTime;

use fenjie_calendar::BusinessZone;
use fenjie_exchange::table::{Chosen, FirstRow, ReadError, ReadOptions, Table, read_table_by};
use fenjie_plan::Definition;

use super::columns::Finder;
use super::names::Vocabulary;
use super::rows::Rows;
use super::{
    ImportError, ImportNote, ImportOptions, ImportReport, Imported, MappedMember, Mapping,
    UsedColumns,
};

/// A table with its columns understood.
pub(super) struct Understood {
    pub table: Table,
    pub columns: UsedColumns,
    pub notes: Vec<ImportNote>,
    /// The options with what a saved mapping says.
    pub options: ImportOptions,
    pub constants: Vec<(usize, String)>,
}

/// Reads a file; see [`super::read`].
pub(super) fn read(
    path: &Path,
    definition: &Definition,
    mapping: &Mapping,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let zone = options.zone.as_deref().map(BusinessZone::parse).transpose();
    let zone = zone.map_err(ImportError::Zone)?;
    constants(definition, options)?;
    let before = state(path)?;
    let understood = understand(path, definition, mapping, options)?;
    if state(path)? != before {
        return Err(ImportError::FileChanged {
            source: understood.table.source,
        });
    }
    if understood.table.rows == 0 && understood.table.ragged.is_empty() {
        return Err(ImportError::NoRows {
            source: understood.table.source,
        });
    }
    let rows = Rows::read(understood, definition, zone.as_ref())?;
    let mut imported = rows.into_lines(definition, options)?;
    imported.report.read_at = Some(before);
    match imported.report.refused_rows > 0 && !options.partial {
        true => Err(ImportError::RowsRefused {
            report: Box::new(imported.report),
        }),
        false => Ok(imported),
    }
}

/// A file's size and the time of its last change, to notice that it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Its bytes.
    pub bytes: u64,
    /// When it was last written.
    pub modified: Option<SystemTime>,
}

/// How a file stands now. What is no regular file is refused before it is opened: a pipe may never
/// answer, and a device never end.
///
/// # Errors
/// Folders, pipes, devices; what the system refuses.
pub fn state(path: &Path) -> Result<FileState, ImportError> {
    let shown = || path.display().to_string();
    let known = path.metadata();
    let known = known.map_err(|error| unreadable(path, &error))?;
    if !known.is_file() {
        let refused = ReadError::NotAFile {
            path: shown(),
            is_folder: known.is_dir(),
        };
        return Err(ImportError::Read(refused));
    }
    Ok(FileState {
        bytes: known.len(),
        modified: known.modified().ok(),
    })
}

/// What the system says of a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> ImportError {
    let shown = path.display().to_string();
    ImportError::Read(match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::FileMissing { path: shown },
        _ => ReadError::FileUnreadable {
            path: shown,
            reason: error.to_string(),
        },
    })
}

/// How the table reader is asked.
pub(super) fn table_options(options: &ImportOptions) -> ReadOptions {
    ReadOptions {
        sheet: options.sheet.clone(),
        delimiter: options.delimiter,
        encoding: options.encoding.clone(),
        keep_faults: true,
        limits: options.limits.clone(),
        ..ReadOptions::default()
    }
}

fn understand(
    path: &Path,
    definition: &Definition,
    mapping: &Mapping,
    options: &ImportOptions,
) -> Result<Understood, ImportError> {
    let source = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let words = Vocabulary::of(definition);
    let mut notes = Vec::new();
    let mut found: Option<Result<UsedColumns, ImportError>> = None;
    let mut whole = options.with(mapping);
    let mut members = constants(definition, &whole)?;
    let mut choose = |rows: &[FirstRow]| {
        let saved = saved_mapping(rows, mapping, options);
        if let Some(Mapping {
            name: Some(name), ..
        }) = saved
        {
            notes.push(ImportNote::MappingFound { name: name.clone() });
        }
        let mapping = saved.unwrap_or(mapping);
        whole = options.with(mapping);
        match constants(definition, &whole) {
            Ok(found) => members = found,
            Err(error) => {
                found = Some(Err(error));
                return None;
            }
        }
        let constant: Vec<usize> = members.iter().map(|(dimension, _)| *dimension).collect();
        let finder = Finder {
            source: &source,
            definition,
            words: &words,
            mapping,
            constant: &constant,
        };
        let row = match options.header_row {
            Some(line) => rows.iter().position(|row| row.line == line)?,
            None => finder.header(rows),
        };
        let columns = finder.columns(&rows[row].cells, &mut notes);
        let picks = columns
            .as_ref()
            .ok()
            .map(|columns| columns.used.iter().map(|column| column.position).collect());
        found = Some(columns);
        picks.map(|columns| Chosen { row, columns })
    };
    let table = read_table_by(path, &table_options(options), &mut choose);
    match (table, found) {
        (_, Some(Err(error))) => Err(error),
        (Ok(table), Some(Ok(columns))) => {
            both(&columns, &members, definition)?;
            Ok(Understood {
                table,
                columns,
                notes,
                options: whole,
                constants: members,
            })
        }
        (Err(error), _) => Err(ImportError::Read(error)),
        (Ok(table), None) => {
            let place = fenjie_exchange::table::Place::file(&table.source);
            Err(ImportError::Read(ReadError::HeaderMissing { place }))
        }
    }
}

/// The saved mapping that fits a header, where nobody asked for one.
fn saved_mapping<'o>(
    rows: &[FirstRow],
    mapping: &Mapping,
    options: &'o ImportOptions,
) -> Option<&'o Mapping> {
    let fits = |saved: &&Mapping| rows.iter().any(|row| saved.matches(&row.cells));
    options
        .saved
        .iter()
        .find(fits)
        .filter(|_| mapping.is_empty())
}

/// The members that stand for every line: dimension and code.
fn constants(
    definition: &Definition,
    options: &ImportOptions,
) -> Result<Vec<(usize, String)>, ImportError> {
    let resolve = |(dimension, member): &(String, String)| {
        let unknown = |nearest| ImportError::MemberUnknown {
            dimension: dimension.clone(),
            member: member.clone(),
            nearest,
        };
        let mut all = definition.dimensions.iter();
        let index = all.position(|other| other.code == *dimension || other.name == *dimension);
        let known = || {
            definition
                .dimensions
                .iter()
                .map(|other| other.code.clone())
                .collect()
        };
        let index = index.ok_or_else(|| unknown(known()))?;
        let tree = &definition.dimensions[index].tree;
        let node = tree.find(member).map_err(|no| unknown(no.nearest))?;
        Ok((index, tree.code(node).to_owned()))
    };
    options.members.iter().map(resolve).collect()
}

/// A dimension with a constant has no column.
fn both(
    columns: &UsedColumns,
    constants: &[(usize, String)],
    definition: &Definition,
) -> Result<(), ImportError> {
    for column in &columns.used {
        if let super::Role::Member { dimension, .. } = column.role
            && constants.iter().any(|(constant, _)| *constant == dimension)
        {
            return Err(ImportError::MemberTwice {
                dimension: definition.dimensions[dimension].name.clone(),
                column: column.column.clone(),
            });
        }
    }
    Ok(())
}

impl ImportReport {
    /// What is known of a file before its rows are looked at.
    pub(super) fn of(
        table: &Table,
        columns: UsedColumns,
        notes: Vec<ImportNote>,
        options: &ImportOptions,
    ) -> ImportReport {
        let members = options.members.iter().cloned();
        let asked = Mapping {
            date_order: options.date_order,
            round: options.round,
            members: members
                .map(|(dimension, member)| MappedMember { dimension, member })
                .collect(),
            ..Mapping::default()
        };
        ImportReport {
            asked,
            source: table.source.clone(),
            sheet: table.sheet.clone(),
            rows: table.rows + table.ragged.len(),
            columns,
            header_row: table.header_row,
            read_notes: table.notes.clone(),
            notes,
            ..ImportReport::default()
        }
    }
}

/// SHA-256 of a file's bytes in hexadecimal digits, and its size.
///
/// # Errors
/// What the system refuses.
pub fn fingerprint(path: &Path) -> std::io::Result<(String, u64)> {
    use std::fmt::Write as _;
    use std::io::Read as _;

    use sha2::Digest as _;

    let mut file = std::fs::File::open(path)?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0u8; 1 << 18];
    let mut bytes = 0u64;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        bytes += count as u64;
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
    Ok((text, bytes))
}
