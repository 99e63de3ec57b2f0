//! Reads text with delimiters into a table. Knows nothing of files and packing.

use super::chosen::{self, Chooser, FirstRow, SEARCHED_CELLS, Wanted};
use super::columns::{ColumnFull, trim};
use super::delimited::{Fields, Flaw, Records, find_delimiter, likely_delimiter};
use super::error::LimitKind;
use super::header::{Layout, SEARCHED_ROWS, choose, find_header};
use super::{ColumnBuilder, Place, ReadError, ReadNote, ReadOptions, Table, encoding};
use crate::text_guard::without_guard;

pub(super) fn read(
    bytes: Vec<u8>,
    name: &str,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<Table, ReadError> {
    let (text, note) = encoding::decode(bytes, options.encoding.as_deref(), name)?;
    let delimiter = options
        .delimiter
        .unwrap_or_else(|| find_delimiter(&text, &options.columns));
    let place = Place::file(name);
    let mut records = Records::new(&text, delimiter);
    let mut fields = Fields::default();
    let (header, layout, skipped) = match wanted {
        Wanted::Named => {
            let (header, skipped) = read_header(&mut records, &mut fields, &text, &place, options)?;
            let place = place.clone().at_row(fields.line);
            let layout = choose(&header, options, &place)
                .map_err(|error| one_column(error, &header, delimiter, &place))?;
            (header, layout, skipped)
        }
        Wanted::Chosen(choose) => choose_header(&mut records, &mut fields, &text, &place, choose)?,
    };
    let place = place.at_row(fields.line);
    let mut table = read_rows(
        &mut records,
        &mut fields,
        &text,
        &header,
        layout,
        name,
        options,
    )?;
    table.notes.extend(note);
    if skipped {
        table.notes.push(ReadNote::HeaderBelow { place });
    }
    Ok(table)
}

/// Reads up to the header, leaving the records behind it; whether rows above it were passed over.
fn read_header(
    records: &mut Records<'_>,
    fields: &mut Fields,
    text: &str,
    place: &Place,
    options: &ReadOptions,
) -> Result<(Vec<String>, bool), ReadError> {
    let header_missing = || ReadError::HeaderMissing {
        place: place.clone(),
    };
    let own = |fields: &Fields| {
        let names = fields
            .iter(text)
            .map(|name| without_guard(trim(name)).to_owned());
        names.collect::<Vec<_>>()
    };
    let next = |records: &mut Records<'_>, fields: &mut Fields| {
        records
            .next(fields)
            .map_err(|flaw| flawed(flaw, &place.file))
    };
    if let Some(line) = options.header_row {
        while next(records, fields)? {
            if fields.line >= line {
                return Ok((own(fields), false));
            }
        }
        return Err(ReadError::HeaderMissing {
            place: place.clone().at_row(line),
        });
    }
    // The first record alone settles most files; only otherwise are more looked at.
    let mut ahead = Vec::new();
    let mut reader = Records::new(text, records.delimiter());
    while ahead.len() < SEARCHED_ROWS && next(&mut reader, fields)? {
        ahead.push(own(fields));
        let done = options.columns.is_empty() || find_header_has_all(&ahead, options);
        if done && find_header(&ahead, options).is_some() {
            break;
        }
    }
    let index = find_header(&ahead, options).ok_or_else(header_missing)?;
    for _ in 0..=index {
        next(records, fields)?;
    }
    Ok((ahead.swap_remove(index), index > 0))
}

/// Shows the first records to the chooser and reads up to the header that it takes.
fn choose_header(
    records: &mut Records<'_>,
    fields: &mut Fields,
    text: &str,
    place: &Place,
    choose: &mut Chooser<'_>,
) -> Result<(Vec<String>, Layout, bool), ReadError> {
    let mut ahead = Vec::new();
    let mut reader = Records::new(text, records.delimiter());
    let mut cells = 0;
    while ahead.len() < SEARCHED_ROWS && cells < SEARCHED_CELLS {
        // A flaw far below the header is met again, with its line, when the rows are read.
        match reader.next(fields) {
            Ok(true) => {}
            Ok(false) => break,
            Err(flaw) if ahead.is_empty() => return Err(flawed(flaw, &place.file)),
            Err(_) => break,
        }
        cells += fields.len();
        let names = fields
            .iter(text)
            .map(|name| without_guard(trim(name)).to_owned());
        ahead.push(FirstRow {
            line: fields.line,
            cells: names.collect(),
        });
    }
    let (index, layout) = chosen::take(&ahead, choose, place)?;
    for _ in 0..=index {
        records
            .next(fields)
            .map_err(|flaw| flawed(flaw, &place.file))?;
    }
    Ok((ahead.swap_remove(index).cells, layout, index > 0))
}

