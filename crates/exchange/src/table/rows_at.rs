//! Some rows of a file as they stand, with all their cells: what a caller writes apart for mending.
//! Judges nothing.

use std::path::Path;

use super::chosen::{Chosen, Wanted};
use super::delimited::{Fields, Records, find_delimiter};
use super::{FileKind, ReadError, ReadOptions, encoding, source};
use crate::text_guard::{needs_guard, without_guard};

/// A row of a file as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// The 1-based row or line.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<String>,
}

/// Reads the header and the rows of these lines, given in order, with all their cells; the file is
/// one that [`super::read_table_by`] read with the same options.
///
/// # Errors
/// [`ReadError`] as [`super::read_table`].
pub fn read_rows_at(
    path: &Path,
    options: &ReadOptions,
    header_row: usize,
    lines: &[usize],
) -> Result<(Vec<String>, Vec<RawRow>), ReadError> {
    let opened = source::Source::open(path, &options.limits)?;
    let bytes = match opened.kind {
        FileKind::Text => opened.bytes,
        FileKind::Gzip => source::unpack_gzip(opened.bytes, &opened.name, &options.limits)?,
        _ => return rows_of_table(path, options, header_row, lines),
    };
    let (text, _) = encoding::decode(bytes, options.encoding.as_deref(), &opened.name)?;
    let delimiter = options
        .delimiter
        .unwrap_or_else(|| find_delimiter(&text, &[]));
    let mut records = Records::new(&text, delimiter);
    let mut fields = Fields::default();
    let (mut header, mut rows) = (Vec::new(), Vec::new());
    // A flaw was met when the table was read; here the rows before it are enough.
    while let Ok(true) = records.next(&mut fields) {
        let cells = || {
            fields
                .iter(&text)
                .map(|cell| without_guard(cell).to_owned())
                .collect()
        };
        if fields.line == header_row {
            header = cells();
        } else if lines.binary_search(&fields.line).is_ok() {
            rows.push(RawRow {
                line: fields.line,
                cells: cells(),
            });
        }
    }
    Ok((header, rows))
}

/// The same from a table that is read whole.
fn rows_of_table(
    path: &Path,
    options: &ReadOptions,
    header_row: usize,
    lines: &[usize],
) -> Result<(Vec<String>, Vec<RawRow>), ReadError> {
    let mut choose = |rows: &[super::FirstRow]| {
        let row = rows.iter().position(|row| row.line == header_row)?;
        Some(Chosen {
            row,
            columns: (0..rows[row].cells.len()).collect(),
        })
    };
    let options = ReadOptions {
        keep_faults: true,
        ..options.clone()
    };
    let table = super::read(path, &options, &mut Wanted::Chosen(&mut choose))?;
    let wanted = (0..table.rows).filter(|&row| lines.binary_search(&table.line(row)).is_ok());
    let rows = wanted.map(|row| {
        let cells = table
            .columns
            .iter()
            .map(|column| column.cell(row).text.to_owned());
        RawRow {
            line: table.line(row),
            cells: cells.collect(),
        }
    });
    Ok((table.header.clone(), rows.collect()))
}

/// Adds a field of CSV, quoted where it must be. A text that a spreadsheet program would take for a
/// formula gets an apostrophe, which reading takes off; numbers stay as they are.
pub fn push_csv_field(out: &mut String, text: &str) {
    let is_number = text.starts_with(['-', '+'])
        && text.len() > 1
        && text[1..]
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let guarded = needs_guard(text) && !is_number;
    let quoted = guarded || text.contains(['"', ',', '\n', '\r']) || text.trim() != text;
    if !quoted {
        out.push_str(text);
        return;
    }
    out.push('"');
    if guarded {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}
