//! The amounts of a slice: rows by columns, read from the base or a layer. Must not know how they are
//! written.

use std::collections::HashMap;

use fenjie_plan::{Place, Plan, View};

use super::axes::Side;

/// The combinations of both sides that are on a page, as nodes.
pub(super) struct Page {
    /// Where the slice stands on the axes that are on no side.
    pub from: Place,
    /// The axes of the rows.
    pub row_axes: Vec<usize>,
    /// The axes of the columns.
    pub column_axes: Vec<usize>,
    /// The nodes of each row.
    pub rows: Vec<Vec<u32>>,
    /// The nodes of each column.
    pub columns: Vec<Vec<u32>>,
}

impl Page {
    /// The part of two sides that is asked for.
    pub fn of(
        from: Place,
        sides: (&Side, &Side),
        rows: std::ops::Range<u64>,
        columns: std::ops::Range<u64>,
    ) -> Page {
        Page {
            from,
            row_axes: sides.0.axes.clone(),
            column_axes: sides.1.axes.clone(),
            rows: rows.map(|index| sides.0.at(index)).collect(),
            columns: columns.map(|index| sides.1.at(index)).collect(),
        }
    }

    /// The place of a row and a column.
    pub fn place(&self, row: usize, column: usize) -> Place {
        let mut place = self.from.clone();
        for (axis, node) in self.row_axes.iter().zip(&self.rows[row]) {
            place.0[*axis] = *node;
        }
        for (axis, node) in self.column_axes.iter().zip(&self.columns[column]) {
            place.0[*axis] = *node;
        }
        place
    }

    /// The amounts in steps, row by row; nothing where the plan is not that fine.
    pub fn amounts(&self, view: &View<'_>) -> Vec<Option<i64>> {
        let time = self.from.0.len() - 1;
        let rows = Grouped::of(&self.row_axes, &self.rows, time);
        let columns = Grouped::of(&self.column_axes, &self.columns, time);
        let mut periods = match (rows.periods.is_empty(), columns.periods.is_empty()) {
            (false, _) => rows.periods.clone(),
            (true, false) => columns.periods.clone(),
            (true, true) => vec![self.from.0[time]],
        };
        let asked = periods.clone();
        let mut cells = vec![None; self.rows.len() * self.columns.len()];
        if view.rows(&periods).is_none() {
            periods.retain(|period| view.rows(&[*period]).is_some());
        }
        let Some(mut reader) = view.rows(&periods) else {
            return cells;
        };
        let read: Vec<Option<usize>> = asked
            .iter()
            .map(|period| periods.iter().position(|known| known == period))
            .collect();
        let mut members = self.from.0[..time].to_vec();
        for (row_nodes, at_rows) in &rows.groups {
            set(&mut members, &self.row_axes, row_nodes, time);
            for (column_nodes, at_columns) in &columns.groups {
                set(&mut members, &self.column_axes, column_nodes, time);
                let Some(values) = reader.row(&members) else {
                    continue;
                };
                for (row, in_row) in at_rows {
                    let line = &mut cells[row * self.columns.len()..][..self.columns.len()];
                    for (column, in_column) in at_columns {
                        let period = in_row.or(*in_column).unwrap_or(0);
                        line[*column] = read[period].map(|at| values[at]);
                    }
                }
            }
        }
        cells
    }

    /// The values of a level or ratio (rule D11) as texts, row by row.
    pub fn stated(&self, plan: &Plan, measure: usize) -> Vec<Option<String>> {
        let decimals = plan.step(measure).decimals().max(2);
        let mut cells = Vec::with_capacity(self.rows.len() * self.columns.len());
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let value = plan.stated_value(measure, &self.place(row, column));
                let value = value.and_then(|value| value.rounded(decimals));
                cells.push(value.map(|value| value.to_string()));
            }
        }
        cells
    }
}

fn set(members: &mut [u32], axes: &[usize], nodes: &[u32], time: usize) {
    for (axis, node) in axes.iter().zip(nodes) {
        if *axis != time {
            members[*axis] = *node;
        }
    }
}

/// Nodes of a combination (any of the group), and where the group's are: place and period.
type RowGroup = (Vec<u32>, Vec<(usize, Option<usize>)>);

/// The combinations of a side, those that differ in their period only together.
struct Grouped {
    /// The groups, in their order.
    groups: Vec<RowGroup>,
    /// The periods of the side, where time is on it.
    periods: Vec<u32>,
}

impl Grouped {
    fn of(axes: &[usize], combinations: &[Vec<u32>], time: usize) -> Grouped {
        let time_at = axes.iter().position(|axis| *axis == time);
        let mut grouped = Grouped {
            groups: Vec::new(),
            periods: Vec::new(),
        };
        let (mut known, mut known_periods) = (HashMap::new(), HashMap::new());
        for (index, nodes) in combinations.iter().enumerate() {
            let period = time_at.map(|at| {
                *known_periods.entry(nodes[at]).or_insert_with(|| {
                    grouped.periods.push(nodes[at]);
                    grouped.periods.len() - 1
                })
            });
            let mut members = nodes.clone();
            if let Some(at) = time_at {
                members[at] = 0;
            }
            let groups = &mut grouped.groups;
            let group = *known.entry(members).or_insert_with(|| {
                groups.push((nodes.clone(), Vec::new()));
                groups.len() - 1
            });
            grouped.groups[group].1.push((index, period));
        }
        grouped
    }
}
