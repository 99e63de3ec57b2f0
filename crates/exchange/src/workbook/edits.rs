//! The changed cells of one grid: leaves that differ from what was exported, and totals that were
//! typed over. Knows no plan.

use fenjie_money::Step;

use super::WorkbookError;
use super::error::SheetCell;
use super::grid::Grid;
use super::machine::Block;
use super::opened::{Figure, Found};
use super::verify::sum_text;
use crate::table::XlsxFormula;

/// A changed cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub at: SheetCell,
    pub row: usize,
    pub column: usize,
    pub exported: i64,
    pub edited: i64,
    /// A total whose parts were left alone: they are to follow it.
    pub is_total: bool,
}

/// The cells of a grid while it is compared.
struct Comparison<'b> {
    grid: &'b Grid,
    found: &'b Found<'b>,
    step: Step,
    /// What each cell is meant to be: blanks as exported, totals as their parts make them.
    meant: Vec<i64>,
    /// What each cell is for the spreadsheet: a blank is zero.
    shown: Vec<i64>,
    /// Whether the cell or anything below it was changed.
    changed: Vec<bool>,
    edits: Vec<Edit>,
}

/// The changed cells of a block, in the order of its cells.
pub(super) fn edits_of(
    block: &Block,
    found: &Found<'_>,
    step: Step,
) -> Result<Vec<Edit>, WorkbookError> {
    let grid = &block.grid;
    let mut comparison = Comparison {
        grid,
        found,
        step,
        meant: grid.values.clone(),
        shown: vec![0; grid.values.len()],
        changed: vec![false; grid.values.len()],
        edits: Vec::new(),
    };
    let (rows, columns) = (grid.rows.len(), grid.columns.len());
    // Parts stand behind their totals, or are leaves.
    for row in (0..rows).filter(|row| !grid.rows[*row].is_total()) {
        for column in (0..columns).rev() {
            match grid.columns[column].is_total() {
                true => comparison.total(row, column)?,
                false => comparison.leaf(row, column)?,
            }
        }
    }
    for row in (0..rows).rev().filter(|row| grid.rows[*row].is_total()) {
        for column in (0..columns).rev() {
            comparison.total(row, column)?;
        }
    }
    let mut edits = comparison.edits;
    edits.sort_by_key(|edit| (edit.row, edit.column));
    Ok(edits)
}

/// What the parts of a total come to, over rows and over columns.
struct Sums {
    rows: Option<i128>,
    columns: Option<i128>,
}

impl Sums {
    fn any(&self, count: i64) -> bool {
        let count = Some(i128::from(count));
        self.rows == count || self.columns == count
    }
}

impl Comparison<'_> {
    fn index(&self, row: usize, column: usize) -> usize {
        row * self.grid.columns.len() + column
    }

    fn leaf(&mut self, row: usize, column: usize) -> Result<(), WorkbookError> {
        let at = self.index(row, column);
        match self.found.figure(row, column)? {
            Figure::Blank => {}
            Figure::Uncomputed => {
                return Err(WorkbookError::NoResult {
                    at: self.found.at(row, column),
                });
            }
            Figure::Number(number, _) => {
                let count = self.found.count((row, column), number, self.step)?;
                self.shown[at] = count;
                if count != self.grid.values[at] {
                    self.edit(row, column, count, false);
                }
            }
        }
        Ok(())
    }

    fn edit(&mut self, row: usize, column: usize, edited: i64, is_total: bool) {
        let at = self.index(row, column);
        let exported = self.grid.values[at];
        self.meant[at] = edited;
        self.changed[at] = true;
        let cell = self.found.at(row, column);
        self.edits.push(Edit {
            at: cell,
            row,
            column,
            exported,
            edited,
            is_total,
        });
    }

    /// The cells a total is made of, over rows and over columns.
    fn parts(&self, row: usize, column: usize) -> [Vec<usize>; 2] {
        let (line, total) = (&self.grid.rows[row], &self.grid.columns[column]);
        let below = line
            .parts
            .iter()
            .map(|part| self.index(*part as usize, column));
        let beside = total
            .parts
            .iter()
            .map(|part| self.index(row, *part as usize));
        [below.collect(), beside.collect()]
    }

    fn sums(parts: &[Vec<usize>; 2], values: &[i64]) -> Sums {
        let sum = |parts: &Vec<usize>| {
            let values = parts.iter().map(|part| i128::from(values[*part]));
            (!parts.is_empty()).then(|| values.sum::<i128>())
        };
        Sums {
            rows: sum(&parts[0]),
            columns: sum(&parts[1]),
        }
    }

    fn total(&mut self, row: usize, column: usize) -> Result<(), WorkbookError> {
        let at = self.index(row, column);
        let parts = self.parts(row, column);
        let (meant, shown) = (
            Self::sums(&parts, &self.meant),
            Self::sums(&parts, &self.shown),
        );
        let exported = self.grid.values[at];
        let is_changed = parts.iter().flatten().any(|part| self.changed[*part]);
        self.changed[at] = is_changed;
        // A total typed further in is seen by one of the two sums only: by the one that moved.
        let mut sums = [meant.rows, meant.columns].into_iter().flatten();
        let moved = sums.find(|sum| *sum != i128::from(exported));
        self.meant[at] = moved
            .and_then(|sum| i64::try_from(sum).ok())
            .unwrap_or(exported);
        let (count, formula) = match self.found.figure(row, column)? {
            Figure::Blank => return Ok(()),
            Figure::Uncomputed => {
                let sum = shown.rows.or(shown.columns).unwrap_or(0);
                self.shown[at] = i64::try_from(sum).unwrap_or(exported);
                return Ok(());
            }
            Figure::Number(number, formula) => {
                (self.found.count((row, column), number, self.step)?, formula)
            }
        };
        self.shown[at] = count;
        let is_computed = meant.any(count)
            || (formula != XlsxFormula::None && (count == exported || shown.any(count)))
            || (count == exported && !is_changed);
        if is_computed {
            return Ok(());
        }
        // A sum that is none holds something that was put in between; nobody typed it.
        if is_changed || formula == XlsxFormula::Sum {
            let sum = meant.rows.or(meant.columns).unwrap_or(0);
            let (line, total) = (&self.grid.rows[row], &self.grid.columns[column]);
            return Err(WorkbookError::TotalDoesNotAdd {
                at: self.found.at(row, column),
                place: format!("{} × {}", line.id, total.id),
                typed: self.step.format(count),
                parts: sum_text(self.step, sum),
            });
        }
        self.edit(row, column, count, true);
        Ok(())
    }
}
