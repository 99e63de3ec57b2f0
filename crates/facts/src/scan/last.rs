//! The last value of a level by cell: by day, minute, import and row. Knows no members.

use rustc_hash::FxHashMap;

use super::LOW;
use super::pages::PageRows;
use super::run::Sink;

/// When a value was stated.
pub(crate) type Moment = (i32, i64, i64, i64);

/// For each measure the last value of each cell that has one.
pub(crate) struct Last {
    pub(crate) values: Vec<FxHashMap<u64, (Moment, i64)>>,
}

impl Last {
    pub(crate) fn new(measures: usize) -> Last {
        Last {
            values: vec![FxHashMap::default(); measures],
        }
    }
}

fn later(values: &mut FxHashMap<u64, (Moment, i64)>, cell: u64, stated: (Moment, i64)) {
    let known = values.entry(cell).or_insert(stated);
    *known = stated.max(*known);
}

impl Sink for Last {
    fn take(&mut self, dates: &[i32], page: &PageRows, cells: &[u64]) {
        for (measure, known) in self.values.iter_mut().enumerate() {
            let (values, present) = (&page.amounts[measure], &page.present[measure]);
            for (row, &value) in values.iter().enumerate() {
                if cells[row] > LOW || present.get(row) == Some(&false) {
                    continue;
                }
                let moment = (
                    dates[page.dates[row] as usize],
                    page.minutes.get(row).copied().unwrap_or(-1),
                    page.imports[row],
                    page.source_rows[row],
                );
                later(known, cells[row], (moment, value));
            }
        }
    }

    fn join(&mut self, other: Last) {
        for (known, others) in self.values.iter_mut().zip(other.values) {
            for (cell, stated) in others {
                later(known, cell, stated);
            }
        }
    }
}
