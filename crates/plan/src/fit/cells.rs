//! Fitting cell by cell: any partitions, floors and caps. Only cells that may be above zero are
//! kept, each with its group in every family.
//! Must not know the shape of the grid or how rounding is done.

use super::check::Grid;
use super::newton::{Scaling, tolerance};
use super::parts::{NONE, Part};
use super::table::{off, ratio};

/// The cells that may be above zero, with their groups.
pub(super) struct Support {
    /// Row-major indices, ascending.
    pub cell: Vec<u32>,
    /// Per family: the group of each kept cell; the number of groups where free.
    pub label: Vec<Vec<u32>>,
    /// Per family: the totals of its groups.
    pub totals: Vec<Vec<i64>>,
    /// Lowest and highest value of each kept cell, where bounded.
    pub bounds: Option<(Vec<i64>, Vec<i64>)>,
}

impl Support {
    /// Drops cells that are zero by their prior or by a group total of zero (rule D9).
    pub fn of(grid: &Grid<'_>) -> Self {
        let strides: Vec<(usize, usize)> = grid
            .parts
            .iter()
            .map(|part| stride(part, &grid.shape))
            .collect();
        let label_at = |at: usize, cell: usize| {
            let (inner, length) = strides[at];
            grid.parts[at].label[cell / inner % length]
        };
        let zero = |at: usize, cell: usize| {
            let label = label_at(at, cell);
            label != NONE && grid.parts[at].totals[label as usize] == 0
        };
        let kept = |cell: &usize| {
            grid.weight[*cell] > 0.0 && !(0..strides.len()).any(|at| zero(at, *cell))
        };
        let cells: Vec<usize> = (0..grid.weight.len()).filter(kept).collect();
        let label = |at: usize| {
            let free = grid.parts[at].totals.len() as u32;
            cells
                .iter()
                .map(|cell| label_at(at, *cell).min(free))
                .collect()
        };
        let side = |side: &[i64]| cells.iter().map(|cell| side[*cell]).collect();
        Support {
            label: (0..strides.len()).map(label).collect(),
            totals: grid.parts.iter().map(|part| part.totals.clone()).collect(),
            bounds: grid
                .bounds
                .as_ref()
                .map(|bounds| (side(&bounds.low), side(&bounds.high))),
            cell: cells.iter().map(|cell| *cell as u32).collect(),
        }
    }
}

/// How a cell index becomes a place in a part's label table: divide, then take the remainder.
pub(super) fn stride(part: &Part, shape: &[usize]) -> (usize, usize) {
    let inner = shape[part.axes.end..].iter().product::<usize>().max(1);
    (inner, part.label.len().max(1))
}

