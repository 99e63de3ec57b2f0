//! From fitted real values to whole steps: every stated total exact, every cell near its real
//! value (rule D9). Must not know how the real values were found.

use std::ops::Range;

use super::balance;
use super::check::{Bounds, Grid};
use super::choose::{self, REACH, within};
use super::flow::{Listed, Need, push};
use super::parts::NONE;
use super::prove::{beyond, largest_distance, prove};
use super::search;
use super::{FitError, Fitted};

/// Real values with the whole totals that they are to be rounded to.
pub(super) struct Rounding<'a> {
    pub shape: &'a [usize],
    pub values: &'a [f64],
    pub views: Vec<View<'a>>,
    /// The total of all cells, where it is stated.
    pub total: Option<i64>,
    pub bounds: Option<&'a Bounds>,
}

/// One partition, as a [`super::parts::Part`] with the totals of this rounding.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub axes: Range<usize>,
    pub label: &'a [u32],
    pub totals: Vec<i64>,
}

/// Rounds the fitted values, proves every stated total and lists cells beyond the limit.
pub(super) fn round(
    grid: &Grid<'_>,
    real: Vec<f64>,
    iterations: usize,
) -> Result<Fitted, FitError> {
    let shifted = balance::shifted(grid, &real);
    let (values, totals, bounds, total) = match &shifted {
        Some(s) => (&s.values, s.totals.clone(), s.bounds.as_ref(), s.total),
        None => {
            let totals = grid.parts.iter().map(|part| part.totals.clone()).collect();
            (&real, totals, grid.bounds.as_ref(), grid.total)
        }
    };
    let views = grid.parts.iter().zip(totals);
    let views = views.map(|(part, totals)| View {
        axes: part.axes.clone(),
        label: &part.label,
        totals,
    });
    let rounding = Rounding {
        shape: &grid.shape,
        values,
        views: views.collect(),
        total,
        bounds,
    };
    let (mut cells, worst) = whole(&rounding);
    let mut beyond = beyond(grid, values, &cells, worst);
    if let Some(shifted) = &shifted {
        for (cell, base) in cells.iter_mut().zip(&shifted.base) {
            *cell += base;
        }
        for beyond in &mut beyond {
            beyond.rounded = cells[beyond.cell];
            beyond.fitted = real[beyond.cell];
        }
    }
    prove(grid, &cells)?;
    Ok(Fitted {
        cells,
        iterations,
        beyond,
        worst,
    })
}

/// Whole values and their largest distance from the real ones.
fn whole(rounding: &Rounding<'_>) -> (Vec<i64>, f64) {
    // Fewer than one step is a promise for two partitions, fewer than two for more.
    let promised = if rounding.views.len() <= 2 {
        1.0 + 1e-6
    } else {
        2.0
    };
    if rounding.bounds.is_none()
        && let Some((cells, worst)) = as_table(rounding)
        && worst < promised
    {
        return (cells, worst);
    }
    let cells = by_cell(rounding);
    let worst = largest_distance(rounding.values, &cells);
    (cells, worst)
}

/// The grid as a matrix whose row and column totals are rounded first, each as a smaller table.
fn as_table(rounding: &Rounding<'_>) -> Option<(Vec<i64>, f64)> {
    let Rounding {
        shape,
        values,
        views,
        ..
    } = rounding;
    let spans = views.iter().map(|view| view.axes.clone());
    let at = super::table::cut(shape, spans)?;
    let (leading, trailing) = shape.split_at(at);
    let (rows, cols) = (leading.iter().product(), trailing.iter().product());
    let n_axes = shape.len();
    if let (Some(rows), Some(cols)) = (stated(rounding, 0..at), stated(rounding, at..n_axes)) {
        return choose::matrix(values, &rows, &cols, None);
    }
    let (mut by_row, mut by_col) = (vec![0.0; rows], vec![0.0; cols]);
    super::matrix::both_sums(
        values,
        &vec![1.0; rows],
        &vec![1.0; cols],
        &mut by_row,
        &mut by_col,
    );
    let total = rounding
        .total
        .unwrap_or_else(|| nearest(by_row.iter().sum()));
    let side = |axes: Range<usize>, values: &[f64]| {
        let shape = &shape[axes.clone()];
        let mut views: Vec<View<'_>> = inside(views, &axes).cloned().collect();
        for view in &mut views {
            view.axes = view.axes.start - axes.start..view.axes.end - axes.start;
        }
        let smaller = Rounding {
            shape,
            values,
            views,
            total: Some(total),
            bounds: None,
        };
        as_table(&smaller).map_or_else(|| by_cell(&smaller), |(cells, _)| cells)
    };
    let rows = side(0..at, &by_row);
    let cols = side(at..n_axes, &by_col);
    if rows.iter().sum::<i64>() != cols.iter().sum::<i64>() {
        return None;
    }
    choose::matrix(values, &rows, &cols, Some(&by_col))
}

