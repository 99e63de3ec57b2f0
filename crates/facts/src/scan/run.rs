//! Reads units of lines with all cores and adds them up; the result is the same whatever thread takes
//! which unit.

use std::sync::atomic::{AtomicUsize, Ordering};

use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals};

use super::cells::{Cells, Sum};
use super::last::Last;
use super::levels;
use super::pages::{Need, PageRows, Pages};
use super::periods::day_of;
use super::prepared::{Prepared, kinds};
use super::{GroupPages, LOW, MemoryPages, OTHER, OUTSIDE, SKIP, SegmentUnit, UNASSIGNED_LINE};
use crate::error::FactsError;
use crate::lines::SalesLines;

/// Lines that one thread reads at a time.
#[derive(Clone, Copy)]
pub(crate) enum Unit<'a> {
    Memory(&'a SalesLines),
    Group(&'a SegmentUnit, usize),
}

impl Unit<'_> {
    fn rows(&self) -> u64 {
        match self {
            Unit::Memory(lines) => lines.dates.len() as u64,
            Unit::Group(segment, group) => segment.file.group_rows(*group) as u64,
        }
    }
}

/// What takes the lines of a page; a line's cell has a mark where the line does not count.
pub(crate) trait Sink: Send {
    fn take(&mut self, dates: &[i32], page: &PageRows, cells: &[u64]);
    fn join(&mut self, other: Self);
}

/// What is counted beside the sums.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) lines: u64,
    pub(crate) unassigned: u64,
    pub(crate) outside: u64,
    pub(crate) through: Option<i32>,
}

impl Tally {
    fn join(&mut self, other: Tally) {
        self.lines += other.lines;
        self.unassigned += other.unassigned;
        self.outside += other.outside;
        self.through = self.through.max(other.through);
    }
}

/// Adds up what is asked for.
pub(crate) fn add_up(
    plan: &Plan,
    request: &ActualRequest,
    units: &[Unit<'_>],
) -> Result<Actuals, FactsError> {
    let (flows, levels) = kinds(plan, request)?;
    let measures: Vec<usize> = flows.iter().map(|&place| request.measures[place]).collect();
    let prepared = Prepared::new(plan, request, &measures, &request.depths)?;
    let mut actuals = sums(&prepared, units)?;
    if !levels.is_empty() {
        let measures: Vec<usize> = levels
            .iter()
            .map(|&place| request.measures[place])
            .collect();
        let finest = levels::finest(plan);
        let prepared = Prepared::new(plan, request, &measures, &finest)?;
        let (last, _) = run(&prepared, units, true, || Last::new(measures.len()))?;
        levels::add(plan, request, &prepared, last, &mut actuals)?;
        levels::reorder(request, &mut actuals);
    }
    Ok(actuals)
}

fn sums(prepared: &Prepared<'_>, units: &[Unit<'_>]) -> Result<Actuals, FactsError> {
    let lines = units.iter().map(Unit::rows).sum();
    let measures = prepared.measures.len();
    let (flows, tally) = run(prepared, units, false, || {
        Flows::<i64>::new(prepared, lines)
    })?;
    // As long as the amounts without their signs fit, no sum of any of them wraps.
    if flows.bound <= i64::MAX as u128 {
        return finish(prepared, &flows.cells, measures, tally);
    }
    let (flows, tally) = run(prepared, units, false, || {
        Flows::<i128>::new(prepared, lines)
    })?;
    finish(prepared, &flows.cells, measures, tally)
}

fn finish<S: Sum>(
    prepared: &Prepared<'_>,
    cells: &Cells<S>,
    measures: usize,
    tally: Tally,
) -> Result<Actuals, FactsError> {
    let periods = prepared.wanted.len();
    let mut actuals = prepared.empty();
    let mut row = u64::MAX;
    for (cell, slot) in cells.occurring() {
        let per_row = periods.max(1) as u64;
        if cell / per_row != row {
            row = cell / per_row;
            for (nodes, node) in actuals.members.iter_mut().zip(prepared.nodes(row)) {
                nodes.push(node);
            }
            for values in &mut actuals.values {
                values.resize(values.len() + periods, 0);
            }
        }
        for measure in 0..measures {
            let sum = cells.sum(measure, slot).whole();
            let values = &mut actuals.values[measure];
            let at = values.len() - periods + (cell % per_row) as usize;
            values[at] = sum.ok_or_else(|| FactsError::SumTooLarge {
                measure: prepared.codes[measure].clone(),
            })?;
        }
    }
    actuals.lines = tally.lines;
    actuals.unassigned_lines = tally.unassigned;
    actuals.outside_lines = tally.outside;
    actuals.through = tally.through.map(day_of);
    Ok(actuals)
}

/// Sums of flows.
struct Flows<S> {
    cells: Cells<S>,
    found: Vec<u32>,
    /// More than the greatest sum that can have been made.
    bound: u128,
}

