//! From good rows to sales lines: shared sales allocated exactly, sums, days, unknown members counted.

use fenjie_money::{Policy, Weights, allocate};
use fenjie_plan::Definition;

use super::dates::{day_of, days_of};
use super::members::{SEARCHED_UNKNOWN, nearest_members};
use super::names::first_people;
use super::rows::Rows;
use super::{
    ImportError, ImportOptions, ImportReport, Imported, MeasureTotal, Rounded, UnknownText,
};
use crate::lines::{AmountColumn, SalesLines, TextColumn};

/// One line: its row, and of a shared sale the person and the share.
#[derive(Clone, Copy)]
struct Line {
    row: u32,
    /// Index of the share in the row's list, and how many it has; 0 of 0 where it is not shared.
    share: u16,
    shares: u16,
}

impl Rows {
    /// Makes the lines of the good rows and finishes the report.
    pub fn into_lines(
        mut self,
        definition: &Definition,
        options: &ImportOptions,
    ) -> Result<Imported, ImportError> {
        let faults = std::mem::replace(&mut self.faults, super::faults::Faults::none());
        let whole = !faults.any() && self.repeated.is_empty();
        let is_good = |row: usize| !faults.is_bad(row);
        let mut report = std::mem::take(&mut self.report);
        report.repeated = self.repeated.len();
        if faults.any() && !options.partial {
            faults.tell(&self.table, &mut report);
            return Ok(Imported {
                lines: SalesLines::default(),
                report,
            });
        }
        let shared = self
            .credits
            .as_ref()
            .is_some_and(|(_, credits)| credits.shares.iter().any(|shares| !shares.is_empty()));
        let rows: Option<Vec<Line>> = match whole && !shared {
            true => None,
            false => Some(self.line_list(is_good)),
        };
        faults.tell(&self.table, &mut report);
        let mut lines = self.plain_columns(rows.as_deref());
        let people = first_people(definition);
        for (axis, members) in std::mem::take(&mut self.members).into_iter().enumerate() {
            let codes = gathered(members.codes, rows.as_deref());
            let mut column = TextColumn {
                dictionary: members.dictionary,
                codes,
            };
            let mut known = members.known;
            if axis == people && shared {
                self.credit_members(rows.as_deref().unwrap_or_default(), &mut column, &mut known);
            }
            unknown(axis, &column, &known, definition, &mut report);
            lines.members.push(column);
        }
        self.amounts(rows.as_deref(), definition, &mut lines, &mut report)?;
        if shared {
            lines.credits = self.credit_shares(rows.as_deref().unwrap_or_default());
        }
        finish(&lines, definition, &mut report);
        count_unassigned(&lines, definition, &mut report);
        Ok(Imported { lines, report })
    }

    fn line_list(&self, is_good: impl Fn(usize) -> bool) -> Vec<Line> {
        let mut repeated = self.repeated.iter().copied().peekable();
        let mut list = Vec::with_capacity(self.table.rows);
        for row in 0..self.table.rows {
            if repeated.next_if_eq(&row).is_some() || !is_good(row) {
                continue;
            }
            let shares = self.shares(row).map_or(0, |shares| shares.len() as u16);
            for share in 0..shares.max(1) {
                list.push(Line {
                    row: row as u32,
                    share,
                    shares,
                });
            }
        }
        list
    }

    fn shares(&self, row: usize) -> Option<&[(u32, u64)]> {
        let (at, credits) = self.credits.as_ref()?;
        let code = self.table.columns[*at].codes()[row] as usize;
        Some(&credits.shares[code])
    }

