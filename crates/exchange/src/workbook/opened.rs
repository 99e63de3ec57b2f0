//! A workbook that came back: its sheets found by their hidden marks and its rows and columns by
//! their hidden ids, wherever they were moved to. Knows no plan.

use std::path::Path;

use fenjie_money::Step;
use rustc_hash::FxHashMap;

use super::WorkbookError;
use super::error::SheetCell;
use super::machine::{Block, Machine, SHEET, marker};
use super::machine_read;
use crate::table::{
    Limits, XlsxCell, XlsxFormula, XlsxSheets, XlsxValue, cell_name, read_xlsx_cells,
};

/// What a cell with a figure holds now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Figure {
    Blank,
    /// A number, and the formula that gave it.
    Number(f64, XlsxFormula),
    /// A formula without a stored result.
    Uncomputed,
}

/// Where the lines of a block are now.
pub(super) struct Found<'b> {
    pub sheet: &'b str,
    cells: &'b [XlsxCell],
    rows: Vec<u32>,
    columns: Vec<u32>,
}

/// Opens a workbook of ours.
pub(super) fn open(path: &Path) -> Result<(Machine, XlsxSheets), WorkbookError> {
    let book = read_xlsx_cells(path, &Limits::default())?;
    let machine = machine_read::read(&book)?;
    Ok((machine, book))
}

/// Finds a block's sheet, rows and columns.
pub(super) fn find<'b>(
    book: &'b XlsxSheets,
    block: &Block,
    number: usize,
) -> Result<Found<'b>, WorkbookError> {
    let wanted = marker(number);
    let is_marker =
        |cell: &&XlsxCell| matches!(&cell.value, XlsxValue::Text(text) if *text == wanted);
    let marked = book.sheets.iter().filter(|(name, _)| name != SHEET);
    let mut marked = marked.flat_map(|(name, cells)| {
        cells
            .iter()
            .filter(is_marker)
            .map(move |corner| (name, cells, corner))
    });
    let Some((sheet, cells, corner)) = marked.next() else {
        return Err(WorkbookError::SheetGone {
            sheet: block.sheet.clone(),
        });
    };
    if let Some((other, _, _)) = marked.next() {
        return Err(WorkbookError::SheetTwice {
            sheets: (sheet.clone(), other.clone()),
        });
    }
    let row_ids = ids(sheet, cells, |cell| {
        cell.column == corner.column && cell.row != corner.row
    })?;
    let column_ids = ids(sheet, cells, |cell| {
        cell.row == corner.row && cell.column != corner.column
    })?;
    let gone = |id: &str| WorkbookError::LineGone {
        sheet: sheet.clone(),
        id: id.to_owned(),
    };
    let mut found = Found {
        sheet,
        cells,
        rows: Vec::new(),
        columns: Vec::new(),
    };
    for line in &block.grid.rows {
        let cell = row_ids
            .get(line.id.as_str())
            .ok_or_else(|| gone(&line.id))?;
        found.rows.push(cell.row);
    }
    for line in &block.grid.columns {
        let cell = column_ids
            .get(line.id.as_str())
            .ok_or_else(|| gone(&line.id))?;
        found.columns.push(cell.column);
    }
    Ok(found)
}

/// The ids on a line of a sheet, each once.
fn ids<'b>(
    sheet: &str,
    cells: &'b [XlsxCell],
    on_line: impl Fn(&XlsxCell) -> bool,
) -> Result<FxHashMap<&'b str, &'b XlsxCell>, WorkbookError> {
    let mut ids: FxHashMap<&str, &XlsxCell> = FxHashMap::default();
    for cell in cells.iter().filter(|cell| on_line(cell)) {
        let XlsxValue::Text(id) = &cell.value else {
            continue;
        };
        if let Some(first) = ids.insert(id, cell) {
            let at = |cell: &XlsxCell| SheetCell {
                sheet: sheet.to_owned(),
                cell: cell_name(cell.row, cell.column),
            };
            let (first, second) = (at(first), at(cell));
            return Err(WorkbookError::LineTwice {
                id: id.clone(),
                first,
                second,
            });
        }
    }
    Ok(ids)
}

impl Found<'_> {
    /// The name of a grid cell as it is now.
    pub fn at(&self, row: usize, column: usize) -> SheetCell {
        SheetCell {
            sheet: self.sheet.to_owned(),
            cell: cell_name(self.rows[row], self.columns[column]),
        }
    }

    /// What a grid cell holds.
    pub fn figure(&self, row: usize, column: usize) -> Result<Figure, WorkbookError> {
        let wanted = (self.rows[row], self.columns[column]);
        let found = self
            .cells
            .binary_search_by_key(&wanted, |cell| (cell.row, cell.column));
        let Ok(at) = found else {
            return Ok(Figure::Blank);
        };
        let cell = &self.cells[at];
        match &cell.value {
            XlsxValue::Number(number) => Ok(Figure::Number(*number, cell.formula)),
            XlsxValue::Empty => Ok(Figure::Uncomputed),
            XlsxValue::Text(text) if text.trim().is_empty() => match cell.formula {
                XlsxFormula::None => Ok(Figure::Blank),
                _ => Ok(Figure::Uncomputed),
            },
            XlsxValue::Text(text) => Err(WorkbookError::TextInNumber {
                at: self.at(row, column),
                text: text.clone(),
            }),
            XlsxValue::Bool(yes) => {
                let text = yes.to_string().to_uppercase();
                Err(WorkbookError::TextInNumber {
                    at: self.at(row, column),
                    text,
                })
            }
            XlsxValue::Error(value) => Err(WorkbookError::ErrorValue {
                at: self.at(row, column),
                value: value.clone(),
            }),
        }
    }

    /// A number as a count of steps.
    pub fn count(
        &self,
        (row, column): (usize, usize),
        number: f64,
        step: Step,
    ) -> Result<i64, WorkbookError> {
        count_of(number, step).ok_or_else(|| WorkbookError::NotWholeSteps {
            at: self.at(row, column),
            value: number.to_string(),
            step: step.format(1),
        })
    }
}

/// The count of steps a number stands for. Sums of a spreadsheet carry the errors of binary
/// fractions, so a ten-thousandth of a step beside a whole count is that count.
pub(super) fn count_of(number: f64, step: Step) -> Option<i64> {
    let scaled = number * 10f64.powi(step.decimals() as i32) / step.units() as f64;
    let nearest = scaled.round();
    let allowed = (1e-4 + scaled.abs() * 4e-15).min(0.25);
    if scaled.abs() > 9e15 || (scaled - nearest).abs() > allowed {
        return None;
    }
    Some(nearest as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_steps_or_refused() {
        let cent = Step::cent();
        assert_eq!(count_of(0.1 + 0.2, cent), Some(30));
        assert_eq!(count_of(833_333.34, cent), Some(83_333_334));
        assert_eq!(
            count_of(9_999_999_999_999.99, cent),
            Some(999_999_999_999_999)
        );
        assert_eq!(count_of(12.345, cent), None);
        assert_eq!(count_of(150.0, Step::parse("100").unwrap()), None);
        assert_eq!(count_of(-300.0, Step::parse("100").unwrap()), Some(-3));
        assert_eq!(count_of(1e300, cent), None);
    }
}
