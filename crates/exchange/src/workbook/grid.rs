//! A grid: rows and columns of which some are totals of others, and the exact values between them.
//! Knows nothing of spreadsheets.

use fenjie_plan::{Axis, Place, Plan};

/// One row or one column of a grid.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Stable id: axis and member code as `region=华东`; `*` where the plan has no such axis.
    pub id: String,
    /// Axis and node, where the line is one node of the plan.
    pub node: Option<(usize, u32)>,
    /// What people read.
    pub label: String,
    /// Depth in the outline.
    pub depth: usize,
    /// The lines it is the total of; empty for a leaf.
    pub parts: Vec<u32>,
    /// An axis total, shown as such.
    pub held_back: bool,
}

impl Line {
    /// A line for a node of an axis.
    pub fn of_node(axes: &[Axis], axis: usize, node: u32, label: String) -> Line {
        let known = &axes[axis];
        Line {
            id: format!("{}={}", known.code, known.tree.code(node)),
            node: Some((axis, node)),
            label,
            depth: known.tree.depth(node),
            parts: Vec::new(),
            held_back: known.tree.kind(node) == fenjie_plan::NodeKind::HoldBack,
        }
    }

    /// The one line of an axis the plan does not have.
    pub fn everything(label: &str) -> Line {
        Line {
            id: "*".into(),
            label: label.into(),
            ..Line::default()
        }
    }

    /// Whether the line is a total of others.
    pub fn is_total(&self) -> bool {
        !self.parts.is_empty()
    }
}

/// Rows, columns, and the values between them in steps.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Index of the measure.
    pub measure: usize,
    /// Where the axes stand that are neither in rows nor in columns.
    pub fixed: Place,
    /// Rows in preorder; totals stand before their parts.
    pub rows: Vec<Line>,
    /// Columns in preorder.
    pub columns: Vec<Line>,
    /// Row after row.
    pub values: Vec<i64>,
}

impl Grid {
    /// A grid of zeros.
    pub fn zero(measure: usize, fixed: Place, rows: Vec<Line>, columns: Vec<Line>) -> Grid {
        let values = vec![0; rows.len() * columns.len()];
        Grid {
            measure,
            fixed,
            rows,
            columns,
            values,
        }
    }

    /// The value at a row and a column.
    pub fn value(&self, row: usize, column: usize) -> i64 {
        self.values[row * self.columns.len() + column]
    }

    /// Writes a value.
    pub fn put(&mut self, row: usize, column: usize, value: i64) {
        let width = self.columns.len();
        self.values[row * width + column] = value;
    }

    /// Fills every total from its parts, which stand behind it.
    pub fn add_up(&mut self) {
        for row in 0..self.rows.len() {
            for column in (0..self.columns.len()).rev() {
                if self.columns[column].is_total() && !self.rows[row].is_total() {
                    let parts = &self.columns[column].parts;
                    let sum = parts
                        .iter()
                        .map(|part| self.value(row, *part as usize))
                        .sum();
                    self.put(row, column, sum);
                }
            }
        }
        for row in (0..self.rows.len()).rev() {
            if !self.rows[row].is_total() {
                continue;
            }
            for column in 0..self.columns.len() {
                let parts = &self.rows[row].parts;
                let sum = parts
                    .iter()
                    .map(|part| self.value(*part as usize, column))
                    .sum();
                self.put(row, column, sum);
            }
        }
    }

    /// The first total that is not the sum of its parts, as row and column.
    pub fn broken_total(&self) -> Option<(usize, usize)> {
        let sum = |cells: &mut dyn Iterator<Item = i64>| cells.map(i128::from).sum::<i128>();
        for row in 0..self.rows.len() {
            let parts = &self.rows[row].parts;
            for column in 0..self.columns.len() {
                let stated = i128::from(self.value(row, column));
                let below = &mut parts.iter().map(|part| self.value(*part as usize, column));
                if !parts.is_empty() && sum(below) != stated {
                    return Some((row, column));
                }
                let parts = &self.columns[column].parts;
                let beside = &mut parts.iter().map(|part| self.value(row, *part as usize));
                if !parts.is_empty() && sum(beside) != stated {
                    return Some((row, column));
                }
            }
        }
        None
    }

    /// The place of a cell, where both its lines are nodes.
    pub fn place(&self, row: usize, column: usize) -> Place {
        let mut place = self.fixed.clone();
        for line in [&self.rows[row], &self.columns[column]] {
            if let Some((axis, node)) = line.node {
                place.0[axis] = node;
            }
        }
        place
    }

    /// A cell's place in words.
    pub fn place_text(&self, plan: &Plan, row: usize, column: usize) -> String {
        plan.model().place_text(&self.place(row, column))
    }
}

/// Gives every line its parts: the lines one deeper that follow it.
pub(super) fn link(lines: &mut [Line]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..lines.len() {
        while open
            .last()
            .is_some_and(|last| lines[*last].depth >= lines[at].depth)
        {
            open.pop();
        }
        if let Some(parent) = open.last() {
            lines[*parent].parts.push(at as u32);
        }
        open.push(at);
    }
}

/// Runs of consecutive numbers: `[3, 4, 5, 9]` is `3–5, 9`.
pub(super) fn runs(parts: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for part in parts {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *part => *last = *part,
            _ => runs.push((*part, *part)),
        }
    }
    runs
}
