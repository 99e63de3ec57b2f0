//! Row groups of segments as pages of a scan: those that cannot count are passed over, of the others
//! the columns that are needed. Must not know the manifest.

use rustc_hash::FxHashSet;

use super::prepared::Prepared;
use super::{Need, PageRows, Pages};
use crate::error::FactsError;
use crate::segment::read::{Chunk, SegmentFile};
use crate::segment::{DATE, IMPORT, MINUTE, PAGE_ROWS, SOURCE_ROW, axis_column, measure_column};

/// A segment, and which of its lines count.
pub(crate) struct SegmentUnit {
    pub(crate) number: u64,
    pub(crate) file: SegmentFile,
    /// The import of its lines, where it is one.
    pub(crate) import: u64,
    /// Undone imports of a segment of several; their lines do not count.
    pub(crate) undone: FxHashSet<i64>,
    /// Whether the segment holds several imports.
    pub(crate) several: bool,
    /// Rows that were superseded, in order.
    pub(crate) out: Vec<u32>,
    /// The column of each dimension.
    pub(crate) axes: Vec<Option<usize>>,
}

impl SegmentUnit {
    /// How many row groups there are.
    pub(crate) fn groups(segment: &SegmentUnit) -> usize {
        segment.file.groups()
    }

    /// Columns of the dimensions with these codes.
    pub(crate) fn find_axes<'c>(
        file: &SegmentFile,
        codes: impl Iterator<Item = &'c str>,
    ) -> Vec<Option<usize>> {
        codes.map(|code| file.column(&axis_column(code))).collect()
    }

    /// Where no line of a row group can count: the last day with a line as far as it says.
    pub(crate) fn prune(&self, prepared: &Prepared<'_>, group: usize) -> Option<Option<i32>> {
        let narrow = |at: &usize| prepared.axes[*at].is_narrow();
        let listed = |at: &usize| prepared.axes[*at].is_listed();
        for at in (0..prepared.axes.len()).filter(listed) {
            let Some(column) = self.axes[at] else {
                continue;
            };
            let Some((least, most)) = self.file.texts_within(group, column) else {
                continue;
            };
            if !prepared.axes[at].any_between(&prepared.wanted_codes[at], least, most) {
                return Some(None);
            }
        }
        let (first, last) = self.file.numbers_within(group, self.file.column(DATE)?)?;
        let (first, last) = (i32::try_from(first).ok()?, i32::try_from(last).ok()?);
        if prepared.periods.any_in(first, last) {
            return None;
        }
        if (0..prepared.axes.len()).any(|at| narrow(&at)) {
            return Some(None);
        }
        let all_count = self.out.is_empty() && self.undone.is_empty();
        let until = prepared.periods.until();
        match (all_count, last <= until, first > until) {
            (true, true, _) => Some(Some(last)),
            (_, _, true) => Some(None),
            _ => None,
        }
    }
}

/// A row group being read.
pub(crate) struct GroupPages<'s> {
    segment: &'s SegmentUnit,
    group: usize,
    date_chunk: Chunk<'s>,
    dates: Vec<i32>,
    axes: Vec<Option<Chunk<'s>>>,
    /// Opened when the first page that counts is read.
    others: Option<Others<'s>>,
    import: Option<Column<'s>>,
    /// The next row of the group, and the group's first row in the segment.
    next: usize,
    first: u64,
    /// Pages of the other columns that were not read.
    behind: usize,
}

struct Others<'s> {
    minutes: Option<Column<'s>>,
    source_rows: Option<Column<'s>>,
    amounts: Vec<Option<Column<'s>>>,
}

/// A column of numbers.
struct Column<'s> {
    chunk: Chunk<'s>,
    dictionary: Option<Vec<i64>>,
}

impl<'s> Column<'s> {
    fn open(
        segment: &'s SegmentUnit,
        group: usize,
        name: &str,
    ) -> Result<Option<Self>, FactsError> {
        let Some(column) = segment.file.column(name) else {
            return Ok(None);
        };
        let chunk = segment
            .file
            .chunk(&mut segment.file.file()?, group, column)?;
        Ok(Some(Column {
            dictionary: chunk.dictionary_numbers()?,
            chunk,
        }))
    }

    fn read(&mut self, rows: usize) -> Result<(Vec<i64>, Vec<bool>), FactsError> {
        let (mut out, mut present) = (Vec::new(), Vec::new());
        self.chunk
            .numbers(rows, self.dictionary.as_deref(), &mut out, &mut present)?;
        Ok((out, present))
    }
}