    /// Days, times, ids, customers and rows.
    fn plain_columns(&mut self, rows: Option<&[Line]>) -> SalesLines {
        let count = rows.map_or(self.table.rows, <[Line]>::len);
        let row = |line: usize| rows.map_or(line, |rows| rows[line].row as usize);
        let dates = self.table.columns[self.date_column].codes();
        let day = |line: usize| self.days[dates[row(line)] as usize].number;
        let has_minutes = self.minutes.is_some() || self.days.iter().any(|day| day.minute > 0);
        let minutes: Vec<i16> = match has_minutes {
            true => (0..count).map(|line| self.minute(row(line))).collect(),
            false => Vec::new(),
        };
        let has_minutes = minutes.iter().any(|minute| *minute >= 0);
        let text = |at: usize| {
            let column = &self.table.columns[at];
            let entries = column.entries().map(|cell| cell.text.to_owned());
            TextColumn {
                dictionary: entries.collect(),
                codes: (0..count).map(|line| column.codes()[row(line)]).collect(),
            }
        };
        let ids = |at: usize| {
            let column = &self.table.columns[at];
            (0..count)
                .map(|line| column.cell(row(line)).text.into())
                .collect()
        };
        SalesLines {
            dates: (0..count).map(day).collect(),
            minutes: if has_minutes { minutes } else { Vec::new() },
            customers: self.customer.map(text),
            external_ids: self.external.map(ids),
            source_rows: (0..count)
                .map(|line| self.table.line(row(line)) as u32)
                .collect(),
            ..SalesLines::default()
        }
    }

    /// Puts the people of shared sales in the place of the row's own.
    fn credit_members(&self, rows: &[Line], column: &mut TextColumn, known: &mut Vec<bool>) {
        let Some((_, credits)) = &self.credits else {
            return;
        };
        let entry = |(text, is_known): &(String, bool)| {
            let found = column.dictionary.iter().position(|other| other == text);
            found.unwrap_or_else(|| {
                column.dictionary.push(text.clone());
                known.push(*is_known);
                column.dictionary.len() - 1
            }) as u32
        };
        let entries: Vec<u32> = credits.members.iter().map(entry).collect();
        for (code, line) in column.codes.iter_mut().zip(rows) {
            if line.shares > 0
                && let Some(shares) = self.shares(line.row as usize)
            {
                *code = entries[shares[line.share as usize].0 as usize];
            }
        }
    }

    fn credit_shares(&self, rows: &[Line]) -> Vec<u32> {
        let share = |line: &Line| match self.shares(line.row as usize) {
            Some(shares) if line.shares > 0 => shares[line.share as usize].1 as u32,
            _ => 1_000_000,
        };
        rows.iter().map(share).collect()
    }

    /// Amounts in steps; those of a shared sale are allocated, so that they sum to the row's.
    fn amounts(
        &mut self,
        rows: Option<&[Line]>,
        definition: &Definition,
        lines: &mut SalesLines,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        for measure in &self.measures {
            let codes = self.table.columns[measure.column].codes();
            let amounts = &measure.amounts;
            let mut values: Vec<i64> = match rows {
                None => codes
                    .iter()
                    .map(|&code| amounts.values[code as usize])
                    .collect(),
                Some(rows) => {
                    let value = |line: &Line| amounts.values[codes[line.row as usize] as usize];
                    rows.iter().map(value).collect()
                }
            };
            let all = amounts.present.iter().all(|has| *has);
            let present = |line: usize| {
                let row = rows.map_or(line, |rows| rows[line].row as usize);
                amounts.present[codes[row] as usize]
            };
            let present = if all {
                Vec::new()
            } else {
                (0..values.len()).map(present).collect()
            };
            for (at, line) in rows.unwrap_or_default().iter().enumerate() {
                if line.shares > 0
                    && line.share == 0
                    && let Some(shares) = self.shares(line.row as usize)
                {
                    let weights = shares.iter().map(|(_, share)| *share).collect();
                    let weights = Weights::from_u64(weights);
                    let parts = allocate(values[at], &weights, Policy::LargestRemainder);
                    values[at..at + parts.len()].copy_from_slice(&parts);
                }
            }
            let total: i128 = values.iter().map(|&value| i128::from(value)).sum();
            let name = &definition.measures[measure.measure];
            if i64::try_from(total).is_err() {
                return Err(ImportError::SumTooLarge {
                    measure: name.name.clone(),
                });
            }
            report.totals.push(MeasureTotal {
                measure: measure.measure,
                total,
            });
            rounded(measure, codes, rows, report);
            lines.amounts.push(AmountColumn {
                measure: name.code.clone(),
                values,
                present,
            });
        }
        Ok(())
    }
}

