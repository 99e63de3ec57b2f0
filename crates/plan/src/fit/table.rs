//! Fitting a grid seen as a matrix: the leading axes are rows, the others columns, and every
//! family belongs to one of the two sides. Cells are read, never written, while it runs.
//! Must not know bounds or rounding.

use std::ops::Range;

use super::check::Grid;
use super::matrix::{ROWS, add_rows, both_sums, col_sums, dot, row_sums};
use super::newton::{Scaling, tolerance};
use super::parts::{NONE, Part};

/// Where a run of axes can be cut in two so that no family reaches over the cut.
pub(super) fn cut(shape: &[usize], spans: impl Iterator<Item = Range<usize>>) -> Option<usize> {
    let spans: Vec<Range<usize>> = spans.collect();
    let size = |axes: &[usize]| axes.iter().product::<usize>();
    (1..shape.len())
        .filter(|at| {
            spans
                .iter()
                .all(|span| span.end <= *at || span.start >= *at)
        })
        .min_by_key(|at| size(&shape[..*at]).max(size(&shape[*at..])))
}

/// One family on one side of the matrix.
struct Margin {
    /// Group of each row (or column); the number of groups where free.
    label: Vec<u32>,
    /// Factor per group, and a last one that stays 1 for what is free.
    factor: Vec<f64>,
    totals: Vec<f64>,
}

/// The rows (or columns): their families and the product of their factors.
struct Side {
    margins: Vec<Margin>,
    weight: Vec<f64>,
    /// Sum of each row weighted by the columns' factors alone.
    sums: Vec<f64>,
}

/// The factors of the two sides over a borrowed matrix of weights.
pub(super) struct Table<'a> {
    cells: &'a [f64],
    row: Side,
    col: Side,
    /// Every row is a group of its own: a row's factor follows from its own cells.
    rows_alone: bool,
}

impl<'a> Table<'a> {
    /// The matrix of the grid cut before the axis `at`.
    pub fn new(grid: &'a Grid<'_>, at: usize) -> Self {
        let side = |axes: Range<usize>| {
            let length = grid.shape[axes.clone()].iter().product();
            let inside = |part: &&Part| axes.start <= part.axes.start && part.axes.end <= axes.end;
            let margins = grid.parts.iter().filter(inside);
            let margins = margins
                .map(|part| Margin::new(part, &grid.shape, axes.clone()))
                .collect();
            Side {
                margins,
                weight: vec![1.0; length],
                sums: vec![0.0; length],
            }
        };
        let (row, col) = (side(0..at), side(at..grid.shape.len()));
        let rows_alone = row.margins.len() == 1 && row.margins[0].single();
        Table {
            cells: &grid.weight,
            row,
            col,
            rows_alone,
        }
    }

    /// The fitted cells.
    pub fn values(&self) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.cells.len());
        for (row, left) in self
            .cells
            .chunks_exact(self.col.weight.len())
            .zip(&self.row.weight)
        {
            values.extend(
                row.iter()
                    .zip(&self.col.weight)
                    .map(|(cell, right)| cell * left * right),
            );
        }
        values
    }

    /// Rows that are groups of their own: one pass gives both sides.
    fn sweep_rows(&mut self) -> f64 {
        let mut worst = 0.0f64;
        let margin = &mut self.row.margins[0];
        self.col.sums.fill(0.0);
        let n_cols = self.col.weight.len();
        for (run, rows) in self.cells.chunks(ROWS * n_cols).enumerate() {
            let first = run * ROWS;
            for (row, at) in rows.chunks_exact(n_cols).zip(first..) {
                let group = margin.label[at] as usize;
                let total = margin.totals[group];
                let sum = dot(row, &self.col.weight);
                worst = worst.max(off(total, sum * self.row.weight[at]));
                let factor = ratio(total, sum);
                margin.factor[group] = factor;
                self.row.weight[at] = factor;
            }
            let last = self.row.weight.len().min(first + ROWS);
            add_rows(&mut self.col.sums, rows, &self.row.weight[first..last]);
        }
        worst
    }
}