impl<'s> GroupPages<'s> {
    pub(crate) fn open(
        segment: &'s SegmentUnit,
        group: usize,
        axes: usize,
    ) -> Result<GroupPages<'s>, FactsError> {
        let file = &segment.file;
        let mut handle = file.file()?;
        let date = file
            .column(DATE)
            .ok_or_else(|| file.damaged("it has no dates"))?;
        let date_chunk = file.chunk(&mut handle, group, date)?;
        let days = date_chunk.dictionary_numbers()?;
        let days = days.ok_or_else(|| file.damaged("its dates are not coded"))?;
        let mut chunks = Vec::with_capacity(axes);
        for column in &segment.axes {
            chunks.push(match column {
                Some(column) => Some(file.chunk(&mut handle, group, *column)?),
                None => None,
            });
        }
        Ok(GroupPages {
            segment,
            group,
            date_chunk,
            dates: days.into_iter().map(|day| day as i32).collect(),
            axes: chunks,
            others: None,
            import: match segment.several {
                true => Column::open(segment, group, IMPORT)?,
                false => None,
            },
            next: 0,
            first: (0..group)
                .map(|before| file.group_rows(before) as u64)
                .sum(),
            behind: 0,
        })
    }

    fn others(&mut self, need: &Need) -> Result<&mut Others<'s>, FactsError> {
        if self.others.is_none() {
            let (segment, group) = (self.segment, self.group);
            let open = |wanted: bool, name: &str| match wanted {
                true => Column::open(segment, group, name),
                false => Ok(None),
            };
            let amounts = need
                .measures
                .iter()
                .map(|code| open(true, &measure_column(code)));
            self.others = Some(Others {
                minutes: open(need.minutes, MINUTE)?,
                source_rows: open(need.origin, SOURCE_ROW)?,
                amounts: amounts.collect::<Result<_, _>>()?,
            });
        }
        let others = self.others.as_mut().expect("it was opened just now");
        for _ in 0..std::mem::take(&mut self.behind) {
            let Others {
                minutes,
                source_rows,
                amounts,
            } = others;
            let all = amounts.iter_mut().chain([minutes, source_rows]);
            for column in all.flatten() {
                column.chunk.skip()?;
            }
        }
        Ok(others)
    }

    /// Marks the lines that do not count.
    fn mark_out(&mut self, page: &mut PageRows) -> Result<(), FactsError> {
        let rows = page.rows;
        if let Some(import) = &mut self.import {
            page.imports = import.read(rows)?.0;
        } else {
            page.imports = Vec::new();
        }
        let undone = &self.segment.undone;
        if !undone.is_empty() {
            page.out = page
                .imports
                .iter()
                .map(|import| undone.contains(import))
                .collect();
        }
        let start = self.first + self.next as u64;
        let out = &self.segment.out;
        let from = out.partition_point(|&row| u64::from(row) < start);
        let to = out.partition_point(|&row| u64::from(row) < start + rows as u64);
        if from < to {
            page.out.resize(rows, false);
            for &row in &out[from..to] {
                page.out[(u64::from(row) - start) as usize] = true;
            }
        }
        Ok(())
    }
}

impl Pages for GroupPages<'_> {
    fn dates(&self) -> &[i32] {
        &self.dates
    }

    fn each_text(&self, axis: usize, visit: &mut dyn FnMut(usize, &str)) -> Result<(), FactsError> {
        match &self.axes[axis] {
            Some(chunk) => chunk.each_text(visit),
            None => Ok(()),
        }
    }

    fn texts(&self, axis: usize) -> usize {
        self.axes[axis].as_ref().map_or(0, Chunk::entries)
    }

    fn all_count(&self) -> bool {
        self.segment.out.is_empty() && self.segment.undone.is_empty()
    }

    fn step(&self, measure: &str) -> Option<&str> {
        self.segment.file.step(measure)
    }

    fn next(
        &mut self,
        need: &Need,
        page: &mut PageRows,
        keep: &mut dyn FnMut(&PageRows) -> bool,
    ) -> Result<bool, FactsError> {
        loop {
            let rows = PAGE_ROWS.min(self.segment.file.group_rows(self.group) - self.next);
            if rows == 0 {
                return Ok(false);
            }
            page.rows = rows;
            page.place = (self.segment.number, self.first + self.next as u64);
            page.out.clear();
            self.date_chunk.codes(rows, &mut page.dates)?;
            page.axes.resize(self.axes.len(), Vec::new());
            for ((chunk, need), codes) in self.axes.iter_mut().zip(&need.axes).zip(&mut page.axes) {
                match chunk {
                    Some(chunk) if *need => chunk.codes(rows, codes)?,
                    _ => codes.clear(),
                }
            }
            self.mark_out(page)?;
            self.next += rows;
            if !keep(page) {
                self.behind += 1;
                continue;
            }
            self.read_others(need, page)?;
            return Ok(true);
        }
    }
}

impl GroupPages<'_> {
    fn read_others(&mut self, need: &Need, page: &mut PageRows) -> Result<(), FactsError> {
        let rows = page.rows;
        let import = self.segment.import as i64;
        let others = self.others(need)?;
        if let Some(column) = &mut others.minutes {
            let (mut minutes, present) = column.read(rows)?;
            for (minute, _) in minutes.iter_mut().zip(present).filter(|(_, there)| !there) {
                *minute = -1;
            }
            page.minutes = minutes;
        }
        if let Some(column) = &mut others.source_rows {
            page.source_rows = column.read(rows)?.0;
            if page.imports.is_empty() {
                page.imports = vec![import; rows];
            }
        }
        page.amounts.resize(others.amounts.len(), Vec::new());
        page.present.resize(others.amounts.len(), Vec::new());
        for (at, column) in others.amounts.iter_mut().enumerate() {
            let (values, present) = (&mut page.amounts[at], &mut page.present[at]);
            match column {
                Some(column) => {
                    let Column { chunk, dictionary } = column;
                    chunk.numbers(rows, dictionary.as_deref(), values, present)?;
                }
                None => {
                    values.clear();
                    present.clear();
                }
            }
        }
        Ok(())
    }
}
