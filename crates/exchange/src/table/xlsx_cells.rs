//! All cells of all sheets of an XLSX file, with whether each is a formula: for workbooks whose
//! layout the caller knows. Must not know what the cells mean.

use std::io::Cursor;
use std::path::Path;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxFormulaMetadata};

use super::error::LimitKind;
use super::source::Source;
use super::{FileKind, Limits, Place, ReadError, quiet, zip_check};

/// What a cell of a workbook holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum XlsxValue {
    /// Nothing; with a formula, one whose result was never stored.
    Empty,
    /// A number; a day is its serial.
    Number(f64),
    /// A text, trimmed of nothing.
    Text(String),
    /// True or false.
    Bool(bool),
    /// `#REF!` and the like.
    Error(String),
}

/// A cell at 0-based row and column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct XlsxCell {
    pub row: u32,
    pub column: u32,
    pub value: XlsxValue,
    /// The formula whose result the value is.
    pub formula: XlsxFormula,
}

/// What kind of formula a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XlsxFormula {
    /// The value was typed.
    None,
    /// `SUM` or `SUMIF`, or shares its formula with other cells.
    Sum,
    /// Any other.
    Other,
}

/// The name of a file and its sheets in order, each with its cells in order.
pub(crate) struct XlsxSheets {
    pub file: String,
    pub sheets: Vec<(String, Vec<XlsxCell>)>,
}

/// Reads every worksheet, hidden ones too.
///
/// # Errors
/// [`ReadError`] where the file is missing, no XLSX, damaged, or beyond the limits.
pub(crate) fn read_xlsx_cells(path: &Path, limits: &Limits) -> Result<XlsxSheets, ReadError> {
    let Source {
        name, kind, bytes, ..
    } = Source::open(path, limits)?;
    if kind != FileKind::Xlsx {
        return Err(ReadError::NotAsNamed {
            place: Place::file(&name),
            ending: "xlsx".into(),
            found: kind.name(),
        });
    }
    let sheets = quiet::quietly(&name, || {
        let mut archive = zip_check::open(&bytes, &name, limits)?;
        let is_read = |entry: &str| entry.ends_with(".xml") || entry.ends_with(".rels");
        zip_check::prove(&mut archive, &name, is_read)?;
        let damaged = |error: calamine::XlsxError| ReadError::damaged(&name, error);
        let mut book = Xlsx::new(Cursor::new(bytes.as_slice())).map_err(damaged)?;
        let tables = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names: Vec<String> = tables.map(|sheet| sheet.name.clone()).collect();
        let mut sheets = Vec::with_capacity(names.len());
        let mut left = limits.sheet_cells;
        for sheet in names {
            let cells = cells_of(&mut book, &sheet, &name, &mut left, limits)?;
            sheets.push((sheet, cells));
        }
        Ok(sheets)
    })?;
    Ok(XlsxSheets { file: name, sheets })
}

fn cells_of(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    name: &str,
    left: &mut u64,
    limits: &Limits,
) -> Result<Vec<XlsxCell>, ReadError> {
    let damaged = |error: calamine::XlsxError| ReadError::damaged(name, error);
    let mut reader = book.worksheet_cells_reader(sheet).map_err(damaged)?;
    let mut cells: Vec<XlsxCell> = Vec::new();
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        *left = left
            .checked_sub(1)
            .ok_or_else(|| ReadError::too_large(name, LimitKind::SheetCells, limits.sheet_cells))?;
        let (row, column) = cell.pos;
        if cells
            .last()
            .is_some_and(|last| (last.row, last.column) >= (row, column))
        {
            return Err(ReadError::damaged(name, "its cells are out of order"));
        }
        let formula = match &cell.formula {
            None => XlsxFormula::None,
            Some(
                XlsxFormulaMetadata::Normal { formula }
                | XlsxFormulaMetadata::Shared { formula, .. },
            ) if !formula.trim_start().starts_with("SUM") => XlsxFormula::Other,
            Some(_) => XlsxFormula::Sum,
        };
        let value = value_of(&cell.value);
        if formula != XlsxFormula::None || value != XlsxValue::Empty {
            cells.push(XlsxCell {
                row,
                column,
                value,
                formula,
            });
        }
    }
    Ok(cells)
}

fn value_of(value: &DataRef<'_>) -> XlsxValue {
    match value {
        DataRef::Empty => XlsxValue::Empty,
        DataRef::Int(int) => XlsxValue::Number(*int as f64),
        DataRef::Float(float) if float.is_finite() => XlsxValue::Number(*float),
        DataRef::Float(float) => XlsxValue::Error(float.to_string()),
        DataRef::String(text) | DataRef::DurationIso(text) | DataRef::DateTimeIso(text) => {
            XlsxValue::Text(text.clone())
        }
        DataRef::SharedString(text) => XlsxValue::Text((*text).to_owned()),
        DataRef::Bool(yes) => XlsxValue::Bool(*yes),
        DataRef::DateTime(time) => XlsxValue::Number(time.as_f64()),
        DataRef::Error(error) => XlsxValue::Error(error.to_string()),
    }
}
