//! Targets of one day by store and slot, kept beside the log so that a till need not replay the plan of
//! a hundred thousand stores. Derived: whatever does not fit the log is made anew, never believed.

mod layout;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fenjie_calendar::{Date, Level};
use fenjie_exchange::log::LOG_FILE;
use fenjie_message::Lang;
use fenjie_plan::{Axis, Plan, PlanError};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::error::FactsError;
use layout::{Header, Row};

/// The folder of derived files in a plan directory.
pub const CACHE_FOLDER: &str = "cache";
const FILE: &str = "today.bin";
/// Bytes at the end of a log in which its last hash stands.
const TAIL: u64 = 80;

/// What a kept day belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayKey {
    /// Length and last hash of the log.
    pub log: String,
    /// The measure's code.
    pub measure: String,
    /// The day, as `2026-03-07`.
    pub day: String,
}

/// A slot of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySlot {
    /// As people read it.
    pub label: String,
    /// From this minute on.
    pub from: u16,
    /// Before this minute.
    pub to: u16,
}

/// The week of the day, or its piece in the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayWeek {
    /// Its code.
    pub code: String,
    /// As people read it, in Chinese.
    pub zh: String,
    /// And in English.
    pub en: String,
    /// Its first day, as `2026-03-06`.
    pub first: String,
}

/// A store's day as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreDay {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The working target of each slot in steps; the day's alone where the plan has no slots.
    pub targets: Vec<i64>,
    /// The working target of the week, where there is one.
    pub week: Option<i64>,
}

/// One day of all stores, in a file.
#[derive(Debug)]
pub struct DayTargets {
    file: File,
    header: Header,
}

impl DayKey {
    /// The key of a plan directory's log as it stands; reads its last bytes.
    ///
    /// # Errors
    /// `facts_io` where there is no log.
    pub fn of(directory: &Path, measure: &str, day: Date) -> Result<DayKey, FactsError> {
        let path = directory.join(LOG_FILE);
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&path)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut tail = Vec::new();
            file.read_to_end(&mut tail)?;
            Ok(format!("{length}:{}", String::from_utf8_lossy(&tail)))
        };
        Ok(DayKey {
            log: read().map_err(|error| FactsError::io(&path, &error))?,
            measure: measure.to_owned(),
            day: day.to_string(),
        })
    }
}

impl DayTargets {
    /// The kept day, where one is kept of exactly this log, measure and day.
    pub fn open(directory: &Path, key: &DayKey) -> Option<DayTargets> {
        let mut file = File::open(path(directory)).ok()?;
        let header = Header::read(&mut file)?;
        (header.key == *key).then_some(DayTargets { file, header })
    }

    /// Keeps a day of the members at the ends of the first dimension; the file appears whole. Gives
    /// how many there are.
    ///
    /// # Errors
    /// `request_invalid` where the plan has no such day, or where some of its week is closed, so that
    /// working targets are not what it is judged by; `facts_io`, after which the plan itself is to be
    /// asked.
    pub fn build(
        directory: &Path,
        key: &DayKey,
        plan: &Plan,
        measure: usize,
        day: Date,
    ) -> Result<u64, FactsError> {
        let axes = plan.model().axes();
        let time = axes.last().expect("time is always there");
        let place = plan.place(&format!("day={day}")).map_err(refused)?;
        let day_node = place.0[axes.len() - 1];
        let week = week_of(time, day_node);
        if is_closed(plan, measure, time, week.unwrap_or(day_node)) {
            return Err(FactsError::request(
                format!("{day} 所在的周期已经关账"),
                format!("the period of {day} is closed"),
            ));
        }
        let mut periods: Vec<u32> = time
            .tree
            .children(day_node)
            .filter(|node| time.time_level_of(*node) == Some(Level::Slot))
            .collect();
        if periods.is_empty() {
            periods.push(day_node);
        }
        let slots = day_slots(plan, periods.len())?;
        periods.extend(week);
        let rows = rows(plan, measure, &periods).ok_or_else(|| {
            FactsError::request(
                format!("方案没有 {day} 的目标"),
                format!("the plan has no targets for {day}"),
            )
        })?;
        let week = week.map(|week| DayWeek {
            code: time.tree.code(week).to_owned(),
            zh: time.label(week, Lang::Zh).to_owned(),
            en: time.label(week, Lang::En).to_owned(),
            first: time
                .days_of(week)
                .map_or(day, |days| days.start)
                .to_string(),
        });
        let (path, count) = (path(directory), rows.len() as u64);
        layout::write(&path, key, (slots, week), &rows)
            .map_err(|error| FactsError::io(&path, &error))?;
        Ok(count)
    }