impl Scaling for Table<'_> {
    fn sweep(&mut self) -> f64 {
        let rows = if self.rows_alone {
            self.sweep_rows()
        } else {
            row_sums(self.cells, &self.col.weight, &mut self.row.sums);
            let worst = self.row.solve();
            col_sums(self.cells, &self.row.weight, &mut self.col.sums);
            worst
        };
        let cols = self.col.solve();
        rows.max(cols)
    }

    fn miss(&mut self, miss: &mut Vec<f64>, present: &mut Vec<f64>) {
        let (row, col) = (&mut self.row, &mut self.col);
        both_sums(
            self.cells,
            &row.weight,
            &col.weight,
            &mut row.sums,
            &mut col.sums,
        );
        present.clear();
        miss.clear();
        for side in [row, col] {
            for margin in &side.margins {
                let sums = margin.gather(side.weight.iter().zip(&side.sums).map(|(w, s)| w * s));
                miss.extend(
                    margin
                        .totals
                        .iter()
                        .zip(&sums)
                        .map(|(total, sum)| total - sum),
                );
                present.extend(sums);
            }
        }
    }

    fn response(&mut self, change: &[f64], out: &mut Vec<f64>) {
        let rows: usize = self
            .row
            .margins
            .iter()
            .map(|margin| margin.totals.len())
            .sum();
        let (by_row, by_col) = (
            self.row.by_place(&change[..rows]),
            self.col.by_place(&change[rows..]),
        );
        let weighted = |side: &Side, change: &[f64]| -> Vec<f64> {
            side.weight.iter().zip(change).map(|(w, c)| w * c).collect()
        };
        let (left, right) = (weighted(&self.row, &by_row), weighted(&self.col, &by_col));
        let (mut row_out, mut col_out) = (vec![0.0; left.len()], vec![0.0; right.len()]);
        both_sums(self.cells, &left, &right, &mut row_out, &mut col_out);
        out.clear();
        for (side, change, cross) in [
            (&self.row, &by_row, &row_out),
            (&self.col, &by_col, &col_out),
        ] {
            let own = (0..change.len())
                .map(|at| side.weight[at] * (side.sums[at] * change[at] + cross[at]));
            let own: Vec<f64> = own.collect();
            for margin in &side.margins {
                out.extend(margin.gather(own.iter().copied()));
            }
        }
    }

    fn scale(&mut self, by: &[f64]) {
        let mut from = 0;
        for side in [&mut self.row, &mut self.col] {
            for margin in &mut side.margins {
                let n = margin.totals.len();
                for (factor, by) in margin.factor.iter_mut().zip(&by[from..from + n]) {
                    *factor *= by;
                }
                from += n;
            }
            side.weigh();
        }
    }

    fn factors(&self) -> Vec<Vec<f64>> {
        let margins = self.row.margins.iter().chain(&self.col.margins);
        margins.map(|margin| margin.factor.clone()).collect()
    }

    fn restore(&mut self, factors: Vec<Vec<f64>>) {
        let margins = self.row.margins.iter_mut().chain(&mut self.col.margins);
        for (margin, factor) in margins.zip(factors) {
            margin.factor = factor;
        }
        self.row.weigh();
        self.col.weigh();
    }
}

impl Side {
    /// Brings the side's groups to their totals, given the sums; several families take turns.
    fn solve(&mut self) -> f64 {
        let mut first = 0.0f64;
        for turn in 0..100 {
            let mut worst = 0.0f64;
            for margin in &mut self.margins {
                let sums = margin.gather(self.weight.iter().zip(&self.sums).map(|(w, s)| w * s));
                let mut by = Vec::with_capacity(margin.factor.len());
                for (group, total) in margin.totals.iter().enumerate() {
                    worst = worst.max(off(*total, sums[group]));
                    by.push(ratio(*total, sums[group]));
                    margin.factor[group] *= by[group];
                }
                by.push(1.0);
                for (weight, label) in self.weight.iter_mut().zip(&margin.label) {
                    *weight *= by[*label as usize];
                }
            }
            if turn == 0 {
                first = worst;
            }
            if self.margins.len() < 2 || worst <= 0.1 || !worst.is_finite() {
                break;
            }
        }
        first
    }

    fn weigh(&mut self) {
        self.weight.fill(1.0);
        for margin in &self.margins {
            for (weight, label) in self.weight.iter_mut().zip(&margin.label) {
                *weight *= margin.factor[*label as usize];
            }
        }
    }

    /// The change of each row: the sum of the changes of its groups.
    fn by_place(&self, change: &[f64]) -> Vec<f64> {
        let mut by_row = vec![0.0; self.weight.len()];
        let mut from = 0;
        for margin in &self.margins {
            let n = margin.totals.len();
            for (sum, label) in by_row.iter_mut().zip(&margin.label) {
                *sum += change[from..from + n]
                    .get(*label as usize)
                    .copied()
                    .unwrap_or(0.0);
            }
            from += n;
        }
        by_row
    }
}

impl Margin {
    fn new(part: &Part, shape: &[usize], axes: Range<usize>) -> Self {
        let length: usize = shape[axes.clone()].iter().product();
        let inner: usize = shape[part.axes.end..axes.end].iter().product();
        let free = part.totals.len() as u32;
        let label = |at: usize| match part.label[at / inner % part.label.len()] {
            NONE => free,
            label => label,
        };
        Margin {
            label: (0..length).map(label).collect(),
            factor: vec![1.0; part.totals.len() + 1],
            totals: part.totals.iter().map(|total| *total as f64).collect(),
        }
    }

    /// Whether every row is a group of its own.
    fn single(&self) -> bool {
        let mut seen = vec![false; self.totals.len() + 1];
        let repeated = self
            .label
            .iter()
            .any(|l| std::mem::replace(&mut seen[*l as usize], true));
        !repeated && !seen[self.totals.len()] && self.label.len() == self.totals.len()
    }

    fn gather(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.totals.len() + 1];
        for (label, value) in self.label.iter().zip(values) {
            sums[*label as usize] += value;
        }
        sums.pop();
        sums
    }
}

/// By what a group's factor grows; infinite where nothing can make the total.
pub(super) fn ratio(total: f64, sum: f64) -> f64 {
    if total == 0.0 { 0.0 } else { total / sum }
}

/// How far a group is off, in tolerances; infinite where no factor can help.
pub(super) fn off(total: f64, sum: f64) -> f64 {
    let off = (total - sum).abs() / tolerance(total);
    if off.is_finite() && (sum > 0.0 || total == 0.0) {
        off
    } else {
        f64::INFINITY
    }
}
