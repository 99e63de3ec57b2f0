//! Sales lines in memory as pages of a scan.

use rustc_hash::FxHashMap;

use super::{Need, PageRows, Pages};
use crate::error::FactsError;
use crate::lines::SalesLines;
use crate::segment::PAGE_ROWS;

/// Lines in memory, with their days in a dictionary.
pub(crate) struct MemoryPages<'l> {
    lines: &'l SalesLines,
    dates: Vec<i32>,
    date_codes: Vec<u32>,
    next: usize,
}

impl<'l> MemoryPages<'l> {
    pub(crate) fn new(lines: &'l SalesLines) -> MemoryPages<'l> {
        let (mut dates, mut known) = (Vec::new(), FxHashMap::default());
        let mut code = |day: i32| {
            *known.entry(day).or_insert_with(|| {
                dates.push(day);
                dates.len() as u32 - 1
            })
        };
        let date_codes = lines.dates.iter().map(|&day| code(day)).collect();
        MemoryPages {
            lines,
            dates,
            date_codes,
            next: 0,
        }
    }
}

impl Pages for MemoryPages<'_> {
    fn dates(&self) -> &[i32] {
        &self.dates
    }

    fn each_text(&self, axis: usize, visit: &mut dyn FnMut(usize, &str)) -> Result<(), FactsError> {
        let texts = self.lines.members.get(axis);
        for (code, text) in texts
            .iter()
            .flat_map(|column| column.dictionary.iter().enumerate())
        {
            visit(code, text);
        }
        Ok(())
    }

    fn texts(&self, axis: usize) -> usize {
        self.lines
            .members
            .get(axis)
            .map_or(0, |column| column.dictionary.len())
    }

    fn all_count(&self) -> bool {
        true
    }

    fn step(&self, _: &str) -> Option<&str> {
        None
    }

    fn next(
        &mut self,
        need: &Need,
        page: &mut PageRows,
        keep: &mut dyn FnMut(&PageRows) -> bool,
    ) -> Result<bool, FactsError> {
        let lines = self.lines;
        while self.next < lines.dates.len() {
            let rows = self.next..lines.dates.len().min(self.next + PAGE_ROWS);
            self.next = rows.end;
            *page = PageRows {
                rows: rows.len(),
                place: (0, rows.start as u64),
                dates: self.date_codes[rows.clone()].to_vec(),
                ..PageRows::default()
            };
            for (column, need) in lines.members.iter().zip(&need.axes) {
                let codes = if *need {
                    &column.codes[rows.clone()]
                } else {
                    &[]
                };
                page.axes.push(codes.to_vec());
            }
            page.axes.resize(need.axes.len(), Vec::new());
            if !keep(page) {
                continue;
            }
            if need.minutes && !lines.minutes.is_empty() {
                page.minutes = lines.minutes[rows.clone()]
                    .iter()
                    .map(|&at| i64::from(at))
                    .collect();
            }
            for measure in &need.measures {
                let column = lines
                    .amounts
                    .iter()
                    .find(|column| column.measure == *measure);
                let values = column.map_or(&[][..], |column| &column.values[rows.clone()]);
                page.amounts.push(values.to_vec());
                let present = column.filter(|column| !column.present.is_empty());
                let present = present.map_or(&[][..], |column| &column.present[rows.clone()]);
                page.present.push(present.to_vec());
            }
            if need.origin {
                page.imports = vec![0; rows.len()];
                page.source_rows = lines.source_rows[rows.clone()]
                    .iter()
                    .map(|&row| i64::from(row))
                    .collect();
            }
            return Ok(true);
        }
        Ok(false)
    }
}