fn inside<'v, 'a>(
    views: &'v [View<'a>],
    axes: &Range<usize>,
) -> impl Iterator<Item = &'v View<'a>> {
    views
        .iter()
        .filter(|view| view.axes.start >= axes.start && view.axes.end <= axes.end)
}

/// The totals of one side, where one family states every row of it.
fn stated(rounding: &Rounding<'_>, axes: Range<usize>) -> Option<Vec<i64>> {
    let mut views = inside(&rounding.views, &axes);
    let view = views.next().filter(|view| view.axes == axes)?;
    let mut seen = vec![false; view.totals.len()];
    let mut first =
        |label: &u32| *label != NONE && !std::mem::replace(&mut seen[*label as usize], true);
    let single = views.next().is_none() && view.label.iter().all(&mut first);
    single.then(|| {
        view.label
            .iter()
            .map(|label| view.totals[*label as usize])
            .collect()
    })
}

/// The nearest whole number, the lower of two.
pub(super) fn nearest(value: f64) -> i64 {
    let floor = value.floor();
    floor as i64 + i64::from(value - floor > 0.5)
}

/// Cells above zero with their groups; the last group of each partition is what is in none.
pub(super) struct Kept {
    pub cell: Vec<u32>,
    pub value: Vec<f64>,
    pub label: Vec<Vec<u32>>,
    /// Stated totals; what is in no group has one too where the total of all is known.
    pub totals: Vec<Vec<Option<i64>>>,
    pub bounds: Option<(Vec<i64>, Vec<i64>)>,
}

impl Kept {
    fn of(rounding: &Rounding<'_>) -> Self {
        let cell: Vec<u32> = (0..rounding.values.len() as u32)
            .filter(|at| rounding.values[*at as usize] > 0.0)
            .collect();
        let total = rounding.total;
        let label = |view: &View<'_>| -> Vec<u32> {
            let inner: usize = rounding.shape[view.axes.end..]
                .iter()
                .product::<usize>()
                .max(1);
            let free = view.totals.len() as u32;
            cell.iter()
                .map(|at| view.label[*at as usize / inner % view.label.len()].min(free))
                .collect()
        };
        let totals = |view: &View<'_>| {
            let stated: i64 = view.totals.iter().sum();
            let free = total.map(|total| total - stated);
            view.totals
                .iter()
                .map(|total| Some(*total))
                .chain([free])
                .collect()
        };
        let side = |side: &Vec<i64>| cell.iter().map(|at| side[*at as usize]).collect();
        Kept {
            value: cell
                .iter()
                .map(|at| rounding.values[*at as usize])
                .collect(),
            label: rounding.views.iter().map(label).collect(),
            totals: rounding.views.iter().map(totals).collect(),
            bounds: rounding
                .bounds
                .map(|bounds| (side(&bounds.low), side(&bounds.high))),
            cell,
        }
    }

    /// How far a cell may move within its reach and its bounds.
    pub fn room(&self, at: usize, now: i64, reach: f64) -> (i64, i64) {
        let (down, up) = within(self.value[at], now, reach);
        match &self.bounds {
            Some((low, high)) => (
                down * i64::from(now > low[at]),
                up * i64::from(now < high[at]),
            ),
            None => (down, up),
        }
    }
}

