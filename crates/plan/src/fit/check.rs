//! The way in: a problem is checked once and becomes a grid of weights, partitions and bounds.
//! Must not know how fitting or rounding is done.

use std::borrow::Cow;

use super::parts::{self, Part};
use super::{Family, FitError, Fitted, Group, Prior, Problem, Stated};

/// Largest number of cells: indices are kept in 32 bits where lists of cells are needed.
const MOST_CELLS: usize = 1 << 31;

/// A checked problem.
pub(super) struct Grid<'a> {
    pub shape: Vec<usize>,
    /// One weight per cell, finite and not negative.
    pub weight: Cow<'a, [f64]>,
    /// The stated totals as partitions of the cells, nested families merged.
    pub parts: Vec<Part>,
    pub bounds: Option<Bounds>,
    /// The total of all cells, where it follows from the stated ones.
    pub total: Option<i64>,
}

/// Lowest and highest value of each cell, in steps, `0 <= low <= high`.
#[derive(Clone)]
pub(super) struct Bounds {
    pub low: Vec<i64>,
    pub high: Vec<i64>,
}

/// A problem with all signs turned, where every total is zero or negative.
pub(super) struct Mirror {
    prior: Option<Vec<f64>>,
    bounds: Option<(Vec<i64>, Vec<i64>)>,
}

impl Mirror {
    /// Some mirror if a total is negative and none is positive.
    pub fn of(problem: &Problem<'_>) -> Option<Self> {
        let totals = || problem.families.iter().flat_map(totals_of);
        if !totals().any(|total| total < 0) || totals().any(|total| total > 0) {
            return None;
        }
        let prior = match &problem.prior {
            Prior::I64(prior) if prior.iter().any(|value| *value < 0) => {
                Some(prior.iter().map(|value| -(*value as f64)).collect())
            }
            Prior::F64(prior) if prior.iter().any(|value| *value < 0.0) => {
                Some(prior.iter().map(|value| -value).collect())
            }
            _ => None,
        };
        let turned = |side: &[i64]| side.iter().map(|value| value.saturating_neg()).collect();
        let bounds = problem
            .bounds
            .map(|(floor, cap)| (turned(cap), turned(floor)));
        Some(Mirror { prior, bounds })
    }

    /// The turned problem, borrowing from the mirror.
    pub fn problem<'a>(&'a self, problem: &Problem<'a>) -> Problem<'a> {
        let families = problem.families.iter().map(turned).collect();
        let prior = self
            .prior
            .as_deref()
            .map_or_else(|| problem.prior.clone(), Prior::F64);
        let bounds = self
            .bounds
            .as_ref()
            .map(|(floor, cap)| (&floor[..], &cap[..]));
        Problem {
            shape: problem.shape,
            prior,
            families,
            bounds,
        }
    }
}

/// The answer of the turned problem, turned back.
pub(super) fn negated(mut fitted: Fitted) -> Fitted {
    fitted.cells.iter_mut().for_each(|cell| *cell = -*cell);
    for beyond in &mut fitted.beyond {
        beyond.fitted = -beyond.fitted;
        beyond.rounded = -beyond.rounded;
    }
    fitted
}

fn turned(family: &Family) -> Family {
    match family {
        Family::Axis {
            axis,
            group_of,
            totals,
        } => Family::Axis {
            axis: *axis,
            group_of: group_of.clone(),
            totals: totals.iter().map(|total| total.saturating_neg()).collect(),
        },
        Family::Boxes { boxes } => Family::Boxes {
            boxes: boxes
                .iter()
                .map(|(b, total)| (b.clone(), total.saturating_neg()))
                .collect(),
        },
    }
}

/// The totals of a family in the order of its groups.
pub(super) fn totals_of(family: &Family) -> Vec<i64> {
    match family {
        Family::Axis { totals, .. } => totals.clone(),
        Family::Boxes { boxes } => boxes.iter().map(|(_, total)| *total).collect(),
    }
}