impl<S: Sum> Flows<S> {
    fn new(prepared: &Prepared<'_>, lines: u64) -> Flows<S> {
        Flows {
            cells: Cells::new(prepared.cells, prepared.measures.len(), lines),
            found: Vec::new(),
            bound: 0,
        }
    }
}

impl<S: Sum> Sink for Flows<S> {
    fn take(&mut self, _: &[i32], page: &PageRows, cells: &[u64]) {
        self.cells.find(cells, &mut self.found);
        let mut most = 0;
        for (measure, values) in page.amounts.iter().enumerate() {
            let (least, greatest) = values.iter().fold((0, 0), |(least, most): (i64, i64), &v| {
                (least.min(v), most.max(v))
            });
            most = most.max(least.unsigned_abs().max(greatest.unsigned_abs()));
            self.cells.add(measure, &self.found, values);
        }
        self.bound += u128::from(most) * page.rows as u128;
    }

    fn join(&mut self, other: Flows<S>) {
        self.bound += other.bound;
        self.cells.join(other.cells);
    }
}

/// Reads all units; every thread has a sink of its own.
pub(crate) fn run<K: Sink>(
    prepared: &Prepared<'_>,
    units: &[Unit<'_>],
    origin: bool,
    sink: impl Fn() -> K + Sync,
) -> Result<(K, Tally), FactsError> {
    let rows: u64 = units.iter().map(Unit::rows).sum();
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(16));
    let threads = if rows < 1 << 17 {
        1
    } else {
        cores.min(units.len().max(1))
    };
    let next = AtomicUsize::new(0);
    let need = prepared.need(origin);
    let work = || {
        let (mut own, mut tally) = (sink(), Tally::default());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(unit) = units.get(at) else {
                return Ok((own, tally));
            };
            let read = match unit {
                Unit::Memory(lines) => {
                    take_all(prepared, &need, &mut MemoryPages::new(lines), &mut own)
                }
                Unit::Group(segment, group) => match segment.prune(prepared, *group) {
                    Some(through) => Ok(Tally {
                        through,
                        ..Tally::default()
                    }),
                    None => GroupPages::open(segment, *group, prepared.axes.len())
                        .and_then(|mut pages| take_all(prepared, &need, &mut pages, &mut own)),
                },
            };
            tally.join(read.map_err(|error| (at, error))?);
        }
    };
    let found: Vec<Result<(K, Tally), (usize, FactsError)>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut found = vec![work()];
        for other in others {
            found.push(other.join().expect("a thread that scans does not panic"));
        }
        found
    });
    let mut all: Option<(K, Tally)> = None;
    let mut first_error: Option<(usize, FactsError)> = None;
    for one in found {
        match (one, &mut all) {
            (Ok((sink, tally)), Some((own, whole))) => {
                own.join(sink);
                whole.join(tally);
            }
            (Ok(one), None) => all = Some(one),
            (Err(error), _) => {
                let earlier = first_error.as_ref().is_some_and(|known| known.0 < error.0);
                if !earlier {
                    first_error = Some(error);
                }
            }
        }
    }
    match (first_error, all) {
        (Some((_, error)), _) => Err(error),
        (None, Some(all)) => Ok(all),
        (None, None) => unreachable!("at least one thread worked"),
    }
}

/// The dictionaries of a unit, as numbers of cells.
struct Entries {
    dates: Vec<u64>,
    axes: Vec<Vec<u64>>,
    /// What every line gets from dimensions that the lines do not have.
    common: u64,
    /// For each dimension with clocks of its own, each text's clock.
    clocks: Vec<(usize, Vec<u8>)>,
}

fn take_all<K: Sink>(
    prepared: &Prepared<'_>,
    need: &Need,
    pages: &mut impl Pages,
    sink: &mut K,
) -> Result<Tally, FactsError> {
    let mut tally = Tally::default();
    let mut need = need.clone();
    check_steps(prepared, pages)?;
    let Some(entries) = entries(prepared, &mut need, pages)? else {
        return Ok(tally);
    };
    let dates = pages.dates().to_vec();
    let until = prepared.periods.until();
    let all_count = pages.all_count();
    let narrow = prepared.axes.iter().any(super::axes::AxisPlan::is_narrow);
    if !narrow && all_count {
        tally.through = dates.iter().copied().filter(|day| *day <= until).max();
    }
    let (mut page, mut cells) = (PageRows::default(), Vec::new());
    loop {
        let mut keep = |page: &PageRows| {
            member_cells(&entries, page, &mut cells);
            !narrow || cells.iter().any(|cell| cell & SKIP == 0)
        };
        if !pages.next(&need, &mut page, &mut keep)? {
            return Ok(tally);
        }
        period_cells(prepared, &entries, &page, &mut cells);
        count(&mut cells, &mut tally);
        if narrow || !all_count {
            tally.through = tally.through.max(last_day(&dates, &page, narrow, &cells));
        }
        sink.take(&dates, &page, &cells);
    }
}

