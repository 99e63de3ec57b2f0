//! Reads row groups of a segment back into lines, with every column. Must not know which lines count.

use std::fs::File;

use fenjie_money::Step;
use rustc_hash::FxHashMap;

use super::columns::SegmentColumns;
use super::read::{Chunk, SegmentFile};
use super::{
    CREDIT, CUSTOMER, DATE, EXTERNAL_ID, IMPORT, MINUTE, PAGE_ROWS, SOURCE_ROW, axis_column,
    measure_of,
};
use crate::error::FactsError;
use crate::lines::{AmountColumn, TextColumn};

/// Puts lines of several segments behind each other.
#[derive(Default)]
pub(crate) struct Gather {
    columns: SegmentColumns,
    axes: Vec<FxHashMap<String, u32>>,
    customers: FxHashMap<String, u32>,
}

impl Gather {
    /// Room for lines of these dimensions.
    pub(crate) fn new(axes: Vec<String>) -> Gather {
        let mut gather = Gather {
            axes: vec![FxHashMap::default(); axes.len()],
            ..Gather::default()
        };
        gather.columns.lines.members = vec![TextColumn::default(); axes.len()];
        gather.columns.axes = axes;
        gather
    }

    pub(crate) fn finish(self) -> SegmentColumns {
        self.columns
    }

    /// Takes a row group; `import` is that of its lines, where the segment holds one only.
    pub(crate) fn take(
        &mut self,
        segment: &SegmentFile,
        handle: &mut File,
        group: usize,
        import: u64,
    ) -> Result<(), FactsError> {
        let before = self.columns.len();
        let rows = segment.group_rows(group);
        let mut column = |name: &str| match segment.column(name) {
            Some(column) => segment.chunk(handle, group, column).map(Some),
            None => Ok(None),
        };
        let mut numbers = |name: &str| match column(name)? {
            Some(chunk) => all_numbers(chunk, rows).map(Some),
            None => Ok(None),
        };
        let dates = numbers(DATE)?.ok_or_else(|| segment.damaged("it has no dates"))?;
        let (minutes, credits) = (numbers(MINUTE)?, numbers(CREDIT)?);
        let (source_rows, imports) = (numbers(SOURCE_ROW)?, numbers(IMPORT)?);
        let measures: Vec<&str> = segment
            .columns()
            .filter(|name| measure_of(name).is_some())
            .collect();
        for name in measures {
            let (values, present) = numbers(name)?.unwrap_or_default();
            self.take_amounts(segment, name, before, values, present)?;
        }
        let lines = &mut self.columns.lines;
        lines.dates.extend(dates.0.iter().map(|&day| day as i32));
        let rows_of = |read: Option<(Vec<i64>, Vec<bool>)>| {
            read.map_or_else(|| vec![0; rows], |(values, _)| values)
        };
        lines
            .source_rows
            .extend(rows_of(source_rows).iter().map(|&row| row as u32));
        match imports {
            Some((values, _)) => self
                .columns
                .imports
                .extend(values.iter().map(|&one| one as u64)),
            None => self.columns.imports.resize(before + rows, import),
        }
        if let Some((values, present)) = minutes {
            lines.minutes.resize(before, -1);
            let there = |at: usize| present.get(at) != Some(&false);
            let minute = values
                .iter()
                .enumerate()
                .map(|(at, &v)| if there(at) { v as i16 } else { -1 });
            lines.minutes.extend(minute);
        } else if !lines.minutes.is_empty() {
            lines.minutes.resize(before + rows, -1);
        }
        if let Some((values, _)) = credits {
            lines.credits.resize(before, WHOLE);
            lines
                .credits
                .extend(values.iter().map(|&share| share as u32));
        } else if !lines.credits.is_empty() {
            lines.credits.resize(before + rows, WHOLE);
        }
        self.take_texts(segment, handle, group, before)
    }

