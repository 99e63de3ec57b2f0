//! Proves a workbook: every total against its parts, as the cells are now. Knows no plan.

use fenjie_money::Step;

use super::WorkbookError;
use super::error::SheetCell;
use super::machine::{Block, Machine};
use super::opened::{Figure, Found, find};
use crate::table::XlsxSheets;

/// A total that is not the sum of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalDifference {
    /// The total's cell.
    pub at: SheetCell,
    /// What it is the total of, by id, such as `region=华东 × time=2026-Q3`.
    pub place: String,
    /// What stands there, as a decimal.
    pub stated: String,
    /// What its parts come to, as a decimal.
    pub parts: String,
}

/// What proving a workbook found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkbookReport {
    /// Name of the plan.
    pub plan: String,
    /// Content hash of the plan when the workbook was written; empty where it was not known.
    pub hash: String,
    /// Sheets with figures.
    pub sheets: usize,
    /// Cells with figures.
    pub cells: usize,
    /// Totals that were added up; one over rows and columns counts once.
    pub totals: usize,
    /// Cells that are not as they were exported.
    pub changed: usize,
    /// Totals that do not add up.
    pub differences: Vec<TotalDifference>,
}

impl WorkbookReport {
    /// Whether every total adds up.
    pub fn is_ok(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Proves every sheet with figures.
pub(super) fn verify(
    machine: &Machine,
    book: &XlsxSheets,
) -> Result<WorkbookReport, WorkbookError> {
    let mut report = WorkbookReport {
        plan: machine.plan.clone(),
        hash: machine.hash.clone(),
        sheets: machine.blocks.len(),
        ..WorkbookReport::default()
    };
    for (at, block) in machine.blocks.iter().enumerate() {
        let step = step_of(machine, block.grid.measure)?;
        let found = find(book, block, at + 1)?;
        let counts = counts(block, &found, step)?;
        let width = block.grid.columns.len();
        for (row, line) in block.grid.rows.iter().enumerate() {
            for (column, total) in block.grid.columns.iter().enumerate() {
                let count = counts[row * width + column];
                report.cells += 1;
                report.changed += usize::from(count != block.grid.value(row, column));
                report.totals += usize::from(line.is_total() || total.is_total());
                let below = line
                    .parts
                    .iter()
                    .map(|part| counts[*part as usize * width + column]);
                let beside = total
                    .parts
                    .iter()
                    .map(|part| counts[row * width + *part as usize]);
                let sums = [
                    line.is_total().then(|| below.map(i128::from).sum::<i128>()),
                    total
                        .is_total()
                        .then(|| beside.map(i128::from).sum::<i128>()),
                ];
                let Some(sum) = sums.into_iter().flatten().find(|sum| *sum != count.into()) else {
                    continue;
                };
                report.differences.push(TotalDifference {
                    at: found.at(row, column),
                    place: format!("{} × {}", line.id, total.id),
                    stated: step.format(count),
                    parts: sum_text(step, sum),
                });
            }
        }
    }
    Ok(report)
}

/// The step of a measure as the hidden sheet states it.
pub(super) fn step_of(machine: &Machine, measure: usize) -> Result<Step, WorkbookError> {
    Step::parse(&machine.measures[measure].1).map_err(|_| WorkbookError::MachineSheetChanged {
        file: machine.file.clone(),
        row: 1,
    })
}

/// A sum as a decimal; one beyond `i64` as counts of steps.
pub(super) fn sum_text(step: Step, sum: i128) -> String {
    i64::try_from(sum).map_or_else(
        |_| format!("{sum} × {}", step.format(1)),
        |sum| step.format(sum),
    )
}

/// The counts of all cells; a blank is zero, a total without a result is what its parts come to.
fn counts(block: &Block, found: &Found<'_>, step: Step) -> Result<Vec<i64>, WorkbookError> {
    let grid = &block.grid;
    let width = grid.columns.len();
    let mut counts = vec![0i64; grid.rows.len() * width];
    let mut open = Vec::new();
    for row in 0..grid.rows.len() {
        for column in 0..width {
            match found.figure(row, column)? {
                Figure::Blank => {}
                Figure::Number(number, _) => {
                    counts[row * width + column] = found.count((row, column), number, step)?;
                }
                Figure::Uncomputed => open.push((row, column)),
            }
        }
    }
    // Parts stand behind their totals or are leaves: leaf rows first, then upward.
    open.sort_by_key(|(row, column)| {
        let is_total = grid.rows[*row].is_total();
        (
            is_total,
            std::cmp::Reverse(*row),
            std::cmp::Reverse(*column),
        )
    });
    for (row, column) in open {
        let (line, total) = (&grid.rows[row], &grid.columns[column]);
        let sum = if line.is_total() {
            line.parts
                .iter()
                .map(|part| counts[*part as usize * width + column])
                .sum()
        } else if total.is_total() {
            total
                .parts
                .iter()
                .map(|part| counts[row * width + *part as usize])
                .sum()
        } else {
            return Err(WorkbookError::NoResult {
                at: found.at(row, column),
            });
        };
        counts[row * width + column] = sum;
    }
    Ok(counts)
}