fn check_steps(prepared: &Prepared<'_>, pages: &impl Pages) -> Result<(), FactsError> {
    for (code, step) in prepared.codes.iter().zip(&prepared.steps) {
        if let Some(stored) = pages.step(code).filter(|stored| stored != step) {
            return Err(FactsError::request(
                format!("指标 `{code}` 的最小单位由 {stored} 变成了 {step}，请重新导入"),
                format!("the step of measure `{code}` was {stored} and is {step}: import again"),
            ));
        }
    }
    Ok(())
}

/// The entries of a unit; none where no line of it counts.
fn entries(
    prepared: &Prepared<'_>,
    need: &mut Need,
    pages: &impl Pages,
) -> Result<Option<Entries>, FactsError> {
    let mut found = Entries {
        dates: pages
            .dates()
            .iter()
            .map(|&day| prepared.periods.entry(day))
            .collect(),
        axes: Vec::with_capacity(prepared.axes.len()),
        common: 0,
        clocks: Vec::new(),
    };
    for (at, axis) in prepared.axes.iter().enumerate() {
        let own = prepared
            .periods
            .own_clocks()
            .iter()
            .find(|(known, _)| *known == at);
        let mut clocks = Vec::new();
        let mut entries = Vec::with_capacity(pages.texts(at));
        pages.each_text(at, &mut |_, text| {
            entries.push(axis.entry(text));
            if let Some((_, clock_of)) = own {
                let clock = axis.node_of(text).map_or(0, |node| clock_of[node as usize]);
                clocks.push(clock);
            }
        })?;
        if entries.is_empty() {
            let unknown = axis.entry("");
            found.common = (found.common | (unknown & !LOW)) + (unknown & LOW);
        }
        if axis.is_narrow() && entries.iter().all(|entry| entry & SKIP != 0) {
            return Ok(None);
        }
        need.axes[at] = !entries.is_empty()
            && (need.axes[at] || entries.iter().any(|entry| entry & UNASSIGNED_LINE != 0));
        found.axes.push(entries);
        if own.is_some() {
            found.clocks.push((at, clocks));
        }
    }
    Ok((found.common & SKIP == 0).then_some(found))
}

/// What the dimensions give to the cell of each line.
fn member_cells(entries: &Entries, page: &PageRows, cells: &mut Vec<u64>) {
    cells.clear();
    cells.resize(page.rows, entries.common);
    for (codes, entries) in page.axes.iter().zip(&entries.axes) {
        for (cell, &code) in cells.iter_mut().zip(codes) {
            let entry = entries[code as usize];
            *cell = (*cell + (entry & LOW)) | (entry & !LOW);
        }
    }
    for (cell, _) in cells.iter_mut().zip(&page.out).filter(|(_, out)| **out) {
        *cell = SKIP;
    }
}

/// And what its day gives, or the slot of it.
fn period_cells(prepared: &Prepared<'_>, entries: &Entries, page: &PageRows, cells: &mut [u64]) {
    if !prepared.periods.have_slots() {
        for (cell, &date) in cells.iter_mut().zip(&page.dates) {
            let entry = entries.dates[date as usize];
            *cell = (*cell + (entry & LOW)) | (entry & !LOW);
        }
        return;
    }
    for (row, (cell, &date)) in cells.iter_mut().zip(&page.dates).enumerate() {
        let minute = page.minutes.get(row).map_or(-1, |&minute| minute as i16);
        let clock = |(axis, clocks): &(usize, Vec<u8>)| {
            let code = page.axes[*axis].get(row)?;
            clocks
                .get(*code as usize)
                .copied()
                .filter(|clock| *clock > 0)
        };
        let clock = entries.clocks.iter().find_map(clock).unwrap_or(0);
        let entry = entries.dates[date as usize];
        let entry = prepared.periods.in_slot(entry, minute, clock);
        *cell = (*cell + (entry & LOW)) | (entry & !LOW);
    }
}

/// Counts the lines; afterwards a cell is clean or its line does not count.
fn count(cells: &mut [u64], tally: &mut Tally) {
    for cell in cells {
        if *cell <= LOW {
            tally.lines += 1;
        } else if *cell & (SKIP | OUTSIDE | OTHER) == 0 {
            tally.lines += 1;
            tally.unassigned += 1;
            *cell &= LOW;
        } else if *cell & SKIP == 0 && *cell & OUTSIDE != 0 {
            tally.outside += 1;
        }
    }
}

/// The last day with a line; where only some members count, among the lines added up.
fn last_day(dates: &[i32], page: &PageRows, narrow: bool, cells: &[u64]) -> Option<i32> {
    let counts = |cell: &u64| {
        if narrow {
            *cell <= LOW
        } else {
            *cell & SKIP == 0
        }
    };
    let rows = cells
        .iter()
        .zip(&page.dates)
        .filter(|(cell, _)| counts(cell));
    rows.map(|(_, &code)| dates[code as usize]).max()
}