/// Checks everything that can be checked without fitting.
pub(super) fn grid<'a>(problem: &Problem<'a>) -> Result<Grid<'a>, FitError> {
    let shape = problem.shape.to_vec();
    let cells = shape
        .iter()
        .try_fold(1usize, |n, length| n.checked_mul(*length));
    let n_cells = cells
        .filter(|n| *n <= MOST_CELLS)
        .ok_or(FitError::TooLarge)?;
    for (index, family) in problem.families.iter().enumerate() {
        parts::check_family(&shape, index, family)?;
        for (group, total) in totals_of(family).into_iter().enumerate() {
            if total < 0 {
                let group = Group {
                    family: index,
                    group,
                };
                return Err(FitError::NegativeTotal(Stated { group, total }));
            }
        }
    }
    let weight = weights(&problem.prior, &shape, n_cells)?;
    let bounds = problem
        .bounds
        .map(|(floor, cap)| bounds(floor, cap, &weight))
        .transpose()?;
    let total = parts::total(&shape, &problem.families)?;
    let parts = parts::merged(&shape, &problem.families)?;
    Ok(Grid {
        shape,
        weight,
        parts,
        bounds,
        total,
    })
}

fn weights<'a>(
    prior: &Prior<'a>,
    shape: &[usize],
    n_cells: usize,
) -> Result<Cow<'a, [f64]>, FitError> {
    let weight = match prior {
        Prior::F64(values) => Cow::Borrowed(*values),
        Prior::I64(values) => Cow::Owned(values.iter().map(|value| *value as f64).collect()),
        Prior::Uniform => Cow::Owned(vec![1.0; n_cells]),
        Prior::Product(axes) => Cow::Owned(product(axes, shape)?),
    };
    if weight.len() != n_cells {
        let what = (
            "依据的长度与表格不符",
            "the prior has another length than the table",
        );
        return Err(FitError::Malformed { family: None, what });
    }
    // A weight so large that a sum could overflow is no better than infinity.
    // Seen as bits, larger numbers are larger and negative ones have the top bit set.
    const MOST: f64 = 1e290;
    let most = MOST.to_bits();
    let bits = weight.iter().map(|value| value.to_bits());
    let suspect = bits.fold(0, |seen, bits| seen | bits | most.wrapping_sub(bits)) >> 63 == 1;
    let bad = |value: &f64| !(0.0..=MOST).contains(value);
    if suspect && let Some(at) = weight.iter().position(bad) {
        return Err(FitError::PriorNotAWeight {
            cell: at,
            value: weight[at],
        });
    }
    Ok(weight)
}

fn product(axes: &[Vec<f64>], shape: &[usize]) -> Result<Vec<f64>, FitError> {
    if axes.len() != shape.len() || axes.iter().zip(shape).any(|(axis, n)| axis.len() != *n) {
        let what = (
            "各轴权重与表格不符",
            "the axis weights do not suit the table",
        );
        return Err(FitError::Malformed { family: None, what });
    }
    let mut cells = vec![1.0];
    for axis in axes {
        cells = cells
            .iter()
            .flat_map(|left| axis.iter().map(move |w| left * w))
            .collect();
    }
    Ok(cells)
}

fn bounds(floor: &[i64], cap: &[i64], weight: &[f64]) -> Result<Bounds, FitError> {
    if floor.len() != weight.len() || cap.len() != weight.len() {
        let what = (
            "上下限的长度与表格不符",
            "the bounds have another length than the table",
        );
        return Err(FitError::Malformed { family: None, what });
    }
    let low: Vec<i64> = floor.iter().map(|value| (*value).max(0)).collect();
    for (cell, (&floor, &cap)) in low.iter().zip(cap).enumerate() {
        if floor > cap {
            return Err(FitError::FloorAboveCap { cell, floor, cap });
        }
        if floor > 0 && weight[cell] == 0.0 {
            return Err(FitError::FloorOnZero { cell, floor });
        }
    }
    Ok(Bounds {
        low,
        high: cap.to_vec(),
    })
}
