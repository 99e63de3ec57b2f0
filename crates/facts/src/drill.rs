//! The lines behind a figure. Must not know the manifest.

use std::collections::BinaryHeap;

use fenjie_plan::Plan;
use fenjie_track::ActualRequest;

use crate::error::FactsError;
use crate::record::{FoundLines, LineFilter, SalesLine};
use crate::scan::{LOW, PageRows, Prepared, SegmentUnit, Sink, Unit, day_of, run};
use crate::segment::columns::SegmentColumns;
use crate::segment::whole::Gather;

/// Where a line stands in the answer, and where it lies.
type Found = (i32, i64, i64, u64, u64);

/// Keeps the first lines.
struct First {
    limit: usize,
    count: u64,
    heap: BinaryHeap<Found>,
}

impl First {
    fn push(&mut self, found: Found) {
        if self.heap.len() < self.limit {
            self.heap.push(found);
        } else if self.heap.peek().is_some_and(|last| found < *last) {
            self.heap.pop();
            self.heap.push(found);
        }
    }
}

impl Sink for First {
    fn take(&mut self, dates: &[i32], page: &PageRows, cells: &[u64]) {
        for (row, _) in cells.iter().enumerate().filter(|(_, cell)| **cell <= LOW) {
            self.count += 1;
            let day = dates[page.dates[row] as usize];
            let (segment, first) = page.place;
            self.push((
                day,
                page.imports[row],
                page.source_rows[row],
                segment,
                first + row as u64,
            ));
        }
    }

    fn join(&mut self, other: First) {
        self.count += other.count;
        other.heap.into_iter().for_each(|found| self.push(found));
    }
}

/// The first lines that a filter lets through, and how many there are.
pub(crate) fn find(
    plan: &Plan,
    filter: &LineFilter,
    limit: usize,
    segments: &[SegmentUnit],
    units: &[Unit<'_>],
) -> Result<FoundLines, FactsError> {
    let request = ActualRequest {
        measures: Vec::new(),
        depths: vec![0; filter.within.len()],
        periods: filter.periods.clone(),
        until: filter.until.unwrap_or(jiff::civil::Date::MAX),
        within: filter.within.clone(),
    };
    let prepared = Prepared::for_lines(plan, &request)?;
    let first = || First {
        limit,
        count: 0,
        heap: BinaryHeap::new(),
    };
    let (first, _) = run(&prepared, units, true, first)?;
    let mut lines = Vec::with_capacity(first.heap.len());
    let count = first.count;
    let found = first.heap.into_sorted_vec();
    let mut by_place: Vec<usize> = (0..found.len()).collect();
    by_place.sort_by_key(|&at| (found[at].3, found[at].4));
    let mut reader = Reader::new(plan, segments);
    for at in by_place {
        lines.push((at, reader.line(found[at].3, found[at].4)?));
    }
    lines.sort_by_key(|(at, _)| *at);
    Ok(FoundLines {
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        count,
    })
}

/// Reads single lines; keeps the row group that it read last.
struct Reader<'s> {
    segments: &'s [SegmentUnit],
    axes: Vec<String>,
    measures: Vec<String>,
    /// Segment, first row, and the lines from there on.
    group: Option<(u64, u64, SegmentColumns)>,
}

impl<'s> Reader<'s> {
    fn new(plan: &Plan, segments: &'s [SegmentUnit]) -> Reader<'s> {
        let definition = plan.model().definition();
        Reader {
            segments,
            axes: definition
                .dimensions
                .iter()
                .map(|axis| axis.code.clone())
                .collect(),
            measures: definition
                .measures
                .iter()
                .map(|measure| measure.code.clone())
                .collect(),
            group: None,
        }
    }

    fn line(&mut self, segment: u64, row: u64) -> Result<SalesLine, FactsError> {
        let inside = |(known, first, columns): &(u64, u64, SegmentColumns)| {
            *known == segment && *first <= row && row < first + columns.len() as u64
        };
        if !self.group.as_ref().is_some_and(inside) {
            self.group = Some(self.read_group(segment, row)?);
        }
        let (_, first, columns) = self.group.as_ref().expect("it was read just now");
        Ok(self.at(columns, (row - first) as usize))
    }

    fn read_group(&self, segment: u64, row: u64) -> Result<(u64, u64, SegmentColumns), FactsError> {
        let unit = self.segments.iter().find(|unit| unit.number == segment);
        let unit = unit.expect("lines were found in these segments");
        let (mut first, mut group) = (0, 0);
        while first + unit.file.group_rows(group) as u64 <= row {
            first += unit.file.group_rows(group) as u64;
            group += 1;
        }
        let mut gather = Gather::new(self.axes.clone());
        gather.take(&unit.file, &mut unit.file.file()?, group, unit.import)?;
        Ok((segment, first, gather.finish()))
    }

    fn at(&self, columns: &SegmentColumns, row: usize) -> SalesLine {
        let lines = &columns.lines;
        let value = |code: &String| {
            let column = lines
                .amounts
                .iter()
                .find(|column| column.measure == *code)?;
            (column.present.get(row) != Some(&false)).then(|| column.values[row])
        };
        let text = |column: &crate::lines::TextColumn| {
            column.dictionary[column.codes[row] as usize].clone()
        };
        SalesLine {
            import: columns.imports[row],
            source_row: lines.source_rows[row],
            date: day_of(lines.dates[row]),
            minute: lines
                .minutes
                .get(row)
                .and_then(|&minute| u16::try_from(minute).ok()),
            members: lines.members.iter().map(text).collect(),
            values: self.measures.iter().map(value).collect(),
            customer: lines.customers.as_ref().map(text).unwrap_or_default(),
            external_id: lines
                .external_ids
                .as_ref()
                .map_or("", |ids| &ids[row])
                .to_owned(),
            credit: lines.credits.get(row).copied(),
        }
    }
}