    fn take_amounts(
        &mut self,
        segment: &SegmentFile,
        name: &str,
        before: usize,
        values: Vec<i64>,
        present: Vec<bool>,
    ) -> Result<(), FactsError> {
        let code = measure_of(name).unwrap_or(name);
        let amounts = &mut self.columns.lines.amounts;
        let at = match amounts.iter().position(|known| known.measure == code) {
            Some(at) => at,
            None => {
                let step = segment.step(code).and_then(|step| Step::parse(step).ok());
                let step = step.ok_or_else(|| segment.damaged("a measure has no step"))?;
                self.columns.steps.push(step);
                amounts.push(AmountColumn {
                    measure: code.to_owned(),
                    ..AmountColumn::default()
                });
                amounts.len() - 1
            }
        };
        let column = &mut amounts[at];
        // A measure that other lines do not have is absent there.
        column.present.resize(column.values.len(), true);
        column.values.resize(before, 0);
        column.present.resize(before, false);
        column.values.extend(&values);
        match present.is_empty() {
            true => column.present.resize(before + values.len(), true),
            false => column.present.extend(present),
        }
        Ok(())
    }

    fn take_texts(
        &mut self,
        segment: &SegmentFile,
        handle: &mut File,
        group: usize,
        before: usize,
    ) -> Result<(), FactsError> {
        let rows = segment.group_rows(group);
        let mut chunk = |name: &str| match segment.column(name) {
            Some(column) => segment.chunk(handle, group, column).map(Some),
            None => Ok(None),
        };
        let lines = &mut self.columns.lines;
        for (at, code) in self.columns.axes.iter().enumerate() {
            let (column, known) = (&mut lines.members[at], &mut self.axes[at]);
            match chunk(&axis_column(code))? {
                Some(chunk) => all_codes(chunk, rows, column, known)?,
                None => fill(column, known, before + rows),
            }
        }
        if let Some(chunk) = chunk(CUSTOMER)? {
            let column = lines.customers.get_or_insert_default();
            fill(column, &mut self.customers, before);
            all_codes(chunk, rows, column, &mut self.customers)?;
        } else if let Some(column) = &mut lines.customers {
            fill(column, &mut self.customers, before + rows);
        }
        if let Some(mut chunk) = chunk(EXTERNAL_ID)? {
            let ids = lines.external_ids.get_or_insert_default();
            ids.resize(before, "".into());
            for page in pages(rows) {
                chunk.plain_texts(page, ids)?;
            }
        } else if let Some(ids) = &mut lines.external_ids {
            ids.resize(before + rows, "".into());
        }
        Ok(())
    }
}

/// The credit of a line that nobody shares, in millionths.
const WHOLE: u32 = 1_000_000;

fn pages(rows: usize) -> impl Iterator<Item = usize> {
    (0..rows)
        .step_by(PAGE_ROWS)
        .map(move |from| PAGE_ROWS.min(rows - from))
}

fn all_numbers(mut chunk: Chunk<'_>, rows: usize) -> Result<(Vec<i64>, Vec<bool>), FactsError> {
    let dictionary = chunk.dictionary_numbers()?;
    let (mut values, mut present) = (Vec::with_capacity(rows), Vec::new());
    let (mut some, mut there) = (Vec::new(), Vec::new());
    for page in pages(rows) {
        chunk.numbers(page, dictionary.as_deref(), &mut some, &mut there)?;
        values.append(&mut some);
        present.append(&mut there);
    }
    Ok((values, present))
}

fn all_codes(
    mut chunk: Chunk<'_>,
    rows: usize,
    column: &mut TextColumn,
    known: &mut FxHashMap<String, u32>,
) -> Result<(), FactsError> {
    let mut codes = Vec::with_capacity(chunk.entries());
    chunk.each_text(|_, text| codes.push(code_of(column, known, text)))?;
    let mut page_codes = Vec::new();
    for page in pages(rows) {
        chunk.codes(page, &mut page_codes)?;
        column
            .codes
            .extend(page_codes.iter().map(|&code| codes[code as usize]));
    }
    Ok(())
}

fn code_of(column: &mut TextColumn, known: &mut FxHashMap<String, u32>, text: &str) -> u32 {
    if let Some(&code) = known.get(text) {
        return code;
    }
    let code = column.dictionary.len() as u32;
    column.dictionary.push(text.to_owned());
    known.insert(text.to_owned(), code);
    code
}

/// Lines without the column get an empty text.
fn fill(column: &mut TextColumn, known: &mut FxHashMap<String, u32>, rows: usize) {
    if column.codes.len() < rows {
        let empty = code_of(column, known, "");
        column.codes.resize(rows, empty);
    }
}
