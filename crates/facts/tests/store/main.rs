//! Stores in temporary folders, and sums made the slow way to compare with.

#![expect(clippy::unwrap_used, reason = "a test ends where anything is refused")]

mod day;
mod drill;
mod faults;
mod imports;
mod levels;
mod properties;
mod scan;

use std::collections::BTreeMap;
use std::path::Path;

use fenjie_calendar::{Date, Level};
use fenjie_exchange::log::Stamp;
use fenjie_facts::{AmountColumn, ImportMeta, SalesLines, Store, TextColumn};
use fenjie_plan::{Plan, example};
use fenjie_track::{ActualRequest, Actuals, UNASSIGNED};

pub(crate) const STAMP: Stamp<'_> = Stamp {
    at: "2026-01-05T08:00:00Z",
    who: Some("小王"),
    why: None,
};

/// The brief's year: five regions, three products, three channels.
pub(crate) fn plan() -> Plan {
    Plan::new(example::definition()).unwrap()
}

/// One line as a test writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) day: i32,
    pub(crate) minute: i16,
    pub(crate) members: [String; 3],
    pub(crate) cents: i64,
    pub(crate) id: String,
}

pub(crate) fn line(day: &str, members: [&str; 3], cents: i64) -> Line {
    Line {
        day: day_number(day),
        minute: -1,
        members: members.map(str::to_owned),
        cents,
        id: String::new(),
    }
}

impl Line {
    pub(crate) fn with_id(mut self, id: &str) -> Line {
        self.id = id.into();
        self
    }

    pub(crate) fn at(mut self, hour: i16, minute: i16) -> Line {
        self.minute = hour * 60 + minute;
        self
    }
}

pub(crate) fn day_number(day: &str) -> i32 {
    let date: Date = day.parse().unwrap();
    let start: Date = "1970-01-01".parse().unwrap();
    (start.duration_until(date).as_secs() / 86_400) as i32
}

pub(crate) fn date(day: &str) -> Date {
    day.parse().unwrap()
}

/// Lines as columns; texts get codes in the order in which they come.
pub(crate) fn columns(lines: &[Line]) -> SalesLines {
    let mut columns = SalesLines {
        members: vec![TextColumn::default(); 3],
        amounts: vec![AmountColumn {
            measure: "sales".into(),
            ..AmountColumn::default()
        }],
        ..SalesLines::default()
    };
    let timed = lines.iter().any(|line| line.minute >= 0);
    let mut ids: Vec<Box<str>> = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        columns.dates.push(line.day);
        if timed {
            columns.minutes.push(line.minute);
        }
        for (column, text) in columns.members.iter_mut().zip(&line.members) {
            let known = column.dictionary.iter().position(|known| known == text);
            let code = known.unwrap_or_else(|| {
                column.dictionary.push(text.clone());
                column.dictionary.len() - 1
            });
            column.codes.push(code as u32);
        }
        columns.amounts[0].values.push(line.cents);
        ids.push(line.id.as_str().into());
        columns.source_rows.push(row as u32 + 2);
    }
    columns.external_ids = ids.iter().any(|id| !id.is_empty()).then_some(ids);
    columns
}

/// A file of this name; its content is its name.
pub(crate) fn file(name: &str) -> ImportMeta {
    ImportMeta {
        file: format!("{name}.csv"),
        sha256: format!("{name:0>64}"),
        bytes: 100,
        mapping: "date=日期".into(),
        refused: 0,
    }
}

/// Brings lines in and says the import's number.
pub(crate) fn bring(store: &mut Store, name: &str, lines: &[Line]) -> u64 {
    let plan = plan();
    let definition = plan.model().definition();
    let added = store.add(columns(lines), definition, &file(name), &STAMP);
    added.unwrap().number
}

/// Everything by the finest members and months.
pub(crate) fn request(plan: &Plan, depths: [usize; 3]) -> ActualRequest {
    let time = plan.model().axes().len() - 1;
    let axis = &plan.model().axes()[time];
    let is_month = |node: &u32| axis.time_level_of(*node) == Some(Level::Month);
    ActualRequest {
        measures: vec![0],
        depths: depths.to_vec(),
        periods: (0..axis.tree.len() as u32).filter(is_month).collect(),
        until: date("2026-12-31"),
        within: vec![0; 3],
    }
}

/// The sums of lines, made line by line.
pub(crate) fn slow_sums(plan: &Plan, request: &ActualRequest, lines: &[Line]) -> Actuals {
    let axes = plan.model().axes();
    let time = axes.last().unwrap();
    let mut rows: BTreeMap<Vec<u32>, Vec<i64>> = BTreeMap::new();
    let mut actuals = Actuals {
        measures: request.measures.clone(),
        periods: request.periods.clone(),
        members: vec![Vec::new(); 3],
        values: vec![Vec::new()],
        ..Actuals::default()
    };
    let period = plan.model().definition().period;
    let start = date("1970-01-01");
    for line in lines {
        let day = start.saturating_add(jiff::Span::new().days(line.day));
        let found: Vec<Option<u32>> = (0..3)
            .map(|axis| axes[axis].tree.with_code(&line.members[axis]))
            .collect();
        let within = |axis: usize| {
            let outer = request.within[axis];
            outer == 0 || found[axis].is_some_and(|node| axes[axis].tree.contains(outer, node))
        };
        if day > request.until || !(0..3).all(within) {
            continue;
        }
        let narrow = request.within.iter().any(|node| *node > 0);
        if !narrow {
            actuals.through = actuals.through.max(Some(day));
        }
        if day < period.start || day >= period.end {
            actuals.outside_lines += 1;
            continue;
        }
        let holds = |node: &u32| {
            let range = time.days_of(*node).unwrap();
            range.start <= day && day < range.end
        };
        let places: Vec<usize> = (0..request.periods.len())
            .filter(|&at| holds(&request.periods[at]))
            .collect();
        assert!(places.len() <= 1, "a day is in one period");
        let Some(&place) = places.first() else {
            continue;
        };
        actuals.through = actuals.through.max(Some(day));
        actuals.lines += 1;
        actuals.unassigned_lines += u64::from(found.iter().any(Option::is_none));
        let key = (0..3).map(|axis| match (request.depths[axis], found[axis]) {
            (0, _) => 0,
            (_, None) => UNASSIGNED,
            (_, Some(node)) => node,
        });
        let values = rows
            .entry(key.collect())
            .or_insert_with(|| vec![0; request.periods.len()]);
        values[place] += line.cents;
    }
    for (key, values) in rows {
        for (nodes, node) in actuals.members.iter_mut().zip(key) {
            nodes.push(node);
        }
        actuals.values[0].extend(values);
    }
    actuals
}

pub(crate) fn open(folder: &Path) -> Store {
    Store::open(folder).unwrap()
}

/// The sum of everything in effect, in cents.
pub(crate) fn total(store: &Store) -> i64 {
    let plan = plan();
    let actuals = store.actuals(&plan, &request(&plan, [0; 3])).unwrap();
    actuals.values[0].iter().sum()
}
