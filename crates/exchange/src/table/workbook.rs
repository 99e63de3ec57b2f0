//! Opens a workbook of any format, chooses its sheet and reads that sheet's cells into a table.

use std::io::Cursor;

use calamine::{
    Data, DataRef, Dimensions, Ods, Range, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
};

use super::chosen::Wanted;
use super::error::LimitKind;
use super::workbook_cells::{CellValue, FirstRows, SheetRows};
use super::xlsx_facts::{self, Area, SheetFacts};
use super::{FileKind, Limits, Place, ReadError, ReadNote, ReadOptions, Table, header, quiet};
use super::{ods_check, zip_check};

type Bytes<'a> = Cursor<&'a [u8]>;

enum Book<'a> {
    Xlsx(Box<Xlsx<Bytes<'a>>>),
    Xlsb(Box<Xlsb<Bytes<'a>>>),
    Xls(Box<Xls<Bytes<'a>>>),
    Ods(Box<Ods<Bytes<'a>>>),
}

pub(super) fn read(
    bytes: Vec<u8>,
    kind: FileKind,
    name: &str,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<Table, ReadError> {
    quiet::quietly(name, || {
        let mut book = Book::open(&bytes, kind, name, &options.limits)?;
        let (sheet, mut notes) = choose_sheet(book.sheets(), options.sheet.as_deref(), name)?;
        let facts = book.facts(&bytes, &sheet, name, &options.limits)?;
        let place = Place::file(name).in_sheet(Some(&sheet));
        let mut table = read_sheet(&mut book, &sheet, &place, &facts, options, wanted)?;
        notes.append(&mut table.notes);
        notes.extend(hidden_notes(&facts, &place));
        table.notes = notes;
        Ok(table)
    })
}

pub(super) fn sheet_names(
    bytes: Vec<u8>,
    kind: FileKind,
    name: &str,
    limits: &Limits,
) -> Result<Vec<String>, ReadError> {
    if !matches!(
        kind,
        FileKind::Xlsx | FileKind::Xlsb | FileKind::Xls | FileKind::Ods
    ) {
        return Ok(Vec::new());
    }
    quiet::quietly(name, || {
        let book = Book::open(&bytes, kind, name, limits)?;
        Ok(book
            .sheets()
            .iter()
            .map(|sheet| sheet.name.clone())
            .collect())
    })
}

/// Reads the sheet twice: its first rows to find the header, then all of it with only the wanted
/// columns. The second time nothing is made for cells that nobody wants.
fn read_sheet(
    book: &mut Book<'_>,
    sheet: &str,
    place: &Place,
    facts: &SheetFacts,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<Table, ReadError> {
    let mut first_rows = FirstRows::new(place, options);
    book.cells(sheet, place, &mut |row, column, value| {
        first_rows.look(row, column, value)
    })?;
    let (header_row, layout, header) = first_rows.header(wanted)?;
    refuse_merged(facts, header_row, &layout, place)?;
    let mut rows = SheetRows::new(place, options, header_row, &layout);
    book.cells(sheet, place, &mut |row, column, value| {
        rows.take(row, column, value)
    })?;
    rows.finish(layout, header)
}

impl<'a> Book<'a> {
    fn open(
        bytes: &'a [u8],
        kind: FileKind,
        name: &str,
        limits: &Limits,
    ) -> Result<Book<'a>, ReadError> {
        let cursor = Cursor::new(bytes);
        if kind == FileKind::Xls {
            super::xls_check::check(bytes, name, limits)?;
            return match Xls::new(cursor) {
                Ok(book) => Ok(Book::Xls(Box::new(book))),
                Err(error) => Err(refused(name, error)),
            };
        }
        let mut archive = zip_check::open(bytes, name, limits)?;
        // Sheets of XLSX are proved one by one, when they are read.
        let is_read = |entry: &str| match kind {
            FileKind::Ods => matches!(entry, "content.xml" | "META-INF/manifest.xml" | "meta.xml"),
            _ => {
                (entry.ends_with(".xml") || entry.ends_with(".bin") || entry.ends_with(".rels"))
                    && !(kind == FileKind::Xlsx && entry.starts_with("xl/worksheets/sheet"))
            }
        };
        zip_check::prove(&mut archive, name, is_read)?;
        if kind == FileKind::Ods {
            ods_check::check(&mut archive, name, limits)?;
        }
        Ok(match kind {
            FileKind::Xlsx => Book::Xlsx(Box::new(
                Xlsx::new(cursor).map_err(|error| refused(name, error))?,
            )),
            FileKind::Xlsb => Book::Xlsb(Box::new(
                Xlsb::new(cursor).map_err(|error| refused(name, error))?,
            )),
            _ => Book::Ods(Box::new(
                Ods::new(cursor).map_err(|error| refused(name, error))?,
            )),
        })
    }

    fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        }
    }

    fn facts(
        &self,
        bytes: &[u8],
        sheet: &str,
        name: &str,
        limits: &Limits,
    ) -> Result<SheetFacts, ReadError> {
        match self {
            Book::Xlsx(_) => {
                let mut archive = zip_check::open(bytes, name, limits)?;
                match xlsx_facts::sheet_path(&mut archive, sheet) {
                    Some(path) => xlsx_facts::read(&mut archive, &path, name),
                    None => {
                        zip_check::prove(&mut archive, name, |entry| entry.ends_with(".xml"))?;
                        Ok(SheetFacts::default())
                    }
                }
            }
            Book::Xls(book) => {
                let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
                let merged = merged.iter().map(area).collect();
                Ok(SheetFacts {
                    merged,
                    ..SheetFacts::default()
                })
            }
            Book::Xlsb(_) | Book::Ods(_) => Ok(SheetFacts::default()),
        }
    }

    /// Shows the cells of a sheet row by row, until `show` has seen enough.
    fn cells(&mut self, sheet: &str, place: &Place, show: &mut Show<'_>) -> Result<(), ReadError> {
        let name = &place.file;
        match self {
            Book::Xlsx(book) => {
                let mut cells = book
                    .worksheet_cells_reader(sheet)
                    .map_err(|error| refused(name, error))?;
                while let Some(cell) = cells
                    .next_cell_with_formula_metadata()
                    .map_err(|error| refused(name, error))?
                {
                    let value = match (&cell.value, &cell.formula) {
                        (DataRef::Empty, Some(_)) => CellValue::NoResult,
                        (value, _) => CellValue::of_ref(value),
                    };
                    if !show(cell.pos.0, cell.pos.1, value)? {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Book::Xlsb(book) => {
                let mut cells = book
                    .worksheet_cells_reader(sheet)
                    .map_err(|error| refused(name, error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| refused(name, error))? {
                    let (row, column) = cell.get_position();
                    if !show(row, column, CellValue::of_ref(cell.get_value()))? {
                        return Ok(());
                    }
                }
                Ok(())
            }
            Book::Xls(book) => {
                let range = book
                    .worksheet_range(sheet)
                    .map_err(|error| refused(name, error))?;
                show_range(&range, show)
            }
            Book::Ods(book) => {
                let range = book
                    .worksheet_range(sheet)
                    .map_err(|error| refused(name, error))?;
                show_range(&range, show)
            }
        }
    }
}

/// Takes a cell at 0-based row and column; `false` when it has seen enough.
type Show<'s> = dyn FnMut(u32, u32, CellValue<'_>) -> Result<bool, ReadError> + 's;

fn show_range(range: &Range<Data>, show: &mut Show<'_>) -> Result<(), ReadError> {
    let Some((top, left)) = range.start() else {
        return Ok(());
    };
    for (row, cells) in range.rows().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let (row, column) = (top + row as u32, left + column as u32);
            if !matches!(value, Data::Empty) && !show(row, column, CellValue::of(value))? {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn area(merged: &Dimensions) -> Area {
    Area {
        rows: (merged.start.0, merged.end.0),
        columns: (merged.start.1, merged.end.1),
    }
}

fn refused(name: &str, error: impl std::fmt::Display) -> ReadError {
    let reason = error.to_string();
    if reason.to_lowercase().contains("password") {
        return ReadError::FileEncrypted {
            place: Place::file(name),
        };
    }
    if reason.to_lowercase().contains("cell limit") {
        return ReadError::too_large(name, LimitKind::SheetCells, Limits::default().sheet_cells);
    }
    ReadError::damaged(name, reason)
}

/// The named sheet, or the first visible one.
fn choose_sheet(
    sheets: &[Sheet],
    wanted: Option<&str>,
    name: &str,
) -> Result<(String, Vec<ReadNote>), ReadError> {
    let tables: Vec<&Sheet> = sheets
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .collect();
    let place = |sheet: &Sheet| Place::file(name).in_sheet(Some(&sheet.name));
    if let Some(wanted) = wanted {
        let found = tables.iter().find(|sheet| sheet.name == wanted);
        let sheet = found.ok_or_else(|| ReadError::SheetUnknown {
            place: Place::file(name),
            sheet: wanted.to_owned(),
            known: tables.iter().map(|sheet| sheet.name.clone()).collect(),
        })?;
        let hidden = sheet.visible != SheetVisible::Visible;
        let note = hidden.then(|| ReadNote::SheetHidden {
            place: place(sheet),
        });
        return Ok((sheet.name.clone(), note.into_iter().collect()));
    }
    let visible: Vec<&Sheet> = tables
        .iter()
        .copied()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .collect();
    let Some((first, others)) = visible.split_first() else {
        return Err(ReadError::FileEmpty {
            place: Place::file(name),
        });
    };
    let note = (!others.is_empty()).then(|| ReadNote::SheetChosen {
        place: place(first),
        others: others.iter().map(|sheet| sheet.name.clone()).collect(),
    });
    Ok((first.name.clone(), note.into_iter().collect()))
}

/// Merged cells in the kept columns below the header would lose values.
fn refuse_merged(
    facts: &SheetFacts,
    header_row: u32,
    layout: &header::Layout,
    place: &Place,
) -> Result<(), ReadError> {
    let touches = |area: &&Area| {
        area.rows.1 > header_row
            && layout
                .picks
                .iter()
                .any(|&pick| (area.columns.0..=area.columns.1).contains(&(pick as u32)))
    };
    let merged: Vec<&Area> = facts.merged.iter().filter(touches).collect();
    match merged.first() {
        None => Ok(()),
        Some(first) => Err(ReadError::CellsMerged {
            place: place.clone(),
            range: first.name(),
            count: merged.len(),
        }),
    }
}

fn hidden_notes(facts: &SheetFacts, place: &Place) -> Vec<ReadNote> {
    let mut notes = Vec::new();
    if let Some(row) = facts.first_hidden_row {
        let place = place.clone().at_row(row);
        notes.push(ReadNote::RowsHidden {
            place,
            count: facts.hidden_rows,
        });
    }
    if !facts.hidden_columns.is_empty() {
        let columns = facts.hidden_columns.clone();
        notes.push(ReadNote::ColumnsHidden {
            place: place.clone(),
            columns,
        });
    }
    notes
}
