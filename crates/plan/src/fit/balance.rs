//! Totals so large that doubles cannot hold a thousandth of a step: the whole part of every cell
//! is put aside exactly, and the small rest is fitted to what the totals lack.
//! Must not know how rounding is done.

use super::cells::stride;
use super::check::{Bounds, Grid};
use super::parts::NONE;
use super::round::group_sums;

/// Below this total the real values are exact enough as they are.
const LARGE: i64 = 1 << 40;

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
    let large = stated.chain(&grid.total).any(|total| *total > LARGE)
        || real.iter().any(|v| *v > LARGE as f64);
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
    for _ in 0..8 {
        for (part, totals) in grid.parts.iter().zip(&totals) {
            let (inner, length) = stride(part, &grid.shape);
            let label = |at: usize| part.label[at / inner % length];
            let (mut lack, mut size) = (
                totals.iter().map(|t| *t as f64).collect::<Vec<_>>(),
                vec![0.0; totals.len()],
            );
            for (at, value) in values
                .iter()
                .enumerate()
                .filter(|(at, _)| label(*at) != NONE)
            {
                lack[label(at) as usize] -= value;
                size[label(at) as usize] += real[at];
            }
            for (at, value) in values
                .iter_mut()
                .enumerate()
                .filter(|(at, _)| label(*at) != NONE)
            {
                let group = label(at) as usize;
                if size[group] > 0.0 && real[at] > 0.0 {
                    *value =
                        (*value + real[at] * (lack[group] / size[group])).max(f64::MIN_POSITIVE);
                }
            }
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
