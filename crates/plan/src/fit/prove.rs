//! Distances and sums of a rounded table: nothing leaves that misses a stated total.
//! Must not know how it was rounded.

use super::check::Grid;
use super::choose::WHOLE;
use super::parts::{NONE, Part};
use super::{Beyond, FitError, Reason, Stated};

/// The cells beyond the limit of rule D9.
pub(super) fn beyond(grid: &Grid<'_>, values: &[f64], cells: &[i64], worst: f64) -> Vec<Beyond> {
    // The real values themselves are known to a millionth of a step, not better.
    let limit = if grid.parts.len() <= 2 {
        1.0 + 1e-6
    } else {
        2.0 + 1e-6
    };
    if worst < limit {
        return Vec::new();
    }
    let reason = if grid.bounds.is_some() {
        Reason::Bounds
    } else {
        Reason::Crossing
    };
    let pairs = values.iter().zip(cells).enumerate();
    let far = pairs.filter(|(_, (value, cell))| (**cell as f64 - **value).abs() >= limit);
    let beyond = |(cell, (fitted, rounded)): (usize, (&f64, &i64))| Beyond {
        cell,
        fitted: *fitted,
        rounded: *rounded,
        reason,
    };
    far.map(beyond).collect()
}

/// Values and cells lie below 2^51.
pub(super) fn largest_distance(values: &[f64], cells: &[i64]) -> f64 {
    let off = |value: f64, cell: i64| (real_of(cell) - value).abs();
    let mut worst = [0.0f64; 8];
    let (value_runs, value_rest) = values.as_chunks::<8>();
    let (cell_runs, cell_rest) = cells.as_chunks::<8>();
    for (values, cells) in value_runs.iter().zip(cell_runs) {
        for lane in 0..8 {
            let off = off(values[lane], cells[lane]);
            worst[lane] = if off > worst[lane] { off } else { worst[lane] };
        }
    }
    let rest = value_rest
        .iter()
        .zip(cell_rest)
        .map(|(value, cell)| off(*value, *cell));
    rest.chain(worst)
        .fold(0.0, |most, off| if off > most { off } else { most })
}

/// A whole number from zero to 2^51 as a real one, by its bits: several at once.
fn real_of(cell: i64) -> f64 {
    f64::from_bits((cell as u64) + WHOLE.to_bits()) - WHOLE
}

/// The sum of the cells of every group of a part. Cells are not negative; their upper and lower
/// halves are summed apart, so that no sum of so many can overflow.
pub(super) fn group_sums(shape: &[usize], part: &Part, cells: &[i64]) -> Vec<i128> {
    const LOWER: i64 = u32::MAX as i64;
    let inner: usize = shape[part.axes.end..].iter().product();
    let length = part.label.len();
    let (mut upper, mut lower) = (vec![0i64; length], vec![0i64; length]);
    if inner == 1 {
        for run in cells.chunks_exact(length.max(1)) {
            for ((upper, lower), cell) in upper.iter_mut().zip(&mut lower).zip(run) {
                *upper += *cell >> 32;
                *lower += *cell & LOWER;
            }
        }
    } else {
        for (run, at) in cells.chunks_exact(inner.max(1)).zip((0..length).cycle()) {
            upper[at] += run.iter().map(|cell| *cell >> 32).sum::<i64>();
            lower[at] += run.iter().map(|cell| *cell & LOWER).sum::<i64>();
        }
    }
    let mut sums = vec![0i128; part.totals.len()];
    for (at, label) in part
        .label
        .iter()
        .enumerate()
        .filter(|(_, label)| **label != NONE)
    {
        sums[*label as usize] += (i128::from(upper[at]) << 32) + i128::from(lower[at]);
    }
    sums
}

/// Nothing leaves that misses a stated total.
pub(super) fn prove(grid: &Grid<'_>, cells: &[i64]) -> Result<(), FitError> {
    let mut groups: Vec<Stated> = Vec::new();
    for part in &grid.parts {
        let sums = group_sums(&grid.shape, part, cells);
        let missed = sums.iter().zip(&part.totals).zip(&part.names);
        let missed = missed.filter(|((sum, total), _)| **sum != i128::from(**total));
        groups.extend(missed.map(|(_, stated)| *stated));
    }
    groups.sort();
    if groups.is_empty() {
        Ok(())
    } else {
        Err(FitError::RoundingNotFound { groups })
    }
}