/// The kept cells with their factors.
pub(super) struct Cells<'a> {
    support: &'a Support,
    weight: Vec<f64>,
    /// Weight times factors, before floors and caps.
    value: Vec<f64>,
    factor: Vec<Vec<f64>>,
    totals: Vec<Vec<f64>>,
    limits: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'a> Cells<'a> {
    /// `weight` of each kept cell; `fixed` cells stay at the given value whatever the factors.
    pub fn new(support: &'a Support, weight: Vec<f64>, fixed: &[Option<i64>]) -> Self {
        let real = |side: &Vec<i64>| side.iter().map(|value| *value as f64).collect::<Vec<f64>>();
        let mut limits = support
            .bounds
            .as_ref()
            .map(|(low, high)| (real(low), real(high)));
        if fixed.iter().any(Option::is_some) {
            let n = weight.len();
            let (low, high) = limits.get_or_insert_with(|| (vec![0.0; n], vec![f64::MAX; n]));
            for (at, value) in fixed
                .iter()
                .enumerate()
                .filter_map(|(at, v)| v.map(|v| (at, v)))
            {
                (low[at], high[at]) = (value as f64, value as f64);
            }
        }
        let real = |totals: &Vec<i64>| totals.iter().map(|total| *total as f64).collect::<Vec<_>>();
        let totals: Vec<Vec<f64>> = support.totals.iter().map(real).collect();
        let factor = totals
            .iter()
            .map(|totals| vec![1.0; totals.len() + 1])
            .collect();
        Cells {
            support,
            value: weight.clone(),
            weight,
            factor,
            totals,
            limits,
        }
    }

    /// The fitted value of each kept cell.
    pub fn values(&self) -> Vec<f64> {
        (0..self.value.len())
            .map(|at| self.clamped(at, self.value[at]))
            .collect()
    }

    fn clamped(&self, at: usize, value: f64) -> f64 {
        match &self.limits {
            Some((low, high)) => value.max(low[at]).min(high[at]),
            None => value,
        }
    }

    /// Whether the cell's value follows its factors.
    fn moves(&self, at: usize) -> bool {
        match &self.limits {
            Some((low, high)) => low[at] < self.value[at] && self.value[at] < high[at],
            None => true,
        }
    }

    fn sums(&self, family: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.totals[family].len() + 1];
        for (at, label) in self.support.label[family].iter().enumerate() {
            sums[*label as usize] += self.clamped(at, self.value[at]);
        }
        sums
    }

    fn multiply(&mut self, family: usize, by: &[f64]) {
        for (factor, by) in self.factor[family].iter_mut().zip(by) {
            *factor *= by;
        }
        for (value, label) in self.value.iter_mut().zip(&self.support.label[family]) {
            *value *= by[*label as usize];
        }
    }

    fn weigh(&mut self) {
        self.value.copy_from_slice(&self.weight);
        for (labels, factor) in self.support.label.iter().zip(&self.factor) {
            for (value, label) in self.value.iter_mut().zip(labels) {
                *value *= factor[*label as usize];
            }
        }
    }

    /// Brings one family to its totals; gives the largest miss before.
    fn solve(&mut self, family: usize) -> f64 {
        let sums = self.sums(family);
        let totals = &self.totals[family];
        let worst = totals
            .iter()
            .zip(&sums)
            .fold(0.0f64, |worst, (t, s)| worst.max(off(*t, *s)));
        if self.limits.is_some() {
            let by = self.clamped_ratios(family);
            self.multiply(family, &by);
        } else {
            let mut by: Vec<f64> = totals
                .iter()
                .zip(&sums)
                .map(|(t, s)| ratio(*t, *s))
                .collect();
            by.push(1.0);
            self.multiply(family, &by);
        }
        worst
    }

    /// The factor of each group with which its clamped cells meet the total. The sum grows with
    /// the factor and is piecewise linear: Newton steps, kept inside a shrinking bracket.
    fn clamped_ratios(&self, family: usize) -> Vec<f64> {
        let totals = &self.totals[family];
        let n = totals.len();
        let mut by = vec![1.0f64; n + 1];
        let (mut below, mut above) = (vec![0.0f64; n], vec![f64::INFINITY; n]);
        for _ in 0..200 {
            let (still, moving) = self.clamped_sums(family, &by);
            let mut met = true;
            for group in 0..n {
                let (total, sum) = (totals[group], still[group] + moving[group]);
                if (total - sum).abs() <= tolerance(total) * 0.01 {
                    continue;
                }
                met = false;
                let side = if sum < total { &mut below } else { &mut above };
                side[group] = by[group];
                let (low, high) = (below[group], above[group]);
                let newton = by[group] * ((total - still[group]) / moving[group]);
                by[group] = if newton.is_finite() && newton > low && newton < high {
                    newton
                } else if high.is_infinite() {
                    (by[group] * 16.0).min(1e200)
                } else {
                    (low + high) * 0.5
                };
            }
            if met {
                break;
            }
        }
        by
    }

    /// Per group the sum of the cells at a floor or cap, and of those that follow the factor.
    fn clamped_sums(&self, family: usize, by: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (low, high) = self.limits.as_ref().expect("only called with bounds");
        let (mut still, mut moving) = (vec![0.0; by.len()], vec![0.0; by.len()]);
        for (at, label) in self.support.label[family].iter().enumerate() {
            let group = *label as usize;
            let value = self.value[at] * by[group];
            if value <= low[at] {
                still[group] += low[at];
            } else if value >= high[at] {
                still[group] += high[at];
            } else {
                moving[group] += value;
            }
        }
        (still, moving)
    }
}

impl Scaling for Cells<'_> {
    fn sweep(&mut self) -> f64 {
        (0..self.totals.len()).fold(0.0f64, |worst, family| worst.max(self.solve(family)))
    }

    fn miss(&mut self, miss: &mut Vec<f64>, present: &mut Vec<f64>) {
        self.weigh();
        miss.clear();
        present.clear();
        for family in 0..self.totals.len() {
            let sums = self.sums(family);
            let totals = &self.totals[family];
            miss.extend(totals.iter().zip(&sums).map(|(total, sum)| total - sum));
            present.extend(&sums[..totals.len()]);
        }
    }

    fn response(&mut self, change: &[f64], out: &mut Vec<f64>) {
        let mut by_cell = vec![0.0; self.value.len()];
        let mut from = 0;
        for (labels, totals) in self.support.label.iter().zip(&self.totals) {
            let own = &change[from..from + totals.len()];
            for (sum, label) in by_cell.iter_mut().zip(labels) {
                *sum += own.get(*label as usize).copied().unwrap_or(0.0);
            }
            from += totals.len();
        }
        for (at, change) in by_cell.iter_mut().enumerate() {
            *change = if self.moves(at) {
                *change * self.value[at]
            } else {
                0.0
            };
        }
        out.clear();
        for (labels, totals) in self.support.label.iter().zip(&self.totals) {
            let mut sums = vec![0.0; totals.len() + 1];
            for (change, label) in by_cell.iter().zip(labels) {
                sums[*label as usize] += change;
            }
            out.extend(&sums[..totals.len()]);
        }
    }

    fn scale(&mut self, by: &[f64]) {
        let mut from = 0;
        for family in 0..self.totals.len() {
            let n = self.totals[family].len();
            for (factor, by) in self.factor[family].iter_mut().zip(&by[from..from + n]) {
                *factor *= by;
            }
            from += n;
        }
        self.weigh();
    }

    fn factors(&self) -> Vec<Vec<f64>> {
        self.factor.clone()
    }

    fn restore(&mut self, factors: Vec<Vec<f64>>) {
        self.factor = factors;
        self.weigh();
    }
}