fn find_header_has_all(ahead: &[Vec<String>], options: &ReadOptions) -> bool {
    let last = ahead.last().map(Vec::as_slice).unwrap_or_default();
    options
        .columns
        .iter()
        .all(|wanted| last.iter().any(|name| trim(name) == wanted))
}

fn read_rows(
    records: &mut Records<'_>,
    fields: &mut Fields,
    text: &str,
    header: &[String],
    layout: Layout,
    name: &str,
    options: &ReadOptions,
) -> Result<Table, ReadError> {
    let header_row = fields.line;
    let mut builders: Vec<_> = layout
        .picks
        .iter()
        .map(|_| ColumnBuilder::default())
        .collect();
    let mut lines = Lines::default();
    let mut ragged = Ragged::default();
    while records.next(fields).map_err(|flaw| flawed(flaw, name))? {
        let surplus = header.len()..fields.len().max(header.len());
        if fields.len() < header.len()
            || surplus
                .into_iter()
                .any(|field| !fields.get(text, field).trim().is_empty())
        {
            ragged.add(fields.line, fields.len(), options.keep_faults);
            continue;
        }
        if layout
            .picks
            .iter()
            .all(|&pick| trim(fields.get(text, pick)).is_empty())
        {
            continue;
        }
        for (builder, &pick) in builders.iter_mut().zip(&layout.picks) {
            let cell = without_guard(trim(fields.get(text, pick)));
            let pushed = builder.push_text(cell);
            pushed.map_err(|full| column_full(full, name))?;
        }
        lines.add(fields.line);
        if lines.rows as u64 > options.limits.rows {
            return Err(ReadError::too_large(
                name,
                LimitKind::Rows,
                options.limits.rows,
            ));
        }
    }
    if !options.keep_faults || ragged.count > ragged.rows.len() {
        ragged.refuse(name, header.len())?;
    }
    let columns = builders
        .into_iter()
        .zip(layout.names)
        .map(|(b, name)| b.finish(name))
        .collect();
    Ok(Table {
        source: name.to_owned(),
        sheet: None,
        columns,
        rows: lines.rows,
        header_row,
        first_data_row: lines.first,
        lines: lines.list,
        header: header.to_vec(),
        ragged: ragged.rows,
        notes: layout.note.into_iter().collect(),
    })
}

/// The lines of the rows, written out only once they no longer simply follow each other.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub rows: usize,
    pub first: usize,
    pub list: Option<Vec<u32>>,
}

impl Lines {
    pub fn add(&mut self, line: usize) {
        if self.rows == 0 {
            self.first = line;
        }
        if self.list.is_none() && line != self.first + self.rows {
            self.list = Some(
                (self.first..self.first + self.rows)
                    .map(|line| line as u32)
                    .collect(),
            );
        }
        if let Some(list) = &mut self.list {
            list.push(line as u32);
        }
        self.rows += 1;
    }
}

/// How many rows with the wrong number of fields are kept for the caller; more are a wrong delimiter.
const MOST_KEPT: usize = 1_000_000;

/// Rows with the wrong number of fields.
#[derive(Default)]
struct Ragged {
    rows: Vec<(usize, usize)>,
    count: usize,
}

impl Ragged {
    fn add(&mut self, line: usize, fields: usize, all: bool) {
        if self.rows.len() < if all { MOST_KEPT } else { 5 } {
            self.rows.push((line, fields));
        }
        self.count += 1;
    }

    fn refuse(&self, name: &str, header: usize) -> Result<(), ReadError> {
        match self.rows.first() {
            None => Ok(()),
            Some(&(line, _)) => Err(ReadError::RowsRagged {
                place: Place::file(name).at_row(line),
                rows: self.rows.iter().take(5).copied().collect(),
                count: self.count,
                header,
            }),
        }
    }
}

fn flawed(flaw: Flaw, name: &str) -> ReadError {
    let place = Place::file(name);
    match flaw {
        Flaw::QuoteOpen(line) => ReadError::QuoteOpen {
            place: place.at_row(line),
        },
        Flaw::QuoteText(line) => ReadError::QuoteText {
            place: place.at_row(line),
        },
        Flaw::TooWide(line) => ReadError::FileTooLarge {
            place: place.at_row(line),
            limit: LimitKind::Columns,
            allowed: super::MOST_COLUMNS as u64,
        },
    }
}

pub(super) fn column_full(_: ColumnFull, name: &str) -> ReadError {
    ReadError::too_large(name, LimitKind::ColumnText, u64::from(u32::MAX) + 1)
}

/// A missing column in a header of one field is mostly a wrong delimiter.
fn one_column(error: ReadError, header: &[String], used: u8, place: &Place) -> ReadError {
    match (&error, header) {
        (ReadError::ColumnMissing { .. }, [only]) => match likely_delimiter(only, used) {
            Some(likely) => ReadError::DelimiterWrong {
                place: place.clone(),
                used: used.into(),
                likely,
            },
            None => error,
        },
        _ => error,
    }
}
