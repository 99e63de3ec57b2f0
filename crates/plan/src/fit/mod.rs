//! Crossing margins met exactly: proportional fitting, then controlled rounding (rule D9).
//! Works on flat arrays; must not know plans, members, calendars or names of anything.
//!
//! The answer is the table nearest to the prior (in the sense of proportional fitting: every cell
//! is its prior times one factor per family) whose stated group totals hold, rounded to whole
//! steps so that every stated total holds to the last step. Floats live in this folder only, use
//! the four operations alone and a fixed order of summation, and never reach a total: totals are
//! met by integers.

#![expect(
    clippy::float_arithmetic,
    reason = "the one place on floors 0-1 where fitting is done"
)]

mod balance;
mod cells;
mod check;
mod choose;
mod clash;
mod error;
mod flow;
mod matrix;
mod newton;
mod parts;
mod prove;
mod rings;
mod round;
mod scale;
mod search;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use error::{FitError, Group, Proposal, Stated};

/// One family of disjoint groups of cells whose sums are stated, in steps of the measure.
#[derive(Clone, Debug, PartialEq)]
pub enum Family {
    /// Groups of positions along one axis of the dense grid, each reaching over all other axes.
    Axis {
        /// Which axis of the shape.
        axis: usize,
        /// The group of each position on the axis; `u32::MAX` where nothing is stated.
        group_of: Vec<u32>,
        /// The stated total of each group.
        totals: Vec<i64>,
    },
    /// Disjoint boxes (a half-open range per axis) with their totals: holds, typed totals.
    Boxes {
        /// Ranges, one per axis of the shape, and the stated total.
        boxes: Vec<(Vec<Range<u32>>, i64)>,
    },
}

impl Family {
    /// The most usual family: every position of the axis is a group of its own.
    ///
    /// ```
    /// use fenjie_plan::fit::Family;
    /// let quarters = Family::each(1, vec![10, 20, 30, 40]);
    /// assert!(matches!(quarters, Family::Axis { axis: 1, .. }));
    /// ```
    pub fn each(axis: usize, totals: Vec<i64>) -> Self {
        let group_of = (0..u32::try_from(totals.len()).unwrap_or(u32::MAX)).collect();
        Family::Axis {
            axis,
            group_of,
            totals,
        }
    }
}

/// What the cells were before, or how they should lie to each other. Never negative, unless every
/// total is negative too. A cell whose prior is zero stays zero (rule D9).
#[derive(Clone, Debug, PartialEq)]
pub enum Prior<'a> {
    /// One whole number per cell, row-major.
    I64(&'a [i64]),
    /// One finite weight per cell, row-major.
    F64(&'a [f64]),
    /// Every cell alike.
    Uniform,
    /// The product of one weight per position of every axis.
    Product(Vec<Vec<f64>>),
}

/// A table to be fitted. Where some cells are in no group of any covering family, the size of the
/// prior counts (such a cell keeps its prior); otherwise only its proportions do.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// Length of each axis; cells are row-major, the last axis fastest.
    pub shape: &'a [usize],
    /// What the answer is nearest to.
    pub prior: Prior<'a>,
    /// The stated totals.
    pub families: Vec<Family>,
    /// Floor and cap per cell, in steps (rule D5). A floor below zero counts as zero.
    pub bounds: Option<(&'a [i64], &'a [i64])>,
}

/// A fitted table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fitted {
    /// Whole steps, row-major; every stated total is met exactly.
    pub cells: Vec<i64>,
    /// Passes over the cells that the fit took.
    pub iterations: usize,
    /// Cells that had to move further from their fitted value than the rule's limit: one step
    /// where the families form two nested systems, two steps otherwise.
    pub beyond: Vec<Beyond>,
    /// The largest distance of a whole value from its fitted real value, in steps.
    pub worst: f64,
}

/// One cell beyond the limit of rule D9.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    /// Row-major index.
    pub cell: usize,
    /// The fitted real value.
    pub fitted: f64,
    /// The whole value it got.
    pub rounded: i64,
    /// Why.
    pub reason: Reason,
}

/// Why a cell lies beyond the limit of rule D9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Three or more crossing systems of totals cannot be met by whole numbers nearer by.
    Crossing,
    /// As `Crossing`, with floors or caps in the way.
    Bounds,
}

/// Fits the prior to the stated totals and rounds, every total exact (rule D9).
///
/// Errors, in this order: a malformed family, prior or bound; `negative_total`; families that
/// cover everything but sum differently; totals that no table with these zeros and bounds can
/// have, with the clashing groups and the nearest totals that could be; whole numbers not found.
///
/// ```
/// use fenjie_plan::fit::{Family, Prior, Problem, fit};
/// let regions = Family::each(0, vec![150, 200, 300, 250, 100]);
/// let products = Family::each(1, vec![300, 400, 300]);
/// let problem = Problem {
///     shape: &[5, 3],
///     prior: Prior::Uniform,
///     families: vec![regions, products],
///     bounds: None,
/// };
/// let fitted = fit(&problem)?;
/// assert_eq!(fitted.cells[..3], [45, 60, 45]);
/// assert!(fitted.worst < 1.0);
/// # Ok::<(), fenjie_plan::fit::FitError>(())
/// ```
pub fn fit(problem: &Problem<'_>) -> Result<Fitted, FitError> {
    if let Some(mirror) = check::Mirror::of(problem) {
        return match fit(&mirror.problem(problem)) {
            Ok(fitted) => Ok(check::negated(fitted)),
            Err(error) => Err(error.negated()),
        };
    }
    let grid = check::grid(problem)?;
    let (real, iterations) = scale::real(&grid)?;
    round::round(&grid, real, iterations)
}

/// The fitted real values alone, before rounding (for comparison and for showing the distance).
///
/// ```
/// use fenjie_plan::fit::{Family, Prior, Problem, fitted_real};
/// let families = vec![Family::each(0, vec![1, 2]), Family::each(1, vec![1, 2])];
/// let problem = Problem { shape: &[2, 2], prior: Prior::Uniform, families, bounds: None };
/// let real = fitted_real(&problem)?;
/// assert!((real[3] - 4.0 / 3.0).abs() < 1e-9);
/// # Ok::<(), fenjie_plan::fit::FitError>(())
/// ```
pub fn fitted_real(problem: &Problem<'_>) -> Result<Vec<f64>, FitError> {
    if let Some(mirror) = check::Mirror::of(problem) {
        let real = fitted_real(&mirror.problem(problem)).map_err(FitError::negated)?;
        return Ok(real.into_iter().map(|value| -value).collect());
    }
    Ok(scale::real(&check::grid(problem)?)?.0)
}
