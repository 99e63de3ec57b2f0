//! From a checked grid to fitted real values, or to the reason why there are none.
//! Must not know rounding.

use super::FitError;
use super::cells::{Cells, Support};
use super::check::Grid;
use super::clash;
use super::newton::{MOST_PASSES, Outcome, converge};
use super::table::{Table, cut};

/// A group that is off by less than this is left to the rounding, in steps.
const NEARLY: f64 = 0.4;
/// Passes over the whole grid before only the cells above zero are looked at.
const PASSES_OVER_ALL: usize = 120;
/// The largest real value that is still counted in steps.
const LARGEST: f64 = 9.2e18;

/// The fitted real values, row-major, and the passes over the cells they took.
pub(super) fn real(grid: &Grid<'_>) -> Result<(Vec<f64>, usize), FitError> {
    let mut passes = 0;
    let spans = grid.parts.iter().map(|part| part.axes.clone());
    if grid.bounds.is_none()
        && let Some(at) = cut(&grid.shape, spans)
    {
        let mut table = Table::new(grid, at);
        let outcome = converge(&mut table, PASSES_OVER_ALL);
        passes = outcome.passes;
        if outcome.converged {
            return countable(grid, table.values(), passes);
        }
    }
    let (values, more) = cell_by_cell(grid)?;
    countable(grid, values, passes + more)
}

fn countable(
    grid: &Grid<'_>,
    values: Vec<f64>,
    passes: usize,
) -> Result<(Vec<f64>, usize), FitError> {
    // No cell is larger than the total, where there is one.
    let good = grid.total.is_some() || values.iter().all(|value| *value < LARGEST);
    if good {
        Ok((values, passes))
    } else {
        Err(FitError::TooLarge)
    }
}

fn cell_by_cell(grid: &Grid<'_>) -> Result<(Vec<f64>, usize), FitError> {
    let support = Support::of(grid);
    clash::zero_groups(grid, &support)?;
    let weight: Vec<f64> = support
        .cell
        .iter()
        .map(|cell| grid.weight[*cell as usize])
        .collect();
    let (mut values, mut outcome) = fitted(&support, weight.clone(), &[]);
    let mut passes = outcome.passes;
    if !outcome.converged && grid.parts.len() <= 2 {
        // A flow tells whether the totals are possible at all, and which cells have no choice:
        // with those taken out, the sweeps come to an end.
        let fixed = clash::only_choices(grid, &support, &values)?;
        if fixed.iter().any(Option::is_some) {
            (values, outcome) = fitted(&support, weight, &fixed);
            passes += outcome.passes;
        }
    } else if !outcome.converged && clash::largest_miss(&support, &values) > NEARLY {
        return Err(clash::among_many(grid, &support, &weight, &values));
    }
    let mut all = vec![0.0; grid.weight.len()];
    for (cell, value) in support.cell.iter().zip(&values) {
        all[*cell as usize] = *value;
    }
    Ok((all, passes))
}

/// Fits the kept cells.
pub(super) fn fitted(
    support: &Support,
    weight: Vec<f64>,
    fixed: &[Option<i64>],
) -> (Vec<f64>, Outcome) {
    let mut cells = Cells::new(support, weight, fixed);
    let outcome = converge(&mut cells, MOST_PASSES);
    (cells.values(), outcome)
}
