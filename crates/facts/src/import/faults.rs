//! Which rows are refused and why, gathered column by column, told in the order of the file.

use fenjie_exchange::table::Table;

use super::{ImportReport, MOST_REFUSALS, RowFault, RowRefusal};

/// Faults in the making.
pub(super) struct Faults {
    bad: Vec<bool>,
    /// How many rows are bad.
    rows: usize,
    /// How many faults there are.
    count: usize,
    /// Line, order of columns, what is wrong: of each column the first ones.
    first: Vec<Found>,
    /// Lines of the rows that do not fit the header.
    lines: Vec<usize>,
}

struct Found {
    /// The row of the table; none for rows that do not fit the header.
    row: Option<usize>,
    line: usize,
    column: Option<usize>,
    fault: RowFault,
}

impl Faults {
    /// The rows that do not fit the header are faults already.
    pub fn new(table: &Table) -> Faults {
        let header = table.header.len();
        let ragged = table
            .ragged
            .iter()
            .take(MOST_REFUSALS)
            .map(|&(line, fields)| Found {
                row: None,
                line,
                column: None,
                fault: RowFault::FieldCount { fields, header },
            });
        Faults {
            bad: vec![false; table.rows],
            rows: table.ragged.len(),
            count: table.ragged.len(),
            first: ragged.collect(),
            lines: table.ragged.iter().map(|(line, _)| *line).collect(),
        }
    }

    /// No rows at all.
    pub fn none() -> Faults {
        Faults {
            bad: Vec::new(),
            rows: 0,
            count: 0,
            first: Vec::new(),
            lines: Vec::new(),
        }
    }

    pub fn is_bad(&self, row: usize) -> bool {
        self.bad[row]
    }

    /// Whether any row is bad.
    pub fn any(&self) -> bool {
        self.count > 0
    }

    /// Faults of a column's entries: every row with such an entry.
    pub fn of_entries(&mut self, codes: &[u32], faults: Vec<Option<RowFault>>, column: usize) {
        if faults.iter().all(Option::is_none) {
            return;
        }
        let mut named = 0;
        for (row, &code) in codes.iter().enumerate() {
            let Some(fault) = &faults[code as usize] else {
                continue;
            };
            if !std::mem::replace(&mut self.bad[row], true) {
                self.rows += 1;
            }
            self.count += 1;
            named += 1;
            if named <= MOST_REFUSALS {
                let fault = fault.clone();
                self.first.push(Found {
                    row: Some(row),
                    line: 0,
                    column: Some(column),
                    fault,
                });
            }
        }
    }

    /// A fault of one row.
    pub fn of_row(&mut self, row: usize, fault: RowFault, column: Option<usize>) {
        if !std::mem::replace(&mut self.bad[row], true) {
            self.rows += 1;
        }
        self.count += 1;
        // Rows come in their order; the first ones are enough.
        if self.first.len() < 32 * MOST_REFUSALS {
            self.first.push(Found {
                row: Some(row),
                line: 0,
                column,
                fault,
            });
        }
    }

    /// Puts the faults into the report: all counted, the first named.
    pub fn tell(mut self, table: &Table, report: &mut ImportReport) {
        report.refused_rows = self.rows;
        report.fault_count = self.count;
        for found in &mut self.first {
            if let Some(row) = found.row {
                found.line = table.line(row);
            }
        }
        self.first.sort_by_key(|found| (found.line, found.column));
        let named = self.first.into_iter().take(MOST_REFUSALS).map(|found| {
            let cell = found
                .row
                .zip(found.column)
                .map(|(row, column)| table.cell(row, column));
            RowRefusal {
                row: found.line,
                column: found
                    .column
                    .map(|column| table.columns[column].name.clone()),
                value: cell.map_or(String::new(), |cell| cell.text.to_owned()),
                fault: found.fault,
            }
        });
        report.refusals = named.collect();
        let bad = self.bad.iter().enumerate().filter(|(_, bad)| **bad);
        self.lines.extend(bad.map(|(row, _)| table.line(row)));
        self.lines.sort_unstable();
        report.refused_lines = self.lines;
    }
}