/// Rounds cell by cell: any partitions, with bounds. The answer may miss totals where none was
/// found that meets them; the caller proves it.
pub(super) fn by_cell(rounding: &Rounding<'_>) -> Vec<i64> {
    let mut kept = Kept::of(rounding);
    if kept.label.is_empty() {
        let total = rounding
            .total
            .unwrap_or_else(|| nearest(rounding.values.iter().sum()));
        kept.label.push(vec![0; kept.cell.len()]);
        kept.totals.push(vec![Some(total), None]);
    }
    let mut whole = if kept.label.len() == 1 {
        largest_remainder(&kept)
    } else {
        diffused(&kept)
    };
    if kept.label.len() <= 2 {
        two_partitions(&kept, &mut whole);
    } else {
        search::search(&kept, &mut whole);
    }
    let mut cells = vec![0; rounding.values.len()];
    for (at, value) in kept.cell.iter().zip(whole) {
        cells[*at as usize] = value;
    }
    cells
}

/// Floors, and one more for the largest fractions of each group, ties to the lower index.
fn largest_remainder(kept: &Kept) -> Vec<i64> {
    let mut whole: Vec<i64> = kept
        .value
        .iter()
        .map(|value| value.floor() as i64)
        .collect();
    let (label, totals) = (&kept.label[0], &kept.totals[0]);
    let mut lacks: Vec<i64> = totals.iter().map(|total| total.unwrap_or(0)).collect();
    let mut free = 0.0;
    for (at, group) in label.iter().enumerate() {
        lacks[*group as usize] -= whole[at];
        free += if totals[*group as usize].is_none() {
            kept.value[at]
        } else {
            0.0
        };
    }
    if totals.last() == Some(&None) {
        *lacks.last_mut().expect("one group is what is in none") += nearest(free);
    }
    let fraction = |at: usize| kept.value[at] - kept.value[at].floor();
    let mut order: Vec<usize> = (0..label.len()).filter(|at| fraction(*at) > 0.0).collect();
    order.sort_by(|a, b| fraction(*b).total_cmp(&fraction(*a)).then(a.cmp(b)));
    for at in order {
        let group = label[at] as usize;
        if lacks[group] > 0 {
            lacks[group] -= 1;
            whole[at] += 1;
        }
    }
    whole
}

/// Rounds in order of the index, each cell up or down as its groups are owed on average.
fn diffused(kept: &Kept) -> Vec<i64> {
    let mut owed: Vec<Vec<f64>> = kept
        .totals
        .iter()
        .map(|totals| vec![0.0; totals.len()])
        .collect();
    let families = owed.len() as f64;
    let mut whole = Vec::with_capacity(kept.value.len());
    for (at, value) in kept.value.iter().enumerate() {
        let floor = value.floor();
        let fraction = value - floor;
        let debts = owed
            .iter()
            .zip(&kept.label)
            .map(|(owed, label)| owed[label[at] as usize]);
        let debt: f64 = debts.sum();
        let rises = fraction > 0.0 && fraction + debt / families > 0.5;
        let change = fraction - f64::from(u8::from(rises));
        for (owed, label) in owed.iter_mut().zip(&kept.label) {
            owed[label[at] as usize] += change;
        }
        whole.push(floor as i64 + i64::from(rises));
    }
    whole
}

/// What each group lacks.
pub(super) fn needs(kept: &Kept, whole: &[i64]) -> Vec<Vec<i64>> {
    let sums = kept.label.iter().zip(&kept.totals).map(|(label, totals)| {
        let mut need: Vec<i64> = totals.iter().map(|total| total.unwrap_or(0)).collect();
        for (group, value) in label.iter().zip(whole) {
            need[*group as usize] -= value;
        }
        for (need, total) in need.iter_mut().zip(totals) {
            if total.is_none() {
                *need = 0;
            }
        }
        need
    });
    sums.collect()
}

/// One or two partitions: alternating paths always succeed within one step (a network).
fn two_partitions(kept: &Kept, whole: &mut [i64]) {
    let nothing = vec![0u32; kept.value.len()];
    let groups = |family: usize| kept.totals.get(family).map_or(0, |totals| totals.len() - 1);
    let other = kept.label.get(1).unwrap_or(&nothing);
    let edges = Listed::new([&kept.label[0], other], [groups(0), groups(1)]);
    let mut found = needs(kept, whole).into_iter();
    let first = found.next().expect("one partition at least");
    let mut need: Need = [first, found.next().unwrap_or_else(|| vec![0])];
    for reach in REACH.into_iter().chain([4.0, 64.0, 1e30]) {
        if push(&edges, whole, &mut need, &|cell, now| {
            kept.room(cell, now, reach)
        }) {
            return;
        }
    }
}
