//! Totals so large that doubles cannot hold a thousandth of a step: the whole part of every cell
//! is put aside exactly, and the small rest is fitted to what the totals lack.
//! Must not know how rounding is done.

use super::cells::stride;
use super::check::{Bounds, Grid};
use super::parts::{NONE, Part};
use super::prove::group_sums;

/// Below this total the real values are exact enough as they are.
const LARGE: i64 = 1 << 40;
/// Turns of the families.
const TURNS: usize = 8;

/// What is left of a table when `base` is taken off every cell and every total.
pub(super) struct Shifted {
    pub base: Vec<i64>,
    pub values: Vec<f64>,
    pub totals: Vec<Vec<i64>>,
    pub bounds: Option<Bounds>,
    pub total: Option<i64>,
}

/// The shifted table where totals are large, else `None`.
pub(super) fn shifted(grid: &Grid<'_>, real: &[f64]) -> Option<Shifted> {
    let stated = grid.parts.iter().flat_map(|part| part.totals.iter());
    let free = grid.total.is_none() && real.iter().any(|value| *value > LARGE as f64);
    let large = free || stated.chain(&grid.total).any(|total| *total > LARGE);
    if !large {
        return None;
    }
    let kept = |value: f64| (value - 4.0 - value * 1e-13).floor().max(0.0) as i64;
    let base: Vec<i64> = real.iter().map(|value| kept(*value)).collect();
    let mut values: Vec<f64> = real
        .iter()
        .zip(&base)
        .map(|(value, base)| value - *base as f64)
        .collect();
    let mut totals = Vec::new();
    for part in &grid.parts {
        let sums = group_sums(&grid.shape, part, &base);
        let rest = part
            .totals
            .iter()
            .zip(sums)
            .map(|(total, sum)| i128::from(*total) - sum);
        totals.push(rest.map(|rest| rest as i64).collect::<Vec<i64>>());
    }
    for _ in 0..TURNS {
        for (part, totals) in grid.parts.iter().zip(&totals) {
            balance(&grid.shape, part, totals, real, &mut values);
        }
    }
    let lower = |side: &[i64]| {
        side.iter()
            .zip(&base)
            .map(|(value, base)| (value - base).max(0))
            .collect()
    };
    let bounds = grid.bounds.as_ref().map(|b| Bounds {
        low: lower(&b.low),
        high: lower(&b.high),
    });
    let off: i128 = base.iter().map(|base| i128::from(*base)).sum();
    let total = grid.total.map(|total| (i128::from(total) - off) as i64);
    Some(Shifted {
        base,
        values,
        totals,
        bounds,
        total,
    })
}

/// Adds to the small rests what a group lacks, in proportion to the real values: the first order
/// of a factor so near to one that a double could not hold it.
fn balance(shape: &[usize], part: &Part, totals: &[i64], real: &[f64], values: &mut [f64]) {
    let (inner, length) = stride(part, shape);
    let group = |at: usize| match part.label[at / inner % length] {
        NONE => None,
        label => Some(label as usize),
    };
    let mut lack: Vec<f64> = totals.iter().map(|total| *total as f64).collect();
    let mut size = vec![0.0; totals.len()];
    for (at, value) in values.iter().enumerate() {
        if let Some(group) = group(at) {
            lack[group] -= value;
            size[group] += real[at];
        }
    }
    for (at, value) in values
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| real[*at] > 0.0)
    {
        if let Some(group) = group(at) {
            let more = real[at] * (lack[group] / size[group]);
            *value = (*value + more).max(f64::MIN_POSITIVE);
        }
    }
}