fn gathered(codes: Vec<u32>, rows: Option<&[Line]>) -> Vec<u32> {
    match rows {
        None => codes,
        Some(rows) => rows.iter().map(|line| codes[line.row as usize]).collect(),
    }
}

/// How many rows were rounded, and what that adds up to.
fn rounded(
    measure: &super::rows::MeasureColumn,
    codes: &[u32],
    rows: Option<&[Line]>,
    report: &mut ImportReport,
) {
    if measure.amounts.rounded.is_empty() {
        return;
    }
    let mut difference_of = vec![0i128; measure.amounts.values.len()];
    for &(code, difference) in &measure.amounts.rounded {
        difference_of[code as usize] = difference;
    }
    let mut rounded = Rounded {
        measure: measure.measure,
        rows: 0,
        difference: 0,
    };
    let mut add = |row: usize| {
        let difference = difference_of[codes[row] as usize];
        rounded.rows += usize::from(difference != 0);
        rounded.difference += difference;
    };
    match rows {
        None => (0..codes.len()).for_each(&mut add),
        Some(rows) => {
            let once = rows.iter().filter(|line| line.share == 0);
            once.for_each(|line| add(line.row as usize));
        }
    }
    report.rounded.push(rounded);
}

/// Counts the lines of unknown members of one dimension and names the first.
fn unknown(
    axis: usize,
    column: &TextColumn,
    known: &[bool],
    definition: &Definition,
    report: &mut ImportReport,
) {
    if known.iter().all(|known| *known) {
        return;
    }
    let mut lines = vec![0usize; column.dictionary.len()];
    for &code in &column.codes {
        lines[code as usize] += 1;
    }
    let tree = &definition.dimensions[axis].tree;
    for (entry, text) in column.dictionary.iter().enumerate() {
        if known[entry] || lines[entry] == 0 {
            continue;
        }
        report.unknown_count += 1;
        if report.unknown.len() < SEARCHED_UNKNOWN {
            let nearest = if text.is_empty() {
                Vec::new()
            } else {
                nearest_members(tree, text)
            };
            let text = text.clone();
            report.unknown.push(UnknownText {
                dimension: axis,
                text,
                nearest,
                lines: lines[entry],
            });
        }
    }
}

/// Days from and to, lines outside the plan's period.
fn finish(lines: &SalesLines, definition: &Definition, report: &mut ImportReport) {
    report.lines = lines.dates.len();
    let (first, last) = (lines.dates.iter().min(), lines.dates.iter().max());
    if let Some((first, last)) = first.zip(last) {
        report.days = day_of(*first).zip(day_of(*last));
    }
    let (from, until) = (
        days_of(definition.period.start),
        days_of(definition.period.last()),
    );
    report.outside = lines
        .dates
        .iter()
        .filter(|day| !(from..=until).contains(*day))
        .count();
}

/// Lines with an unknown member on some dimension that the file speaks of.
fn count_unassigned(lines: &SalesLines, definition: &Definition, report: &mut ImportReport) {
    let mut is_unassigned = vec![false; lines.dates.len()];
    for (column, dimension) in lines.members.iter().zip(&definition.dimensions) {
        let known = |text: &String| dimension.tree.with_code(text).is_some();
        let known: Vec<bool> = column.dictionary.iter().map(known).collect();
        if known.iter().all(|known| *known) {
            continue;
        }
        for (flag, &code) in is_unassigned.iter_mut().zip(&column.codes) {
            *flag |= !known[code as usize];
        }
    }
    report.unassigned = is_unassigned.iter().filter(|flag| **flag).count();
}