    /// The week, or its piece in the month; none where the plan has no weeks.
    pub fn week(&self) -> Option<&DayWeek> {
        self.header.week.as_ref()
    }

    /// The day's slots; one, the whole day, where the plan has none.
    pub fn slots(&self) -> &[DaySlot] {
        &self.header.slots
    }

    /// A store by its code or its name; none where nobody or several are called so, or where the file
    /// is not what was written: then the plan itself is to be asked.
    pub fn find(&mut self, store: &str) -> Option<StoreDay> {
        layout::find(&mut self.file, &self.header, store)
    }
}

/// The stores' working targets in some periods; nothing where the plan has none there.
fn rows<'p>(plan: &'p Plan, measure: usize, periods: &[u32]) -> Option<Vec<Row<'p>>> {
    let axes = plan.model().axes();
    let view = plan.working(measure).ok()?;
    let stores = &axes[0].tree;
    let nodes = 0..stores.len() as u32;
    // A name that an inner member has too is not this store's alone.
    let others: FxHashSet<&str> = nodes
        .clone()
        .filter(|node| !stores.is_leaf(*node))
        .flat_map(|node| [stores.code(node), stores.name(node)])
        .collect();
    let mut members = vec![0; axes.len() - 1];
    let mut rows = Vec::new();
    for node in nodes.filter(|node| stores.is_leaf(*node)) {
        members[0] = node;
        let name = stores.name(node);
        rows.push(Row {
            code: stores.code(node),
            name,
            by_name: !others.contains(name),
            targets: view.series(&members, periods)?,
        });
    }
    Some(rows)
}

/// The week around a day, or its piece in the month.
fn week_of(time: &Axis, day: u32) -> Option<u32> {
    let is_week = |node: &u32| {
        let level = time.time_level_of(*node);
        matches!(level, Some(Level::Week | Level::Piece))
    };
    std::iter::successors(Some(day), |node| time.tree.parent(*node)).find(is_week)
}

/// Whether a period, one that holds it or one in it is closed.
fn is_closed(plan: &Plan, measure: usize, time: &Axis, period: u32) -> bool {
    let closes = plan.closes(measure);
    let inside = |close: &fenjie_plan::Closed<'_>| time.tree.contains(period, close.period);
    plan.is_closed(period) || closes.iter().any(inside)
}

fn refused(error: PlanError) -> FactsError {
    use fenjie_message::Message;
    FactsError::request(error.text(Lang::Zh), error.text(Lang::En))
}

fn path(directory: &Path) -> PathBuf {
    directory.join(CACHE_FOLDER).join(FILE)
}

fn day_slots(plan: &Plan, count: usize) -> Result<Vec<DaySlot>, FactsError> {
    let slots = &plan.model().definition().calendar.slots;
    if count == 1 {
        return Ok(vec![DaySlot {
            label: slots.label(0).to_owned(),
            from: 0,
            to: 1440,
        }]);
    }
    let bounds = slots.bounds().map_err(|error| {
        use fenjie_message::Message;
        FactsError::request(error.text(Lang::Zh), error.text(Lang::En))
    })?;
    let labelled = bounds.ranges().iter().enumerate();
    let labelled = labelled.map(|(at, range)| DaySlot {
        label: slots.label(at).to_owned(),
        from: range.start,
        to: range.end,
    });
    Ok(labelled.collect())
}
